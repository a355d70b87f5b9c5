"""What stands over a long list: the views on the number keys, and the line that
narrows them down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from rich.cells import cell_len
from rich.text import Text
from textual.geometry import Size
from textual.reactive import reactive
from textual.widgets import Static

from secterm.tui.widgets.line import Line

MOST: Final = 9  # views, one for each number key


class Views(Static):
    """The views with their keys and how many each shows; the chosen one in brackets."""

    COMPONENT_CLASSES = {"views--key"}

    def __init__(self) -> None:
        super().__init__("", id="views", markup=False)
        self._views: Sequence[tuple[str, int]] = ()
        self._chosen = 0

    def show(self, views: Sequence[tuple[str, int]], chosen: int) -> None:
        """Names and numbers of dossiers; `chosen` is a place among them, or none."""
        if (self._views, self._chosen) != (views, chosen):
            self._views, self._chosen = views, chosen
            self.refresh(layout=True)

    def render(self) -> Text:
        """As many lines as it takes; no view is broken across two."""
        text, used, cap = Text(), 0, self.get_component_rich_style("views--key")
        for place, (name, many) in enumerate(self._views):
            here = place == self._chosen
            item = f"{place + 1} {name} {many:,}"
            item = f"[{item}]" if here else f" {item} "
            if used and used + cell_len(item.rstrip()) > self.size.width:
                text.append("\n")
                used = 0
            text.append(item[0], style="bold" if here else "")
            text.append(item[1], style=cap)
            text.append(item[2:], style="bold" if here else "")
            used += cell_len(item)
        return text


class Filter(Line):
    """The line that narrows a list down. While it is empty, digits, `/` and `?` are no text.

    `changed` is called at once: the letter and what it finds are painted together.
    """

    # Its place and size never follow what is typed, so a letter asks for no new layout.
    value = reactive("", init=False)
    virtual_size = reactive(Size(0, 0), init=False)

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__()
        self._changed = changed
        self.opened = False  # by `/`: digits are text from the first on

    def watch_value(self) -> None:
        """What it narrows down follows."""
        self._changed()

    @property
    def takes_digits(self) -> bool:
        """Whether a digit is text here now."""
        return self.opened or bool(self.value)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """A digit, `/` or `?` goes past an empty filter, to whoever has a use for it."""
        if character is not None and not self.takes_digits and character in "/?123456789":
            return False
        return super().check_consume_key(key, character)
