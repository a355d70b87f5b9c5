"""What an officer may set about the screens: never a rule, never a secret. The values
and their bounds; `reading` and `writing` have the file.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import msgspec

from secterm.dossier.standings import Kind, Stage
from secterm.words import _

Theme = Literal["auto", "console", "dark", "light", "contrast"]
Glyphs = Literal["auto", "console", "unicode"]
Dates = Literal["day-first", "month-first", "year-first"]
Order = Literal["waiting", "lapse", "name", "opened"]

THEMES: Final[tuple[Theme, ...]] = get_args(Theme)
GLYPHS: Final[tuple[Glyphs, ...]] = get_args(Glyphs)
DATES: Final[tuple[Dates, ...]] = get_args(Dates)
ORDERS: Final[tuple[Order, ...]] = get_args(Order)
STAGES: Final[tuple[str, ...]] = (*get_args(Stage), "damaged", "erased")
OWED: Final[tuple[str, ...]] = get_args(Kind)
IDLE: Final = (30, 3600)  # seconds: what is unlocked is never left alone for longer
WITHIN: Final = (0, 3650)  # days
MOST_VIEWS: Final = 9  # one for each number key
LONGEST_NAME: Final = 30  # characters of a view's name
LONGEST_WORDS: Final = 200  # characters of a view's words


class View(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A saved view of the list: which dossiers it shows, and in which order.

    `stages` and `owed` are the words of a card; none means all. `words` are typed
    into the filter. `within` days: only what lapses so soon, or lapsed; 0 means all.
    """

    name: str
    stages: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()
    words: str = ""
    within: int = 0
    order: Order = "waiting"


VIEWS: Final = (
    View(
        name=_("To do"),
        stages=(
            "screening",
            "training",
            "undertaking",
            "rules",
            "decision",
            "second",
            "deferred",
            "lapsed",
        ),
    ),
    View(name=_("To decide"), stages=("decision", "second", "deferred")),
    View(name=_("Lapsing"), stages=("admitted", "lapsed"), within=90, order="lapse"),
    View(name=_("Admitted"), stages=("admitted",), order="name"),
    View(name=_("Over"), stages=("refused", "withdrawn", "left", "erased"), order="opened"),
    View(name=_("All"), order="opened"),
)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings, each with its default. `idle` in seconds."""

    idle: int = 600
    theme: Theme = "auto"
    glyphs: Glyphs = "auto"
    dates: Dates = "day-first"
    recipients: tuple[str, ...] = ()
    views: tuple[View, ...] = VIEWS
