"""What a policy pack says: what is asked, taught, signed and acknowledged.

Frozen values only. Nothing here reads a file (`reader`), checks sense across
tables (`check`), or knows storage or screens.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import msgspec

from secterm.policy.host import Found, Level

Category = Literal["core", "key", "general"]
CATEGORIES: tuple[Category, ...] = ("core", "key", "general")

Gate = Literal["screening", "training", "undertaking", "rules"]
GATES: tuple[Gate, ...] = ("screening", "training", "undertaking", "rules")

Kind = Literal["yes_no", "choice", "text", "date", "number", "list"]
FieldKind = Literal["text", "date", "number", "yes_no"]


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A frozen value that refuses keys it does not know."""


class CategoryTerms(_Value, frozen=True, kw_only=True):
    """The terms under which one category of post is held."""

    name: str
    level: str
    validity_months: int
    cooling_off_years: tuple[int, int]  # from, to
    review: bool = False  # screening findings reviewed by a second officer
    witness: bool = False  # the undertaking is witnessed
    second_decision: bool = False  # a second officer decides too


class UnitWording(_Value, frozen=True, kw_only=True):
    """How this unit's own papers name the two sides."""

    unit: str
    officer: str
    appointee: str


class Head(_Value, frozen=True, kw_only=True):
    """`pack.toml`."""

    format: int
    id: str
    name: str
    version: str
    language: str
    description: str
    gates: tuple[Gate, ...]
    wording: UnitWording
    categories: dict[Category, CategoryTerms]
    passphrase_memory: int = 0  # MiB that deriving a key takes at least, where the machine has it
    host: dict[Found, Level] = {}  # what a finding about the machine weighs, where that is more


class Choice(_Value, frozen=True, kw_only=True):
    """One answer that a choice question offers."""

    id: str
    text: str
    adverse: bool = False


class Field(_Value, frozen=True, kw_only=True):
    """One column of a repeating list."""

    id: str
    text: str
    kind: FieldKind = "text"
    required: bool = True


class FollowUp(_Value, frozen=True, kw_only=True):
    """What is asked when the answer is adverse; always answered in words."""

    text: str


class Question(_Value, frozen=True, kw_only=True):
    """One question of the screening interview."""

    id: str
    kind: Kind
    text: str
    help: str = ""
    categories: tuple[Category, ...] = CATEGORIES
    required: bool = True
    adverse: Literal["", "yes", "no", "any"] = ""  # yes_no: which; list: "any" row
    least: float | None = None  # number; list: how many rows
    most: float | None = None  # number; list: how many rows
    adverse_above: float | None = None  # number
    adverse_below: float | None = None  # number
    choices: tuple[Choice, ...] = ()
    fields: tuple[Field, ...] = ()
    follow_up: FollowUp | None = None
    check: str = ""  # what the officer verifies elsewhere, with a reference
    source: str = ""


class Section(_Value, frozen=True, kw_only=True):
    """Questions that get one finding together."""

    id: str
    title: str
    intro: str = ""
    questions: tuple[Question, ...] = msgspec.field(name="question")

    def asked(self, category: Category) -> tuple[Question, ...]:
        """The questions that this category is asked."""
        return tuple(q for q in self.questions if category in q.categories)


class Screening(_Value, frozen=True, kw_only=True):
    """`screening.toml`."""

    sections: tuple[Section, ...] = msgspec.field(name="section")


class Quiz(_Value, frozen=True, kw_only=True):
    """How a module's quiz is drawn and judged."""

    draw: int  # questions drawn from the bank
    passing: int  # right answers needed
    attempts: int  # failed attempts before the module must be taught again


class QuizQuestion(_Value, frozen=True, kw_only=True):
    """One question of a module's bank: one right answer among wrong ones."""

    id: str
    text: str
    right: str
    wrong: tuple[str, ...]
    why: str


class Module(_Value, frozen=True, kw_only=True, dict=True):
    """One training module."""

    id: str
    title: str
    covers: tuple[
        Literal["laws", "regulations", "systems", "standards", "methods", "skills", "carriers"], ...
    ]
    summary: str
    hours: dict[Category, float]
    validity_months: dict[Category, int]
    reading: tuple[str, ...] = ()  # pages, each one screen
    quiz: Quiz | None = None
    bank: tuple[QuizQuestion, ...] = msgspec.field(name="question", default=())
    source: str = ""

    @cached_property
    def right(self) -> dict[str, str]:
        """The right answer to each question of the bank, by the question's text."""
        return {question.text: question.right for question in self.bank}

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories that owe this module: those it states hours for."""
        return tuple(c for c in CATEGORIES if c in self.hours)


class Training(_Value, frozen=True, kw_only=True):
    """`training.toml`."""

    modules: tuple[Module, ...] = msgspec.field(name="module")


class Part(_Value, frozen=True, kw_only=True):
    """One part of the undertaking."""

    id: str
    title: str
    clauses: tuple[str, ...]


class Undertaking(_Value, frozen=True, kw_only=True):
    """`undertaking.toml`: one document, its placeholders in braces."""

    title: str
    preamble: str
    parts: tuple[Part, ...] = msgspec.field(name="part")
    declaration: str
    source: str = ""


class Rule(_Value, frozen=True, kw_only=True):
    """One rule, acknowledged or refused by itself."""

    id: str
    duty: Literal["must", "must_not"]
    text: str
    reason: str
    categories: tuple[Category, ...] = CATEGORIES
    source: str = ""


class Rules(_Value, frozen=True, kw_only=True):
    """`rules.toml`."""

    rules: tuple[Rule, ...] = msgspec.field(name="rule")


class Asks(msgspec.Struct, frozen=True):
    """What a pack asks of one category: the sections with a question for it, each with those
    that are asked; and questions, modules and rules by id, in the pack's order.
    """

    sections: tuple[tuple[Section, tuple[Question, ...]], ...]
    questions: dict[str, Question]
    modules: dict[str, Module]
    quizzed: dict[str, Module]  # those that end with a quiz
    rules: dict[str, Rule]


class Pack(_Value, frozen=True, kw_only=True, dict=True):
    """A whole pack, with its identity: version, and the SHA-256 of its files."""

    head: Head
    screening: Screening
    training: Training
    undertaking: Undertaking
    rules: Rules
    digest: str  # 64 hex digits

    @cached_property
    def asks(self) -> dict[Category, Asks]:
        """What is asked of each category; made once, as a pack never changes."""
        return {category: self._asks(category) for category in CATEGORIES}

    def _asks(self, category: Category) -> Asks:
        asked = ((section, section.asked(category)) for section in self.screening.sections)
        sections = tuple((section, questions) for section, questions in asked if questions)
        modules = {m.id: m for m in self.training.modules if category in m.hours}
        return Asks(
            sections=sections,
            questions={q.id: q for _section, questions in sections for q in questions},
            modules=modules,
            quizzed={id: module for id, module in modules.items() if module.quiz is not None},
            rules={r.id: r for r in self.rules.rules if category in r.categories},
        )
