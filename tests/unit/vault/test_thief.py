"""Somebody with the file in hand and no passphrase: what they change is found, and
nothing is built upon it.
"""

import contextlib
import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from secterm.vault import errors, kdf, verify
from secterm.vault.file import VaultFile
from secterm.vault.outside import Outside
from secterm.vault.signer import Signer
from secterm.vault.vault import Vault, failures_of

CHEAP = kdf.Cost(t=1, m=32, p=1)
ALICE = ("alice", "test correct horse")
BOB = ("bob", "test battery staple")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    path = tmp_path_factory.mktemp("vault") / "v.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (CHEAP,))
        with Vault.create(path, *ALICE, CHEAP) as (vault, work):
            work.append(vault.id, b"the vault begins")
        with vault.transaction() as work:
            work.add_slot(*BOB, CHEAP, Signer.new())
            work.append(vault.id, b"bob joins")
        for _ in range(3):
            add(vault, b"one", b"two", b"three")
        vault.close()
    return path


@pytest.fixture
def path(built, tmp_path):
    return Path(shutil.copy(built, tmp_path / "v.db"))


def add(vault, *texts):
    with vault.transaction() as work:
        dossier = work.create_dossier()
        for text in texts:
            number = work.append(dossier, text)
        work.set_card(dossier, number, b"card of " + texts[-1])
    vault.keep_draft(dossier, b"half a sentence")
    vault.write_sheet(number, b"card of " + texts[-1])
    return dossier


def change(path, *statements):
    with contextlib.closing(sqlite3.connect(path)) as db:
        for statement, *values in statements:
            db.execute(statement, values)
        db.commit()


@contextlib.contextmanager
def unlocked(path, who=ALICE):
    vault = Vault.open(path, *who)
    try:
        yield vault
    finally:
        vault.close()


def recompute_checksum(path):
    """What anybody can do: the checksum has no key."""
    file = VaultFile.open(path)
    plain = Outside.read(file)
    plain.count(file, 1)
    file.close()


def test_a_slot_taken_away_is_told_and_never_sealed_over(path):
    change(path, ("DELETE FROM slot WHERE id = (SELECT max(id) FROM slot)",))
    recompute_checksum(path)
    for who in (ALICE, BOB):
        with contextlib.suppress(errors.WrongPassphrase), unlocked(path, who) as vault:
            for _ in range(2):
                assert vault.doubts
                with pytest.raises(errors.VaultDamaged), vault.transaction() as work:
                    work.append(vault.id, b"unlocked after a failed attempt")
                    work.failures_told = True


def test_a_slot_that_changes_while_the_vault_is_open_is_not_sealed_over(path):
    with unlocked(path) as vault:
        change(path, ("DELETE FROM slot WHERE id = (SELECT max(id) FROM slot)",))
        with pytest.raises(errors.VaultDamaged), vault.transaction() as work:
            work.add_slot("carol", "test third passphrase", CHEAP, Signer.new())
            work.append(vault.id, b"carol joins")
        assert vault.size == 11


def test_one_bad_slot_keeps_nobody_else_out(path):
    with unlocked(path) as vault:
        bob = vault.identify(*BOB).officer
    with contextlib.closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT id, kdf FROM slot").fetchall()
    opened = 0
    for id, spec in rows:
        lower = spec.replace("m=32", "m=8")
        change(path, ("UPDATE slot SET kdf = ? WHERE id = ?", lower, id))
        for who in (ALICE, BOB):
            with contextlib.suppress(errors.VaultError), unlocked(path, who) as vault:
                opened += 1
                assert vault.doubts == ("vault and slot: a row is not as it was written",)
        change(path, ("UPDATE slot SET kdf = ? WHERE id = ?", spec, id))
    assert opened == 2
    assert bob


def test_a_hundred_ways_to_derive_a_key_are_refused_before_the_first(path):
    rows = []
    for number in range(100):
        spec = kdf.Spec(kdf.Cost(t=64, m=2048 * 1024, p=4), bytes([number]) * 16).text()
        rows.append(
            (
                "INSERT INTO slot VALUES (?, ?, ?, ?, ?)",
                os.urandom(16),
                spec,
                bytes(16),
                bytes(99),
                bytes(99),
            )
        )
    change(path, *rows)
    with pytest.raises(errors.VaultDamaged):
        Vault.open(path, *ALICE)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE plain (name TEXT)",
        "CREATE TABLE sqlitex (name TEXT)",
        "CREATE VIEW v AS SELECT * FROM entry",
        "CREATE INDEX more ON entry (sealed)",
        "DROP INDEX entry_dossier",
        "ALTER TABLE entry ADD COLUMN name TEXT",
        "CREATE TRIGGER entry_dossier AFTER INSERT ON entry BEGIN DELETE FROM entry; END",
        "CREATE TRIGGER sqlitex AFTER UPDATE ON vault BEGIN UPDATE vault SET failures = 0; END",
    ],
)
def test_a_schema_with_a_word_more_or_less_is_refused(path, statement):
    change(path, (statement,))
    with pytest.raises(errors.VaultDamaged) as told:
        Vault.open(path, *ALICE)
    assert "tables are not those of the format" in str(told.value)


COLUMNS = [
    ("vault", "vault"), ("vault", "log_keys"), ("vault", "failures"), ("vault", "checksum"),
    ("slot", "id"), ("slot", "kdf"), ("slot", "tag"), ("slot", "sealed"),
    ("dossier", "id"), ("dossier", "key"), ("dossier", "commitment"), ("dossier", "card"),
    ("entry", "dossier"), ("entry", "sealed"), ("draft", "dossier"), ("draft", "sealed"),
    ("sheet", "sealed"), ("signature", "sealed"), ("head", "sealed"),
]  # fmt: skip


