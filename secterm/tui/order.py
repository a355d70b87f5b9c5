"""Keys in their order, however fast they come. Textual hands a key to the widget
that has the focus and does not wait for it: of `Ctrl+U` and a text typed at
once the text would come first, and a passphrase after a name and `Enter` would
land, readable, in the name. And of a key that is held down, which arrives over
and over, only the first arrival may say something.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from textual import events
from textual.screen import Screen
from textual.widget import Widget

from secterm.tui.sealed import Sealed

HELD = 0.3  # seconds; a key that arrives again sooner is held down (a console begins at 0.25)
# But so soon again only a quick hand presses: a held key repeats later at first, then sooner.
TAPPED: Final = (0.12, 0.235)
LONGEST: Final = 1.0  # seconds; a widget that is being removed never answers


class InOrder(Sealed):
    """An app in which what a key does is done before the next key is looked at.

    Text goes to the widget that takes it in. Any other key waits until that text
    has arrived, and then does its work at once.
    """

    held = False  # the key in hand is held down: it arrived before, just now
    _last = ("", 0.0)  # the key that arrived last, and when
    _began: Widget | None = None  # what had the focus when that key was pressed
    _hushed: Widget | None = None

    def forget_keys(self) -> None:
        """No key is in hand any more, nor a field that it was meant for."""
        self._last, self._began, self._hushed = ("", 0.0), None, None

    def hush(self, screen: Widget) -> None:
        """Keys reach nothing on this screen until `hear`: it shows something else soon, and
        what was typed ahead was not meant for it.
        """
        self._hushed = screen

    def hear(self, screen: Widget) -> None:
        """Keys reach this screen again."""
        if self._hushed is screen:
            self._hushed = None

    async def on_event(self, event: events.Event) -> None:
        """Each key in its turn; everything else as Textual has it."""
        if self._exit and isinstance(event, events.InputEvent | events.Paste):
            return  # typed before the end: what it was meant for is locked by now
        if isinstance(event, events.Key) and not event.is_forwarded:
            if await self._at_once(event.key):
                return
            await _there(self.screen)
            focused = self.focused
            if self.is_hushed:
                self._arrives(event, focused)
                return
            if focused is not None and focused.check_consume_key(event.key, event.character):
                self._arrives(event, focused)
                if self.held and self._began is not focused:
                    return  # held since before this field had the focus
            elif await self._acted(event, focused):
                return
        await super().on_event(event)

    @property
    def is_hushed(self) -> bool:
        """Whether keys reach nothing now."""
        return self._hushed is not None and self._hushed is self.screen

    def _arrives(self, event: events.Key, focused: Widget | None) -> None:
        key, at = self._last
        since = event.time - at
        again = event.key == key and since < HELD
        self.held = again and (self.held or not TAPPED[0] <= since < TAPPED[1])
        self._last = (event.key, event.time)
        if not self.held:
            self._began = focused

    async def _at_once(self, key: str) -> bool:
        """Whether a key did its work that waits for nobody, as locking."""
        for binding in self._bindings.key_to_bindings.get(key, ()):
            if binding.priority and await self.run_action(binding.action, self):
                return True
        return False

    async def _acted(self, event: events.Key, focused: Widget | None) -> bool:
        """Whether a key did its work, or was meant for what is no longer there."""
        if focused is not None:
            await arrived(focused)
        self._arrives(event, focused)
        if self.focused is not focused or self.is_hushed:
            return True
        for priority in (True, False):
            if await self._check_bindings(event.key, priority=priority):
                return True
        return focused is None

    async def _on_key(self, event: events.Key) -> None:
        event.prevent_default()  # it had its turn: what has the focus by now was not meant


def draws(widget: Widget) -> None:
    """Draws what changed as soon as it is known, not at Textual's next tick, 1/60 s apart."""
    widget.screen.call_later(widget.screen._on_timer_update)


async def _there(screen: Screen[object]) -> None:
    """Waits until a screen that opens has its parts; without them no key finds its place."""
    if screen._mounted_event.is_set():
        return
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(screen._mounted_event.wait(), LONGEST)


async def arrived(*widgets: Widget) -> None:
    """Waits until widgets have taken in every key, and all else, that was handed to them."""
    waiting = []
    for widget in widgets:
        done = asyncio.Event()
        if widget.call_later(done.set):
            waiting.append(done)
    for done in waiting:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), LONGEST)
