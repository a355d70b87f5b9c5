"""A text that gives way to another with a key. A new layout of the whole screen takes
longer than to draw what changed, and mostly nothing moves.
"""

from __future__ import annotations

from textual.geometry import Size
from textual.reactive import var
from textual.widgets import Static


class Changing(Static):
    """Nothing is drawn for the same text, and nothing laid out for one of as many lines."""

    # Who has a new size is drawn with the layout that gave it, not a second time after it.
    virtual_size = var(Size(0, 0), init=False)

    def __init__(
        self, text: str = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(text, id=id, classes=classes, markup=False)

    def show(self, text: str) -> None:
        """Another text."""
        if self.content == text:
            return
        known = self.display and self.size  # how much room it has
        self.update(text, layout=not known)
        if (
            known
            and self.visual.get_height(self.styles.get_rules(), self.size.width) != self.size.height
        ):
            self.refresh(layout=True)
