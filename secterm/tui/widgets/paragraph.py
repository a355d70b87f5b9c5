"""Several lines of text, wrapped. Enter goes on, as everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import TextArea


class Paragraph(TextArea):
    """Tells `Submitted` on Enter; Tab leaves it."""

    @dataclass
    class Submitted(Message):
        """Enter was pressed."""

        paragraph: Paragraph

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(
            text, soft_wrap=True, tab_behavior="focus", compact=True, id=id, show_line_numbers=False
        )

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted(self))
            return
        await super()._on_key(event)

    @property
    def value(self) -> str:
        """What was typed, on one line."""
        return " ".join(self.text.split())
