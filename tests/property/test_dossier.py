"""What must hold whatever is tried, in whatever order, on whatever day."""

import contextlib
from datetime import timedelta

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from secterm.dossier import demands, fold, gates, narrative, permit, record, sentences
from secterm.dossier import entries as acts
from secterm.dossier.permit import HELD, UNDER_WAY, NotAllowed
from secterm.policy import texts
from tests.support import naive
from tests.support.paper import ONE, PACK, TWO, Paper, finding, ordinary, someone

OFFICERS = st.sampled_from((ONE, TWO))
ALL_QUESTIONS = {q.id: q for s in PACK.screening.sections for q in s.questions}
ALL_MODULES = {m.id: m for m in PACK.training.modules}
ALL_RULES = {r.id: r for r in PACK.rules.rules}
SECTIONS = st.sampled_from([s.id for s in PACK.screening.sections] + [""])
MODULES = st.sampled_from(sorted(ALL_MODULES))
RULES = st.sampled_from(sorted(ALL_RULES))
QUESTIONS = st.sampled_from(sorted(ALL_QUESTIONS))
CATEGORY = st.sampled_from(("core", "key", "general"))


def refusal(step):
    """Why a step is not allowed; empty where it is."""
    try:
        step()
    except NotAllowed as refused:
        return refused.reason
    return ""


class Twice(Paper):
    """Each act is judged by what it hangs on and by the whole standing, reckoned plainly."""

    now_before = None

    def record(self, act, officer=ONE):
        if self.state is not None:
            by_little = refusal(lambda: self._quickly(act, officer))
            assert by_little == refusal(lambda: self._plainly(act, officer))
        return super().record(act, officer)

    def _quickly(self, act, officer):
        asked = self.state, act, self.pack, self.today, officer
        self.now_before = permit.permit(*asked, self.now_before)

    def _plainly(self, act, officer):
        whole = naive.Whole(self.state, self.pack, self.today)
        permit._Judge(self.state, self.pack, self.today, officer, whole).judge(act)


