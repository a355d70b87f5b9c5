"""The interview: every kind of question, one key an answer, and nothing given is ever lost."""

import pytest

from secterm.dossier.entries import Answered
from tests.support.house import answered, favourable, given, plain

# -- how many keys it takes ------------------------------------------------------


async def test_a_plain_interview_of_n_questions_takes_n_and_three_keys_or_fewer(sitting):
    asked = plain()
    async with sitting(("opened", "general")) as officer:
        id = officer.desk.cards()[0].id
        answered(officer.desk, id, but=tuple(q.id for q in asked))
        await officer.opens("screening")
        await officer.next("PgDn Next")
        keys = 1
        for question in asked:
            await officer.reads(question.text[:60])
            await officer.press(favourable(question))
            keys += 1
        await officer.sees("Checks and findings")
        assert set(given(officer, id)) >= {q.id for q in asked}
        assert len(asked) > 15
        assert keys <= len(asked) + 3


# -- each kind of question -----------------------------------------------------


async def test_a_letter_or_digit_answers_at_once_and_what_is_typed_with_enter(interview):
    typed = {
        "birthplace": "A town, a country",
        "identity_papers": "n",
        "loyalty": "1",
        "appraisal": "2",
        "gaps": "2,5",
        "started": "2019-05-04",
    }
    async with interview(*typed, "own_devices") as (officer, id):
        for number, text in zip((3, 6, 7, 12, 19, 21), typed.values(), strict=True):
            await officer.asks(number)
            await (officer.press if number in (6, 7, 12) else officer.write)(text)
        await officer.sees(" 43. ")
        told = given(officer, id)
        assert [told[question] for question in typed] == [
            "A town, a country",
            False,
            True,
            "satisfactory",
            2.5,
            "2019-05-04",
        ]


@pytest.mark.parametrize(
    ("question", "typed", "told", "good"),
    [
        ("gaps", "two", "Write a number, such as 3 or 2.5.", "2"),
        ("started", "2019-02-30", "Write a date, such as 28.4.1990", "2019-05-04"),
    ],
)
async def test_what_does_not_fit_is_told_and_stays(interview, question, typed, told, good):
    async with interview(question, "own_devices") as (officer, id):
        await officer.write(typed)
        await officer.sees(told)
        assert typed in officer.screen
        assert question not in given(officer, id)
        await officer.press("ctrl+u")
        await officer.write(good)
        await officer.misses(told)
        assert question in given(officer, id)


async def test_enter_alone_answers_nothing(interview):
    asked = {
        "birthplace": ("This question needs an answer.", "Here"),
        "identity_papers": ("Answer with the first letter or the number", "n"),
        "gaps": ("This question needs an answer.", "0"),
    }
    async with interview(*asked, "own_devices") as (officer, id):
        for question, (told, good) in asked.items():
            await officer.press("enter")
            await officer.sees(told)
            await officer.press("enter")
            await officer.settle()
            assert question not in given(officer, id)
            await (officer.press if good == "n" else officer.write)(good)
            await officer.misses(told)


async def test_a_question_that_may_stay_empty_says_so_and_may(interview):
    async with interview("smart_devices") as (officer, id):
        await officer.sees("(you may leave this empty)")
        await officer.press("enter")
        await officer.sees("Checks and findings")
        assert given(officer, id)["smart_devices"] == ""


# -- adverse answers -----------------------------------------------------------


async def test_an_adverse_answer_asks_its_follow_up_and_takes_no_empty_one(interview):
    async with interview("identity_papers", "loyalty") as (officer, id):
        await officer.press("y")
        await officer.sees("Which paper was it, who made or lent it")
        await officer.press("enter")
        await officer.sees("The answer to the follow-up question is missing.")
        assert "identity_papers" not in given(officer, id)
        await officer.write("A friend's, once")
        await officer.sees("7. Will you uphold")
        told = officer.desk.dossier(id).state.answers["identity_papers"].act
        assert (told.answer, told.follow_up) == (True, "A friend's, once")


async def test_a_slip_is_put_right_before_the_follow_up_is_given(interview):
    async with interview("identity_papers", "loyalty") as (officer, id):
        await officer.press("y")
        await officer.sees("Which paper was it")
        await officer.type("not my")
        await officer.press("shift+tab", "n")
        await officer.sees("7. Will you uphold")
        told = officer.desk.dossier(id).state.answers["identity_papers"].act
        assert (told.answer, told.follow_up) == (False, "")


async def test_a_number_over_the_mark_asks_its_follow_up(interview):
    async with interview("gaps", "dismissed") as (officer, id):
        await officer.write("7")
        await officer.settle()
        await officer.write("Travelled for a year")
        await officer.sees("20. ")
        told = officer.desk.dossier(id).state.answers["gaps"].act
        assert (told.answer, told.follow_up) == (7.0, "Travelled for a year")


# -- lists ---------------------------------------------------------------------


