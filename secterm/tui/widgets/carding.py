"""A dossier as one line of the list: the columns that fit, and their heading."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from secterm.desk.cards import Card
from secterm.tui.dates import short
from secterm.tui.widgets.cells import fit
from secterm.tui.wording import STAGES, category, for_how_long, waits_for
from secterm.words import _

Cell = Callable[[Card, datetime], str]
Column = tuple[str, int, Cell]  # heading, width, what stands in it

NARROWEST: Final = 39  # columns that name and post have, before anything else is added
SHOWN: Final = 8  # hex digits of an id
WIDEST: Final = 40  # columns that either of them makes use of


def _lapses(card: Card, now: datetime) -> str:
    return _("lapsed") if card.stage == "lapsed" else short(card.lapses_on)


ALWAYS: Final[tuple[Column, ...]] = (
    (_("Waits for"), 11, lambda card, now: waits_for(card)),
    (_("Since"), 9, lambda card, now: for_how_long(card.since, now)),
    (_("Lapses"), 11, _lapses),
)
WHERE_WIDE: Final[tuple[Column, ...]] = (
    (_("Category"), 8, lambda card, now: category(card)),
    (_("Department"), 16, lambda card, now: card.department),
    (_("Stage"), 11, lambda card, now: STAGES[card.stage]),
    (_("Identity no."), 14, lambda card, now: card.identity_number),
    (_("Opened"), 11, lambda card, now: short(card.opened)),
)


def _name(card: Card, width: int) -> str:
    return f"{fit(card.name, width - SHOWN - 1).rstrip()} {card.id[:SHOWN]}"


class Lines:
    """The lines of a list so wide, as of a time. Of a dossier that is here twice, as its history
    went two ways, the first digits of its id stand behind the name.
    """

    def __init__(
        self, width: int, now: datetime, twice: Callable[[str], bool] = lambda id: False
    ) -> None:
        self._now = now
        room = width - sum(wide + 1 for _heading, wide, _cell in ALWAYS)
        more: list[Column] = []
        for column in WHERE_WIDE:
            if room - column[1] - 1 < NARROWEST:
                break
            more.append(column)
            room -= column[1] + 1
        name = min((room - 1) * 6 // 10, WIDEST)
        post = min(max(room - name - 1, 1), WIDEST)
        self._columns: tuple[Column, ...] = (
            (_("Name"), name, lambda card, now: _name(card, name) if twice(card.id) else card.name),
            (_("Post"), post, lambda card, now: card.post),
            *ALWAYS,
            *more,
        )
        gaps = len(self._columns) - 1
        self._apart = " " * (1 + max(room - name - 1 - post, 0) // gaps)

    @property
    def heading(self) -> str:
        """What stands over the columns."""
        return self._apart.join(fit(heading, wide) for heading, wide, _cell in self._columns)

    def line(self, card: Card) -> str:
        """One dossier."""
        cells = (fit(cell(card, self._now), wide) for _heading, wide, cell in self._columns)
        return self._apart.join(cells)
