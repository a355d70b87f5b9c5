"""The interview's keys. A letter belongs to the answer or the text first; so each
thing that a letter does has a key that always does it, and what is told is the one
that works now.
"""

from __future__ import annotations

from typing import Final

from textual.binding import Binding
from textual.widgets import Input, TextArea

from secterm.tui.screens.room import Room
from secterm.tui.widgets.choices import Choices
from secterm.words import _

LETTERS: Final = {"before": "b", "note": "n", "mark": "f", "jump": "/"}


class Keyed(Room[bool]):
    """A room that does `before`, `after`, `note`, `mark`, `jump` and `edge` by these keys."""

    BINDINGS = [
        Binding("enter", "go_on", _("Go on"), priority=True),
        Binding("b", "letter('before')", _("Previous")),
        Binding("pageup", "fixed('before')", _("Previous")),
        Binding("pagedown", "after", _("Next"), priority=True),
        Binding("n", "letter('note')", _("Note")),
        Binding("f4", "fixed('note')", _("Note")),
        Binding("f", "letter('mark')", _("Mark")),
        Binding("f5", "fixed('mark')", _("Mark")),
        Binding("/", "letter('jump')", _("Jump")),
        Binding("f7", "fixed('jump')", _("Jump")),
        Binding("home", "edge(0)", _("First"), show=False, priority=True),
        Binding("end", "edge(-1)", _("Last"), show=False, priority=True),
        # These always work; the keys above are those that are told.
        Binding("pageup", "before", "", show=False, priority=True),
        Binding("f4", "note", "", show=False, priority=True),
        Binding("f5", "mark", "", show=False, priority=True),
        Binding("f7", "jump", "", show=False, priority=True),
    ]

    asking = False  # whether a question is on the page, not the last page

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A letter that belongs to the answer or the text does nothing else."""
        if action in ("letter", "fixed"):
            what = str(parameters[0])
            by_letter = self._hears(LETTERS[what])
            return self._may(what) and by_letter == (action == "letter")
        if action == "edge":
            return not isinstance(self.focused, Input | TextArea) and self.asking
        return self._may(action) and super().check_action(action, parameters)

    def _may(self, action: str) -> bool:
        return self.asking or action not in ("note", "after")

    def _hears(self, letter: str) -> bool:
        focused = self.focused
        if isinstance(focused, Input | TextArea):
            return False
        return not (isinstance(focused, Choices) and focused.answers_to(letter))

    async def action_letter(self, what: str) -> None:
        """What a letter does."""
        await self.run_action(what)

    async def action_fixed(self, what: str) -> None:
        """What the key beside it does."""
        await self.run_action(what)
