"""Whether an answer fits its question, and how it reads."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Final

from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.dossier.entries import Answer
    from secterm.policy.model import Field, Question

LONGEST: Final = 4000  # characters of one answer or of one field
MOST_ROWS: Final = 200


def day(text: str) -> date | None:
    """A date as YYYY-MM-DD, None for anything else."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def number(text: str) -> float | None:
    """A plain decimal number, None for anything else."""
    if not re.fullmatch(r"-?\d{1,15}([.,]\d{1,6})?", text.strip(), re.ASCII):
        return None
    return float(text.strip().replace(",", "."))


def is_blank(answer: Answer) -> bool:
    """Whether a question was passed over."""
    return isinstance(answer, str) and not answer.strip()


def fault(question: Question, answer: Answer, *, today: date) -> str:
    """What is wrong with an answer, for the person who gave it; empty where it fits."""
    if is_blank(answer):
        return _("This question needs an answer.") if question.required else ""
    match question.kind:
        case "yes_no":
            return "" if isinstance(answer, bool) else _("Answer yes or no.")
        case "choice":
            fits = any(answer == c.id for c in question.choices)
            return "" if fits else _("Choose one of the answers.")
        case "text":
            return _text(answer)
        case "date":
            return _date(answer)
        case "number":
            fits = isinstance(answer, int | float) and not isinstance(answer, bool)
            fits = fits and math.isfinite(answer)  # type: ignore[arg-type]
            return _within(question, answer) if fits else _("Write a number, such as 3 or 2.5.")
        case "list":
            return _list(question, answer)


def _within(question: Question, answer: Answer) -> str:
    least, most = question.least, question.most
    if not isinstance(answer, int | float):
        return ""
    if least is not None and answer < least:
        return _("Write a number that is not under {n:g}.").format(n=least)
    if most is not None and answer > most:
        return _("Write a number that is not over {n:g}.").format(n=most)
    return ""


def _text(answer: Answer) -> str:
    if not isinstance(answer, str):
        return _("Answer in words.")
    return "" if len(answer) <= LONGEST else _("That is too long.")


def _date(answer: Answer) -> str:
    good = isinstance(answer, str) and day(answer) is not None
    return "" if good else _("Write a date as YYYY-MM-DD, such as 1990-04-28.")


def _list(question: Question, answer: Answer) -> str:
    if not isinstance(answer, list):
        return _("Write one row for each.")
    least, most = question.least or 0, question.most
    if len(answer) < least:
        told = ngettext("Write at least {n:g} row.", "Write at least {n:g} rows.", int(least))
        return told.format(n=least)
    if len(answer) > (MOST_ROWS if most is None else min(most, MOST_ROWS)):
        return _("These are too many rows.")
    known = {f.id for f in question.fields}
    for row in answer:
        if set(row) - known:
            return _("A row has a field that is not asked.")
        for field in question.fields:
            wrong = field_fault(field, row.get(field.id, ""))
            if wrong:
                return f"{field.text}: {wrong}"
    return ""


def field_fault(field: Field, text: str) -> str:
    """What is wrong with one field of a row; empty where it fits."""
    if not text.strip():
        return _("is missing.") if field.required else ""
    if len(text) > LONGEST:
        return _("is too long.")
    match field.kind:
        case "date":
            return "" if day(text) else _("write a date as YYYY-MM-DD, such as 1990-04-28.")
        case "number":
            return "" if number(text) is not None else _("write a number.")
        case "yes_no":
            return "" if text in ("yes", "no") else _("write yes or no.")
        case _:
            return ""


def words(question: Question | None, answer: Answer, days: Callable[[str], str] = str) -> str:
    """An answer as it reads, in one line; the question may be unknown to the pack. `days`
    says how a date (YYYY-MM-DD) reads.
    """
    if isinstance(answer, bool):
        return _("yes") if answer else _("no")
    if isinstance(answer, float | int):
        return f"{answer:g}"
    if isinstance(answer, list):
        dates = {f.id for f in question.fields if f.kind == "date"} if question else set()
        rows = [
            "; ".join(days(v) if key in dates else v for key, v in row.items() if v)
            for row in answer
        ]
        return " | ".join(rows) if rows else _("none")
    if not answer.strip():
        return _("nothing to say")
    if question and question.kind == "date":
        return days(answer)
    for choice in question.choices if question else ():
        if choice.id == answer:
            return choice.text
    return " ".join(answer.split())
