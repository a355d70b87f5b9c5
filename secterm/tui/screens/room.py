"""What every screen shares: bar, keys, help, palette, the way back, and how
errors are told. A screen asks the desk; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import Screen
from textual.worker import Worker

from secterm import messages
from secterm.tui.widgets.chrome import Keys, Top, Trouble
from secterm.tui.widgets.coach import Coach
from secterm.words import _

if TYPE_CHECKING:
    from secterm.desk.desk import Desk
    from secterm.dossier.roles import Power
    from secterm.tui.app import SectermApp

T = TypeVar("T")
R = TypeVar("R")

CHOOSE: Final = _("Choose an answer with its number or the arrows, then press Enter.")
SECRET_KEY: Final = _(
    "That was a secret key, which nobody but its owner may have. It was taken out, and nothing of "
    "it is kept. If anybody saw it, its owner makes a new one. Give the public key (age1…)."
)


class Locked(Exception):
    """A screen that is on its way out asked for the desk; there is none any more."""


class _Styled(Screen[T]):
    """A screen that is not styled twice before it shows."""

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        # It comes before Textual's own, and what is there by now was styled as it was made.
        event.refresh_styles = self.stack_updates > 0


class Room(_Styled[T]):
    """A screen of its own. Subclasses fill `body` and say what they are for in `HELP_TEXT`."""

    HELP_TEXT: ClassVar[str] = ""
    RULE: ClassVar[str] = ""  # why it is so: what the law or the design asks
    HANDED_OVER: ClassVar[bool] = False  # the appointee has the keyboard
    NEEDS: ClassVar[Mapping[str, Power]] = {}  # what an action takes; else it is not offered
    BINDINGS = [
        Binding("escape", "back", _("Back")),
    ]

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where
        self.dossier_id = ""  # whose it is, where it is about one dossier
        self.doing = ""  # what was begun here last, in the room's own words
        self.void = ""  # what a lock would now undo for good, said after the next unlocking
        self._shown_as_of = ("", date.min)

    @property
    def shell(self) -> SectermApp:
        """The app, by its own type."""
        return cast("SectermApp", self.app)

    @property
    def desk(self) -> Desk:
        """The unlocked desk; there is none on screens before the unlocking."""
        desk = self.shell.desk
        if desk is None:
            raise Locked
        return desk

    @property
    def help_text(self) -> str:
        """What this screen is for."""
        desk = self.shell.desk
        if desk is None or all(desk.may(power) for power in self.NEEDS.values()):
            return self.HELP_TEXT
        return f"{self.HELP_TEXT} {_('What your role does not allow is not offered here.')}"

    def compose(self) -> ComposeResult:
        """Bar, body, trouble, keys."""
        yield Top(self.where, self.who())
        yield Coach()
        with Vertical(id="body"):
            yield from self.body()
        with Vertical(id="said"):
            yield Trouble()
        yield Keys()

    def who(self) -> str:
        """Who has the keyboard, for the bar."""
        handed = self.shell.handed_over
        if handed is not None and handed is not self:
            return handed.who()
        desk = self.shell.desk
        return f"{desk.unit}: {desk.officer.name}" if desk else "secterm"

    def body(self) -> ComposeResult:
        """What stands between bar and keys."""
        yield from ()

    def refill(self) -> None:
        """Something was recorded, or a day began: what the screen shows is read again."""

    def on_screen_resume(self) -> None:
        """In front, for the first time or again."""
        self.query_one(Coach).follow(self.shell.guide.tour)
        self.freshen()

    # -- what a lock interrupts -------------------------------------------------

    @property
    def kind(self) -> str:
        """Which screen it is, among those that may come up in its place."""
        return type(self).__name__

    def place(self) -> str:
        """Where on this screen the officer is, in the room's own words; empty at its beginning."""
        return ""

    def typed(self) -> dict[str, str]:
        """What is typed here and not recorded, by entry; never a secret."""
        return {}

    def called(self, id: str) -> str:
        """How a person knows what is typed in this entry, once it is read somewhere else."""
        return self.where

    @property
    def waits(self) -> bool:
        """Whether it takes up what was begun only when somebody is ready for it."""
        return False

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """Goes on after an unlocking: begins again what `doing` said, or, where this screen was
        in front, goes to the `place` and puts back what was typed.
        """

    def freshen(self) -> None:
        """Reads anew, but only where there is something new."""
        desk = self.shell.desk
        if desk is None:
            return
        now = (desk.checkpoint_line(), desk.today)
        if now != self._shown_as_of:
            self._shown_as_of = now
            top = self.query_one(Top)
            top.who = self.who()
            top.refresh()
            self.refill()

    def on_screen_suspend(self) -> None:
        """What was said here is over once another room is entered."""
        if isinstance(self.app.screen, Room):
            self.say("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offers only what the officer's role allows."""
        power = self.NEEDS.get(action)
        desk = self.shell.desk
        return power is None or desk is None or desk.may(power)

    def allowed(self, power: Power) -> bool:
        """Whether the officer's role has this power; said here where it has not."""
        if self.desk.may(power):
            return True
        from secterm.dossier.roles import not_your_role  # there since the desk was

        self.say(not_your_role(self.desk.officer.role))
        return False

    def action_back(self) -> None:
        """Leaves this screen."""
        self.dismiss(None)

    def on_secret_key(self) -> None:
        """A secret key was kept out of a field."""
        self.say(SECRET_KEY)

    def on_choices_unchosen(self) -> None:
        """Enter alone answers nothing where an answer must be meant."""
        self.say(CHOOSE)

    def on_choices_moved(self) -> None:
        """That an answer is to be chosen is said until one is."""
        if self.said == CHOOSE:
            self.say("")

    def say(self, text: str, *, good: bool = False) -> None:
        """Shows a message over the keys; an empty one takes it away."""
        self.query_one(Trouble).say(text, good=good)

    @property
    def said(self) -> str:
        """The message that stands over the keys; empty where none does."""
        return self.query_one(Trouble).said

    def trouble(self, error: Exception) -> None:
        """Tells an error: what happened, what is safe, what to do."""
        self.say(messages.explain(error).text())

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A flow that broke off says why; the screen stays."""
        error = event.worker.error
        if isinstance(error, Exception) and not isinstance(error, Locked):
            self.trouble(error)

    def tried(self, act: Callable[[], R]) -> R | None:
        """Does one thing at the desk; None, and told why, where it was refused."""
        self.say("")
        try:
            return act()
        except Exception as error:
            self.trouble(error)
            return None

    def rename(self, where: str) -> None:
        """Says in the bar where we are now."""
        self.where = where
        top = self.query_one(Top)
        top.where = where
        top.refresh()