@pytest.mark.parametrize("value", ["text", -1, 1.5, 10**12, b"", "\x1b[2J", None])
@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_value_of_another_type_is_found_and_named(path, table, column, value):
    with contextlib.suppress(sqlite3.IntegrityError):
        statement = (
            f"UPDATE {table} SET {column} = ? WHERE rowid = (SELECT max(rowid) FROM {table})"
        )
        change(path, (statement, value))
        assert any(table in fault for fault in verdict(path))


@pytest.mark.parametrize("number", [-1, 2**62, 2**63 - 1])
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("entry", "number"),
        ("sheet", "place"),
        ("signature", "size"),
        ("tile", "level"),
        ("tile", "place"),
    ],
)
def test_a_number_that_cannot_be_is_found_and_named(path, table, column, number):
    with unlocked(path) as vault:
        add(vault, *[b"entry"] * 260)
    statement = f"UPDATE {table} SET {column} = ? WHERE rowid = (SELECT max(rowid) FROM {table})"
    change(path, (statement, number))
    assert any(table in fault for fault in verdict(path))


def verdict(path):
    try:
        with unlocked(path) as vault:
            signers = {vault.signer.officer: vault.signer.public_key}
            with contextlib.suppress(errors.VaultError):
                bob = vault.identify(*BOB)
                signers[bob.officer] = bob.public_key
            return [str(fault) for fault in verify.verify(vault, signers)]
    except errors.VaultError as error:
        return [str(error)]


def test_entries_taken_from_the_middle_are_told_at_once(path):
    change(path, ("DELETE FROM entry WHERE number = 4",))
    with unlocked(path) as vault:
        assert vault.doubts == ("entry: 10 are there, the head says 11",)
        with pytest.raises(errors.VaultDamaged), vault.transaction() as work:
            work.append(vault.id, b"more")


def test_a_card_that_is_older_than_its_dossier_is_not_shown(path):
    with unlocked(path) as vault:
        dossier = add(vault, b"first")
        old = vault.card(dossier)
        with vault.transaction() as work:
            work.set_card(dossier, work.append(dossier, b"second"), b"card of second")
        assert dict(vault.cards())[dossier].body == b"card of second"
        with vault.transaction() as work:
            work.append(vault.id, b"elsewhere")
            work.cards[dossier] = old
        assert dict(vault.cards())[dossier] is None


def test_a_file_that_is_exchanged_while_open_is_not_built_upon(path):
    old = path.read_bytes()
    with unlocked(path) as vault:
        add(vault, b"more")
        path.write_bytes(old)
        with pytest.raises(errors.VaultError):
            add(vault, b"built on what is gone")
    with unlocked(path) as vault:
        assert vault.size == 11


def test_the_lock_is_no_way_to_have_another_file_written(path, tmp_path):
    other = tmp_path / "other"
    for make in (os.symlink, os.link):
        for target in (path, other):
            other.write_bytes(b"precious")
            lock = tmp_path / "v.db.lock"
            make(target, lock)
            before = target.read_bytes()
            with pytest.raises(errors.VaultUnreadable):
                Vault.open(path, *ALICE)
            assert target.read_bytes() == before
            lock.unlink()


def test_a_vault_by_another_name_is_the_same_vault(path, tmp_path):
    alias = tmp_path / "alias.db"
    alias.symlink_to(path)
    with unlocked(path), pytest.raises(errors.VaultBusy):
        Vault.open(alias, *ALICE)


def test_what_is_no_file_is_no_vault(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(errors.NotAVault):
            Vault.open(tmp_path / name, *ALICE)


def test_an_attempt_is_counted_before_its_key_is_derived(path, monkeypatch):
    def pulled(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(kdf, "stretch", pulled)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                Vault.open(path, "alice", "test wrong")
    assert failures_of(path) == 2
    with unlocked(path) as vault:
        assert vault.failures == 2
    assert failures_of(path) == 2  # until it is recorded that they were told


@pytest.mark.long
def test_closing_waits_for_a_commit_and_stops_a_walk(path):
    with unlocked(path) as vault:
        add(vault, *[b"entry"] * 2000)
        signers = {vault.signer.officer: vault.signer.public_key}
        for _ in range(20):
            vault = vault if not vault.file._closed else Vault.open(path, *ALICE)
            ended = []

            def walk(vault=vault, ended=ended):
                try:
                    list(verify.verify(vault, signers))
                    while True:
                        add(vault, b"more")
                except errors.VaultError as closed:
                    ended.append(closed)

            thread = threading.Thread(target=walk)
            thread.start()
            thread.join(0.05)
            vault.close()
            thread.join()
            assert [type(error) for error in ended] == [errors.VaultClosed]
    with unlocked(path) as vault:
        bob = vault.identify(*BOB)
        signers[bob.officer] = bob.public_key
        assert list(verify.verify(vault, signers)) == []


def test_no_secret_is_in_what_a_traceback_would_print(path):
    with unlocked(path) as vault:
        contents = Signer.new()
        for told in (repr(contents), repr(vault.subkeys), repr(vault), repr(vault.signer)):
            assert repr(vault.reveal_key())[2:-1] not in told
            assert "ssss" not in told
            assert repr(vault.subkeys.own)[2:-1] not in told
