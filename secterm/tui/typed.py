"""What is typed, and nothing else that a terminal sends. Whoever has the keyboard can type
any sequence by hand, also one that says that a paste begins, that the terminal is another
size now, or that it is no longer looked at; none of that may take the keys from whoever
comes next.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final

from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message
from textual.messages import InBandWindowResize

PASTED: Final = "\x1b[201~"  # ends a paste; does nothing where there is none
SILENT: Final = 0.2  # seconds: no paste goes on after them
NOT_TYPED: Final = (  # the kernel says how large the terminal is, and there is no mouse
    events.Resize,
    events.MouseEvent,
    events.AppFocus,
    events.AppBlur,
    InBandWindowResize,
)


class Typed(XTermParser):
    """Keys and pastes. A paste that nobody ends is over after a moment without a key."""

    def __init__(self) -> None:
        super().__init__()
        self._last: float | None = None  # when something came, until a paste would be over

    def feed(self, data: str) -> Iterable[Message]:
        """What this text means, together with what came before it."""
        self._last = time.monotonic()
        return self._typed(super().feed(data))

    def tick(self) -> Iterable[Message]:
        """What it means that nothing came for a while."""
        yield from self._typed(super().tick())
        if self._last is not None and time.monotonic() - self._last >= SILENT:
            self._last = None
            yield from self._typed(super().feed(PASTED))

    @staticmethod
    def _typed(messages: Iterable[Message]) -> Iterable[Message]:
        return (message for message in messages if not isinstance(message, NOT_TYPED))
