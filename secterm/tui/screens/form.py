"""A form: labelled entries one under another, Enter goes to the next and at the
last is done. Used wherever more than one thing is asked at once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.css.query import NoMatches
from textual.widget import Widget
from textual.widgets import Static

from secterm.dossier import answering
from secterm.dossier.errors import NotAllowed
from secterm.tui import dates
from secterm.tui.screens.room import CHOOSE, Room
from secterm.tui.widgets.choices import Choice, Choices
from secterm.tui.widgets.line import Line
from secterm.tui.widgets.marks import Marks
from secterm.words import _

if TYPE_CHECKING:
    from secterm.settings import Dates
    from secterm.tui.widgets.paragraph import Paragraph

Values = dict[str, str]
Doubt = tuple[str, str]  # what was entered, and what was asked of it
MOST_APART: Final = 6  # entries with an empty line after each, on 24 lines
TYPED_OVER: Final = ("number", "count", "date")
CHOOSING: Final = _(
    "In a choice a number or a first letter moves to its answer, and Enter says that it is meant."
)


@dataclass(frozen=True)
class Entry:
    """One thing asked. `when` hides it while it does not apply.

    Of `several` any number can be marked; the value is their keys with spaces between.
    A choice without a value begins with no answer chosen, so that one must be meant. A number,
    a count (whole, within the bounds of its `check`) or a date that it begins with is typed
    over, not added to.
    `check` says what is wrong with it among the values, empty where it fits; `doubt` what
    is unlikely to be meant, so that Enter must be pressed on it again;
    `again` names the entry that it must repeat.
    """

    id: str
    label: str
    kind: Literal["line", "secret", "text", "date", "number", "count", "choice", "several"] = "line"
    value: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = True
    help: str = ""
    again: str = ""
    when: Callable[[Mapping[str, str]], bool] = field(default=lambda values: True)
    check: Callable[[Mapping[str, str]], str] = field(default=lambda values: "")
    doubt: Callable[[Mapping[str, str]], str] = field(default=lambda values: "")


def refusal(demand: Callable[[], object]) -> str:
    """What is said where the desk would refuse it; empty where it would not."""
    try:
        demand()
    except NotAllowed as error:
        return error.reason
    return ""


def yes_no(yes: str = "", no: str = "") -> tuple[Choice, ...]:
    """The two answers to a plain question."""
    return (Choice("yes", yes or _("Yes")), Choice("no", no or _("No")))


def not_to_come(id: str, today: date) -> Callable[[Mapping[str, str]], str]:
    """The check of an entry for a day that was, or is today."""
    return lambda values: _("That day is still to come.") if values[id] > str(today) else ""


class Form(Room[Values]):
    """Asks and gives what was entered, or None where it was left with Esc.

    `live` is shown under the form as the values change; `told` is said at the
    beginning, of the entry `at` where it is about one. `stands` is what is recorded of
    these entries, where that is not what they begin with. A form that is not to be left
    has no Esc. `meant` are doubts that were answered before, and takes those answered here.
    A `tight` one, as one with many entries is anyway, has no lines between them
    where the terminal is low.
    Where Enter on the last line `records`, the keys under it say so.
    """

    HELP_TEXT = _("Fill in each line and press Enter; Tab and Shift+Tab move between them.")
    RULE = _("Nothing is recorded before Enter on the last line.")
    BINDINGS = [
        Binding("enter", "go_on('on')", _("Go on"), priority=True),
        Binding("enter", "go_on('record')", _("Record"), priority=True),
        Binding("shift+tab", "line(-1)", _("Line before"), priority=True),
        Binding("tab", "line(1)", _("Line after"), priority=True),
        Binding("up", "line(-1)", _("Line before"), show=False),
        Binding("down", "line(1)", _("Line after"), show=False),
        Binding("pageup", "page(-1)", _("Page up"), show=False, priority=True),
        Binding("pagedown", "page(1)", _("Page down"), show=False, priority=True),
    ]

    def __init__(
        self,
        where: str,
        entries: Sequence[Entry],
        *,
        intro: str = "",
        live: Callable[[Values], str] | None = None,
        help: str = "",
        told: str = "",
        at: str = "",
        stands: Mapping[str, str] | None = None,
        leave: bool = True,
        tight: bool = False,
        records: bool = False,
        meant: set[Doubt] | None = None,
    ) -> None:
        super().__init__(where)
        self._entries = entries
        self._intro = intro
        self._live = live
        self._help = help
        self._told = told
        self._at = at
        if stands is None:
            stands = {} if told else {entry.id: entry.value for entry in entries}
        self._stands = stands
        self._may_leave = leave
        self._records = records
        self._ending = False  # whether the keys say that Enter records
        self._tight = tight or len(entries) > MOST_APART
        self._typed_at_first: list[str] = []
        self._warned = False
        self._meant = set() if meant is None else meant
        self._doubted: Doubt = ("", "")
        self._wrong_one: Entry | None = None  # what was said is about this one

    @property
    def help_text(self) -> str:
        """What this form is for."""
        told = [self._help, self.HELP_TEXT]
        if any(entry.kind == "choice" for entry in self._entries):
            told.append(CHOOSING)
        if self._may_leave:
            told.append(_("Esc leaves, and nothing is recorded."))
        return " ".join(part for part in told if part)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc leads back only where there is somewhere to go, Tab where there is more than one
        line; Enter records on the last.
        """
        match action:
            case "back":
                return self._may_leave
            case "line":
                return len(self._entries) > 1
            case "go_on":
                return parameters == ("record" if self._at_the_end else "on",)
        return True

    @property
    def _at_the_end(self) -> bool:
        """Whether Enter records now."""
        if not self._records or not self.is_attached:
            return False
        with contextlib.suppress(NoMatches):
            return self._at_the_last()
        return False

    def body(self) -> ComposeResult:
        """The entries."""
        with VerticalScroll(can_focus=False):
            if self._intro:
                yield Static(self._intro, classes="text", markup=False)
            for entry in self._entries:
                with Horizontal(
                    classes="entry tight" if self._tight else "entry", id=f"row-{entry.id}"
                ):
                    yield Static(entry.label, classes="label", markup=False)
                    with Vertical(classes="control"):
                        yield self._control(entry)
            yield Static(
                "", id="hint", classes="soft tight" if self._tight else "soft", markup=False
            )

    def _control(self, entry: Entry) -> Widget:
        id = f"entry-{entry.id}"
        match entry.kind:
            case "choice":
                return Choices(
                    entry.choices,
                    standing=entry.value,
                    open=not entry.value,
                    id=id,
                )
            case "several":
                marks = Marks(entry.choices, id=id)
                marks.put(entry.value)
                return marks
            case "text":
                from secterm.tui.widgets.paragraph import Paragraph  # few forms have one

                return Paragraph(entry.value, id=id)
            case _:
                day = answering.day(entry.value) if entry.kind == "date" else None
                shown = dates.in_full(day) if day else entry.value
                return Line(shown, password=entry.kind == "secret", id=id)

    def on_mount(self) -> None:
        """Shows what applies, and begins at the first entry; where it was refused, at the
        one meant, else at the first that misses, or at the last, so that Enter tries again.
        """
        self._show()
        shown = self._shown()
        self._typed_at_first = self._typed()
        meant = [e for e in shown if e.id == self._at]
        missing = [e for e in shown if self._told and e.required and not self._value(e)]
        self._focus((meant or missing or (shown[-1:] if self._told else shown))[0])
        self.say(self._told)

    # -- what a lock interrupts -----------------------------------------------

    @property
    def kind(self) -> str:
        """A form is known by what it asks."""
        return " ".join([type(self).__name__, *(entry.id for entry in self._entries)])

    def place(self) -> str:
        """The entry that has the keys."""
        return next((e.id for e in self._entries if self._control_of(e).has_focus), "")

    def typed(self) -> Values:
        """What is entered, as it was typed, in all that is no secret. What stands is left out:
        another may stand there when it is put back.
        """
        open = self._open()
        return {
            entry.id: open[entry.id]
            for entry in self._entries
            if entry.id in open and self._value(entry) != self._stands.get(entry.id, "")
        }

    def kept(self, values: Values) -> Values:
        """What of these values may be kept while it is locked: all but secrets."""
        return {e.id: values[e.id] for e in self._entries if e.kind != "secret" and values[e.id]}

    def called(self, id: str) -> str:
        """The form and the entry."""
        label = next((entry.label for entry in self._entries if entry.id == id), "")
        return f"{self.where}: {label}" if label else self.where

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """Puts it back, and goes to the entry that had the keys."""
        for entry in self._entries:
            if entry.id in typed and entry.kind != "secret":
                self._put(entry, typed[entry.id])
        self._show()
        here = next((entry for entry in self._shown() if entry.id == word), None)
        if here is not None:
            self._focus(here)

    def _open(self) -> Values:
        """What is entered, as it was typed, in all that is no secret."""
        values: Values = {}
        for entry in self._entries:
            control = self._control_of(entry)
            if isinstance(control, Choices):
                values[entry.id] = control.key
            elif entry.kind == "text":
                values[entry.id] = cast("Paragraph", control).text
            elif isinstance(control, Line) and entry.kind != "secret":
                values[entry.id] = control.value
        return values

    def _put(self, entry: Entry, text: str) -> None:
        control = self._control_of(entry)
        if isinstance(control, Line):
            control.value = text
            control.cursor_position = len(text)
        else:
            cast("Choices | Paragraph", control).put(text)

    def _unsaved(self) -> bool:
        """Whether something typed would be lost here; what was refused is not recorded either."""
        typed = self._typed()
        return typed != self._typed_at_first or bool(self._told and any(typed))

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
        if entry.kind == "text":
            return cast("Paragraph", control).value
        text = control.value if isinstance(control, Line) else ""
        if entry.kind == "secret":
            return text
        text = " ".join(text.split())
        return dates.iso(text, *self._days) if entry.kind == "date" else text

    @property
    def _days(self) -> tuple[date, Dates]:
        """Today, and in which order the numbers of a date are typed."""
        return self.shell.clock().date(), self.shell.settings.dates

    def _typed(self) -> list[str]:
        chosen = ("secret", "choice", "several")
        return [self._value(e) for e in self._entries if e.kind not in chosen]

    def _control_of(self, entry: Entry) -> Widget:
        return self.query_one(f"#entry-{entry.id}")

    def _shown(self) -> list[Entry]:
        values = self.values()
        return [entry for entry in self._entries if entry.when(values)]

    def _wrong(self, entry: Entry, values: Values) -> str:
        text = values[entry.id]
        if not text.strip():
            if not entry.required:
                return ""
            if entry.kind == "choice":
                return CHOOSE
            return _("{label} is missing.").format(label=entry.label)
        if entry.kind == "date" and answering.day(text) is None:
            return f"{entry.label}: {dates.fault(text, *self._days)}"
        if entry.kind == "number" and answering.number(text) is None:
            return _("{label}: write a number, such as 3 or 2.5.").format(label=entry.label)
        if entry.again and text != values[entry.again]:
            return _("The two are not the same. Type both again.")
        return entry.check(values)

    # -- moving -------------------------------------------------------------

    def _focus(self, entry: Entry) -> None:
        control = self._control_of(entry)
        self.set_focus(control)
        begun = entry.value and self._value(entry) == entry.value
        if isinstance(control, Line) and entry.kind in TYPED_OVER and begun:
            control.select_all()

    async def action_go_on(self, how: str = "on") -> None:
        """On to the next entry; after the last, the form is done."""
        self._go_on()
        await asyncio.sleep(0)  # who asked goes on before the next key

    def _go_on(self) -> None:
        shown = self._shown()
        values = self.values()
        here = next((e for e in shown if self._control_of(e) is self.focused), shown[0])
        following = shown[shown.index(here) + 1 :]
        if not following and self.shell.held:
            return  # held down it leads through the form, and never out of it
        for entry in [here] if following else shown:
            wrong = self._wrong(entry, values)
            if wrong or self._is_doubted(entry, values, here):
                self._tell(entry, wrong or self._doubted[1])
                return
        self.say("")
        self._warned = False
        self._write_out(here)
        if following:
            self._focus(following[0])
        else:
            self.dismiss(values)

    def _is_doubted(self, entry: Entry, values: Values, here: Entry) -> bool:
        """Whether it is asked if this is meant. Enter on what was just asked says so."""
        doubt = (values[entry.id], entry.doubt(values))
        if not doubt[1] or doubt in self._meant:
            return False
        asked = doubt == self._doubted and doubt[1] == self.said
        if asked and entry is here and not self.shell.held:
            self._meant.add(doubt)
            return False
        self._doubted = doubt
        return True

    def _write_out(self, entry: Entry) -> None:
        """A date is shown back in full once it is entered."""
        control = self._control_of(entry)
        day = answering.day(self._value(entry))
        if entry.kind == "date" and day is not None and isinstance(control, Line):
            control.value = dates.in_full(day)

    def _tell(self, entry: Entry, wrong: str) -> None:
        self._focus(entry)
        self.say(wrong)
        self._wrong_one = entry
        if entry.again and self._value(entry):
            for control in (self.query_one(f"#entry-{entry.again}"), self._control_of(entry)):
                if isinstance(control, Line):
                    control.value = ""
            self.set_focus(self.query_one(f"#entry-{entry.again}"))

    def action_back(self) -> None:
        """Leaves; where something would be lost by it, only when pressed again."""
        if self._warned or not self._unsaved():
            self.dismiss(None)
        else:
            self._warned = True
            self.say(_("What you typed here is not recorded. Esc again leaves without it."))

    def action_line(self, by: int) -> None:
        """To the entry before or after, whatever stands in this one."""
        shown = self._shown()
        here = next((i for i, e in enumerate(shown) if self._control_of(e) is self.focused), 0)
        self._focus(shown[(here + by) % len(shown)])

    def action_page(self, by: int) -> None:
        """Moves the page, where it is longer than the screen."""
        page = self.query_one(VerticalScroll)
        page.scroll_relative(y=by * max(page.size.height - 1, 1), animate=False)

    # -- what shows -----------------------------------------------------------

    def _show(self) -> None:
        values = self.values()
        for entry in self._entries:
            self.query_one(f"#row-{entry.id}").display = entry.when(values)
        typed = [
            values[entry.id]
            for entry in self._entries
            if entry.kind in ("line", "text") and values[entry.id] != entry.value
        ]
        hints = [self._live(values)] if self._live else []
        hints.append(self.shell.unshown(" ".join(" ".join(typed).split())))
        for entry in self._entries:
            control = self._control_of(entry)
            if not control.has_focus:
                continue
            if entry.kind == "date" and isinstance(control, Line):
                hints.append(self._dated(control.value))
            hints.append(entry.help)
        hint = self.query_one("#hint", Static)
        hint.update("\n".join(h for h in hints if h))
        if self._live and hints[0] and self._at_the_last():
            self.call_after_refresh(hint.scroll_visible, animate=False)
        if self._ending != self._at_the_end:
            self._ending = self._at_the_end
            self.refresh_bindings()

    def _at_the_last(self) -> bool:
        """Whether Enter would be the last one."""
        return self._control_of(self._shown()[-1]) is self.focused

    def _dated(self, text: str) -> str:
        """How a date is understood, while it is typed; how one is typed, before."""
        today, order = self._days
        if not text.strip():
            example = dates.example(order)
            return _("Such as {example}; it is shown back in full.").format(example=example)
        return dates.understood(text, today, order)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Marks the entry that has the keys."""
        for entry in self._entries:
            row = self.query_one(f"#row-{entry.id}")
            live = self._control_of(entry) is self.focused
            row.set_class(live, "live")
            row.query_one(".label", Static).update(("> " if live else "  ") + entry.label)
        self._show()

    def on_input_changed(self) -> None:
        """Shows what applies now."""
        self._changed()

    def on_text_area_changed(self) -> None:
        """Shows what applies now."""
        self._changed()

    def on_choices_moved(self) -> None:
        """Shows what applies now."""
        self._changed()

    def _changed(self) -> None:
        try:
            self._show()
            self._right_now()
        except NoMatches:
            return  # before it is all there, or after it is gone

    def _right_now(self) -> None:
        """What was wrong with an entry is said until it is right."""
        entry = self._wrong_one
        if entry is None or entry.again:
            return
        values = self.values()
        if self._wrong(entry, values):
            return
        if self._doubted != (values[entry.id], self.said):
            self._wrong_one = None
            self.say("")
