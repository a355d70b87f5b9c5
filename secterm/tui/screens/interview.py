"""The screening interview: one question a page. An answer is recorded as soon
as it is given, so that nothing given is ever lost.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from secterm.dossier import answering, gates
from secterm.dossier.entries import Answer, Answered
from secterm.dossier.fold import State
from secterm.policy.model import Question, Section
from secterm.tui.screens.dialogs import bar
from secterm.tui.screens.room import Room
from secterm.tui.widgets.choices import Choice, Choices
from secterm.tui.widgets.listing import Listing
from secterm.tui.widgets.paragraph import Paragraph
from secterm.words import _


class Interview(Room[bool]):
    """Gives True once every question is answered."""

    HELP_TEXT = _(
        "Each answer is recorded when you press Enter. PgUp and PgDn look at the questions "
        "before and after; an answer given again stands beside the earlier one. Esc leaves, "
        "and the interview goes on at the same place the next time."
    )
    BINDINGS = [
        Binding("pageup", "turn(-1)", _("Question before"), priority=True),
        Binding("pagedown", "turn(1)", _("Question after"), priority=True),
    ]

    def __init__(self, id: str) -> None:
        super().__init__(_("Interview"))
        self.dossier_id = id
        self.asked: list[tuple[Section, Question]] = []
        self.at = 0
        self._answer: Answer = ""
        self._asking: Widget | None = None  # the control of the question on the page

    def body(self) -> ComposeResult:
        """The page; what is on it changes."""
        yield Static("", id="section", classes="soft", markup=False)
        with VerticalScroll(id="page", can_focus=False):
            yield Static("", id="asked", classes="asked", markup=False)
            yield Static("", id="help", classes="text", markup=False)
            yield Vertical(id="answer")
            with Vertical(id="further"):
                yield Static("", id="further-asked", classes="asked", markup=False)
                yield Paragraph(id="further-answer")

    async def on_mount(self) -> None:
        """Begins where it stopped: at the first question without an answer."""
        dossier = self.desk.dossier(self.dossier_id)
        self.asked = [
            (section, question)
            for section in gates.sections_of(dossier.pack, dossier.state)
            for question in gates.questions_of(section, dossier.state)
        ]
        self.query_one("#answer").styles.height = "auto"
        self.query_one("#further").styles.height = "auto"
        self.rename(_("Interview: {name}").format(name=dossier.state.particulars.name))
        first = self._first_open(dossier.state)
        await self._show(first if first is not None else 0)

    @property
    def question(self) -> Question:
        """The question on the page."""
        return self.asked[self.at][1]

    @property
    def state(self) -> State:
        """The dossier's state now."""
        return self.desk.dossier(self.dossier_id).state

    def _first_open(self, state: State, after: int = -1) -> int | None:
        order = [*range(after + 1, len(self.asked)), *range(after + 1)]
        return next((i for i in order if self.asked[i][1].id not in state.answers), None)

    # -- the page ---------------------------------------------------------------

    async def _show(self, at: int) -> None:
        # Keys typed ahead reach nothing while the page turns: they were not meant for
        # a question that nobody has seen yet.
        self._asking = None
        self.set_focus(None)
        section, question = self.asked[at]
        state = self.state
        told = state.answers.get(question.id)
        control = self._control(question, told.act.answer if told else None)
        slot = self.query_one("#answer", Vertical)
        with self.app.batch_update():
            await slot.remove_children()
            await slot.mount(control)
            self.at = at
            done = sum(q.id in state.answers for _section, q in self.asked)
            self.query_one("#section", Static).update(
                f"{section.title}    {bar(done, len(self.asked), 20)}\n{section.intro}\n"
            )
            optional = "" if question.required else _(" (you may leave this empty)")
            self.query_one("#asked", Static).update(f"{at + 1}. {question.text}{optional}")
            self.query_one("#help", Static).update(question.help)
            further = self.query_one("#further-answer", Paragraph)
            further.text = told.act.follow_up if told else ""
            self.query_one("#further-asked", Static).update(
                question.follow_up.text if question.follow_up else ""
            )
            self._further(False)
            self.say("")
            self._asking = control
            self.set_focus(control.first if isinstance(control, Listing) else control)

    def _control(self, question: Question, given: Answer | None) -> Widget:
        match question.kind:
            case "yes_no":
                standing = "" if not isinstance(given, bool) else "yes" if given else "no"
                choices = [Choice("yes", _("Yes")), Choice("no", _("No"))]
                return Choices(choices, standing=standing, open=True)
            case "choice":
                standing = given if isinstance(given, str) else ""
                return Choices(
                    [Choice(c.id, c.text) for c in question.choices],
                    standing=standing,
                    open=True,
                )
            case "text":
                return Paragraph(given if isinstance(given, str) else "")
            case "list":
                return Listing(question.fields, given if isinstance(given, list) else [])
            case "date" | "number":
                text = f"{given:g}" if isinstance(given, float) else given
                return Input(text if isinstance(text, str) else "", select_on_focus=False)

    def _further(self, shown: bool) -> None:
        self.query_one("#further").display = shown

    # -- answers ------------------------------------------------------------------

    async def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Yes or no, or one of several."""
        if event.choices is not self._asking:
            return
        yes_no = self.question.kind == "yes_no"
        await self._given(event.key == "yes" if yes_no else event.key)

    async def on_paragraph_submitted(self, event: Paragraph.Submitted) -> None:
        """A text, or what the follow-up asks."""
        event.stop()
        if event.paragraph is self._asking:
            await self._given(event.paragraph.value)
        elif self._asking is not None and event.paragraph.has_focus:
            await self._given(self._answer)

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """A date or a number."""
        if event.input is not self._asking:
            return
        text = event.value.strip()
        number = answering.number(text) if self.question.kind == "number" else None
        await self._given(text if number is None else number)

    async def on_listing_finished(self, event: Listing.Finished) -> None:
        """A list."""
        if event.listing is self._asking:
            await self._given(list(event.rows))

    def on_listing_wrong(self, event: Listing.Wrong) -> None:
        """A row that does not fit."""
        if event.listing is self._asking:
            self.say(event.text)

    async def _given(self, answer: Answer) -> None:
        question = self.question
        wrong = answering.fault(question, answer, today=self.desk.today)
        if wrong:
            self.say(wrong)
            return
        self._answer = answer
        further = self.query_one("#further-answer", Paragraph)
        if gates.is_adverse(question, answer) and not further.has_focus:
            self._further(True)
            self.set_focus(further)
            self.say("")
            return
        adverse = gates.is_adverse(question, answer)
        follow_up = further.value if adverse else ""
        told = self.state.answers.get(question.id)
        same = (
            told is not None
            and type(told.act.answer) is type(answer)
            and (told.act.answer, told.act.follow_up) == (answer, follow_up)
        )
        act = Answered(question=question.id, answer=answer, follow_up=follow_up)
        if same or self.tried(lambda: self.desk.act(self.dossier_id, act)) is not None:
            await self._go_on(same)

    async def _go_on(self, looked: bool) -> None:
        state = self.state
        following = self._first_open(state, self.at)
        if following is None and not (looked and self.at + 1 < len(self.asked)):
            self._asking = None
            self.dismiss(True)
        elif looked and self.at + 1 < len(self.asked):
            await self._show(self.at + 1)
        elif following is not None:
            await self._show(following)

    async def action_turn(self, by: int) -> None:
        """Looks at the question before or after."""
        await self._show(max(0, min(self.at + by, len(self.asked) - 1)))

    def action_back(self) -> None:
        """Leaves; what was answered is recorded."""
        self.dismiss(False)
