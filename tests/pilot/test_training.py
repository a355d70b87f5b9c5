"""Teaching recorded, texts read, quizzes taken."""

import contextlib

import pytest

from secterm.dossier import gates
from secterm.dossier.entries import Trained
from secterm.tui import dates


@pytest.fixture
def training(sitting):
    """`async with training() as (officer, id)`: half of the modules are done."""

    @contextlib.asynccontextmanager
    async def at(**how):
        async with sitting(**how) as officer:
            id = await officer.opens("training", "general")
            await officer.next("modules done.")
            yield officer, id

    return at


def module_of(officer, id):
    """The first module that owes something, and what it owes."""
    dossier = officer.desk.dossier(id)
    due = dossier.standing.gate("training").owed[0]
    return next(m for m in dossier.pack.training.modules if m.id == due.id), due.kind


def taught(officer, id):
    """Records the teaching of the first module that owes it; the module."""
    module, kind = module_of(officer, id)
    assert kind == "teaching"
    officer.desk.act(
        id,
        Trained(
            module=module.id,
            hours=module.hours["general"],
            on=officer.desk.today.isoformat(),
            trainer="T. Ainer",
            place="Room",
        ),
    )
    return module


async def begins(officer):
    """The appointee sits down."""
    await officer.sees("Enter begins.")
    await officer.press("enter")


async def reads_on(officer, module):
    """Through the reading, to the quiz's first question."""
    await begins(officer)
    for page in range(1, len(module.reading) + 1):
        await officer.sees(f"page {page} of {len(module.reading)}")
        await officer.reads_on("Enter turns" if page < len(module.reading) else "Enter begins")
        await officer.press("enter")
    await officer.sees("question 1 of 5")


async def answers(officer, module, right):
    """All five questions, with as many right ones as wanted."""
    for number in range(1, 6):
        screen = await officer.sees(f"question {number} of 5")
        flat = " ".join(screen.split())
        put = max(
            (q for q in module.bank if " ".join(q.text.split()) in flat), key=lambda q: len(q.text)
        )
        wanted = put.right if number <= right else put.wrong[0]
        choices = officer.app.screen._asking.choices
        await officer.press(str([c.text for c in choices].index(wanted) + 1), "enter")


# -- recording -------------------------------------------------------------------


async def test_a_teaching_is_recorded_with_hours_day_trainer_and_place(training):
    async with training() as (officer, id):
        module, _ = module_of(officer, id)
        await officer.press("enter")
        screen = await officer.sees("> Hours")
        assert f"Teaching: {officer.desk.dossier(id).state.particulars.name}" in screen
        await officer.press("ctrl+u")
        await officer.write("many")
        await officer.sees("Hours: write a number")
        await officer.sees("many")
        await officer.press("ctrl+u")
        for label, text in (("> Hours", "9"), ("> Day", ""), ("> Who taught", ""), ("> Place", "")):
            await officer.sees(label)
            await officer.write(text)
        await officer.sees("modules done.")
        told = officer.desk.dossier(id).state.taught[module.id][-1].act
        assert (told.hours, told.place) == (9.0, "At this terminal")


async def test_enter_held_down_records_no_teaching(sitting, holding):
    async with sitting(("opened", "general")) as officer:
        await officer.opens("screening")
        await officer.press("down", "down", "enter")
        await officer.press("enter")
        await officer.sees("> Hours")
        before = officer.journal
        holding()
        for _ in range(6):
            await officer.press("enter")
            await officer.settle()
        assert officer.journal == before
        await officer.press("end", "enter")  # meant
        await officer.sees("quiz owed")


async def test_a_day_to_come_is_told_where_it_is_typed(training):
    async with training() as (officer, _):
        before = officer.journal
        await officer.press("enter")
        await officer.sees("> Hours")
        await officer.press("enter", "ctrl+u")
        await officer.write("1 jan 2999")
        screen = await officer.sees("That day is still to come.")
        assert "> Day                     1 jan 2999" in screen
        assert officer.journal == before


async def test_other_hours_than_the_module_asks_for_are_told_and_can_be_meant(training):
    async with training() as (officer, id):
        module, _ = module_of(officer, id)
        await officer.press("enter")
        screen = await officer.sees("> Hours")
        assert "are entered" not in screen
        await officer.press("ctrl+u")
        await officer.write("99")
        asked = f"The module asks for {module.hours['general']:g} h; 99 h are entered."
        await officer.sees(asked)
        await officer.press("enter", "enter", "enter")
        await officer.sees("modules done.")
        assert officer.desk.dossier(id).state.taught[module.id][-1].act.hours == 99


