"""A few answers to choose one of, wrapped to the width: by arrow and Enter, by
digit, or by the first letter where each has its own. Where answers are given `at
once`, the digit or letter is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive, var
from textual.widgets import Static

from secterm.words import _

SHORT: Final = 40  # columns that a line surely has for an answer


@dataclass(frozen=True)
class Choice:
    """One answer: a key for the program, a text for the person."""

    key: str
    text: str


class Choices(Static, can_focus=True):
    """Tells `Chosen` on Enter. The mark shows which stands; the arrow, where the cursor is.

    An `open` question begins with no answer under the cursor, so that Enter alone,
    pressed once too often, says nothing. `at_once` is told the answer whose digit or
    letter was pressed, in place of the cursor's moving there.
    """

    BINDINGS = [
        Binding("up", "move(-1)", _("Up"), show=False),
        Binding("down", "move(1)", _("Down"), show=False),
        Binding("enter", "choose", _("Go on")),
    ]

    cursor = reactive(0)
    virtual_size = var(Size(0, 0), init=False)  # drawn once with a new size, not twice

    @dataclass
    class Chosen(Message):
        """An answer was chosen."""

        choices: Choices
        key: str

    @dataclass
    class Moved(Message):
        """Another answer is under the cursor."""

        choices: Choices

    @dataclass
    class Unchosen(Message):
        """Enter was pressed while no answer was under the cursor."""

        choices: Choices

    def __init__(
        self,
        choices: Sequence[Choice] = (),
        *,
        standing: str = "",
        open: bool = False,
        at_once: Callable[[str], None] | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id, markup=False)
        self.at_once = at_once
        self._take(choices)
        self.set_reactive(Choices.cursor, self._place_of(standing, -1 if open else 0))

    def ask(self, choices: Sequence[Choice], standing: str = "") -> None:
        """Asks something else in the same place; no answer is under the cursor but `standing`."""
        before = self.choices
        self._take(choices)
        self.set_reactive(Choices.cursor, self._place_of(standing, -1))
        self.refresh(layout=self.choices != before)

    def _take(self, choices: Sequence[Choice]) -> None:
        self.choices = list(choices)
        letters = [choice.text[:1].lower() for choice in self.choices]
        self._letters = letters if len(set(letters)) == len(letters) else []

    def _place_of(self, key: str, none: int) -> int:
        return next((i for i, choice in enumerate(self.choices) if choice.key == key), none)

    def answers_to(self, character: str) -> bool:
        """Whether a digit or letter stands for one of the answers."""
        return self._meant(character.lower()) is not None

    def _meant(self, typed: str) -> int | None:
        if typed.isdecimal() and typed.isascii():
            return int(typed) - 1 if 1 <= int(typed) <= len(self.choices) else None
        return self._letters.index(typed) if typed and typed in self._letters else None

    @property
    def key(self) -> str:
        """The key under the cursor, empty where nothing is chosen yet."""
        return self.choices[self.cursor].key if 0 <= self.cursor < len(self.choices) else ""

    def put(self, key: str) -> None:
        """Moves the cursor to an answer, if it is one of these; away from all where empty."""
        keys = [choice.key for choice in self.choices]
        if key in keys or not key:
            self.cursor = keys.index(key) if key else -1

    def action_move(self, by: int) -> None:
        """Moves the cursor, round at the ends."""
        if not self.choices:
            return
        at = self.cursor if self.cursor >= 0 else min(-by, 0)
        self.cursor = (at + by) % len(self.choices)

    def action_choose(self) -> None:
        """Chooses what is under the cursor, if anything is."""
        self.post_message(self.Chosen(self, self.key) if self.key else self.Unchosen(self))

    def on_key(self, event: events.Key) -> None:
        """A digit or a letter moves to its answer, and Enter says that it is meant; or it
        is the answer at once.
        """
        meant = self._meant((event.character or "").lower())
        if meant is None:
            return
        event.stop()
        if self.at_once is not None:
            self.at_once(self.choices[meant].key)
        else:
            self.cursor = meant

    def watch_cursor(self) -> None:
        """Draws the cursor where it is now."""
        self.refresh()
        self.post_message(self.Moved(self))

    def on_focus(self) -> None:
        """Draws the cursor as live."""
        self.refresh()

    def on_blur(self) -> None:
        """Draws the cursor as asleep."""
        self.refresh()

    def render(self) -> Text | Table:
        """All answers; where one may take two lines, the second begins under its words."""
        lines = []
        for number, choice in enumerate(self.choices):
            here = number == self.cursor
            first = number == 0 and self.cursor < 0
            arrow = ">" if (here or first) and self.has_focus else " "
            mark = "•" if here else " "
            style = "reverse" if here and self.has_focus else ""
            lines.append((f"{arrow} {number + 1} ({mark}) ", choice.text, style))
        if not any(cell_len(text) > SHORT or "\n" in text for _mark, text, _style in lines):
            return Text("\n").join(Text(mark + text, style=style) for mark, text, style in lines)
        table = Table.grid(expand=True)
        table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        for mark, text, style in lines:
            table.add_row(Text(mark), Text(text), style=style)
        return table
