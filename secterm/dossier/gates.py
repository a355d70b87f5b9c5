"""What is done, what is owed, what blocks and what has lapsed: pure functions
of a dossier's state, its pack and the day. Nothing here is ever stored but in
a card, which says as of which entry it is true.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date
from typing import Final, Literal

import msgspec

from secterm.dossier.entries import Answer, Trained
from secterm.dossier.fold import State, Told
from secterm.dossier.standings import Kind as Kind
from secterm.dossier.standings import Stage as Stage
from secterm.policy.model import (
    Asks,
    CategoryTerms,
    Gate,
    Module,
    Pack,
    Question,
    Rule,
    Section,
)

Status = Literal["done", "owed", "blocked", "refused", "lapsed"]
# How a decision holds, and how a course has ended; empty: not.
Settled = Literal["", "admit", "refuse", "defer", "second"]
Ended = Literal["", "left", "withdrawn", "second", "admit", "refused", "defer"]

SHORTEST_MONTH: Final = 28  # days


class Owed(msgspec.Struct, frozen=True, gc=False):
    """One thing to do: its kind, and the id of the question, section, module or rule."""

    kind: Kind
    id: str = ""


class GateStanding(msgspec.Struct, frozen=True, gc=False):
    """One gate: how much of it is done and what it still owes, in order."""

    gate: Gate
    status: Status
    done: int
    total: int
    owed: tuple[Owed, ...]
    lapses_on: date | None = None


class Standing(msgspec.Struct, frozen=True):
    """A dossier on one day. `lapses_on` is when the next thing lapses."""

    gates: tuple[GateStanding, ...]
    stage: Stage
    next: Owed | None
    since: str
    lapses_on: date | None
    cooling_off: tuple[date, date] | None = None

    def gate(self, gate: Gate) -> GateStanding:
        """One gate by its name."""
        return next(g for g in self.gates if g.gate == gate)


def standing(state: State, pack: Pack, today: date) -> Standing:
    """Where a dossier stands on a day."""
    gates = all_gates(state, pack, today)
    stage, due = _course(state, pack, gates, today)
    dates = [g.lapses_on for g in gates if g.lapses_on]
    expiry = admitted_until(state, pack)
    if expiry:
        dates.append(expiry)
    if stage in ("left", "refused", "withdrawn"):
        dates = []
    ahead = [d for d in dates if d > today]
    return Standing(
        gates=gates,
        stage=stage,
        next=due,
        since=state.last_at,
        lapses_on=min(ahead) if ahead else None,
        cooling_off=cooling_off(state, pack),
    )


def terms_of(state: State, pack: Pack) -> CategoryTerms:
    """The pack's terms for the appointee's category."""
    return pack.head.categories[state.particulars.category]


def asks_of(pack: Pack, state: State) -> Asks:
    """What the pack asks of the appointee's category."""
    return pack.asks[state.particulars.category]


def questions_of(section: Section, state: State) -> tuple[Question, ...]:
    """The questions of a section that this appointee is asked."""
    return section.asked(state.particulars.category)


def sections_of(pack: Pack, state: State) -> tuple[Section, ...]:
    """The sections with a question for this appointee."""
    return tuple(section for section, _questions in asks_of(pack, state).sections)


def modules_of(pack: Pack, state: State) -> tuple[Module, ...]:
    """The modules that this appointee owes."""
    return tuple(asks_of(pack, state).modules.values())


def rules_of(pack: Pack, state: State) -> tuple[Rule, ...]:
    """The rules that bind this appointee."""
    return tuple(asks_of(pack, state).rules.values())


def is_adverse(question: Question, answer: Answer) -> bool:
    """Whether this answer is one that asks its follow-up."""
    if answer == "" and not isinstance(answer, bool):
        return False
    if isinstance(answer, bool):
        return question.adverse == ("yes" if answer else "no")
    if isinstance(answer, list):
        return question.adverse == "any" and bool(answer)
    if isinstance(answer, str):
        return any(c.adverse and c.id == answer for c in question.choices)
    above, below = question.adverse_above, question.adverse_below
    return (above is not None and answer > above) or (below is not None and answer < below)


