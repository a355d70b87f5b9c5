"""Numbers as bars, one under another. Whose keys they have moves the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from secterm.tui.widgets.cells import fit

FULL, REST = "█", "·"


@dataclass(frozen=True)
class Bar:
    """One number: its name, how many, and a key for the program."""

    name: str
    many: int
    key: str


class Bars(Widget):
    """Bars of one scale under a title; `cursor` is on one of them, or on none (-1)."""

    COMPONENT_CLASSES = {"bars--bar", "bars--rest", "bars--title", "bars--cursor"}

    def __init__(self, title: str, *, id: str) -> None:
        super().__init__(id=id)
        self._title = title
        self.bars: Sequence[Bar] = ()
        self._apart = 1  # lines from one bar to the next
        self.cursor = -1

    def show(self, bars: Sequence[Bar], apart: int) -> None:
        """Replaces the bars, `apart` lines from one to the next."""
        self.bars, self._apart = bars, apart
        self.cursor = min(self.cursor, len(bars) - 1)
        self.styles.height = self.lines_of(len(bars), apart)
        self.refresh(layout=True)

    @staticmethod
    def lines_of(many: int, apart: int) -> int:
        """How many lines so many bars take, with title and a line under them."""
        return many * apart + 2

    def to(self, cursor: int) -> None:
        """Puts the cursor on a bar, or on none."""
        self.cursor = cursor
        self.refresh()

    @property
    def line(self) -> Region:
        """Where the bar under the cursor stands; with the title, where it is the first."""
        y = self.cursor * self._apart
        return Region(0, y, self.size.width, 2) if y == 0 else Region(0, y + 1, self.size.width, 1)

    def render_line(self, y: int) -> Strip:
        """The title, and every so many lines a bar."""
        width, style = self.size.width, self.rich_style
        if y == 0:
            title = style + self.get_component_rich_style("bars--title")
            return Strip([Segment(fit(self._title, width), title)])
        at, between = divmod(y - 1, self._apart)
        if between or at >= len(self.bars):
            return Strip.blank(width, style)
        return self._strip(at, width, style).adjust_cell_length(width, style)

    def _strip(self, at: int, width: int, style: Style) -> Strip:
        bar, here = self.bars[at], at == self.cursor
        names = max(cell_len(b.name) for b in self.bars)
        most = max(b.many for b in self.bars)
        numbers = len(f"{most:,}")
        room = max(width - names - numbers - 5, 1)
        # Whoever is there at all is seen.
        full = max(round(room * bar.many / most), 1) if bar.many else 0
        text = style + self.get_component_rich_style("bars--cursor") if here else style
        drawn = style + self.get_component_rich_style("bars--bar")
        rest = style + self.get_component_rich_style("bars--rest")
        return Strip(
            [
                Segment(f"{'> ' if here else '  '}{fit(bar.name, names)}", text),
                Segment(" ", style),
                Segment(FULL * full, drawn),
                Segment(REST * (room - full), rest),
                Segment(f" {bar.many:>{numbers},}", text),
            ]
        )
