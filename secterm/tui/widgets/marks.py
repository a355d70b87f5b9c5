"""A few names of which any number can be marked, with the space bar; Enter goes on."""

from __future__ import annotations

from rich.text import Text
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.geometry import Region

from secterm.tui.widgets.choices import Choices
from secterm.words import _


class Marks(Choices):
    """Its key is the keys of what is marked, with spaces between, in the order of the names."""

    BINDINGS = [Binding("space", "mark", _("Mark"))]

    marked: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """What is marked."""
        return " ".join(choice.key for choice in self.choices if choice.key in self.marked)

    def put(self, key: str) -> None:
        """Marks these and no others."""
        self.marked = frozenset(key.split())
        self._tell()

    def action_mark(self) -> None:
        """Marks what is under the cursor, or no longer."""
        if self.choices:
            self.marked ^= {self.choices[self.cursor].key}
            self._tell()

    def watch_cursor(self) -> None:
        """Keeps the cursor in view, where the names are more than the page has lines."""
        super().watch_cursor()
        page = next((each for each in self.ancestors if isinstance(each, VerticalScroll)), None)
        if page is not None and self.has_focus:
            line = self.region.y - page.region.y + page.scroll_offset.y + self.cursor
            page.scroll_to_region(Region(0, line, 1, 1), animate=False, force=True)

    def _tell(self) -> None:
        self.refresh()
        self.post_message(self.Moved(self))

    def render(self) -> Text:
        """A line for each."""
        lines, width = [], len(str(len(self.choices)))
        for number, choice in enumerate(self.choices):
            here = number == self.cursor and self.has_focus
            mark = "x" if choice.key in self.marked else " "
            line = f"{'>' if here else ' '} {number + 1:>{width}} [{mark}] {choice.text}"
            lines.append(Text(line, style="reverse" if here else "", no_wrap=True))
        return Text("\n").join(lines)
