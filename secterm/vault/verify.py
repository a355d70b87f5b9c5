"""Walks a vault's journal and says of every row whether it is what was written:
leaves and root, every transaction's signature, seals, tiles, head. What does
not hold is reported with its place, and the walk goes on. It holds a few rows
at a time, whatever the vault's size.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Final, NamedTuple, Protocol, TypeAlias

import peewee

from secterm.vault import keys, records, sheets
from secterm.vault.commit import NO_COMMITMENT
from secterm.vault.drafts import LONGEST_SEALED, unsealed
from secterm.vault.errors import SealBroken, VaultDamaged, VaultError
from secterm.vault.merkle import HASH_SIZE, TILE_WIDTH, Edge, Growing, full_tiles
from secterm.vault.note import Checkpoint
from secterm.vault.prepared import Prepared
from secterm.vault.records import SignedSize
from secterm.vault.seal import Strand
from secterm.vault.signed import AtOnce, Stated, Verifier
from secterm.vault.vault import Vault

KEPT: Final = 1024  # dossiers whose keys are at hand
AT_ONCE: Final = 32  # dossiers whose rows are asked for together
STEP: Final = 64  # entries between two words on how far it is


@dataclass(frozen=True)
class Gone:
    """A dossier that was erased: by which entry, and the digest of its entries' numbers."""

    number: int
    entries: str


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold, and where.

    `about` is the id, in hex, of the strand of entries that it touches; empty for
    the file and the journal as a whole.
    """

    where: str
    what: str
    about: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


Progress = Callable[[int, int], None]  # entries walked, entries in all
_Row: TypeAlias = tuple[int, bytes, bytes]  # of an entry: number, dossier, sealed


class Seen(NamedTuple):
    """An entry that opened: where it stands, and whose transaction it is of.

    `since` is the journal's size before that transaction, `signer` its officer's id
    (16 bytes), None where no signature tells.
    """

    number: int
    strand: bytes
    plaintext: bytes
    since: int
    signer: bytes | None


class Judge(Protocol):
    """Is told every entry that opens, in the journal's order, and then that it was the last."""

    def entry(self, seen: Seen) -> Iterable[Fault]:
        """What is wrong with this entry, or shows with it to be wrong."""

    def end(self) -> Iterable[Fault]:
        """What is wrong now that nothing more comes."""


class Anything:
    """A judge to whom all is right."""

    def entry(self, seen: Seen) -> Iterable[Fault]:
        """Nothing."""
        return ()

    def end(self) -> Iterable[Fault]:
        """Nothing."""
        return ()


def _quiet(done: int, total: int) -> None:
    return None


def verify(
    vault: Vault,
    officers: Mapping[bytes, bytes],
    progress: Progress = _quiet,
    judge: Judge | None = None,
    erased: Mapping[bytes, Gone] | None = None,
    others: Container[bytes] = frozenset(),
    verifier: Verifier | None = None,
) -> Iterator[Fault]:
    """Every fault of the vault's rows.

    `officers` maps officer ids (16 bytes) to Ed25519 public keys (32 bytes). `erased`
    has the ids (16 bytes) of dossiers that were erased, and what the entry says that
    erased them; `others` those of strands that are no dossier's. `verifier` is who
    looks at the signatures, here and now unless told otherwise. `progress` may
    raise anything, which ends the walk. Raises `VaultUnreadable` or `VaultClosed`.
    """
    walk = _Walk(
        vault, officers, progress, judge or Anything(), erased or {}, others, verifier or AtOnce()
    )
    rows = walk.dossiers, walk.drafts, walk.sheets, walk.tiles
    for part in (walk.file, walk.outside, walk.journal, *rows):
        try:
            yield from part()
        except VaultDamaged as damaged:  # a value that the format cannot have
            yield Fault(damaged.where, damaged.what)


@dataclass(frozen=True)
class _Known:
    """What the walk needs of a dossier's row; seals are None where its key does not open."""

    commitment: bytes
    seals: Strand | None = field(repr=False)  # of its entries


