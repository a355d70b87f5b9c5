"""Whether a pack's texts can be read where they are shown: a console of 80
columns and 24 rows, which leaves a page 20 rows of 76 columns.

It must never judge what a text says, only whether a person would see all of it
and nothing that is not there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import msgspec

from secterm.policy.model import (
    CategoryTerms,
    Choice,
    Field,
    FollowUp,
    Head,
    Module,
    Part,
    Question,
    QuizQuestion,
    Rule,
    Section,
    Undertaking,
    UnitWording,
)

COLUMNS: Final = 76  # of a page
PAGE: Final = 17  # rows of a reading page, under its title and over the keys' hint
ASKED: Final = 14  # rows of a question with its section's words, its help and choices
QUIZ: Final = 13  # rows of a quiz question with its answers
NARROW: Final = 72  # columns of what an appointee has before them
RULE: Final = 13  # rows of a rule with its reason
ANSWERS: Final = 9  # answers that a digit can choose
CHOSEN: Final = 8  # columns that an answer's number and mark take
LONGEST_ID: Final = 64  # characters

# Where a text stands in one row of a list, a label's column or a signed page's title.
ROW: Final[dict[type[msgspec.Struct], dict[str, int]]] = {
    Head: {"name": 60, "version": 32, "language": 32},
    CategoryTerms: {"name": 24, "level": 24},
    Section: {"title": 44},
    Question: {"check": 45},
    Field: {"text": 23},
    Module: {"title": 44},
    Undertaking: {"title": 72},
    Part: {"title": 68},
}
# What must say something; everything else may be left empty or has its own check.
SAID: Final[dict[type[msgspec.Struct], tuple[str, ...]]] = {
    Head: ("name", "version", "language"),
    UnitWording: ("unit", "officer", "appointee"),
    CategoryTerms: ("name", "level"),
    Section: ("title",),
    Question: ("text",),
    Choice: ("text",),
    Field: ("text",),
    FollowUp: ("text",),
    Module: ("title", "summary"),
    QuizQuestion: ("text", "why"),
    Undertaking: ("title", "preamble", "declaration"),
    Part: ("title",),
    Rule: ("text", "reason"),
}
# These are broken into lines when they are shown, so they may have their own.
_OF_MANY_LINES: Final = ("reading", "preamble", "declaration", "clauses")
_JOINERS: Final = "\u200c\u200d"  # part of how some languages are spelled
_PLACEHOLDER: Final = re.compile(r"\{[A-Za-z_]\w*\}")


def faults(where: str, value: msgspec.Struct) -> Iterator[str]:
    """Every text in a value and below it that could not be read as it stands."""
    kind = type(value)
    for key in SAID.get(kind, ()):
        if not str(getattr(value, key)).strip():
            yield f"{where}: {key}: is empty"
    for key, name in zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True):
        yield from _inside(f"{where}: {key}", key, value, name)
    yield from _rooms(where, value)


def cells(text: str) -> int:
    """Columns that a line of text takes on a console."""
    return len(text) if text.isascii() else sum(map(_width, text))


def rows(text: str, columns: int = COLUMNS) -> int:
    """Rows that a text takes when it is wrapped between words; none where it is empty."""
    return sum(_wrapped(line, columns) for line in text.split("\n")) if text.strip() else 0


def same(text: str) -> str:
    """What two texts have in common that a reader could not tell apart."""
    return " ".join(text.split()).casefold()


def _width(char: str) -> int:
    if unicodedata.combining(char) or char in _JOINERS:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _wrapped(line: str, columns: int) -> int:
    taken, used = 1, 0
    for word in line.split():
        wide = cells(word)
        if used and used + 1 + wide <= columns:
            used += 1 + wide
            continue
        taken += (used > 0) + max(wide - 1, 0) // columns
        used = max(wide - 1, 0) % columns + 1
    return taken


def _inside(place: str, key: str, value: msgspec.Struct, name: str) -> Iterator[str]:
    held = getattr(value, name)
    if isinstance(held, str):
        yield from _text(place, key, held, filled=isinstance(value, Undertaking))
        widest = ROW.get(type(value), {}).get(key)
        if widest is not None and cells(held) > widest:
            yield f"{place}: is {cells(held)} columns wide; {widest} are shown"
    elif isinstance(held, msgspec.Struct):
        yield from faults(place, held)
    elif isinstance(held, dict):
        for label, one in held.items():
            if isinstance(one, msgspec.Struct):
                yield from faults(f"{place} {label}", one)
    elif isinstance(held, tuple):
        for number, one in enumerate(held, 1):
            if isinstance(one, msgspec.Struct):
                yield from faults(f"{place} '{getattr(one, 'id', number)}'", one)
            elif isinstance(one, str):
                filled = isinstance(value, Part)
                yield from _text(f"{place} #{number}", key, one, filled=filled)


def _text(place: str, key: str, text: str, *, filled: bool) -> Iterator[str]:
    if key in _OF_MANY_LINES:
        text = text.replace("\n", " ")
    # Nearly every text is printable, and asking that costs nothing at each start.
    hidden = set() if text.isprintable() else {c for c in text if not shown(c)}
    for char in sorted(hidden):
        name = "a line end" if char == "\n" else f"the character U+{ord(char):04X}"
        yield f"{place}: holds {name}, which cannot be shown"
    if not filled and "{" in text:
        for found in dict.fromkeys(_PLACEHOLDER.findall(text)):
            yield f"{place}: placeholder {found}: nothing fills it here"


def shown(char: str) -> bool:
    """Whether a character shows as itself: no control, no mark of direction, no half of one."""
    unseen = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    return char in _JOINERS or unicodedata.category(char) not in unseen


def _rooms(where: str, value: msgspec.Struct) -> Iterator[str]:
    """What must stand together on one page does."""
    match value:
        case Module():
            for number, page in enumerate(value.reading, 1):
                yield from _page(f"{where}: reading #{number}", page)
        case Section():
            for q in value.questions:
                texts = [value.intro, f"100. {q.text}", q.help]
                taken = sum(map(rows, texts))
                taken += sum(rows(c.text, COLUMNS - CHOSEN) for c in q.choices)
                yield from _fits(f"{where}: question '{q.id}'", taken, ASKED)
                yield from _can_choose(f"{where}: question '{q.id}': choices", len(q.choices))
        case QuizQuestion():
            answers = (value.right, *value.wrong)
            taken = rows(value.text, NARROW) + sum(rows(a, NARROW - CHOSEN) for a in answers)
            yield from _fits(where, taken, QUIZ)
            yield from _can_choose(f"{where}: wrong", len(answers))
        case Rule():
            yield from _fits(where, rows(value.text) + rows(value.reason), RULE)


def _page(where: str, page: str) -> Iterator[str]:
    if not page.strip():
        yield f"{where}: is empty"
    lines = page.strip("\n").split("\n")
    taken = sum(_wrapped(line, COLUMNS) for line in lines)
    yield from _fits(where, taken, PAGE)
    for line in lines:
        if cells(line) > COLUMNS:
            yield f"{where}: a line is {cells(line)} columns wide; a page has {COLUMNS}"


def _fits(where: str, taken: int, there: int) -> Iterator[str]:
    if taken > there:
        yield f"{where}: takes {taken} rows; the page has {there}"


def _can_choose(where: str, answers: int) -> Iterator[str]:
    if answers > ANSWERS:
        yield f"{where}: are {answers} answers in all; a digit chooses from {ANSWERS}"
