"""The sheets of an unlocked vault: a thousand cards in each, so that a list is read in a tenth
of the time. Which dossiers they cover is found out when they are read; for those that they
do not cover new ones are written, a little at a time. Nothing rests on them.
"""

from __future__ import annotations

import contextlib
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Final

import msgspec

from secterm.desk.cards import Card, Sheet
from secterm.vault.errors import VaultError
from secterm.vault.records import ID_SIZE, batches, id_of
from secterm.vault.vault import Vault

MOST: Final = 1000  # cards in a sheet
# Dossiers that no sheet covers, until there are new ones: one by one they are read while nobody
# sees it, and a sheet that is not full is soon one of many.
WORTH_IT: Final = MOST
AT_ONCE: Final = 64  # rows, until there is time for something else
SLACK: Final = 1000  # entries; sheets written one after the other are told who was touched at once

_decoder = msgspec.json.Decoder(Sheet)


def opened(body: bytes) -> Sheet:
    """The cards in a sheet's body. Raises ValueError where it is none as FORMAT.md has it."""
    sheet = _decoder.decode(body)
    if not 1 <= len(sheet.id) <= MOST or not sheet.holds():
        raise ValueError("no cards, or too many")
    return sheet


def halves(ids: Sequence[str]) -> list[int]:
    """By what dossiers are told apart: the first halves of their random ids, as numbers.
    Raises ValueError for an id that is none.
    """
    lines = "\n".join(ids)
    raw = bytes.fromhex(lines)
    if raw.hex("\n", ID_SIZE) != lines:
        raise ValueError("an id that is none")
    return _halves(raw)


def _halves(raw: bytes) -> list[int]:
    return array("Q", raw)[::2].tolist()


