"""What a vault promises: what was committed is there, sealed, in order, signed."""

import contextlib
import os
import sqlite3
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from secterm.vault import checkpoints, errors, kdf, verify
from secterm.vault.note import Checkpoint, Ed25519Verifier
from secterm.vault.signer import Signer
from secterm.vault.vault import Vault, failures_of

CHEAP = kdf.Cost(t=1, m=32, p=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "v.db"


@pytest.fixture
def vault(path):
    with Vault.create(path, "alice", "correct horse", CHEAP) as (vault, work):
        work.append(vault.id, b"the vault begins")
    yield vault
    vault.close()


def add(vault, *texts, dossier=None):
    with vault.transaction() as work:
        dossier = dossier or work.create_dossier()
        for text in texts:
            number = work.append(dossier, text)
        work.set_card(dossier, number, b"card of " + texts[-1])
    return dossier


def faults(vault, officers=None):
    officers = officers or {vault.signer.officer: vault.signer.public_key}
    return [str(f) for f in verify.verify(vault, officers)]


def test_what_was_appended_is_read_back_after_unlocking_again(vault, path):
    one = add(vault, b"first", b"second")
    vault.close()
    again = Vault.open(path, "alice", "correct horse")
    assert list(again.entries(one)) == [(1, b"first"), (2, b"second")]
    assert again.card(one).body == b"card of second"
    assert faults(again) == []
    again.close()


def test_a_name_typed_in_another_case_unlocks(vault, path):
    vault.close()
    Vault.open(path, " ALICE ", "correct horse").close()


def test_a_wrong_passphrase_is_counted_and_told(vault, path):
    vault.close()
    for count in (1, 2):
        with pytest.raises(errors.WrongPassphrase) as caught:
            Vault.open(path, "alice", "wrong")
        assert caught.value.failures == count
    assert failures_of(path) == 2
    again = Vault.open(path, "alice", "correct horse")
    assert again.failures == 2
    with again.transaction() as work:
        work.append(again.id, b"unlocked")
        work.failures_told = True
    again.close()
    assert failures_of(path) == 0


def test_another_officers_slot_opens_the_same_vault(vault, path):
    with vault.transaction() as work:
        bob = work.add_slot("bob", "battery staple", CHEAP, Signer.new())
        work.append(vault.id, b"bob joins")
    vault.close()
    again = Vault.open(path, "bob", "battery staple")
    assert again.signer.officer == bob.officer
    assert [t for _, t in again.entries(again.id)] == [b"the vault begins", b"bob joins"]
    again.close()


def test_all_slots_of_a_vault_are_found_by_one_derivation(vault):
    with vault.transaction() as work:
        work.add_slot("bob", "battery staple", CHEAP, Signer.new())
        work.append(vault.id, b"bob joins")
    rows = vault.file.database.execute_sql("SELECT kdf FROM slot").fetchall()
    assert len(rows) == 2
    assert len(set(rows)) == 1


def test_a_second_officer_signs_a_transaction_at_the_same_screen(vault):
    with vault.transaction() as work:
        bob = work.add_slot("bob", "battery staple", CHEAP, Signer.new())
        work.append(vault.id, b"bob joins")
    second = vault.identify("bob", "battery staple")
    assert second.officer == bob.officer
    with vault.transaction(second) as work:
        work.append(vault.id, b"seconded")
    assert vault.signed_size(3).officer == bob.officer
    known = {s.officer: s.public_key for s in (vault.signer, second)}
    assert faults(vault, known) == []
    only = {vault.signer.officer: vault.signer.public_key}
    assert any("nobody who is an officer" in f for f in faults(vault, only))


def test_a_transaction_signed_with_another_key_is_found(vault):
    forged = replace(vault.signer, key=Ed25519PrivateKey.generate())
    with vault.transaction(forged) as work:
        work.append(vault.id, b"forged")
    assert faults(vault) == ["signature #2: does not hold: these entries are not what was signed"]


def test_nothing_happens_when_the_body_fails(vault):
    with pytest.raises(RuntimeError), vault.transaction() as work:
        work.append(vault.id, b"half")
        raise RuntimeError
    assert vault.size == 1
    assert faults(vault) == []


def test_a_failed_creation_leaves_no_vault(tmp_path):
    path = tmp_path / "v.db"
    with pytest.raises(RuntimeError), Vault.create(path, "alice", "x", CHEAP) as (vault, work):
        work.append(vault.id, b"begins")
        raise RuntimeError
    assert os.listdir(tmp_path) == []


def test_an_existing_file_is_never_written_over(vault, path):
    vault.close()
    before = path.read_bytes()
    with pytest.raises(errors.VaultExists), Vault.create(path, "a", "b", CHEAP):
        pass
    assert path.read_bytes() == before


def test_a_second_start_says_who_holds_it(vault, path):
    with pytest.raises(errors.VaultBusy) as caught:
        Vault.open(path, "alice", "correct horse")
    assert f"process {os.getpid()}" in caught.value.holder


def test_only_its_owner_may_read_the_file(vault, path):
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, errors.NoVault),
        (b"", errors.NotAVault),
        (b"hello", errors.NotAVault),
        (b"SQLite format 3\0" + bytes(200), errors.NotAVault),
    ],
)
def test_what_is_no_vault_is_said_so(path, content, error):
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error):
        Vault.open(path, "alice", "correct horse")


