"""A repeating list in the interview: rows of a few fields, one row at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from secterm.dossier import answering
from secterm.dossier.entries import Row
from secterm.policy.model import Field
from secterm.settings import Dates
from secterm.tui import dates
from secterm.tui.widgets.line import Line
from secterm.words import _

MOST, FEW, TALL = 12, 4, 40  # rows that are shown: on a terminal of so many lines, or on less
_rows: Final = msgspec.json.Decoder(list[dict[str, str]])


class Listing(Vertical):
    """Enter goes through the fields and adds the row; with all fields empty it goes on.

    `today` and `order` are for dates, which are typed loosely. `Changed` tells of each
    row that was added or taken back.
    """

    DEFAULT_CSS = "#rows-so-far { text-wrap: nowrap; text-overflow: ellipsis; }"
    BINDINGS = [
        Binding("f6", "take_back", _("Row back")),
        Binding("up", "line(-1)", _("Line before"), show=False),
        Binding("down", "line(1)", _("Line after"), show=False),
    ]

    @dataclass
    class Changed(Message):
        """There is a row more, or one less."""

        listing: Listing

    def __init__(
        self, fields: Sequence[Field], rows: Sequence[Row], today: date, order: Dates
    ) -> None:
        super().__init__()
        self.fields = fields
        self.rows = list(rows)
        self._today = today
        self._order = order
        self.styles.height = "auto"

    def compose(self) -> ComposeResult:
        """The rows so far, and the fields of the next."""
        yield Static("", id="rows-so-far", classes="text", markup=False)
        for wanted in self.fields:
            with Horizontal(classes="entry tight"):
                yield Static("  " + wanted.text, classes="label", markup=False)
                with Vertical(classes="control"):
                    yield Line(id=f"field-{wanted.id}", placeholder=self._hint(wanted))
        yield Static("", id="understood", classes="soft", markup=False)
        yield Static(
            _(
                "Enter on the last line adds the row; with all lines empty it goes on to the next "
                "question. F6 takes the last row back."
            ),
            classes="soft",
            markup=False,
        )

    def _hint(self, wanted: Field) -> str:
        if wanted.kind != "date":
            return "" if wanted.required else _("(or empty)")
        example = dates.example(self._order)
        if wanted.required:
            return _("(such as {example})").format(example=example)
        return _("(such as {example}, or empty)").format(example=example)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Marks the field that has the keys."""
        for wanted in self.fields:
            field = self._input(wanted)
            row = field.parent.parent if field.parent else None
            if row is not None:
                live = event.widget is field
                row.set_class(live, "live")
                mark = "> " if live else "  "
                row.query_one(".label", Static).update(mark + wanted.text)
        self._understand()

    def on_input_changed(self) -> None:
        """Shows how a date is understood while it is typed."""
        self._understand()

    def _understand(self) -> None:
        here = next((f for f in self.fields if self._input(f).has_focus), None)
        text = self._input(here).value if here and here.kind == "date" else ""
        self.query_one("#understood", Static).update(
            dates.understood(text, self._today, self._order)
        )

    def on_mount(self) -> None:
        """Shows the rows and begins at the first field."""
        self._show()

    @property
    def begun(self) -> bool:
        """Whether a row is begun and not added yet."""
        return any(self._values().values())

    @property
    def first(self) -> Line:
        """Where the next row begins."""
        return self._input(self.fields[0])

    def _input(self, wanted: Field) -> Line:
        return self.query_one(f"#field-{wanted.id}", Line)

    def _values(self) -> Row:
        return {f.id: self._value(f) for f in self.fields}

    def _value(self, wanted: Field) -> str:
        text = " ".join(self._input(wanted).value.split())
        return dates.iso(text, self._today, self._order) if wanted.kind == "date" else text

    def _write(self, wanted: Field, text: str) -> None:
        """Puts a text into its field, a date in full."""
        field = self._input(wanted)
        field.value = self._told(wanted, text)
        field.cursor_position = len(field.value)

    @staticmethod
    def _told(wanted: Field, text: str) -> str:
        day = answering.day(text) if wanted.kind == "date" else None
        return dates.in_full(day) if day else text

    def _show(self) -> None:
        lines = [
            f"{number}. "
            + "; ".join(self._told(f, row[f.id]) for f in self.fields if row.get(f.id, ""))
            for number, row in enumerate(self.rows, 1)
        ]
        most = MOST if self.app.size.height >= TALL else FEW
        if len(lines) > most:
            lines = [_("({n} more)").format(n=len(lines) - most + 1), *lines[1 - most :]]
        self.query_one("#rows-so-far", Static).update(
            "\n".join(lines) if lines else _("(no row yet)")
        )

    def go_on(self) -> str | None:
        """Enter: on to the next field, or the row is added. What is wrong, else empty.

        None where all fields are empty: the list is as it should be.
        """
        values = self._values()
        if not any(values.values()):
            return None
        here = next((f for f in self.fields if self._input(f).has_focus), self.fields[0])
        following = self.fields[self.fields.index(here) + 1 :]
        for wanted in [here] if following else self.fields:
            wrong = self._wrong(wanted, values[wanted.id])
            if wrong:
                self.screen.set_focus(self._input(wanted))
                return f"{wanted.text}: {wrong}"
        if following:
            self._write(here, values[here.id])
            self.screen.set_focus(self._input(following[0]))
            return ""
        self.rows.append(values)
        for wanted in self.fields:
            self._input(wanted).value = ""
        self._show()
        self.screen.set_focus(self.first)
        self.post_message(self.Changed(self))
        return ""

    def action_line(self, by: int) -> None:
        """To the field before or after, whatever stands in this one."""
        lines = [self._input(wanted) for wanted in self.fields]
        here = next((at for at, line in enumerate(lines) if line.has_focus), 0)
        self.screen.set_focus(lines[(here + by) % len(lines)])

    def _wrong(self, wanted: Field, text: str) -> str:
        wrong = answering.field_fault(wanted, text)
        if wrong and wanted.kind == "date" and text and len(text) <= answering.LONGEST:
            return dates.fault(text, self._today, self._order)
        return wrong

    def action_take_back(self) -> None:
        """The last row goes back into the fields, unless another is begun there."""
        if self.rows and not self.begun:
            row = self.rows.pop()
            for wanted in self.fields:
                self._write(wanted, row.get(wanted.id, ""))
            self._show()
            self.screen.set_focus(self.first)
            self.post_message(self.Changed(self))

    # -- over a lock --------------------------------------------------------------

    def typed(self) -> dict[str, str]:
        """The rows, and what stands in the fields, as texts by name."""
        begun = {f"field-{f.id}": self._input(f).value for f in self.fields}
        return {
            "rows": msgspec.json.encode(self.rows).decode(),
            **{name: text for name, text in begun.items() if text},
        }

    def put(self, typed: dict[str, str]) -> None:
        """Puts back what `typed` gave; what is no such thing is left out."""
        try:
            rows = _rows.decode(typed.get("rows", "[]"))
        except msgspec.MsgspecError:
            rows = []
        known = {f.id for f in self.fields}
        self.rows = [row for row in rows if not set(row) - known]
        for wanted in self.fields:
            field = self._input(wanted)
            field.value = typed.get(f"field-{wanted.id}", "")
            field.cursor_position = len(field.value)
        self._show()
        begun = [f for f in self.fields if self._input(f).value]
        self.screen.set_focus(self._input(begun[-1]) if begun else self.first)
