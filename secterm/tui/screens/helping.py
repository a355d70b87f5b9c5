"""Help: what a screen is for, the rule behind it and its keys, on one page; and
all keys that there are.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from secterm.tui.screens.dialogs import Box
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.choices import Choices
from secterm.tui.widgets.chrome import key_name, parted_bindings
from secterm.tui.widgets.line import Line
from secterm.tui.widgets.rows import Rows
from secterm.words import _

if TYPE_CHECKING:
    from secterm.tui.screens.room import Room

WIDTH: Final = 70  # columns of text in a box
PAGE: Final = 20  # lines of a box on a screen of 24
BESIDE, APART = 2, 4  # columns from a key to what it does, and from that to the next key

Told = tuple[str, str]  # the names of a key, and what it does


class _Text(Box[None]):
    """A text in a box, moved with the arrows where it is longer."""

    BINDINGS = [
        Binding("escape,enter,f1", "close", _("Close")),
        Binding("up", "scroll(-1)", _("Up"), show=False),
        Binding("down", "scroll(1)", _("Down"), show=False),
        Binding("pageup", "page(-1)", _("Page up")),
        Binding("pagedown", "page(1)", _("Page down")),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title = title
        self.text = text

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Pages are turned where there is more than one."""
        return action != "page" or any(page.max_scroll_y for page in self.query(VerticalScroll))

    def inside(self) -> ComposeResult:
        """Title and text."""
        yield Static(self._title, classes="title", markup=False)
        yield Static(self.text, markup=False)

    def action_scroll(self, by: int) -> None:
        """Moves the text by a line."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """Moves the text by a page."""
        page = self.query_one(VerticalScroll)
        page.scroll_relative(y=by * max(page.size.height - 1, 1), animate=False)

    def action_close(self) -> None:
        """Back to the screen."""
        self.dismiss(None)


class Help(_Text):
    """What this screen is for, the rule behind it, and its keys: one page."""

    BINDINGS = [Binding("question_mark", "keys", _("All keys"))]

    def __init__(self, about: Room[object]) -> None:
        self._about = about
        parts = [*textwrap.wrap(about.help_text, WIDTH), ""]
        if about.RULE:
            parts += [*textwrap.wrap(_("The rule: {rule}").format(rule=about.RULE), WIDTH), ""]
        own, _common = parted_bindings(about)
        parts += _in_two(_told(b for b in own if b.show))
        parts += ["", _("? shows all keys. Esc closes this.")]
        super().__init__(_("Help: {screen}").format(screen=about.where), "\n".join(parts))

    def action_keys(self) -> None:
        """All keys, in the place of this."""
        self.app.switch_screen(AllKeys(self._about))


class AllKeys(_Text):
    """Every key that does something here, also those that only move and edit."""

    BINDINGS = [Binding("question_mark", "close", _("Close"), show=False)]

    def __init__(self, about: Screen[object]) -> None:
        parts: list[str] = []
        own, everywhere = parted_bindings(about)
        common = {b.action for b in _declared((*Line.BINDINGS, *Rows.BINDINGS, *Choices.BINDINGS))}
        for title, keys in (
            (_("On this screen"), _told(b for b in own if b.action not in common)),
            (_("Everywhere"), _told(everywhere)),
            (_("Where text is typed"), _told(_declared(Line.BINDINGS))),
            (_("In lists"), _told(_declared(Rows.BINDINGS))),
            (_("Where an answer is chosen"), [*_told(_declared(Choices.BINDINGS)), *_ANSWERS]),
        ):
            parts += [title, *(f"  {line}" for line in _in_two(keys, WIDTH - 2)), ""]
        super().__init__(_("All keys"), "\n".join([*parts, _("Esc closes this.")]))


_ANSWERS: Final[list[Told]] = [
    (_("A number"), _("That answer")),
    (_("A letter"), _("The answer that begins with it")),
]


def _told(bindings: Iterable[Binding]) -> list[Told]:
    """Each key with what it does, where it does something."""
    return [
        (", ".join(key_name(key) for key in b.key.split(",")), b.description)
        for b in bindings
        if b.description
    ]


def _declared(bindings: Sequence[BindingType]) -> list[Binding]:
    return [b for b in bindings if isinstance(b, Binding)]


def _in_two(keys: Sequence[Told], width: int = WIDTH) -> list[str]:
    """Each key beside what it does; in two columns, where they fit."""
    half = (len(keys) + 1) // 2
    left, right = _column(keys[:half]), _column(keys[half:])
    across = _widest(left) + APART
    if across + _widest(right) > width:
        return _column(keys)
    pairs = itertools.zip_longest(left, right, fillvalue="")
    return [f"{fit(one, across)}{other}".rstrip() for one, other in pairs]


def _column(keys: Sequence[Told]) -> list[str]:
    width = _widest(name for name, _does in keys) + BESIDE
    return [f"{fit(name, width)}{does}" for name, does in keys]


def _widest(texts: Iterable[str]) -> int:
    return max(map(cell_len, texts), default=0)
