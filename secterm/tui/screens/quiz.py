"""A module read and its quiz taken, by the appointee alone."""

from __future__ import annotations

import textwrap
from typing import Final

from textual.widgets import Static

from secterm.desk.quiz import Quiz
from secterm.dossier import gates, sentences
from secterm.dossier.entries import Quizzed
from secterm.policy.model import Module
from secterm.tui.screens.handover import Handover
from secterm.tui.widgets.choices import Choice, Choices
from secterm.tui.widgets.reading import Reading
from secterm.words import _

ACROSS: Final = 72  # columns of the appointee's page


class QuizRoom(Handover):
    """Reading, questions, result; then the next module that is due."""

    PURPOSE = _("You read what was taught, and then answer questions about it.")
    HELP_TEXT = _(
        "Read each page to its end and press Enter. Then choose the right answer with the arrows "
        "or its number, and press Enter. Take the time you need. Esc calls the officer."
    )
    RULE = _("Each answer counts as it is given, and an attempt that was begun is one.")

    def __init__(self, id: str, modules: list[str]) -> None:
        super().__init__(_("Training"), id)
        self._modules = modules
        self._module: Module | None = None
        self._page = 0
        self._quiz: Quiz | None = None
        self._given: list[str] = []
        self._after = False
        self._asking: Choices | None = None

    async def begin(self) -> None:
        """Begins with the first module, or where a lock interrupted it."""
        what, id, page, place = [*self.resumed.split(maxsplit=3), "", "", "", ""][:4]
        dossier = self.desk.dossier(self.dossier_id)
        module = sentences.module(dossier.pack, id) if id else None
        if module is None:
            await self._begin()
            return
        due = gates.module_owes(module, dossier.state, self.desk.today)
        owes_quiz = due is not None and due.kind == "quiz"
        if id in self._modules:
            self._modules.remove(id)
        self._modules.insert(0, id)
        taken = dossier.state.quizzes.get(id, ())
        if what == "result" and taken:
            self._module = module
            await self._result(taken[-1].act)
        elif what == "quiz" and owes_quiz:
            self._module = module
            await self._draw(module)
        elif what == "read" and owes_quiz and id not in dossier.state.quizzing:
            self._module, self._page = module, min(int(page), len(module.reading) - 1)
            await self._read(place)
        else:
            await self._begin()

    def place(self) -> str:
        """The module, and in it the page and how much of it was read, the quiz or its result."""
        if self._module is None or self.over:
            return "" if self.begun else self.resumed
        what = "result" if self._after else "quiz" if self._quiz else "read"
        place = self.reading.place() if self.reading else ""
        return f"{what} {self._module.id} {self._page} {place}".rstrip()

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

    async def _fill(self, title: str, text: str, hint: str, place: str = "") -> None:
        self._asking = None
        self.say("")
        reading = Reading(text, place=place)
        await self.page(
            Static(title, classes="title", markup=False), reading, focus=reading, hint=hint
        )

    async def _read(self, place: str = "") -> None:
        module = self._module
        if module is None:
            return
        where = _("page {n} of {of}").format(n=self._page + 1, of=len(module.reading))
        last = self._page + 1 == len(module.reading)
        hint = _("Enter begins the quiz.") if last else _("Enter turns the page.")
        text = module.reading[self._page].strip("\n")
        await self._fill(f"{module.title}: {where}", text, hint, place)

    async def _ask(self) -> None:
        quiz, module = self._quiz, self._module
        if quiz is None or module is None:
            return
        put = quiz.questions[len(self._given)]
        title = _("{title}: question {n} of {of}").format(
            title=module.title, n=len(self._given) + 1, of=len(quiz.questions)
        )
        self.say("")
        choices = Choices([Choice(answer, answer) for answer in put.answers], open=True)
        await self.page(
            Static(title, classes="title", markup=False),
            Static(put.text, classes="asked", markup=False),
            Static("", markup=False),
            choices,
            focus=choices,
            hint=_("Choose with the arrows or a number. Enter gives the answer."),
        )
        self._asking = choices

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
        if quiz is None or event.choices is not self._asking or not self.meant():
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
                lines += _hung("× ", answer.question)
                lines += _hung("  ", why.get(answer.question, ""))
        title = _("Passed: {title}") if taken.passed else _("Not passed yet: {title}")
        hint = _("Enter goes on.")
        if not taken.passed and due is not None and due.kind == "quiz":
            hint = _("Enter reads the text again and tries once more.")
        self._after, self._quiz = True, None
        await self._fill(title.format(title=module.title), "\n".join(lines), hint)


def _hung(mark: str, text: str) -> list[str]:
    """The text wrapped, its further lines under its first word."""
    return textwrap.wrap(text, ACROSS, initial_indent=mark, subsequent_indent="  ")