class Sheets:
    """Reads them, and writes on at new ones."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._over = False  # nothing more is written, whatever comes
        self.forget()

    def forget(self) -> None:
        """As far as is known there are none."""
        self._places: dict[int, int] = {}  # that are taken: how many cards there
        self._counting = 0  # cards in all of them that count
        self._loose: set[int] | None = None  # those that none covers; None for all there are
        self.left: list[bytes] | None = None  # who was not among the cards; None for all
        self._writing: Iterator[None] | None = None

    # -- read -----------------------------------------------------------------

    def read(self, gone: Iterable[str], today: date) -> Iterator[Sheet | None]:
        """Those of their cards that count and are true on this day, each dossier once, the ids
        in `gone` apart. Afterwards `left` says who is still to be read by the row. None, and
        nothing after it: what came was not of the dossiers that are there.

        Of one that stands in several sheets the highest place counts, so that comes first.
        """
        self.forget()
        met = set(halves([id for id in gone if id_of(id)]))  # each where it comes first
        total, others = sum(met), frozenset(met)
        stale, late = set[int](), set[int]()
        since, touched = self._vault.size + 1, dict[int, int]()
        until = today.isoformat()
        for place, size, body in self._vault.sheets(backward=True):
            if size < since:
                since = max(size - SLACK, 0) if self._places else size
                entries = self._vault.touched(since).items()
                last = {id: number for id, number in entries if len(id) == ID_SIZE}
                touched = dict(zip(_halves(b"".join(last)), last.values(), strict=True))
            try:
                sheet = opened(body)
                ids = halves(sheet.id)
            except ValueError:
                continue  # a verification names it
            lapsed = any("" < day <= until for _stage, _owed, day, _category in sheet.kinds)
            acted = touched and not touched.keys().isdisjoint(ids)
            if lapsed or acted or not met.isdisjoint(ids):
                if len(set(ids)) < len(ids):
                    continue
                days = zip(ids, (sheet.kinds[kind][2] for kind in sheet.kind), strict=True)
                first = set(ids) - met
                changed = {id for id in first & touched.keys() if touched[id] >= size}
                old = {id for id, day in days if "" < day <= until} & first - changed
                late |= changed
                stale |= old
                good = first - changed - old
                total += sum(first)
                sheet = sheet.only([id in good for id in ids])
                met.update(ids)
            else:
                before = len(met)
                met.update(ids)
                if len(met) - before < len(ids):  # one twice
                    met.difference_update(ids)
                    continue
                total += sum(ids)
            self._places[place] = len(ids)
            self._counting += len(sheet.id)
            yield sheet
        if not self._places:
            return
        self._counting += len(stale)
        raw, rows = self._vault.all_ids(), late | stale
        there = _halves(raw) if len(raw) % ID_SIZE == 0 else []
        if (len(met), total) != (len(there), sum(there)):
            if len(set(there)) < len(there) or not (met - rows - others).issubset(there):
                self.forget()
                yield None
                return
            rows |= set(there) - met
        self._loose = rows - stale
        self.left = [raw[at : at + ID_SIZE] for at in _at(there, rows)]

    def note(self, id: str) -> None:
        """Something happened to this dossier: no sheet covers it any more."""
        if self._loose is not None:
            self._loose.update(halves([id]))

    def settle(self, id: str) -> None:
        """This dossier cannot stand in one, or is about to."""
        if self._loose is not None:
            self._loose.difference_update(halves([id]))

    # -- written --------------------------------------------------------------

    def write(self, seconds: float, many: int, order: Callable[[], Iterator[str]]) -> bool:
        """Writes on at new ones for about so long; whether there is nothing more to do.

        `order` gives the ids of all dossiers, so `many`; who comes last is read first. Where the
        disk has no room, or somebody else the vault, there are none: it takes time and no more.
        """
        if self._over:
            return True
        until = time.monotonic() + seconds
        try:
            if self._writing is None:
                self._writing = self._written(many, order)
            for _ in self._writing:
                if time.monotonic() >= until:
                    return False
        except (VaultError, ValueError):
            self._over = True
        self._writing = None
        return True

    def _written(self, many: int, order: Callable[[], Iterator[str]]) -> Iterator[None]:
        loose = self._loose
        if (many if loose is None else len(loose)) <= WORTH_IT:
            return
        size, place = self._vault.size, max(self._places, default=-1) + 1
        anew = sum(self._places.values()) > 2 * self._counting
        if loose is None or anew:
            loose, place, self._counting, self._loose = None, 0, 0, set()
        rest = (many if loose is None else len(loose)) % MOST  # would not fill a sheet
        cards: list[Card] = []
        for ids in _some(order(), loose):
            for id in ids[:rest]:
                self.note(id)
            cards += self._cards(ids[rest:])
            rest -= min(rest, len(ids))
            yield
            if len(cards) >= MOST:
                self._put(place, cards[:MOST], size)
                cards, place = cards[MOST:], place + 1
                yield
        if cards:
            self._put(place, cards, size)
            place += 1
        for over in [over for over in self._places if anew and over >= place]:
            yield
            self._vault.drop_sheets([over])
            del self._places[over]

    def _cards(self, ids: list[str]) -> Iterator[Card]:
        """What these dossiers' own cards say, as far as they open."""
        there = dict(self._vault.cards(map(bytes.fromhex, ids)))
        for id in ids:
            self.settle(id)
            sealed = there.get(bytes.fromhex(id))
            if sealed is not None:
                with contextlib.suppress(msgspec.DecodeError):
                    card = msgspec.json.decode(sealed.body, type=Card)
                    if card.id == id:
                        yield card

    def _put(self, place: int, cards: list[Card], size: int) -> None:
        self._vault.write_sheet(place, msgspec.json.encode(Sheet.of(cards)), size)
        self._places[place] = len(cards)
        self._counting += len(cards)


def _at(there: Sequence[int], among: set[int]) -> Iterator[int]:
    """At which bytes of all ids those stand."""
    return (n * ID_SIZE for n, half in enumerate(there) if half in among) if among else iter(())


def _some(ids: Iterator[str], among: set[int] | None) -> Iterator[list[str]]:
    """These ids, or those of them that are meant, some at a time."""
    for some in batches(ids, AT_ONCE):
        each = zip(some, halves(some), strict=True)
        yield [id for id, half in each if among is None or half in among]
