"""Draws a module's quiz and judges the answers. What is recorded is the words
that were shown, so that the record can be read without the pack.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from secterm.dossier.entries import QuizAnswer, Quizzed
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


def draw(module: Module, chance: random.Random | None = None) -> Quiz:
    """A new attempt at a module's quiz. Raises `NotAllowed` where it has none."""
    chance = chance or _chance
    if module.quiz is None:
        raise NotAllowed(_("This module has no quiz."))
    drawn = chance.sample(module.bank, module.quiz.draw)
    questions = []
    for question in drawn:
        answers = [question.right, *question.wrong]
        chance.shuffle(answers)
        questions.append(Put(question.id, question.text, tuple(answers)))
    return Quiz(module.id, tuple(questions), module.quiz.passing)


def judge(module: Module, taken: Quiz, given: list[str]) -> Quizzed:
    """The quiz as an act: each answer given, whether it was right, and passed or not."""
    if len(given) != len(taken.questions):
        raise NotAllowed(_("Every question of the quiz needs an answer."))
    right = {question.id: question.right for question in module.bank}
    if taken.module != module.id or any(put.id not in right for put in taken.questions):
        raise NotAllowed(_("This is not a quiz of this module."))
    answers = tuple(
        QuizAnswer(question=put.text, given=answer, right=answer == right[put.id])
        for put, answer in zip(taken.questions, given, strict=True)
    )
    passed = sum(a.right for a in answers) >= taken.passing
    return Quizzed(module=module.id, answers=answers, passed=passed)
