"""A hand that presses Enter and answers what is asked, nothing else, and counts its keys."""

import asyncio
from collections import Counter

from secterm.tui.screens.findings import Findings
from secterm.tui.screens.form import Form
from secterm.tui.screens.handover import Handover
from secterm.tui.screens.interview import Interview
from secterm.tui.screens.quiz import QuizRoom
from secterm.tui.screens.rules import RulesRoom
from secterm.tui.screens.training import TrainingRoom
from secterm.tui.screens.undersigning import SigningRoom
from secterm.tui.widgets.choices import Choices
from secterm.tui.widgets.line import Line
from secterm.tui.widgets.listing import Listing
from secterm.tui.widgets.paragraph import Paragraph
from tests.support.house import OFFICER
from tests.support.paper import ordinary

PARTS = (
    (RulesRoom, "rules"),
    (SigningRoom, "undertaking"),
    (QuizRoom, "quizzes"),
    (TrainingRoom, "training"),
    (Findings, "checks and findings"),
    (Interview, "interview"),
)


class Hand:
    """`keys` by part: every key but the characters of free text, which `characters` counts."""

    def __init__(self, officer, texts):
        self.officer = officer
        self.app = officer.app
        self.texts = {"passphrase": OFFICER[1], **texts}
        self.keys = Counter()
        self.characters = Counter()

    @property
    def part(self):
        """What of an onboarding is under the hand."""
        stack = self.app.screen_stack
        for kind, name in PARTS:
            if any(isinstance(screen, kind) for screen in stack):
                return name
        entries = [e.id for s in stack if isinstance(s, Form) for e in s._entries]
        return "decision" if "decision" in entries else "list and dossier"

    async def press(self, key):
        """One key, until it shows. What comes too soon to have been meant is pressed again."""
        self.keys[self.part] += 1
        for _ in range(8):
            before = self.officer.screen
            await self.officer.press(key)
            for _ in range(40):
                if self.officer.screen != before:
                    await self.officer.settle()
                    return
                await asyncio.sleep(0.01)
        raise AssertionError(f"{key} did nothing:\n{self.officer.screen}")

    async def type(self, text):
        """A text where the keys go."""
        self.characters[self.part] += len(text)
        before = self.officer.screen
        await self.officer.type(text)
        await self.officer._until(lambda shown: shown != before, f"showed {text!r}")

    async def until(self, done, steps=2000):
        """Goes on until `done()`."""
        for _ in range(steps):
            await self.officer.settle()
            if done():
                return
            await self.step()
        raise AssertionError(f"no end of it:\n{self.officer.screen}")

    async def step(self):
        """The next key or text."""
        screen, focused = self.app.screen, self.app.focused
        if isinstance(screen, Form):
            await self._fill(screen, focused)
        elif isinstance(screen, Interview):
            await self._answer(screen, focused)
        elif isinstance(screen, Handover) and isinstance(focused, Choices):
            await self._choose(focused, self._right(screen, focused))
        elif screen.is_modal:
            await asyncio.sleep(0.02)  # work under way
        else:
            await self.press("enter")

    async def _choose(self, choices, key):
        if choices.key == key:
            await self.press("enter")
        else:
            keys = [choice.key for choice in choices.choices]
            await self.press(str(keys.index(key) + 1))

    @staticmethod
    def _right(screen, choices):
        """What a good appointee answers."""
        if isinstance(screen, QuizRoom):
            right = {q.right for q in screen._module.bank}
            return next(c.key for c in choices.choices if c.text in right)
        return choices.choices[0].key

    async def _fill(self, form, focused):
        id = (focused.id or "").removeprefix("entry-")
        wanted = self.texts.get(id, "")
        if isinstance(focused, Choices):
            await self._choose(focused, wanted or focused.key or focused.choices[0].key)
            return
        if isinstance(focused, Line | Paragraph) and wanted and not focused.value:
            await self.type(wanted)
        else:
            await self.press("enter")

    async def _answer(self, interview, focused):
        if focused is None:
            await asyncio.sleep(0.02)  # the page turns
            return
        question = interview.question
        wanted = ordinary(question)
        if isinstance(focused, Choices):
            yes_no = {True: "yes", False: "no"}
            await self._choose(focused, yes_no[wanted] if isinstance(wanted, bool) else wanted)
        elif question.kind == "list":
            await self._row(interview.query_one(Listing), focused, question)
        elif focused.value:
            await self.press("enter")
        else:
            await self.type(f"{wanted:g}" if isinstance(wanted, float) else wanted)

    async def _row(self, listing, focused, question):
        if not question.least or listing.rows or focused.value:
            await self.press("enter")
            return
        field = next(f for f in question.fields if focused.id == f"field-{f.id}")
        value = {"date": "2020-01-02", "number": "3", "yes_no": "no", "text": "Sample"}
        await self.type(value[field.kind])
