"""Draws a module's quiz and judges the answers. What is recorded is the words
that were shown, so that the record can be read without the pack.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from secterm.dossier.entries import QuizAnswer, QuizAnswered, Quizzed
from secterm.dossier.permit import NotAllowed
from secterm.policy.model import Module
from secterm.words import _

_chance: random.Random = random.SystemRandom()


@dataclass(frozen=True)
class Put:
    """One question as it is put: its answers in a shuffled order."""

    id: str
    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Quiz:
    """The questions drawn for one attempt."""

    module: str
    questions: tuple[Put, ...]
    passing: int
    begun: tuple[str, ...] = ()  # the answers to the first of them, given before


def draw(
    module: Module, begun: tuple[QuizAnswer, ...] = (), chance: random.Random | None = None
) -> Quiz:
    """An attempt at a module's quiz: what was `begun` of it, and further questions.

    Raises `NotAllowed` where the module has none.
    """
    chance = chance or _chance
    if module.quiz is None:
        raise NotAllowed(_("This module has no quiz."))
    asked = [answer.question for answer in begun]
    known = {question.text: question for question in module.bank}
    fresh = [question for question in module.bank if question.text not in asked]
    drawn = [known[text] for text in asked if text in known]
    drawn += chance.sample(fresh, module.quiz.draw - len(drawn))
    questions = []
    for question in drawn:
        answers = [question.right, *question.wrong]
        chance.shuffle(answers)
        questions.append(Put(question.id, question.text, tuple(answers)))
    given = tuple(answer.given for answer in begun)
    return Quiz(module.id, tuple(questions), module.quiz.passing, given)


def answered(module: Module, taken: Quiz, given: list[str]) -> QuizAnswered | Quizzed:
    """The answer given last as an act; with the last of all, the whole quiz, judged."""
    right = {question.id: question.right for question in module.bank}
    if taken.module != module.id or any(put.id not in right for put in taken.questions):
        raise NotAllowed(_("This is not a quiz of this module."))
    if not 0 < len(given) <= len(taken.questions):
        raise NotAllowed(_("A quiz is answered question by question."))
    answers = tuple(
        QuizAnswer(question=put.text, given=answer, right=answer == right[put.id])
        for put, answer in zip(taken.questions, given, strict=False)
    )
    if len(given) < len(taken.questions):
        return QuizAnswered(module=module.id, answer=answers[-1])
    passed = sum(a.right for a in answers) >= taken.passing
    return Quizzed(module=module.id, answers=answers, passed=passed)
