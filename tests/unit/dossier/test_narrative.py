"""A dossier's history in sentences: who did what, and what changed."""

from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secterm.dossier import entries as acts
from secterm.dossier import narrative
from secterm.dossier.entries import Entry, Numbered
from tests.support.paper import ONE, PACK, REF, TWO, Paper, finding, ordinary, someone

NAMES = {ONE: "Alix Test", TWO: "Bex Test"}
QUESTION = next(
    q for s in PACK.screening.sections for q in s.questions if q.id == "other_nationality"
)


def names(id, at):
    return NAMES[id]


def told(paper, names=names):
    return [one.text for one in narrative.told(paper.entries, paper.pack, names)]


def says(act, paper=None, officer=ONE, names=names):
    """What one more entry reads like, after all that a paper holds."""
    paper = paper or Paper()
    one = Numbered(
        number=900, entry=Entry(at="2026-03-02T09:00:00+00:00", officer=officer, act=act)
    )
    return list(narrative.told([*paper.entries, one], paper.pack, names))[-1].text


@pytest.mark.parametrize("category", ["core", "key", "general"])
def test_every_entry_of_a_whole_life_names_its_officer(category):
    paper = Paper(category).all_gates().decide()
    paper.record(acts.Left(on=paper.today.isoformat(), reason="Retires."))
    paper.record(acts.Reopened(reason="Came back."))
    sentences = told(paper)
    assert len(sentences) == len(paper.entries)
    for one, said in zip(paper.entries, sentences, strict=True):
        assert NAMES[one.entry.officer] in said
        assert said.endswith((".", "”"))


words = st.text("abcdefghij äß北", min_size=1, max_size=12)
words = words.map(lambda text: " ".join(text.split())).filter(bool)
sometimes = st.one_of(st.just(""), words)
answers = st.one_of(st.booleans(), words)
signature = st.builds(
    acts.PartySignature,
    role=st.sampled_from(("appointee", "officer", "witness")),
    name=words,
    officer=st.sampled_from(("", ONE, TWO)),
    public_key=st.just(""),
    signature=st.just(""),
)
particulars = st.builds(
    someone, st.sampled_from(("core", "key", "general")), name=words, post=words, contact=sometimes
)
quiz_answer = st.builds(acts.QuizAnswer, question=words, given=words, right=st.booleans())
made = {
    acts.Opened: st.builds(acts.Opened, particulars=particulars, pack=st.just(REF)),
    acts.Corrected: st.builds(acts.Corrected, particulars=particulars, reason=words),
    acts.Answered: st.builds(
        acts.Answered, question=words, answer=answers, follow_up=sometimes, note=sometimes
    ),
    acts.QuizAnswered: st.builds(acts.QuizAnswered, module=words, answer=quiz_answer),
    acts.Quizzed: st.builds(
        acts.Quizzed,
        module=words,
        answers=st.lists(quiz_answer, max_size=3).map(tuple),
        passed=st.booleans(),
    ),
    acts.Signed: st.builds(
        acts.Signed,
        text=words,
        text_sha256=words,
        pack=st.just(REF),
        on=st.just("2026-03-02"),
        statement=words,
        signatures=st.lists(signature, max_size=3).map(tuple),
        appointee_key=st.just(acts.SigningKey(kdf="", sealed="")),
    ),
    acts.Printed: st.builds(
        acts.Printed,
        document=st.sampled_from(get_args(acts.Document)),
        sha256=words,
        to=st.sampled_from(("printer", "folder")),
    ),
    acts.Archived: st.builds(
        acts.Archived, file=words, sha256=words, recipients=st.lists(words).map(tuple)
    ),
}


def any_act(kind):
    if kind in made:
        return made[kind]
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: words for name, hint in hints.items() if hint is str})


