"""All cards of an unlocked vault, read once and then kept true card by card, so that
a list of a hundred thousand is sought, ordered and counted between two keys. It
knows no screen. What it holds is as secret as the vault, and goes with the lock.
"""

from __future__ import annotations

import bisect
import itertools
import math
import operator
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, overload

from secterm.desk.cards import Card, Kind, Sheet
from secterm.desk.columns import FEW, Columns, Spelled, folded

Order = Literal["waiting", "lapse", "name", "opened"]
Keys = Callable[[Columns, Sequence[int]], list[str]]

LATELY: Final = 2  # views that stand ready in their order
GROWN: Final = 1.25  # times as many cards, until those that are read show among the others
PIECE: Final = 512  # cards that are looked at before it is seen whether more are needed
SHORTEST_ID: Final = 4  # hex digits that may be the beginning of an id
HEX: Final = "0123456789abcdef"


@dataclass(frozen=True)
class Wanted:
    """Which dossiers a list shows, and in which order.

    `stages` and `owed` are words of a card; none means all. `within` days: only what
    lapses so soon, or lapsed; 0 means all. `month` (YYYY-MM): only what lapses in it.
    `waits`: only who has waited so many days, the first and the last of them.
    """

    stages: frozenset[str] = frozenset()
    owed: frozenset[str] = frozenset()
    within: int = 0
    month: str = ""
    waits: tuple[int, int] | None = None
    order: Order = "waiting"

    def fits(self, kind: Kind, until: str) -> bool:
        """Whether cards of this kind are wanted; `until` is the last day of `within`."""
        stage, owed, lapses_on, _category = kind
        if (self.stages and stage not in self.stages) or (self.owed and owed not in self.owed):
            return False
        if self.month and not lapses_on.startswith(self.month):
            return False
        return not self.within or stage == "lapsed" or "" < lapses_on <= until


class Found(Sequence[Card]):
    """Cards in their order, as they were found; `whole` is whether those are all."""

    def __init__(
        self,
        cards: Sequence[Card] = (),  # by slot
        slots: Sequence[int] = (),
        places: Sequence[int] = (),
        *,
        whole: bool = True,
    ) -> None:
        self.whole = whole
        self._cards = cards
        self._slots = slots  # of all that are wanted
        self._places = places  # among them, of those that the words fit; ascending

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Card: ...
    @overload
    def __getitem__(self, at: slice) -> list[Card]: ...
    def __getitem__(self, at: int | slice) -> Card | list[Card]:
        if isinstance(at, slice):
            return [self._cards[self._slots[place]] for place in self._places[at]]
        return self._cards[self._slots[self._places[at]]]

    def place(self, slot: int | None) -> int | None:
        """At which place the card of this slot stands; None where it was not found."""
        if slot is None:
            return None
        try:
            place = self._slots.index(slot)
        except ValueError:
            return None
        at = bisect.bisect_left(self._places, place)
        return at if at < len(self._places) and self._places[at] == place else None


class _Ordered:
    """The slots of all cards in one order."""

    def __init__(self, all: Columns, order: Order) -> None:
        self._all = all
        self._keys = KEYS[order]
        self._back = order in LATEST_FIRST
        self._slots: list[int] = []  # by ascending keys

    def leave(self, slot: int) -> bool:
        """Before its card changes; whether it stood in the order, and is to `join` it again."""
        there = slot < len(self._slots)
        if there:
            self._slots.remove(slot)
        return there

    def join(self, slot: int) -> None:
        """To its place."""
        bisect.insort(self._slots, slot, key=lambda slot: self._keys(self._all, (slot,))[0])

    def slots(self) -> list[int]:
        many = len(self._all)
        if len(self._slots) < many:
            key = self._keys(self._all, range(many)).__getitem__
            before, more = self._slots, range(len(self._slots), many)
            if self._back:
                self._slots = sorted(reversed(more), key=key) + before
            else:
                self._slots = before + sorted(more, key=key)
            if before:
                self._slots.sort(key=key)  # two runs
        return self._slots[::-1] if self._back else self._slots


