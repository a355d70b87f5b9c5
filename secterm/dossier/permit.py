"""What may be recorded now, and why not. The one place that says no: whichever
face asks, and again when a vault is verified.
"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import lru_cache
from typing import Final

from secterm.dossier import answering, gates
from secterm.dossier import entries as acts
from secterm.dossier.demands import (
    LONGEST_LINE,
    NotAllowed,
    a_text,
    all_legible,
    legible,
    particulars,
    require,
    short,
)
from secterm.dossier.entries import Act
from secterm.dossier.fold import State
from secterm.dossier.gates import Owed
from secterm.dossier.now import Now
from secterm.policy.model import Module, Pack, Question, Quiz, Rule
from secterm.words import _

UNDER_WAY: Final = ("screening", "training", "undertaking", "rules", "decision", "deferred")
HELD: Final = ("admitted", "lapsed")
RULES_KEPT: Final = 256


@lru_cache(RULES_KEPT)
def rule_sha256(rule: Rule) -> str:
    """What an acknowledgement pins: SHA-256 of the rule's text and reason, a line each."""
    return hashlib.sha256(f"{rule.text}\n{rule.reason}\n".encode()).hexdigest()


def permit(
    state: State | None,
    act: Act,
    pack: Pack,
    today: date,
    officer: str,
    before: Now | None = None,
) -> Now | None:
    """Raises `NotAllowed` unless `officer` (id) may record this act on this day.

    Gives how the dossier stands until then; what was given for one of its entries
    earlier, as `before`, spares looking at everything again.
    """
    all_legible(act)
    if isinstance(act, acts.Opened):
        require(state is None, _("The dossier is open already."))
        particulars(act.particulars, pack, today)
        return None
    if state is None:
        raise NotAllowed(_("The dossier is not open yet."))
    now = Now(state, pack, today, before)
    _Judge(state, pack, today, officer, now).judge(act)
    return now


