"""What a terminal can draw: how many colours, and what is sent where it has few.

A Linux console has eight grounds and sixteen texts. What makes a text bold makes it
bright there, so that bold black is grey, and what is reversed keeps its brightness
(`build_attr` in drivers/tty/vt/vt.c): on such a terminal nothing is left to either.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

Colours = Literal["none", "16", "256", "16m"]

SYSTEMS: Final[Mapping[Colours, ColorSystem]] = {
    "none": ColorSystem.STANDARD,
    "16": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "16m": ColorSystem.TRUECOLOR,
}
ENOUGH: Final = 7.0  # WCAG 2.2, 1.4.6

# The kernel's own values, in its order: the eight, and the same brighter.
SIXTEEN: Final = (
    (0, 0, 0),
    (170, 0, 0),
    (0, 170, 0),
    (170, 85, 0),
    (0, 0, 170),
    (170, 0, 170),
    (0, 170, 170),
    (170, 170, 170),
    (85, 85, 85),
    (255, 85, 85),
    (85, 255, 85),
    (255, 255, 85),
    (85, 85, 255),
    (255, 85, 255),
    (85, 255, 255),
    (255, 255, 255),
)
_COLOURS: Final = tuple(RichColor.from_triplet(ColorTriplet(*each)) for each in SIXTEEN)
_TEXT, _GROUND, _WHITE = 7, 0, 15


def fitting(environment: Mapping[str, str] = os.environ) -> Colours:
    """How many colours this terminal has, by what it says of itself."""
    term = environment.get("TERM", "")
    if environment.get("NO_COLOR") or term.startswith("vt") or term.endswith(("-m", "-mono")):
        return "none"
    if term.startswith(("linux", "con")) or term in ("screen", "tmux", "xterm-16color"):
        return "16"  # whatever a terminal around it said
    if environment.get("COLORTERM", "") in ("truecolor", "24bit") or term.endswith("-direct"):
        # GNU screen hands the word on and takes no such colours.
        alone = "STY" in environment and "TMUX" not in environment
        return "256" if alone else "16m"
    return "256" if "256color" in term else "16"


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """How far two colours stand apart, 1 to 21 (WCAG 2.2, contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: tuple[int, int, int]) -> float:
    parts = [c / 255 for c in colour]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class Sixteen(LineFilter):
    """Draws every style in exact colours of the sixteen, each text readable on its ground."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same text; of its styles only bold stays beside the colours."""
        return [
            segment if segment.style is None else Segment(text, _sixteen(segment.style), control)
            for segment in segments
            for text, _style, control in (segment,)
        ]


class Colourless(LineFilter):
    """Sends no colour at all: bold, reversed and underlined say what colours said."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same text without colours."""
        return [
            segment if segment.style is None else Segment(text, _colourless(segment.style), control)
            for segment in segments
            for text, _style, control in (segment,)
        ]


@lru_cache(1024)
def _sixteen(style: Style) -> Style:
    text, ground = _number(style.color, _TEXT), _number(style.bgcolor, _GROUND) & 7
    bold = bool(style.bold)
    if style.reverse:
        text, ground = ground, text & 7
    text, ground = _readable(text, ground)
    bright = text | 8 if bold else text
    if contrast(SIXTEEN[bright], SIXTEEN[ground]) < ENOUGH:
        bold = False
    return Style(color=_COLOURS[text], bgcolor=_COLOURS[ground], bold=bold, meta=style.meta)


def _readable(text: int, ground: int) -> tuple[int, int]:
    for each in ((text, ground), (_WHITE, ground), (0, ground)):
        if contrast(SIXTEEN[each[0]], SIXTEEN[each[1]]) >= ENOUGH:
            return each
    return 0, _TEXT


def _number(colour: RichColor | None, else_: int) -> int:
    if colour is None or colour.is_default:
        return else_
    number = colour.downgrade(ColorSystem.STANDARD).number
    return else_ if number is None else number


@lru_cache(1024)
def _colourless(style: Style) -> Style:
    bold = style.bold and not style.reverse  # both together are grey on grey on a console
    return Style(bold=bold, reverse=style.reverse, underline=style.underline, meta=style.meta)
