"""The default pack is complete, fair, and such as its field expects."""

import re
from datetime import date

import pytest

from secterm.desk.document import undertaking
from secterm.dossier.entries import Particulars
from secterm.policy import check, reader
from secterm.policy.model import CATEGORIES

PACK = reader.read(reader.default_folder())
SECTIONS = PACK.screening.sections
QUESTIONS = [q for s in SECTIONS for q in s.questions]
MODULES = PACK.training.modules
TAUGHT = [m for m in MODULES if m.quiz]
BANK = [q for m in MODULES for q in m.bank]
RULES = PACK.rules.rules
PUBLIC = re.compile(
    r"Law on Guarding State Secrets \(PRC, 2024\), art\. \d|SF-86, sections? \d"
    r"|SEAD [345] \(20\d\d\)|ISO/IEC 2\d{4}|NIST SP 800-88|EN 1143-1|NATO C-M\(2002\)49"
)
SMALL = {"their", "which", "that", "into", "with", "they", "have", "from", "this", "what", "when"}


def words(text):
    return re.findall(r"[a-z0-9']+", text.lower())


def each(things):
    return pytest.mark.parametrize("one", things, ids=lambda one: one.id)


# -- screening ----------------------------------------------------------------


def test_at_least_forty_questions_stand_in_at_least_eight_sections():
    assert len(QUESTIONS) >= 40
    assert len(SECTIONS) >= 8


@pytest.mark.parametrize(
    "theme",
    [
        "Identity and nationality",
        "Political quality and conduct",
        "Professional quality",
        "Working ability",
        "Study and work history",
        "Family and main social relations",
        "Ties, travel and contacts abroad",
        "Finances",
        "Criminal and disciplinary record",
        "Health and dependencies",
        "Earlier handling of secrets",
        "Use of information technology",
    ],
)
def test_every_theme_has_a_section_of_several_questions(theme):
    assert len(next(s for s in SECTIONS if s.title == theme).questions) >= 3


@each(SECTIONS)
def test_every_section_says_why_it_is_asked(one):
    assert one.intro


def test_every_kind_of_question_is_used():
    assert {q.kind for q in QUESTIONS} == {"yes_no", "choice", "text", "date", "number", "list"}


@pytest.mark.parametrize("id", ["posts", "addresses", "relatives_abroad"])
def test_what_repeats_is_a_list(id):
    assert next(q for q in QUESTIONS if q.id == id).kind == "list"


@pytest.mark.parametrize(
    "things", [QUESTIONS, RULES, MODULES], ids=["questions", "rules", "modules"]
)
def test_the_higher_the_category_the_more_is_asked(things):
    core, key, general = (sum(c in t.categories for t in things) for c in CATEGORIES)
    assert core > key > general > 0


def test_every_category_is_asked_something_in_every_section():
    for section in SECTIONS:
        asked = {c for q in section.questions for c in q.categories}
        assert asked == set(CATEGORIES), section.id


@each([q for q in QUESTIONS if q.kind == "yes_no"])
def test_a_yes_no_question_has_no_negation_and_an_adverse_answer(one):
    assert not {"not", "never", "no", "nobody", "nothing", "none"} & set(words(one.text))
    assert one.adverse in ("yes", "no")


def test_no_is_adverse_only_where_something_is_asked_of_the_appointee():
    assert {q.id for q in QUESTIONS if q.adverse == "no"} == {
        "loyalty",
        "tasks_understood",
        "availability",
    }


@each([q for q in QUESTIONS if q.follow_up])
def test_a_follow_up_is_one_open_question(one):
    assert one.follow_up.text.count("?") == 1
    assert words(one.follow_up.text)[0] not in ("is", "are", "do", "did", "have", "has", "can")


@each([q for q in QUESTIONS if q.adverse_above is not None or q.adverse_below is not None])
def test_a_number_may_be_nought_and_is_not_adverse_then(one):
    assert one.adverse_below is None
    assert 0 < one.adverse_above <= 24
    assert "0" in one.help


@each([q for q in QUESTIONS if q.kind == "list" and q.adverse != "any" and not q.check])
def test_a_list_that_may_be_empty_says_so(one):
    assert "empty" in one.help


