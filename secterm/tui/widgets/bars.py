"""Numbers as bars, one under another, with a cursor to choose one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from secterm.tui.widgets.cells import fit
from secterm.words import _

FULL, REST = "█", "·"


@dataclass(frozen=True)
class Bar:
    """One number: its name, how many, and a key for the program."""

    name: str
    many: int
    key: str


class Bars(Widget, can_focus=True):
    """Bars of one scale under a title. Tells `Picked` on Enter, `Left` beyond an end."""

    BINDINGS = [
        Binding("up", "move(-1)", _("Up"), show=False),
        Binding("down", "move(1)", _("Down"), show=False),
        Binding("home", "end(-1)", _("First"), show=False),
        Binding("end", "end(1)", _("Last"), show=False),
        Binding("enter", "pick", _("Show them")),
    ]
    COMPONENT_CLASSES = {"bars--bar", "bars--rest", "bars--title", "bars--cursor"}

    @dataclass
    class Picked(Message):
        """A bar was chosen."""

        bar: Bar

    @dataclass
    class Left(Message):
        """The cursor would go beyond the first bar (-1) or the last (1)."""

        bars: Bars
        by: int

    def __init__(self, title: str, *, id: str) -> None:
        super().__init__(id=id)
        self._title = title
        self._bars: Sequence[Bar] = ()
        self._apart = 1  # lines from one bar to the next
        self.cursor = 0

    def show(self, bars: Sequence[Bar], apart: int) -> None:
        """Replaces the bars, `apart` lines from one to the next."""
        self._bars, self._apart = bars, apart
        self.cursor = min(self.cursor, max(len(bars) - 1, 0))
        self.styles.height = self.lines_of(len(bars), apart)
        self.refresh(layout=True)

    @staticmethod
    def lines_of(many: int, apart: int) -> int:
        """How many lines so many bars take, with title and a line under them."""
        return many * apart + 2

    def action_move(self, by: int) -> None:
        """To another bar, or out of these."""
        to = self.cursor + by
        if 0 <= to < len(self._bars):
            self.cursor = to
            self.refresh()
        else:
            self.post_message(self.Left(self, by))

    def action_end(self, where: int) -> None:
        """To the first bar or the last."""
        self.cursor = 0 if where < 0 else max(len(self._bars) - 1, 0)
        self.refresh()

    def action_pick(self) -> None:
        """Chooses the bar under the cursor."""
        if self._bars:
            self.post_message(self.Picked(self._bars[self.cursor]))

    def render_line(self, y: int) -> Strip:
        """The title, and every so many lines a bar."""
        width, style = self.size.width, self.rich_style
        if y == 0:
            title = style + self.get_component_rich_style("bars--title")
            return Strip([Segment(fit(self._title, width), title)])
        at, between = divmod(y - 1, self._apart)
        if between or at >= len(self._bars):
            return Strip.blank(width, style)
        return self._strip(at, width, style).adjust_cell_length(width, style)

    def _strip(self, at: int, width: int, style: Style) -> Strip:
        bar, here = self._bars[at], at == self.cursor and self.has_focus
        names = max(cell_len(b.name) for b in self._bars)
        most = max(b.many for b in self._bars)
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
