"""The themes: dark, light, high contrast, and two of the sixteen colours that a bare
Linux console has, in their exact values. Every text in them stands out from what it
stands on by 7:1 or more (WCAG 2, contrast enhanced).
"""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

from secterm.tui.terminals import Colours

# The sixteen, as the kernel has them (drivers/tty/vt/vt.c): grey is the brightest ground.
BLACK: Final = "#000000"
BLUE: Final = "#0000aa"
CYAN: Final = "#00aaaa"
RED: Final = "#aa0000"
GREY: Final = "#aaaaaa"
GREEN: Final = "#55ff55"
YELLOW: Final = "#ffff55"
WHITE: Final = "#ffffff"

Pair = tuple[str, str]  # a text's colour, and what it stands on


def _theme(
    name: str,
    text: Pair,
    *,
    soft: str,
    good: str,
    title: Pair,
    field: Pair,
    bar: Pair,
    key: Pair,
    trouble: Pair,
    dark: bool = True,
) -> Theme:
    """A theme of our own words; the style sheet names no other colours."""
    own = {
        "title": title,
        "field": field,
        "bar": bar,
        "key": key,
        "trouble": trouble,
    }
    variables = {f"{word}-text": pair[0] for word, pair in own.items()}
    variables |= {f"{word}-ground": pair[1] for word, pair in own.items()}
    return Theme(
        name=name,
        primary=soft,
        secondary=soft,
        accent=title[0],
        warning=title[0],
        error=trouble[0],
        success=good,
        foreground=text[0],
        background=text[1],
        surface=text[1],
        panel=text[1],
        boost=text[1],
        dark=dark,
        text_alpha=1.0,
        variables=variables,
    )


CONSOLE: Final = _theme(
    "console",
    (GREY, BLACK),
    soft=CYAN,
    good=GREEN,
    title=(YELLOW, BLACK),
    field=(WHITE, BLUE),
    bar=(WHITE, BLUE),
    key=(YELLOW, BLUE),
    trouble=(WHITE, RED),
)
CONSOLE_LIGHT: Final = _theme(
    "console-light",
    (BLACK, GREY),
    soft=BLACK,
    good=BLACK,
    title=(WHITE, BLUE),
    field=(WHITE, BLACK),
    bar=(WHITE, BLUE),
    key=(YELLOW, BLUE),
    trouble=(WHITE, RED),
    dark=False,
)
CONTRAST: Final = _theme(
    "contrast",
    (WHITE, BLACK),
    soft=WHITE,
    good=WHITE,
    title=(YELLOW, BLACK),
    field=(BLACK, WHITE),
    bar=(BLACK, WHITE),
    key=(YELLOW, BLACK),
    trouble=(BLACK, YELLOW),
)
# Of the cube that terminals with 256 colours have, so that nothing is approximated there.
DARK: Final = _theme(
    "dark",
    ("#d7d7af", "#121212"),
    soft="#87afd7",
    good="#afd787",
    title=("#ffd787", "#121212"),
    field=("#ffffff", "#444444"),
    bar=("#ffffff", "#00005f"),
    key=("#ffd787", "#00005f"),
    trouble=("#ffffff", "#870000"),
)
LIGHT: Final = _theme(
    "light",
    ("#121212", "#ffffd7"),
    soft="#00005f",
    good="#005f00",
    title=("#87005f", "#ffffd7"),
    field=("#121212", "#d7d7af"),
    bar=("#ffffff", "#00005f"),
    key=("#ffd787", "#00005f"),
    trouble=("#ffffff", "#870000"),
    dark=False,
)
THEMES: Final = (CONSOLE, DARK, LIGHT, CONTRAST, CONSOLE_LIGHT)

_RICH: Final = (DARK.name, LIGHT.name, CONTRAST.name, CONSOLE.name)
_SIXTEEN: Final = (CONSOLE.name, CONSOLE_LIGHT.name, CONTRAST.name)
_OF_SIXTEEN: Final = {DARK.name: CONSOLE.name, LIGHT.name: CONSOLE_LIGHT.name}


def fitting(wanted: str, colours: Colours) -> str:
    """The theme that is drawn where this one is wanted (`auto`: what suits the terminal)."""
    rich = colours in ("256", "16m")
    name = DARK.name if wanted == "auto" else wanted
    return name if rich else _OF_SIXTEEN.get(name, name)


def after(name: str, colours: Colours) -> str:
    """The theme after this one, in turn."""
    turn = _RICH if colours in ("256", "16m") else _SIXTEEN
    return turn[(turn.index(name) + 1) % len(turn)]
