"""A new vault key: all opens with it, nothing with the old one, and what fails in
the middle leaves the old one working.
"""

import contextlib
import os
import resource
import shutil
import signal
import sqlite3
import time
import tracemalloc

import pytest

from secterm.vault import errors, kdf, keys, slots, verify
from secterm.vault.keys import VaultKeys
from secterm.vault.outside import Outside
from secterm.vault.seal import unseal
from secterm.vault.signer import Signer
from secterm.vault.vault import Vault

CHEAP = kdf.Cost(t=1, m=32, p=1)
ALICE = ("alice", "test correct horse")
BOB = ("bob", "test battery staple")
SECRET = b"r" * 32


class House:
    """A vault with two officers, recovery and some dossiers, and who they are."""

    def __init__(self, path):
        self.path = path
        with Vault.create(path, *ALICE, CHEAP) as (self.vault, work):
            work.append(self.vault.id, b"the vault begins")
        with self.vault.transaction() as work:
            self.bob = work.add_slot(*BOB, CHEAP, Signer.new())
            self.recovery = work.add_recovery(SECRET, Signer.new())
            work.append(self.vault.id, b"bob joins")
        everybody = (self.vault.signer, self.bob, self.recovery)
        self.known = {who.officer: who.public_key for who in everybody}
        self.holders = {who.slot: who.sealing_key for who in everybody}
        self.ids = [self.add(b"one", b"two") for _ in range(4)]

    def add(self, *texts):
        with self.vault.transaction() as work:
            dossier = work.create_dossier()
            for text in texts:
                number = work.append(dossier, text)
            work.set_card(dossier, number, b"card of " + texts[-1])
        return dossier

    def rekey(self, progress=lambda done, total: None):
        with self.vault.transaction() as work:
            work.append(self.vault.id, b"rekeyed")
            self.vault.rekey(work, self.holders, progress)

    def faults(self, vault=None):
        return [str(fault) for fault in verify.verify(vault or self.vault, self.known)]

    def sealed(self):
        """Every value that the vault key seals: place and value, for each subkey."""
        vault = self.vault
        tables, rows = vault.file.tables, vault.file.rows
        for id, wrapped in rows(tables.dossier.select(tables.dossier.id, tables.dossier.key)):
            yield "own" if id == vault.id else "wrapping", keys.key_place(vault.id, id), wrapped
        for size, value in rows(tables.signature.select()):
            yield "signatures", keys.signature_place(vault.id, size), value
        for _id, value in rows(tables.head.select()):
            yield "head", keys.head_place(vault.id), value
        yield "log", keys.log_place(vault.id), Outside.read(vault.file).log_keys


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path / "v.db")
    yield house
    house.vault.close()


def opens(subkeys, name, place, value):
    try:
        unseal(getattr(subkeys, name), place, value)
    except errors.SealBroken:
        return False
    return True


def test_the_old_key_opens_nothing_and_the_new_one_all(house):
    old = VaultKeys.of(house.vault.reveal_key(), house.vault.id)
    assert all(opens(old, *one) for one in house.sealed())
    house.rekey()
    new = VaultKeys.of(house.vault.reveal_key(), house.vault.id)
    found = list(house.sealed())
    assert {name for name, _place, _value in found} == {
        "own",
        "wrapping",
        "signatures",
        "head",
        "log",
    }
    assert not any(opens(old, *one) for one in found)
    assert all(opens(new, *one) for one in found)


def test_everybody_still_opens_it_and_reads_all(house):
    house.rekey()
    house.vault.close()
    for way_in in (
        lambda: Vault.open(house.path, *ALICE),
        lambda: Vault.open(house.path, *BOB),
        lambda: Vault.recover(house.path, SECRET),
    ):
        vault = way_in()
        assert [t for id in house.ids for _, t in vault.entries(id)] == [b"one", b"two"] * 4
        assert vault.card(house.ids[0]).body == b"card of two"
        assert vault.doubts == ()
        vault.close()


def test_the_session_goes_on_and_the_vault_verifies(house):
    before = house.vault.checkpoint()
    house.rekey()
    house.add(b"after")
    assert house.faults() == []
    assert house.vault.tree().root_at(before.size) == before.root
    house.rekey()
    assert house.faults() == []


def test_an_old_copy_of_a_slot_opens_nothing_in_the_new_file(house):
    with contextlib.closing(sqlite3.connect(house.path)) as db:
        rows = db.execute("SELECT id, wrapped FROM slot").fetchall()
    house.rekey()
    house.vault.close()
    with contextlib.closing(sqlite3.connect(house.path)) as db:
        for id, wrapped in rows:
            db.execute("UPDATE slot SET wrapped = ? WHERE id = ?", (wrapped, id))
        db.commit()
    for who in (ALICE, BOB):
        with pytest.raises((errors.SealBroken, errors.VaultDamaged)):
            Vault.open(house.path, *who)


def test_nothing_of_what_the_old_key_sealed_is_left_in_the_file(house):
    for n in range(30):  # so that rows have moved about
        with house.vault.transaction() as work:
            for id in house.ids:
                number = work.append(id, bytes(n))
                work.set_card(id, number, bytes((n * 37) % 900))
    before = [value for _name, _place, value in house.sealed()]
    with contextlib.closing(sqlite3.connect(house.path)) as db:
        before += [bytes(w) for (w,) in db.execute("SELECT wrapped FROM slot")]
    house.rekey()
    raw = house.path.read_bytes()
    assert not any(value[at : at + 16] in raw for value in before for at in (0, 16, 32))
    assert sorted(os.listdir(house.path.parent)) == ["v.db", "v.db.lock"]


