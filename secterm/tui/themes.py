"""Three themes. The console's has only the sixteen colours that a bare Linux
console has, in their exact values, so that nothing is guessed from them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from textual.theme import Theme


def _own(*, field: str, field_text: str, bar: str, bar_text: str) -> dict[str, str]:
    """The colours that our own style sheet names."""
    return {"field": field, "field-text": field_text, "bar": bar, "bar-text": bar_text}


CONSOLE: Final = Theme(
    name="console",
    primary="#00aaaa",
    secondary="#00aa00",
    accent="#ffff55",
    warning="#ffff55",
    error="#ff5555",
    success="#55ff55",
    foreground="#aaaaaa",
    background="#000000",
    surface="#000000",
    panel="#0000aa",
    boost="#000000",
    dark=True,
    text_alpha=1.0,
    variables=_own(field="#0000aa", field_text="#ffffff", bar="#00aaaa", bar_text="#000000"),
)
DARK: Final = Theme(
    name="dark",
    primary="#7fb4ca",
    secondary="#98bb6c",
    accent="#e6c384",
    warning="#e6c384",
    error="#ff7a6b",
    success="#98bb6c",
    foreground="#dcd7ba",
    background="#16161d",
    surface="#16161d",
    panel="#2a2a37",
    boost="#16161d",
    dark=True,
    text_alpha=1.0,
    variables=_own(field="#2a2a37", field_text="#ffffff", bar="#2d4f67", bar_text="#ffffff"),
)
CONTRAST: Final = Theme(
    name="contrast",
    primary="#ffffff",
    secondary="#ffffff",
    accent="#ffff55",
    warning="#ffff55",
    error="#ffff55",
    success="#ffffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    boost="#000000",
    dark=True,
    text_alpha=1.0,
    variables=_own(field="#ffffff", field_text="#000000", bar="#ffffff", bar_text="#000000"),
)
THEMES: Final = (CONSOLE, DARK, CONTRAST)


def after(name: str) -> str:
    """The theme after this one, in turn."""
    names = [theme.name for theme in THEMES]
    return names[(names.index(name) + 1) % len(names)]


def chosen(setting: str) -> str:
    """The theme that a setting names; the one that suits this terminal where it names none."""
    return setting if setting in [theme.name for theme in THEMES] else fitting()


def fitting(environment: Mapping[str, str] = os.environ) -> str:
    """The theme that suits this terminal: the console's where there are sixteen colours."""
    rich = environment.get("COLORTERM", "") in ("truecolor", "24bit")
    rich = rich or "256color" in environment.get("TERM", "")
    return DARK.name if rich else CONSOLE.name