def test_a_newer_format_is_refused(vault, path):
    vault.close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 2")
    with pytest.raises(errors.NewerFormat) as caught:
        Vault.open(path, "alice", "correct horse")
    assert caught.value.format == 2


@pytest.mark.parametrize("cut", [1, 100, 4096, 8192, -8192])
def test_a_truncated_file_is_damaged_not_a_traceback(vault, path, cut):
    add(vault, *[b"x" * 500] * 50)
    vault.close()
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(errors.VaultDamaged):
        Vault.open(path, "alice", "correct horse")


def test_tiles_are_kept_and_hold(vault):
    for _ in range(5):
        add(vault, *[b"entry"] * 130)
    assert vault.file.database.execute_sql("SELECT count(*) FROM tile").fetchone() == (2,)
    assert vault.tree().root_at(vault.size) == vault.head.edge.root()
    assert faults(vault) == []


def test_todays_journal_continues_an_earlier_checkpoint(vault):
    earlier = []
    for count in range(1, 8):
        earlier.append(vault.checkpoint())
        add(vault, *[b"e"] * (count * 31))
    assert [checkpoints.continues(vault, one.text()) for one in earlier] == [""] * len(earlier)


def test_a_short_checkpoint_line_is_read_however_it_is_spaced(vault):
    add(vault, b"a")
    line = checkpoints.short(vault.checkpoint())
    add(vault, b"b")
    assert checkpoints.continues(vault, line) == ""
    assert checkpoints.continues(vault, line.replace("-", " ").upper()) == ""
    size, digits = line.split(":")
    changed = "0" if digits[0] != "0" else "1"
    assert "rewritten" in checkpoints.continues(vault, f"{size}:{changed}{digits[1:]}")
    assert "not a checkpoint" in checkpoints.continues(vault, "hello")


def test_a_checkpoint_that_leaves_is_signed_three_times(vault):
    note = checkpoints.signed(vault, 1_800_000_000)
    for verifier in checkpoints.log_verifiers(vault):
        assert verifier.verify(note) is not None
    officer = Ed25519Verifier(
        checkpoints.officer_name(vault.origin, vault.signer.officer), vault.signer.public_key
    )
    assert officer.verify(note) is not None
    assert checkpoints.continues(vault, note.format().decode()) == ""


