"""A text that is to be read to its end. It knows how much of it was on the screen:
only what was drawn counts, without a gap from its first line on.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static

from secterm.words import _


class Reading(VerticalScroll):
    """Tells `Shown` whenever another part of it was drawn.

    The first `strong` characters stand out. `place` is where an earlier reading of the
    same text stopped, as `place()` gave it.
    """

    @dataclass
    class Shown(Message):
        """What is on the screen changed, and was drawn."""

        reading: Reading

    def __init__(self, text: str, *, strong: int = 0, place: str = "") -> None:
        shown = Text(text)
        shown.stylize("bold", 0, strong)
        super().__init__(Static(shown), id="page")
        self.total = 0  # lines, as the text is wrapped now; 0 until it was drawn
        self.read = 0  # lines that were drawn, from the first one on
        self._before = _parts(place)

    @property
    def over(self) -> bool:
        """Whether all of it was shown."""
        return 0 < self.total <= self.read

    @property
    def length(self) -> int:
        """Lines of the text itself, however much room there is; 0 until it was drawn."""
        return self.query_one(Static).outer_size.height if self.total else 0

    def place(self) -> str:
        """Where the reading is, whatever the width: the top line and the end of what was read."""
        if not self.total:
            return " ".join(map(str, self._before)) if self._before else ""
        return f"{self.scroll_offset.y / self.total:.5f} {self.read / self.total:.5f}"

    def turn(self) -> bool:
        """Shows what comes next, one line of the old kept; False where all was shown."""
        if self.over:
            return False
        self.scroll_to(y=max(self.read - 1, 0), animate=False, force=True)
        return True

    def told(self) -> str:
        """How far it is, where there is more than was shown; else empty."""
        if self.over or not self.total:
            return ""
        if self.scroll_offset.y > self.read:
            return _(
                "Not all of it was shown: {n} of {of} lines. Enter goes to where you stopped."
            ).format(n=self.read, of=self.total)
        return _("More below: {n} of {of} lines shown. Enter shows more.").format(
            n=self.read, of=self.total
        )

    def on_mount(self) -> None:
        """Looks once it was drawn."""
        self.call_after_refresh(self.look)

    def on_resize(self) -> None:
        """The lines are others now."""
        self.call_after_refresh(self.look)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Looks once the new part was drawn."""
        super().watch_scroll_y(old_value, new_value)
        self.call_after_refresh(self.look)

    def look(self) -> None:
        """Notes what of it is on the screen, once it was drawn."""
        total, height = self.virtual_size.height, self.size.height
        if not (self.is_attached and total and height and self.app.screen is self.screen):
            return
        if total != self.total:
            self._rewrapped(total)
        top = self.scroll_offset.y
        if top <= self.read:
            self.read = max(self.read, min(top + height, total))
        self.post_message(self.Shown(self))

    def _rewrapped(self, total: int) -> None:
        """So much of the text as was read is read, in lines of the new width, rounded down."""
        before, self.total = self.total, total
        if before:
            self.read = total if self.read >= before else self.read * total // before
        elif self._before:
            top, read = self._before
            self.read = total if read >= 1 else int(read * total)
            self.scroll_to(y=min(int(top * total), self.read), animate=False, force=True)


def _parts(place: str) -> tuple[float, float] | None:
    try:
        top, read = map(float, place.split())
    except ValueError:
        return None
    return (top, read) if 0 <= top <= 1 and 0 <= read <= 1 else None
