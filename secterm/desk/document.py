"""The undertaking as the appointee reads it: the pack's text with the
particulars filled in. What comes out here is hashed and signed to the letter.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from secterm.dossier.entries import Particulars
from secterm.policy.model import Pack

WIDTH: Final = 72  # columns
PARAGRAPHS_KEPT: Final = 256  # of packs, and of nobody


def undertaking(pack: Pack, particulars: Particulars, *, unit: str, officer: str, on: date) -> str:
    """The whole document as plain text, lines of at most 72 columns, ending in a newline."""
    terms = pack.head.categories[particulars.category]
    low, high = terms.cooling_off_years
    filled = {
        "name": particulars.name,
        "born": particulars.born,
        "identity_number": particulars.identity_number,
        "post": particulars.post,
        "department": particulars.department,
        "category": terms.name,
        "level": terms.level,
        "unit": unit,
        "officer": officer,
        "date": on.isoformat(),
        "cooling_off": f"{low} to {high} years" if low != high else f"{low} years",
    }
    return "\n".join(_lines(pack, filled)) + "\n"


def _lines(pack: Pack, filled: dict[str, str]) -> Iterator[str]:
    document = pack.undertaking
    title = document.title.format_map(filled)
    yield title.upper()
    yield ""
    yield from _paragraphs(document.preamble, filled)
    for part_number, part in enumerate(document.parts, 1):
        yield f"{part_number}. {part.title}"
        yield ""
        for number, clause in enumerate(part.clauses, 1):
            yield from _wrapped(clause, filled, f"{part_number}.{number}  ")
            yield ""
    yield "Declaration"
    yield ""
    yield from _paragraphs(document.declaration, filled)
    yield f"Policy pack {pack.head.id} {pack.head.version}, {pack.digest}"


def _paragraphs(text: str, filled: dict[str, str]) -> Iterator[str]:
    for paragraph in text.strip().split("\n\n"):
        yield from _wrapped(paragraph, filled)
        yield ""


def _wrapped(text: str, filled: dict[str, str], label: str = "") -> Sequence[str]:
    """A paragraph's lines, the label before the first."""
    whole = text.format_map(filled)
    return _same(text, label) if whole == text else _wrap(whole, label)


@lru_cache(PARAGRAPHS_KEPT)
def _same(text: str, label: str) -> tuple[str, ...]:
    """One into which nothing is filled: it is the same for everybody, and kept."""
    return tuple(_wrap(text, label))


def _wrap(text: str, label: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=label, subsequent_indent=" " * len(label))
