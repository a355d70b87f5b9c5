"""The palette."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Static

from secterm.tui.screens.dialogs import Box
from secterm.tui.widgets.chrome import bindings_of, key_name
from secterm.tui.widgets.line import Line
from secterm.tui.widgets.rows import Row, Rows
from secterm.words import _


class Palette(Box[str]):
    """All that can be done here, found by typing. Gives the action to run."""

    BINDINGS = [
        Binding("enter", "run", _("Do it"), priority=True),
        Binding("escape", "close", _("Back")),
        Binding("up", "move(-1)", _("Up"), show=False),
        Binding("down", "move(1)", _("Down"), show=False),
    ]

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self._all = [
            Row(b.action, f"{b.description:<40} {key_name(b.key.split(',')[0])}")
            for b in bindings_of(about)
            if b.show and b.action != "palette"
        ]

    def inside(self) -> ComposeResult:
        """A line to type in, and what fits it."""
        yield Static(_("What do you want to do?"), classes="title", markup=False)
        yield Line()
        rows = Rows(self._all)
        rows.add_class("driven")
        yield rows

    def on_input_changed(self) -> None:
        """Shows what fits."""
        wanted = self.query_one(Line).value.casefold()
        self.query_one(Rows).show([r for r in self._all if wanted in r.text.casefold()])

    def action_run(self) -> None:
        """Runs the row under the cursor, if any fits."""
        self.on_input_changed()
        if self.query_one(Rows).key:
            self.dismiss(self.query_one(Rows).key)

    def action_move(self, by: int) -> None:
        """Moves the cursor while the keys are in the line."""
        self.query_one(Rows).action_move(by)

    def action_close(self) -> None:
        """Nothing is run."""
        self.dismiss("")
