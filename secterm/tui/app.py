"""The app: wires screens, themes, keys, lock and idle together, nothing else."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from textual import events
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from secterm import messages
from secterm.desk.desk import Desk
from secterm.desk.model import Clock, now
from secterm.tui import themes
from secterm.tui.screens.dialogs import Help, Palette, TooSmall, Working
from secterm.tui.screens.form import Form
from secterm.tui.screens.room import Room
from secterm.words import _

R = TypeVar("R")

IDLE_SECONDS: Final = 600
SMALLEST: Final = (80, 24)


class SectermApp(App[None]):
    """The app on one vault. `hint` is shown where it is unlocked (for the demo)."""

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
        self, vault: Path, *, hint: str = "", idle: float = IDLE_SECONDS, clock: Clock = now
    ) -> None:
        super().__init__()
        self.vault = vault
        self.hint = hint
        self.clock = clock
        self.desk: Desk | None = None
        self.farewell = ""  # the checkpoint at the last lock
        self.crash: BaseException | None = None
        self._idle = idle
        self._used = time.monotonic()
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.fitting()

    def on_mount(self) -> None:
        """Signals, and the first screen."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
                self._loop_signal(number)
        self.set_interval(min(self._idle / 4, 5.0), self._watch_idle)
        self.enter()

    def _loop_signal(self, number: int) -> None:
        import asyncio

        asyncio.get_running_loop().add_signal_handler(number, self._ended)

    def _ended(self) -> None:
        self.close_desk()
        self.exit(return_code=0)

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
        self.close_desk()
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        self.enter()

    async def _watch_idle(self) -> None:
        if time.monotonic() - self._used > self._idle:
            await self.action_lock()

    async def on_event(self, event: events.Event) -> None:
        """Notes that somebody is there."""
        if isinstance(event, events.InputEvent):
            self._used = time.monotonic()
        await super().on_event(event)

    # -- what every screen can do ----------------------------------------------

    @property
    def handed_over(self) -> bool:
        """Whether the appointee has the keyboard."""
        return any(isinstance(s, Room) and s.HANDED_OVER for s in self.screen_stack)

    @property
    def at_work(self) -> bool:
        """Whether something runs that must come to its end first."""
        return any(isinstance(s, Working) for s in self.screen_stack)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No palette, no quitting and nothing to lock where there should not be."""
        if action in ("palette", "quit", "theme") and self.handed_over:
            return False
        if action == "lock":
            return self.desk is not None
        return True

    def action_help(self) -> None:
        """Help for the screen in front."""
        if not isinstance(self.screen, Room):
            return
        text = self.screen.help_text if isinstance(self.screen, Form) else self.screen.HELP_TEXT
        self.push_screen(Help(self.screen, text))

    async def action_palette(self) -> None:
        """Everything that can be done here, by typing."""
        if not isinstance(self.screen, Room):
            return
        room = self.screen

        async def run(action: str | None) -> None:
            if action:
                await self.run_action(action, default_namespace=self._owner(room, action))

        await self.push_screen(Palette(room), run)

    @staticmethod
    def _owner(room: Screen[object], action: str) -> DOMNode:
        for active in room.active_bindings.values():
            if active.binding.action == action:
                return active.node
        return room

    def action_theme(self) -> None:
        """The next theme."""
        names = [theme.name for theme in themes.THEMES]
        at = names.index(self.theme) if self.theme in names else 0
        self.theme = names[(at + 1) % len(names)]

    def action_nothing(self) -> None:
        """Ctrl+C does nothing here: work is not to be lost by it."""

    async def action_quit(self) -> None:
        """Locks and ends."""
        if self.at_work:
            return
        self.close_desk()
        self.exit()

    def on_resize(self, event: events.Resize) -> None:
        """Says so where the terminal is too small, for as long as it is."""
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        told = isinstance(self.screen, TooSmall)
        if small and not told:
            self.push_screen(TooSmall())
        elif told and not small:
            self.pop_screen()

    async def working(
        self, title: str, work: Callable[[Callable[[str], None]], R], *, stoppable: bool = False
    ) -> R:
        """Runs work off the screen's thread while it says so; raises what the work raises."""
        result = await self.push_screen_wait(Working(title, work, stoppable=stoppable))
        if isinstance(result, Exception):
            raise result
        return result

    def _handle_exception(self, error: Exception) -> None:
        """Never a traceback on a screen: the vault is locked and the error told in words."""
        self.crash = error
        self.close_desk()
        self.exit(return_code=messages.DOES_NOT_HOLD, message=None)
