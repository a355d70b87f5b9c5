"""Walks a vault's journal and says of every row whether it is what was written:
leaves and root, every transaction's signature, seals, tiles, head. What does
not hold is reported with its place, and the walk goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Set
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from secterm.vault import keys
from secterm.vault.errors import SealBroken, VaultError
from secterm.vault.merkle import (
    TILE_WIDTH,
    Edge,
    new_full_tiles,
)
from secterm.vault.note import Checkpoint
from secterm.vault.seal import unseal
from secterm.vault.troubles import told
from secterm.vault.vault import Vault


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold, and where."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


Progress = Callable[[int, int], None]  # entries walked, entries in all


Judge = Callable[[bytes], str]  # an entry's plaintext; what is wrong with it, or nothing


def _quiet(done: int, total: int) -> None:
    return None


def _anything(plaintext: bytes) -> str:
    return ""


def verify(
    vault: Vault,
    officers: Mapping[bytes, bytes],
    progress: Progress = _quiet,
    judge: Judge = _anything,
    erased: Set[bytes] = frozenset(),
) -> Iterator[Fault]:
    """Every fault of the vault's rows.

    `erased` has the ids (16 bytes) of dossiers that an entry says were erased.
    `officers` maps officer ids (16 bytes) to Ed25519 public keys (32 bytes).
    `judge` is given every entry that opens, in the journal's order.
    """
    walk = _Walk(vault, officers, progress, judge, erased)
    yield from walk.file()
    yield from walk.outside()
    yield from walk.journal()
    yield from walk.dossiers()
    yield from walk.tiles()


@dataclass
class _Walk:
    vault: Vault
    officers: Mapping[bytes, bytes]
    progress: Progress
    judge: Judge
    erased: Set[bytes]
    leaves: list[bytes] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)

    def file(self) -> Iterator[Fault]:
        """SQLite's own word on the file: pages, indexes, types."""
        for line in self.vault.file.complaints():
            yield Fault("the file", line)

    def outside(self) -> Iterator[Fault]:
        """Slots, log keys and vault id, against plain checksum and head."""
        for doubt in self.vault.doubts:
            where, _, what = doubt.partition(": ")
            yield Fault(where, what)
        if not self.vault.doubts and not self.vault.outside_holds():
            yield Fault("vault and slot", "a row is not as the head says")
        try:
            self.vault.log_keys()
        except VaultError as error:
            yield Fault(str(error), "does not open")

    def journal(self) -> Iterator[Fault]:
        """Entries in order, each transaction's signature at its end."""
        vault, file = self.vault, self.vault.file
        entry, dossier, signature = file.tables.entry, file.tables.dossier, file.tables.signature
        sizes = iter([int(s) for (s,) in file.rows(signature.select(signature.size).order_by(1))])
        next_size, previous = next(sizes, None), 0
        committed = {
            bytes(i): bytes(c) for i, c in file.rows(dossier.select(dossier.id, dossier.commitment))
        }
        dossier_keys: dict[bytes, bytes | None] = {}
        edge, expected, whole = Edge(0, ()), 0, True
        query = entry.select(entry.number, entry.dossier, entry.sealed).order_by(entry.number)
        for number, id_, sealed_ in file.rows(query):
            id, sealed = bytes(id_), bytes(sealed_)
            if number != expected:
                yield Fault(f"entry #{expected}", f"is missing; number {number} comes next")
                whole = False
            expected = number + 1
            if id not in committed:
                yield Fault(f"entry #{number}", "belongs to a dossier that is not there")
                whole = False
                continue
            if id not in dossier_keys:
                self.seen.add(id)
                dossier_keys[id] = yield from self._key(id, committed[id])
            key = dossier_keys[id]
            if key is not None:
                yield from self._opens(id, key, number, sealed)
            if whole:
                hashed = vault.leaf_of(id, committed[id], sealed)
                self.leaves.append(hashed)
                edge = edge.append(hashed)
                if next_size == edge.size:
                    yield from self._signed(next_size, previous, edge)
                    next_size, previous = next(sizes, None), edge.size
                elif next_size is not None and next_size < edge.size:
                    yield Fault(f"signature #{next_size}", "stands where no transaction ends")
                    next_size = next(sizes, None)
            if number % 256 == 0:
                self.progress(number, vault.size)
        if whole and edge.size and previous != edge.size:
            yield Fault(f"signature #{edge.size}", "the last entries are not signed")
        if whole and next_size is not None:
            yield Fault(f"signature #{next_size}", "signs entries that are not there")
        if whole and edge != vault.head.edge:
            yield Fault(
                "head.sealed",
                f"says {vault.size} entries with another root than the {edge.size} that are there",
            )
        self.progress(vault.size, vault.size)

    def _key(self, id: bytes, committed: bytes) -> Generator[Fault, None, bytes | None]:
        """The dossier's key, None where it does not open."""
        if id in self.erased:
            if not self.vault.erased(id):
                yield Fault(f"dossier.key {id.hex()}", "is there, though the dossier was erased")
            return None
        try:
            key = self.vault.dossier_key(id)
        except SealBroken as broken:
            yield Fault(broken.where, "the wrapped key does not open")
            return None
        if keys.commitment(key) != committed:
            yield Fault(f"dossier.commitment {id.hex()}", "is not that of its key")
        return key

    def _opens(self, id: bytes, key: bytes, number: int, sealed: bytes) -> Iterator[Fault]:
        place = keys.entry_place(self.vault.id, id, number)
        try:
            plaintext = unseal(keys.entry_key(key), place, sealed)
        except SealBroken:
            yield Fault(str(place), "does not open: changed, moved or another's")
            return
        if wrong := self.judge(plaintext):
            yield Fault(f"entry #{number}", wrong)

    def _signed(self, size: int, previous: int, edge: Edge) -> Iterator[Fault]:
        where = f"signature #{size}"
        try:
            signed = self.vault.signed_size(size)
        except SealBroken:
            yield Fault(where, "does not open")
            return
        if signed.previous != previous:
            yield Fault(where, f"follows one at {signed.previous}, which is not there")
        known = self.officers.get(signed.officer)
        if known is None:
            yield Fault(where, "is by nobody who is an officer here")
            return
        text = Checkpoint(self.vault.origin, size, edge.root()).text()
        try:
            Ed25519PublicKey.from_public_bytes(known).verify(signed.signature, text.encode())
        except InvalidSignature:
            yield Fault(where, "does not hold: these entries are not what was signed")

    def dossiers(self) -> Iterator[Fault]:
        """No dossier without entries; no card that does not open."""
        table = self.vault.file.tables.dossier
        for id_, card in self.vault.file.rows(table.select(table.id, table.card)):
            id = bytes(id_)
            if id not in self.seen:
                yield Fault(f"dossier {id.hex()}", "has no entry")
            elif id == self.vault.id or id in self.officers:
                if card is not None:
                    yield Fault(f"dossier.card {id.hex()}", "only an appointee has one")
            elif id not in self.erased:
                try:
                    self.vault.card(id)
                except SealBroken as broken:
                    yield Fault(broken.where, "does not open")

    def tiles(self) -> Iterator[Fault]:
        """Kept tiles against those that the entries give."""
        if len(self.leaves) != self.vault.size:
            return  # the journal's own faults say why
        due: dict[tuple[int, int], bytes] = {}
        for level, place, hashes in new_full_tiles(
            0,
            len(self.leaves),
            lambda level, place: due[level, place],
            lambda start, end: self.leaves[start:end],
        ):
            due[level, place] = hashes
        table = self.vault.file.tables.tile
        with told():
            for level, place, hashes in self.vault.file.rows(table.select()):
                if due.pop((level, place), None) != bytes(hashes):
                    yield Fault(f"tile {level}/{place}", f"is not the {TILE_WIDTH} hashes it was")
        for level, place in due:
            yield Fault(f"tile {level}/{place}", "is missing")


__all__ = ["Fault", "Progress", "verify"]