@dataclass
class _Walk:
    vault: Vault
    officers: Mapping[bytes, bytes]
    progress: Progress
    judge: Judge
    erased: Mapping[bytes, Gone]
    others: Container[bytes]
    verifier: Verifier
    _known: OrderedDict[bytes, _Known | None] = field(default_factory=OrderedDict)
    _at: int = 0  # the entry that the walk is at
    _late: list[tuple[int, Fault]] = field(default_factory=list)  # signatures, and where

    @cached_property
    def _some(self) -> Prepared:
        table = self.vault.file.tables.dossier
        query = table.select(table.id, table.key, table.commitment)
        return Prepared(query.where(table.id.in_([b""] * AT_ONCE)))

    def file(self) -> Iterator[Fault]:
        """SQLite's own word on the file: pages, indexes, types."""
        for line in self.vault.file.complaints():
            yield Fault("the file", line)

    def outside(self) -> Iterator[Fault]:
        """Slots, log keys and vault id, against plain checksum and head."""
        vault, own = self.vault, self.vault.id.hex()
        for doubt in vault.doubts:
            where, _, what = doubt.partition(": ")
            yield Fault(where, what, own if where.startswith("vault") else "")
        if not vault.doubts and not vault.outside_holds():
            yield Fault("vault and slot", "a row is not as the head says", own)
        try:
            vault.log_keys()
        except VaultError as error:
            yield Fault(str(error), "does not open", own)

    def journal(self) -> Iterator[Fault]:
        """Entries in order, each transaction's signature at its end, tiles as they fill.

        Signatures may be verified later; all is told in the order of the journal.
        """
        found: list[tuple[int, Fault]] = []
        damaged: VaultDamaged | None = None
        try:
            for fault in self._entries():
                found.append((self._at, fault))
        except VaultDamaged as error:
            damaged = error
        self._not_held(self.verifier.rest())
        # Of two at one place that of the signature is the later one.
        yield from (fault for _, fault in sorted(found + self._late, key=itemgetter(0)))
        if damaged is not None:
            raise damaged

    def _entries(self) -> Iterator[Fault]:
        vault, table = self.vault, self.vault.file.tables.entry
        signed, growing = _Signed(vault), Growing()
        expected, whole = 0, True
        query = table.select(table.number, table.dossier, table.sealed).order_by(table.number)
        for walked, (number, id, sealed) in enumerate(self._met(vault.file.some_rows(query))):
            if walked % STEP == 0:
                self.progress(min(walked, vault.size), vault.size)
            self._at = number
            if number != expected:
                yield Fault(f"entry #{expected}", f"is missing; number {number} comes next")
                whole = False
            expected = number + 1
            while (stray := signed.before(number)) is not None:
                if whole:
                    yield Fault(f"signature #{stray}", "stands where no transaction ends")
            known = self._dossier(id)
            if known is None:
                yield Fault(f"entry #{number}", "belongs to a dossier that is not there", id.hex())
                whole = False
                continue
            yield from self._opens(known, signed, number, id, sealed)
            if not whole:
                continue
            for tile in growing.append(vault.leaf_of(id, known.commitment, sealed)):
                yield from self._tile(*tile)
            if signed.size == growing.size:
                yield from self._holds(signed, growing.edge())
        self._at = expected
        if whole:
            yield from self._ended(signed, growing.edge())
        yield from self.judge.end()
        self.progress(vault.size, vault.size)

    def _ended(self, signed: _Signed, edge: Edge) -> Iterator[Fault]:
        """The journal's last entry against the last signature and the head."""
        if signed.size is not None and signed.size <= edge.size:
            signed.turn()
        elif edge.size:
            yield Fault(f"signature #{edge.size}", "the last entries are not signed")
        if signed.size is not None:
            yield Fault(f"signature #{signed.size}", "signs entries that are not there")
        if edge != self.vault.head.edge:
            size = self.vault.size
            yield Fault(
                "head.sealed",
                f"says {size} entries with another root than the {edge.size} that are there",
            )

    def _met(self, batches: Iterable[list[_Row]]) -> Iterator[_Row]:
        """These one by one, once the rows of their dossiers were asked for together."""
        for batch in batches:
            ids = {id for _number, id, _sealed in batch}
            for id in ids & self._known.keys():
                self._known.move_to_end(id)
            with contextlib.suppress(VaultDamaged):  # told at the entry that asks for it
                for some in records.batches(ids - self._known.keys(), AT_ONCE):
                    self._ask(some)
            yield from batch
            while len(self._known) > KEPT:
                self._known.popitem(last=False)

    def _dossier(self, id: bytes) -> _Known | None:
        """A dossier's commitment and key, those asked for last at hand."""
        if id not in self._known:
            self._ask([id])
        return self._known[id]

    def _ask(self, ids: list[bytes]) -> None:
        """Asks for at most `AT_ONCE` dossiers' rows; the one query is given some id again."""
        known: dict[bytes, _Known | None] = dict.fromkeys(ids)
        given = (*ids, *ids[:1] * (AT_ONCE - len(ids)))
        for id, wrapped, committed in self.vault.file.rows(self._some, *given):
            try:
                key = None if id in self.erased else self.vault.unwrap(id, wrapped)
            except SealBroken:
                key = None  # its own row is looked at later
            seals = keys.entries_of(self.vault.id, id, key) if key else None
            known[id] = _Known(committed, seals)
        self._known.update(known)

    def _opens(
        self, known: _Known, signed: _Signed, number: int, id: bytes, sealed: bytes
    ) -> Iterator[Fault]:
        if id in self.erased:
            where, about = f"entry #{number}", id.hex()
            if len(sealed) != HASH_SIZE:
                yield Fault(where, "is there whole, though its dossier was erased", about)
            if number > self.erased[id].number:
                yield Fault(where, "was recorded after its dossier was erased", about)
            return
        if len(sealed) == HASH_SIZE:
            where = f"entry #{number}"
            yield Fault(where, "is a bare hash, though no entry says it was erased", id.hex())
            return
        if known.seals is None:
            return
        try:
            plaintext = known.seals.unseal(number, sealed)
        except SealBroken as broken:
            yield Fault(broken.where, "does not open: changed, moved or another's", id.hex())
            return
        yield from self.judge.entry(Seen(number, id, plaintext, signed.since, signed.signer))

    def _tile(self, level: int, place: int, hashes: bytes) -> Iterator[Fault]:
        where = f"tile {level}/{place}"
        try:
            there = self.vault.read_tile(level, place)
        except VaultDamaged as damaged:
            yield Fault(damaged.where, damaged.what)
            return
        if there != hashes:
            yield Fault(where, f"is not the {TILE_WIDTH} hashes it was")

    def _holds(self, signed: _Signed, edge: Edge) -> Iterator[Fault]:
        where, said = f"signature #{edge.size}", signed.said
        if said is None:
            yield Fault(where, "does not open")
            return
        if said.previous != signed.since:
            yield Fault(where, f"follows one at {said.previous}, which is not there")
        if said.officer not in self.officers:
            yield Fault(where, "is by nobody who is an officer here")
            return
        text = Checkpoint(self.vault.origin, edge.size, edge.root()).text().encode()
        stated = Stated(edge.size, self.officers[said.officer], said.signature, text)
        self._not_held(self.verifier.verify(stated))

    def _not_held(self, sizes: Iterable[int]) -> None:
        for size in sizes:
            what = "does not hold: these entries are not what was signed"
            self._late.append((size - 1, Fault(f"signature #{size}", what)))

    def dossiers(self) -> Iterator[Fault]:
        """No dossier without entries; no key or card that does not open, or should not be."""
        dossier, entry = self.vault.file.tables.dossier, self.vault.file.tables.entry
        any_entry = entry.select(peewee.fn.MIN(entry.number)).where(entry.dossier == dossier.id)
        query = dossier.select(
            dossier.id, dossier.key, dossier.commitment, dossier.card, any_entry
        ).order_by(dossier.id)
        for done, (id, wrapped, committed, card, first) in enumerate(self.vault.file.rows(query)):
            if done % STEP == 0:
                self.progress(self.vault.size, self.vault.size)
            if first is None:
                yield Fault(f"dossier {id.hex()}", "has no entry", id.hex())
            elif id in self.erased:
                yield from self._gone(id, wrapped, committed, card)
            else:
                yield from self._row(id, wrapped, committed, card)

    def _gone(
        self, id: bytes, wrapped: bytes | None, committed: bytes, card: bytes | None
    ) -> Iterator[Fault]:
        about = id.hex()
        left = {
            "key": wrapped is not None,
            "commitment": committed != NO_COMMITMENT,
            "card": card is not None,
        }
        for column in (column for column, is_left in left.items() if is_left):
            where = f"dossier.{column} {about}"
            yield Fault(where, "is there, though the dossier was erased", about)
        if self.vault.entries_digest(id) != self.erased[id].entries:
            yield Fault(f"dossier {about}", "had other entries when it was erased", about)

    def _row(
        self, id: bytes, wrapped: bytes | None, committed: bytes, card: bytes | None
    ) -> Iterator[Fault]:
        about = id.hex()
        try:
            key = self.vault.unwrap(id, wrapped)
        except SealBroken as broken:
            gone = "is gone, though no entry says that the dossier was erased"
            yield Fault(
                broken.where, gone if wrapped is None else "the wrapped key does not open", about
            )
            return
        if keys.commitment(key) != committed:
            yield Fault(f"dossier.commitment {about}", "is not that of its key", about)
        if id == self.vault.id or id in self.officers or id in self.others:
            if card is not None:
                yield Fault(f"dossier.card {about}", "only an appointee has one", about)
            return
        try:
            self.vault.open_card(id, key, card)
        except SealBroken as broken:
            yield Fault(broken.where, "does not open", about)

    def drafts(self) -> Iterator[Fault]:
        """No draft but of a dossier that is there, as long as it may be, and that opens."""
        table = self.vault.file.tables.draft
        query = table.select(table.dossier, table.sealed)  # unordered: the rows, and no index
        for id, sealed in self.vault.file.rows(query):
            where, about = str(keys.draft_place(self.vault.id, id)), id.hex()
            if id == self.vault.id or not self.vault.has_dossier(id):
                yield Fault(where, "is of no dossier")
            elif id in self.erased:
                yield Fault(where, "is there, though the dossier was erased", about)
            elif len(sealed) > LONGEST_SEALED:
                yield Fault(where, "is longer than a draft may be", about)
            else:
                yield from self._draft(id, sealed)

    def _draft(self, id: bytes, sealed: bytes) -> Iterator[Fault]:
        try:
            key = self.vault.dossier_key(id)
        except SealBroken:
            return  # told of the dossier's own row
        try:
            unsealed(self.vault, id, key, sealed)
        except SealBroken as broken:
            yield Fault(broken.where, "does not open", id.hex())

    def sheets(self) -> Iterator[Fault]:
        """No sheet but as long as it may be, that opens, and of a size that there was."""
        table, size = self.vault.file.tables.sheet, self.vault.size
        for place, sealed in self.vault.file.rows(table.select(table.place, table.sealed)):
            where = f"sheet.sealed {place}"
            if len(sealed) > sheets.LONGEST_SEALED:
                yield Fault(where, "is longer than a sheet may be")
                continue
            try:
                as_of, _body = sheets.unsealed(self.vault, place, sealed)
            except SealBroken:
                yield Fault(where, "does not open")
                continue
            if as_of > size:
                yield Fault(where, f"is as of {as_of} entries, and {size} are there")

    def tiles(self) -> Iterator[Fault]:
        """No tile but those that are full."""
        table, size = self.vault.file.tables.tile, self.vault.size
        for level, place in self.vault.file.rows(table.select(table.level, table.place)):
            if place >= full_tiles(level, size):
                yield Fault(f"tile {level}/{place}", f"is not the {TILE_WIDTH} hashes it was")


