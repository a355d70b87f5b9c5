"""A vault that does not open or does not do: told in one line, and nothing lost."""

import os
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from secterm.desk.desk import Desk
from secterm.vault import kdf
from secterm.vault.errors import WrongPassphrase
from tests.cli.conftest import OFFICER, PASSPHRASE
from tests.support.commands import environment, files_end_at, permissions_count

READING = (("list",), ("show", "0"), ("verify",))
WRITING = (("sample", "--appointees", "1"), ("export", "--to", ".", "--recipient"))


def every(room):
    """Each command on a vault."""
    return [*READING, WRITING[0], (*WRITING[1], room.recipient)]


def refused(room, said, status=4):
    """Every command ends so, and leaves every file as it was."""
    before = room.files
    for command in every(room):
        done = room.run(*command)
        assert done.status == status
        assert said in done.complaint
        assert room.files == before


# -- wrong passphrase -----------------------------------------------------------------


def fail(room, times):
    for _ in range(times):
        with pytest.raises(WrongPassphrase):
            Desk.open(room.vault, OFFICER, "wrong")


def test_a_wrong_passphrase_is_one_clear_line(room):
    (room.folder / "alice.txt").write_text("not the right passphrase\n")
    done = room.run("list")
    assert done.status == 3
    assert "does not open with this name and passphrase" in done.complaint
    assert "1 attempt has failed since the last unlock" in done.complaint
    assert "not the right" not in done.complaint


def test_a_name_that_nobody_has_is_told_the_same(room):
    who = ("--officer", "mallory", *room.officer[:2], *room.officer[4:])
    done = room.bare("list", *who)
    assert done.status == 3
    assert "does not open with this name and passphrase" in done.complaint


def test_failed_attempts_are_told_at_the_next_unlock_and_not_again(room):
    fail(room, 2)
    first = room.run("list")
    assert first.status == 0
    assert first.err == "secterm: 2 failed attempts to unlock before this one.\n"
    assert room.run("list").err == ""


def test_the_wait_before_the_next_attempt_grows(room):
    waits = []
    for _ in range(3):
        fail(room, 1 if waits else 3)
        with room.watched("list") as terminal:
            terminal.sees(" seconds.").signals()
            waits.append(int(terminal.ends().err.split("waiting ")[1].split()[0]))
    assert waits == [2, 4, 8]


@pytest.mark.long
def test_the_wait_is_waited(room):
    fail(room, 3)
    before = datetime.now()
    assert room.run("list").status == 0
    assert datetime.now() - before >= timedelta(seconds=2)


# -- what is no vault, or no longer one ----------------------------------------------


def test_no_vault_is_told_with_its_path_before_anything_is_asked(empty):
    refused(empty, "v.db: There is no vault at this path.")
    done = empty.bare("list", "--vault", "v.db")
    assert (done.status, "There is no vault" in done.complaint) == (4, True)


@pytest.mark.parametrize("content", [b"", b"no vault\n" * 50, b"SQLite format 3\0" + bytes(200)])
def test_another_file_is_not_taken_for_a_vault(empty, content):
    empty.vault.write_bytes(content)
    refused(empty, "v.db: This file is not a vault.")


def test_a_newer_format_is_left_alone(room):
    data = bytearray(room.vault.read_bytes())
    data[60:64] = (99).to_bytes(4, "big")
    room.vault.write_bytes(data)
    refused(room, "written by a later version (format 99)")


@pytest.mark.parametrize("part", [0.05, 0.5])
def test_a_vault_that_was_cut_off_is_left_alone(room, part):
    data = room.vault.read_bytes()
    room.vault.write_bytes(data[: int(len(data) * part)])
    refused(room, "The vault is damaged or was changed")


def flip(room, table, column):
    """Another last byte in a column of every row."""
    with sqlite3.connect(room.vault) as database:
        (value,) = database.execute(f"SELECT {column} FROM {table}").fetchone()
        changed = value[:-1] + ("A" if isinstance(value, str) else bytes([value[-1] ^ 1]))
        database.execute(f"UPDATE {table} SET {column} = ?", (changed,))
    database.close()