def test_a_slot_that_is_nobodys_gets_no_key(house):
    holders = {**house.holders}
    holders.pop(house.bob.slot)
    with pytest.raises(errors.VaultDamaged, match="nobody"), house.vault.transaction() as work:
        work.append(house.vault.id, b"rekeyed")
        house.vault.rekey(work, holders)
    assert house.faults() == []


def test_a_holders_key_that_is_none_is_told_by_name(house):
    holders = {**house.holders, house.bob.slot: b"\xff" * 1216}
    with pytest.raises(errors.VaultDamaged, match="key is none"), house.vault.transaction() as work:
        work.append(house.vault.id, b"rekeyed")
        house.vault.rekey(work, holders)
    assert house.faults() == []


# -- what fails ---------------------------------------------------------------


class GaveUp(Exception):
    pass


@pytest.mark.parametrize("at", [1, 2, 5, 9])
def test_giving_up_leaves_the_old_key_working(house, at):
    key = house.vault.reveal_key()

    def stop(done, total):
        if done == at:
            raise GaveUp

    with pytest.raises(GaveUp):
        house.rekey(stop)
    assert house.vault.reveal_key() == key
    assert house.faults() == []
    house.add(b"after")
    house.vault.close()
    again = Vault.open(house.path, *BOB)
    assert again.reveal_key() == key
    assert house.path.parent.joinpath("v.db-journal").exists() is False
    again.close()


@contextlib.contextmanager
def files_no_larger_than(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.parametrize("room", [0, 1000, 8192, 20000])
def test_a_disk_that_fails_leaves_the_old_key_working(house, room):
    """The journal or the file cannot grow beyond some size: an error in the middle."""
    key, size = house.vault.reveal_key(), house.path.stat().st_size
    limit = room if room < 8000 else size + room - 8192
    with files_no_larger_than(limit), pytest.raises(errors.VaultUnreadable):
        house.rekey()
    assert house.vault.reveal_key() == key
    assert house.faults() == []
    house.add(b"after")
    house.vault.close()
    for who in (ALICE, BOB):
        again = Vault.open(house.path, *who)
        assert again.reveal_key() == key
        again.close()


def test_a_commit_that_told_of_trouble_but_happened_leaves_the_new_key_working(house):
    """As where the disk has taken all, and the last word of it does not come back."""
    key = house.vault.reveal_key()
    writing = house.vault.file.writing

    @contextlib.contextmanager
    def then_fails(*, scrub=False):
        with writing(scrub=scrub):
            yield
        if scrub:
            raise errors.VaultUnreadable("the disk does not read or write")

    house.vault.file.writing = then_fails
    with pytest.raises(errors.VaultUnreadable):
        house.rekey()
    del house.vault.file.writing
    assert house.vault.reveal_key() != key
    house.add(b"after")
    assert house.faults() == []


def test_killed_at_any_write_it_opens_with_the_old_key_or_the_new(house):
    """A copy of file and journal at every step is what a power cut would leave."""
    old, copies = house.vault.reveal_key(), house.path.parent / "copies"
    copies.mkdir()

    def copy(done, total):
        to = copies / f"{done}"
        to.mkdir()
        for name in ("v.db", "v.db-journal"):
            shutil.copy(house.path.with_name(name), to / name)

    house.vault.file.database.execute_sql("PRAGMA cache_size = 1")  # pages spill early
    house.rekey(copy)
    house.vault.close()
    for to in copies.iterdir():
        again = Vault.open(to / "v.db", *BOB)
        assert again.reveal_key() == old
        assert house.faults(again) == []
        again.close()


# -- size ---------------------------------------------------------------------


@pytest.mark.long
def test_a_large_vault_is_rekeyed_in_bounded_memory_and_time(tmp_path):
    house = House(tmp_path / "v.db")
    database = house.vault.file.database
    database.execute_sql("PRAGMA synchronous = off")
    for n in range(20_000):
        with house.vault.transaction() as work:
            work.append(house.ids[n % 4], b"x" * 200)
    database.execute_sql("PRAGMA synchronous = extra")
    tracemalloc.start()
    began = time.perf_counter()
    house.rekey()
    took = time.perf_counter() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20
    assert took < 120
    assert house.faults() == []
    house.vault.close()


def test_the_key_of_a_slot_added_in_the_same_transaction_is_the_new_one(house):
    with house.vault.transaction() as work:
        carol = work.add_slot("carol", "test tall window", CHEAP, Signer.new())
        work.append(house.vault.id, b"carol joins, rekeyed")
        house.vault.rekey(work, {**house.holders, carol.slot: carol.sealing_key})
    house.vault.close()
    again = Vault.open(house.path, "carol", "test tall window")
    assert again.signer.officer == carol.officer
    again.close()


def test_what_an_old_slot_gives_is_not_the_new_key(house):
    before = Outside.read(house.vault.file).slots
    old = house.vault.reveal_key()
    house.rekey()
    found = slots.open_one(house.vault.id, before, *BOB)
    assert slots.vault_key(house.vault.id, *found) == old != house.vault.reveal_key()
