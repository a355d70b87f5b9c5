"""All that is looked for comes together: levels, what stops, and what is said."""

import pytest

from secterm.host import doctor
from secterm.host.doctor import CHECKS, HostStops
from secterm.policy.host import DEFAULTS, LEVELS, NO_STOP, weight
from tests.support.recorded import network, process, recorded, traced

QUIET = {**process(), "sys/class/net/lo/flags": "0x9", "sys/class/bluetooth/x/y": ""}


def test_each_finding_has_a_level_and_a_way_to_look():
    assert list(CHECKS) == list(DEFAULTS)


def test_what_is_found_comes_the_heaviest_first(tmp_path):
    machine = recorded(tmp_path, {**traced(), **network(), "sys/class/bluetooth/hci0/x": ""})
    found = doctor.look(machine, tmp_path / "vault.db").findings
    assert [(f.id, f.level) for f in found] == [
        ("tracer", "stop"),
        ("network", "warn"),
        ("bluetooth", "note"),
    ]


def test_everything_is_found_not_seen_or_absent(tmp_path):
    report = doctor.look(recorded(tmp_path, QUIET), tmp_path / "vault.db")
    told = [*(f.id for f in report.findings), *(u.id for u in report.unseen), *report.absent]
    assert sorted(told) == sorted(CHECKS)


def test_a_note_presses_nobody(tmp_path):
    report = doctor.look(recorded(tmp_path, QUIET), tmp_path / "vault.db")
    assert [f.id for f in report.findings] == ["bluetooth"]
    assert report.pressing == ()
    assert report.text().startswith("Nothing is to be mended.\n\nTo be known:\n  bluetooth: ")


def test_an_odd_name_does_not_play_with_the_terminal(tmp_path):
    machine = recorded(tmp_path, network("evil\x1b[2J"))
    (found,) = doctor.look(machine, tmp_path / "vault.db").findings
    assert found.what.isprintable()


def test_every_line_fits_on_a_console(tmp_path):
    many = {f"sys/class/net/long-name-of-an-interface-{n}/flags": "0x1003" for n in range(9)}
    text = doctor.look(recorded(tmp_path, {**traced(), **many}), tmp_path / "vault.db").text()
    assert max(map(len, text.splitlines())) <= 73
    for heading in ("Nobody goes in", "To be mended:", "Not seen:", "Looked for, and not there:"):
        assert heading in text


def test_a_debugger_stops_the_way_in(tmp_path):
    with pytest.raises(HostStops) as stopped:
        doctor.demand(recorded(tmp_path, traced()), tmp_path / "vault.db")
    assert [f.id for f in stopped.value.findings] == ["tracer"]


def test_what_a_pack_raised_stops_too(tmp_path):
    machine = recorded(tmp_path, {**process(), **network()})
    doctor.demand(machine, tmp_path / "vault.db")
    with pytest.raises(HostStops) as stopped:
        doctor.demand(machine, tmp_path / "vault.db", {"network": "stop"})
    assert [f.id for f in stopped.value.findings] == ["network"]


def test_what_cannot_be_seen_stops_nobody(tmp_path):
    raised = dict.fromkeys(DEFAULTS, "stop")
    doctor.demand(recorded(tmp_path / "blind"), tmp_path / "vault.db", raised)


def test_a_pack_s_level_stands_in_what_is_told(tmp_path):
    machine = recorded(tmp_path, {**QUIET, **network()})
    raised = {"network": "stop", "bluetooth": "warn"}
    found = doctor.look(machine, tmp_path / "vault.db", raised).findings
    assert [(f.id, f.level) for f in found] == [("network", "stop"), ("bluetooth", "warn")]


@pytest.mark.parametrize("found", DEFAULTS)
@pytest.mark.parametrize("level", LEVELS)
def test_no_level_is_ever_lowered_and_none_stops_that_mending_would_not_end(found, level):
    given = weight(found, {found: level})
    assert LEVELS.index(given) >= LEVELS.index(DEFAULTS[found])
    assert given != "stop" or found not in NO_STOP