def has_second(state: State, pack: Pack) -> bool:
    """Whether the decision that was made holds: seconded where the category asks for it."""
    if not terms_of(state, pack).second_decision:
        return True
    return state.seconded is not None and state.seconded.act.agrees


def settled_decision(state: State, pack: Pack) -> Settled:
    """`admit`, `refuse` or `defer` where a decision holds, `second` where it awaits, else empty."""
    if state.decision is None:
        return ""
    if has_second(state, pack):
        return state.decision.act.decision
    return "" if state.seconded is not None else "second"


def admitted_until(state: State, pack: Pack) -> date | None:
    """The day on which an admission is over."""
    if state.decision is None or settled_decision(state, pack) != "admit":
        return None
    return add_months(state.decision.on, terms_of(state, pack).validity_months)


def cooling_off(state: State, pack: Pack) -> tuple[date, date] | None:
    """The first and last day on which the cooling-off may end, after leaving.

    Reopening does not end it; only holding a post again does.
    """
    left, category = state.left, state.particulars.category
    if left is None:
        if state.held is None or settled_decision(state, pack) == "admit":
            return None
        left, category = state.held
    low, high = pack.head.categories[category].cooling_off_years
    on = date.fromisoformat(left.act.on)
    return add_months(on, 12 * low), add_months(on, 12 * high)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the month's last day where there is none."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    year = min(year, date.max.year)
    if day.day <= SHORTEST_MONTH:
        return date(year, month + 1, day.day)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def finding_of(state: State, pack: Pack, section: Section) -> str:
    """A section's finding that still stands: made after its answers and checks, else empty."""
    return _finding(state, section, questions_of(section, state))


def _finding(state: State, section: Section, questions: tuple[Question, ...]) -> str:
    told = state.findings.get(section.id)
    if told is None:
        return ""
    unsuitable = told.act.finding == "unsuitable"
    for question in questions:
        given, made = state.answers.get(question.id), state.checks.get(question.id)
        if given is None and not unsuitable:
            return ""
        if given is not None and given.place > told.place:
            return ""
        if made is not None and made.place > told.place:
            return ""
    return told.act.finding


def overall_finding(state: State, pack: Pack) -> str:
    """The overall finding that still stands: made after everything it rests on, else empty."""
    told = state.findings.get("")
    if told is None or state.identified > told.place:  # it is about the person it was made on
        return ""
    place = told.place
    if any(t.place > place for t in state.answers.values()):
        return ""
    if any(t.place > place for t in state.checks.values()):
        return ""
    if any(t.place > place for t in state.findings.values()):
        return ""
    review = state.review
    if review is not None and review.place > place and not review.act.agrees:
        return ""
    if told.act.finding != "unsuitable" and not all(
        _finding(state, section, asked) for section, asked in asks_of(pack, state).sections
    ):
        return ""
    return told.act.finding


def is_reviewed(state: State, pack: Pack) -> bool:
    """Whether a second officer agreed to the overall finding that stands."""
    found = state.findings.get("")
    return (
        found is not None
        and state.review is not None
        and state.review.place > found.place
        and state.review.act.agrees
    )


def hours_missing(module: Module, state: State, today: date) -> float:
    """How many of the hours that a module asks for were not taught in the time they count."""
    category = state.particulars.category
    months, needed = module.validity_months[category], module.hours[category]
    counted = sum(
        told.act.hours
        for told in state.taught.get(module.id, ())
        if add_months(date.fromisoformat(told.act.on), months) > today
    )
    return max(needed - counted, 0.0)


def teaching_lapse(module: Module, state: State) -> date | None:
    """When the hours taught so far are no longer enough; None where they never were."""
    category = state.particulars.category
    months, needed = module.validity_months[category], module.hours[category]
    hours = 0.0
    for told in sorted(state.taught.get(module.id, ()), key=_taught_on, reverse=True):
        hours += told.act.hours
        if hours >= needed:
            return add_months(date.fromisoformat(told.act.on), months)
    return None