def test_a_checkpoint_of_another_history_is_told(vault):
    add(vault, b"a", b"b")
    cut = Checkpoint(vault.origin, 99, bytes(32))
    rewritten = Checkpoint(vault.origin, 2, bytes(32))
    other = Checkpoint("secterm/" + "0" * 32, 2, bytes(32))
    assert "cut" in checkpoints.continues(vault, cut.text())
    assert "rewritten" in checkpoints.continues(vault, rewritten.text())
    assert "another vault" in checkpoints.continues(vault, other.text())


def test_the_whole_file_put_back_verifies_by_itself_but_not_against_a_checkpoint(vault, path):
    add(vault, b"a")
    vault.close()
    old = path.read_bytes()
    again = Vault.open(path, "alice", "correct horse")
    add(again, b"b")
    kept = again.checkpoint()
    again.close()
    path.write_bytes(old)
    back = Vault.open(path, "alice", "correct horse")
    assert faults(back) == []
    assert "cut" in checkpoints.continues(back, checkpoints.short(kept))
    back.close()


def _flips(path):
    db = sqlite3.connect(path)
    with contextlib.closing(db):
        for (table,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            for column in [row[1] for row in db.execute(f"PRAGMA table_info({table})")]:
                for rowid, value in db.execute(f"SELECT rowid, {column} FROM {table}").fetchall():
                    if value is not None:
                        yield table, column, rowid, value


def test_one_flipped_byte_in_any_column_of_any_table_is_found_and_named(vault, path):
    add(vault, *[b"entry"] * 300)
    with vault.transaction() as work:
        work.add_slot("bob", "battery staple", CHEAP, Signer.new())
        work.append(vault.id, b"bob joins")
    vault.close()
    good = path.read_bytes()
    tried = set()
    for table, column, rowid, value in list(_flips(path)):
        if table == "entry" and rowid % 50:
            continue
        if isinstance(value, int):
            bad = value + 1000
        elif isinstance(value, str):
            at = len(value) // 2
            bad = value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
        else:
            at = len(value) // 2
            bad = value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
        db = sqlite3.connect(path)
        try:
            with db:
                db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (bad, rowid))
        except sqlite3.IntegrityError:
            continue  # a constraint forbids it, so no file of this format can hold it
        finally:
            db.close()
        tried.add((table, column))
        assert any(table in f for f in _verdict(path)), (table, column, rowid)
        path.write_bytes(good)
    assert len(tried) >= 15


def _changed(path, sql, *values):
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        assert db.execute(sql, values).rowcount == 1


def test_what_stands_before_a_row_of_another_type_is_still_told(vault, path):
    one, two, three = [add(vault, text) for text in (b"first", b"second", b"third")]
    vault.close()
    for id in (one, three):
        _changed(path, "UPDATE entry SET sealed = zeroblob(60) WHERE dossier = ?", id)
    _changed(path, "UPDATE dossier SET commitment = 'text' WHERE id = ?", two)
    told = _verdict(path)
    assert any(f"{one.hex()} #1: does not open" in f for f in told)
    assert "dossier.commitment: holds a value of another type than the format has" in told
    assert not any(three.hex() in f for f in told)


def test_of_many_dossiers_the_one_without_a_row_is_told(vault, path):
    many = [add(vault, b"one of many") for _ in range(2 * verify.AT_ONCE + 1)]
    vault.close()
    for gone in (many[0], many[verify.AT_ONCE], many[-1]):
        good = path.read_bytes()
        _changed(path, "DELETE FROM dossier WHERE id = ?", gone)
        told = _verdict(path)
        assert [f for f in told if "belongs to a dossier that is not there" in f] == [
            f"entry #{1 + many.index(gone)}: belongs to a dossier that is not there"
        ]
        path.write_bytes(good)


def _verdict(path):
    try:
        vault = Vault.open(path, "alice", "correct horse")
    except errors.VaultError as error:
        return [str(error)]
    try:
        bob = vault.identify("bob", "battery staple")
        return faults(vault, {s.officer: s.public_key for s in (vault.signer, bob)})
    except errors.VaultError:
        return faults(vault)
    finally:
        vault.close()
