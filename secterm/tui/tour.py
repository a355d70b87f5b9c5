"""A tour of two minutes through the sample vault. It says what to press and looks
whether it was done; the officer does everything themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from secterm.tui.screens.dossier import DossierRoom
from secterm.tui.screens.interview import Interview
from secterm.tui.screens.overview import Overview
from secterm.tui.screens.people import People
from secterm.tui.screens.room import Room
from secterm.words import _

if TYPE_CHECKING:
    from secterm.tui.app import SectermApp


@dataclass(frozen=True)
class Step:
    """What is said, and the room in front once it is done: None where it is locked."""

    said: str
    until: type[object] | None


class _Elsewhere:
    """Any room but those that the tour came from."""


STEPS: Final = (
    Step(
        _(
            "This list is your day: who waits for what, the longest waiting first. Digits choose "
            "another view; letters filter by name, post or number. Type: interview. Then Enter "
            "opens the first of them."
        ),
        DossierRoom,
    ),
    Step(
        _(
            "One appointee: four gates, then the decision. The first row is always the next thing "
            "to do. Enter does it."
        ),
        Interview,
    ),
    Step(
        _(
            "You ask; one key answers: y, n or a number. It is on the disk before the next "
            "question shows, and an answer that weighs asks its follow-up. Answer this one, and "
            "when the next one shows press Esc."
        ),
        DossierRoom,
    ),
    Step(
        _(
            "What was answered stands below, with your name and the time. Nothing recorded can be "
            "changed unseen. F3 shows all that happened."
        ),
        _Elsewhere,
    ),
    Step(_("Every line of it is sealed and signed. Esc, twice, leads back to the list."), People),
    Step(
        _(
            "To read, sign and take a quiz the appointee gets this keyboard; then nothing but "
            "their own page can be reached, and your passphrase takes it back. F8 now shows the "
            "overview."
        ),
        Overview,
    ),
    Step(
        _(
            "How many stand at each gate, and what lapses in the coming year. Esc leads back to "
            "the list."
        ),
        People,
    ),
    Step(
        _(
            "F1 explains every screen, ? there lists all keys, Ctrl+P finds a command by its "
            "name. Ctrl+L locks, in the middle of anything, and loses nothing. Lock now."
        ),
        None,
    ),
    Step(
        _(
            "Locked: without a passphrase nobody reads anything. The checkpoint shown here proves "
            "later that history was not cut. Unlock again."
        ),
        People,
    ),
    Step(_("That was the tour. Look around as long as you like."), None),
)


class Tour:
    """Where on the tour an officer is."""

    def __init__(self, app: SectermApp) -> None:
        self._app = app
        self._at = 0
        self.over = False

    @property
    def said(self) -> str:
        """What to do next, and how to end the tour."""
        return _("Tour {n} of {of}: {said} (F10 ends the tour.)").format(
            n=self._at + 1, of=len(STEPS), said=STEPS[self._at].said
        )

    def look(self) -> None:
        """Goes on where what was said is done."""
        if self._at + 1 < len(STEPS) and self._done(STEPS[self._at].until):
            self._at += 1

    def _done(self, until: type[object] | None) -> bool:
        if until is None:
            return self._app.desk is None
        front = self._app.screen
        if until is _Elsewhere:
            return isinstance(front, Room) and not isinstance(front, DossierRoom | Interview)
        return isinstance(front, until)
