"""Invented appointees at every stage, to learn and to test with. They go the
same way as real ones: through the desk, permitted, sealed and signed.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from secterm.desk import quiz, signing
from secterm.desk.desk import Desk
from secterm.desk.model import Dossier
from secterm.dossier import entries as acts
from secterm.dossier import gates
from secterm.dossier.entries import Act, Answer, Particulars, Row
from secterm.policy.model import CATEGORIES, Category, Field, Question
from secterm.vault import kdf
from secterm.vault.records import batches
from secterm.vault.signer import Signer

# fmt: off
FIRST: Final = (
    "Ada", "Bo", "Cleo", "Dag", "Eike", "Fen", "Gio", "Hal", "Ines", "Juno", "Kai", "Lene",
    "Mio", "Nika", "Odo", "Pia", "Quin", "Rune", "Sol", "Tess", "Ulla", "Vito", "Wim", "Xenia",
    "Yara", "Zeno",
)
LAST: Final = (
    "Sample", "Example", "Specimen", "Pattern", "Placeholder", "Mockup", "Template", "Trial",
    "Dummy", "Fiction", "Invented", "Imaginary", "Pretend", "Nowhere", "Nobody", "Anyone",
)
# fmt: on
POSTS: Final = (
    "Registry clerk",
    "Cipher operator",
    "Network engineer",
    "Archivist",
    "Systems administrator",
    "Analyst",
    "Translator",
    "Courier",
)
DEPARTMENTS: Final = ("Registry", "Communications", "Planning", "Research", "Administration")
TOGETHER: Final = 32  # invented people in a transaction, where many are wanted
SECRET: Final = "a sample's own signing secret"  # noqa: S105 - opens nothing but samples

REMARK: Final = "Said that a paper of an invented office is on its way."

STAGES: Final = (
    "admitted",
    "screening",
    "training",
    "rules",
    "unsigned",
    "opened",
    "decision",
    "conditions",
    "undertaking",
    "deferred",
    "left",
    "withdrawn",
)


def fill(
    desk: Desk,
    count: int,
    *,
    second: Signer | None = None,
    stages: tuple[str, ...] = STAGES,
    category: Category | None = None,
    together: int = 0,
    progress: Callable[[int], None] = lambda added: None,
) -> int:
    """Adds `count` invented appointees, the stages in turn; how many were added.

    Where a core post needs a second officer and there is none, it stops there. `together`: how
    many are recorded in one transaction; 0 for one at each step, as at the desk.
    `progress` is told how many are there already. Raises as the desk's acts.
    """
    cost = kdf.floors[0]
    wrapping = signing.Wrapping.of(cost, "sample", SECRET)
    already = desk.index.total
    for numbers in batches(range(count), together or 1):
        with desk.together() if together else contextlib.nullcontext():
            for number in numbers:
                progress(number)
                place = already + number
                chosen = category or CATEGORIES[(place + place // len(STAGES)) % len(CATEGORIES)]
                chance = random.Random(place)  # noqa: S311 - invented people, the same each time
                person = _Person(desk, chance, stages[number % len(stages)], wrapping, second)
                person.live(chosen)
    return count


@dataclass
class _Person:
    """One invented appointee on the way to a stage."""

    desk: Desk
    chance: random.Random
    stage: str
    wrapping: signing.Wrapping
    second: Signer | None
    id: str = ""
    made: list[Act] = field(default_factory=list)

    @property
    def dossier(self) -> Dossier:
        return self.desk.dossier(self.id)

    @property
    def today(self) -> date:
        return self.desk.today

    def live(self, category: Category) -> None:
        """From the opening to the stage."""
        self.id = self.desk.open_dossier(self._particulars(category))
        for step in self._steps():
            step()
            if self.made:
                self.desk.act(self.id, *self.made)
                self.made = []

    def _particulars(self, category: Category) -> Particulars:
        initial = self.chance.choice("ABCDEFGHIJKLMNOPRSTVWZ")
        born = date(1970, 1, 1) + timedelta(days=self.chance.randrange(11_000))
        return Particulars(
            name=f"{self.chance.choice(FIRST)} {initial}. {self.chance.choice(LAST)}",
            born=born.isoformat(),
            identity_number=f"SAMPLE-{self.chance.randrange(10**6):06}",
            post=self.chance.choice(POSTS),
            department=self.chance.choice(DEPARTMENTS),
            category=category,
        )

    def _steps(self) -> Iterator[Callable[[], None]]:
        if self.stage == "opened":
            return
        yield self._answer
        if self.stage == "screening":
            return
        if self.stage == "withdrawn":
            yield lambda: self.made.append(acts.Withdrawn(reason="Took up another post."))
            return
        yield self._find
        if self.dossier.standing.gate("screening").status != "done":
            if self.second is None:
                return
            self.desk.act(self.id, acts.Reviewed(agrees=True), signer=self.second)
        yield self._train
        if self.stage == "training":
            return
        if self.stage == "unsigned":
            yield self._refuse_to_sign
            return
        if self.stage == "undertaking":
            return
        yield from self._from_signing()

    def _from_signing(self) -> Iterator[Callable[[], None]]:
        opened = self.dossier
        witness = self.second if gates.terms_of(opened.state, opened.pack).witness else None
        text = self.desk.undertaking(self.id)
        name = opened.state.particulars.name
        self.desk.sign(self.id, text, name, SECRET, witness, wrapping=self.wrapping)
        yield self._acknowledge
        if self.stage in ("rules", "decision"):
            return
        if self.stage == "deferred":
            yield lambda: self.made.append(
                acts.Decided(decision="defer", reason="The post is not free yet.")
            )
            yield lambda: self.made.append(acts.Noted(text="Ask again when the post is free."))
        else:
            yield self._admit
        decision = self.dossier.state.decision
        awaits = self.dossier.standing.stage == "second" and self.stage != "second"
        if awaits and decision and self.second:
            self.desk.act(
                self.id, acts.Seconded(decided=decision.number, agrees=True), signer=self.second
            )
        if self.stage == "left":
            yield lambda: self.made.append(
                acts.Left(on=self.today.isoformat(), reason="Moved to another unit.")
            )

    # -- what happens -------------------------------------------------------

    def _answer(self) -> None:
        opened = self.dossier
        asked = list(gates.asks_of(opened.pack, opened.state).questions.values())
        if self.stage == "screening":
            asked = asked[: self.chance.randrange(3, len(asked) - 3)]
        odd = next((q for q in asked if q.kind == "yes_no" and q.adverse), None)
        for question in asked:
            adverse = self.stage == "conditions" and question is odd
            self.made.append(self._answered(question, adverse))
            if adverse:
                self.made.append(acts.Noted(text=REMARK, question=question.id))
            if question.check and self.stage not in ("screening", "withdrawn"):
                self.made.append(
                    acts.Checked(question=question.id, reference="Seen in original", holds=True)
                )

    def _answered(self, question: Question, adverse: bool) -> acts.Answered:
        if adverse:
            return acts.Answered(
                question=question.id,
                answer=question.adverse == "yes",
                follow_up="An invented circumstance, told in full at the interview.",
            )
        return acts.Answered(question=question.id, answer=self._ordinary(question))

    def _ordinary(self, question: Question) -> Answer:
        match question.kind:
            case "yes_no":
                return question.adverse == "no"
            case "choice":
                return next(c.id for c in question.choices if not c.adverse)
            case "date":
                return (self.today - timedelta(days=self.chance.randrange(500, 4000))).isoformat()
            case "number":
                low = question.adverse_below if question.adverse_below is not None else 0.0
                high = question.adverse_above if question.adverse_above is not None else low + 10
                return float(int((low + high) / 2))
            case "list":
                return [] if question.adverse == "any" else [self._row(question)]
            case "text":
                return "An invented answer, as a sample."

    def _row(self, question: Question) -> Row:
        return {f.id: self._value(f) for f in question.fields}

    def _value(self, wanted: Field) -> str:
        match wanted.kind:
            case "date":
                return (self.today - timedelta(days=self.chance.randrange(500, 4000))).isoformat()
            case "number":
                return str(self.chance.randrange(1, 9))
            case "yes_no":
                return "no"
            case "text":
                return f"Sample {wanted.id.replace('_', ' ')}"

    def _find(self) -> None:
        opened = self.dossier
        conditions = self.stage == "conditions"
        sections = gates.sections_of(opened.pack, opened.state)
        for number, section in enumerate(sections):
            self.made.append(self._found(section.id, conditions and number == 0))
        self.made.append(self._found("", conditions))

    def _found(self, section: str, conditions: bool) -> acts.Found:
        if conditions:
            return acts.Found(
                section=section,
                finding="conditions",
                reason="One answer needs watching.",
                conditions="Interview again after six months.",
            )
        return acts.Found(section=section, finding="suitable")

    def _train(self) -> None:
        opened = self.dossier
        modules = gates.modules_of(opened.pack, opened.state)
        if self.stage == "training":
            modules = modules[: len(modules) // 2]
        for module in modules:
            self.made.append(
                acts.Trained(
                    module=module.id,
                    hours=module.hours[opened.state.particulars.category],
                    on=self.today.isoformat(),
                    trainer="T. R. Ainer",
                    place="Training room",
                )
            )
            if module.quiz is not None:
                drawn = quiz.draw(module, chance=self.chance)
                right = {q.id: q.right for q in module.bank}
                given = [right[q.id] for q in drawn.questions]
                self.made.append(quiz.answered(module, drawn, given))

    def _refuse_to_sign(self) -> None:
        self.made.append(acts.SigningRefused(reason="Does not accept the cooling-off period."))
        self.made.append(acts.Decided(decision="refuse", reason="The undertaking was not signed."))

    def _acknowledge(self) -> None:
        opened = self.dossier
        rules = gates.rules_of(opened.pack, opened.state)
        if self.stage == "rules":
            rules = rules[: len(rules) // 2]
        self.made += [self.desk.acknowledgement(opened.pack, rule) for rule in rules]

    def _admit(self) -> None:
        conditions = self.stage == "conditions"
        self.made.append(
            acts.Decided(
                decision="admit",
                reason="All four gates are done.",
                conditions="Interview again after six months." if conditions else "",
            )
        )
