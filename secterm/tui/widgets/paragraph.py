"""Several lines of text, wrapped. Enter goes on, as everywhere."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.binding import Binding
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from secterm.archive.secret_keys import without_secret
from secterm.tui.widgets.line import EDITING, Guard, SecretKey, taken
from secterm.words import _


class Paragraph(TextArea, inherit_bindings=False):
    """Text of any length. Its screen takes Enter; Tab leaves it. It edits as a `Line` does."""

    BINDINGS = [
        Binding("up", "cursor_up", _("Line up"), show=False),
        Binding("down", "cursor_down", _("Line down"), show=False),
        Binding("left", "cursor_left", _("A letter back"), show=False),
        Binding("right", "cursor_right", _("A letter on"), show=False),
        Binding("home,ctrl+a", "cursor_line_start", _("Beginning of the line"), show=False),
        Binding("end,ctrl+e", "cursor_line_end", _("End of the line"), show=False),
        Binding("pageup", "cursor_page_up", _("Page up"), show=False),
        Binding("pagedown", "cursor_page_down", _("Page down"), show=False),
        Binding("shift+up", "cursor_up(True)", _("Select up"), show=False),
        Binding("shift+down", "cursor_down(True)", _("Select down"), show=False),
        Binding("shift+left", "cursor_left(True)", _("Select back"), show=False),
        Binding("shift+right", "cursor_right(True)", _("Select on"), show=False),
        Binding("shift+home", "cursor_line_start(True)", _("Select to the beginning"), show=False),
        Binding("shift+end", "cursor_line_end(True)", _("Select to the end"), show=False),
        Binding("backspace", "delete_left", _("Delete a letter back"), show=False),
        Binding("delete,ctrl+d", "delete_right", _("Delete a letter on"), show=False),
        *EDITING,
    ]

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(
            text, soft_wrap=True, tab_behavior="focus", compact=True, id=id, show_line_numbers=False
        )
        self.cursor_blink = False
        self._cut = ""
        self._guard = Guard()

    def on_mount(self) -> None:
        """Typing goes on where the text ends."""
        self.move_cursor(self.document.end)

    def put(self, text: str) -> None:
        """Replaces the text; what was cut or can be undone is forgotten with the old one."""
        self.text = text
        self._cut = ""
        self.move_cursor(self.document.end)

    def edit(self, edit: Edit) -> EditResult:
        """As Textual does it, but that no secret key stays in the text."""
        if self._guard.is_deaf():
            edit = Edit("", *self.selection, maintain_selection_offset=False)
        done = super().edit(edit)
        if self._guard.meets(self.text):
            self.put(without_secret(self.text))
            self.post_message(SecretKey())
        return done

    def on_key(self, event: events.Key) -> None:
        """Enter is no new line here: the screen goes on."""
        if event.key == "enter":
            event.prevent_default()

    def action_word(self, by: int) -> None:
        """Moves by a word."""
        if by < 0:
            self.action_cursor_word_left()
        else:
            self.action_cursor_word_right()

    def action_kill(self, what: str) -> None:
        """Cuts, to be put back elsewhere in this text."""
        text = self.text
        cuts: dict[str, Callable[[], None]] = {
            "word_left": self.action_delete_word_left,
            "word_right": self.action_delete_word_right,
            "start": self.action_delete_to_start_of_line,
            "end": self.action_delete_to_end_of_line,
            "selected": lambda: None,
        }
        if what == "selected" and not self.selection.is_empty:
            self.action_delete_left()
        else:
            cuts[what]()
        at = len(self.get_text_range(self.document.start, self.cursor_location))
        self._cut = taken(text, self.text, at) or self._cut

    def action_yank(self) -> None:
        """Puts back what was cut last, where the cursor stands."""
        done = self.replace(self._cut, *self.selection, maintain_selection_offset=False)
        self.move_cursor(done.end_location)

    def action_copy(self) -> None:
        """Nothing: what is copied would outlast the text."""

    @property
    def value(self) -> str:
        """What was typed, on one line."""
        return " ".join(self.text.split())
