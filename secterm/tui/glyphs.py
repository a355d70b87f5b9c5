"""What a terminal can draw. A bare console's font has a few hundred characters; what it
lacks is shown as a mark that fills the same columns, never as another letter: a name is
not altered on its way to the screen. And no terminal is sent what it would act on.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final, Literal

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from secterm.words import _

Set = Literal["console", "unicode"]

MARK: Final = "\N{REPLACEMENT CHARACTER}"  # the font has it, and it says what it is

# Debian's default console font, Lat15-Fixed16 of console-setup-linux, above U+007E.
RANGES: Final = (
    "A0-FF 110 11E-11F 130-131 152-153 15E-161 178 17D-17E 192 2C6 2C9 2DC 391-392 395-397 "
    "399-39A 39C-39D 39F 3A1 3A4 3A7 3BC 3C0 401 405-408 410 412 415 41A 41C-41E 420-422 425 "
    "430 435 43E 440-441 443 445 451 455-458 4AE 2000-200A 2010-2015 2018-201A 201C-201E "
    "2020-2022 2026 202F-2030 2039-203A 203C 207F 20A7 20AC 20AE 2116 2122 212A-212B 2190-2193 "
    "2205 2208 2212 221E 2229 2248 2260-2261 2264-2265 226A-226B 2295-2296 2298-2299 229B-229C "
    "2460-2468 24B6-24EA 2500-257F 2588 2591-2592 25A0 25AE 25B2 25B4 25B6 25B8 25BC 25BE 25C0 "
    "25C2 25C8 25CF 2610-2612 2666 2717-2718 2BBD FFFD"
)


def _listed(ranges: str) -> frozenset[str]:
    spans = [[int(end, 16) for end in one.split("-")] for one in ranges.split()]
    return frozenset(chr(c) for span in spans for c in range(span[0], span[-1] + 1))


CONSOLE: Final = _listed(RANGES) | frozenset(map(chr, range(0x20, 0x7F)))

# Signs, never letters: each means the same and takes as many columns.
ALIKE: Final = str.maketrans(
    {
        "‛": "‘",
        "‟": "“",
        "′": "'",
        "″": '"',
        "⁄": "/",
        "⁃": "‐",
        "‣": "•",
        "◦": "•",
        "⁎": "*",
        "∗": "*",
        "∙": "·",
        "⋅": "·",
        "⇒": "→",
        "⇐": "←",
        "⁓": "~",
        "∼": "~",
    }
)

# Controls, what turns the direction of writing round, and halves of characters.
_ACTS: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


@cache
def _beyond() -> re.Pattern[str]:
    """What a console has not."""
    return re.compile("[^" + re.escape("".join(sorted(CONSOLE))) + "]")


def fitting(environment: Mapping[str, str] = os.environ) -> Set:
    """The set that suits this terminal: the console's on a Linux console or an old terminal."""
    term = environment.get("TERM", "")
    return "console" if term.startswith(("linux", "vt", "con")) else "unicode"


def shows(text: str) -> bool:
    """Whether a console's font has every character of a text."""
    return not _beyond().search(unicodedata.normalize("NFC", text.translate(ALIKE)))


def told(text: str) -> str:
    """What is said beside a text that a console cannot show whole; else empty."""
    if shows(text):
        return ""
    return _(
        "This console cannot show some of these letters: {mark} stands for each. They are "
        "recorded in full; another terminal shows them, and so does an archive."
    ).format(mark=MARK)


@lru_cache(4096)
def drawn(text: str) -> str:
    """The text in a console's characters, in as many columns.

    A letter and the marks on it are one character where the font has it so; where it has
    not, both are unshown, since the letter without its mark would be another name's.
    """
    if not _beyond().search(text):
        return text
    whole = text.translate(ALIKE)
    if not _beyond().search(whole):
        return whole
    spans, _width = split_graphemes(whole)
    return "".join(_one(whole[start:end], columns) for start, end, columns in spans)


def _one(cluster: str, columns: int) -> str:
    composed = unicodedata.normalize("NFC", cluster)
    if not _beyond().search(composed) and cell_len(composed) == columns:
        return composed
    return MARK * columns


@lru_cache(4096)
def still(text: str) -> str:
    """The text in as many columns, with a mark for what a terminal would act on.

    Such a character has no column of its own and goes with the one before it.
    """
    if not _ACTS.search(text):
        return text
    spans, _width = split_graphemes(text)
    clusters = [(text[start:end], columns) for start, end, columns in spans]
    return "".join(MARK * columns if _ACTS.search(one) else one for one, columns in clusters)


class Still(LineFilter):
    """Lets no text move the cursor, change a colour or turn a line round, wherever it is from."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same columns; mostly the same segments."""
        return [
            segment if segment.text.isprintable() else Segment(still(segment.text), *segment[1:])
            for segment in segments
        ]


class Glyphs(LineFilter):
    """Draws every line in a console's characters."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same columns, in characters that the font has."""
        return [
            segment if segment.text.isascii() else Segment(drawn(segment.text), *segment[1:])
            for segment in segments
        ]
