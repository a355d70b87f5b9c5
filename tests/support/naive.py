"""Where a dossier stands, reckoned plainly: every gate whole, whatever is asked, and each
thing looked up anew. The program takes shorter ways, and has to come to the same.
"""

import calendar
from datetime import date

from secterm.dossier.gates import (
    GateStanding,
    Owed,
    Standing,
    admitted_until,
    cooling_off,
    failed_attempts,
    is_reviewed,
    needs_check,
    settled_decision,
    terms_of,
)


def standing(state, pack, today):
    """Where a dossier stands on a day."""
    gates = _gates(state, pack, today)
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


def questions_of(section, state):
    """The questions of a section that this appointee is asked."""
    category = state.particulars.category
    return tuple(q for q in section.questions if category in q.categories)


def asked_of(pack, state):
    """The sections with a question for this appointee, each with those that are asked."""
    asked = ((section, questions_of(section, state)) for section in pack.screening.sections)
    return tuple((section, questions) for section, questions in asked if questions)


def sections_of(pack, state):
    """The sections with a question for this appointee."""
    return tuple(section for section, _questions in asked_of(pack, state))


def add_months(day, months):
    """The same day so many months later, or the month's last day where there is none."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    year = min(year, date.max.year)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def finding_of(state, pack, section):
    """A section's finding that still stands: made after its answers and checks, else empty."""
    told = state.findings.get(section.id)
    if told is None:
        return ""
    for question in questions_of(section, state):
        for latest in (state.answers.get(question.id), state.checks.get(question.id)):
            if latest is not None and latest.place > told.place:
                return ""
        if question.id not in state.answers and told.act.finding != "unsuitable":
            return ""
    return told.act.finding


def overall_finding(state, pack):
    """The overall finding that still stands: made after everything it rests on, else empty."""
    told = state.findings.get("")
    if told is None:
        return ""
    places = [state.identified]  # a finding is about the person whom it was made on
    places += [t.place for t in state.answers.values()]
    places += [t.place for t in state.checks.values()]
    places += [t.place for id, t in state.findings.items() if id]
    if any(place > told.place for place in places):
        return ""
    review = state.review
    if review is not None and review.place > told.place and not review.act.agrees:
        return ""
    found = [finding_of(state, pack, s) for s in sections_of(pack, state)]
    if told.act.finding != "unsuitable" and not all(found):
        return ""
    return told.act.finding


def teaching_lapse(module, state):
    """When the hours taught so far are no longer enough; None where they never were."""
    category = state.particulars.category
    months, needed = module.validity_months[category], module.hours[category]
    hours = 0.0
    sessions = sorted(state.taught.get(module.id, ()), key=lambda told: told.act.on, reverse=True)
    for told in sessions:
        hours += told.act.hours
        if hours >= needed:
            return add_months(date.fromisoformat(told.act.on), months)
    return None


def module_lapse(module, state):
    """When a module that was taught and passed lapses; None where it is not done."""
    taught = teaching_lapse(module, state)
    if taught is None or module.quiz is None:
        return taught
    passed = _passed_on(module, state)
    if passed is None:
        return None
    return min(taught, add_months(passed, module.validity_months[state.particulars.category]))


def module_owes(module, state, today):
    """What a module still asks for on this day."""
    taught = teaching_lapse(module, state)
    if taught is None or taught <= today:
        return Owed("teaching", module.id)
    done = module_lapse(module, state)
    if done is not None and done > today:
        return None
    quiz = module.quiz
    if quiz is not None and failed_attempts(module, state) >= quiz.attempts:
        return Owed("teaching", module.id)
    return Owed("quiz", module.id)


def _passed_on(module, state):
    """The day of the last passed quiz that came after a teaching."""
    sessions = state.taught.get(module.id, ())
    first = min((t.place for t in sessions), default=None)
    passed = [
        t.on
        for t in state.quizzes.get(module.id, ())
        if t.act.passed and first is not None and t.place > first
    ]
    return max(passed) if passed else None


