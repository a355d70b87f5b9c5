"""A list of one-line rows that draws only what shows, so that a hundred
thousand rows are no slower than ten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from secterm.words import _

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One line: a key for the program, a text for the person."""

    key: str
    text: str
    strong: bool = False


class Drawn(Sequence[Row], Generic[T]):
    """Rows of things, each made by `draw` when it is looked at and not before."""

    def __init__(self, things: Sequence[T], draw: Callable[[T], Row]) -> None:
        self._things = things
        self._draw = draw

    def __len__(self) -> int:
        return len(self._things)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self._draw(thing) for thing in self._things[at]]
        return self._draw(self._things[at])


class Rows(ScrollView, can_focus=True):
    """Rows to choose one of. Tells `Picked` on Enter."""

    BINDINGS = [
        Binding("up", "move(-1)", _("Up"), show=False),
        Binding("down", "move(1)", _("Down"), show=False),
        Binding("pageup", "page(-1)", _("Page up"), show=False),
        Binding("pagedown", "page(1)", _("Page down"), show=False),
        Binding("home", "end(-1)", _("First"), show=False),
        Binding("end", "end(1)", _("Last"), show=False),
        Binding("enter", "pick", _("Open")),
    ]
    COMPONENT_CLASSES = {"rows--cursor", "rows--strong"}

    cursor = reactive(0)

    @dataclass
    class Picked(Message):
        """A row was chosen."""

        row: Row

    @dataclass
    class Moved(Message):
        """The cursor stands on another row."""

        row: Row

    def __init__(self, rows: Sequence[Row] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[Row] = rows

    def on_mount(self) -> None:
        """Knows its height at last."""
        self.show(self.rows)

    def show(self, rows: Sequence[Row], key: str = "", *, at: int | None = None) -> None:
        """Replaces the rows; the cursor stays on the same row, or goes to `key`, or to the
        row `at` this place where the caller knows it.
        """
        if at is None:
            key = key or self.key
            at = next((i for i, row in enumerate(rows) if row.key == key), 0)
        self.rows = rows
        self.virtual_size = Size(self.size.width, len(rows))
        self.cursor = at
        self._into_view()
        self.refresh()

    @property
    def key(self) -> str:
        """The key of the row under the cursor; empty where there is none."""
        return self.rows[self.cursor].key if self.cursor < len(self.rows) else ""

    def action_move(self, by: int) -> None:
        """Moves the cursor."""
        self._go(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Moves the cursor a page."""
        self._go(self.cursor + by * max(self.size.height - 1, 1))

    def action_end(self, where: int) -> None:
        """Moves the cursor to the first or the last row."""
        self._go(0 if where < 0 else len(self.rows) - 1)

    def action_pick(self) -> None:
        """Chooses the row under the cursor."""
        if self.rows:
            self.post_message(self.Picked(self.rows[self.cursor]))

    def _go(self, to: int) -> None:
        if not self.rows:
            return
        self.cursor = max(0, min(to, len(self.rows) - 1))
        self._into_view()
        self.refresh()
        self.post_message(self.Moved(self.rows[self.cursor]))

    def on_resize(self) -> None:
        """Keeps the cursor in view."""
        self.virtual_size = Size(self.size.width, len(self.rows))
        self._into_view()

    def _into_view(self) -> None:
        self.scroll_to_region(
            Region(0, self.cursor, max(self.size.width, 1), 1), animate=False, force=True
        )

    def render_line(self, y: int) -> Strip:
        """The row that stands on line `y` of the window."""
        index = int(self.scroll_offset.y) + y
        width = self.size.width
        if index >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        row, here = self.rows[index], index == self.cursor
        style = self.rich_style
        if row.strong:
            style += Style(bold=True)
        if here and self.has_focus_within_reach:
            style += self.get_component_rich_style("rows--cursor")
        mark = "> " if here else "  "
        text = Segment(mark + row.text, style)
        return Strip([text]).adjust_cell_length(width, style)

    @property
    def has_focus_within_reach(self) -> bool:
        """Whether keys reach this list: it has the focus, or the filter over it has."""
        return self.has_focus or self.has_class("driven")