@pytest.mark.long
async def test_hours_that_are_not_enough_are_told_and_the_rest_is_asked_for(training):
    async with training() as (officer, id):
        module, _kind = module_of(officer, id)
        hours = module.hours["general"]
        await officer.press("enter")
        await officer.sees("> Hours")
        await officer.press("ctrl+u")
        await officer.write("0.25")
        for label in ("> Day", "> Who taught", "> Place"):
            await officer.sees(label)
            await officer.press("enter")
        await officer.sees("0.25 h of it taught")
        await officer.press("enter")
        await officer.sees(f"> Hours                   {hours - 0.25:g}\n")


async def test_one_course_teaches_all_that_is_owed(training):
    async with training() as (officer, id):
        owed = len(officer.desk.dossier(id).standing.gate("training").owed)
        await officer.press("f6")
        await officer.sees("One course that taught these modules")
        for label in ("> Day", "> Who taught", "> Place"):
            await officer.sees(label)
            await officer.press("enter")
        await officer.sees("quiz owed")
        due = officer.desk.dossier(id).standing.gate("training").owed
        assert {o.kind for o in due} == {"quiz"}
        assert len(due) == owed - 1  # the practical session has no quiz
        await officer.press("f6")
        await officer.sees("No module has to be taught now.")


async def test_a_module_that_is_done_can_be_taught_again(training):
    async with training() as (officer, _):
        await officer.press("home", "enter")
        await officer.sees("This module is done. F4 records a further teaching.")
        await officer.press("f4")
        await officer.sees("> Hours")


async def test_a_quiz_is_not_handed_over_before_the_teaching(training):
    async with training() as (officer, _):
        await officer.press("f5")
        await officer.sees("a module is taught first, then its quiz is taken")


async def test_until_when_a_module_holds_is_told_in_full(training):
    async with training() as (officer, id):
        dossier = officer.desk.dossier(id)
        first = gates.modules_of(dossier.pack, dossier.state)[0]
        lapse = gates.module_lapse(first, dossier.state)
        assert f"done, until {dates.short(lapse)}\n" in officer.screen


@pytest.mark.long
async def test_after_a_teaching_the_next_module_to_be_taught_is_under_the_cursor(sitting):
    async with sitting(("opened", "general")) as officer:
        id = officer.desk.cards()[0].id
        await officer.opens("screening")
        await officer.press("down", "down", "enter")
        owed = [due.id for due in officer.desk.dossier(id).standing.gate("training").owed]
        titles = {m.id: m.title for m in officer.desk.dossier(id).pack.training.modules}
        for module in owed[:3]:
            await officer.sees(f"> {titles[module][:30]}")
            await officer.press("enter")
            for label in ("> Hours", "> Day", "> Who taught", "> Place"):
                await officer.sees(label)
                await officer.press("enter")
        await officer.sees("3 quizzes are due. Enter hands over the keyboard for all of them")
        await officer.sees(f"> {titles[owed[3]][:30]}")


@pytest.mark.long
async def test_the_next_teaching_begins_with_who_taught_the_last_one_and_where(sitting):
    async with sitting(("opened", "general")) as officer:
        await officer.opens("screening")
        await officer.press("down", "down", "enter")
        await officer.press("enter")
        await officer.sees("> Hours")
        await officer.press("enter", "enter", "ctrl+u")
        await officer.write("T. Ainer")
        await officer.press("enter")
        await officer.sees("quiz owed")
        await officer.press("enter")
        screen = await officer.sees("> Hours")
        assert "T. Ainer" in screen


async def test_a_lock_gives_back_the_module_and_the_form_over_it(training):
    async with training() as (officer, _):
        room = officer.app.screen
        await officer.press("end")
        place = room.place()
        await officer.press("home")
        room.take_up(place, {})
        assert room.place() == place
        await officer.press("f6")
        await officer.sees("> Day")
        begun = room.doing
        await officer.press("escape")
        await officer.sees("modules done.")
        room.take_up(begun, {})
        await officer.sees("One course that taught these modules")


