"""What a lock interrupts, as the screens tell it, and the way back to it after the
unlocking. Nothing here knows what a screen is about: each room says where it is,
what it began and what is typed, and takes that up again itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from textual.widget import Widget

from secterm.desk.drafts import Left
from secterm.tui.screens.dialogs import Question
from secterm.tui.screens.reader import Kept
from secterm.tui.screens.room import Room
from secterm.words import _

if TYPE_CHECKING:
    from secterm.tui.app import SectermApp

VOID: Final = "!"  # the kind of a step that only tells what the lock made void
HOME: Final = 0  # the list's number among the steps
CALLED: Final = "?"  # ends the key of what an entry is called
LOOK: Final = 0.02  # seconds between two looks while the way is gone
WAIT: Final = 0.5  # the same, while the officer is asked for something on the way
GRACE: Final = 0.2  # seconds for a room to begin again what it had begun
LONGEST: Final = 2.0  # seconds without a picture


@dataclass(frozen=True)
class Step:
    """One screen of those that stood over another.

    `kind` says which it is; `place` and `typed` are its own words; `doing` what it had
    begun, empty for the one in front. `called` says how a person knows what is typed.
    """

    kind: str
    place: str = ""
    doing: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)


def left(home: Room[None], stack: Sequence[Widget], on_the_way: TakingUp | None) -> Left | None:
    """What is on the screens from `home` upwards; None where that is the list as it begins.

    What an earlier lock interrupted and nobody has come back to yet stays so.
    """
    screens = [s for s in stack[list(stack).index(home) :] if isinstance(s, Room | Question)]
    rooms = [s for s in stack if isinstance(s, Room)]
    if on_the_way is not None and on_the_way.ahead and on_the_way.here in screens:
        reached = screens.index(on_the_way.here)
        reached += screens[reached].kind != on_the_way.ahead[0].kind  # it took up its own step
        steps = [_step(s, front=False) for s in screens[:reached]] + on_the_way.ahead
        steps += [step for s in screens[reached:] if (step := _step(s, front=True)).typed]
    else:
        steps = [_step(s, front=s is screens[-1]) for s in screens]
        steps += [step for step in on_the_way.ahead if step.typed] if on_the_way else []
    steps += [Step(VOID, room.void) for room in rooms if room.void]
    if steps == [Step(home.kind)]:
        return None
    about = [room.dossier_id for room in reversed(rooms) if room.dossier_id]
    if on_the_way is not None and on_the_way.ahead:
        about.append(on_the_way.dossier)  # its page may not be there yet
    dossier = next(iter(about), "")
    way = tuple(word for step in steps for word in (step.kind, step.place, step.doing))
    typed: dict[str, str] = {}
    for n, step in enumerate(steps):
        typed |= {f"{n}.{id}": text for id, text in step.typed.items()}
        typed |= {f"{n}.{id}{CALLED}": text for id, text in step.called.items() if n != HOME}
    return Left(dossier, way, typed)


def _step(screen: Room[object] | Question, *, front: bool) -> Step:
    if isinstance(screen, Question):
        return screen.stands_for or Step(screen.kind)
    if not screen.is_mounted:  # it opens just now
        return Step(screen.kind)
    typed = screen.typed()
    called = {id: name for id, text in typed.items() if text and (name := screen.called(id))}
    return Step(screen.kind, screen.place(), "" if front else screen.doing, typed, called)


def is_typed(left: Left | None) -> bool:
    """Whether it has more than a place: texts that were typed, beyond a filter of the list."""
    return left is not None and any(not key.startswith(f"{HOME}.") for key in left.typed)


def without_way(left: Left | None) -> Left | None:
    """The same where nothing leads back: what was typed is shown once more, at the list."""
    if left is None:
        return None
    voids = zip(left.way[0::3], left.way[1::3], strict=False)
    way = tuple(w for kind, at in voids for w in ((kind, at, "") if kind == VOID else ("",) * 3))
    typed = {key: text for key, text in left.typed.items() if not key.startswith(f"{HOME}.")}
    return Left(left.dossier, way, typed) if typed or VOID in way else None


def steps_of(left: Left) -> list[Step]:
    """The screens that it tells of, from the first to the one that was in front."""
    typed: dict[str, dict[str, str]] = {}
    called: dict[str, dict[str, str]] = {}
    for key, text in left.typed.items():
        number, _dot, id = key.partition(".")
        of = called if id.endswith(CALLED) else typed
        of.setdefault(number, {})[id.removesuffix(CALLED)] = text
    kinds, places, doings = left.way[0::3], left.way[1::3], left.way[2::3]
    return [
        Step(kind, place, doing, typed.get(str(n), {}), called.get(str(n), {}))
        for n, (kind, place, doing) in enumerate(zip(kinds, places, doings, strict=False))
    ]


class TakingUp:
    """Goes the way back, once. `ahead` is what it has not come to."""

    def __init__(self, shell: SectermApp, left: Left) -> None:
        steps = steps_of(left)
        self._shell = shell
        self.dossier = left.dossier
        self._void = " ".join(step.place for step in steps if step.kind == VOID)
        self.ahead = [step for step in steps if step.kind != VOID]
        self.here: Widget | None = shell.home  # as far as it has come
        self.quiet = True  # keys reach nothing, and nothing is drawn on the way
        self._unseen = contextlib.ExitStack()
        self._put_back = False
        self._changed = asyncio.Event()

    def look(self) -> None:
        """Another screen is in front."""
        self._changed.set()

    async def run(self) -> None:
        """From the list to where it was, as far as the way is still there."""
        painted = asyncio.Event()
        if self._shell.home is not None:
            self._shell.home.call_after_refresh(painted.set)
        await _happens(painted)
        self._unseen.enter_context(self._shell.batch_update())
        try:
            while self.here is not None and self.ahead:
                self.here = await self._step(self.here)
        finally:
            self._show()
        self._tell()
        if self.ahead and self._shell.home is not None:
            await self._keep_readable()
        self._shell.taking_up = None
        self._shell.screen_changed(self._shell.screen)

    def _show(self) -> None:
        if self.quiet:
            self.quiet = False
            self._unseen.close()
            self._shell.screen.refresh(layout=True)

    async def _step(self, here: Widget) -> Widget | None:
        step = self.ahead[0]
        if isinstance(here, Room):
            if here.kind != step.kind:
                return None
            await self._take_up(here, step)
        del self.ahead[0]
        if not self.ahead or not step.doing:
            return None
        return await self._next(here, self.ahead[0].kind)

    async def _take_up(self, room: Room[object], step: Step) -> None:
        done = asyncio.Event()

        def go() -> None:
            try:
                if step.place or step.typed:
                    room.take_up(step.place, step.typed)
                    self._put_back |= bool(step.typed) and room is not self._shell.home
                if step.doing:
                    room.doing = step.doing
                    room.take_up(step.doing, {})
            except Exception as error:
                room.trouble(error)
            room.call_later(done.set)  # after what the room itself left for later

        room.call_later(go)
        await _happens(done)

    async def _next(self, here: Widget, kind: str) -> Widget | None:
        """The screen of this kind over `here`; None once nothing leads there any more.

        What else comes up on the way is asked of the officer first.
        """
        began = time.monotonic()
        while True:
            self._changed.clear()
            stack = self._shell.screen_stack
            if here not in stack:
                return None
            above = stack[stack.index(here) + 1 :]
            found = next((s for s in above if isinstance(s, Room | Question)), None)
            since = time.monotonic() - began
            if found is not None and found.kind == kind:
                return found
            waits = isinstance(here, Room) and here.waits
            if not (above or waits or self._begun(here)) and since > GRACE:
                return None
            if found is not None or waits or since > LONGEST:
                self._ask(found)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), LOOK if self.quiet else WAIT)

    def _begun(self, here: Widget) -> bool:
        return any(w.node is here and not w.is_finished for w in self._shell.workers)

    def _ask(self, found: Widget | None) -> None:
        if self.quiet:
            self._show()
            if isinstance(found, Room):
                found.call_later(
                    found.say, _("After this it goes on where it was before the lock."), good=True
                )

    def _tell(self) -> None:
        """Says once what is here again, or that it is not."""
        room = next((s for s in reversed(self._shell.screen_stack) if isinstance(s, Room)), None)
        if room is None or self._shell.desk is None:
            return
        if self._void:
            room.say(self._void)
        elif self._put_back and not self.ahead:
            room.say(_("What you had typed before the lock is here again."), good=True)
        elif self.ahead and not any(step.typed for step in self.ahead) and not room.said:
            room.say(
                _("It goes on from here: what was open before the lock does not fit any more.")
            )

    async def _keep_readable(self) -> None:
        texts = [
            f"{name}\n{text}" if (name := step.called.get(id)) else text
            for step in self.ahead
            for id, text in step.typed.items()
            if text
        ]
        self.ahead = []
        if texts:
            await self._shell.push_screen(Kept(texts, self.dossier))


async def _happens(event: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), LONGEST)
