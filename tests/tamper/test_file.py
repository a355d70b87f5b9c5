"""Beneath the rows: pages, journals and names of the file."""

import contextlib
import os
import shutil
import sqlite3

import pytest

from secterm.desk.desk import Desk
from secterm.vault.errors import VaultBusy
from tests.tamper.thief import found, numbers, rows
from tests.tamper.vault import ALIX, at, create, lived


@pytest.mark.parametrize("more", [1, 4096])
def test_bytes_behind_the_last_page_are_told_before_anything_is_read(past, more):
    with past.today.open("ab") as stream:
        stream.write(b"\x5a" * more)
    assert "the file: is not as long as it says" in found(past.today)


@pytest.mark.parametrize("less", [1, 4096])
def test_a_file_cut_short_is_told_before_anything_is_read(past, less):
    os.truncate(past.today, past.today.stat().st_size - less)
    assert "damaged or was changed: the file" in found(past.today)


def test_what_a_free_page_holds_is_not_found_and_read_by_nobody(past):
    """The limit: room that no row uses is nobody's."""
    with contextlib.closing(sqlite3.connect(past.today)) as db:
        db.execute("PRAGMA secure_delete = off")
        db.execute("CREATE TABLE hidden (what BLOB)")
        db.execute("INSERT INTO hidden VALUES (?)", (b"A thief was here." * 1000,))
        db.execute("DROP TABLE hidden")
        db.commit()
    assert b"A thief was here." in past.today.read_bytes()
    assert found(past.today) == ""


def journal_of(vault, change):
    """The rollback journal that a power cut in the middle of `change` leaves behind."""
    beside = vault.with_name(vault.name + "-journal")
    with contextlib.closing(sqlite3.connect(vault, isolation_level=None)) as db:
        db.execute("PRAGMA cache_size = 1")
        db.execute("BEGIN IMMEDIATE")
        db.execute(change)
        left = beside.read_bytes()
        db.execute("ROLLBACK")
    return left


def test_a_journal_of_another_vault_laid_beside_is_told_and_opens_nothing_of_it(past, tmp_path):
    other = tmp_path / "other.db"
    with contextlib.closing(create(other)) as desk:
        lived(desk, "screening")
    left = journal_of(other, "UPDATE entry SET sealed = zeroblob(length(sealed))")
    past.today.with_name("today.db-journal").write_bytes(left)
    assert "damaged or was changed" in found(past.today)


def test_an_older_journal_of_this_vault_laid_beside_is_told(past):
    left = journal_of(past.first, "UPDATE entry SET sealed = zeroblob(length(sealed))")
    past.today.with_name("today.db-journal").write_bytes(left)
    assert found(past.today, earlier=past.lines["today"]) != ""


@pytest.mark.parametrize(
    "beside",
    [b"", b"\0" * 5000, os.urandom(5000), b"no journal\n" * 99],
    ids=["nothing", "zeros", "noise", "text"],
)
def test_what_is_no_journal_is_not_obeyed(past, beside):
    past.today.with_name("today.db-journal").write_bytes(beside)
    assert found(past.today, earlier=past.lines["today"]) == ""


@pytest.mark.parametrize("beside", ["-wal", "-shm"])
def test_a_write_ahead_log_laid_beside_is_not_obeyed(past, beside):
    past.today.with_name(f"today.db{beside}").write_bytes(past.first.read_bytes())
    assert found(past.today, earlier=past.lines["today"]) == ""


def test_a_file_that_asks_for_a_write_ahead_log_keeps_none(past):
    with contextlib.closing(sqlite3.connect(past.today)) as db:
        db.execute("PRAGMA journal_mode = wal")
    assert found(past.today, earlier=past.lines["today"]) == ""
    assert rows(past.today, "PRAGMA journal_mode") == [("delete",)]


def test_a_symlink_in_the_vaults_place_is_the_vault_it_names_with_one_lock(past, tmp_path):
    alias = tmp_path / "alias.db"
    alias.symlink_to(past.today)
    assert found(alias, earlier=past.lines["today"]) == ""
    with at(past.today), pytest.raises(VaultBusy):
        Desk.open(alias, *ALIX)


def test_a_symlink_to_an_older_copy_is_found_by_a_checkpoint_only(past):
    past.today.unlink()
    past.today.symlink_to(past.yesterday)
    assert found(past.today) == ""
    assert "history was cut" in found(past.today, earlier=past.lines["today"])


def test_a_vault_with_a_second_name_is_refused_and_opens_once_that_is_gone(past, tmp_path):
    second = tmp_path / "second.db"
    os.link(past.today, second)
    for name in (past.today, second):
        assert "it has a second name" in found(name)
    second.unlink()
    assert found(past.today) == ""


def test_a_vault_that_a_power_cut_left_with_the_name_it_was_made_under_opens(past):
    fresh = past.today.with_name("today.db.new")
    os.link(past.today, fresh)
    assert found(past.today) == ""
    assert not fresh.exists()


def test_another_file_under_the_name_that_vaults_are_made_under_is_left_alone(past):
    fresh = past.today.with_name("today.db.new")
    shutil.copy(past.first, fresh)
    assert found(past.today) == ""
    assert numbers(fresh, past.gone_after)
