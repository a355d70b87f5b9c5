"""A page to read: a report, a timeline, a result to write down."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from secterm.tui.screens.room import Room
from secterm.words import _


class Reader(Room[None]):
    """Shows a text; Enter or Esc goes back."""

    HELP_TEXT = _("Arrows, PgUp and PgDn move through the text. Enter or Esc goes back.")
    BINDINGS = [Binding("enter", "go_on", _("Go on"))]

    def __init__(self, where: str, title: str, text: str) -> None:
        super().__init__(where)
        self._title = title
        self._text = text

    def body(self) -> ComposeResult:
        """Title and text."""
        yield Static(self._title, classes="title", markup=False)
        with VerticalScroll(id="page"):
            yield Static(self._text, markup=False)

    def action_go_on(self) -> None:
        """Enter leaves it too."""
        self.action_back()

    def on_mount(self) -> None:
        """The arrows move the text."""
        self.set_focus(self.query_one("#page"))