class Life(RuleBasedStateMachine):
    """An officer who tries anything; the dossier says yes or no."""

    @initialize(category=CATEGORY)
    def open(self, category):
        self.paper = Twice(category)

    def try_(self, act, officer=ONE):
        self.whole(lambda: self.paper.record(act, officer))

    def whole(self, step):
        with contextlib.suppress(NotAllowed):
            step()

    @rule(question=QUESTIONS, blank=st.booleans(), follow_up=st.sampled_from(("", "So it was.")))
    def answer(self, question, blank, follow_up):
        answer = "" if blank else ordinary(ALL_QUESTIONS[question])
        self.try_(acts.Answered(question=question, answer=answer, follow_up=follow_up))

    @rule(question=QUESTIONS, holds=st.booleans())
    def check(self, question, holds):
        self.try_(acts.Checked(question=question, reference="Seen", holds=holds))

    @rule(section=SECTIONS, found=st.sampled_from(("suitable", "conditions", "unsuitable")))
    def find(self, section, found):
        self.try_(finding(section, found))

    @rule(agrees=st.booleans(), officer=OFFICERS)
    def review(self, agrees, officer):
        self.try_(acts.Reviewed(agrees=agrees, reason="" if agrees else "No."), officer)

    @rule(module=MODULES)
    def teach(self, module):
        module = ALL_MODULES[module]
        if self.paper.state.particulars.category in module.hours:
            self.whole(lambda: self.paper.teach(module))

    @rule(module=MODULES, right=st.booleans(), steps=st.integers(1, 6))
    def quiz_steps(self, module, right, steps):
        module = ALL_MODULES[module]
        for _ in range(steps if module.quiz else 0):
            self.whole(lambda: self.paper.quiz_step(module, right))
        begun = self.paper.state.quizzing.get(module.id, ())
        assert len(begun) < (module.quiz.draw if module.quiz else 1)

    @rule(module=MODULES, right=st.booleans())
    def quiz(self, module, right):
        module = ALL_MODULES[module]
        if module.quiz:
            self.whole(lambda: self.paper.quiz(module, right))

    def _on(self):
        """The whole of what is owed next, as an officer goes about it."""
        paper = self.paper
        steps = {
            "question": paper.answer,
            "check": paper.answer,
            "finding": paper.find,
            "review": lambda: self.try_(acts.Reviewed(agrees=True), TWO),
            "teaching": paper.train,
            "quiz": paper.train,
            "signature": paper.sign,
            "rule": paper.acknowledge,
            "decision": paper.decide,
            "second": lambda: self.second(True, TWO),
            "reopening": lambda: self.try_(acts.Reopened(reason="So.")),
        }
        if paper.now.next is not None:
            self.whole(steps[paper.now.next.kind])

    @rule(steps=st.integers(1, 6))
    def go_on(self, steps):
        for _ in range(steps):
            self._on()

    @rule(steps=st.integers(1, 6))
    def go_on_again(self, steps):
        self.go_on(steps)

    @rule(refuses=st.booleans())
    def sign(self, refuses):
        if refuses:
            self.try_(acts.SigningRefused(reason="No."))
        else:
            self.try_(self.paper.signed())

    @rule(one=RULES, refuses=st.booleans())
    def bind(self, one, refuses):
        if refuses:
            self.try_(acts.RuleRefused(rule=one, reason="No."))
        else:
            self.try_(self.paper.acknowledged(ALL_RULES[one]))

    @rule(
        decision=st.sampled_from(("admit", "admit", "refuse", "defer")),
        conditions=st.sampled_from(("", "Ask again.")),
    )
    def decide(self, decision, conditions):
        self.try_(acts.Decided(decision=decision, reason="As found.", conditions=conditions))

    @rule(agrees=st.booleans(), officer=OFFICERS)
    def second(self, agrees, officer):
        decision = self.paper.state.decision
        number = decision.number if decision else 0
        self.try_(
            acts.Seconded(decided=number, agrees=agrees, reason="" if agrees else "No."), officer
        )

    @rule(category=CATEGORY, name=st.sampled_from(("Xenia Q. Sample", "Xenia R. Sample")))
    def correct(self, category, name):
        self.try_(acts.Corrected(particulars=someone(category, name=name), reason="A slip."))

    @rule(what=st.sampled_from((acts.Withdrawn, acts.Reopened)))
    def turn(self, what):
        self.try_(what(reason="So."))

    @rule()
    def leave(self):
        self.try_(acts.Left(on=self.paper.today.isoformat(), reason="Moved."))

    @rule(question=st.one_of(st.just(""), QUESTIONS))
    def note(self, question):
        """A note is possible at every stage, and changes no standing."""
        before = self.paper.now
        asked = question in {"", *(q.id for q in self.paper.questions)}
        if asked:
            self.paper.record(acts.Noted(text="Asked for a break.", question=question), TWO)
        else:
            self.try_(acts.Noted(text="Asked for a break.", question=question))
        assert self.paper.now == before

    @rule(days=st.sampled_from((1, 40, 400, 4000)))
    def wait(self, days):
        self.paper.later(days)

    # -- what must hold -------------------------------------------------------

    @invariant()
    def the_entries_alone_say_all_of_it(self):
        if hasattr(self, "paper"):
            again = fold.fold(self.paper.entries)
            assert again == self.paper.state
            assert gates.standing(again, PACK, self.paper.today) == self.paper.now
            assert naive.standing(again, PACK, self.paper.today) == self.paper.now

    @invariant()
    def an_admission_rests_on_four_gates_and_two_officers(self):
        if not hasattr(self, "paper") or self.paper.now.stage not in HELD:
            return
        decision = self.paper.state.decision
        then = fold.fold([e for e in self.paper.entries if e.number < decision.number])
        before = gates.standing(then, PACK, decision.on)
        assert [g.status for g in before.gates] == ["done"] * 4
        if gates.terms_of(then, PACK).second_decision:
            assert self.paper.state.seconded.act.agrees
            assert self.paper.state.seconded.officer != decision.officer

    @invariant()
    def there_is_always_a_way_on(self):
        if not hasattr(self, "paper"):
            return
        now = self.paper.now
        if now.stage in UNDER_WAY or now.stage in ("second", "lapsed"):
            assert now.next is not None
        if now.stage in UNDER_WAY or now.stage == "second":
            way = acts.Withdrawn(reason="So.")
        elif now.stage in HELD:
            way = acts.Left(on=self.paper.today.isoformat(), reason="So.")
        else:
            way = acts.Reopened(reason="So.")
        before = (self.paper.state, list(self.paper.entries))
        self.paper.record(way)
        self.paper.state, self.paper.entries = before

    @invariant()
    def counts_and_dates_are_sane(self):
        if not hasattr(self, "paper"):
            return
        now = self.paper.now
        for gate in now.gates:
            assert 0 <= gate.done <= gate.total
            assert gate.status in ("refused", "lapsed") or (gate.status == "done") == (
                not gate.owed
            )
        assert now.lapses_on is None or now.lapses_on > self.paper.today
        event(f"stage {now.stage}")

    @invariant()
    def every_entry_reads_as_a_sentence(self):
        if hasattr(self, "paper"):
            last = self.paper.entries[-1]
            assert sentences.sentence(last.entry.act, PACK).strip()
            assert acts.decode(acts.encode(last.entry)) == last.entry

    def teardown(self):
        if hasattr(self, "paper"):
            entries = self.paper.entries
            told = list(narrative.told(entries, PACK, lambda id, at: f"Officer {id[:2]}"))
            assert [one.number for one in told] == [one.number for one in entries]
            for one, act in zip(told, entries, strict=True):
                assert f"Officer {act.entry.officer[:2]}" in one.text
                assert one.text.endswith(narrative.ENDS)
            short = [(one.number, one.last or one.number) for one in narrative.in_short(told)]
            numbers = [n for first, last in short for n in range(first, last + 1)]
            assert numbers == [one.number for one in entries]
            made = record.record(
                "00" * 16, self.paper.entries, PACK, unit="Test unit", officers={},
                as_of=self.paper.today + timedelta(days=1),
            )  # fmt: skip
            assert len(made.timeline) == len(self.paper.entries)
            assert all(len(line) <= 79 for line in record.lines(made))