@pytest.mark.long
async def test_rows_are_added_and_taken_back(interview):
    async with interview("other_names", "birthplace") as (officer, id):
        await officer.sees("(no row yet)")
        for name in ("First", "Second"):
            for text in (name, "2001-02-03", ""):
                await officer.write(text)
        await officer.sees("2. Second; 3 February 2001")
        await officer.press("f6")
        await officer.misses("2. Second")
        await officer.sees("> Name")
        assert "Second" in officer.screen  # in the fields again
        await officer.press("ctrl+u")
        await officer.write("Third")
        await officer.press("enter", "enter")
        await officer.sees("2. Third; 3 February 2001")
        await officer.press("enter")
        await officer.sees("3. Where were you born")
        assert [row["name"] for row in given(officer, id)["other_names"]] == ["First", "Third"]


async def test_an_empty_list_is_an_answer_too(interview):
    async with interview("other_names", "birthplace") as (officer, id):
        await officer.press("enter")
        await officer.sees("3. Where were you born")
        assert given(officer, id)["other_names"] == []


async def test_a_field_of_a_row_that_does_not_fit_is_told_and_stays(interview):
    async with interview("other_names", "birthplace") as (officer, id):
        await officer.write("Name")
        await officer.write("long ago")
        await officer.sees("Used from: Write a date, such as 28.4.1990")
        await officer.sees("> Used from")
        assert "long ago" in officer.screen
        assert "other_names" not in given(officer, id)


async def test_a_row_without_what_it_needs_is_not_added(interview):
    async with interview("other_names", "birthplace") as (officer, _):
        await officer.press("tab", "tab")
        await officer.write("a reason without a name")
        await officer.sees("Name: is missing.")
        await officer.sees("(no row yet)")
        await officer.sees("> Name")


async def test_taking_back_does_not_overwrite_a_row_that_is_begun(interview):
    async with interview("other_names", "birthplace") as (officer, _):
        for text in ("First", "", ""):
            await officer.write(text)
        await officer.sees("1. First")
        await officer.type("Begun")
        await officer.press("f6")
        screen = await officer.settle()
        assert "Begun" in screen
        assert "1. First" in screen


# -- stopping and going on -----------------------------------------------------


async def test_it_goes_on_at_the_next_open_question(interview):
    async with interview("loyalty", "hostile_bodies") as (officer, _):
        await officer.press("y")
        await officer.sees("8. ")
        await officer.press("escape")
        await officer.sees("> NEXT")
        await officer.press("enter")
        await officer.sees("8. ")


async def test_it_goes_on_at_the_next_open_question_after_a_lock(interview):
    async with interview("loyalty", "hostile_bodies") as (officer, _):
        await officer.press("y")
        await officer.sees("8. ")
        await officer.press("ctrl+l")
        await officer.unlock()
        await officer.asks(8)


async def test_an_answer_looked_at_again_and_changed_stands_beside_the_first(interview):
    async with interview("nationality", "loyalty") as (officer, id):
        await officer.press("pageup")
        await officer.sees("3. Where were you born")
        await officer.sees("An invented answer.")
        await officer.press("ctrl+u")
        await officer.write("Elsewhere")
        await officer.sees("4. Which nationality")
        told = [
            one.entry.act.answer
            for one in officer.desk.dossier(id).entries
            if isinstance(one.entry.act, Answered) and one.entry.act.question == "birthplace"
        ]
        assert told == ["An invented answer.", "Elsewhere"]


async def test_looking_again_with_enter_records_nothing(interview):
    async with interview("nationality", "loyalty") as (officer, _):
        before = officer.journal
        await officer.press("pageup")
        await officer.sees("3. Where were you born")
        await officer.press("enter")
        await officer.sees("4. Which nationality")
        assert officer.journal == before


async def test_what_is_typed_and_not_recorded_is_not_left_unasked(interview):
    async with interview("birthplace", "loyalty") as (officer, _):
        for key in ("pageup", "pagedown", "escape"):
            await officer.sees("3. Where were you born")
            await officer.type("A long answer")
            await officer.press(key)
            await officer.sees("This answer is not recorded yet")
            assert "A long answer" in officer.screen
            await officer.press(key)
            await officer.misses("A long answer")
            back = {"pageup": "pagedown", "pagedown": "pageup"}.get(key)
            if back:
                await officer.press(back)


async def test_keys_typed_ahead_reach_no_question_that_nobody_has_seen(interview):
    async with interview("identity_papers", "loyalty") as (officer, id):
        officer.ahead("n", "n", "y", "enter", "b", "f4", "y")
        await officer.sees("7. Will you uphold")
        await officer.settle()
        assert given(officer, id)["identity_papers"] is False
        assert "loyalty" not in given(officer, id)


async def test_a_closed_dossier_refuses_an_answer_and_keeps_it_on_the_page(sitting):
    async with sitting() as officer:
        await officer.opens("withdrawn")
        before = officer.journal
        await officer.press("down", "enter")
        await officer.sees("Checks and findings")
        await officer.press("f7")
        await officer.sees("1. What is your full name")
        await officer.press("ctrl+u")
        await officer.write("Another name")
        await officer.reads("Reopen it before anything more is recorded. Nothing was recorded.")
        assert "Another name" in officer.screen
        assert officer.journal == before
