"""Recorded dates as people read them: in full, so that nobody can read them in two ways."""

from __future__ import annotations

from datetime import date
from typing import Final

from secterm.words import _

MONTHS: Final = (
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
)


def recorded(text: str) -> date | None:
    """The day of a recorded date or time (ISO 8601); None for another text."""
    try:
        return date.fromisoformat(text[:10]) if len(text) == 10 or text[10:11] == "T" else None
    except ValueError:
        return None


def in_full(day: date) -> str:
    """A date that nobody can read in two ways: `3 May 1990`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def told(text: str) -> str:
    """A recorded date (ISO 8601, with or without a time) in full; another text as it is."""
    day = recorded(text)
    return in_full(day) if day else text
