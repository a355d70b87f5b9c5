"""Who runs the program, who looks on, and what time it is there."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from secterm.host import running
from secterm.host.hardening import Measure
from secterm.host.machine import NotSeen
from secterm.host.running import LIFE, RELEASED
from tests.support.recorded import process, recorded, traced


def test_a_debugger_is_found_by_number_and_name(tmp_path):
    assert running.tracer(recorded(tmp_path, traced())) == (
        "A debugger or tracer is attached: process 4711 (gdb)."
    )


def test_a_program_that_nobody_traces_is_no_finding(tmp_path):
    assert running.tracer(recorded(tmp_path, process())) == ""


def test_an_administrator_is_found(tmp_path):
    assert "(root)" in running.root(recorded(tmp_path, process(user=0)))


def test_an_ordinary_user_is_no_finding(tmp_path):
    assert running.root(recorded(tmp_path, process(user=1000))) == ""


@pytest.mark.parametrize("look", [running.tracer, running.root])
def test_where_the_kernel_says_nothing_of_the_process_that_is_said(tmp_path, look):
    with pytest.raises(NotSeen, match="nothing of this process"):
        look(recorded(tmp_path))


def given_up(tmp_path, *missing, swaps="Filename"):
    names = ("python", "network", "swap")
    measures = tuple(Measure(name, name not in missing, f"{name}.") for name in names)
    return recorded(tmp_path, {"proc/swaps": swaps}, hardened=lambda: measures)


def test_what_could_not_be_given_up_is_found(tmp_path):
    assert running.hardening(given_up(tmp_path, "network")) == "network."


def test_a_program_that_gave_up_all_is_no_finding(tmp_path):
    assert running.hardening(given_up(tmp_path)) == ""


def test_that_memory_is_not_locked_counts_where_there_is_plain_swap(tmp_path):
    plain = "Filename\n/dev/sda3 partition"
    assert running.hardening(given_up(tmp_path, "swap")) == ""
    assert running.hardening(given_up(tmp_path / "plain", "swap", swaps=plain)) == "swap."


def test_where_it_was_not_started_by_its_own_command_that_is_said(tmp_path):
    with pytest.raises(NotSeen, match="own command"):
        running.hardening(recorded(tmp_path))


def clocked(tmp_path, at):
    return recorded(tmp_path, clock=lambda: at)


def test_a_clock_before_the_release_is_found(tmp_path):
    told = running.clock(clocked(tmp_path, datetime(1970, 1, 1, 0, 2, tzinfo=UTC)))
    assert told.startswith("The clock says 1970-01-01 00:02;")


@pytest.mark.parametrize("after", [timedelta(0), timedelta(days=3000)])
def test_a_clock_after_the_release_is_no_finding(tmp_path, after):
    machine = clocked(tmp_path, RELEASED + after)
    assert running.clock(machine) == running.clock_ahead(machine) == ""


def test_a_clock_far_ahead_is_found(tmp_path):
    machine = clocked(tmp_path, RELEASED + LIFE + timedelta(days=1))
    assert running.clock_ahead(machine)
    assert running.clock(machine) == ""


@pytest.mark.parametrize(("behind", "told"), [(-60, False), (0, False), (1, False), (60, True)])
def test_a_clock_is_behind_where_the_vault_was_written_later(tmp_path, behind, told):
    vault = tmp_path / "vault.db"
    vault.touch()
    written = RELEASED + timedelta(days=10)
    os.utime(vault, (written.timestamp(),) * 2)
    machine = clocked(tmp_path, written - timedelta(seconds=behind))
    assert bool(running.clock_behind(machine, vault)) == told


def test_without_a_vault_no_clock_is_behind_and_that_is_said(tmp_path):
    with pytest.raises(NotSeen, match="no vault yet"):
        running.clock_behind(clocked(tmp_path, RELEASED), tmp_path / "vault.db")
