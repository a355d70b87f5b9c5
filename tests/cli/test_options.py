"""What is given, wherever it stands, and what cannot be used."""

import subprocess
import sys

import pytest

from secterm import __version__
from tests.cli.conftest import OFFICER
from tests.support.commands import ROOT, environment, secterm

SECRET = "AGE-SECRET-KEY-1TESTONLY"


def test_the_vault_is_named_before_the_command_or_after_it(room):
    (room.folder / "v.db").rename(room.folder / "other.db")
    who = ("--officer", OFFICER, "--passphrase-file", "alice.txt")
    after = room.bare("list", *who, "--vault", "other.db")
    assert len(after.out.splitlines()) == 4
    assert room.bare("--vault", "other.db", "list", *who) == after
    assert room.bare("--vault", "other.db", *who, "list") == after
    assert room.bare("list", *who, env={"SECTERM_VAULT": "other.db"}) == after


def test_what_is_named_goes_before_the_environment(room):
    nowhere = {"SECTERM_VAULT": "nowhere.db"}
    assert room.run("list", env=nowhere).status == 0
    assert room.bare("--vault", "v.db", "list", *room.officer[2:], env=nowhere).status == 0


def test_two_different_vaults_are_not_guessed_between(room):
    done = room.bare("--vault", "w.db", "list", *room.officer)
    assert done.status == 2
    assert "--vault is given twice, and not the same" in done.complaint


def test_the_app_does_not_take_a_name_or_a_passphrase(room):
    done = room.bare(*room.officer)
    assert done.status == 2
    assert "The app asks for name and passphrase itself" in done.complaint


@pytest.mark.parametrize("option", ["--vault", "--officer", "--passphrase-file", "--key-file"])
def test_an_empty_value_is_not_taken_for_none(room, option):
    done = room.bare("list", option, "", env={"SECTERM_VAULT": "v.db"})
    assert done.status == 2
    assert f"'{option}': it is empty" in done.complaint


def test_an_empty_folder_is_not_the_one_we_stand_in(room):
    done = room.run("export", "--to", "", "--recipient", room.recipient)
    assert done.status == 2
    assert "'--to': it is empty" in done.complaint


@pytest.mark.parametrize("name", ["two\nlines", "\x1b[2J", "x" * 201])
def test_a_name_is_one_line_that_can_be_shown(empty, name):
    done = empty.bare("init", "--vault", "v.db", "--unit", name, "--officer", "alice")
    assert done.status == 2
    assert "one line of at most 200 characters" in done.complaint
    assert not empty.vault.exists()


def test_a_name_may_start_with_a_dash(empty):
    who = ("--vault", "v.db", "--officer", "-x", "--passphrase-file", "alice.txt")
    assert empty.bare("init", "--unit", "--unit", *who).status == 0
    assert empty.bare("list", *who).status == 0


def test_who_it_is_must_be_said_where_nobody_can_be_asked(room):
    done = room.bare("list", "--vault", "v.db", "--passphrase-file", "alice.txt")
    assert done.status == 2
    assert "--officer" in done.complaint
    done = room.bare("list", "--vault", "v.db", "--officer", OFFICER)
    assert done.status == 2
    assert "use a passphrase file" in done.complaint


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("list", "--jsn"), "No such option '--jsn'"),
        (("lst",), "No such command 'lst'"),
        (("init",), "Missing option '--unit'"),
        (("show",), "Missing argument 'ID'"),
        (("pack",), "Missing command"),
        (("sample", "--appointees", "0"), "0 is not in the range"),
        (("sample", "--appointees", "many"), "'many' is not a valid integer"),
        (("list", "--vault", "."), "is a directory"),
    ],
)
def test_unusable_arguments_are_told_in_one_line(empty, arguments, said):
    done = empty.bare(*arguments)
    assert done.status == 2
    assert said in done.complaint
    assert done.complaint.endswith("--help")


def test_an_argument_too_many_may_be_a_secret_and_is_not_repeated(room):
    to = ("--to", "out", "--passphrase")
    done = room.run("export", *to, "a passphrase in the wrong place")
    assert done.status == 2
    assert "1 argument too many" in done.complaint
    assert "wrong place" not in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "--to", "out", "--recipient", SECRET),
        ("export", "--to", "out", "--recipient", "x", "--passphrase-file", SECRET),
        ("export", "--to", "out", "--recipients-file", SECRET),
        ("inspect", "alice.txt", "--identity", SECRET),
        ("inspect", "alice.txt", "--archive-passphrase-file", SECRET),
        ("verify", "--checkpoint", SECRET),
        ("list", "--passphrase-file", SECRET),
    ],
)
def test_a_secret_in_the_wrong_place_is_not_repeated(room, arguments):
    done = room.bare(*arguments, env={"SECTERM_VAULT": "v.db"})
    assert done.status == 2
    assert SECRET not in done.complaint


def test_python_runs_the_package():
    done = subprocess.run(
        [sys.executable, "-m", "secterm", "--version"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, f"secterm, version {__version__}\n")


def test_help_names_the_exit_statuses():
    assert "3 wrong passphrase" in secterm("--help").out
