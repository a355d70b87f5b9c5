"""The whole of the dossiers in numbers: how many stand where, what lapses when, who
waits how long. Pure sums, for whoever looks at all of them at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from secterm.desk.cards import Kind

MONTHS: Final = 12
# Days that somebody has waited: the first and the last of each step.
WAITS: Final = ((0, 0), (1, 7), (8, 30), (31, 90), (91, 99_999))


@dataclass(frozen=True)
class Tally:
    """How many there are: by stage, by month (YYYY-MM) of the next lapse, by days waited."""

    total: int
    stages: Mapping[str, int]
    months: Mapping[str, int]
    later: int
    waits: Mapping[tuple[int, int], int]

    @property
    def waiting(self) -> int:
        """How many wait for something."""
        return sum(self.waits.values())


def months_from(today: date, count: int = MONTHS) -> list[str]:
    """This month and those after it, as YYYY-MM."""
    first = today.year * 12 + today.month - 1
    return [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(first, first + count)]


def tally(kinds: Iterable[tuple[Kind, int]], since: Iterable[str], today: date) -> Tally:
    """The numbers on a day: of so many cards of each kind, of whom some wait `since` their days."""
    stages: Counter[str] = Counter()
    lapses: Counter[str] = Counter()
    for (stage, _owed, lapses_on, _category), many in kinds:
        stages[stage] += many
        if lapses_on:
            lapses[lapses_on[:7]] += many
    days = Counter(since)
    del days[""]
    months = months_from(today)
    return Tally(
        total=stages.total(),
        stages=stages,
        months={month: lapses[month] for month in months},
        later=sum(many for month, many in lapses.items() if month > months[-1]),
        waits=_waits(days, today),
    )


def _waits(since: Mapping[str, int], today: date) -> dict[tuple[int, int], int]:
    waits = dict.fromkeys(WAITS, 0)
    for day, many in since.items():
        # A clock that was ahead wrote a day to come: nobody has waited less than not at all.
        days = max((today - date.fromisoformat(day)).days, 0)
        waits[next(w for w in WAITS if days <= w[1])] += many
    return waits
