"""Dates as people type them, and shown back in full, so that what was understood
is seen. What was left out but the year is never guessed.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from secterm.dossier.days import MONTHS as MONTHS
from secterm.dossier.days import in_full as in_full
from secterm.dossier.days import recorded
from secterm.dossier.days import told as told
from secterm.settings import Dates
from secterm.words import _

WEEKDAYS: Final = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
EARLIEST: Final = 1800  # a year before it is a slip of the finger
SHORTEST: Final = 3  # letters of a month's name
SHORT: Final = tuple(month[:SHORTEST] for month in MONTHS)
EXAMPLES: Final[dict[Dates, str]] = {
    "day-first": "28.4.1990",
    "month-first": "4/28/1990",
    "year-first": "1990-04-28",
}


def loosely(text: str, today: date, order: Dates = "day-first") -> date | None:
    """The date that a text means, None where it means none or could mean several.

    Understood: numbers in the set order, a year of four digits first in any order, names
    of months from three letters on, eight digits without a mark between them, `today`,
    `yesterday`, `tomorrow`. A year of two digits is at most the next one. Without a year
    it is the latest such day that is not to come.
    """
    words = text.casefold().replace(",", " ").strip()
    near = {_("today"): 0, _("yesterday"): -1, _("tomorrow"): 1}
    if words in near:
        return today + timedelta(days=near[words])
    if re.fullmatch(r"\d{8}", words, re.ASCII):
        return _run(words, order)
    parts = [part for part in re.split(r"[\s./-]+", words) if part]
    if not parts or not all(re.fullmatch(r"\d{1,4}(st|nd|rd|th)?|[^\W\d]+", p) for p in parts):
        return None
    return _named(parts, today) if any(p.isalpha() for p in parts) else _plain(parts, today, order)


def short(text: str | date) -> str:
    """A recorded date as short as a list has it: `3 Sep 1990`; another text as it is."""
    day = recorded(text) if isinstance(text, str) else text
    return f"{day.day} {SHORT[day.month - 1]} {day.year}" if day else str(text)


def moment(text: str) -> str:
    """A recorded time to the minute: `3 Sep 1990, 14:05`."""
    return f"{short(text)}, {text[11:16]}"


def understood(text: str, today: date, order: Dates = "day-first") -> str:
    """What a text is taken for, with its weekday, to show beside it; empty where for nothing."""
    day = loosely(text, today, order)
    return f"= {WEEKDAYS[day.weekday()]}, {in_full(day)}" if day else ""


def iso(text: str, today: date, order: Dates = "day-first") -> str:
    """The date as YYYY-MM-DD, or the text as it is where it means none."""
    day = loosely(text, today, order)
    return day.isoformat() if day else text


def example(order: Dates) -> str:
    """A date as it may be typed, in the set order."""
    return EXAMPLES[order]


def fault(text: str, today: date, order: Dates) -> str:
    """What is said of a text that means no date: what it misses, where that is plain, and how
    a date is written.
    """
    how = _("Write a date, such as {plain} or {full}.").format(
        plain=example(order), full=in_full(date(1990, 4, 28))
    )
    return f"{_missing(text, today, order)} {how}".lstrip()


def _missing(text: str, today: date, order: Dates) -> str:
    """What would make a date of it."""
    if not re.search(r"\d{4}", text):
        return ""
    tried = (
        (_("The day is missing."), (f"1 {text}", f"{text} 1")),
        (_("The day and the month are missing."), (f"1 1 {text}",)),
        (_("That month has no such day."), (re.sub(r"\b(29|30|31)(?!\d)", "1", text, count=1),)),
    )
    for missing, whole in tried:
        if any(loosely(other, today, order) for other in whole):
            return missing
    return ""


def _run(digits: str, order: Dates) -> date | None:
    """Eight digits: of the orders that fit, no two can fit at once but day and month first."""
    year_first = _day(digits[:4], digits[4:6], digits[6:])
    first, second, year = digits[:2], digits[2:4], digits[4:]
    if order == "month-first":
        first, second = second, first
    return year_first or _day(year, second, first)


def _plain(parts: list[str], today: date, order: Dates) -> date | None:
    if any(not p.isdigit() for p in parts):  # 3rd, without a month's name
        return None
    long = [i for i, p in enumerate(parts) if len(p) > 2]
    match parts:
        case [year, month, day] if long == [0]:
            return _day(year, month, day)
        case [first, second, year] if long in ([], [2]):
            if order == "year-first" and not long:
                return _day(_year(first, today), second, year)
            return _either(first, second, _year(year, today), order)
        case [first, second] if not long:
            if order in ("month-first", "year-first"):
                first, second = second, first
            return _latest(second, first, today)
        case _:
            return None


def _named(parts: list[str], today: date) -> date | None:
    numbers = [re.sub(r"\D+$", "", p) for p in parts if not p.isalpha()]
    names = [p for p in parts if p.isalpha()]
    months = [n for n, name in enumerate(MONTHS, 1) if name.casefold().startswith(names[0])]
    if len(names) != 1 or len(months) != 1 or len(names[0]) < SHORTEST:
        return None
    month = str(months[0])
    match numbers:
        case [year, day] if len(year) == 4:
            return _day(year, month, day)
        case [day, year] if len(year) in (2, 4):
            return _day(_year(year, today), month, day)
        case [day]:
            return _latest(month, day, today)
        case _:
            return None


def _either(first: str, second: str, year: str, order: Dates) -> date | None:
    """Day and month in the set order, or in the other where only that is a date."""
    day, month = (second, first) if order == "month-first" else (first, second)
    return _day(year, month, day) or _day(year, day, month)


def _year(text: str, today: date) -> str:
    if len(text) != 2:
        return text
    year = today.year // 100 * 100 + int(text)
    return str(year if year <= today.year + 1 else year - 100)


def _latest(month: str, day: str, today: date) -> date | None:
    for year in range(today.year, today.year - 9, -1):  # a 29 February is at most 8 years ago
        found = _day(str(year), month, day)
        if found is not None and found <= today:
            return found
    return None


def _day(year: str, month: str, day: str) -> date | None:
    if len(year) != 4 or int(year) < EARLIEST or len(day) > 2:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
