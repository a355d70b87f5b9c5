"""One question on its page: what is asked, where it is answered, and what is
recorded of it. It records nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.geometry import Size
from textual.reactive import var
from textual.widget import Widget
from textual.widgets import Static

from secterm.dossier import answering, gates
from secterm.dossier.entries import Answer, Answered
from secterm.policy.model import Question
from secterm.settings import Dates
from secterm.tui import dates
from secterm.tui.widgets.changing import Changing
from secterm.tui.widgets.choices import Choice, Choices
from secterm.tui.widgets.line import Line
from secterm.tui.widgets.listing import Listing
from secterm.tui.widgets.paragraph import Paragraph
from secterm.words import _

YES_NO: Final = (Choice("yes", _("Yes")), Choice("no", _("No")))


class Page(VerticalScroll, can_focus=False):
    """The question, its control, its follow-up where that is open, and what is recorded.

    `at_once` is told the answer whose letter or digit was pressed. `today` and `order`
    are for dates, which are typed loosely.
    """

    DEFAULT_CSS = """
    Page { height: 1fr; padding-right: 1; }
    Page #help { height: auto; }
    Page #choices, Page #text, Page #slot, Page #further, Page #told {
        height: auto;
        margin-top: 1;
    }
    Page #text { height: 4; }
    """

    virtual_size = var(Size(0, 0), init=False)  # drawn once with a new size, not twice

    def __init__(self, at_once: Callable[[str], None], today: date, order: Dates) -> None:
        super().__init__(id="page")
        self._choices = Choices(at_once=at_once, id="choices")
        self._text = Paragraph(id="text")
        self._further = Paragraph(id="further-answer")
        self._control: Widget = self._choices
        self._question: Question | None = None
        self._standing: dict[str, str] = {}  # what stood in the control at first,
        self._stood = ""  # and as the follow-up
        self._turns = False  # what stands on it is of two questions
        self.today = today
        self._order = order

    def compose(self) -> ComposeResult:
        """Everything that a page can have; what it needs is shown."""
        yield Changing(id="asked", classes="asked")
        yield Changing(id="help")
        yield self._choices
        yield self._text
        yield Vertical(id="slot")
        yield Changing(id="as-date", classes="soft")
        with Vertical(id="further"):
            yield Changing(id="further-asked", classes="asked")
            yield self._further
            yield Static(
                _("Shift+Tab goes back to the answer itself."), classes="soft", markup=False
            )
        yield Changing(id="told", classes="soft")

    # -- another question ---------------------------------------------------------

    async def ask(self, number: int, question: Question, told: Answered | None) -> None:
        """Puts a question, with the answer that stands."""
        self._question, self._turns = question, True
        given = told.answer if told else None
        # The two controls that most questions need stay; one with fields of its own is new.
        slot = self.query_one("#slot", Vertical)
        if slot.children:
            await slot.remove_children()
        self._control = self._fitting(question, given)
        slot.display = isinstance(self._control, Line | Listing)
        if slot.display:
            await slot.mount(self._control)
        for control in (self._choices, self._text):
            control.display = control is self._control
        optional = "" if question.required else _(" (you may leave this empty)")
        self.query_one("#asked", Changing).show(f"{number}. {question.text}{optional}")
        help = self.query_one("#help", Changing)
        help.show(question.help)
        help.display = bool(question.help)
        follow_up = told.follow_up if told else ""
        if self.further is not None or self._further.text != follow_up:
            self._further.put(follow_up)
        self.close_further()
        self._show_date()
        self._standing, self._stood = self._typed(), self._further.text
        self._turns = False
        self.scroll_home(animate=False)

    def _fitting(self, question: Question, given: Answer | None) -> Widget:
        match question.kind:
            case "yes_no":
                standing = "" if not isinstance(given, bool) else "yes" if given else "no"
                self._choices.ask(YES_NO, standing)
                return self._choices
            case "choice":
                offered = [Choice(c.id, c.text) for c in question.choices]
                self._choices.ask(offered, given if isinstance(given, str) else "")
                return self._choices
            case "text":
                self._text.put(given if isinstance(given, str) else "")
                return self._text
            case "list":
                rows = given if isinstance(given, list) else []
                return Listing(question.fields, rows, self.today, self._order)
            case "date":
                day = answering.day(given) if isinstance(given, str) else None
                hint = _("(such as {example})").format(example=dates.example(self._order))
                return Line(dates.in_full(day) if day else "", placeholder=hint)
            case "number":
                return Line(f"{given:g}" if isinstance(given, float | int) else "")

    def tell(self, lines: list[str]) -> None:
        """What is recorded of the question, under it."""
        told = self.query_one("#told", Changing)
        told.show("\n".join(lines))
        told.display = bool(lines)

    # -- the answer -----------------------------------------------------------------

    @property
    def first(self) -> Widget:
        """Where the keys belong."""
        return self._control.first if isinstance(self._control, Listing) else self._control

    @property
    def listing(self) -> Listing | None:
        """The list that is asked for, where one is."""
        return self._control if isinstance(self._control, Listing) else None

    @property
    def choices(self) -> Choices | None:
        """The answers to choose one of, where there are."""
        return self._choices if self._control is self._choices else None

    def entered(self) -> Answer | None:
        """The answer as it stands in the control; None where none is chosen."""
        question = self._question
        match self._control:
            case Choices() as choices:
                if not choices.key:
                    return None
                yes_no = question is not None and question.kind == "yes_no"
                return choices.key == "yes" if yes_no else choices.key
            case Listing() as listing:
                return list(listing.rows)
            case Line() as line if question is not None and question.kind == "number":
                number = answering.number(line.value)
                return line.value.strip() if number is None else number
            case Line() as line:
                return dates.iso(" ".join(line.value.split()), self.today, self._order)
            case _:
                return self._text.value

    def wrong(self, answer: Answer) -> str:
        """What is wrong with an answer, for the person who gave it; empty where it fits."""
        question = self._question
        if question is None:
            return ""
        wrong = answering.fault(question, answer, today=self.today)
        if wrong and question.kind == "date" and not answering.is_blank(answer):
            return dates.fault(str(answer), self.today, self._order)
        return wrong

    def on_input_changed(self, event: events.Event) -> None:
        """Shows how a date is understood while it is typed."""
        self._show_date()

    def _show_date(self) -> None:
        line, question = self._control, self._question
        text = ""
        if isinstance(line, Line) and question is not None and question.kind == "date":
            text = dates.understood(line.value, self.today, self._order)
        shown = self.query_one("#as-date", Changing)
        shown.show(text)
        shown.display = bool(text)

    # -- the follow-up ------------------------------------------------------------

    @property
    def further(self) -> str | None:
        """What is typed as the follow-up; None where none is open."""
        return self._further.value if self.query_one("#further").display else None

    @property
    def further_first(self) -> Paragraph:
        """Where the follow-up is typed."""
        return self._further

    def open_further(self) -> None:
        """Asks the follow-up."""
        asked = self._question.follow_up if self._question is not None else None
        self.query_one("#further-asked", Changing).show(asked.text if asked else "")
        self.query_one("#further").display = True

    def close_further(self) -> None:
        """Asks no follow-up."""
        self.query_one("#further").display = False

    # -- what is not recorded yet ---------------------------------------------------

    @property
    def changed(self) -> bool:
        """Whether something was typed that leaving would lose."""
        same = self._typed() == self._standing
        if self.further is not None:
            return not same or self._further.text != self._stood
        return not same and self.choices is None

    def _typed(self) -> dict[str, str]:
        match self._control:
            case Choices() as choices:
                return {"answer": choices.key}
            case Listing() as listing:
                return listing.typed()
            case Line() as line:
                return {"answer": line.value}
            case _:
                return {"answer": self._text.text}

    def typed(self) -> dict[str, str]:
        """What is typed and not recorded, by name; nothing where all is as it stood."""
        if self._turns:
            return {}
        typed = self._typed()
        if self.further is not None:
            return {**typed, "further": self._further.text}
        return typed if typed != self._standing else {}

    def put(self, typed: dict[str, str]) -> None:
        """Puts back what `typed` gave, and opens the follow-up where it was open."""
        if not typed:
            return
        answer = typed.get("answer", "")
        match self._control:
            case Choices() as choices:
                choices.put(answer)
            case Listing() as listing:
                listing.put(typed)
            case Line() as line:
                line.value = answer
                line.cursor_position = len(answer)
            case _:
                self._text.put(answer)
        given, question = self.entered(), self._question
        if "further" in typed and given is not None and question is not None:
            self._further.put(typed["further"])
            if gates.is_adverse(question, given):
                self.open_further()