class _Base:
    """Those who are wanted, in their order, and what was found among them lately."""

    def __init__(self, as_of: tuple[int, int], slots: list[int], all: Columns) -> None:
        self.as_of = as_of
        self.slots = slots
        self._all = all
        # What was found, each narrower than the one before it.
        self._hits: list[tuple[frozenset[str], Sequence[int]]] = [(frozenset(), range(len(slots)))]

    def find(self, sought: frozenset[str], many: int | None) -> tuple[Sequence[int], bool]:
        """The places of those that the words fit, or of the first so many; whether all."""
        while not all(any(_covers(a, b) for b in sought) for a in self._hits[-1][0]):
            self._hits.pop()
        before, places = self._hits[-1]
        if sought == before:
            return places, True
        found: list[int] = []
        for piece in _pieces(places, many):
            found += self.narrow(piece, sought - before)
            if many is not None and len(found) >= many and piece[-1] != places[-1]:
                return found, False
        self._hits.append((sought, found))
        return found, True

    def narrow(self, places: Sequence[int], words: frozenset[str]) -> Sequence[int]:
        """The places of these at which every word is in a text, or begins the id."""
        for word in sorted(words, key=len, reverse=True):
            slots = self._slots_at(places)
            fits = self._all.fitting(word, slots)
            if _may_begin_an_id(word):
                begun = frozenset(self._all.ids.beginning(word))
                fits = map(operator.or_, fits, map(begun.__contains__, slots))
            places = list(itertools.compress(places, fits))
        return places

    def _slots_at(self, places: Sequence[int]) -> Sequence[int]:
        if isinstance(places, range):
            return self.slots[places.start : places.stop]
        return [self.slots[place] for place in places]