def module_lapse(module: Module, state: State) -> date | None:
    """When a module that was taught and passed lapses; None where it is not done."""
    return _lapse(module, state, teaching_lapse(module, state))


def _lapse(module: Module, state: State, taught: date | None) -> date | None:
    if taught is None or module.quiz is None:
        return taught
    passed = _passed_on(module, state)
    if passed is None:
        return None
    return min(taught, add_months(passed, module.validity_months[state.particulars.category]))


def failed_attempts(module: Module, state: State) -> int:
    """Failed attempts at the quiz since the module was last taught or passed."""
    sessions, taken = state.taught.get(module.id, ()), state.quizzes.get(module.id, ())
    since = max((t.place for t in sessions), default=-1)
    failed = 0
    for told in taken:
        if told.place > since:
            failed = 0 if told.act.passed else failed + 1
    return failed


def module_owes(module: Module, state: State, today: date) -> Owed | None:
    """What a module still asks for on this day."""
    return _owes(module, state, today, teaching_lapse(module, state))


def _owes(module: Module, state: State, today: date, taught: date | None) -> Owed | None:
    if taught is None or taught <= today:
        return Owed("teaching", module.id)
    done = _lapse(module, state, taught)
    if done is not None and done > today:
        return None
    quiz = module.quiz
    if quiz is not None and failed_attempts(module, state) >= quiz.attempts:
        return Owed("teaching", module.id)
    return Owed("quiz", module.id)


def _taught_on(told: Told[Trained]) -> str:
    return told.act.on


def _passed_on(module: Module, state: State) -> date | None:
    """The day of the last passed quiz that came after a teaching."""
    sessions = state.taught.get(module.id, ())
    first = min((t.place for t in sessions), default=None)
    passed = [
        t.on
        for t in state.quizzes.get(module.id, ())
        if t.act.passed and first is not None and t.place > first
    ]
    return max(passed) if passed else None


def all_gates(state: State, pack: Pack, today: date) -> tuple[GateStanding, ...]:
    """The gates in the pack's order."""
    judged = {
        "screening": _screening,
        "training": _training,
        "undertaking": _undertaking,
        "rules": _rules,
    }
    gates: list[GateStanding] = []
    open_before = False
    for gate in pack.head.gates:
        made = judged[gate](state, pack, today)
        if open_before and made.status == "owed" and made.done == 0:
            made = GateStanding(gate, "blocked", made.done, made.total, made.owed, made.lapses_on)
        gates.append(made)
        open_before = open_before or made.status != "done"
    return tuple(gates)


def _screening(state: State, pack: Pack, today: date) -> GateStanding:
    asks, found = asks_of(pack, state), overall_finding(state, pack)
    owed = list(screening_owed(state, pack, found))
    total = len(asks.questions) + len(asks.sections) + 1
    total += sum(bool(q.check) for q in asks.questions.values())
    total += terms_of(state, pack).review
    lapse = screening_lapse(state, pack) if found else None
    status: Status = "done"
    if found == "unsuitable":
        return GateStanding("screening", "refused", total - len(owed), total, ())
    if owed:
        status = "owed"
    elif lapse is not None and lapse <= today:
        status, owed = "lapsed", [Owed("finding")]
    return GateStanding("screening", status, max(total - len(owed), 0), total, tuple(owed), lapse)


def screening_owed(state: State, pack: Pack, found: str) -> Iterator[Owed]:
    """What the screening still asks for, in order; `found` is the overall finding that stands."""
    asks = asks_of(pack, state)
    for id in asks.questions:
        if id not in state.answers:
            yield Owed("question", id)
    for section, questions in asks.sections:
        for q in questions:
            if q.check and needs_check(state, q):
                yield Owed("check", q.id)
        if not _finding(state, section, questions):
            yield Owed("finding", section.id)
    if not found:
        yield Owed("finding")
    if terms_of(state, pack).review and not is_reviewed(state, pack):
        yield Owed("review")


