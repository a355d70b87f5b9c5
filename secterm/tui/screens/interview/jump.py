"""To any question of the interview, by its number or by words of it."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from secterm.tui.screens.dialogs import Box
from secterm.tui.screens.interview.progress import Progress
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.line import Line
from secterm.tui.widgets.rows import Row, Rows
from secterm.words import _

WIDEST: Final = 114  # columns of a question, where the terminal has them


class Jump(Box[str]):
    """Gives the id of the question that was chosen, empty where it was left with Esc."""

    BINDINGS = [
        Binding("enter", "jump", _("Go there"), priority=True),
        Binding("escape", "close", _("Back")),
        Binding("up", "move(-1)", _("Up"), show=False),
        Binding("down", "move(1)", _("Down"), show=False),
        Binding("pageup", "page(-1)", _("Page up"), show=False),
        Binding("pagedown", "page(1)", _("Page down"), show=False),
    ]

    def __init__(self, progress: Progress, at: int) -> None:
        super().__init__()
        self._at = progress.asked[at][1].id
        self._progress = progress
        self._all: list[tuple[str, str, Row]] = []

    def inside(self) -> ComposeResult:
        """A line to type in, and the questions that fit."""
        across = min(self.app.size.width - 14, WIDEST)
        self._all = [
            (
                str(place + 1),
                _folded(f"{section.title} {question.text}"),
                _row(self._progress, place, across),
            )
            for place, (section, question) in enumerate(self._progress.asked)
        ]
        yield Static(_("Jump to a question: its number, or words of it"), classes="title")
        yield Line()
        rows = Rows([row for _number, _text, row in self._all])
        rows.add_class("driven")
        yield rows
        yield Static("", id="none", markup=False)

    def on_mount(self) -> None:
        """Begins at the question on the page."""
        self.query_one(Rows).show([row for _number, _text, row in self._all], self._at)
        self.query_one("#none", Static).display = False
        self.call_after_refresh(self._amid)

    def _amid(self) -> None:
        """The question on the page stands amid those before and after it."""
        rows = self.query_one(Rows)
        rows.scroll_to(y=rows.cursor - rows.size.height // 2, animate=False)

    def on_input_changed(self) -> None:
        """Shows what fits."""
        self._filter()

    def _filter(self) -> None:
        wanted = _folded(self.query_one(Line).value)
        rows = self.query_one(Rows)
        fitting = [row for number, text, row in self._all if _fits(wanted, number, text)]
        rows.show(fitting, rows.key if wanted else self._at)
        rows.display = bool(fitting)
        none = self.query_one("#none", Static)
        none.display = not fitting
        none.update(_("No question fits. Backspace, or Esc to stay where you are."))

    def action_jump(self) -> None:
        """Gives the question under the cursor, if any fits."""
        self._filter()
        rows = self.query_one(Rows)
        if rows.key:
            self.dismiss(rows.key)

    def action_move(self, by: int) -> None:
        """Moves the cursor while the keys are in the line."""
        self.query_one(Rows).action_move(by)

    def action_page(self, by: int) -> None:
        """Moves the cursor a page."""
        self.query_one(Rows).action_page(by)

    def action_close(self) -> None:
        """Stays at the question on the page."""
        self.dismiss("")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _fits(wanted: str, number: str, text: str) -> bool:
    """A number names its question and those that begin with it; words stand in the text."""
    if wanted.isdecimal():
        return number.startswith(wanted)
    return all(word in text for word in wanted.split())


def _row(progress: Progress, at: int, across: int) -> Row:
    question = progress.asked[at][1]
    said = _("adverse") if progress.is_adverse(at) else ""
    if not progress.is_answered(at):
        said = _("open")
    if progress.is_marked(at):
        said = f"{said}, {_('marked')}" if said else _("marked")
    right = f" {said}" if said else ""
    return Row(question.id, fit(f"{at + 1:>3}. {question.text}", across - len(right)) + right)
