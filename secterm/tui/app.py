"""The app: wires screens, themes and keys together, nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from textual import events
from textual.binding import Binding
from textual.screen import Screen

from secterm import messages
from secterm.desk.model import STRONGER, Clock, now, unlock_wait
from secterm.settings import Settings
from secterm.tui.guide import Guide
from secterm.tui.lock import DEFAULT, Locking
from secterm.tui.screens.dialogs import Cancelled, TooSmall, Working, countdown
from secterm.tui.screens.room import Locked, Room
from secterm.tui.sealed import MOVES, leaving
from secterm.tui.widgets.chrome import owner_of
from secterm.words import _

if TYPE_CHECKING:
    from secterm.desk.desk import Desk

R = TypeVar("R")

SMALLEST: Final = (80, 24)
TALL: Final = 40  # lines of a terminal on which things stand further apart
STILL: Final = ("help", "theme", "nothing", *MOVES)  # what an appointee at the keyboard can do


class SectermApp(Locking):
    """The app on one vault. `hint` (for the demo) and `told` (what is wrong with the settings
    file) are shown where it is unlocked.
    """

    CSS_PATH = Path(__file__).with_name("style.tcss")
    TITLE = "secterm"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [
        Binding("f1", "help", _("Help")),
        Binding("question_mark", "keys", _("All keys"), show=False),
        Binding("ctrl+p", "palette", _("Commands")),
        Binding("ctrl+l", "lock", _("Lock"), priority=True),
        Binding("f10", "end_tour", _("End the tour"), priority=True),
        Binding("f12", "theme", _("Colours")),
        Binding("ctrl+q", "quit", _("Quit"), priority=True),
        Binding("ctrl+c", "nothing", "", show=False, priority=True),
    ]

    def __init__(
        self,
        vault: Path,
        *,
        hint: str = "",
        tour: bool = False,
        settings: Settings = DEFAULT,
        told: str = "",
        clock: Clock = now,
    ) -> None:
        super().__init__(vault, settings, clock)
        self.hint = hint
        self.told = told
        self._offers_tour = tour
        self.guide = Guide(self)
        self.key_file: Path | None = None  # the officer's own, where they named it
        self.crash: BaseException | None = None
        self._small = False
        self.settings = settings
        self.apply_settings(settings, colours=True)

    def on_mount(self) -> None:
        """Signals, and the first screen."""
        self.hear_signals()
        self.watch_idle()
        self.screen_change_signal.subscribe(self, self._fit)
        self.screen_change_signal.subscribe(self, self.screen_changed)
        self.enter()

    def apply_settings(self, settings: Settings, *, colours: bool = False) -> None:
        """From now on these hold. What F12 chose stays, unless other `colours` are set."""
        self.dress(settings, colours=colours or settings.theme != self.settings.theme)
        self.settings = settings

    def unlocked(self, desk: Desk) -> None:
        """The vault is open; the first time, in a demo, a tour is offered."""
        if self.hint:  # nobody has to guess a passphrase that the screen tells
            desk.notices = tuple(told for told in desk.notices if told != STRONGER)
        super().unlocked(desk)
        if self._offers_tour:
            self._offers_tour = False
            self.guide.offer()

    # -- what every screen can do ----------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No palette, no quitting and nothing to lock where there should not be."""
        if action == "end_tour" and self.guide.tour is None:
            return False
        if action == "theme" and self.no_color:
            return False
        if action == "lock":
            return self.desk is not None
        if self.handed_over or self.shut_in:
            return action in STILL
        return super().check_action(action, parameters)

    def action_help(self) -> None:
        """Help for the screen in front."""
        from secterm.tui.screens.helping import Help

        if isinstance(self.screen, Room):
            self.push_screen(Help(self.screen))

    def action_keys(self) -> None:
        """Every key that does something on the screen in front."""
        from secterm.tui.screens.helping import AllKeys

        if isinstance(self.screen, Room):
            self.push_screen(AllKeys(self.screen))

    async def action_palette(self) -> None:
        """Everything that can be done here, by typing."""
        from secterm.tui.screens.palette import Palette

        if not isinstance(self.screen, Room):
            return
        room = self.screen

        async def run(action: str | None) -> None:
            if action:
                await self.run_action(action, default_namespace=owner_of(room, action))

        await self.push_screen(Palette(room), run)

    async def action_end_tour(self) -> None:
        """No tour any more."""
        if not self.at_work:
            await self.guide.end()

    def action_nothing(self) -> None:
        """Ctrl+C does nothing here: work is not to be lost by it."""

    async def action_quit(self) -> None:
        """Locks and ends."""
        if not self.at_work:
            self.leave()
            self.exit()

    def on_resize(self, event: events.Resize) -> None:
        """Says so where the terminal is too small, for as long as it is; marks a tall one."""
        self.set_class(event.size.height >= TALL, "-tall")
        self._small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        self._fit(self.screen)

    def _fit(self, screen: Screen[object]) -> None:
        told = isinstance(self.screen, TooSmall)
        if self._small and not told:
            self.push_screen(TooSmall())
        elif told and not self._small:
            self.pop_screen()

    async def working(
        self, title: str, work: Callable[[Callable[[str], None]], R], *, stoppable: bool = False
    ) -> R:
        """Runs work off the screen's thread while it says so; raises what the work raises."""
        screen = Working(title, work, stoppable=stoppable, after=self.work_over)
        result = await self.push_screen_wait(screen)
        if isinstance(result, Exception):
            raise result
        return result

    async def wait_after(self, failures: int) -> None:
        """The wait that grows with wrong passphrases, counted down."""
        seconds = unlock_wait(failures)
        if seconds > 0:
            with contextlib.suppress(Cancelled):  # a lock waits for nobody; the next way in does
                await self.working(_("A wrong passphrase was entered"), countdown(seconds))

    def _handle_exception(self, error: Exception) -> None:
        """Never a traceback on a screen: the vault is locked and the error told in words."""
        if isinstance(error, Locked) or leaving():
            return  # it is of a screen that a lock took away while it opened
        self.crash = error
        self.leave(crashed=True)
        self.exit(return_code=messages.explain(error).status)
