"""What a dossier allows, owes and becomes, from opening to leaving."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from secterm.dossier import entries as acts
from secterm.dossier import fold, gates
from secterm.dossier.entries import Entry, Numbered
from secterm.dossier.gates import Owed, add_months
from secterm.dossier.permit import NotAllowed
from secterm.dossier.sentences import sentence
from tests.support.paper import ONE, PACK, TWO, Paper, finding, ordinary, someone

CATEGORIES = ("core", "key", "general")


def refused(paper, act, officer=ONE):
    """The reason for which an act is not allowed; the dossier is as it was."""
    before = list(paper.entries)
    with pytest.raises(NotAllowed) as told:
        paper.record(act, officer)
    assert paper.entries == before
    assert told.value.reason
    return told.value.reason


def admit(reason="All four gates are done.", **more):
    return acts.Decided(decision="admit", reason=reason, **more)


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_straight_way_leads_through_the_four_gates_to_admission(category):
    paper = Paper(category)
    assert (paper.now.stage, paper.now.next.kind) == ("screening", "question")
    paper.answer()
    assert (paper.now.stage, paper.now.next.kind) == ("screening", "finding")
    paper.find()
    assert (paper.now.stage, paper.now.next.kind) == ("training", "teaching")
    paper.train()
    assert (paper.now.stage, paper.now.next) == ("undertaking", Owed("signature"))
    paper.sign()
    assert (paper.now.stage, paper.now.next.kind) == ("rules", "rule")
    paper.acknowledge()
    assert (paper.now.stage, paper.now.next) == ("decision", Owed("decision"))
    paper.record(admit())
    if category == "core":
        assert (paper.now.stage, paper.now.next) == ("second", Owed("second"))
        paper.record(acts.Seconded(decided=paper.state.decision.number, agrees=True), TWO)
    assert (paper.now.stage, paper.now.next) == ("admitted", None)
    assert paper.now.lapses_on > paper.today


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("done", range(4))
def test_nobody_is_admitted_before_all_gates_are_done(category, done):
    paper = Paper(category)
    for step in (lambda: paper.answer().find(), paper.train, paper.sign)[:done]:
        step()
    assert "Nobody is admitted before" in refused(paper, admit())


def test_a_gate_waits_for_the_one_before_it():
    paper = Paper("general")
    assert "comes first" in refused(paper, paper.signed())
    rule = gates.rules_of(PACK, paper.state)[0]
    assert "comes first" in refused(paper, paper.acknowledged(rule))
    assert "comes first" in refused(paper, acts.SigningRefused(reason="Will not."))
    assert paper.status("training") == "blocked"
    paper.answer().find()
    assert paper.status("training") == "owed"


def test_a_dossier_opens_once():
    paper = Paper()
    assert "open already" in refused(paper, paper.entries[0].entry.act)
    with pytest.raises(fold.EntryOutOfPlace):
        fold.apply(paper.state, Numbered(number=9, entry=paper.entries[0].entry))
    with pytest.raises(fold.EntryOutOfPlace):
        fold.fold([])
    with pytest.raises(fold.EntryOutOfPlace):
        fold.fold(
            [Numbered(number=1, entry=Entry(at="", officer=ONE, act=acts.Left(on="", reason="")))]
        )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "  "}, "The name is missing"),
        ({"post": ""}, "The post is missing"),
        ({"identity_number": ""}, "The identity number is missing"),
        ({"department": ""}, "The department is missing"),
        ({"name": "x" * 201}, "at most 200"),
        ({"contact": "two\nlines"}, "one line"),
        ({"born": "28.04.1990"}, "YYYY-MM-DD"),
        ({"born": "2990-01-01"}, "in the past"),
        ({"born": "1899-12-31"}, "in the past"),
        ({"born": "1990-02-30"}, "YYYY-MM-DD"),
    ],
)
def test_particulars_that_cannot_be_are_refused(changes, said):
    paper = Paper()
    act = acts.Corrected(particulars=someone(**changes), reason="A slip.")
    assert said in refused(paper, act)


# -- screening ----------------------------------------------------------------


def test_an_answer_that_is_not_asked_of_the_category_is_refused():
    asked = {q.id for q in Paper("general").questions}
    only_core = next(q for q in Paper("core").questions if q.id not in asked)
    act = acts.Answered(question=only_core.id, answer=ordinary(only_core))
    assert "not asked" in refused(Paper("general"), act)


def test_an_adverse_answer_owes_its_follow_up():
    paper = Paper("core")
    question = next(q for q in paper.questions if q.kind == "yes_no" and q.adverse)
    answer = question.adverse == "yes"
    assert "follow-up" in refused(paper, acts.Answered(question=question.id, answer=answer))
    paper.record(acts.Answered(question=question.id, answer=answer, follow_up="It was so."))
    assert paper.state.answers[question.id].act.follow_up == "It was so."


def test_a_later_answer_stands_beside_the_first_and_reopens_what_rested_on_it():
    paper = Paper("general").answer().find()
    assert paper.status("screening") == "done"
    question = next(q for q in paper.questions if q.check)
    paper.record(acts.Answered(question=question.id, answer=ordinary(question)))
    kinds = [o.kind for o in paper.now.gate("screening").owed]
    assert kinds == ["check", "finding", "finding"]
    both = [e for e in paper.entries if getattr(e.entry.act, "question", "") == question.id]
    assert sum(isinstance(e.entry.act, acts.Answered) for e in both) == 2


def test_a_check_needs_an_answer_a_reason_and_a_reference():
    paper = Paper("general")
    question = next(q for q in paper.questions if q.check)
    plain = next(q for q in paper.questions if not q.check)
    check = acts.Checked(question=question.id, reference="Passport", holds=True)
    assert "not answered" in refused(paper, check)
    paper.answer()
    empty = acts.Checked(question=question.id, reference=" ", holds=True)
    assert "reference" in refused(paper, empty)
    other = acts.Checked(question=plain.id, reference="Passport", holds=True)
    assert "Nothing has to be checked" in refused(paper, other)


def test_a_check_that_does_not_hold_leaves_at_best_conditions():
    paper = Paper("general").answer()
    question = next(q for q in paper.questions if q.check)
    section = next(s for s in PACK.screening.sections if question in s.questions)
    paper.record(acts.Checked(question=question.id, reference="Letter", holds=False))
    assert "bear an answer out" in refused(paper, finding(section.id, "suitable"))
    paper.record(finding(section.id, "conditions"))
    for other in gates.sections_of(PACK, paper.state):
        if other is not section:
            paper.record(finding(other.id, "suitable"))
    assert "at best" in refused(paper, finding("", "suitable"))
    paper.record(finding("", "conditions"))
    assert paper.status("screening") == "done"
    paper.train().sign().acknowledge()
    assert "conditions" in refused(paper, admit())
    paper.record(admit(conditions="Ask again in May."))
    assert paper.now.stage == "admitted"


def test_findings_owe_their_reasons_and_come_in_order():
    paper = Paper("general")
    section = gates.sections_of(PACK, paper.state)[0]
    assert "answered first" in refused(paper, finding(section.id, "suitable"))
    assert "its finding first" in refused(paper, finding("", "suitable"))
    for bare in ("conditions", "unsuitable"):
        assert "reason" in refused(paper, acts.Found(section=section.id, finding=bare))
    without = acts.Found(section=section.id, finding="conditions", reason="So.")
    assert "conditions" in refused(paper, without)
    stray = acts.Found(section=section.id, finding="suitable", conditions="What?")
    assert "has conditions" in refused(paper, stray)
    paper.answer()
    question = next(q for q in paper.questions if q.check)
    paper.record(acts.Answered(question=question.id, answer=ordinary(question)))
    section = next(s for s in PACK.screening.sections if question in s.questions)
    assert "checked elsewhere" in refused(paper, finding(section.id, "suitable"))


def test_unsuitable_can_be_found_at_once_and_leads_to_a_refusal():
    paper = Paper("general").record(finding("", "unsuitable"))
    assert paper.status("screening") == "refused"
    assert paper.now.next == Owed("decision")
    assert "Nobody is admitted" in refused(paper, admit())
    paper.decide("refuse")
    assert (paper.now.stage, paper.now.next, paper.now.lapses_on) == ("refused", None, None)


def test_a_review_is_by_another_officer_and_may_disagree():
    paper = Paper("core").answer()
    assert "no overall finding" in refused(paper, acts.Reviewed(agrees=True), TWO)
    for section in gates.sections_of(PACK, paper.state):
        paper.record(finding(section.id, "suitable"))
    paper.record(finding("", "suitable"))
    assert paper.now.next == Owed("review")
    assert "another officer" in refused(paper, acts.Reviewed(agrees=True), ONE)
    assert "reason" in refused(paper, acts.Reviewed(agrees=False), TWO)
    paper.record(acts.Reviewed(agrees=False, reason="The bank was not asked."), TWO)
    assert paper.now.next == Owed("finding")
    paper.record(finding("", "conditions"))
    paper.record(acts.Reviewed(agrees=True), TWO)
    assert paper.status("screening") == "done"
    assert "no review" in refused(Paper("general"), acts.Reviewed(agrees=True), TWO)


# -- training -----------------------------------------------------------------


def with_quiz(paper):
    return next(m for m in gates.modules_of(PACK, paper.state) if m.quiz)


def test_a_quiz_follows_its_teaching_and_is_judged_by_its_pass_mark():
    paper = Paper("general")
    module = with_quiz(paper)
    with pytest.raises(NotAllowed, match="taught before"):
        paper.quiz(module)
    paper.teach(module)
    good = [acts.QuizAnswer(question=q.text, given=q.right, right=True) for q in module.bank]
    drawn = tuple(good[: module.quiz.draw])
    lied = acts.Quizzed(module=module.id, answers=drawn, passed=False)
    assert "pass mark" in refused(paper, lied)
    repeated = acts.Quizzed(module=module.id, answers=(drawn[0],) * len(drawn), passed=True)
    assert "not the questions" in refused(paper, repeated)
    short = acts.Quizzed(module=module.id, answers=drawn[:-1], passed=True)
    assert "not the questions" in refused(paper, short)
    wrong = acts.QuizAnswer(question=drawn[0].question, given="Something else", right=True)
    cheat = acts.Quizzed(module=module.id, answers=(wrong, *drawn[1:]), passed=True)
    assert "right answers" in refused(paper, cheat)
    paper.quiz(module)
    assert gates.module_owes(module, paper.state, paper.today) is None


def test_a_quiz_is_answered_question_by_question_and_ends_as_a_whole():
    paper = Paper("general")
    module = with_quiz(paper)
    paper.teach(module)
    for answered in range(1, module.quiz.draw):
        paper.quiz_step(module, right=answered > 2)
        assert len(paper.state.quizzing[module.id]) == answered
    last = acts.QuizAnswered(module=module.id, answer=paper.quiz_answers(module)[-1])
    assert "comes with the whole" in refused(paper, last)
    forgotten = acts.Quizzed(
        module=module.id,
        answers=tuple(
            acts.QuizAnswer(question=q.text, given=q.right, right=True)
            for q in module.bank[: module.quiz.draw]
        ),
        passed=True,
    )
    assert "answers given already" in refused(paper, forgotten)
    paper.quiz(module)
    assert paper.state.quizzing == {}
    assert gates.failed_attempts(module, paper.state) == 1


def test_too_many_failed_attempts_owe_the_teaching_again():
    paper = Paper("general")
    module = with_quiz(paper)
    paper.teach(module)
    for left in range(module.quiz.attempts, 0, -1):
        assert gates.module_owes(module, paper.state, paper.today) == Owed("quiz", module.id), left
        paper.quiz(module, right=False)
    assert gates.module_owes(module, paper.state, paper.today) == Owed("teaching", module.id)
    with pytest.raises(NotAllowed, match="taught before"):
        paper.quiz(module)
    paper.teach(module).quiz(module)
    assert gates.module_owes(module, paper.state, paper.today) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hours": 0.0}, "more than 0"),
        ({"hours": 1001.0}, "at most 1000"),
        ({"on": "2999-01-01"}, "up to today"),
        ({"on": "1949-12-31"}, "up to today"),
        ({"on": "yesterday"}, "YYYY-MM-DD"),
        ({"trainer": ""}, "Who taught"),
        ({"place": " "}, "The place"),
        ({"module": "unknown"}, "does not owe"),
    ],
)
def test_a_teaching_that_cannot_be_is_refused(changes, said):
    paper = Paper("general")
    module = gates.modules_of(PACK, paper.state)[0]
    told = {
        "module": module.id,
        "hours": 2.0,
        "on": paper.today.isoformat(),
        "trainer": "T. R. Ainer",
        "place": "Room",
    }
    assert said in refused(paper, acts.Trained(**{**told, **changes}))


def test_hours_may_be_taught_in_several_sessions():
    paper = Paper("core")
    module = max(gates.modules_of(PACK, paper.state), key=lambda m: m.hours["core"])
    half = module.hours["core"] / 2
    session = acts.Trained(
        module=module.id, hours=half, on=paper.today.isoformat(), trainer="T. R.", place="Room"
    )
    paper.record(session)
    assert gates.module_owes(module, paper.state, paper.today) == Owed("teaching", module.id)
    assert gates.hours_missing(module, paper.state, paper.today) == half
    paper.record(session)
    assert gates.hours_missing(module, paper.state, paper.today) == 0
    assert gates.module_owes(module, paper.state, paper.today) != Owed("teaching", module.id)


# -- undertaking and rules ------------------------------------------------------


def before_signing(category="general"):
    return Paper(category).answer().find().train()


def test_a_signature_is_of_this_text_today_by_all_sides():
    paper = before_signing("core")
    good = paper.signed()
    assert "not the one" in refused(paper, paper.signed(text="Another text."))
    assert "same day" in refused(paper, paper.signed(on="2026-03-01"))
    assert "witness" in refused(paper, paper.signed(signatures=good.signatures[:2]))
    assert "for the unit" in refused(paper, good, TWO)
    same = acts.PartySignature(role="witness", name="One", officer=ONE, public_key="", signature="")
    alone = (*good.signatures[:2], same)
    assert "another officer" in refused(paper, paper.signed(signatures=alone))
    other = acts.PartySignature(role="appointee", name="Somebody", public_key="", signature="")
    assert "another name" in refused(paper, paper.signed(signatures=(other, *good.signatures[1:])))
    moved = acts.PackRef(id="other", version="9", digest="00")
    assert "another pack" in refused(paper, paper.signed(pack=moved))
    paper.record(good)
    assert "signed already" in refused(paper, good)


def test_only_core_is_witnessed():
    paper = before_signing("key")
    good = paper.signed()
    witness = acts.PartySignature(
        role="witness", name="Two", officer=TWO, public_key="", signature=""
    )
    crowd = paper.signed(signatures=(*good.signatures, witness))
    assert "Both sides" in refused(paper, crowd)


def test_a_refusal_to_sign_is_on_record_and_ends_in_refused_or_in_a_signature():
    paper = before_signing().record(acts.SigningRefused(reason="Not the cooling-off."))
    assert (paper.status("undertaking"), paper.now.next) == ("refused", Owed("decision"))
    changed_mind = before_signing().record(acts.SigningRefused(reason="Not yet.")).sign()
    assert changed_mind.status("undertaking") == "done"
    paper.decide("refuse")
    assert paper.now.stage == "refused"
    assert "Reopen it" in refused(paper, paper.signed())


def test_a_refused_rule_blocks_admission_until_it_is_acknowledged():
    paper = before_signing().sign()
    rule = gates.rules_of(PACK, paper.state)[3]
    assert "What was said" in refused(paper, acts.RuleRefused(rule=rule.id, reason=""))
    paper.record(acts.RuleRefused(rule=rule.id, reason="Not my telephone."))
    assert paper.now.next == Owed("decision")
    for other in gates.rules_of(PACK, paper.state):
        if other is not rule:
            paper.record(paper.acknowledged(other))
    assert "rules" in refused(paper, admit())
    paper.record(paper.acknowledged(rule))
    assert paper.status("rules") == "done"
    assert "acknowledged already" in refused(paper, paper.acknowledged(rule))


def test_an_acknowledgement_pins_the_rules_own_text():
    paper = before_signing().sign()
    first, second = gates.rules_of(PACK, paper.state)[:2]
    swapped = acts.Acknowledged(
        rule=first.id, text_sha256=paper.acknowledged(second).text_sha256, pack=paper.state.pack
    )
    assert "not the pack's" in refused(paper, swapped)


# -- decision and course --------------------------------------------------------


def test_a_core_decision_takes_a_second_officer_and_stands_still_until_then():
    paper = Paper("core").all_gates().record(admit())
    seconded = acts.Seconded(decided=paper.state.decision.number, agrees=True)
    assert "another than" in refused(paper, seconded, ONE)
    assert "awaits" in refused(paper, acts.Seconded(decided=0, agrees=True), TWO)
    assert "awaits a second officer" in refused(paper, admit())
    correction = acts.Corrected(particulars=someone("core", name="Else"), reason="A slip.")
    assert "awaits a second officer" in refused(paper, correction)
    no = acts.Seconded(decided=paper.state.decision.number, agrees=False)
    assert "reason" in refused(paper, no, TWO)
    paper.record(
        acts.Seconded(decided=paper.state.decision.number, agrees=False, reason="Too early."), TWO
    )
    assert (paper.now.stage, paper.now.next) == ("decision", Owed("decision"))
    paper.decide()
    assert paper.now.stage == "admitted"


def test_a_refusal_needs_a_ground_and_a_reason():
    paper = Paper("general")
    bare = acts.Decided(decision="refuse", reason="We do not like it.")
    assert "rests on" in refused(paper, bare)
    done = Paper("general").all_gates()
    assert "reason" in refused(done, acts.Decided(decision="refuse", reason=" "))
    strange = acts.Decided(decision="refuse", reason="So.", conditions="Some.")
    assert "Only an admission" in refused(done, strange)
    assert done.decide("refuse").now.stage == "refused"


def test_deferred_goes_on_where_it_was():
    paper = Paper("general").answer().find().decide("defer")
    assert (paper.now.stage, paper.now.next.kind) == ("deferred", "teaching")
    paper.train().sign().acknowledge().decide()
    assert paper.now.stage == "admitted"


def test_withdrawn_and_reopened_goes_on_with_what_was_answered():
    paper = Paper("general").answer()
    assert "reason" in refused(paper, acts.Withdrawn(reason=""))
    paper.record(acts.Withdrawn(reason="Another post."))
    assert (paper.now.stage, paper.now.next) == ("withdrawn", None)
    assert "not yet decided" in refused(paper, acts.Withdrawn(reason="Again."))
    paper.record(acts.Reopened(reason="Came back."))
    assert paper.now.next.kind == "finding"
    assert "can be reopened" in refused(paper, acts.Reopened(reason="Again."))


def test_leaving_begins_the_cooling_off_of_the_category():
    paper = Paper("core").all_gates().decide().later(100)
    early = acts.Left(on="2026-01-01", reason="Moved.")
    assert "from the admission" in refused(paper, early)
    future = (paper.today + timedelta(days=1)).isoformat()
    assert "up to today" in refused(paper, acts.Left(on=future, reason="Moved."))
    paper.record(acts.Left(on=paper.today.isoformat(), reason="Moved."))
    low, high = PACK.head.categories["core"].cooling_off_years
    assert paper.now.stage == "left"
    assert paper.now.cooling_off == (
        add_months(paper.today, 12 * low),
        add_months(paper.today, 12 * high),
    )
    assert (low, high) == (3, 5)
    never = Paper("general")
    leaving = acts.Left(on=never.today.isoformat(), reason="Moved.")
    assert "admitted can leave" in refused(never, leaving)


def test_who_held_the_post_and_comes_back_is_asked_anew_but_not_taught_anew():
    paper = Paper("general").all_gates().decide().later(30)
    paper.record(acts.Left(on=paper.today.isoformat(), reason="Moved."))
    paper.record(acts.Reopened(reason="Came back."))
    assert (paper.now.stage, paper.now.next.kind) == ("screening", "question")
    assert paper.status("training") == "done"
    assert paper.now.cooling_off is not None  # it goes on until a post is held again
    paper.answer().find().sign().acknowledge().decide()
    assert paper.now.stage == "admitted"


@pytest.mark.parametrize("category", CATEGORIES)
def test_an_admission_lapses_on_its_day_and_not_a_day_before(category):
    paper = Paper(category).all_gates().decide()
    months = PACK.head.categories[category].validity_months
    first = min(gates.module_lapse(m, paper.state) for m in gates.modules_of(PACK, paper.state))
    over = min(add_months(paper.today, months), first)
    assert paper.now.lapses_on == over
    assert gates.standing(paper.state, PACK, over - timedelta(days=1)).stage == "admitted"
    assert gates.standing(paper.state, PACK, over).stage == "lapsed"


def test_training_that_lapsed_is_taught_again_without_reopening():
    paper = Paper("key").all_gates().decide()
    lapse = min(gates.module_lapse(m, paper.state) for m in gates.modules_of(PACK, paper.state))
    until = gates.admitted_until(paper.state, PACK)
    assert lapse < until
    paper.today = lapse
    assert (paper.now.stage, paper.now.next.kind) == ("lapsed", "teaching")
    paper.train()
    assert paper.now.stage == "admitted"


def test_correcting_what_was_signed_owes_a_new_signature():
    paper = Paper("general").all_gates()
    assert "Nothing was changed" in refused(
        paper, acts.Corrected(particulars=someone("general"), reason="None.")
    )
    paper.record(acts.Corrected(particulars=someone(contact="Room 4"), reason="Moved room."))
    assert paper.status("undertaking") == "done"
    paper.record(acts.Corrected(particulars=someone(post="Courier"), reason="Moved on."))
    assert paper.status("undertaking") == "owed"
    assert "Nobody is admitted" in refused(paper, admit())


def test_the_cooling_off_outlives_a_reopening_that_comes_to_nothing():
    paper = Paper("key").all_gates().decide().later(30)
    paper.record(acts.Left(on=paper.today.isoformat(), reason="Moved."))
    runs = paper.now.cooling_off
    paper.record(acts.Reopened(reason="Came back."))
    lower = acts.Corrected(particulars=someone("general"), reason="A lower post.")
    paper.record(lower)
    assert paper.now.cooling_off == runs
    paper.record(acts.Withdrawn(reason="Went elsewhere."))
    assert (paper.now.stage, paper.now.cooling_off) == ("withdrawn", runs)


def test_another_person_under_a_finding_is_found_again():
    paper = Paper("core").all_gates()
    other = someone("core", born="1980-02-03", identity_number="TEST-2")
    paper.record(acts.Corrected(particulars=other, reason="Mixed up."))
    assert "Nobody is admitted" in refused(paper, admit())
    assert paper.now.next == Owed("finding")
    paper.find().sign().acknowledge().decide()
    assert paper.now.stage == "admitted"


def test_who_holds_the_post_and_changes_their_name_is_found_and_signs_again():
    paper = Paper("core").all_gates().decide()
    married = someone("core", name="Xenia R. Sample")
    paper.record(acts.Corrected(particulars=married, reason="Married."))
    assert (paper.now.stage, paper.now.next) == ("lapsed", Owed("finding"))
    paper.record(finding("", "suitable"))
    paper.record(acts.Reviewed(agrees=True), TWO)
    assert (paper.now.stage, paper.now.next) == ("lapsed", Owed("signature"))
    assert "Reopen it" in refused(paper, finding("", "suitable"))
    paper.sign()
    assert paper.now.stage == "admitted"


def test_who_holds_the_post_and_refuses_to_sign_again_can_be_taken_up_anew():
    paper = Paper("general").all_gates().decide()
    moved = someone(post="Courier")
    paper.record(acts.Corrected(particulars=moved, reason="Moved on."))
    paper.record(acts.SigningRefused(reason="Not this post."))
    assert (paper.now.stage, paper.now.next) == ("lapsed", Owed("reopening"))
    paper.record(acts.Reopened(reason="Decide anew."))
    assert paper.now.stage == "screening"


def test_a_changed_category_asks_what_the_new_one_asks():
    paper = Paper("general").all_gates()
    paper.record(acts.Corrected(particulars=someone("core"), reason="Another post."))
    assert paper.now.next.kind == "question"
    paper.answer().find().train().sign().acknowledge().decide()
    back = acts.Corrected(particulars=someone("general"), reason="Back.")
    assert "before the decision" in refused(paper, back)


def test_an_export_does_not_count_as_something_that_happened_to_the_appointee():
    paper = Paper("general")
    before = paper.now
    paper.later(3).record(acts.Archived(file="a.age", sha256="00", recipients=("age1",)))
    assert (paper.now.since, paper.now.next) == (before.since, before.next)
    assert "name is missing" in refused(paper, acts.Archived(file="", sha256="", recipients=()))


# -- notes ------------------------------------------------------------------


def note(text="Seemed unwell, and asked for a break.", question=""):
    return acts.Noted(text=text, question=question)


def test_notes_are_kept_by_what_they_are_on_in_their_order():
    paper = Paper("general")
    asked = PACK.screening.sections[0].questions[0].id
    paper.record(note("One.", asked)).record(note("Two.")).record(note("Three.", asked), TWO)
    kept = {on: [told.act.text for told in notes] for on, notes in paper.state.notes.items()}
    assert kept == {asked: ["One.", "Three."], "": ["Two."]}
    assert [told.officer for told in paper.state.notes[asked]] == [ONE, TWO]


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_note_changes_nothing_else(category):
    paper = Paper(category).answer().find()
    before, state = paper.now, paper.state
    paper.later(3).record(note())
    assert paper.now == before
    assert replace(paper.state, notes={}, last=state.last, count=state.count) == state


def test_a_note_can_be_made_after_the_decision_and_while_it_awaits_a_second():
    paper = Paper("core").all_gates()
    paper.record(admit())
    assert paper.now.stage == "second"
    paper.record(note())
    paper.record(acts.Seconded(decided=paper.state.decision.number, agrees=True), TWO)
    paper.record(note())
    assert (paper.now.stage, len(paper.state.notes[""])) == ("admitted", 2)


def test_a_note_says_something_and_no_more_than_a_reason_may():
    paper = Paper()
    assert "The note is missing." in refused(paper, note(" "))
    assert "more than 4000" in refused(paper, note("x" * 4001))
    assert "cannot be shown" in refused(paper, note("So\x1b it was."))


def test_a_note_is_on_a_question_that_this_appointee_is_asked():
    paper = Paper("general")
    assert "not asked" in refused(paper, note(question="no_such_question"))
    others = {
        question.id
        for section in PACK.screening.sections
        for question in section.questions
        if "general" not in question.categories
    }
    assert "not asked" in refused(paper, note(question=others.pop()))


def test_a_reopening_keeps_the_notes():
    paper = Paper("general")
    paper.record(note()).record(acts.Withdrawn(reason="Took up another post."))
    paper.record(acts.Reopened(reason="Came back."))
    assert [told.act for told in paper.state.notes[""]] == [note()]


def test_a_note_reads_as_a_sentence_with_the_question_it_is_on():
    asked = PACK.screening.sections[0].questions[0]
    assert sentence(note("Unwell."), PACK) == "Note: Unwell."
    assert sentence(note("Unwell.", asked.id), PACK) == f"Note on “{asked.text}”: Unwell."


@pytest.mark.parametrize(
    "hidden", ["\x1b[2J", "\x07", "\x00", "\x9b", "\u202e", "\u200b", "\ud800"]
)
def test_a_text_holds_only_what_a_person_can_see(hidden):
    paper = Paper()
    said = refused(paper, acts.Withdrawn(reason=f"So{hidden} it was."))
    assert "cannot be shown" in said
    assert hidden not in said
    named = acts.Corrected(particulars=someone(name=f"Xenia{hidden}"), reason="So.")
    assert "cannot be shown" in refused(paper, named)


def test_a_text_may_be_in_any_script():
    paper = Paper()
    for name in ("Ξένια Δείγμα", "见本 样品", "نمونه\u200cها", "Zoë Nguyễn"):
        paper.record(acts.Corrected(particulars=someone(name=name), reason="Spelled."))
    paper.record(acts.Withdrawn(reason="Son raison\u00a0: «\u202fnon\u202f».\nEn deux lignes."))
    assert paper.now.stage == "withdrawn"


def test_texts_have_an_end():
    paper = Paper("general")
    assert "4000" in refused(paper, acts.Withdrawn(reason="x" * 4001))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
        (date(9998, 5, 5), 60, date(9999, 5, 5)),
    ],
)
def test_months_are_added_to_the_same_day_or_the_months_last(day, months, then):
    assert add_months(day, months) == then
