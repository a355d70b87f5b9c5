"""How far an interview is: pure values of a dossier and its marks, drawn nowhere here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from secterm.desk.model import Dossier
from secterm.dossier import gates
from secterm.policy.model import Question, Section


@dataclass(frozen=True)
class Part:
    """One section: its place among all questions, and how many are in which state."""

    section: Section
    first: int
    total: int
    done: int
    adverse: int
    marked: int

    def holds(self, at: int) -> bool:
        """Whether the question at this place is one of the section."""
        return self.first <= at < self.first + self.total


class Progress:
    """All questions of an interview in their order, each by its place from 0."""

    def __init__(self, dossier: Dossier, marked: frozenset[str]) -> None:
        self.dossier = dossier
        self.asked: list[tuple[Section, Question]] = [
            (section, question)
            for section in gates.sections_of(dossier.pack, dossier.state)
            for question in gates.questions_of(section, dossier.state)
        ]
        self._marked = marked
        self.parts = self._parts()

    def _parts(self) -> list[Part]:
        parts, first = [], 0
        for section in gates.sections_of(self.dossier.pack, self.dossier.state):
            places = range(first, first + len(gates.questions_of(section, self.dossier.state)))
            parts.append(
                Part(
                    section,
                    first,
                    len(places),
                    sum(map(self.is_answered, places)),
                    sum(map(self.is_adverse, places)),
                    sum(map(self.is_marked, places)),
                )
            )
            first = places.stop
        return parts

    def __len__(self) -> int:
        return len(self.asked)

    @property
    def done(self) -> int:
        """How many questions are answered."""
        return sum(part.done for part in self.parts)

    @property
    def marked(self) -> list[int]:
        """The places of the questions to come back to."""
        return [at for at in range(len(self)) if self.is_marked(at)]

    def place(self, question: str) -> int | None:
        """Where a question stands, by its id; None where it is not asked."""
        return next((i for i, (_s, q) in enumerate(self.asked) if q.id == question), None)

    def part(self, at: int) -> Part:
        """The section of the question at this place."""
        return next(part for part in self.parts if part.holds(at))

    def is_answered(self, at: int) -> bool:
        """Whether an answer stands."""
        return self.asked[at][1].id in self.dossier.state.answers

    def is_adverse(self, at: int) -> bool:
        """Whether the answer that stands is one that asked its follow-up."""
        question = self.asked[at][1]
        told = self.dossier.state.answers.get(question.id)
        return told is not None and gates.is_adverse(question, told.act.answer)

    def is_marked(self, at: int) -> bool:
        """Whether it is to be come back to."""
        return self.asked[at][1].id in self._marked

    def first_open(self, after: int = -1) -> int | None:
        """The next question without an answer, round at the end."""
        return self._next(after, lambda at: not self.is_answered(at))

    def _next(self, after: int, fits: Callable[[int], bool]) -> int | None:
        order = [*range(after + 1, len(self)), *range(after + 1)]
        return next((at for at in order if fits(at)), None)