@each([q for q in QUESTIONS if q.check])
def test_a_check_names_a_document_or_a_person(one):
    named = (
        "document|certificates|diplomas|passport|register|record|file|appraisal|papers|contract"
        "|references|declaration|pages|referees|officer|authority"
    )
    assert re.search(named, one.check.lower())
    assert words(one.check)[0] not in ("look", "ask", "talk", "check", "verify", "see")


def test_enough_is_checked_elsewhere_in_most_sections():
    assert sum(bool(q.check) for q in QUESTIONS) >= 15
    assert sum(any(q.check for q in s.questions) for s in SECTIONS) >= 9


def test_nobody_is_asked_what_a_post_has_no_right_to_know():
    asked = " ".join(f"{q.text} {q.help}" for q in QUESTIONS).lower()
    for word in ("religio", "faith", "ethnic", "race", "sexual", "pregnan", "trade union", "vote"):
        assert word not in asked


# -- training -----------------------------------------------------------------


def test_at_least_ten_modules_cover_all_that_is_to_be_taught():
    assert len(MODULES) >= 10
    assert {c for m in MODULES for c in m.covers} == {
        "laws", "regulations", "systems", "standards", "methods", "skills", "carriers",
    }  # fmt: skip


def test_at_least_six_quizzes_draw_five_of_at_least_eight():
    assert len(TAUGHT) >= 6
    for module in TAUGHT:
        assert len(module.bank) >= 8, module.id
        assert (module.quiz.draw, module.quiz.passing) == (5, 4), module.id
        assert 2 <= module.quiz.attempts <= 5, module.id


@each(MODULES)
def test_a_higher_category_is_taught_as_long_and_as_often_or_more(one):
    hours = [one.hours[c] for c in one.categories]
    months = [one.validity_months[c] for c in one.categories]
    assert hours == sorted(hours, reverse=True)
    assert months == sorted(months)
    assert one.categories == CATEGORIES[: len(one.categories)]


@each(TAUGHT)
def test_the_reading_is_one_to_three_screens(one):
    assert 1 <= len(one.reading) <= 3
    for page in one.reading:
        lines = page.strip("\n").splitlines()
        assert 6 <= len(lines) <= 15
        assert max(map(len, lines)) <= 72


@each(TAUGHT)
def test_the_reading_is_in_plain_language(one):
    for sentence in re.split(r"[.:;?!]\s", " ".join(" ".join(one.reading).split())):
        assert len(sentence.split()) <= 32, sentence


@each(TAUGHT)
def test_every_right_answer_is_told_in_the_reading(one):
    read = {word[:4] for word in words(" ".join(one.reading))}
    for question in one.bank:
        said = [w for w in words(question.right) if len(w) >= 4 and w not in SMALL]
        told = [w for w in said if w[:4] in read]
        assert len(told) >= len(said) / 3, (question.id, set(said) - set(told))


@each(BANK)
def test_a_quiz_question_has_three_wrong_answers_as_plausible_as_the_right(one):
    assert len(one.wrong) == 3
    right, lengths = len(one.right), [len(w) for w in one.wrong]
    assert right <= max(lengths) + 16
    assert right >= min(lengths) - 16
    assert max(right, *lengths) <= 68, "an answer is one row"


@each(TAUGHT)
def test_length_does_not_give_the_right_answers_away(one):
    longest = sum(len(q.right) > max(map(len, q.wrong)) for q in one.bank)
    shortest = sum(len(q.right) < min(map(len, q.wrong)) for q in one.bank)
    assert longest <= len(one.bank) / 3
    assert shortest <= len(one.bank) / 3


@each(BANK)
def test_the_first_word_does_not_give_the_right_answer_away(one):
    first = [words(answer)[:1] for answer in (one.right, *one.wrong)]
    if ["no"] in first or ["yes"] in first:
        assert first.count(first[0]) == 2, first


# -- the undertaking ----------------------------------------------------------


def test_the_undertaking_has_three_parts_and_the_legal_responsibility():
    assert [p.id for p in PACK.undertaking.parts] == [
        "taking_up",
        "in_post",
        "leaving",
        "responsibility",
    ]
    for part in PACK.undertaking.parts:
        assert len(part.clauses) >= 5


