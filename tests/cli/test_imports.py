"""A command imports what it needs: never the screens, and little where little is asked."""

import subprocess
import sys

import pytest

from secterm.policy import reader
from tests.support.commands import ROOT, environment
from tests.support.terminal import Terminal

CHILD = """
import sys
from secterm.vault import kdf
from secterm.cli import main

kdf.floors, kdf.TARGET_SECONDS = (kdf.Cost(t=1, m=32, p=1),), 0.0
for line in sys.stdin.read().splitlines():
    sys.argv = ["secterm", *line.split("|")]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, line
    for name in ("textual", "rich", "secterm.tui.app", "fpdf"):
        drawn = name == "fpdf" and line.startswith("print")
        assert drawn or name not in sys.modules, f"{name}: {line}"
"""
STAYS = "secterm: The archive is not on a removable medium: out\n"
HEAVY = {
    "peewee",
    "sqlite3",
    "cryptography",
    "argon2",
    "pyrage",
    "shamir_mnemonic",
    "zxcvbn_rs_py",
    "fpdf",
    "PIL",
    "zxingcpp",
    "tomlkit",
    "tomllib",
}
LIGHT = """
import sys
from secterm.cli import main

sys.argv = ["secterm", *sys.argv[1:]]
try:
    main()
except SystemExit:
    print(*sys.modules, file=sys.stderr)
"""
# Stands where the vault's file is looked at, which is once the first screen shows.
SHOWN = """
import os, sys
from secterm.cli import main
from secterm.tui.screens import unlock

def shown(vault):
    with open(told, "w") as file:
        print(*sys.modules, file=file)
    os._exit(0)

told, sys.argv = sys.argv[1], ["secterm", "--vault", sys.argv[2]]
unlock.failures_of = shown
main()
"""
# Modules of our own, and of others, of which another Python has a few more.
OURS, OTHERS = 76, 460


def python(code, *arguments, cwd=None, stdin="", err=""):
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env=environment(),
        input=stdin,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, err)


@pytest.mark.long
def test_no_command_but_the_app_and_the_demo_imports_the_screens(room):
    (room.folder / "out").mkdir()
    common = "|".join(room.officer)
    commands = [
        "--version",
        "--help",
        "demo|--help",
        f"list|{common}",
        f"show|{common}|{room.ids()[0]}",
        f"verify|{common}",
        f"sample|{common}|--appointees|1",
        f"export|{common}|--to|out|--recipient|{room.recipient}",
        f"recipient|list|{common}",
        f"init|--unit|Test unit|{common}".replace("v.db", "w.db"),
        f"pack|check|{reader.default_folder()}",
        "inspect|--help",
        f"print|{common}|{room.admitted()}|decision|--to|out",
    ]
    python(CHILD, cwd=room.folder, stdin="\n".join(commands), err=STAYS)


def imported(*arguments):
    """The modules that a command imported by its end."""
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, *arguments],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
    )
    return set(done.stderr.splitlines()[-1].split())


def counted(modules):
    """How many are of our own, and how many of others."""
    ours = sum(name.partition(".")[0] == "secterm" for name in modules)
    return ours, len(modules) - ours


@pytest.mark.parametrize(
    ("arguments", "ours", "others"),
    [
        (["--version"], 11, 90),
        (["--help"], 25, 150),
        (["verify", "--help"], 17, 150),
        (["doctor"], 28, 210),
    ],
)
def test_what_opens_no_vault_imports_little_and_nothing_heavy(arguments, ours, others):
    modules = imported(*arguments)
    assert not modules & (HEAVY | {"textual", "rich", "msgspec"})
    own, foreign = counted(modules)
    assert own <= ours
    assert foreign <= others


def test_the_version_takes_no_command_line_to_be_read():
    assert not imported("--version") & {"click", "inspect", "pathlib", "dataclasses", "json"}


def test_the_first_screen_shows_before_what_reads_a_vault_is_imported(tmp_path):
    vault, told = tmp_path / "vault.db", tmp_path / "told"
    vault.touch()
    with Terminal(str(told), str(vault), program=(sys.executable, "-c", SHOWN)) as terminal:
        terminal.process.wait(60)
    modules = set(told.read_text().split())
    assert "secterm.tui.screens.unlock" in modules
    assert not modules & (HEAVY | {"secterm.desk.desk", "secterm.dossier.entries"})
    own, foreign = counted(modules)
    assert own <= OURS
    assert foreign <= OTHERS


def test_the_process_is_hardened_before_any_of_the_program_is_imported():
    code = """
import sys
from secterm.host import hardening
from secterm.cli import main

def hardened():
    theirs = {name for name in sys.modules if name.startswith("secterm")}
    assert theirs == {"secterm", "secterm.cli", "secterm.words", "secterm.host",
                      "secterm.host.hardening", "secterm.host.sockets"}, theirs
    assert "click" not in sys.modules
    sys.exit()

hardening.harden = hardened
main()
raise AssertionError("not hardened")
"""
    python(code, cwd=ROOT)
