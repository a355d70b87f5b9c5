"""The real program in a real terminal, seen from outside as the kernel shows it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import as_any_user, environment
from tests.support.house import OFFICER, build
from tests.support.terminal import Terminal

LOOK = """
import sys
for name in sys.argv[2:]:
    try:
        with open(f"/proc/{sys.argv[1]}/{name}", "rb") as stream:
            if name == "mem" or stream.read(1):
                print(name)
    except PermissionError:
        pass
"""
INSIDE = ("mem", "environ", "maps", "auxv")
LOCKED = """
from secterm.host import hardening
hardening.harden()
print({m.name: m.holds for m in hardening.state()}["swap"])
"""


def seen_by_another(pid):
    """What another program of the same user can open of a process."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(pid), *INSIDE],
        preexec_fn=as_any_user,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def table(terminal, name):
    """What stands in one of the kernel's tables of the program, line by line."""
    return Path(f"/proc/{terminal.process.pid}/{name}").read_text().splitlines()


def status_of(terminal):
    """What the kernel says of the program, by name."""
    lines = (line.partition(":") for line in table(terminal, "status"))
    return {name: value.strip() for name, _, value in lines}


@pytest.fixture
def vault(tmp_path):
    return build(tmp_path / "vault.db", ("opened", "general"))


def says_locked(before):
    """Whether a process of ours that starts so says that its memory is locked."""
    said = subprocess.run(
        [sys.executable, "-c", LOCKED],
        env=environment(),
        preexec_fn=before,
        capture_output=True,
        text=True,
        check=True,
    )
    return {"True\n": True, "False\n": False}[said.stdout]


def test_the_running_program_shows_what_it_gave_up(vault):
    plain = [sys.executable, "-c", "input()"]
    with Terminal("--vault", str(vault), before=as_any_user) as terminal:
        terminal.wait("> Officer")
        terminal.enter(OFFICER[0])
        terminal.wait("> Passphrase")
        terminal.enter(OFFICER[1])
        terminal.wait("Show only")
        status = status_of(terminal)
        core = [line for line in table(terminal, "limits") if line.startswith("Max core file size")]
        inside = seen_by_another(terminal.process.pid)
        terminal.press("ctrl+q")
        assert terminal.end() == 0
    with subprocess.Popen(plain, stdin=subprocess.PIPE, preexec_fn=as_any_user) as other:
        assert seen_by_another(other.pid) == list(INSIDE)  # what is to be seen of any other
        other.communicate(b"\n")

    assert core[0].split()[4:6] == ["0", "0"]
    assert inside == []
    assert status["Seccomp"] == "2"
    assert status["NoNewPrivs"] == "1"
    assert status["Umask"] == "0077"
    assert (status["VmLck"] != "0 kB") == says_locked(as_any_user)


@pytest.mark.long
def test_memory_is_locked_where_the_limit_allows_it(vault):
    with Terminal("--vault", str(vault)) as terminal:
        terminal.wait("> Officer")
        locked = status_of(terminal)["VmLck"]
        terminal.press("ctrl+q")
        assert terminal.end() == 0
    assert (locked != "0 kB") == says_locked(None)
