"""A repeating list in the interview: rows of a few fields, one row at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from secterm.dossier import answering
from secterm.dossier.entries import Row
from secterm.policy.model import Field
from secterm.words import _


class Listing(Vertical):
    """Enter goes through the fields and adds the row; with all fields empty it goes on."""

    BINDINGS = [Binding("f6", "take_back", _("Take the last row back"))]

    @dataclass
    class Finished(Message):
        """The list is as it should be."""

        listing: Listing
        rows: list[Row]

    @dataclass
    class Wrong(Message):
        """A field does not fit."""

        listing: Listing
        text: str

    def __init__(self, fields: Sequence[Field], rows: Sequence[Row]) -> None:
        super().__init__()
        self.fields = fields
        self.rows = list(rows)
        self.styles.height = "auto"

    def compose(self) -> ComposeResult:
        """The rows so far, and the fields of the next."""
        yield Static("", id="rows-so-far", classes="text", markup=False)
        for wanted in self.fields:
            with Horizontal(classes="entry tight"):
                yield Static("  " + self._label(wanted), classes="label", markup=False)
                with Vertical(classes="control"):
                    yield Input(id=f"field-{wanted.id}", select_on_focus=False)
        yield Static(
            _("Enter adds the row; with all lines empty it goes on. F6 takes the last row back."),
            classes="soft",
            markup=False,
        )

    @staticmethod
    def _label(wanted: Field) -> str:
        return wanted.text if wanted.required else _("{text} (or empty)").format(text=wanted.text)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Marks the field that has the keys."""
        for wanted in self.fields:
            field = self._input(wanted)
            row = field.parent.parent if field.parent else None
            if row is not None:
                live = event.widget is field
                row.set_class(live, "live")
                mark = "> " if live else "  "
                row.query_one(".label", Static).update(mark + self._label(wanted))

    def on_mount(self) -> None:
        """Shows the rows and begins at the first field."""
        self._show()

    @property
    def first(self) -> Input:
        """Where the next row begins."""
        return self._input(self.fields[0])

    def _input(self, wanted: Field) -> Input:
        return self.query_one(f"#field-{wanted.id}", Input)

    def _values(self) -> Row:
        return {f.id: " ".join(self._input(f).value.split()) for f in self.fields}

    def _show(self) -> None:
        lines = [
            f"{number}. " + "; ".join(v for v in row.values() if v)
            for number, row in enumerate(self.rows, 1)
        ]
        if len(lines) > 6:
            lines = [_("({n} more)").format(n=len(lines) - 5), *lines[-5:]]
        self.query_one("#rows-so-far", Static).update(
            "\n".join(lines) if lines else _("(no row yet)")
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """On to the next field, the next row, or the end."""
        event.stop()
        values = self._values()
        if not any(values.values()):
            self.post_message(self.Finished(self, self.rows))
            return
        at = next(i for i, f in enumerate(self.fields) if f"field-{f.id}" == event.input.id)
        wrong = answering.field_fault(self.fields[at], values[self.fields[at].id])
        if wrong:
            self.post_message(self.Wrong(self, f"{self.fields[at].text}: {wrong}"))
            return
        self.post_message(self.Wrong(self, ""))
        if at + 1 < len(self.fields):
            self.screen.set_focus(self._input(self.fields[at + 1]))
            return
        for wanted in self.fields:
            wrong = answering.field_fault(wanted, values[wanted.id])
            if wrong:
                self.post_message(self.Wrong(self, f"{wanted.text}: {wrong}"))
                self.screen.set_focus(self._input(wanted))
                return
        self.rows.append(values)
        for wanted in self.fields:
            self._input(wanted).value = ""
        self._show()
        self.screen.set_focus(self.first)

    def action_take_back(self) -> None:
        """The last row goes back into the fields."""
        if self.rows:
            row = self.rows.pop()
            for wanted in self.fields:
                self._input(wanted).value = row.get(wanted.id, "")
            self._show()
            self.screen.set_focus(self.first)