class Index:
    """The cards of all dossiers. `read` on until all are there; `note` what was recorded.

    `source` gives every card as of a day, each once, some at a time, and None where all of it
    is to come anew; `count` says how many there will be. Only `note` and `clear` may be
    called while another thread is in it.
    """

    def __init__(
        self, source: Callable[[date], Iterator[Sheet | None]], count: Callable[[], int]
    ) -> None:
        self._source = source
        self._count = count
        self._spelled: Spelled = _told
        self.changes = 0  # grows with every card that came or changed
        self._notes = 0  # grows with every card that was noted
        self.clear()

    def clear(self) -> None:
        """Forgets everything; the next reading begins anew."""
        self.changes += 1
        self._day: date | None = None
        self._reading: Iterator[Sheet | None] | None = None
        self._noted: dict[str, Card] = {}
        self._empty()

    def _empty(self) -> None:
        self._early: set[str] = set()  # whose cards were noted before they were read
        self._all = Columns(self._spelled)
        self._orders: dict[Order, _Ordered] = {}
        self._bases: dict[Wanted, _Base] = {}  # those that were used lately

    def spell(self, spelled: Spelled) -> None:
        """By which words, besides what the card itself says, a stage, what is owed and a category
        are found: those that a face shows for them.
        """
        self._spelled = spelled
        self._all.spell(spelled)
        self._bases = {}

    # -- what is there ------------------------------------------------------

    def read(self, today: date, seconds: float) -> bool:
        """Reads on for about so long; whether all is read. On another day it begins anew.

        Raises what reading the vault raises; then it begins anew as well.
        """
        if self._day != today:
            self.clear()
            self._day, self._reading = today, self._source(today)
        if self._reading is None:
            return True
        until = time.monotonic() + seconds
        try:
            for sheet in self._reading:
                if sheet is None:
                    self._empty()
                else:
                    self._take(sheet)
                if time.monotonic() >= until:
                    return False
        except BaseException:
            self.clear()
            raise
        self._reading = None
        return True

    @property
    def total(self) -> int:
        """How many cards there will be when all are read."""
        return self._count()

    def note(self, card: Card) -> None:
        """A dossier's card is another now."""
        if self._day is not None:
            self._noted[card.id] = card

    @property
    def complete(self) -> bool:
        """Whether all cards are read."""
        return self._day is not None and self._reading is None

    def __len__(self) -> int:
        """How many cards are there."""
        self._take_in()
        return len(self._all)

    def cards(self) -> Columns:
        """All cards read so far, in no order."""
        self._take_in()
        return self._all

    def latest(self) -> Iterator[str]:
        """The ids of all, who waits longest last."""
        self._take_in()
        all, slots = self._all, self._ordered("waiting").slots()
        return (all.ids[slot] for slot in slots[::-1])

    def slot(self, id: str) -> int | None:
        """Where a dossier's card is kept; None where there is none."""
        return self._all.slots((id,)).get(id)

    def _take(self, sheet: Sheet) -> None:
        if self._early and not self._early.isdisjoint(
            sheet.id
        ):  # what was noted meanwhile is newer
            sheet = sheet.only([id not in self._early for id in sheet.id])
        if sheet.id:
            self._all.take(sheet)
            self.changes += 1

    def _take_in(self) -> None:
        if not self._noted:
            return
        noted: dict[str, Card] = {}
        while self._noted:
            noted.update([self._noted.popitem()])
        there = self._all.slots(noted)
        if len(there) > FEW:
            self._orders = {}
        for id, slot in there.items():
            self._change(slot, noted.pop(id))
        self._all.take(Sheet.of(list(noted.values())))
        if self._reading is not None:
            self._early.update(noted)
        self.changes += 1
        self._notes += 1

    def _change(self, slot: int, card: Card) -> None:
        orders = [order for order in self._orders.values() if order.leave(slot)]
        self._all.change(slot, card)
        for order in orders:
            order.join(slot)

    # -- what is sought -----------------------------------------------------

    def find(
        self, wanted: Wanted, words: str = "", *, many: int | None = None, slot: int | None = None
    ) -> Found:
        """The dossiers that are wanted and that every one of these words fits; where that is
        quicker, only the first so `many` or more of them, and if the one of this `slot` is
        among all of them, so many from that one on as well.

        Case, accents and width do not matter. A longer text is sought only among what
        the shorter one found.
        """
        self._take_in()
        base = self._bases.pop(wanted, None)
        if base is None or base.as_of != self._as_of:
            base = self._base(self._wanted(wanted))
        self._bases[wanted] = base
        if len(self._bases) > LATELY:
            del self._bases[next(iter(self._bases))]
        sought = _words(words)
        places, whole = base.find(sought, many)
        found = Found(self._all, base.slots, places, whole=whole)
        if whole or many is None or slot is None or not self._fits(slot, sought):
            return found
        at = found.place(slot)
        if at is not None and at + many <= len(found):
            return found
        return self.find(wanted, words)

    def _fits(self, slot: int, sought: frozenset[str]) -> bool:
        return bool(self._base([slot]).narrow(range(1), sought))

    def _base(self, slots: list[int]) -> _Base:
        return _Base(self._as_of, slots, self._all)

    @property
    def _as_of(self) -> tuple[int, int]:
        """As of when what is put in order is new enough. While they are read, it is the same for
        a while: to put a hundred thousand in order takes longer than a key may.
        """
        if self.complete:
            return self.changes, 0
        return self._notes, 1 + int(math.log(len(self._all) + 1, GROWN))

    def count(self, wanted: Wanted, words: str = "") -> int:
        """How many dossiers `find` would find."""
        self._take_in()
        if words or wanted.waits:
            slots = self._wanted(wanted)
            return len(self._base(slots).narrow(range(len(slots)), _words(words)))
        until = self._until(wanted)
        return sum(many for kind, many in self._all.many() if wanted.fits(kind, until))

    def stages(self, wanted: Wanted) -> frozenset[str]:
        """The stages at which there is somebody who is wanted."""
        self._take_in()
        until = self._until(wanted)
        return frozenset(kind[0] for kind, _many in self._all.many() if wanted.fits(kind, until))

    def _until(self, wanted: Wanted) -> str:
        return ((self._day or date.min) + timedelta(days=wanted.within)).isoformat()

    def _ordered(self, order: Order) -> _Ordered:
        return self._orders.setdefault(order, _Ordered(self._all, order))

    def _wanted(self, wanted: Wanted) -> list[int]:
        until, kind = self._until(wanted), self._all.kind
        good = [wanted.fits(each, until) for each in self._all.kinds]
        slots = self._ordered(wanted.order).slots()
        slots = slots[:] if all(good) else [slot for slot in slots if good[kind[slot]]]
        if wanted.waits is not None and self._day is not None:
            days = [(self._day - timedelta(days=n)).isoformat() for n in wanted.waits]
            since = self._all.waiting_since()
            slots = [slot for slot in slots if days[1] <= since[slot] <= days[0]]
        return slots


def _words(text: str) -> frozenset[str]:
    return frozenset(folded(text).split())


def _covers(shorter: str, longer: str) -> bool:
    """Whether what the longer word finds was found by the shorter one too."""
    if _may_begin_an_id(longer):
        return _may_begin_an_id(shorter) and longer.startswith(shorter)
    return shorter in longer


def _may_begin_an_id(word: str) -> bool:
    return len(word) >= SHORTEST_ID and not word.strip(HEX)


def _pieces(places: Sequence[int], many: int | None) -> Iterator[Sequence[int]]:
    """All of them at once; where the first so many may be enough, each piece longer than the
    one before it.
    """
    at, long = 0, len(places) if many is None else PIECE
    while at < len(places):
        yield places[at : at + long]
        at, long = at + long, 2 * long


def _told(stage: str, owed: str, category: str) -> str:
    return f"{stage} {owed}"


KEYS: Final[dict[Order, Keys]] = {
    "waiting": Columns.waiting,
    "lapse": Columns.lapse,
    "name": Columns.name,
    "opened": Columns.opening,
}
LATEST_FIRST: Final[frozenset[Order]] = frozenset({"opened"})
