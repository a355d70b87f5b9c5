"""A module read and its quiz taken, by the appointee alone."""

from __future__ import annotations

from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from secterm.desk.quiz import Quiz
from secterm.dossier import gates, sentences
from secterm.dossier.entries import Quizzed
from secterm.policy.model import Module
from secterm.tui.screens.handover import Handover
from secterm.tui.widgets.choices import Choice, Choices
from secterm.words import _


class QuizRoom(Handover):
    """Reading, questions, result; then the next module that is due."""

    HELP_TEXT = _(
        "Read each page and press Enter. Then choose the right answer with the arrows or its "
        "number, and press Enter. Take the time you need. Esc calls the officer."
    )

    def __init__(self, id: str, modules: list[str]) -> None:
        super().__init__(_("Training"), id)
        self._modules = modules
        self._module: Module | None = None
        self._page = 0
        self._quiz: Quiz | None = None
        self._given: list[str] = []
        self._after = False
        self._asking: Choices | None = None

    async def on_mount(self) -> None:
        """Begins with the first module."""
        await self._begin()

    async def _begin(self) -> None:
        dossier = self.desk.dossier(self.dossier_id)
        while self._modules:
            module = sentences.module(dossier.pack, self._modules[0])
            due = gates.module_owes(module, dossier.state, self.desk.today) if module else None
            if module is not None and due is not None and due.kind == "quiz":
                self._module, self._page, self._quiz, self._given = module, 0, None, []
                if module.id in dossier.state.quizzing:  # under way: the reading is over
                    await self._draw(module)
                else:
                    await self._read()
                return
            self._modules.pop(0)
        await self.finish(_("There is nothing more to read and no further quiz now."))

    async def _fill(self, title: str, text: str, hint: str, choices: Choices | None = None) -> None:
        self._asking = None
        self.set_focus(None)
        self.say("")
        body = self.query_one("#body", Vertical)
        page = VerticalScroll(Static(text, markup=False), id="page")
        parts = [Static(title, classes="title", markup=False), page]
        if choices is not None:
            page.styles.height = "auto"
            page.can_focus = False
            parts = [*parts, Static("", markup=False), choices]
        with self.app.batch_update():
            await body.remove_children()
            await body.mount(*parts, Static(hint, classes="soft", markup=False))
        self._asking = choices
        self.set_focus(choices or page)

    async def _read(self) -> None:
        module = self._module
        if module is None:
            return
        where = _("page {n} of {of}").format(n=self._page + 1, of=len(module.reading))
        last = self._page + 1 == len(module.reading)
        hint = _("Enter begins the quiz.") if last else _("Enter turns the page.")
        await self._fill(f"{module.title}: {where}", module.reading[self._page].strip("\n"), hint)

    async def _ask(self) -> None:
        quiz, module = self._quiz, self._module
        if quiz is None or module is None:
            return
        put = quiz.questions[len(self._given)]
        title = _("{title}: question {n} of {of}").format(
            title=module.title, n=len(self._given) + 1, of=len(quiz.questions)
        )
        choices = Choices([Choice(answer, answer) for answer in put.answers], open=True)
        await self._fill(
            title,
            put.text,
            _("Choose with the arrows or a number. Enter gives the answer."),
            choices,
        )

    async def entered(self) -> None:
        """Turns the page, and goes on after a result."""
        if self._after:
            self._after = False
            await self._begin()
        elif self._module is not None and self._quiz is None:
            await self._turn(self._module)

    async def _turn(self, module: Module) -> None:
        if self._page + 1 < len(module.reading):
            self._page += 1
            await self._read()
        else:
            await self._draw(module)

    async def _draw(self, module: Module) -> None:
        self._quiz = self.tried(lambda: self.desk.draw_quiz(self.dossier_id, module.id))
        self._given = list(self._quiz.begun) if self._quiz else []
        await self._ask()

    async def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """An answer is given; after the last one the quiz is recorded."""
        event.stop()
        quiz = self._quiz
        if quiz is None or event.choices is not self._asking:
            return
        given = [*self._given, event.key]
        taken = self.tried(lambda: self.desk.answer_quiz(self.dossier_id, quiz, given))
        if taken is None:
            return
        self._given = given
        if len(given) < len(quiz.questions):
            await self._ask()
            return
        last = taken.entries[-1].entry.act
        if isinstance(last, Quizzed):
            await self._result(last)

    async def _result(self, taken: Quizzed) -> None:
        module = self._module
        if module is None:
            return
        right = sum(a.right for a in taken.answers)
        lines = [
            _("{right} of {n} answers are right; {passing} are needed.").format(
                right=right,
                n=len(taken.answers),
                passing=module.quiz.passing if module.quiz else 0,
            ),
        ]
        dossier = self.desk.dossier(self.dossier_id)
        due = gates.module_owes(module, dossier.state, self.desk.today)
        if due is not None and due.kind == "teaching":
            lines.append(_("The module is taught again before the next attempt."))
        lines.append("")
        why = {q.text: q.why for q in module.bank}
        for answer in taken.answers:
            if not answer.right:
                lines += [f"× {answer.question}", f"  {why.get(answer.question, '')}"]
        title = _("Passed: {title}") if taken.passed else _("Not passed yet: {title}")
        hint = _("Enter goes on.")
        if not taken.passed and due is not None and due.kind == "quiz":
            hint = _("Enter reads the text again and tries once more.")
        self._after, self._quiz = True, None
        await self._fill(title.format(title=module.title), "\n".join(lines), hint)
