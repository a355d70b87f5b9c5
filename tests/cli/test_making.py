"""Init: a vault is made where it was asked for, or nothing is."""

import os
import stat

import pytest

from secterm.policy import reader
from tests.cli.conftest import OFFICER, PASSPHRASE
from tests.support.commands import AtTerminal, secterm

MAKE = ("init", "--unit", "Test unit", "--officer", OFFICER, "--passphrase-file", "alice.txt")


@pytest.fixture
def home(empty):
    """The environment of an officer who never used the program."""
    return {"XDG_DATA_HOME": str(empty.folder / "home" / "share")}


def test_what_is_to_be_written_down_is_told(empty):
    done = empty.bare(*MAKE, "--vault", "v.db")
    assert (done.status, done.err) == (0, "")
    created, fingerprint = done.out.splitlines()
    desk = empty.desk()
    assert created == f"Created. Checkpoint {desk.checkpoint_line()}"
    assert fingerprint == f"Fingerprint of the log keys: {desk.log_fingerprint()}"
    desk.close()


def test_the_usual_vault_gets_a_folder_that_is_its_owners_alone(empty, home):
    assert empty.bare(*MAKE, env=home).status == 0
    folder = empty.folder / "home" / "share" / "secterm"
    assert (folder / "vault.db").exists()
    for one in (folder, folder.parent, folder.parent.parent):
        assert stat.S_IMODE(one.stat().st_mode) == 0o700
    assert empty.bare("list", *MAKE[3:], env=home).status == 0


def test_the_usual_vaults_folder_goes_again_where_no_vault_came_to_be(empty, home):
    (empty.folder / "alice.txt").write_text("password\n")
    assert empty.bare(*MAKE, env=home).status == 2
    assert not (empty.folder / "home").exists()


@pytest.mark.parametrize("start", [MAKE, ()], ids=["init", "the app"])
def test_no_folder_is_made_for_a_mistyped_path(empty, start):
    for how in ({"arguments": ("--vault", "typo/v.db")}, {"env": {"SECTERM_VAULT": "typo/v.db"}}):
        done = secterm(*how.get("arguments", ()), *start, cwd=empty.folder, env=how.get("env"))
        assert done.status == 4
        assert done.complaint.startswith("typo: There is no such folder")
        assert not (empty.folder / "typo").exists()


def test_without_a_terminal_the_app_makes_nothing(empty, home):
    done = empty.bare(env=home)
    assert done.status == 2
    assert "needs a terminal" in done.complaint
    assert not (empty.folder / "home").exists()


def test_a_vault_that_is_there_is_not_written_over(room):
    before = room.files
    for unasked in (MAKE, MAKE[:5]):  # whether or not there would be a passphrase
        done = room.bare(*unasked, "--vault", "v.db")
        assert done.status == 4
        assert done.complaint.startswith("v.db: There is a file at this path already.")
    assert room.files == before


def test_a_weak_passphrase_makes_no_vault(empty):
    (empty.folder / "alice.txt").write_text("alice alice alice\n")
    before = empty.files
    done = empty.bare(*MAKE, "--vault", "v.db")
    assert done.status == 2
    assert "too weak" in done.complaint
    assert "alice alice" not in done.complaint
    assert empty.files == before


def test_a_pack_that_does_not_hold_makes_no_vault(empty):
    for name, data in reader.read_folder(reader.default_folder()).items():
        (empty.folder / name).write_bytes(data)
    (empty.folder / "rules.toml").write_text("bogus = 1\n")
    before = empty.files
    done = empty.bare(*MAKE, "--vault", "v.db", "--pack", ".")
    assert done.status == 1
    assert "The policy pack does not hold: rules.toml: " in done.complaint
    assert empty.files == before
    done = empty.bare(*MAKE, "--vault", "v.db", "--pack", "missing")
    assert done.status == 2
    assert "'missing' does not exist" in done.complaint


@pytest.mark.parametrize("missing", ["--unit", "--officer"])
def test_unit_and_officer_are_not_blank(empty, missing):
    done = empty.bare(*MAKE, "--vault", "v.db", missing, "  ")
    assert done.status == 2
    assert f"'{missing}': it is empty" in done.complaint
    assert not empty.vault.exists()


def test_the_measuring_is_told_at_a_terminal(empty):
    with AtTerminal(*MAKE, "--vault", "v.db", cwd=empty.folder) as terminal:
        done = terminal.ends()
    assert done.status == 0
    assert "Measuring this machine" in done.err
    assert "MiB of memory take" in done.err


def test_only_its_owner_may_read_a_vault(empty):
    before = os.umask(0)
    try:
        assert empty.bare(*MAKE, "--vault", "v.db").status == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(empty.vault.stat().st_mode) == 0o600
    assert PASSPHRASE.encode() not in empty.vault.read_bytes()