def test_the_undertaking_uses_every_particular():
    document = PACK.undertaking
    text = document.preamble + document.declaration
    text += "".join(c for p in document.parts for c in p.clauses)
    assert set(re.findall(r"\{(\w+)\}", text)) == check.PLACEHOLDERS


@pytest.mark.parametrize(
    ("category", "years", "level"),
    [("core", "3 to 5", "Top secret"), ("key", "2 to 3", "Secret"), ("general", "1 to 2", "Conf")],
)
def test_the_undertaking_agrees_with_the_category(category, years, level):
    someone = Particulars(
        name="Xenia Q. Sample",
        born="1990-04-28",
        identity_number="TEST-1",
        post="Archive clerk",
        department="Registry",
        category=category,
    )
    text = undertaking(PACK, someone, unit="Test unit", officer="A. Officer", on=date(2026, 3, 2))
    flat = " ".join(text.split())
    assert f"cooling-off period of {years} years" in flat
    assert f"up to the level {level}" in flat
    assert "{" not in text


def test_the_undertaking_names_every_kind_of_responsibility_and_the_rights():
    text = " ".join(PACK.undertaking.parts[-1].clauses)
    for word in ("criminal law", "administrative law", "discipline", "civil law", "appeal"):
        assert word in text


def test_the_training_teaches_the_cooling_off_of_every_category():
    page = " ".join(" ".join(next(m for m in MODULES if m.id == "leaving").reading).split())
    assert "three to five years for core, two to three for key, and one to two for general" in page


# -- rules --------------------------------------------------------------------


def test_there_are_at_least_thirty_rules_of_both_kinds():
    assert len(RULES) >= 30
    assert min(sum(r.duty == d for r in RULES) for d in ("must", "must_not")) >= 10


@each(RULES)
def test_a_rule_says_its_duty(one):
    assert one.text.startswith("You must not " if one.duty == "must_not" else "You must ")
    assert ("must not" in one.text) == (one.duty == "must_not")
    assert one.text.count(".") == 1
    assert one.text.endswith(".")


@each(RULES)
def test_a_rules_reason_is_one_sentence(one):
    assert re.fullmatch(r"[A-Z][^.?!]*\.", one.reason)
    assert 5 <= len(one.reason.split()) <= 25


def test_a_term_that_is_taught_is_a_rule_too():
    assert any("five working days" in r.text for r in RULES)
    assert "five working days" in " ".join(
        " ".join(next(m for m in MODULES if m.id == "duties").reading).split()
    )


# -- pack.toml and sources ------------------------------------------------------


def test_training_stands_before_the_undertaking():
    assert PACK.head.gates == ("screening", "training", "undertaking", "rules")


def test_cooling_off_is_as_the_field_has_it():
    terms = PACK.head.categories
    assert {c: tuple(terms[c].cooling_off_years) for c in CATEGORIES} == {
        "core": (3, 5),
        "key": (2, 3),
        "general": (1, 2),
    }


def test_the_levels_are_those_of_the_categories():
    assert [PACK.head.categories[c].level for c in CATEGORIES] == [
        "Top secret",
        "Secret",
        "Confidential",
    ]


def test_a_core_post_takes_a_second_officer_throughout():
    core = PACK.head.categories["core"]
    assert (core.review, core.witness, core.second_decision) == (True, True, True)


@pytest.mark.parametrize(
    ("things", "share"),
    [(QUESTIONS, 0.6), (RULES, 0.7), (MODULES, 1.0)],
    ids=["questions", "rules", "modules"],
)
def test_most_things_name_a_public_source(things, share):
    assert sum(bool(t.source) for t in things) >= share * len(things)


@each([t for t in (*QUESTIONS, *RULES, *MODULES) if t.source])
def test_a_source_is_one_that_can_be_looked_up(one):
    assert all(
        PUBLIC.search(named) or re.search(r"Implementing Regulations .*\(.*2024\), art\. \d", named)
        for named in one.source.split("; ")
    )


def test_the_pack_needs_no_glyph_that_a_bare_console_lacks():
    for content in reader.read_folder(reader.default_folder()).values():
        content.decode("ascii")
