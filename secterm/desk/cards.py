"""A dossier's card: what lists show of it. A cache that entries can rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import compress
from typing import Final, TypeAlias

import msgspec

from secterm.dossier.fold import State
from secterm.dossier.gates import Standing
from secterm.policy.model import Category
from secterm.vault.records import batches
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


Kind: TypeAlias = tuple[str, str, str, Category]  # stage, owed, lapses on, category


class Sheet(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Many cards, column by column: what stands in one place of each is one card's. What cards
    have alike is said once, in `posts` (with departments) and `kinds`, in the order in which
    they first have it; `post` and `kind` say where it stands there, from 0.
    """

    id: list[str]
    name: list[str]
    since: list[str]
    opened: list[str]
    identity_number: list[str]
    posts: list[tuple[str, str]]
    post: list[int]
    kinds: list[Kind]
    kind: list[int]

    @classmethod
    def of(cls, cards: Sequence[Card]) -> Sheet:
        """These cards."""
        posts: dict[tuple[str, str], int] = {}
        kinds: dict[Kind, int] = {}
        post = [posts.setdefault((c.post, c.department), len(posts)) for c in cards]
        kind = [
            kinds.setdefault((c.stage, c.owed, c.lapses_on, c.category), len(kinds)) for c in cards
        ]
        return cls(
            id=[c.id for c in cards],
            name=[c.name for c in cards],
            since=[c.since for c in cards],
            opened=[c.opened for c in cards],
            identity_number=[c.identity_number for c in cards],
            posts=list(posts),
            post=post,
            kinds=list(kinds),
            kind=kind,
        )

    def columns(self) -> dict[str, list[str] | list[int]]:
        """What there is of each card, as long as there are cards."""
        return {each: getattr(self, each) for each in COLUMNS}

    def holds(self) -> bool:
        """Whether it is cards: as many of each column, and nothing that is not there."""
        return {len(each) for each in self.columns().values()} == {len(self.id)} and all(
            not numbers or (min(numbers) >= 0 and max(numbers) < len(there))
            for numbers, there in ((self.post, self.posts), (self.kind, self.kinds))
        )

    def __iter__(self) -> Iterator[Card]:
        for place, id in enumerate(self.id):
            post, department = self.posts[self.post[place]]
            stage, owed, lapses_on, category = self.kinds[self.kind[place]]
            yield Card(
                id=id,
                name=self.name[place],
                post=post,
                department=department,
                category=category,
                stage=stage,
                owed=owed,
                since=self.since[place],
                opened=self.opened[place],
                lapses_on=lapses_on,
                identity_number=self.identity_number[place],
            )

    def only(self, places: Sequence[bool]) -> Sheet:
        """Those of them for which this is true."""
        left = {each: list(compress(told, places)) for each, told in self.columns().items()}
        return msgspec.structs.replace(self, **left)


COLUMNS: Final = ("id", "name", "since", "opened", "identity_number", "post", "kind")
DAMAGED: Final = "damaged"  # the stage of what does not open


def sheets(cards: Iterable[Card], many: int) -> Iterator[Sheet]:
    """These cards in sheets of so many."""
    return map(Sheet.of, batches(cards, many))


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
