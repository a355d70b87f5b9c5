"""The fonts that papers are set in: one that is installed and has Latin, Greek and
Cyrillic, and beside it one with Chinese, Japanese and Korean letters. Where there is
none, PDF's own Helvetica. A letter that none of them has is never dropped: its
number in Unicode stands for it.
"""

from __future__ import annotations

import logging
import os
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTLibError
from fpdf import FPDF

from secterm.policy.texts import shown

PLACES: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
TEXT: Final = (
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
)
FURTHER: Final = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
)
CORE: Final = "helvetica"
CORE_LETTERS: Final = "cp1252"  # what PDF's own fonts have

for library in ("fpdf", "fontTools"):  # they would write over the screen
    logging.getLogger(library).addHandler(logging.NullHandler())
    logging.getLogger(library).propagate = False


class Fonts:
    """The fonts of one document, and the letters that it asked for in vain."""

    def __init__(self, pdf: FPDF) -> None:
        self._pdf = pdf
        self._further: list[str] = []  # families that were added for a letter
        self._untried = list(FURTHER)
        self._widths: dict[tuple[str, str], float] = {}
        self._known: dict[str, str] = {}
        self.unshown: set[str] = set()
        self.family = "text" if self._text() else CORE
        if self.family == CORE:
            pdf.core_fonts_encoding = CORE_LETTERS
        for style in ("B", ""):
            pdf.set_font(self.family, style)

    def shown(self, text: str) -> str:
        """The text in letters that there are, others as `[U+5317]`; lines stay lines."""
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
        return "".join(self._known.get(char) or self._letter(char) for char in text)

    def width(self, char: str, style: str) -> float:
        """How wide a letter that is `shown` is at a size of one point, in points."""
        found = self._widths.get((char, style))
        if found is None:
            found = self._widths[char, style] = self._measured(char, style)
        return found

    def _measured(self, char: str, style: str) -> float:
        font = self._pdf.fonts[f"{self.family}{style}"]
        if self.family == CORE:
            char = char.encode(CORE_LETTERS).decode("latin-1")
        elif ord(char) not in self._letters_of(font.fontkey):
            family = next(one for one in self._further if ord(char) in self._letters_of(one))
            font = self._pdf.fonts[family]
        return float(font.get_text_width(char, 1, None)[1])

    def _letter(self, char: str) -> str:
        if char == "\n" or (shown(char) and self._has(char)):
            self._known[char] = char
        else:
            self._known[char] = f"[U+{ord(char):04X}]"
            self.unshown.add(char)
        return self._known[char]

    def _has(self, char: str) -> bool:
        if self.family == CORE:
            try:
                return len(char.encode(CORE_LETTERS)) == 1
            except UnicodeEncodeError:
                return False
        if all(ord(char) in self._letters_of(key) for key in ("text", "textB")):
            return True
        if any(ord(char) in self._letters_of(family) for family in self._further):
            return True
        while self._untried:
            family = f"further{len(self._further)}"
            if self._add(family, "", self._untried.pop(0)):
                self._further.append(family)
                self._pdf.set_fallback_fonts(self._further, exact_match=False)
                if ord(char) in self._letters_of(family):
                    return True
        return False

    def _letters_of(self, key: str) -> dict[int, int]:
        font = self._pdf.fonts.get(key)
        return getattr(font, "cmap", {}) if font is not None else {}

    def _text(self) -> bool:
        return any(
            self._add("text", "", plain) and self._add("text", "B", bold) for plain, bold in TEXT
        )

    def _add(self, family: str, style: str, name: str) -> bool:
        """Whether there is such a font, and it can be used."""
        path = installed(PLACES).get(name)
        if path is None:
            return False
        self._pdf.fonts.pop(f"{family}{style}", None)
        try:
            self._pdf.add_font(family, style, path)
        except (OSError, TTLibError, ValueError, KeyError):
            return False
        return True


@cache
def installed(places: tuple[Path, ...]) -> dict[str, Path]:
    """The font files under these folders by name; the first one of each."""
    wanted = {*FURTHER, *(name for pair in TEXT for name in pair)}
    found: dict[str, Path] = {}
    for place in places:
        for folder, folders, names in os.walk(place):
            folders.sort()
            for name in wanted.intersection(names):
                found.setdefault(name, Path(folder, name))
    return found
