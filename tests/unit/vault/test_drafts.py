"""A draft: one sealed row of a dossier, written over and taken away, and never an entry."""

import contextlib
import os
import sqlite3

import pytest

from secterm.vault import drafts, errors, kdf, verify
from secterm.vault.signer import Signer
from secterm.vault.vault import Vault

CHEAP = kdf.Cost(t=1, m=32, p=1)
ALICE = ("alice", "test correct horse")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "v.db"


@pytest.fixture
def vault(path):
    with Vault.create(path, *ALICE, CHEAP) as (vault, work):
        work.append(vault.id, b"the vault begins")
    yield vault
    vault.close()


@pytest.fixture
def id(vault):
    return dossier(vault)


def dossier(vault):
    with vault.transaction() as work:
        id = work.create_dossier()
        work.set_card(id, work.append(id, b"opened"), b"card")
    return id


def sealed(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        return dict(database.execute("SELECT dossier, sealed FROM draft").fetchall())


def run(path, sql, *values):
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute(sql, values)


def faults(vault):
    known = {vault.signer.officer: vault.signer.public_key}
    return [str(fault) for fault in verify.verify(vault, known)]


@pytest.mark.parametrize(
    "text",
    [b"half a sentence", b"\0" * 40, os.urandom(drafts.LONGEST)],
    ids=["short", "zeros", "longest"],
)
def test_what_is_kept_is_there_after_unlocking_again(vault, path, id, text):
    vault.keep_draft(id, text)
    vault.close()
    with contextlib.closing(Vault.open(path, *ALICE)) as again:
        assert again.draft(id) == text
        assert faults(again) == []


def test_of_a_dossier_where_nothing_was_left_there_is_no_row(vault, path, id):
    assert vault.draft(id) == b""
    vault.keep_draft(id, b"half a sentence")
    vault.keep_draft(id, b"")
    assert vault.draft(id) == b""
    assert sealed(path) == {}


def test_a_draft_is_written_over_by_the_next(vault, path, id):
    vault.keep_draft(id, b"half a")
    vault.keep_draft(id, b"half a sentence")
    assert vault.draft(id) == b"half a sentence"
    assert len(sealed(path)) == 1


def test_the_same_again_is_not_written_again(vault, path, id):
    vault.keep_draft(id, b"half a sentence")
    before = sealed(path)
    vault.keep_draft(id, b"half a sentence")
    assert sealed(path) == before


def test_a_draft_is_no_entry_and_no_other_head(vault, path, id):
    before = vault.checkpoint(), vault.sealed_head
    vault.keep_draft(id, b"half a sentence")
    assert (vault.checkpoint(), vault.sealed_head) == before
    dossier(vault)
    assert faults(vault) == []


def test_a_drafts_length_is_told_to_within_a_step(vault, path, id):
    lengths = set()
    for size in range(2000, 2040):
        vault.keep_draft(id, b"x" * size)
        lengths.add(len(sealed(path)[id]))
    assert len(lengths) <= 2


def test_of_several_drafts_all_are_kept_or_none(vault, path, id):
    vault.keep_draft(id, b"before")
    with pytest.raises(errors.SealBroken):
        vault.keep_drafts({id: b"after", b"n" * 16: b"of nobody"})
    assert vault.draft(id) == b"before"


def test_a_draft_that_is_too_long_is_not_kept(vault, path, id):
    with pytest.raises(ValueError, match="65536"):
        vault.keep_draft(id, bytes(drafts.LONGEST + 1))
    assert sealed(path) == {}


def test_a_row_that_is_too_long_is_not_opened(vault, path, id):
    run(path, "INSERT INTO draft VALUES (?, ?)", id, bytes(drafts.LONGEST_SEALED + 1))
    with pytest.raises(errors.SealBroken):
        vault.draft(id)
    assert faults(vault) == [f"draft.sealed {id.hex()}: is longer than a draft may be"]


def test_a_draft_of_the_vaults_own_strand_is_told(vault, path):
    vault.keep_draft(vault.id, b"of nobody")
    assert faults(vault) == [f"draft.sealed {vault.id.hex()}: is of no dossier"]


def test_a_second_row_of_a_dossier_is_told_by_the_file(vault, path, id):
    """SQLite itself lets nobody write one; a hand in the file's bytes may."""
    other = dossier(vault)
    for each in (id, other):
        vault.keep_draft(each, b"half a sentence")
    vault.close()
    raw = path.read_bytes()
    place = raw.index(other + sealed(path)[other])
    path.write_bytes(raw[:place] + id + raw[place + len(id) :])
    with contextlib.closing(Vault.open(path, *ALICE)) as again:
        told = faults(again)
        assert any(fault.startswith("the file: ") and "draft" in fault for fault in told)
        assert f"draft.sealed {id.hex()}: does not open" in told


def test_where_a_dossiers_key_does_not_open_its_draft_is_not_told_as_well(vault, path, id):
    vault.keep_draft(id, b"half a sentence")
    run(path, "UPDATE dossier SET key = zeroblob(64) WHERE id = ?", id)
    found = [fault for fault in faults(vault) if "draft" in fault]
    assert found == []
    with pytest.raises(errors.SealBroken):
        vault.draft(id)


def test_a_draft_that_does_not_open_is_written_over(vault, path, id):
    vault.keep_draft(id, b"half a sentence")
    run(path, "UPDATE draft SET sealed = zeroblob(100)")
    vault.keep_draft(id, b"another")
    assert vault.draft(id) == b"another"
    assert faults(vault) == []


def test_a_new_vault_key_changes_no_draft(vault, path, id):
    vault.keep_draft(id, b"half a sentence")
    before = sealed(path)
    with vault.transaction() as work:
        work.append(vault.id, b"rekeyed")
        vault.rekey(work, {vault.signer.slot: vault.signer.sealing_key})
    assert sealed(path) == before
    assert vault.draft(id) == b"half a sentence"


def test_who_recovers_the_vault_finds_the_drafts(vault, path, id):
    vault.keep_draft(id, b"half a sentence")
    secret = os.urandom(32)
    with vault.transaction() as work:
        work.append(vault.id, b"shares")
        work.add_recovery(secret, Signer.new())
    vault.close()
    with contextlib.closing(Vault.recover(path, secret)) as recovered:
        assert recovered.draft(id) == b"half a sentence"


def test_a_vault_that_does_not_fit_keeps_no_draft(vault, path, id):
    vault.keep_draft(id, b"before")
    vault.close()
    run(path, "DELETE FROM entry WHERE number = 1")
    with contextlib.closing(Vault.open(path, *ALICE)) as doubtful:
        assert doubtful.doubts
        doubtful.keep_draft(id, b"after")
        assert doubtful.draft(id) == b"before"


def test_on_a_full_disk_the_earlier_draft_stays(vault, path, id):
    vault.keep_draft(id, b"before")
    database = vault.file.database
    (pages,) = database.execute_sql("PRAGMA page_count").fetchone()
    database.execute_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(errors.VaultUnreadable, match="the disk is full"):
        vault.keep_draft(id, os.urandom(30_000))
    assert vault.draft(id) == b"before"
    database.execute_sql("PRAGMA max_page_count = 100000")
    vault.keep_draft(id, b"after")
    assert vault.draft(id) == b"after"


def test_a_locked_vault_keeps_no_draft(vault, id):
    vault.close()
    with pytest.raises(errors.VaultClosed):
        vault.keep_draft(id, b"half a sentence")
