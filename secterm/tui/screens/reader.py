"""A page to read: a report, a timeline, a result to write down."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from secterm.tui.screens.room import Room
from secterm.words import _


class Reader(Room[None]):
    """Shows a text; Enter or Esc goes back."""

    HELP_TEXT = _("Arrows, PgUp and PgDn move through the text. Enter or Esc goes back.")
    RULE = _("What stands here can be read and not edited.")
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

    def place(self) -> str:
        """The line at the top."""
        return f"{self.query_one('#page').scroll_offset.y or ''}"

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """Back to that line."""
        page = self.query_one("#page")
        if word.isdecimal():
            self.call_after_refresh(page.scroll_to, y=int(word), animate=False, force=True)


class Kept(Reader):
    """What was typed before a lock and has no place any more; nothing typed is thrown away."""

    HELP_TEXT = _(
        "What you had typed when it locked. Its place is not there any more: the dossier was "
        "changed, or the way there was left. Copy what you still need; Enter or Esc lets it go."
    )

    def __init__(self, texts: Sequence[str], dossier: str = "") -> None:
        self._texts = texts
        super().__init__(
            _("Typed before the lock"),
            _("What you had typed before the lock does not fit here any more. This was it:"),
            "\n\n".join(texts),
        )
        self.dossier_id = dossier

    def typed(self) -> dict[str, str]:
        """It is kept until it was let go."""
        return {str(n): text for n, text in enumerate(self._texts)}

    def called(self, id: str) -> str:
        """Each text says by itself what it is."""
        return ""