@pytest.mark.parametrize("column", ["slot.sealed", "slot.tag", "slot.kdf", "head.sealed"])
def test_a_way_in_that_was_changed_is_told_and_no_passphrase_doubted(room, column):
    flip(room, *column.split("."))
    refused(room, "The vault is damaged or was changed")


def test_a_changed_count_of_failures_is_told(room):
    flip(room, "vault", "failures")
    done = room.run("verify")
    assert done.status in (1, 4)
    assert "vault and slot: a row is not as it was written" in done.out + done.err
    assert "Traceback" not in done.err


def test_a_dossier_that_was_changed_is_told_and_the_others_are_read(room):
    one, other, *_ = room.ids()
    with sqlite3.connect(room.vault) as database:
        database.execute(
            "UPDATE entry SET sealed = zeroblob(length(sealed)) WHERE dossier = ?",
            (bytes.fromhex(one),),
        )
    database.close()
    before = room.files
    done = room.run("show", one)
    assert done.status == 4
    assert f"The vault is damaged or was changed: entry.sealed {one}" in done.complaint
    assert room.run("show", other).status == 0
    assert room.files == before


def test_a_dossier_without_its_first_entry_is_told(room):
    one = room.admitted()
    with sqlite3.connect(room.vault) as database:
        database.execute(
            "DELETE FROM entry WHERE number = (SELECT min(number) FROM entry WHERE dossier = ?)",
            (bytes.fromhex(one),),
        )
    database.close()
    done = room.run("show", one)
    assert (done.status, done.out) == (4, "")
    assert "The vault is damaged or was changed" in done.err
    assert "Traceback" not in done.err


def test_a_way_in_under_the_floor_is_refused(room):
    """The tests' own cost, to the program as it is."""
    done = subprocess.run(
        [sys.executable, "-m", "secterm", "list", *room.officer],
        cwd=room.folder,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 4
    assert "A way into this vault was refused: a derivation cost under the floor" in done.stderr
    assert done.stderr.count("\n") == 1


# -- what stands in the way -----------------------------------------------------------


def test_a_second_start_is_told_who_holds_the_vault(room):
    desk = room.desk()
    try:
        before = room.files
        for command in every(room):
            done = room.run(*command)
            assert done.status == 4
            assert f"The vault is open already: process {os.getpid()}" in done.complaint
        assert room.files == before
    finally:
        desk.close()
    assert room.run("list").status == 0


@pytest.mark.parametrize(("mode", "said"), [(0o400, "read-only"), (0o000, "Permission denied")])
def test_a_vault_that_may_not_be_opened_is_told(room, mode, said):
    room.vault.chmod(mode)
    done = room.apart("list", before=permissions_count)
    assert done.status == 4
    assert f"The vault cannot be read or written: {'it is ' * (mode > 0)}{said}" in done.complaint


def test_a_full_disk_loses_nothing_that_was_recorded(room):
    listed, beside = set(room.run("list").out.splitlines()), set(room.files)
    done = room.apart(
        *("sample", "--appointees", "1"), before=files_end_at(room.vault.stat().st_size)
    )
    assert done.status == 4
    assert "The vault cannot be read or written" in done.complaint
    assert listed <= set(room.run("list").out.splitlines())
    assert room.run("verify").status == 0
    assert set(room.files) == beside


# -- the clock --------------------------------------------------------------------------


def test_a_clock_behind_the_last_entry_is_told_and_nothing_recorded(empty):
    def tomorrow():
        return datetime.now().astimezone().replace(microsecond=0) + timedelta(days=1)

    Desk.create(
        empty.vault,
        unit="Test unit",
        officer=OFFICER,
        passphrase=PASSPHRASE,
        cost=kdf.floors[0],
        clock=tomorrow,
    ).close()
    before = empty.files
    read = empty.run("list")
    assert (read.status, read.out) == (0, "")
    assert "which is before the last entry" in read.err
    assert read.err.count("\n") == 1
    for command in (WRITING[0], (*WRITING[1], empty.recipient)):
        written = empty.run(*command)
        assert (written.status, written.out) == (4, "")
        assert "Nothing was recorded" in written.err
        assert "Traceback" not in written.err
    assert empty.files == before
