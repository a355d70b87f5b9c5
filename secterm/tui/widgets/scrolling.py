"""The bar beside what is longer than the screen, drawn with glyphs that every
console font has. Without it nobody would know that there is more.
"""

from __future__ import annotations

from rich.color import Color
from rich.segment import Segment, Segments
from rich.style import Style
from textual.scrollbar import ScrollBar, ScrollBarRender

BLACK = Color.parse("black")
WHITE = Color.parse("white")


def place_of(
    size: int, virtual_size: float, window_size: float, position: float
) -> tuple[int, int]:
    """In a bar of `size` cells: the first of the block, and how many it takes."""
    block, start = size, 0
    if 0 < window_size < virtual_size:
        block = max(1, int(size * window_size / virtual_size))
        hidden = virtual_size - window_size
        start = min(round((size - block) * position / hidden), size - block)
        if position > 0:
            start = max(start, min(1, size - block))
        if position < hidden:
            start = min(start, max(size - block - 1, 0))
    return start, block


class Bar(ScrollBarRender):
    """A line, and on it a block for what is seen of the whole."""

    @classmethod
    def render_bar(
        cls,
        size: int = 25,
        virtual_size: float = 50,
        window_size: float = 20,
        position: float = 0,
        thickness: int = 1,
        vertical: bool = True,
        back_color: Color = BLACK,
        bar_color: Color = WHITE,
    ) -> Segments:
        """`size` cells one under another; the block is at an end only where the text is."""
        style = Style(color=bar_color, bgcolor=back_color)
        start, block = place_of(size, virtual_size, window_size, position)
        cells = ["█" if start <= i < start + block else "│" for i in range(size)]
        return Segments([Segment(cell * thickness, style) for cell in cells], new_lines=True)


def install() -> None:
    """Draws every scrollbar of this process so."""
    ScrollBar.renderer = Bar