# -- the quiz ------------------------------------------------------------------------


async def test_a_quiz_comes_after_the_reading_and_is_passed(training):
    async with training() as (officer, id):
        module = taught(officer, id)
        await officer.press("f5")
        await reads_on(officer, module)
        await answers(officer, module, right=4)
        await officer.reads("4 of 5 answers are right; 4 are needed.")
        await officer.sees("Passed:")
        await officer.reads_on("Thank you.")
        await officer.press("enter")
        await officer.sees("> Officer's passphrase")
        assert officer.desk.dossier(id).state.quizzes[module.id][-1].act.passed


@pytest.mark.long
async def test_a_page_that_was_read_can_be_turned_back_to_until_the_quiz_begins(training):
    async with training() as (officer, id):
        taught(officer, id)
        await officer.press("f5")
        await begins(officer)
        await officer.sees("page 1 of 3")
        await officer.press("pageup")
        assert "PgUp" not in await officer.sees("page 1 of 3")
        await officer.reads_on("page 2 of 3")
        await officer.sees("PgUp Page before")
        await officer.press("pageup")
        await officer.sees("page 1 of 3")
        await officer.reads_on("question 1 of 5")
        await officer.press("pageup")
        assert "PgUp" not in await officer.sees("question 1 of 5")


@pytest.mark.long
async def test_a_quiz_not_passed_says_why_and_is_read_and_tried_again(training):
    async with training() as (officer, id):
        module = taught(officer, id)
        await officer.press("f5")
        await reads_on(officer, module)
        await answers(officer, module, right=3)
        await officer.sees("Not passed yet:")
        assert officer.screen.count("×") == 2
        _text, _mark, told = officer.screen.partition("× ")
        assert all(
            line.startswith(("  × ", "    ")) for line in told.split("\n\n")[0].split("\n")[1:]
        )
        await officer.reads_on("Enter reads the text again and tries once more.")
        await officer.press("enter")
        await officer.sees("page 1 of 3")
        await officer.gives_back()
        await officer.sees("quiz owed, 1 failed")


@pytest.mark.long
async def test_a_quiz_failed_too_often_leads_to_teaching_again(training):
    async with training() as (officer, id):
        module = taught(officer, id)
        for _attempt in range(2):
            drawn = officer.desk.draw_quiz(id, module.id)
            wrong = {q.id: q.wrong[0] for q in module.bank}
            given = [wrong[q.id] for q in drawn.questions]
            for answer in range(1, len(given) + 1):
                officer.desk.answer_quiz(id, drawn, given[:answer])
        await officer.press("f5")
        await reads_on(officer, module)
        await answers(officer, module, right=0)
        await officer.reads("The module is taught again before the next attempt.")
        await officer.reads_on("Thank you.")
        await officer.gives_back()
        await officer.sees("to be taught again")


async def test_enter_alone_gives_no_answer(training):
    async with training() as (officer, id):
        module = taught(officer, id)
        await officer.press("f5")
        await reads_on(officer, module)
        await officer.press("enter")
        await officer.sees("Choose an answer with its number or the arrows")
        await officer.sees("question 1 of 5")
        await officer.press("1", "enter")
        await officer.sees("question 2 of 5")
        await officer.misses("Choose an answer with its number")


async def test_keys_typed_ahead_reach_no_page_and_no_question_unseen(training):
    async with training() as (officer, id):
        taught(officer, id)
        await officer.press("f5")
        await begins(officer)
        await officer.reads_on("Enter begins the quiz.")
        officer.ahead("enter", "1", "enter", "1", "enter")
        await officer.sees("question 1 of 5")
        await officer.settle()
        assert officer.app.screen._given == []


@pytest.mark.long
async def test_a_quiz_left_half_way_goes_on_at_its_next_question_and_without_the_reading(training):
    async with training() as (officer, id):
        module = taught(officer, id)
        await officer.press("f5")
        await reads_on(officer, module)
        await officer.press("1", "enter")
        await officer.sees("question 2 of 5")
        await officer.gives_back()
        await officer.sees("quiz owed")
        (answer,) = officer.desk.dossier(id).state.quizzing[module.id]
        await officer.press("f5")
        await begins(officer)
        screen = await officer.sees("question 2 of 5")
        assert answer.question[:40] not in screen
