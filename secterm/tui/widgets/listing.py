"""A repeating list in the interview: rows of a few fields, one row at a time."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from secterm.dossier import answering
from secterm.dossier.entries import Row
from secterm.policy.model import Field
from secterm.tui.widgets.line import Line
from secterm.words import _


class Listing(Vertical):
    """Enter goes through the fields and adds the row; with all fields empty it goes on."""

    BINDINGS = [Binding("f6", "take_back", _("Take a row back"))]

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
                yield Static("  " + wanted.text, classes="label", markup=False)
                with Vertical(classes="control"):
                    yield Line(id=f"field-{wanted.id}", placeholder=self._hint(wanted))
        yield Static(
            _("Enter adds the row; with all lines empty it goes on. F6 takes the last row back."),
            classes="soft",
            markup=False,
        )

    @staticmethod
    def _hint(wanted: Field) -> str:
        if wanted.kind == "date":
            return "(YYYY-MM-DD)" if wanted.required else _("(YYYY-MM-DD, or empty)")
        return "" if wanted.required else _("(or empty)")

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
            wrong = answering.field_fault(wanted, values[wanted.id])
            if wrong:
                self.screen.set_focus(self._input(wanted))
                return f"{wanted.text}: {wrong}"
        if following:
            self.screen.set_focus(self._input(following[0]))
            return ""
        self.rows.append(values)
        for wanted in self.fields:
            self._input(wanted).value = ""
        self._show()
        self.screen.set_focus(self.first)
        return ""

    def action_take_back(self) -> None:
        """The last row goes back into the fields, unless another is begun there."""
        if self.rows and not self.begun:
            row = self.rows.pop()
            for wanted in self.fields:
                field = self._input(wanted)
                field.value = row.get(wanted.id, "")
                field.cursor_position = len(field.value)
            self._show()
            self.screen.set_focus(self.first)
