"""Locking: by key, by itself when nobody is there, and on signals. Work under way
comes to its end first; what is typed and where the officer is are kept at the
desk before the keys are dropped. The one place that opens and closes the desk.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final, cast

from textual import events
from textual.screen import Screen
from textual.timer import Timer
from textual.worker import WorkType

from secterm import messages
from secterm.desk.model import Clock, now
from secterm.host import doctor, machine
from secterm.settings import Settings
from secterm.tui.appearance import Dressed
from secterm.tui.screens.dialogs import Working
from secterm.tui.screens.room import Room
from secterm.tui.widgets.chrome import Top
from secterm.words import _

if TYPE_CHECKING:
    from secterm.desk.desk import Desk
    from secterm.desk.drafts import Left
    from secterm.tui.app import SectermApp
    from secterm.tui.drafts import TakingUp

DEFAULT: Final = Settings()
TICK: Final = 1.0  # seconds between two looks at whether somebody is there
LAST: Final = 60.0  # seconds that are counted down before the idle lock
KEPT_AFTER: Final = 3.0  # seconds: so much of what is typed a pulled plug may cost
NOT_KEPT: Final = _("What was typed could not be kept.")
NOT_SAFE: Final = _("What is typed here would not outlast a lock now.")
SOON: Final = 0.1  # seconds for who asked for work to go on with what it brought


class Locking(Dressed):
    """An app whose desk is there only between an unlocking and the lock."""

    def __init__(self, vault: Path, settings: Settings, clock: Clock = now) -> None:
        super().__init__()
        self.vault = vault
        self.settings = settings
        self.clock = clock
        self.machine = doctor.remembering(machine.here)
        self.desk: Desk | None = None
        self.home: Room[None] | None = None  # the first screen after the unlocking
        self.farewell = ""  # the checkpoint at the last lock
        self.left_by = ""  # the officer who was unlocked at the last lock
        self.not_kept = ""  # why what was typed could not be kept at the last lock
        self.recovering = False  # shares are typed in; they are forgotten as a lock would
        self.taking_up: TakingUp | None = None
        self._used = time.monotonic()
        self._at_terminal = os.isatty(0)
        self._then: Callable[[], None] | None = None  # what waits for the end of work
        self.shut_in = False  # locked while the appointee had the keyboard
        self._counting: Top | None = None  # the bar that counts down to the lock
        self._kept: Left | None = None  # what is kept at the desk
        self._keeping: Timer | None = None
        self._warned = False  # that what is typed cannot be kept was said

    # -- the desk -------------------------------------------------------------

    def enter(self) -> None:
        """The first screen: unlocking, or the first run where there is no vault yet."""
        if self.vault.exists() or self.farewell:
            from secterm.tui.screens.unlock import Unlock

            self.push_screen(Unlock())
        else:
            from secterm.tui.screens.first_run import FirstRun

            self.push_screen(FirstRun())

    def unlocked(self, desk: Desk) -> None:
        """The vault is open: the list, and from there what the lock had interrupted."""
        from secterm.tui.drafts import TakingUp
        from secterm.tui.screens.people import People

        self.desk, self.shut_in, self.not_kept = desk, False, ""
        self._used = time.monotonic()
        self.home = People()
        self.push_screen(self.home)
        self._kept = None
        with contextlib.suppress(Exception):  # what the vault cannot read, the list tells
            self._kept = desk.left()
        if self._kept is not None:
            self.taking_up = TakingUp(cast("SectermApp", self), self._kept)
            begins: WorkType[None] = self.taking_up.run
            self.run_worker(begins, exit_on_error=False, group="taking up")

    def close_desk(self) -> None:
        """Drops the keys; the checkpoint stays, to be read off the lock screen, and so does the
        officer's name, but where an appointee sits before it.
        """
        if self.desk is not None:
            desk, self.desk = self.desk, None
            self.left_by = "" if self.shut_in else desk.officer.name
            with contextlib.suppress(Exception):
                self.farewell = desk.checkpoint_line()
            desk.close()

    def leave(self, *, crashed: bool = False) -> None:
        """Keeps what the lock interrupts, and drops the keys whether it could be kept or not.

        Nothing leads back to where it `crashed`, or it would each time.
        """
        if self.desk is None:
            return
        self.not_kept = ""
        try:
            self._keep(place=True, back=not crashed)
        except Exception as error:
            self.not_kept = f"{NOT_KEPT} {messages.explain(error).text()}"
        self.workers.cancel_group(self, "taking up")
        self.taking_up = self._kept = None
        self.close_desk()

    # -- locking and ending -----------------------------------------------------

    @property
    def handed_over(self) -> Room[None] | None:
        """The appointee's page, where they have the keyboard."""
        return next((s for s in self.screen_stack if isinstance(s, Room) and s.HANDED_OVER), None)

    @property
    def at_work(self) -> bool:
        """Whether something runs that must come to its end first."""
        return any(isinstance(s, Working) for s in self.screen_stack)

    def action_lock(self) -> None:
        """Locks: every screen gone, and the way in shown; work comes to its end first."""
        if self.desk is not None:
            self._after_work(self._lock)

    def end(self) -> None:
        """Locks and ends; work under way is given up where that is safe, else finished."""
        self._after_work(self._end)

    def _after_work(self, then: Callable[[], None]) -> None:
        work = [s for s in self.screen_stack if isinstance(s, Working) and not s.over]
        if not work:
            self._then = None
            then()
        elif self._then != self._end:  # once it is to end, it ends
            self._then = then
        for screen in work:
            screen.give_up()

    def work_over(self) -> None:
        """Work ended: it is to be read before the idle lock; a lock that waited comes now."""
        self._used = time.monotonic()
        if self._then is not None:
            self.set_timer(SOON, self._now)

    def _now(self) -> None:
        if self._then is not None:
            self._after_work(self._then)

    def _lock(self) -> None:
        self.shut_in = self.handed_over is not None
        self.leave()
        self.call_next(self.start_over)

    def _end(self) -> None:
        self.leave()
        self.exit(return_code=0)

    async def start_over(self) -> None:
        """Every screen gone, and the first one shown."""
        with self.batch_update():
            while len(self.screen_stack) > 1:
                await self.pop_screen()
            self.home = self._counting = None
            self.forget_keys()
            self.wipe()
            self.enter()
        self.screen.refresh(layout=True)
        self.call_after_refresh(self.forget)

    # -- signals ---------------------------------------------------------------

    def hear_signals(self) -> None:
        """What asks for the end locks and ends."""
        loop = asyncio.get_running_loop()
        told = {
            signal.SIGTERM: self.end,
            signal.SIGHUP: self.end,
            signal.SIGINT: self._broken_off,
            signal.SIGQUIT: self._broken_off,
        }
        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
            for number, handler in told.items():
                loop.add_signal_handler(number, lambda: None)  # goes with the loop
                # The loop itself loses a signal that comes while many keys wait for it.
                signal.signal(number, self._soon(loop, handler))
            signal.set_wakeup_fd(signal.set_wakeup_fd(-1), warn_on_full_buffer=False)

    @staticmethod
    def _soon(
        loop: asyncio.AbstractEventLoop, then: Callable[[], None]
    ) -> Callable[[int, FrameType | None], None]:
        def soon(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(then)

        return soon

    def _broken_off(self) -> None:
        # A keyboard's signals: not of the one that an appointee has.
        if not (self.handed_over or self.shut_in):
            self.end()

    def continued(self) -> None:
        """Locks: the screens stood in a shell, with nobody known before them."""
        self.action_lock()

    # -- nobody there -------------------------------------------------------------

    @property
    def idle(self) -> float:
        """Seconds without a key after which it locks."""
        return self.settings.idle

    def watch_idle(self) -> None:
        """Begins to look whether somebody is there."""
        self.set_interval(min(self.idle / 4, TICK), self._watch_idle)

    async def _watch_idle(self) -> None:
        # Usually a signal says so, but not to a program started in a roundabout way.
        if self._at_terminal and not os.isatty(0):
            self.end()
            return
        left = self.idle - (time.monotonic() - self._used)
        if self.at_work or not (self.desk or self.recovering):
            self._count(0)
        elif left > 0:
            self._count(math.ceil(left) if left <= min(LAST, self.idle / 2) else 0)
        elif self.desk is not None:
            self._lock()
        else:
            self.recovering = False  # it is over once, also where the next look comes at once
            self.call_next(self.start_over)

    def _count(self, seconds: int) -> None:
        """Shows in the bar in front when it locks; 0 takes it away."""
        bars = [bar for screen in self.screen_stack for bar in screen.query(Top)] if seconds else []
        top = bars[-1] if bars else None
        if self._counting is not None and self._counting is not top:
            self._counting.locks_in = 0
        if top is not None:
            top.locks_in = seconds
        self._counting = top

    async def on_event(self, event: events.Event) -> None:
        """Notes that somebody is there, and that something may have been typed."""
        if isinstance(event, events.InputEvent | events.Paste):
            self._used = time.monotonic()
            self._count(0)
            self._keep_after(KEPT_AFTER)
            if self.taking_up is not None and self.taking_up.quiet and self._is_early(event):
                return  # it was not meant for what nobody has seen yet
        await super().on_event(event)

    @staticmethod
    def _is_early(event: events.Event) -> bool:
        return not (isinstance(event, events.Key) and event.key in ("ctrl+l", "ctrl+q"))

    # -- what is typed ----------------------------------------------------------------

    def screen_changed(self, screen: Screen[object]) -> None:
        """What was recorded or left must not come back as if it were still to be done."""
        if self.taking_up is not None:
            self.taking_up.look()
        if self._kept is not None:
            self.keep_typed()

    def moved_on(self) -> None:
        """The same on one screen, at once: a hand answers faster than anything is kept."""
        if self._kept is not None:
            self._keep_now()

    def keep_typed(self) -> None:
        """What is typed on the screens outlives a fault from now on."""
        self._keep_after(SOON, anew=True)

    def _keep_after(self, seconds: float, *, anew: bool = False) -> None:
        if self.desk is None or (self._keeping is not None and not anew):
            return
        if self._keeping is not None:
            self._keeping.stop()
        self._keeping = self.set_timer(seconds, self._keep_now)

    def _keep_now(self) -> None:
        self._keeping = None
        if not all(screen.is_attached for screen in self.screen_stack):
            self._keep_after(SOON)  # one that closes cannot tell any more what is typed
        elif self.at_work or (self.taking_up is not None and self.taking_up.quiet):
            self._keep_after(KEPT_AFTER)
        elif self.desk is not None and self.is_running:  # else the screens are being taken down
            self.not_kept = ""
            try:
                self._keep()
            except Exception as error:
                self._say_kept(f"{NOT_SAFE} {messages.explain(error).text()}")
            else:
                self._say_kept(NOT_SAFE if self.not_kept else "")

    def _say_kept(self, told: str) -> None:
        """Says once that what is typed is not kept, until it is again."""
        room = next(reversed(self.screen_stack), None)
        if not isinstance(room, Room) or not room.is_mounted:
            return
        if not told:
            self._warned = False
            if room.said.startswith(NOT_SAFE):
                room.say("")
        elif not self._warned and not room.said:
            self._warned = True
            room.say(told)

    def _keep(self, *, place: bool = False, back: bool = True) -> None:
        """Keeps what is typed on the screens, and at a lock the `place` without it too; and
        the way `back` to it.
        """
        if self.desk is None or self.home is None:
            return
        from secterm.tui import drafts

        left = drafts.left(self.home, self.screen_stack, self.taking_up)
        if not back:
            left = drafts.without_way(left)
        if not place and not drafts.is_typed(left):
            left = None
        if left != self._kept:
            self.desk.leave(left)
            self._kept = self.desk.left()
            if drafts.is_typed(left) and self._kept != left:
                self.not_kept = NOT_KEPT  # too long, or about what is gone
