"""How the real program ends in a real terminal: nothing is left behind, on the screen or
beside the vault, and nothing is lost.
"""

import os
import signal
from pathlib import Path

import pytest

from secterm.desk.desk import Desk
from tests.support.house import OFFICER, build
from tests.support.terminal import Terminal


@pytest.fixture
def vault(tmp_path):
    return build(tmp_path / "vault.db", ("opened", "general"))


def unlocked(terminal):
    if terminal.find("> (Officer|Passphrase)") == "Officer":
        terminal.enter(OFFICER[0])
    terminal.wait("> Passphrase")
    terminal.enter(OFFICER[1])
    terminal.wait("Show only")
    return terminal


def whole(vault):
    assert [p.name for p in vault.parent.iterdir()] == [vault.name]
    desk = Desk.open(vault, *OFFICER)
    try:
        assert desk.verify().holds
    finally:
        desk.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_locks_and_leaves_an_empty_console(vault, number):
    with Terminal("--vault", str(vault)) as terminal:
        assert "Test unit" in unlocked(terminal).text()
        os.kill(terminal.process.pid, number)
        assert terminal.end() == 0
        assert terminal.text().strip() == ""
    whole(vault)


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
def test_what_a_keyboard_would_break_off_with_locks_and_ends_too(vault, number):
    with Terminal("--vault", str(vault)) as terminal:
        unlocked(terminal)
        os.kill(terminal.process.pid, number)
        assert terminal.end() == 0
        assert terminal.text().strip() == ""
    whole(vault)


@pytest.mark.long
def test_a_stop_from_outside_is_not_obeyed_and_going_on_after_one_locks(vault):
    with Terminal("--vault", str(vault)) as terminal:
        unlocked(terminal).press("f2")
        terminal.wait("> Full name")
        os.kill(terminal.process.pid, signal.SIGTSTP)
        terminal.type("Vera Sample")
        terminal.wait("Vera Sample")
        assert state_of(terminal) != "T"
        os.kill(terminal.process.pid, signal.SIGSTOP)
        terminal.shell_takes_over()
        os.kill(terminal.process.pid, signal.SIGCONT)
        assert "Vera" not in terminal.wait("Locked. Checkpoint")
        unlocked(terminal)
        terminal.wait("Vera Sample")
        terminal.press("ctrl+l")
        terminal.wait("Locked. Checkpoint")
        os.kill(terminal.process.pid, signal.SIGTERM)
        assert terminal.end() == 0
        assert terminal.text().strip() == ""
    whole(vault)


def state_of(terminal):
    """How the kernel has the program: T where it is stopped."""
    status = Path(f"/proc/{terminal.process.pid}/stat").read_text()
    return status.rpartition(")")[2].split()[0]


@pytest.mark.long
def test_leaving_clears_the_console(vault):
    with Terminal("--vault", str(vault)) as terminal:
        unlocked(terminal).press("ctrl+q")
        assert terminal.end() == 0
        assert terminal.text().strip() == ""
    whole(vault)


@pytest.mark.long
def test_a_terminal_that_is_gone_locks_though_nobody_says_so(vault):
    with Terminal("--vault", str(vault)) as terminal:
        unlocked(terminal)
        os.close(terminal.master)
        terminal.process.wait(timeout=30)
    whole(vault)


@pytest.mark.long
def test_a_second_start_says_who_holds_the_vault_and_touches_nothing(vault):
    with Terminal("--vault", str(vault)) as first:
        unlocked(first)
        with Terminal("--vault", str(vault)) as second:
            screen = second.wait("open already")
            assert f"process {first.process.pid}" in " ".join(screen.split())
            second.press("enter")
            assert second.end() == 4
        first.press("ctrl+q")
        assert first.end() == 0
    whole(vault)
