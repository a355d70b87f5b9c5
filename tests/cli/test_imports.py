"""A command imports what it needs: never the screens, and little where little is asked."""

import subprocess
import sys

import pytest

from secterm.policy import reader
from tests.support.commands import ROOT, environment

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
LIGHT = """
import sys
from secterm.cli import main

sys.argv = ["secterm", *sys.argv[1:]]
try:
    main()
except SystemExit:
    heavy = {"textual", "peewee", "cryptography", "argon2", "msgspec", "pyrage"} & set(sys.modules)
    assert not heavy, heavy
"""


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


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["verify", "--help"], ["doctor"]])
def test_what_opens_no_vault_imports_nothing_heavy(arguments):
    python(LIGHT, *arguments, cwd=ROOT)


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
