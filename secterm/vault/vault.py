"""An unlocked vault: reads and appends sealed entries, each transaction ended
by a signed checkpoint and a new head. It knows bytes and ids, never people,
and has no way to change or take away an entry.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import peewee
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from secterm.vault import kdf, keys, slots
from secterm.vault.errors import (
    SealBroken,
    VaultClosed,
    VaultDamaged,
    VaultError,
)
from secterm.vault.file import VaultFile
from secterm.vault.keys import VaultKeys
from secterm.vault.merkle import Edge, Tree, leaf_hash, new_full_tiles
from secterm.vault.note import Checkpoint
from secterm.vault.outside import Outside
from secterm.vault.records import COUNT_SIZE, ID_SIZE, Card, Head, SignedSize, Signer
from secterm.vault.seal import KEY_SIZE, seal, unseal
from secterm.vault.transaction import Transaction


class Vault:
    """An open vault. `create` or `open` one; `close` drops its keys."""

    def __init__(self, file: VaultFile, id: bytes, key: bytes, signer: Signer) -> None:
        self.file = file
        self.id = id
        self._signer: Signer | None = signer
        self.failures = 0  # failed attempts before this unlock
        self.doubts: tuple[str, ...] = ()  # what did not fit at unlock, though it opened
        self._key = key
        self._keys = VaultKeys.of(key, id)
        self.head: Head = Head(Edge(0, ()), b"")
        self._sealed_head = b""  # as it was last read or written

    # -- opening ----------------------------------------------------------

    @classmethod
    def create(
        cls, path: Path, login: str, passphrase: str, cost: kdf.Cost
    ) -> contextlib.AbstractContextManager[tuple[Vault, Transaction]]:
        """A new vault whose first officer this is, inside a `with` that fills it.

        The body appends the first entries; the file gets its name only after
        they are committed and on the disk. Raises as `VaultFile.create`.
        """
        return _creation(path, login, passphrase, cost)

    @classmethod
    def open(cls, path: Path, login: str, passphrase: str) -> Vault:
        """Unlocks a vault.

        Raises `WrongPassphrase` (and counts it), `SlotRefused`, `SealBroken`,
        `VaultDamaged`, or as `VaultFile.open`.
        """
        file = VaultFile.open(path)
        try:
            return _unlock(file, login, passphrase)
        except BaseException:
            file.close()
            raise

    def identify(self, login: str, passphrase: str) -> Signer:
        """Another officer at the same screen. Raises `WrongPassphrase` (and counts it)."""
        return _signer(Outside.read(self.file).open_slot(self.file, login, passphrase))

    @property
    def signer(self) -> Signer:
        """The officer who unlocked. Raises `VaultClosed`."""
        if self._signer is None:
            raise VaultClosed
        return self._signer

    def close(self) -> None:
        """Lets go of the file, once nobody is at it, and drops the keys. May be called twice."""
        self.file.close()
        self._signer = None
        self._key = b""
        self._keys = VaultKeys(b"", b"", b"", b"", b"")

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

    def dossiers(self) -> Iterator[bytes]:
        """The ids of all dossiers, the vault's own row apart."""
        table = self.file.tables.dossier
        for (id,) in self.file.rows(table.select(table.id)):
            if bytes(id) != self.id:
                yield bytes(id)

    def has_dossier(self, dossier: bytes) -> bool:
        """Whether there is a row for this dossier."""
        table = self.file.tables.dossier
        return any(True for _ in self.file.rows(table.select(table.id).where(table.id == dossier)))

    def entries(self, dossier: bytes) -> Iterator[tuple[int, bytes]]:
        """A dossier's entries in order: number and plaintext. Raises `SealBroken`."""
        key = keys.entry_key(self.dossier_key(dossier))
        for number, sealed in self.sealed_entries(dossier):
            yield number, unseal(key, keys.entry_place(self.id, dossier, number), sealed)

    def sealed_entries(self, dossier: bytes) -> Iterator[tuple[int, bytes]]:
        """A dossier's entries in order: number and sealed bytes."""
        table = self.file.tables.entry
        query = (
            table.select(table.number, table.sealed)
            .where(table.dossier == dossier)
            .order_by(table.number)
        )
        for number, sealed in self.file.rows(query):
            yield number, bytes(sealed)

    def cards(self) -> Iterator[tuple[bytes, Card | None]]:
        """Every dossier's id and card; None where none opens that is as of its last entry."""
        table, entry = self.file.tables.dossier, self.file.tables.entry
        newest = entry.select(peewee.fn.MAX(entry.number)).where(entry.dossier == table.id)
        query = table.select(table.id, table.key, table.card, newest).where(table.id != self.id)
        for id, wrapped, sealed, last in self.file.rows(query):
            try:
                card = self._open_card(id, self._unwrap(id, wrapped), sealed)
            except SealBroken:
                yield id, None
            else:
                yield id, card if card.number == last else None

    def card(self, dossier: bytes) -> Card:
        """One dossier's card. Raises `SealBroken`."""
        table = self.file.tables.dossier
        for _, wrapped, sealed in self.file.rows(
            table.select(table.id, table.key, table.card).where(table.id == dossier)
        ):
            return self._open_card(dossier, self._unwrap(dossier, wrapped), sealed)
        raise SealBroken(str(keys.card_place(self.id, dossier)))

    def dossier_key(self, dossier: bytes) -> bytes:
        """A dossier's key, 32 bytes. Raises `SealBroken`."""
        table = self.file.tables.dossier
        for (wrapped,) in self.file.rows(table.select(table.key).where(table.id == dossier)):
            return self._unwrap(dossier, wrapped)
        raise SealBroken(str(keys.key_place(self.id, dossier)))

    def tree(self) -> Tree:
        """The journal's tree, for proofs against any size up to now."""
        return Tree(self._read_tile, self.leaf_hashes, self.size)

    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        """The leaf hashes of entries `start` to `end`, the end not included."""
        entry, dossier = self.file.tables.entry, self.file.tables.dossier
        query = (
            entry.select(entry.dossier, dossier.commitment, entry.sealed)
            .join(dossier, on=(dossier.id == entry.dossier))
            .where((entry.number >= start) & (entry.number < end))
            .order_by(entry.number)
        )
        return [
            leaf_hash(keys.leaf(bytes(d), bytes(c), bytes(s))) for d, c, s in self.file.rows(query)
        ]

    def signed_size(self, size: int) -> SignedSize:
        """Who ended the transaction of this size, and their signature. Raises `SealBroken`."""
        table = self.file.tables.signature
        place = keys.signature_place(self.id, size)
        for (sealed,) in self.file.rows(table.select(table.sealed).where(table.size == size)):
            try:
                return SignedSize.decode(unseal(self._keys.signatures, place, bytes(sealed)))
            except ValueError:
                break
        raise SealBroken(str(place))

    def signers_until(self, size: int) -> Iterator[tuple[int, bytes]]:
        """Every transaction up to this size: its size and who signed. Raises `SealBroken`."""
        table = self.file.tables.signature
        query = table.select(table.size).where(table.size <= size).order_by(table.size)
        for (each,) in self.file.rows(query):
            yield each, self.signed_size(each).officer

    def signer_of(self, number: int) -> bytes:
        """The officer who signed the transaction that entry `number` is of. Raises `SealBroken`."""
        table = self.file.tables.signature
        query = table.select(table.size).where(table.size > number).order_by(table.size).limit(1)
        for (size,) in self.file.rows(query):
            return self.signed_size(size).officer
        raise SealBroken(f"signature after entry #{number}")

    def log_keys(self) -> tuple[Ed25519PrivateKey, MLDSA44PrivateKey]:
        """The vault's own keys, for checkpoints that leave it. Raises `SealBroken`."""
        plain = Outside.read(self.file)
        seeds = unseal(self._keys.log, keys.log_place(self.id), plain.log_keys)
        return (
            Ed25519PrivateKey.from_private_bytes(seeds[:KEY_SIZE]),
            MLDSA44PrivateKey.from_seed_bytes(seeds[KEY_SIZE:]),
        )

    def outside_holds(self) -> bool:
        """Whether slots and log keys are as the head says."""
        return Outside.read(self.file).digest() == self.head.outside

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

        One salt for all of a vault lets one derivation find the slot among many.
        """
        for slot in Outside.read(self.file).slots:
            spec = kdf.Spec.parse(slot.kdf)
            if spec.cost == cost:
                return spec
        return kdf.Spec(cost, os.urandom(kdf.SALT_SIZE))

    def slot_cost(self) -> kdf.Cost:
        """The highest cost that a slot of this vault has."""
        costs = [kdf.Spec.parse(s.kdf).cost for s in Outside.read(self.file).slots]
        return max(costs, key=lambda c: (c.m, c.t))

    def reveal_key(self) -> bytes:
        """The vault key, for wrapping into a slot only."""
        return self._key

    def _commit(self, work: Transaction, signer: Signer) -> None:
        if not work.entries:
            raise ValueError("a transaction without an entry")
        tables = self.file.tables
        opened = {id: key for id, key in work.dossiers.items()}
        edge, hashes = self.head.edge, []
        rows = []
        for number, (dossier, plaintext) in enumerate(work.entries, self.size):
            if dossier not in opened:
                opened[dossier] = self.dossier_key(dossier)
            key = opened[dossier]
            place = keys.entry_place(self.id, dossier, number)
            sealed = seal(keys.entry_key(key), place, plaintext)
            hashed = leaf_hash(keys.leaf(dossier, keys.commitment(key), sealed))
            rows.append({"number": number, "dossier": dossier, "sealed": sealed})
            hashes.append(hashed)
            edge = edge.append(hashed)
        before = self.size
        text = Checkpoint(self.origin, edge.size, edge.root()).text()
        signed = SignedSize(signer.officer, before, signer.key.sign(text.encode()))
        with self._all_or_nothing(), self.file.writing():
            if self.head.outside:
                self._unchanged(outside=bool(work.slots or work.failures_told))
            for id, key in work.dossiers.items():
                tables.dossier.insert(
                    id=id,
                    key=seal(self._wrapping(id), keys.key_place(self.id, id), key),
                    commitment=keys.commitment(key),
                ).execute()
            for start in range(0, len(rows), 500):
                tables.entry.insert_many(rows[start : start + 500]).execute()
            for slot in work.slots:
                tables.slot.insert(
                    id=slot.id, kdf=slot.kdf, tag=slot.tag, sealed=slot.sealed
                ).execute()
            for card in work.cards.values():
                if card.dossier not in opened:
                    opened[card.dossier] = self.dossier_key(card.dossier)
                tables.dossier.update(card=self._seal_card(card, opened[card.dossier])).where(
                    tables.dossier.id == card.dossier
                ).execute()
            grown = new_full_tiles(before, edge.size, self._read_tile, self._fresh(hashes))
            for level, place_, tile in grown:
                tables.tile.insert(level=level, place=place_, hashes=tile).execute()
            tables.signature.insert(
                size=edge.size,
                sealed=seal(
                    self._keys.signatures,
                    keys.signature_place(self.id, edge.size),
                    signed.encode(),
                ),
            ).execute()
            head = replace(self.head, edge=edge, mark=work.mark)
            if work.slots or not head.outside or work.failures_told:
                plain = Outside.read(self.file)
                head = replace(head, outside=plain.digest())
                plain.write(self.file, failures=0 if work.failures_told else plain.failures)
            sealed_head = seal(self._keys.head, keys.head_place(self.id), head.encode())
            tables.head.replace(id=1, sealed=sealed_head).execute()
        self.head, self._sealed_head = head, sealed_head

    def _unchanged(self, *, outside: bool) -> None:
        """Raises `VaultDamaged` where the file is not as we left it."""
        head = self.file.tables.head
        found = [sealed for (sealed,) in self.file.rows(head.select(head.sealed))]
        if found != [self._sealed_head]:
            raise VaultDamaged("head.sealed", "was changed while the vault was open")
        if outside and not self.outside_holds():
            raise VaultDamaged("vault and slot", "a row is not as the head says")

    @contextlib.contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """After a failure, what counts is what the disk has: it may have taken all of it."""
        try:
            yield
        except BaseException:
            with contextlib.suppress(VaultError):
                self.read_head()
            raise

    def read_head(self) -> None:
        """Takes over the head that stands in the file. Raises `SealBroken`, `VaultDamaged`."""
        rows = list(self.file.rows(self.file.tables.head.select()))
        place = keys.head_place(self.id)
        if len(rows) != 1 or rows[0][0] != 1:
            raise VaultDamaged(str(place), "its one row is missing")
        sealed = rows[0][1]
        try:
            self.head = Head.decode(unseal(self._keys.head, place, sealed))
        except ValueError:
            raise SealBroken(str(place)) from None
        self._sealed_head = sealed

    def _fresh(self, fresh: list[bytes]) -> Callable[[int, int], list[bytes]]:
        """Reads leaf hashes, the new ones behind those of committed entries."""
        before = self.size

        def read(start: int, end: int) -> list[bytes]:
            old = self.leaf_hashes(start, min(end, before)) if start < before else []
            return old + fresh[max(start - before, 0) : max(end - before, 0)]

        return read

    def _read_tile(self, level: int, place: int) -> bytes:
        table = self.file.tables.tile
        query = table.select(table.hashes).where((table.level == level) & (table.place == place))
        for (hashes,) in self.file.rows(query):
            return bytes(hashes)
        raise VaultDamaged(f"tile {level}/{place}", "is missing")

    def _wrapping(self, dossier: bytes) -> bytes:
        return self._keys.own if dossier == self.id else self._keys.wrapping

    def _unwrap(self, dossier: bytes, wrapped: bytes | None) -> bytes:
        place = keys.key_place(self.id, dossier)
        key = unseal(self._wrapping(dossier), place, bytes(wrapped) if wrapped else None)
        if len(key) != KEY_SIZE:
            raise SealBroken(str(place))
        return key

    def _seal_card(self, card: Card, key: bytes) -> bytes:
        plaintext = card.number.to_bytes(COUNT_SIZE, "big") + card.body
        return seal(keys.card_key(key), keys.card_place(self.id, card.dossier), plaintext)

    def _open_card(self, dossier: bytes, key: bytes, sealed: bytes | None) -> Card:
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


def _signer(contents: slots.Contents) -> Signer:
    return Signer(contents.officer, Ed25519PrivateKey.from_private_bytes(contents.signing_seed))


def _unlock(file: VaultFile, login: str, passphrase: str) -> Vault:
    plain = Outside.read(file)
    contents = plain.open_slot(file, login, passphrase)
    vault = Vault(file, plain.vault, contents.vault_key, _signer(contents))
    vault.failures = plain.failures
    vault.read_head()
    doubts = []
    if not plain.holds() or plain.digest() != vault.head.outside:
        doubts.append("vault and slot: a row is not as it was written")
    number = file.tables.entry.number
    counted = (peewee.fn.COUNT(number), peewee.fn.MIN(number), peewee.fn.MAX(number))
    for there in file.rows(file.tables.entry.select(*counted)):
        if there != (vault.size, 0, vault.size - 1):
            doubts.append(f"entry: {there[0]} are there, the head says {vault.size}")
    vault.doubts = tuple(doubts)
    return vault


@contextlib.contextmanager
def _creation(
    path: Path, login: str, passphrase: str, cost: kdf.Cost
) -> Iterator[tuple[Vault, Transaction]]:
    file = VaultFile.create(path)
    try:
        id, key = os.urandom(ID_SIZE), os.urandom(KEY_SIZE)
        officer, seed = os.urandom(ID_SIZE), os.urandom(KEY_SIZE)
        signer = Signer(officer, Ed25519PrivateKey.from_private_bytes(seed))
        vault = Vault(file, id, key, signer)
        spec = kdf.Spec(cost, os.urandom(kdf.SALT_SIZE))
        first = slots.make(id, spec, login, passphrase, slots.Contents(key, officer, seed))
        seeds = os.urandom(2 * KEY_SIZE)
        sealed_log = seal(VaultKeys.of(key, id).log, keys.log_place(id), seeds)
        plain = Outside(id, sealed_log, 0, b"", [first])
        with file.writing():
            file.tables.vault.insert(
                id=1,
                vault=id,
                log_keys=sealed_log,
                failures=bytes(4),
                checksum=plain.checksum(0),
            ).execute()
            file.tables.slot.insert(
                id=first.id, kdf=first.kdf, tag=first.tag, sealed=first.sealed
            ).execute()
        work = Transaction(vault)
        work.dossiers[id] = os.urandom(KEY_SIZE)
        yield vault, work
        vault._commit(work, signer)
        settled = file.settle(path)
        vault.file = settled
    except BaseException:
        file.discard()
        raise
