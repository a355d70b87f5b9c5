"""One line of text to type in. It edits as a shell does."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from typing import ClassVar, Final

from rich.cells import cached_cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from secterm.archive.secret_keys import is_secret, without_secret
from secterm.words import _

REMEMBERED: Final = 100  # steps that can be undone
REST: Final = 1.0  # seconds within which the rest of a secret key would come

# The keys of a shell's line, for lines and paragraphs alike.
MOVING: Final = (
    Binding("ctrl+left,alt+b", "word(-1)", _("A word back"), show=False),
    Binding("ctrl+right,alt+f", "word(1)", _("A word on"), show=False),
    Binding("ctrl+b", "cursor_left", _("A letter back"), show=False),
    Binding("ctrl+f", "cursor_right", _("A letter on"), show=False),
)
KILLING: Final = (
    Binding("ctrl+w,alt+backspace,ctrl+backspace", "kill('word_left')", _("Cut a word back")),
    Binding("alt+d,alt+delete", "kill('word_right')", _("Cut a word on")),
    Binding("ctrl+u", "kill('start')", _("Cut to the beginning")),
    Binding("ctrl+k", "kill('end')", _("Cut to the end")),
    Binding("ctrl+x", "kill('selected')", _("Cut what is selected")),
    Binding("ctrl+y,ctrl+v", "yank", _("Put back what was cut")),
    Binding("ctrl+z,ctrl+underscore", "undo", _("Undo")),
)
EDITING: Final[list[BindingType]] = [
    Binding(b.key, b.action, b.description, show=False) for b in (*MOVING, *KILLING)
]


def taken(before: str, after: str, at: int) -> str:
    """What was cut out of a text, where the cursor stands at `at` since."""
    return before[at : at + len(before) - len(after)]


class SecretKey(Message):
    """A secret key was typed or pasted where all can read it; it was taken out."""


class Guard:
    """Keeps secret keys out of one field, lines and paragraphs alike. A console pastes letter
    by letter, so what follows one at once is the rest of it.
    """

    def __init__(self) -> None:
        self._until = 0.0

    def is_deaf(self) -> bool:
        """Whether what comes now is the rest of a secret key."""
        now = time.monotonic()
        if now >= self._until:
            return False
        self._until = now + REST
        return True

    def meets(self, text: str) -> bool:
        """Whether a secret key stands in this text, out of which it is taken now."""
        met = is_secret(text)
        if met:
            self._until = time.monotonic() + REST
        return met


class Line(Input):
    """A field of one line; what stands in it stays when it gets the keys.

    What was cut, and what can be undone, is forgotten with the field. Of a secret
    nothing is kept, and a secret key is taken nowhere else.
    """

    BINDINGS: ClassVar[list[BindingType]] = EDITING

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        password: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(
            value, placeholder=placeholder, password=password, id=id, select_on_focus=False
        )
        self.cursor_blink = False
        self._cut = ""
        self._before: list[tuple[str, int]] = []
        self._typing = -1  # where the next letter of the same word would come
        self._guard = Guard()

    def on_unmount(self) -> None:
        """A secret goes with its field, and so do the widths that were measured of it."""
        if self.password:
            self.set_reactive(Input.value, "")
            cached_cell_len.cache_clear()

    def replace(self, text: str, start: int, end: int) -> None:
        """Puts a text in the place of another; what stood before can be had back."""
        if self._guard.is_deaf():
            return
        value, at = self.value, self.cursor_position
        after = value[:start] + text + value[end:]
        if not self.password and self._guard.meets(after):
            self.value, self._cut, self._before, self._typing = without_secret(after), "", [], -1
            self.cursor_position = len(self.value)
            self.post_message(SecretKey())
            return
        goes_on = len(text) == 1 and text.isalnum() and start == end == self._typing
        super().replace(text, start, end)
        if self.password or self.value == value:
            return
        if not goes_on:
            self._before = [*self._before[1 - REMEMBERED :], (value, at)]
        self._typing = self.cursor_position if len(text) == 1 else -1

    def action_word(self, by: int) -> None:
        """Moves by a word."""
        if by < 0:
            self.action_cursor_left_word()
        else:
            self.action_cursor_right_word()

    def action_kill(self, what: str) -> None:
        """Cuts, to be put back elsewhere in this field."""
        value = self.value
        cuts: dict[str, Callable[[], None]] = {
            "word_left": self.action_delete_left_word,
            "word_right": self.action_delete_right_word,
            "start": self.action_delete_left_all,
            "end": self.action_delete_right_all,
            "selected": self.delete_selection,
        }
        cuts[what]()
        cut = taken(value, self.value, self.cursor_position)
        if cut and not self.password:
            self._cut = cut

    def action_yank(self) -> None:
        """Puts back what was cut last, where the cursor stands."""
        self.replace(self._cut, *self.selection)

    def action_undo(self) -> None:
        """Takes the last change back."""
        if self._before:
            value, at = self._before.pop()
            self.value = value
            self.cursor_position = at
            self._typing = -1

    def action_copy(self) -> None:
        """Nothing: what is copied would outlast the field."""

    def _on_paste(self, event: events.Paste) -> None:
        """All of it on one line, and nothing that cannot be seen."""
        event.stop()
        event.prevent_default()
        text = event.text
        if not self.password:
            text = " ".join(text.split())
        text = "".join(c for c in text if unicodedata.category(c) != "Cc")
        self.replace(text, *self.selection)
