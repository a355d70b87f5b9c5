"""The lines that others script against, as they are written, in their order."""

import shlex

import pytest

from tests.support.commands import secterm, secterm_apart

COMMON = "--vault v.db --officer alice --passphrase-file alice.txt"


STAYS = "secterm: The archive is not on a removable medium: out\n"


def written(line, folder, err=""):
    """A line of a script; `secterm` is the program, and says this aside."""
    program, *arguments = shlex.split(line)
    assert program == "secterm"
    done = secterm_apart(*arguments, cwd=folder)
    assert (done.status, done.err) == (0, err)
    return done


@pytest.mark.long
def test_every_line_works_as_written(empty):
    def does(line, err=""):
        return written(line, empty.folder, err)

    does(
        'secterm init    --vault v.db --unit "Test unit" --officer alice'
        " --passphrase-file alice.txt"
    )
    does(f"secterm sample  {COMMON} --appointees 3")
    listed = does(f"secterm list    {COMMON} --json").json
    assert len(listed) == 3
    shown = does(f"secterm show {listed[0]['id']} {COMMON} --json").json
    assert shown["particulars"]["name"] == listed[0]["name"]
    assert "The vault holds" in does(f"secterm verify  {COMMON}").out
    does(f"secterm export  {COMMON} --to out/ --recipient {empty.recipient}", STAYS)
    (archive,) = (empty.folder / "out").iterdir()
    inspected = does(f"secterm inspect out/{archive.name} --identity key.txt").out
    assert "The archive holds" in inspected
    assert listed[0]["name"] in inspected

    key = does(f"secterm inspect out/{archive.name} --identity key.txt --json").json["fingerprint"]
    other = COMMON.replace("v.db", "new.db")
    does(f"secterm restore out/{archive.name} {other} --identity key.txt --fingerprint '{key}'")
    assert len(does(f"secterm list    {other} --json").json) == 3
    into = COMMON.replace("--vault v.db", "--into new.db")
    told = does(f"secterm restore out/{archive.name} {into} --identity key.txt").out
    assert "0 new, 0 continued, 3 here already" in told

    does(f"secterm sample  {COMMON} --appointees 1")
    assert len(does(f"secterm list    {COMMON} --json").json) == 4


def test_every_command_is_there():
    commands = secterm("--help").out
    there = ("demo", "init", "sample", "list", "show", "verify", "export", "inspect", "restore")
    there += ("doctor",)
    for command in there:
        assert f"  {command} " in commands
    assert "check " in secterm("pack", "--help").out
