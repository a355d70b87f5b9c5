"""The screening interview: one question a page. An answer is recorded as soon
as it is given, so that nothing given is ever lost.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from secterm import messages
from secterm.dossier import answering, gates
from secterm.dossier.entries import Answer, Answered
from secterm.dossier.fold import State
from secterm.policy.model import Question, Section
from secterm.tui.screens.dialogs import bar
from secterm.tui.screens.room import CHOOSE, Room
from secterm.tui.widgets.choices import Choice, Choices
from secterm.tui.widgets.line import Line
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
        Binding("enter", "go_on", _("Go on"), priority=True),
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
        self._standing: tuple[object, str] = ("", "")  # what the page showed at first
        self._warned = False

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
                yield Static(
                    _("Shift+Tab goes back to the answer itself."), classes="soft", markup=False
                )

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
            further.put(told.act.follow_up if told else "")
            self.query_one("#further-asked", Static).update(
                question.follow_up.text if question.follow_up else ""
            )
            self._further(False)
            self.say("")
            self._asking, self._warned = control, False
            self._standing = self._entered()
            self.set_focus(self._first(control))

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
                return Line(
                    text if isinstance(text, str) else "",
                    placeholder="(YYYY-MM-DD)" if question.kind == "date" else "",
                )

    def _further(self, shown: bool) -> None:
        self.query_one("#further").display = shown

    @staticmethod
    def _first(control: Widget) -> Widget:
        return control.first if isinstance(control, Listing) else control

    def _entered(self) -> tuple[object, str]:
        """What stands on the page, recorded or not."""
        further = self.query_one("#further-answer", Paragraph).value
        match self._asking:
            case Listing() as listing:
                return [listing.rows[:], listing.begun], further
            case Paragraph() as text:
                return text.value, further
            case Line() as line:
                return line.value, further
            case _:
                return "", further

    # -- answers ------------------------------------------------------------------

    def action_go_on(self) -> None:
        """Takes what is entered. What is typed ahead reaches nothing until the page is ready."""
        control, focused = self._asking, self.focused
        if control is None or focused is None:
            return
        if isinstance(control, Listing) and control.has_focus_within:
            said = control.go_on()
            if said is not None:  # on to the next field of the row
                self.say(said)
                return
        self.set_focus(None)
        self.call_later(self._take, control, focused)

    async def _take(self, control: Widget, focused: Widget) -> None:
        further = self.query_one("#further-answer", Paragraph)
        if focused is further:
            await self._given(self._answer, further.value)
        elif isinstance(control, Listing):
            await self._given(list(control.rows))
        elif isinstance(control, Choices) and not control.key:
            self._refuse(CHOOSE)
        elif isinstance(control, Choices):
            yes_no = self.question.kind == "yes_no"
            await self._given(control.key == "yes" if yes_no else control.key)
        elif isinstance(control, Paragraph):
            await self._given(control.value)
        elif isinstance(control, Line):
            text = control.value.strip()
            number = answering.number(text) if self.question.kind == "number" else None
            await self._given(text if number is None else number)

    def _refuse(self, why: str, focus: Widget | None = None) -> None:
        if self._asking is not None:
            self.set_focus(focus or self._first(self._asking))
        self.say(why)

    async def _given(self, answer: Answer, follow_up: str | None = None) -> None:
        """An answer; where it is adverse, only together with what it asks."""
        question = self.question
        wrong = answering.fault(question, answer, today=self.desk.today)
        if wrong:
            self._refuse(wrong)
            return
        adverse = gates.is_adverse(question, answer)
        further = self.query_one("#further-answer", Paragraph)
        if adverse and follow_up is None:
            self._answer = answer
            self._further(True)
            self._refuse("", further)
            return
        act = Answered(question=question.id, answer=answer, follow_up=follow_up or "")
        told = self.state.answers.get(question.id)
        same = (
            told is not None
            and type(told.act.answer) is type(answer)
            and (told.act.answer, told.act.follow_up) == (act.answer, act.follow_up)
        )
        try:
            if not same:
                self.desk.act(self.dossier_id, act)
        except Exception as error:
            self._refuse(messages.explain(error).text(), further if adverse else None)
            return
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

    def _leaves(self) -> bool:
        """Whether nothing on the page would be lost; else says so, once."""
        if self._asking is None or self._warned or self._entered() == self._standing:
            return True
        self._warned = True
        self.say(_("This answer is not recorded yet: Enter records it. The same key again leaves."))
        return False

    def action_turn(self, by: int) -> None:
        """Looks at the question before or after."""
        at = max(0, min(self.at + by, len(self.asked) - 1))
        if self._asking is not None and at != self.at and self._leaves():
            self._asking = None
            self.set_focus(None)
            self.call_later(self._show, at)

    def action_back(self) -> None:
        """Leaves; what was answered is recorded."""
        if self._leaves():
            self.dismiss(False)
