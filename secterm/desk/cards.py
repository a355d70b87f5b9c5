"""A dossier's card: what lists show of it. A cache that entries can rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import compress, islice
from typing import Final

import msgspec

from secterm.dossier.fold import State
from secterm.dossier.gates import Standing
from secterm.policy.model import Category
from secterm.words import _


class Card(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One dossier in a list. Times and dates ISO 8601; `owed` names the next act.

    Texts alone, so Python's collector has no business with them: to walk a hundred thousand
    would hold up a key.
    """

    id: str
    name: str
    post: str
    department: str
    category: Category
    stage: str
    owed: str
    since: str
    opened: str
    lapses_on: str = ""
    identity_number: str = ""

    def stale(self, today: date) -> bool:
        """Whether something has lapsed since, so that the card is not true any more."""
        return bool(self.lapses_on) and self.lapses_on <= today.isoformat()


class Sheet(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Many cards, column by column: what stands in one place of each is one card's."""

    id: list[str]
    name: list[str]
    post: list[str]
    department: list[str]
    category: list[Category]
    stage: list[str]
    owed: list[str]
    since: list[str]
    opened: list[str]
    lapses_on: list[str]
    identity_number: list[str]

    @classmethod
    def of(cls, cards: Sequence[Card]) -> Sheet:
        """These cards."""
        return cls(**{each: [getattr(c, each) for c in cards] for each in FIELDS})

    def __iter__(self) -> Iterator[Card]:
        columns = (getattr(self, each) for each in FIELDS)
        for texts in zip(*columns, strict=True):
            yield Card(**dict(zip(FIELDS, texts, strict=True)))

    def only(self, places: Sequence[bool]) -> Sheet:
        """Those of them for which this is true."""
        columns = {each: list(compress(getattr(self, each), places)) for each in FIELDS}
        return Sheet(**columns)


DAMAGED: Final = "damaged"  # the stage of what does not open
FIELDS: Final = Sheet.__struct_fields__


def sheets(cards: Iterable[Card], many: int) -> Iterator[Sheet]:
    """These cards in sheets of so many."""
    left = iter(cards)
    while some := list(islice(left, many)):
        yield Sheet.of(some)


def broken(id: str) -> Card:
    """What a list shows of a dossier that does not open; a verification says why."""
    return Card(
        id=id,
        name=_("(does not open)"),
        post="",
        department="",
        category="general",
        stage=DAMAGED,
        owed="",
        since="",
        opened="",
    )


def erased(id: str, at: str) -> Card:
    """What a list shows of a dossier that was erased at this ISO time: that there was one."""
    return Card(
        id=id,
        name=_("(erased)"),
        post="",
        department="",
        category="general",
        stage="erased",
        owed="",
        since=at,
        opened=at,
    )


def card_of(id: str, state: State, standing: Standing) -> Card:
    """The card of a dossier as it stands."""
    who = state.particulars
    return Card(
        id=id,
        name=who.name,
        post=who.post,
        department=who.department,
        category=who.category,
        stage=standing.stage,
        owed=standing.next.kind if standing.next else "",
        since=standing.since,
        opened=state.opened_at,
        lapses_on=standing.lapses_on.isoformat() if standing.lapses_on else "",
        identity_number=who.identity_number,
    )
