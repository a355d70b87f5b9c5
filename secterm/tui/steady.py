"""Columns that hold whatever a terminal makes of a script. Terminals do not agree on
how wide Indic vowel signs, joined characters or new emoji are; one that draws a name
wider than it was measured would push all behind it out of its column.
"""

from __future__ import annotations

import re
from typing import Final

from rich.cells import cell_len
from textual.drivers.linux_driver import LinuxDriver

# Scripts from Devanagari to Myanmar, joining Hangul, Khmer to Vedic signs, the joiner, what
# chooses between text and picture, the scripts behind them, and all pictures.
UNSURE: Final = (
    "\u0900-\u109f\u1160-\u11ff\u1700-\u1cff\u200d\ufe0e\ufe0f\ua800-\uabff"
    "\U00011000-\U00011fff\U0001f000-\U0001faff"
)
_ANY: Final = re.compile(f"[{UNSURE}]")

# An escape sequence; or a text up to the next column, with the gap before that, which may
# be styled on its own.
_STYLE: Final = re.compile("\x1b\\[[0-9;]*m")
_PIECE: Final = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]|\x1b[^\\[]"
    "|((?:[^\x00-\x1f\x7f ]| (?! ))+)( *(?:(?:\x1b\\[[0-9;]*m)+ +)*)"
)


def steady(sent: str) -> str:
    """The same, and after each text of unsure width the cursor where it was meant to be.

    The place is saved, as many columns blanked, the text drawn from that place, the place
    restored (DECSC, DECRC), and the cursor moved as far as the text was measured. What is
    drawn wider takes of the gap behind it.
    """
    return _PIECE.sub(_placed, sent) if _ANY.search(sent) else sent


def _placed(piece: re.Match[str]) -> str:
    text, gap = piece.groups()
    if not text or not _ANY.search(text):
        return piece.group()
    measured, styles = cell_len(text), "".join(_STYLE.findall(gap))
    columns = measured + cell_len(_STYLE.sub("", gap))
    move = f"\x1b[{columns}C" if columns else ""
    return f"\x1b7{' ' * measured}{gap}\x1b8\x1b7{text}\x1b8{move}{styles}"


class Steady(LinuxDriver):
    """Textual's own driver, with columns that hold."""

    def write(self, data: str) -> None:
        """Sends what is drawn."""
        super().write(steady(data))