class _Signed:
    """The signatures by ascending size, one at a time beside the entries.

    `size` is where the transaction at hand ends (None: there is no more), `since`
    where it began, and `said` what its signature says (None: it does not open).
    """

    def __init__(self, vault: Vault) -> None:
        table = vault.file.tables.signature
        query = table.select(table.size, table.sealed).order_by(table.size)
        self._vault, self._rows = vault, vault.file.rows(query)
        self.size: int | None = 0
        self.since = 0
        self.said: SignedSize | None = None
        self.turn()

    @property
    def signer(self) -> bytes | None:
        """Who signed, 16 bytes."""
        return self.said.officer if self.said else None

    def turn(self) -> None:
        """On to the next."""
        self.since = self.size or 0
        self.size, sealed = next(self._rows, (None, b""))
        self.said = None
        if self.size is not None:
            with contextlib.suppress(SealBroken):
                self.said = self._vault.open_signature(self.size, sealed)

    def before(self, number: int) -> int | None:
        """Turns to the transaction of entry `number`; a size on the way where none ends."""
        while self.size is not None and self.size <= number:
            passed = self.size
            self.turn()
            if passed != number or not passed:
                return passed
        return None


__all__ = ["Anything", "Fault", "Judge", "Progress", "Seen", "verify"]
