"""An unlocked vault: reads and appends sealed entries, each transaction ended
by a signed checkpoint and a new head. It knows bytes and ids, never people. It
has no way to change an entry, and one to take a dossier's away: all of them
at once, with its key, so that what is left shows that they were there.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final

import peewee
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from secterm.vault import commit, drafts, kdf, keys, sheets, slots
from secterm.vault.errors import (
    SealBroken,
    VaultClosed,
    VaultDamaged,
    VaultError,
)
from secterm.vault.file import VaultFile
from secterm.vault.keys import VaultKeys
from secterm.vault.merkle import HASH_SIZE, Edge, Tree, leaf_hash
from secterm.vault.note import Checkpoint
from secterm.vault.outside import Opened, Outside
from secterm.vault.prepared import Prepared
from secterm.vault.records import COUNT_SIZE, ID_SIZE, Card, Head, Kept, SignedSize, batches
from secterm.vault.seal import KEY_SIZE, seal, unseal
from secterm.vault.signer import Signer
from secterm.vault.transaction import Transaction

SOME: Final = 256  # rows that are asked for by their ids at once


class Vault:
    """An open vault. `create` or `open` one; `close` drops its keys."""

    def __init__(self, file: VaultFile, id: bytes, key: bytes, signer: Signer | None) -> None:
        self.file = file
        self.id = id
        self._signer = signer
        self.failures = 0  # failed attempts before this unlock
        self.opened: Opened | None = None  # the slot that was unlocked, if one was
        self.doubts: tuple[str, ...] = ()  # what did not fit at unlock, though it opened
        self._key = key
        self.subkeys = VaultKeys.of(key, id) if key else VaultKeys.none()
        self.head: Head = Head(Edge(0, ()), b"")
        self.sealed_head = b""  # as it was last read or written
        self._unsure: list[commit.Written] = []  # by commits that were told as failed

    # -- opening ----------------------------------------------------------

    @classmethod
    def create(
        cls, path: Path, login: str, passphrase: str, cost: kdf.Cost, key_file: bytes = b""
    ) -> contextlib.AbstractContextManager[tuple[Vault, Transaction]]:
        """A new vault whose first officer this is, inside a `with` that fills it.

        The body appends the first entries; the file gets its name only after
        they are committed and on the disk. Raises as `VaultFile.create`.
        """
        return _creation(path, login, passphrase, cost, key_file)

    @classmethod
    def open(
        cls, path: Path, login: str, passphrase: str, key_files: Sequence[bytes] = ()
    ) -> Vault:
        """Unlocks a vault; `key_files` (32 bytes each) are those at hand.

        Raises `WrongPassphrase` (and counts it), `SlotRefused`, `SealBroken`,
        `VaultDamaged`, or as `VaultFile.open`.
        """
        return _unlock(
            path, lambda file, plain: plain.open_slot(file, login, passphrase, key_files)
        )

    @classmethod
    def recover(cls, path: Path, secret: bytes) -> Vault:
        """Unlocks a vault by the secret (32 bytes) of its recovery shares. Raises as `open`."""
        return _unlock(path, lambda file, plain: plain.open_recovery(file, secret))

    @classmethod
    def beside(cls, path: Path, id: bytes, subkeys: VaultKeys) -> Vault:
        """The vault that another process has open and locked, to read what these keys open.

        Raises as `VaultFile.beside`.
        """
        vault = cls(VaultFile.beside(path), id, b"", None)
        vault.subkeys = subkeys
        return vault

    def identify(self, login: str, passphrase: str, key_files: Sequence[bytes] = ()) -> Signer:
        """Another officer at the same screen. Raises `WrongPassphrase` (and counts it)."""
        return Outside.read(self.file).open_slot(self.file, login, passphrase, key_files).signer

    @property
    def signer(self) -> Signer:
        """The officer who unlocked. Raises `VaultClosed`."""
        if self._signer is None:
            raise VaultClosed
        return self._signer

    def take_signer(self, signer: Signer) -> None:
        """The officer who unlocked has another slot now."""
        self._signer = signer

    def close(self) -> None:
        """Lets go of the file, once nobody is at it, and drops the keys. May be called twice."""
        self.file.close()
        self._signer = self.opened = None
        self._key = b""
        self.subkeys = VaultKeys.none()

    # -- reading ----------------------------------------------------------

    @property
    def size(self) -> int:
        """How many entries the journal has."""
        return self.head.edge.size

    def checkpoint(self) -> Checkpoint:
        """The journal's size and root now."""
        return Checkpoint(self.origin, self.size, self.head.edge.root())

    @property
    def origin(self) -> str:
        """The journal's name in checkpoints: `secterm/` and the vault's id in hex."""
        return f"secterm/{self.id.hex()}"

    def dossiers(self, *, backward: bool = False) -> Iterator[bytes]:
        """The ids of all dossiers, the vault's own row apart, in their order."""
        table = self.file.tables.dossier
        order = table.id.desc() if backward else table.id
        for (id,) in self.file.rows(table.select(table.id).order_by(order)):
            if id != self.id:
                yield id

    def all_ids(self) -> bytes:
        """The ids of all rows, the vault's own among them, side by side in their order: a
        hundred thousand of them one by one take as long as their cards do in sheets.
        """
        table = self.file.tables.dossier
        query = table.select(peewee.fn.GROUP_CONCAT(table.id, "").cast("BLOB"))
        return b"".join(found or b"" for (found,) in self.file.rows(query))

    def dossier_count(self) -> int:
        """How many dossiers there are, the vault's own row apart."""
        table = self.file.tables.dossier
        query = table.select(peewee.fn.COUNT(table.id)).where(table.id != self.id)
        return sum(count for (count,) in self.file.rows(query))

    def has_dossier(self, dossier: bytes) -> bool:
        """Whether there is a row for this dossier."""
        return any(True for _ in self.file.rows(self._there, dossier))

    @cached_property
    def _there(self) -> Prepared:
        table = self.file.tables.dossier
        return Prepared(table.select(table.id).where(table.id == b""))

    def had(self, size: int, root: str) -> bool:
        """Whether the journal had this root (hex) when it had this many entries."""
        try:
            return 0 <= size <= self.size and self.tree().root_at(size).hex() == root
        except (VaultError, ValueError):
            return False

    def first_entry(self, dossier: bytes) -> int | None:
        """The number of a dossier's first entry; None where it has none."""
        table = self.file.tables.entry
        query = table.select(peewee.fn.MIN(table.number)).where(table.dossier == dossier)
        return next((first for (first,) in self.file.rows(query)), None)

    def entries(self, dossier: bytes, key: bytes = b"") -> Iterator[tuple[int, bytes]]:
        """A dossier's entries in order: number and plaintext; `key` is the dossier's, where it
        is at hand. Raises `SealBroken`.
        """
        strand = keys.entries_of(self.id, dossier, key or self.dossier_key(dossier))
        for number, sealed in self.sealed_entries(dossier):
            yield number, strand.unseal(number, sealed)

    def sealed_entries(self, dossier: bytes) -> Iterator[tuple[int, bytes]]:
        """A dossier's entries in order: number and sealed bytes (of an erased one: none)."""
        yield from self.file.rows(self._strand, dossier)

    @cached_property
    def _strand(self) -> Prepared:
        table = self.file.tables.entry
        query = table.select(table.number, table.sealed).where(table.dossier == b"")
        return Prepared(query.order_by(table.number))

    def strand(self, dossier: bytes) -> tuple[bytes, list[Kept]]:
        """A dossier's key, 32 bytes, and its entries in order. Raises `SealBroken`."""
        rows = list(self.file.rows(self._kept, dossier))
        if not rows:
            raise SealBroken(str(keys.key_place(self.id, dossier)))
        return self.unwrap(dossier, rows[0][0]), [
            Kept(number, sealed, size, signed if isinstance(signed, bytes) else None)
            for _key, number, sealed, size, signed in rows
        ]

    @cached_property
    def _kept(self) -> Prepared:
        tables = self.file.tables
        entry, dossier, signed = tables.entry, tables.dossier, tables.signature
        later = signed.alias()
        size = later.select(peewee.fn.MIN(later.size)).where(later.size > entry.number)
        signature = signed.select(signed.sealed).where(signed.size == size)
        query = (
            entry.select(dossier.key, entry.number, entry.sealed, size, signature)
            .join(dossier, on=(dossier.id == entry.dossier))
            .where(entry.dossier == b"")
        )
        return Prepared(query.order_by(entry.number))

    def weight(self, dossier: bytes) -> tuple[int, int]:
        """How many entries a dossier has, and how many bytes they are as they are sealed."""
        return next((count, size or 0) for count, size in self.file.rows(self._weight, dossier))

    @cached_property
    def _weight(self) -> Prepared:
        table = self.file.tables.entry
        total = peewee.fn.SUM(peewee.fn.LENGTH(table.sealed))
        query = table.select(peewee.fn.COUNT(table.number), total)
        return Prepared(query.where(table.dossier == b""))

    def weights(self) -> dict[bytes, tuple[int, int]]:
        """The same of every strand, in one go."""
        table = self.file.tables.entry
        total = peewee.fn.SUM(peewee.fn.LENGTH(table.sealed))
        query = table.select(table.dossier, peewee.fn.COUNT(table.number), total)
        return {
            id: (count, size) for id, count, size in self.file.rows(query.group_by(table.dossier))
        }

    def entries_digest(self, dossier: bytes) -> str:
        """64 hex digits over the numbers of a dossier's entries: which were its own."""
        table = self.file.tables.entry
        query = table.select(table.number).where(table.dossier == dossier).order_by(table.number)
        numbers = (number.to_bytes(COUNT_SIZE, "big") for (number,) in self.file.rows(query))
        return slots.digest(numbers, "entries")

    def cards(self, ids: Iterable[bytes] | None = None) -> Iterator[tuple[bytes, Card | None]]:
        """Every dossier's id and card, or those of these dossiers in no order; None where none
        opens that is as of its last entry.
        """
        table, entry = self.file.tables.dossier, self.file.tables.entry
        newest = entry.select(peewee.fn.MAX(entry.number)).where(entry.dossier == table.id)
        query = table.select(table.id, table.key, table.card, newest).where(table.id != self.id)
        some = (
            [query]
            if ids is None
            else (query.where(table.id.in_(each)) for each in batches(ids, SOME))
        )
        for id, wrapped, sealed, last in itertools.chain.from_iterable(map(self.file.rows, some)):
            try:
                card = self.open_card(id, self.unwrap(id, wrapped), sealed)
            except SealBroken:
                yield id, None
            else:
                yield id, card if card.number == last else None

    def card(self, dossier: bytes) -> Card:
        """One dossier's card. Raises `SealBroken`."""
        return self.open_card(dossier, *self.key_and_card(dossier))

    def key_and_card(self, dossier: bytes) -> tuple[bytes, bytes | None]:
        """A dossier's key, 32 bytes, and its card as it is sealed. Raises `SealBroken`."""
        for wrapped, sealed in self.file.rows(self._card, dossier):
            return self.unwrap(dossier, wrapped), sealed
        raise SealBroken(str(keys.card_place(self.id, dossier)))

    @cached_property
    def _card(self) -> Prepared:
        table = self.file.tables.dossier
        return Prepared(table.select(table.key, table.card).where(table.id == b""))

    def dossier_key(self, dossier: bytes) -> bytes:
        """A dossier's key, 32 bytes. Raises `SealBroken`."""
        for (wrapped,) in self.file.rows(self._wrapped, dossier):
            return self.unwrap(dossier, wrapped)
        raise SealBroken(str(keys.key_place(self.id, dossier)))

    @cached_property
    def _wrapped(self) -> Prepared:
        table = self.file.tables.dossier
        return Prepared(table.select(table.key).where(table.id == b""))

    def tree(self) -> Tree:
        """The journal's tree, for proofs against any size up to now."""
        return self.tree_of(self.size)

    def tree_of(self, size: int) -> Tree:
        """The same as it was with so many entries, which it had."""
        return Tree(self.read_tile, self.leaf_hashes, size)

    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        """The leaf hashes of entries `start` to `end`, the end not included."""
        entry, dossier = self.file.tables.entry, self.file.tables.dossier
        query = (
            entry.select(entry.dossier, dossier.commitment, entry.sealed)
            .join(dossier, on=(dossier.id == entry.dossier))
            .where((entry.number >= start) & (entry.number < end))
            .order_by(entry.number)
        )
        return [self.leaf_of(d, c, s) for d, c, s in self.file.rows(query)]

    @staticmethod
    def leaf_of(dossier: bytes, committed: bytes, sealed: bytes) -> bytes:
        """An entry's leaf hash; of an erased one it is all that is left."""
        if len(sealed) == HASH_SIZE:
            return sealed
        return leaf_hash(keys.leaf(dossier, committed, sealed))

    def signed_size(self, size: int) -> SignedSize:
        """Who ended the transaction of this size, and their signature. Raises `SealBroken`."""
        table = self.file.tables.signature
        for (sealed,) in self.file.rows(table.select(table.sealed).where(table.size == size)):
            return self.open_signature(size, sealed)
        raise SealBroken(str(keys.signature_place(self.id, size)))

    def last_entries(self) -> Iterator[tuple[bytes, bytes | None]]:
        """Every strand's id and the plaintext of its last entry; None where it does not open."""
        table, entry = self.file.tables.dossier, self.file.tables.entry
        own = entry.alias()
        last = own.select(peewee.fn.MAX(own.number)).where(own.dossier == table.id)
        query = table.select(table.id, table.key, entry.number, entry.sealed).join(
            entry, on=(entry.number == last)
        )
        for id, wrapped, number, sealed in self.file.rows(query):
            try:
                key = keys.entry_key(self.unwrap(id, wrapped))
                yield id, unseal(key, keys.entry_place(self.id, id, number), sealed)
            except SealBroken:
                yield id, None

    def open_signature(self, size: int, sealed: bytes) -> SignedSize:
        """What a row says of the transaction of this size. Raises `SealBroken`."""
        place = keys.signature_place(self.id, size)
        try:
            return SignedSize.decode(unseal(self.subkeys.signatures, place, sealed))
        except ValueError:
            raise SealBroken(str(place)) from None

    def log_keys(self) -> tuple[Ed25519PrivateKey, MLDSA44PrivateKey]:
        """The vault's own keys, for checkpoints that leave it. Raises `SealBroken`."""
        plain = Outside.read(self.file)
        seeds = unseal(self.subkeys.log, keys.log_place(self.id), plain.log_keys)
        return (
            Ed25519PrivateKey.from_private_bytes(seeds[:KEY_SIZE]),
            MLDSA44PrivateKey.from_seed_bytes(seeds[KEY_SIZE:]),
        )

    def outside_holds(self) -> bool:
        """Whether slots and log keys are as the head says."""
        return Outside.read(self.file).digest() == self.head.outside

    # -- sheets -----------------------------------------------------------

    def sheets(self, *, backward: bool = False) -> Iterator[tuple[int, int, bytes]]:
        """Every sheet in the order of places: place, the journal's size as of which it is
        true, and body. One that does not open, or of a size above the journal's, is
        passed over.
        """
        return sheets.read(self, backward=backward)

    def write_sheet(self, place: int, body: bytes, size: int | None = None) -> None:
        """Puts a sheet in this place, in that of one that was there. Durable, and no entry.

        `size` is the journal's size when what the body says was read, where that was not
        just now. On a vault that does not fit nothing is written. Raises ValueError for a
        body of more than 4 MiB or a size above the journal's, or as `transaction`.
        """
        sheets.write(self, place, body, size)

    def drop_sheets(self, places: Iterable[int] | None = None) -> None:
        """Takes the sheets of these places away, or all. Raises as `transaction`."""
        sheets.drop(self, places)

    def touched(self, size: int) -> dict[bytes, int]:
        """Each strand with an entry of this number or above: its last entry's number."""
        return sheets.touched(self, size)

    # -- drafts -----------------------------------------------------------

    def draft(self, dossier: bytes) -> bytes:
        """What was left unfinished at a dossier; empty for nothing. Raises `SealBroken`."""
        return drafts.read(self, dossier)

    def keep_draft(self, dossier: bytes, plain: bytes) -> None:
        """Keeps what was left unfinished in the place of what was; empty takes it away.

        Durable, and no entry: journal and checkpoint stay. Raises as `keep_drafts`.
        """
        drafts.keep(self, {dossier: plain})

    def keep_drafts(self, plain: Mapping[bytes, bytes]) -> None:
        """Several dossiers' drafts, all of them or none; at most 64 KiB each.

        What is kept already is not written again, and on a vault that does not fit
        nothing is. Raises ValueError, `SealBroken`, or as `transaction`.
        """
        drafts.keep(self, plain)

    # -- writing ----------------------------------------------------------

    @contextlib.contextmanager
    def transaction(self, signer: Signer | None = None) -> Iterator[Transaction]:
        """Collects entries and, when the body ends well, commits them durably.

        Signed by `signer`, else by the officer who unlocked. Where the body or
        the disk fails, nothing has happened. Raises `VaultUnreadable`, or
        `VaultDamaged` where something does not fit: on a vault that somebody
        changed nothing more is built.
        """
        for doubt in self.doubts:
            where, _, what = doubt.partition(": ")
            raise VaultDamaged(where, what)
        work = Transaction(self)
        yield work
        self._commit(work, signer or self.signer)

    def spec_for(self, cost: kdf.Cost) -> kdf.Spec:
        """The specification for a new slot: one that another slot of this cost has, if any.

        One salt for all of a vault lets one derivation find the slot among many. Where
        there are as many as are tried, the dearest: one more would keep everybody out.
        """
        there = self._specs()
        for spec in there:
            if spec.cost == cost:
                return spec
        if len({spec.text() for spec in there}) >= slots.MOST_SPECS:
            return max(there, key=lambda spec: (spec.cost.m, spec.cost.t))
        return kdf.Spec(cost, os.urandom(kdf.SALT_SIZE))

    def slot_cost(self) -> kdf.Cost:
        """The highest cost that a slot of this vault has."""
        return max((spec.cost for spec in self._specs()), key=lambda c: (c.m, c.t))

    def _specs(self) -> list[kdf.Spec]:
        there = Outside.read(self.file).slots
        return [kdf.Spec.parse(slot.kdf) for slot in there if slot.kdf != slots.RECOVERY]

    def slot_digests(self) -> list[str]:
        """The digests of the slots that are there, in no order."""
        return [slot.digest() for slot in Outside.read(self.file).slots]

    def reveal_key(self) -> bytes:
        """The vault key, for wrapping into a slot only."""
        return self._key

    def rekey(
        self,
        work: Transaction,
        holders: Mapping[str, bytes],
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        """Has the transaction end with a new vault key, under which all is sealed anew.

        `holders` maps every slot's digest to its holder's public sealing key. All of
        it is one commit: killed at any moment, the old key holds or the new one.
        `progress` is told rows done and of how many; it may raise to give up.
        """
        work.rekeying = commit.Rekeying(os.urandom(KEY_SIZE), dict(holders), progress)

    def _commit(self, work: Transaction, signer: Signer) -> None:
        if not work.entries:
            raise ValueError("a transaction without an entry")
        try:
            commit.commit(self, work, signer)
        except BaseException:
            # What counts is what the disk has: it may have taken all of it.
            if work.written is not None:
                self._unsure.append(work.written)
            with contextlib.suppress(VaultError):
                self._look_again()
            raise
        if work.written is not None:
            self.take(work.written)

    def _look_again(self) -> None:
        """After a failure: the head is the one before, or one that we were about to write,
        or another program's whose journal continues ours.

        Nothing is built on any other: somebody put an older file back, or changed it.
        """
        there = [sealed for (sealed,) in self.file.rows(self.file.statements.there)]
        if there == [self.sealed_head]:
            return
        for written in self._unsure:
            if there == [written.sealed]:
                self.take(written)
                return
        before, ours = self.checkpoint(), (self.head, self.sealed_head)
        try:
            self.read_head()
            continued = self.tree().root_at(before.size) == before.root
        except (VaultError, ValueError):
            continued = False
        if not continued:
            self.head, self.sealed_head = ours
            self.doubts = self.doubts or ("head.sealed: was changed while the vault was open",)

    def take(self, written: commit.Written) -> None:
        """The head, and the vault key, that the file has now."""
        self.head, self.sealed_head = written.head, written.sealed
        self._unsure.clear()
        if written.key:
            self._take_key(written.key)

    def _take_key(self, key: bytes) -> None:
        self._key = key
        self.subkeys = VaultKeys.of(key, self.id)

    def read_head(self) -> None:
        """Takes over the head that stands in the file. Raises `SealBroken`, `VaultDamaged`."""
        rows = list(self.file.rows(self.file.tables.head.select()))
        place = keys.head_place(self.id)
        if len(rows) != 1 or rows[0][0] != 1:
            raise VaultDamaged(str(place), "its one row is missing")
        sealed = rows[0][1]
        try:
            self.head = Head.decode(unseal(self.subkeys.head, place, sealed))
        except ValueError:
            raise SealBroken(str(place)) from None
        self.sealed_head = sealed

    def read_tile(self, level: int, place: int) -> bytes:
        """A full tile's 256 hashes. Raises `VaultDamaged` where it is missing."""
        for (hashes,) in self.file.rows(self._tile, level, place):
            return bytes(hashes)
        raise VaultDamaged(f"tile {level}/{place}", "is missing")

    @cached_property
    def _tile(self) -> Prepared:
        table = self.file.tables.tile
        where = (table.level == 0) & (table.place == 0)
        return Prepared(table.select(table.hashes).where(where))

    def unwrap(self, dossier: bytes, wrapped: bytes | None) -> bytes:
        """The dossier key, 32 bytes, in a row's `key`. Raises `SealBroken`."""
        place = keys.key_place(self.id, dossier)
        key = unseal(self.subkeys.wraps(self.id, dossier), place, wrapped)
        if len(key) != KEY_SIZE:
            raise SealBroken(str(place))
        return key

    def open_card(self, dossier: bytes, key: bytes, sealed: bytes | None) -> Card:
        """A row's card under its dossier's key. Raises `SealBroken`."""
        place = keys.card_place(self.id, dossier)
        plain = unseal(keys.card_key(key), place, bytes(sealed) if sealed else None)
        if len(plain) < COUNT_SIZE:
            raise SealBroken(str(place))
        return Card(dossier, int.from_bytes(plain[:COUNT_SIZE], "big"), plain[COUNT_SIZE:])


def failures_of(path: Path) -> int:
    """How many attempts at this vault failed since the last unlock. Raises as `open`."""
    file = VaultFile.open(path)
    try:
        return Outside.read(file).failures
    finally:
        file.close()


def _unlock(path: Path, way_in: Callable[[VaultFile, Outside], Opened]) -> Vault:
    file = VaultFile.open(path)
    try:
        plain = Outside.read(file)
        opened = way_in(file, plain)
        key = slots.vault_key(plain.vault, opened.slot, opened.signer)
        vault = Vault(file, plain.vault, key, opened.signer)
        vault.opened = opened
        vault.failures = plain.failures
        vault.read_head()
        vault.doubts = tuple(_doubts(file, plain, vault))
    except BaseException:
        file.close()
        raise
    return vault


def _doubts(file: VaultFile, plain: Outside, vault: Vault) -> Iterator[str]:
    if not plain.holds() or plain.digest() != vault.head.outside:
        yield "vault and slot: a row is not as it was written"
    number = file.tables.entry.number
    counted = (peewee.fn.COUNT(number), peewee.fn.MIN(number), peewee.fn.MAX(number))
    for there in file.rows(file.tables.entry.select(*counted)):
        if there != (vault.size, 0, vault.size - 1):
            yield f"entry: {there[0]} are there, the head says {vault.size}"


@contextlib.contextmanager
def _creation(
    path: Path, login: str, passphrase: str, cost: kdf.Cost, key_file: bytes
) -> Iterator[tuple[Vault, Transaction]]:
    file = VaultFile.create(path)
    try:
        id, key, signer = os.urandom(ID_SIZE), os.urandom(KEY_SIZE), Signer.new()
        spec = kdf.Spec(cost, os.urandom(kdf.SALT_SIZE))
        first = slots.make(id, spec, login, passphrase, signer, key, key_file)
        vault = Vault(file, id, key, replace(signer, slot=first.digest()))
        seeds = os.urandom(2 * KEY_SIZE)
        sealed_log = seal(vault.subkeys.log, keys.log_place(id), seeds)
        plain = Outside(id, sealed_log, 0, b"", [first])
        with file.writing():
            file.tables.vault.insert(
                id=1,
                vault=id,
                log_keys=sealed_log,
                failures=bytes(4),
                checksum=plain.checksum(0),
            ).execute()
            commit.insert_slot(file, first)
        work = Transaction(vault)
        work.dossiers[id] = os.urandom(KEY_SIZE)
        yield vault, work
        vault._commit(work, signer)
        settled = file.settle(path)
        vault.file = settled
    except BaseException:
        file.discard()
        raise