@settings(max_examples=20)
@given(st.data())
@pytest.mark.parametrize("kind", get_args(acts.Act), ids=lambda kind: kind.__name__)
def test_every_kind_of_act_makes_a_sentence_that_names_the_officer(kind, data):
    before = (
        PAPERS["opened"]
        if kind is acts.Opened
        else data.draw(st.sampled_from(list(PAPERS.values())))
    )
    act = data.draw(any_act(kind))
    state = None if kind is acts.Opened else before.state
    one = Numbered(number=900, entry=Entry(at="2026-03-02T09:00:00+00:00", officer=TWO, act=act))
    said = narrative.sentence(state, one, before.pack, names)
    assert "Bex Test" in said
    assert "{" not in said
    assert "\n" not in said


@settings(max_examples=20)
@given(st.data())
@pytest.mark.parametrize("kind", get_args(acts.Act), ids=lambda kind: kind.__name__)
def test_no_text_of_an_entry_begins_a_line_of_its_own(kind, data):
    """Nor one that was recorded by another program than this."""
    before = None if kind is acts.Opened else PAPERS["decided"].state
    act = data.draw(any_act(kind).filter(lambda act: 0 <= getattr(act, "hours", 0) < 100))
    entry = Entry(at="2026-03-02T09:00:00+00:00", officer=TWO, act=act)
    forged = acts.decode(acts.encode(entry).replace(b" ", b"\\n"))
    one = Numbered(number=900, entry=forged)
    said = narrative.sentence(before, one, PACK, lambda id, at: "Bex\nTest")
    assert "Bex Test" in said
    assert "\n" not in said


PAPERS = {
    "opened": Paper(),
    "decided": Paper("core").all_gates().decide("defer"),
}


@given(st.booleans(), words)
def test_a_changed_answer_tells_both(before, noted):
    paper = Paper().record(acts.Answered(question=QUESTION.id, answer=before, follow_up="It was."))
    act = acts.Answered(question=QUESTION.id, answer=not before, note=noted)
    was, now = ("yes", "no") if before else ("no", "yes")
    said = says(act, paper)
    assert said.startswith(
        f"Alix Test changed the answer to “{QUESTION.text}” from {was} to {now}."
    )
    assert said.endswith(f"Said further before: It was. Noted: {noted}.")


@given(words, words)
def test_corrected_particulars_tell_both(name, post):
    paper = Paper()
    old = paper.state.particulars
    new = someone("key", name=name, post=post)
    said = says(acts.Corrected(particulars=new, reason="Misread."), paper)
    for field in ("name", "post"):
        if getattr(old, field) != getattr(new, field):
            assert f"{field} from {getattr(old, field)} to {getattr(new, field)}" in said
    assert "category from General to Key" in said
    assert said.endswith("Reason: Misread.")


def test_a_changed_finding_tells_both_with_their_reasons():
    paper = Paper().answer()
    paper.record(finding("identity", "unsuitable"))
    said = says(finding("identity", "suitable"), paper)
    assert said == (
        "Alix Test found “Identity and nationality” suitable. Before: unsuitable. One answer."
    )


def test_a_changed_check_and_a_changed_decision_tell_both():
    paper = Paper().answer()
    check = acts.Checked(question="full_name", reference="Passport 4711", holds=False)
    assert says(check, paper).endswith(
        "against Passport 4711: it was NOT borne out. Before: borne out, by Seen."
    )
    paper = Paper().all_gates().decide("defer")
    said = says(acts.Decided(decision="admit", reason="Free now."), paper)
    assert said == (
        "Alix Test decided to admit Xenia Q. Sample. Reason: Free now. "
        "Before, Alix Test had decided to defer the decision on Xenia Q. Sample."
    )


def test_a_signature_names_all_sides():
    paper = Paper("core").answer().find().train()
    assert says(paper.signed(), paper) == (
        "Xenia Q. Sample signed the undertaking together with Alix Test; Bex Test witnessed it."
    )


def test_a_second_officers_word_says_on_what():
    paper = Paper("core").all_gates()
    paper.record(acts.Decided(decision="admit", reason="As found."))
    word = acts.Seconded(decided=paper.state.decision.number, agrees=False, reason="Too early.")
    assert says(word, paper, TWO) == (
        "Bex Test, as second officer, did not agree with the decision of Alix Test "
        "to admit Xenia Q. Sample. Reason: Too early."
    )


