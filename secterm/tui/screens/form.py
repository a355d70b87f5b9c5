"""A form: labelled entries one under another, Enter goes to the next and at the
last is done. Used wherever more than one thing is asked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.css.query import NoMatches
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from secterm.dossier import answering
from secterm.tui.screens.room import Room
from secterm.tui.widgets.choices import Choice, Choices
from secterm.tui.widgets.paragraph import Paragraph
from secterm.words import _

Values = dict[str, str]


@dataclass(frozen=True)
class Entry:
    """One thing asked. `when` hides it while it does not apply.

    A choice without a value begins with no answer chosen, so that one must be meant.
    """

    id: str
    label: str
    kind: Literal["line", "secret", "text", "date", "number", "choice"] = "line"
    value: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = True
    help: str = ""
    when: Callable[[Mapping[str, str]], bool] = field(default=lambda values: True)


def yes_no(yes: str = "", no: str = "") -> tuple[Choice, ...]:
    """The two answers to a plain question."""
    return (Choice("yes", yes or _("Yes")), Choice("no", no or _("No")))


class Form(Room[Values]):
    """Asks and gives what was entered, or None where it was left with Esc.

    `check` says what is wrong with the values, empty where they fit, so that
    nothing typed is lost to a refusal; `live` is shown under the form as they
    change; `told` is said at the beginning.
    """

    HELP_TEXT = _("Fill in each line and press Enter. Tab and Shift+Tab move. Esc leaves.")

    def __init__(
        self,
        where: str,
        entries: Sequence[Entry],
        *,
        intro: str = "",
        check: Callable[[Values], str] = lambda values: "",
        live: Callable[[Values], str] | None = None,
        help: str = "",
        told: str = "",
    ) -> None:
        super().__init__(where)
        self._entries = entries
        self._intro = intro
        self._check = check
        self._live = live
        self._help = help
        self._told = told

    @property
    def help_text(self) -> str:
        """What this form is for."""
        return f"{self._help} {self.HELP_TEXT}".strip()

    def body(self) -> ComposeResult:
        """The entries."""
        tight = len(self._entries) > 6
        with VerticalScroll(can_focus=False):
            if self._intro:
                yield Static(self._intro, classes="text", markup=False)
            for entry in self._entries:
                with Horizontal(classes="entry tight" if tight else "entry", id=f"row-{entry.id}"):
                    yield Static(entry.label, classes="label", markup=False)
                    with Vertical(classes="control"):
                        yield self._control(entry)
            yield Static("", id="hint", classes="soft", markup=False)

    def _control(self, entry: Entry) -> Widget:
        id = f"entry-{entry.id}"
        match entry.kind:
            case "choice":
                return Choices(entry.choices, standing=entry.value, open=not entry.value, id=id)
            case "text":
                return Paragraph(entry.value, id=id)
            case _:
                return Input(
                    entry.value, password=entry.kind == "secret", id=id, select_on_focus=False
                )

    def on_mount(self) -> None:
        """Shows what applies, and begins at the first entry."""
        self._show()
        empty = [e for e in self._shown() if e.kind == "secret" or not self._value(e)]
        self._focus(((self._told and empty) or self._shown())[0])
        if self._told:
            self.say(self._told)

    # -- values -------------------------------------------------------------

    def values(self) -> Values:
        """What is entered now, of what applies."""
        values: Values = {}
        for entry in self._entries:
            values[entry.id] = self._value(entry) if entry.when(values) else ""
        return values

    def _value(self, entry: Entry) -> str:
        control = self._control_of(entry)
        if isinstance(control, Choices):
            return control.key
        if isinstance(control, Paragraph):
            return control.value
        text = control.value if isinstance(control, Input) else ""
        return text if entry.kind == "secret" else " ".join(text.split())

    def _control_of(self, entry: Entry) -> Widget:
        return self.query_one(f"#entry-{entry.id}")

    def _shown(self) -> list[Entry]:
        values = self.values()
        return [entry for entry in self._entries if entry.when(values)]

    def _wrong(self, entry: Entry, text: str) -> str:
        if not text.strip():
            return _("{label} is missing.").format(label=entry.label) if entry.required else ""
        if entry.kind == "date" and answering.day(text) is None:
            return _("{label}: write a date as YYYY-MM-DD, such as 1990-04-28.").format(
                label=entry.label
            )
        if entry.kind == "number" and answering.number(text) is None:
            return _("{label}: write a number, such as 3 or 2.5.").format(label=entry.label)
        return ""

    # -- moving -------------------------------------------------------------

    def _focus(self, entry: Entry) -> None:
        self.set_focus(self._control_of(entry))

    def _next(self, control: Widget) -> None:
        self.say("")
        shown = self._shown()
        here = next(i for i, e in enumerate(shown) if f"entry-{e.id}" == control.id)
        wrong = self._wrong(shown[here], self._value(shown[here]))
        if wrong:
            self.say(wrong)
        elif here + 1 < len(shown):
            self._focus(shown[here + 1])
        else:
            self._done(shown)

    def _done(self, shown: list[Entry]) -> None:
        values = self.values()
        for entry in shown:
            wrong = self._wrong(entry, values[entry.id])
            if wrong:
                self._focus(entry)
                self.say(wrong)
                return
        wrong = self._check(values)
        if wrong:
            self.say(wrong)
        else:
            self.dismiss(values)

    def _show(self) -> None:
        values = self.values()
        for entry in self._entries:
            self.query_one(f"#row-{entry.id}").set_class(not entry.when(values), "hidden")
        hints = [self._live(values)] if self._live else []
        for entry in self._entries:
            if entry.help and self._control_of(entry).has_focus:
                hints.append(entry.help)
        self.query_one("#hint", Static).update("\n".join(h for h in hints if h))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Marks the entry that has the keys."""
        for entry in self._entries:
            row = self.query_one(f"#row-{entry.id}")
            row.set_class(event.widget.id == f"entry-{entry.id}", "live")
            label = row.query_one(".label", Static)
            mark = "> " if event.widget.id == f"entry-{entry.id}" else "  "
            label.update(mark + entry.label)
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Shows what applies now."""
        self._changed()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Shows what applies now."""
        self._changed()

    def on_key(self) -> None:
        """A choice may have moved."""
        self.call_after_refresh(self._changed)

    def _changed(self) -> None:
        try:
            self._show()
        except NoMatches:
            return  # before it is all there, or after it is gone

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """On to the next."""
        self._next(event.input)

    def on_paragraph_submitted(self, event: Paragraph.Submitted) -> None:
        """On to the next."""
        self._next(event.paragraph)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """On to the next."""
        self._changed()
        self._next(event.choices)