def _gates(state, pack, today):
    judged = {
        "screening": _screening,
        "training": _training,
        "undertaking": _undertaking,
        "rules": _rules,
    }
    gates = []
    open_before = False
    for gate in pack.head.gates:
        made = judged[gate](state, pack, today)
        if open_before and made.status == "owed" and made.done == 0:
            made = GateStanding(gate, "blocked", made.done, made.total, made.owed, made.lapses_on)
        gates.append(made)
        open_before = open_before or made.status != "done"
    return tuple(gates)


def _screening(state, pack, today):
    asked = asked_of(pack, state)
    owed = list(_screening_owed(state, pack, asked))
    total = sum(len(questions) for _section, questions in asked) + len(asked) + 1
    total += sum(bool(q.check) for _section, questions in asked for q in questions)
    total += terms_of(state, pack).review
    found = overall_finding(state, pack)
    lapse = None
    if found:
        lapse = admitted_until(state, pack) or add_months(
            state.findings[""].on, terms_of(state, pack).validity_months
        )
    status = "done"
    if found == "unsuitable":
        return GateStanding("screening", "refused", total - len(owed), total, ())
    if owed:
        status = "owed"
    elif lapse is not None and lapse <= today:
        status, owed = "lapsed", [Owed("finding")]
    return GateStanding("screening", status, max(total - len(owed), 0), total, tuple(owed), lapse)


def _screening_owed(state, pack, asked):
    for _section, questions in asked:
        for q in questions:
            if q.id not in state.answers:
                yield Owed("question", q.id)
    for section, questions in asked:
        for q in questions:
            if q.check and needs_check(state, q):
                yield Owed("check", q.id)
        if not finding_of(state, pack, section):
            yield Owed("finding", section.id)
    if not overall_finding(state, pack):
        yield Owed("finding")
    if terms_of(state, pack).review and not is_reviewed(state, pack):
        yield Owed("review")


def _training(state, pack, today):
    category = state.particulars.category
    modules = [m for m in pack.training.modules if category in m.hours]
    owed = [o for m in modules if (o := module_owes(m, state, today))]
    lapses = [d for m in modules if (d := module_lapse(m, state)) is not None]
    lapsed = any(d <= today for d in lapses)
    status = "done" if not owed else "lapsed" if lapsed else "owed"
    ahead = [d for d in lapses if d > today]
    return GateStanding(
        "training",
        status,
        len(modules) - len(owed),
        len(modules),
        tuple(owed),
        min(ahead) if ahead else None,
    )


def _undertaking(state, pack, today):
    if state.signing_refused is not None:
        return GateStanding("undertaking", "refused", 0, 1, ())
    if state.signed is not None and state.signed.place > state.settled:
        return GateStanding("undertaking", "done", 1, 1, ())
    return GateStanding("undertaking", "owed", 0, 1, (Owed("signature"),))


def _rules(state, pack, today):
    category = state.particulars.category
    rules = [r for r in pack.rules.rules if category in r.categories]
    owed = [Owed("rule", r.id) for r in rules if r.id not in state.acknowledged]
    done = len(rules) - len(owed)
    if any(r.id in state.rules_refused for r in rules):
        left = tuple(o for o in owed if o.id not in state.rules_refused)
        return GateStanding("rules", "refused", done, len(rules), left)
    return GateStanding("rules", "owed" if owed else "done", done, len(rules), tuple(owed))


def _course(state, pack, gates, today):
    if state.left is not None:
        return "left", None
    if state.withdrawn is not None:
        return "withdrawn", None
    decided = settled_decision(state, pack)
    if decided == "second":
        return "second", Owed("second")
    if decided == "refuse":
        return "refused", None
    if decided == "admit":
        return _held(state, pack, gates, today)
    stage, owed = _on_the_way(gates)
    return ("deferred" if decided == "defer" else stage), owed


def _held(state, pack, gates, today):
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


def _on_the_way(gates):
    for gate in gates:
        if gate.status == "refused":
            return "decision", Owed("decision")
        if gate.status != "done":
            return gate.gate, gate.owed[0]
    return "decision", Owed("decision")


class Whole:
    """What `secterm.dossier.now.Now` tells, out of the whole standing."""

    def __init__(self, state, pack, today):
        self._standing = standing(state, pack, today)
        self.stage = self._standing.stage
        self.gate = self._standing.gate

    def passage(self, gate):
        """Whether a gate is done."""
        status = self.gate(gate).status
        return status if status in ("done", "refused") else "shut"