@pytest.mark.parametrize(
    ("recipients", "end"),
    [
        (("age1a",), "for 1 recipient."),
        (("age1a", "age1b"), "for 2 recipients."),
        (("passphrase",), "for a passphrase."),
    ],
)
def test_an_export_says_for_whom(recipients, end):
    said = says(acts.Archived(file="a.age", sha256="00", recipients=recipients))
    assert said == f"Alix Test exported the dossier to a.age, {end}"


def test_an_export_of_the_decision_alone_says_so():
    act = acts.Archived(file="a.age", sha256="00", recipients=("age1a",), extract="decision")
    assert says(act) == "Alix Test exported the decision alone to a.age, for 1 recipient."


def test_an_export_in_volumes_says_which_it_went_into():
    volume = acts.Volume(set="1f" * 16, number=2, of=3)
    act = acts.Archived(file="a-2of3.age", sha256="00", recipients=("age1a",), volume=volume)
    assert says(act) == (
        "Alix Test exported the dossier to a-2of3.age (volume 2 of 3), for 1 recipient."
    )


def test_an_officer_renamed_since_keeps_the_name_of_that_day():
    def renamed(id, at):
        return "Alix Earlier" if at is not None and at < 900 else "Alix Test"

    paper = Paper().record(acts.Noted(text="A first visit"))
    assert told(paper, renamed)[-1] == "Alix Earlier (now Alix Test) noted: A first visit."
    assert says(acts.Noted(text="Later"), paper, names=renamed) == "Alix Test noted: Later."


def test_what_comes_again_after_a_reopening_is_told_as_new():
    paper = Paper().all_gates().decide()
    paper.record(acts.Left(on=paper.today.isoformat(), reason="Retires."))
    paper.record(acts.Reopened(reason="Came back."))
    said = says(acts.Answered(question=QUESTION.id, answer=ordinary(QUESTION)), paper)
    assert said.startswith("Alix Test recorded the answer to")


def in_short(paper):
    return [one.text for one in narrative.in_short(narrative.told(paper.entries, PACK, names))]


def test_what_is_alike_in_a_row_is_told_as_one():
    paper = Paper().all_gates()
    rules = len(paper.state.acknowledged)
    assert in_short(paper)[-1] == f"With Alix Test, Xenia Q. Sample acknowledged {rules} rules."


def test_what_is_told_as_one_names_its_first_and_its_last_entry():
    paper = Paper().all_gates()
    run = list(narrative.in_short(narrative.told(paper.entries, PACK, names)))[-1]
    assert run.last == paper.entries[-1].number
    assert run.last - run.number + 1 == len(paper.state.acknowledged)


def test_dates_that_were_recorded_read_as_the_screen_has_them_and_typed_words_stay():
    paper = Paper().all_gates().decide()
    today = paper.today.isoformat()
    paper.record(acts.Left(on=today, reason="Said on 2026-09-01."))
    *_, last = narrative.told(paper.entries, PACK, names, lambda day: f"<{day}>")
    assert f"on <{today}>" in last.text
    assert "Said on 2026-09-01." in last.text


def test_what_is_not_as_it_was_is_told_by_itself():
    paper = Paper()
    for question in paper.questions[:4]:
        paper.record(acts.Answered(question=question.id, answer=ordinary(question)))
    before = in_short(paper)
    assert before[1:] == ["Alix Test recorded the answers to 4 questions."]
    paper.record(acts.Answered(question=paper.questions[0].id, answer="Another name"))
    assert in_short(paper)[:-1] == before
    assert "from An invented answer to Another name" in in_short(paper)[-1]


@given(st.text("{}n !", max_size=6))
def test_a_name_with_braces_is_told_as_it_is(name):
    paper = Paper()
    for question in paper.questions[:3]:
        paper.record(acts.Answered(question=question.id, answer=ordinary(question)))
    told = narrative.told(paper.entries, PACK, lambda id, at: name)
    assert list(narrative.in_short(told))[-1].text.startswith(f"{name} recorded")