def screening_lapse(state: State, pack: Pack) -> date:
    """When an overall finding that stands lapses."""
    return admitted_until(state, pack) or add_months(
        state.findings[""].on, terms_of(state, pack).validity_months
    )


def needs_check(state: State, question: Question) -> bool:
    """Whether the answer that stands has still to be checked elsewhere."""
    if not question.check:
        return False
    given, made = state.answers.get(question.id), state.checks.get(question.id)
    if given is not None and given.act.answer == "" and not isinstance(given.act.answer, bool):
        return False
    return given is None or made is None or made.place < given.place


def _training(state: State, pack: Pack, today: date) -> GateStanding:
    modules = modules_of(pack, state)
    taught = [(m, teaching_lapse(m, state)) for m in modules]
    owed = [o for m, until in taught if (o := _owes(m, state, today, until))]
    lapses = [d for m, until in taught if (d := _lapse(m, state, until)) is not None]
    lapsed = any(d <= today for d in lapses)
    status: Status = "done" if not owed else "lapsed" if lapsed else "owed"
    ahead = [d for d in lapses if d > today]
    return GateStanding(
        "training",
        status,
        len(modules) - len(owed),
        len(modules),
        tuple(owed),
        min(ahead) if ahead else None,
    )


def is_signed(state: State) -> bool:
    """Whether the undertaking was signed on the particulars that stand."""
    return state.signed is not None and state.signed.place > state.settled


def _undertaking(state: State, pack: Pack, today: date) -> GateStanding:
    if state.signing_refused is not None:
        return GateStanding("undertaking", "refused", 0, 1, ())
    if is_signed(state):
        return GateStanding("undertaking", "done", 1, 1, ())
    return GateStanding("undertaking", "owed", 0, 1, (Owed("signature"),))


def _rules(state: State, pack: Pack, today: date) -> GateStanding:
    rules = asks_of(pack, state).rules
    owed = [Owed("rule", id) for id in rules if id not in state.acknowledged]
    done = len(rules) - len(owed)
    if not rules.keys().isdisjoint(state.rules_refused):
        left = tuple(o for o in owed if o.id not in state.rules_refused)
        return GateStanding("rules", "refused", done, len(rules), left)
    return GateStanding("rules", "owed" if owed else "done", done, len(rules), tuple(owed))


def _course(
    state: State, pack: Pack, gates: tuple[GateStanding, ...], today: date
) -> tuple[Stage, Owed | None]:
    decided = ended(state, pack)
    match decided:
        case "second":
            return "second", Owed("second")
        case "admit":
            return _held(state, pack, gates, today)
        case "left" | "withdrawn" | "refused":
            return decided, None
    stage, owed = _on_the_way(gates)
    return ("deferred" if decided else stage), owed


def ended(state: State, pack: Pack) -> Ended:
    """How a dossier's course has ended, whatever the day; empty where it is under way."""
    if state.left is not None:
        return "left"
    if state.withdrawn is not None:
        return "withdrawn"
    decided = settled_decision(state, pack)
    return "refused" if decided == "refuse" else decided


def _held(
    state: State, pack: Pack, gates: tuple[GateStanding, ...], today: date
) -> tuple[Stage, Owed | None]:
    until = admitted_until(state, pack)
    if until is not None and until <= today:
        return "lapsed", Owed("reopening")
    training = next(g for g in gates if g.gate == "training")
    if training.status == "lapsed":
        return "lapsed", training.owed[0]
    for gate in gates:
        # A correction may ask for a new finding and signature; a refusal for a reopening.
        if gate.status == "refused":
            return "lapsed", Owed("reopening")
        if gate.status != "done":
            return "lapsed", gate.owed[0]
    return "admitted", None


def _on_the_way(gates: tuple[GateStanding, ...]) -> tuple[Stage, Owed]:
    for gate in gates:
        if gate.status == "refused":
            return "decision", Owed("decision")
        if gate.status != "done":
            return gate.gate, gate.owed[0]
    return "decision", Owed("decision")
