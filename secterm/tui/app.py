"""The app: wires screens, themes, keys, lock and idle together, nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from textual import events
from textual.binding import Binding
from textual.screen import Screen

from secterm import messages
from secterm.desk.desk import Desk
from secterm.desk.model import Clock, now, unlock_wait
from secterm.settings import Settings
from secterm.tui import themes
from secterm.tui.order import InOrder
from secterm.tui.screens.dialogs import Help, Palette, TooSmall, Working, countdown
from secterm.tui.screens.room import Locked, Room
from secterm.tui.widgets import scrolling
from secterm.tui.widgets.chrome import owner_of
from secterm.words import _

R = TypeVar("R")

DEFAULT: Final = Settings()
SMALLEST: Final = (80, 24)


class SectermApp(InOrder):
    """The app on one vault. `hint` (for the demo) and `told` (what is wrong with the settings
    file) are shown where it is unlocked.
    """

    CSS_PATH = Path(__file__).with_name("style.tcss")
    TITLE = "secterm"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [
        Binding("f1", "help", _("Help")),
        Binding("ctrl+p", "palette", _("Commands")),
        Binding("ctrl+l", "lock", _("Lock"), priority=True),
        Binding("f12", "theme", _("Colours")),
        Binding("ctrl+q", "quit", _("Quit"), priority=True),
        Binding("ctrl+c", "nothing", "", show=False, priority=True),
    ]

    def __init__(
        self,
        vault: Path,
        *,
        hint: str = "",
        settings: Settings = DEFAULT,
        told: str = "",
        idle: float | None = None,
        clock: Clock = now,
    ) -> None:
        super().__init__()
        self.vault = vault
        self.hint = hint
        self.told = told
        self.clock = clock
        self.desk: Desk | None = None
        self.farewell = ""  # the checkpoint at the last lock
        self.key_file: Path | None = None  # the officer's own, where they named it
        self.crash: BaseException | None = None
        self.recovering = False  # shares are typed in; they are forgotten as a lock would
        self._fixed_idle = idle  # seconds, where whoever starts the app says so
        self._used = time.monotonic()
        self._at_terminal = os.isatty(0)
        self._ending = False
        self._small = False
        self._shut_in = False  # locked while the appointee had the keyboard
        scrolling.install()
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.settings = settings
        self.apply_settings(settings, colours=True)
        self.animation_level = "none"  # a console draws slowly, and a key acts at once

    def on_mount(self) -> None:
        """Signals, and the first screen."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
                loop.add_signal_handler(number, self.end)
        self.set_interval(min(self._idle / 4, 5.0), self._watch_idle)
        self.screen_change_signal.subscribe(self, self._fit)
        self.enter()

    def end(self) -> None:
        """Locks and ends; work under way is given up where that is safe, else finished."""
        self._ending = True
        for screen in self.screen_stack:
            if isinstance(screen, Working) and not screen.over:
                screen.action_stop()
                return
        self.close_desk()
        self.exit(return_code=0)

    def apply_settings(self, settings: Settings, *, colours: bool = False) -> None:
        """From now on these hold. What F12 chose stays, unless other `colours` are set."""
        if colours or settings.theme != self.settings.theme:
            self.theme = themes.chosen(settings.theme)
        self._idle = settings.idle if self._fixed_idle is None else self._fixed_idle
        self.settings = settings

    # -- lock -----------------------------------------------------------------

    def enter(self) -> None:
        """The first screen: unlocking, or the first run where there is no vault."""
        from secterm.tui.screens.first_run import FirstRun
        from secterm.tui.screens.unlock import Unlock

        self.push_screen(Unlock() if self.vault.exists() else FirstRun())

    def unlocked(self, desk: Desk) -> None:
        """The vault is open: the list of people."""
        from secterm.tui.screens.people import People

        self.desk = desk
        self._shut_in = False
        self._used = time.monotonic()
        self.push_screen(People())

    def close_desk(self) -> None:
        """Drops the keys; the checkpoint stays, to be read off the lock screen."""
        if self.desk is not None:
            desk, self.desk = self.desk, None
            with contextlib.suppress(Exception):
                self.farewell = desk.checkpoint_line()
            desk.close()

    async def action_lock(self) -> None:
        """Locks: every screen gone, and the way in shown."""
        if self.desk is None or self.at_work:
            return
        self._shut_in = self.handed_over is not None
        self.close_desk()
        await self._start_over()

    async def _start_over(self) -> None:
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        self.enter()

    async def _watch_idle(self) -> None:
        # Usually a signal says so, but not to a program started in a roundabout way.
        if self._at_terminal and not os.isatty(0):
            self.end()
        elif time.monotonic() - self._used > self._idle:
            await self.action_lock()
            if self.recovering and not self.at_work:
                await self._start_over()

    async def on_event(self, event: events.Event) -> None:
        """Notes that somebody is there."""
        if isinstance(event, events.InputEvent):
            self._used = time.monotonic()
        await super().on_event(event)

    # -- what every screen can do ----------------------------------------------

    @property
    def handed_over(self) -> Room[None] | None:
        """The appointee's page, where they have the keyboard."""
        return next((s for s in self.screen_stack if isinstance(s, Room) and s.HANDED_OVER), None)

    @property
    def at_work(self) -> bool:
        """Whether something runs that must come to its end first."""
        return any(isinstance(s, Working) for s in self.screen_stack)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No palette, no quitting and nothing to lock where there should not be."""
        if action in ("palette", "quit", "theme") and (self.handed_over or self._shut_in):
            return False
        if action == "lock":
            return self.desk is not None
        return True

    def action_help(self) -> None:
        """Help for the screen in front."""
        if isinstance(self.screen, Room):
            self.push_screen(Help(self.screen, self.screen.help_text))

    async def action_palette(self) -> None:
        """Everything that can be done here, by typing."""
        if not isinstance(self.screen, Room):
            return
        room = self.screen

        async def run(action: str | None) -> None:
            if action:
                await self.run_action(action, default_namespace=owner_of(room, action))

        await self.push_screen(Palette(room), run)

    def action_theme(self) -> None:
        """The next theme."""
        self.theme = themes.after(self.theme)

    def action_nothing(self) -> None:
        """Ctrl+C does nothing here: work is not to be lost by it."""

    def keep_typed(self) -> None:
        """What is typed on the screens outlives a fault from now on."""

    async def action_quit(self) -> None:
        """Locks and ends."""
        if not self.at_work:
            self.close_desk()
            self.exit()

    def on_resize(self, event: events.Resize) -> None:
        """Says so where the terminal is too small, for as long as it is."""
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
        screen = Working(title, work, stoppable=stoppable, after=self._work_over)
        result = await self.push_screen_wait(screen)
        if isinstance(result, Exception):
            raise result
        return result

    async def wait_after(self, failures: int) -> None:
        """The wait that grows with wrong passphrases, counted down."""
        seconds = unlock_wait(failures)
        if seconds > 0:
            await self.working(_("A wrong passphrase was entered"), countdown(seconds))

    def _work_over(self) -> None:
        self._used = time.monotonic()  # what it brought is to be read before the idle lock
        if self._ending:
            self.end()

    def copy_to_clipboard(self, text: str) -> None:
        """Nothing: what is cut would outlast a lock, and the terminal would get to know it."""

    def _handle_exception(self, error: Exception) -> None:
        """Never a traceback on a screen: the vault is locked and the error told in words."""
        if isinstance(error, Locked):
            return  # the screen that asked is leaving
        self.crash = error
        self.close_desk()
        self.exit(return_code=messages.explain(error).status)
