"""No desk is opened on a machine that stops it, and nothing is recorded by the attempt."""

import pytest

from secterm.desk import upkeep
from secterm.desk.desk import Desk
from secterm.host.doctor import HostStops
from secterm.policy import reader
from secterm.vault.errors import WrongPassphrase
from secterm.vault.shares import Collected
from secterm.vault.vault import failures_of
from tests.support.recorded import network, process, recorded, traced

OFFICER = ("Alix Test", "test velvet orbit lantern")


@pytest.fixture
def isolated(tmp_path):
    return recorded(tmp_path / "isolated", process())


@pytest.fixture
def connected(tmp_path):
    return recorded(tmp_path / "connected", {**process(), **network()})


@pytest.fixture
def watched(tmp_path):
    return recorded(tmp_path / "watched", traced())


@pytest.fixture
def vault(tmp_path, isolated):
    """A vault whose pack lets nobody in on a machine with a network."""
    files = reader.read_folder(reader.default_folder())
    files["pack.toml"] += b'\n[host]\nnetwork = "stop"\n'
    path = tmp_path / "vault.db"
    names = {"unit": "Test unit", "officer": OFFICER[0], "passphrase": OFFICER[1]}
    Desk.create(path, **names, files=files, host=isolated).close()
    return path


def test_failed_attempts_are_not_taken_as_told_where_the_pack_stops(vault, connected, isolated):
    with pytest.raises(WrongPassphrase):
        Desk.open(vault, OFFICER[0], "a wrong test passphrase", host=connected)
    with pytest.raises(HostStops):
        Desk.open(vault, *OFFICER, host=connected)
    desk = Desk.open(vault, *OFFICER, host=isolated)
    assert "1 failed attempt to unlock before this one." in desk.notices
    desk.close()


def test_the_program_s_own_stop_comes_before_any_attempt(vault, watched):
    with pytest.raises(HostStops):
        Desk.open(vault, OFFICER[0], "a wrong test passphrase", host=watched)
    assert failures_of(vault) == 0


@pytest.mark.parametrize("machine", ["connected", "watched"])
def test_shares_recover_nothing_on_a_machine_that_stops_the_way_in(
    vault, isolated, machine, request
):
    desk = Desk.open(vault, *OFFICER, host=isolated)
    drawn = desk.draw_shares(1, 1)
    desk.adopt_shares(drawn)
    collected, before = Collected(), desk.checkpoint_line()
    collected.add(drawn.words[0])
    desk.close()
    new = ("Cleo Test", "test amber ladder window")
    with pytest.raises(HostStops):
        upkeep.recover(vault, collected, *new, host=request.getfixturevalue(machine))
    desk = Desk.open(vault, *OFFICER, host=isolated)
    assert desk.checkpoint_line() == before
    desk.close()
    upkeep.recover(vault, collected, *new, host=isolated)
    Desk.open(vault, *new, host=isolated).close()
