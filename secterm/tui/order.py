"""Keys in their order, however fast they come. Textual hands a key to the widget
that has the focus and does not wait for it: of `Ctrl+U` and a text typed at
once the text would come first, and a passphrase after a name and `Enter` would
land, readable, in the name.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from textual import events
from textual.screen import Screen
from textual.widget import Widget

from secterm.tui.sealed import Sealed

LONGEST: Final = 1.0  # seconds; a widget that is being removed never answers


class InOrder(Sealed):
    """An app in which what a key does is done before the next key is looked at.

    Text goes to the widget that takes it in. Any other key waits until that text
    has arrived, and then does its work at once.
    """

    async def on_event(self, event: events.Event) -> None:
        """Each key in its turn; everything else as Textual has it."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if await self._at_once(event.key):
                return
            await _there(self.screen)
            focused = self.focused
            text = focused is not None and focused.check_consume_key(event.key, event.character)
            if not text and await self._acted(event.key, focused):
                return
        await super().on_event(event)

    async def _at_once(self, key: str) -> bool:
        """Whether a key did its work that waits for nobody, as locking."""
        for binding in self._bindings.key_to_bindings.get(key, ()):
            if binding.priority and await self.run_action(binding.action, self):
                return True
        return False

    async def _acted(self, key: str, focused: Widget | None) -> bool:
        """Whether a key did its work, or was meant for what is no longer there."""
        if focused is not None:
            await _arrived(focused)
            if self.focused is not focused:
                return True
        for priority in (True, False):
            if await self._check_bindings(key, priority=priority):
                return True
        return focused is None

    async def _on_key(self, event: events.Key) -> None:
        event.prevent_default()  # it had its turn: what has the focus by now was not meant


async def _there(screen: Screen[object]) -> None:
    """Waits until a screen that opens has its parts; without them no key finds its place."""
    if screen._mounted_event.is_set():
        return
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(screen._mounted_event.wait(), LONGEST)


async def _arrived(widget: Widget) -> None:
    """Waits until a widget has taken in every key that was handed to it so far."""
    done = asyncio.Event()
    if widget.call_later(done.set):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), LONGEST)
