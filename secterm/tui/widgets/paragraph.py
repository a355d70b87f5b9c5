"""Several lines of text, wrapped. Enter goes on, as everywhere."""

from __future__ import annotations

from textual import events
from textual.widgets import TextArea


class Paragraph(TextArea):
    """Text of any length. Its screen takes Enter; Tab leaves it."""

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(
            text, soft_wrap=True, tab_behavior="focus", compact=True, id=id, show_line_numbers=False
        )

    def on_mount(self) -> None:
        """Typing goes on where the text ends."""
        self.move_cursor(self.document.end)

    def put(self, text: str) -> None:
        """Replaces the text."""
        self.text = text
        self.move_cursor(self.document.end)

    def on_key(self, event: events.Key) -> None:
        """Enter is no new line here: the screen goes on."""
        if event.key == "enter":
            event.prevent_default()

    @property
    def value(self) -> str:
        """What was typed, on one line."""
        return " ".join(self.text.split())
