"""A list of one-line rows that draws only what shows, so that a hundred
thousand rows are no slower than ten.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.scrolling import place_of
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
        self.cursor = 0
        self._style = Style()
        self._bar: tuple[object, ...] = ()  # what it showed when it was drawn last
        self._top = -1  # the first row that was drawn
        self._drawn: list[tuple[Row, bool] | None] = []  # by line, with where the cursor was

    def on_mount(self) -> None:
        """Knows its height at last."""
        self.show(self.rows)

    def show(
        self, rows: Sequence[Row], key: str = "", *, at: int | None = None, whole: bool = True
    ) -> None:
        """Replaces the rows; the cursor stays on the same row, or goes to `key`, or to the
        row `at` this place where the caller knows it. Where these are not the `whole` of
        them, the bar beside them waits for that.
        """
        if at is None:
            key = key or self.key
            at = next((i for i, row in enumerate(rows) if row.key == key), 0)
        self.rows = rows
        if whole or at >= self.size.height:
            self._measure()
        self.cursor = at
        self._into_view()
        self._draw()

    @property
    def room(self) -> int:
        """The columns that a row has, its mark included; the bar's own is not one of them."""
        return self.size.width - self.scrollbar_size_vertical

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
        self._draw()
        self.post_message(self.Moved(self.rows[self.cursor]))

    def on_resize(self) -> None:
        """Keeps the cursor in view."""
        self._measure()
        self._into_view()
        self._draw()

    def _measure(self) -> None:
        """The bar beside the rows follows them. The screen needs no new layout for that: the
        bar's column is kept free (`scrollbar-gutter: stable`), unless our height is theirs.
        """
        size = Size(self.size.width, len(self.rows))
        if self.styles.is_auto_height or not self.size:
            self.virtual_size = size
        elif size != self.virtual_size:
            self.set_reactive(Rows.virtual_size, size)
            self._scroll_update(size)

    def _scroll_update(self, virtual_size: Size) -> None:
        """Textual draws the bar anew with every layout, and it is dear: only where it changed."""
        height = self.size.height
        shows = place_of(height, virtual_size.height, height, self.scroll_y)
        bar = (*shows, self.size, self.container_size, self.show_vertical_scrollbar)
        if bar == self._bar and self.show_vertical_scrollbar:
            many = virtual_size.height
            self.vertical_scrollbar.set_reactive(ScrollBar.window_virtual_size, many)
            self.scroll_y = self.validate_scroll_y(self.scroll_y)
            return
        self._bar = bar
        super()._scroll_update(virtual_size)

    def _into_view(self) -> None:
        if not self.size.height:
            return  # before it has one, the first row in view would be that of the cursor
        if 0 <= self.cursor - int(self.scroll_offset.y) < self.size.height:
            return
        self.scroll_to_region(
            Region(0, self.cursor, max(self.size.width, 1), 1), animate=False, force=True
        )

    def _draw(self) -> None:
        """Has those lines drawn anew on which something else stands now."""
        before, top, width = self._drawn, self._top, self.size.width
        self._top = int(self.scroll_offset.y)
        self._drawn = [self._standing(self._top + y) for y in range(self.size.height)]
        if top != self._top or len(before) != len(self._drawn):
            self.refresh()
            return
        pairs = zip(before, self._drawn, strict=True)
        lines = [y for y, (old, new) in enumerate(pairs) if old != new]
        if lines:
            self.refresh(*(Region(0, y, width, many) for y, many in _runs(lines)))

    def _standing(self, index: int) -> tuple[Row, bool] | None:
        if index >= len(self.rows):
            return None
        return self.rows[index], index == self.cursor

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the window."""
        self._style = self.rich_style  # once for all of them: it takes longer than a line
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """The row that stands on line `y` of the window."""
        top, width, style = int(self.scroll_offset.y), self.size.width, self._style
        ready = top == self._top and y < len(self._drawn)
        standing = self._drawn[y] if ready else self._standing(top + y)
        if standing is None:
            return Strip.blank(width, style)
        row, here = standing
        if row.strong:
            style += Style(bold=True)
        if here and self.has_focus_within_reach:
            style += self.get_component_rich_style("rows--cursor")
        mark = "> " if here else "  "
        text = fit(mark + row.text, self.room) + " " * (width - self.room)
        return Strip([Segment(text, style)], width)

    @property
    def has_focus_within_reach(self) -> bool:
        """Whether keys reach this list: it has the focus, or the filter over it has."""
        return self.has_focus or self.has_class("driven")


def _runs(lines: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Lines that follow each other, as the first and how many: drawn at once they cost less."""
    for _way, run in itertools.groupby(enumerate(lines), lambda at: at[1] - at[0]):
        (_first, y), *more = run
        yield y, 1 + len(more)


class Deeds(Rows):
    """Rows each of which asks for something to be done; Enter does it."""

    BINDINGS = [Binding("enter", "pick", _("Do it"))]