class _Judge:
    """One act against one state on one day."""

    def __init__(self, state: State, pack: Pack, today: date, officer: str, now: Now) -> None:
        self.state = state
        self.pack = pack
        self.today = today
        self.officer = officer
        self.now = now

    def judge(self, act: Act) -> None:
        """Raises `NotAllowed` unless the act fits."""
        match act:
            case acts.Answered():
                self._answered(act)
            case acts.Checked():
                self._checked(act)
            case acts.Found():
                self._found(act)
            case acts.Reviewed():
                self._reviewed(act)
            case acts.Trained():
                self._trained(act)
            case acts.QuizAnswered():
                self._quiz_answered(act)
            case acts.Quizzed():
                self._quizzed(act)
            case acts.Signed():
                self._signed(act)
            case acts.SigningRefused():
                self._may_sign()
                a_text(act.reason, _("What was said"))
            case acts.Acknowledged():
                self._acknowledged(act)
            case acts.RuleRefused():
                self._rule(act.rule)
                a_text(act.reason, _("What was said"))
            case acts.Decided():
                self._decided(act)
            case acts.Seconded():
                self._seconded(act)
            case _:
                self._course(act)

    # -- particulars, and the dossier's course ------------------------------

    def _course(self, act: Act) -> None:
        stage = self.now.stage
        match act:
            case acts.Corrected():
                particulars(act.particulars, self.pack, self.today)
                a_text(act.reason, _("The reason"))
                require(stage != "second", _AWAITS_SECOND)
                same = act.particulars.category == self.state.particulars.category
                require(
                    same or stage in UNDER_WAY,
                    _("The category can be changed only before the decision. Reopen it first."),
                )
                require(act.particulars != self.state.particulars, _("Nothing was changed."))
            case acts.Withdrawn():
                a_text(act.reason, _("The reason"))
                require(
                    stage in (*UNDER_WAY, "second"),
                    _("Only an appointment that is not yet decided can be withdrawn."),
                )
            case acts.Left():
                self._left(act)
            case acts.Reopened():
                a_text(act.reason, _("The reason"))
                require(
                    stage in ("refused", "withdrawn", "left", "lapsed"),
                    _("Only a dossier that is refused, withdrawn, lapsed or left can be reopened."),
                )
            case acts.Noted():
                a_text(act.text, _("The note"))
                if act.question:
                    self._question(act.question)
            case acts.Archived():
                require(bool(act.file and act.sha256), _("The archive's name is missing."))
            case acts.Printed():
                require(bool(act.sha256), _("The document's SHA-256 is missing."))
            case acts.Received():
                require(bool(act.vault and act.root), _("It is not said where it came from."))
            case _:
                raise NotAllowed(_("The dossier is open already."))

    def _left(self, act: acts.Left) -> None:
        a_text(act.reason, _("The reason"))
        require(self.now.stage in HELD, _("Only somebody who was admitted can leave the post."))
        on = answering.day(act.on)
        decision = self.state.decision
        if on is None or decision is None or not decision.on <= on <= self.today:
            raise NotAllowed(_("The day of leaving must be from the admission up to today."))

    def _under_way(self) -> None:
        stage = self.now.stage
        if stage in UNDER_WAY:
            return
        require(stage != "second", _AWAITS_SECOND)
        told = _("This dossier is {stage}. Reopen it before anything more is recorded.")
        raise NotAllowed(told.format(stage=stage))

    # -- screening ----------------------------------------------------------

    def _question(self, id: str) -> Question:
        question = gates.asks_of(self.pack, self.state).questions.get(id)
        if question is None:
            raise NotAllowed(_("This appointee is not asked that question."))
        return question

    def _answered(self, act: acts.Answered) -> None:
        self._under_way()
        question = self._question(act.question)
        wrong = answering.fault(question, act.answer, today=self.today)
        require(not wrong, wrong)
        if gates.is_adverse(question, act.answer):
            a_text(act.follow_up, _("The answer to the follow-up question"))
        short(act.follow_up, _("The answer to the follow-up question"))
        short(act.note, _("The note"))

    def _checked(self, act: acts.Checked) -> None:
        self._under_way()
        question = self._question(act.question)
        require(bool(question.check), _("Nothing has to be checked for this question."))
        require(act.question in self.state.answers, _("The question is not answered yet."))
        a_text(act.reference, _("The reference (which document, or who)"))
        short(act.note, _("The note"))

    def _on_the_whole(self) -> None:
        """Who holds the post is judged again only where a correction asks for it."""
        if self.now.stage not in HELD or self.now.gate("screening").status != "owed":
            self._under_way()

    def _found(self, act: acts.Found) -> None:
        if act.section:
            self._under_way()
        else:
            self._on_the_whole()
        if act.finding != "suitable":
            a_text(act.reason, _("The reason"))
        if act.finding == "conditions":
            a_text(act.conditions, _("What the conditions are"))
        else:
            require(not act.conditions, _("Only a finding with conditions has conditions."))
        if not act.section:
            self._found_overall(act)
            return
        asked = gates.asks_of(self.pack, self.state).sections
        questions = next((q for section, q in asked if section.id == act.section), ())
        require(bool(questions), _("This appointee is not asked that section."))
        if act.finding == "unsuitable":
            return
        for question in questions:
            require(
                question.id in self.state.answers,
                _("Every question of the section must be answered first."),
            )
            require(
                not gates.needs_check(self.state, question),
                _("What has to be checked elsewhere must be recorded first."),
            )
            made = self.state.checks.get(question.id)
            require(
                act.finding != "suitable" or made is None or made.act.holds,
                _("A check did not bear an answer out; suitable needs at least conditions."),
            )

    def _found_overall(self, act: acts.Found) -> None:
        if act.finding == "unsuitable":
            return
        found = [
            gates.finding_of(self.state, self.pack, s)
            for s in gates.sections_of(self.pack, self.state)
        ]
        require(all(found), _("Every section needs its finding first."))
        require("unsuitable" not in found, _("A section was found unsuitable."))
        require(
            act.finding == "conditions" or "conditions" not in found,
            _("A section was found suitable with conditions; so is the whole at best."),
        )

    def _reviewed(self, act: acts.Reviewed) -> None:
        self._on_the_whole()
        require(
            gates.terms_of(self.state, self.pack).review,
            _("The pack asks no review for this category."),
        )
        require(
            bool(gates.overall_finding(self.state, self.pack)),
            _("There is no overall finding to review."),
        )
        require(
            self.officer != self.state.findings[""].officer,
            _("The review is by another officer than the one who made the finding."),
        )
        if not act.agrees:
            a_text(act.reason, _("The reason"))

    # -- training -----------------------------------------------------------

    def _module(self, id: str) -> Module:
        module = gates.asks_of(self.pack, self.state).modules.get(id)
        if module is None:
            raise NotAllowed(_("This appointee does not owe that module."))
        return module

    def _in_training(self) -> None:
        if self.now.stage not in HELD:
            self._under_way()

    def _trained(self, act: acts.Trained) -> None:
        self._in_training()
        self._module(act.module)
        require(0 < act.hours <= 1000, _("The hours must be more than 0 and at most 1000."))
        on = answering.day(act.on)
        require(
            on is not None and date(1950, 1, 1) <= on <= self.today,
            _("The day of the training must be a day up to today, as YYYY-MM-DD."),
        )
        a_text(act.trainer, _("Who taught"))
        a_text(act.place, _("The place"))

    def _quiz(self, id: str, answers: tuple[acts.QuizAnswer, ...]) -> Quiz:
        """The quiz that these answers, in their order, are of; judged as they should be."""
        self._in_training()
        module = self._module(id)
        if module.quiz is None:
            raise NotAllowed(_("This module has no quiz."))
        due = gates.module_owes(module, self.state, self.today)
        require(
            due != Owed("teaching", module.id),
            _("The module must be taught before its quiz is taken."),
        )
        known = module.right
        asked = {a.question for a in answers}
        require(
            len(asked) == len(answers) and asked <= known.keys(),
            _("These are not the questions of this module's quiz."),
        )
        require(
            all((known[a.question] == a.given) == a.right for a in answers),
            _("The quiz was not judged by its right answers."),
        )
        return module.quiz

    def _quiz_answered(self, act: acts.QuizAnswered) -> None:
        given = (*self.state.quizzing.get(act.module, ()), act.answer)
        quiz = self._quiz(act.module, given)
        require(len(given) < quiz.draw, _("The last answer comes with the whole quiz."))

    def _quizzed(self, act: acts.Quizzed) -> None:
        quiz = self._quiz(act.module, act.answers)
        require(
            len(act.answers) == quiz.draw, _("These are not the questions of this module's quiz.")
        )
        begun = self.state.quizzing.get(act.module, ())
        require(
            act.answers[: len(begun)] == begun, _("The quiz begins with the answers given already.")
        )
        right = sum(a.right for a in act.answers)
        require(
            act.passed == (right >= quiz.passing), _("The quiz was not judged by its pass mark.")
        )

    # -- undertaking and rules ----------------------------------------------

    def _gates_before(self, gate: str) -> None:
        for earlier in self.pack.head.gates:
            if earlier == gate:
                return
            if self.now.passage(earlier) == "done":
                continue
            lapsed = self.now.stage in HELD and self.now.gate(earlier).status == "lapsed"
            if not lapsed:
                told = _("The {gate} gate comes first, and is not done.")
                raise NotAllowed(told.format(gate=earlier))

    def _may_sign(self) -> None:
        if self.now.stage not in HELD:
            self._under_way()
        require(
            self.now.passage("undertaking") != "done",
            _("The undertaking is signed already."),
        )
        self._gates_before("undertaking")

    def _signed(self, act: acts.Signed) -> None:
        self._may_sign()
        require(
            hashlib.sha256(act.text.encode()).hexdigest() == act.text_sha256,
            _("The text is not the one that was signed."),
        )
        require(act.pack == self.state.pack, _("The text is another pack's."))
        require(act.on == self.today.isoformat(), _("All sides sign on the same day: today."))
        sides = {s.role: s for s in act.signatures}
        witnessed = gates.terms_of(self.state, self.pack).witness
        wanted = {"appointee", "officer"} | ({"witness"} if witnessed else set())
        require(
            set(sides) == wanted and len(act.signatures) == len(wanted),
            _("A witness must sign as well.") if witnessed else _("Both sides must sign, alone."),
        )
        require(
            sides["appointee"].name == " ".join(self.state.particulars.name.split()),
            _("The appointee's signature has another name."),
        )
        require(sides["officer"].officer == self.officer, _("The officer must sign for the unit."))
        if witnessed:
            require(
                sides["witness"].officer not in ("", self.officer),
                _("The witness is another officer than the one who signs for the unit."),
            )

    def _rule(self, id: str) -> Rule:
        if self.now.stage not in HELD:
            self._under_way()
        self._gates_before("rules")
        require(id not in self.state.acknowledged, _("The rule is acknowledged already."))
        rule = gates.asks_of(self.pack, self.state).rules.get(id)
        if rule is None:
            raise NotAllowed(_("This appointee is not bound by that rule."))
        return rule

    def _acknowledged(self, act: acts.Acknowledged) -> None:
        rule = self._rule(act.rule)
        require(
            act.text_sha256 == rule_sha256(rule) and act.pack == self.state.pack,
            _("The rule's text is not the pack's."),
        )

    # -- decision -----------------------------------------------------------

    def _decided(self, act: acts.Decided) -> None:
        self._under_way()
        a_text(act.reason, _("The reason"))
        if act.decision != "admit":
            require(not act.conditions, _("Only an admission has conditions."))
        if act.decision == "admit":
            self._admission(act)
        elif act.decision == "refuse":
            passages = [self.now.passage(gate) for gate in self.pack.head.gates]
            require(
                "refused" in passages or set(passages) == {"done"},
                _(
                    "A refusal rests on an unsuitable finding, a refusal to sign or to "
                    "acknowledge, or on four gates that are done."
                ),
            )

    def _admission(self, act: acts.Decided) -> None:
        for gate in self.pack.head.gates:
            if self.now.passage(gate) != "done":
                told = _("Nobody is admitted before the {gate} gate is done.")
                raise NotAllowed(told.format(gate=gate))
        if gates.overall_finding(self.state, self.pack) == "conditions":
            a_text(act.conditions, _("What the conditions are"))

    def _seconded(self, act: acts.Seconded) -> None:
        decision = self.state.decision
        require(
            self.now.stage == "second" and decision is not None and decision.number == act.decided,
            _("There is no decision that awaits a second officer."),
        )
        require(
            decision is not None and decision.officer != self.officer,
            _("The second officer is another than the one who decided."),
        )
        if not act.agrees:
            a_text(act.reason, _("The reason"))


_AWAITS_SECOND: Final = _("The decision awaits a second officer; nothing else is recorded now.")

__all__ = ["HELD", "LONGEST_LINE", "UNDER_WAY", "NotAllowed", "legible", "permit", "rule_sha256"]