Life.TestCase.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestLife = Life.TestCase


@settings(deadline=None)
@given(text=st.text())
@example('Two lines\nand "quoted", C:\\new')
@example("\x7f")
@example("\u202e")
@example("\ud800")
@example("\\n\x00")
def test_a_text_is_legible_where_each_of_its_characters_is_shown(text):
    shown = all(char == "\n" or texts.shown(char) for char in text)
    act = acts.Noted(text="So.", question=text)
    assert (refusal(lambda: demands.all_legible(act)) == "") == shown == demands.legible(text)


@pytest.mark.parametrize("category", ["core", "key", "general"])
def test_a_whole_life_is_judged_by_what_it_hangs_on_as_by_all_of_it(category):
    paper = Twice(category)
    paper.answer().find()
    modules = [m for m in ALL_MODULES.values() if category in m.hours]
    for module in modules:
        paper.teach(module)
    for module in modules:
        for right in (False, True):
            if module.quiz:
                paper.quiz(module, right)
    paper.sign().acknowledge().decide().later(40)
    paper.record(acts.Corrected(particulars=someone(category, name="Xenia R."), reason="So."))
    paper.record(finding("", "suitable"))
    if gates.terms_of(paper.state, PACK).review:
        paper.record(acts.Reviewed(agrees=True), TWO)
    paper.sign().later(4000).train()
    paper.record(acts.Reopened(reason="So.")).all_gates()
    assert paper.now.stage == "decision"
