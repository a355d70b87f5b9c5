"""Reads through entries of the kind `received` to those that they brought: a dossier that
came from another vault is what was recorded there, and then what was recorded here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

import msgspec

from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.parts import unpacked
from secterm.dossier import entries as acts
from secterm.dossier.entries import Entry, Numbered, Origin, Received
from secterm.dossier.fold import EntryOutOfPlace

DEEPEST: Final = 8  # vaults through which a dossier was handed on

Place: TypeAlias = tuple[str, int]  # the journal that an entry stands in (a vault's id), where
# Is shown each part before its entries are read; it may raise.
Look: TypeAlias = Callable[[Received, Mapping[str, bytes]], None]

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)


def place(one: Numbered, vault: str) -> Place:
    """Where an entry stands, in the vault with this id (hex)."""
    journal, number = one.stands
    return journal or vault, number


class Unfolding:
    """One dossier's entries while they are read in order, in the vault with this id (hex).

    An entry that came twice, by two ways, is told once. Those of one dossier in one journal
    come in its order; those of another dossier there, where that one took these in. `depth`
    is how many entries of the kind `received` stand around them already.
    """

    def __init__(self, vault: str, look: Look | None = None, depth: int = 0) -> None:
        self._vault = vault
        self._look = look
        self._depth = depth
        self._seen: dict[Place, Entry] = {}
        self._last: dict[tuple[str, str], int] = {}  # by journal, and dossier there

    def take(self, one: Numbered) -> Iterator[Numbered]:
        """The entries that this one brought, and then itself, without them.

        Raises `EntryOutOfPlace` for what is none, or is told otherwise than before, and
        `msgspec.DecodeError`.
        """
        for each in self._within(one, self._depth):
            before = self._seen.setdefault(place(each, self._vault), each.entry)
            if before is each.entry:
                self._follows(each)
                yield each
            elif before != each.entry:
                raise EntryOutOfPlace("two entries have the same number in one journal")

    def _follows(self, one: Numbered) -> None:
        """Raises `EntryOutOfPlace` for an entry in another order than its journal has, and for
        those of another dossier that did not begin with these.
        """
        journal, number = one.stands
        strand = (journal, one.origin.dossier if one.origin else "")
        last = self._last.setdefault(strand, -1) if self._begins(one) else self._last.get(strand)
        if last is None:
            raise EntryOutOfPlace("its dossier's beginning is missing")
        if isinstance(one.entry.act, Received):
            return  # it says where the others have been, and may come by another way than they
        if number <= last:
            raise EntryOutOfPlace("it comes after a later one of its journal")
        self._last[strand] = number

    @staticmethod
    def _begins(one: Numbered) -> bool:
        """Whether a dossier's entries in a journal can begin with this one; here, the fold says."""
        return one.origin is None or isinstance(one.entry.act, acts.Opened | Received)

    def _within(self, one: Numbered, depth: int) -> Iterator[Numbered]:
        act = one.entry.act
        if not isinstance(act, Received):
            yield one
            return
        if depth == DEEPEST:
            raise EntryOutOfPlace("it went through too many vaults")
        try:
            files = unpacked(act.part)
        except ArchiveUnreadable as error:
            raise EntryOutOfPlace(error.reason) from None
        if self._look is not None:
            self._look(act, files)
        for number, plain in entries_of(f"dossiers/{act.dossier}", files):
            origin = Origin(vault=act.vault, unit=act.unit, dossier=act.dossier)
            entry = acts.decode(plain)
            yield from self._within(Numbered(number=number, entry=entry, origin=origin), depth + 1)
        shown = msgspec.structs.replace(act, part="")
        entry = msgspec.structs.replace(one.entry, act=shown)
        yield msgspec.structs.replace(one, entry=entry)


def entries_of(folder: str, files: Mapping[str, bytes]) -> list[tuple[int, bytes]]:
    """Number and JSON of the entries in a folder such as `dossiers/ID`, in order."""
    start, found = f"{folder}/entries/", []
    for name, data in files.items():
        number = name.removeprefix(start).removesuffix(".json")
        if name == f"{start}{number}.json" and _NUMBER.fullmatch(number):
            found.append((int(number), data))
    return sorted(found)
