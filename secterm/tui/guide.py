"""Offers tours and ends them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from secterm.tui.screens.dialogs import Question
from secterm.tui.widgets.choices import Choice
from secterm.tui.widgets.coach import Coach
from secterm.words import _

if TYPE_CHECKING:
    from secterm.tui.app import SectermApp
    from secterm.tui.tour import Tour


class Guide:
    """The tour that is under way; for a first run, in a throw-away vault that goes with them."""

    def __init__(self, app: SectermApp) -> None:
        self._app = app
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._home = (app.vault, app.hint)
        self.tour: Tour | None = None

    def offer(self) -> None:
        """Asks whether the tour is wanted."""
        question = Question(
            _("A tour of two minutes?"),
            _("It shows the way from the list to the lock, in this vault of invented people."),
            [Choice("yes", _("Yes, show me")), Choice("no", _("No, I look around by myself"))],
        )
        self._app.push_screen(question, lambda answer: self.begin() if answer == "yes" else None)

    def begin(self) -> None:
        """The tour, from the list on."""
        from secterm.tui.tour import Tour  # it names rooms that come with the unlocked vault

        self.tour = Tour(self._app)
        self._show()

    def build(self, make: Callable[[Path], str]) -> Callable[[Callable[[str], None]], None]:
        """Work that makes the throw-away vault and goes there; `make` gives its hint."""

        def work(tell: Callable[[str], None]) -> None:
            self._folder = tempfile.TemporaryDirectory(prefix="secterm-tour-")
            path = Path(self._folder.name) / "tour.db"
            try:
                hint = make(path)
            except BaseException:
                self.leave()
                raise
            self._app.vault, self._app.hint = path, hint

        return work

    async def end(self) -> None:
        """No tour any more; what was made for it is gone too, once nothing works on it."""
        if self._folder is not None and self._app.at_work:
            return
        self.tour = None
        if self._folder is None:
            self._show()
            return
        self._app.close_desk()
        self.leave()
        await self._app.start_over()

    def leave(self) -> None:
        """Removes a throw-away vault; the officer's own is the one again."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
            self._app.vault, self._app.hint = self._home
            self._app.farewell = self._app.left_by = ""

    def _show(self) -> None:
        for coach in self._app.screen.query(Coach):  # none yet where a screen opens just now
            coach.follow(self.tour)
        self._app.screen.refresh_bindings()
