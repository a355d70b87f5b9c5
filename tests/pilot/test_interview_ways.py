"""Going about in the interview: its keys, marks, notes, the map, and what a lock leaves."""

import asyncio
import itertools
import re

import pyte
import pytest
from textual import events

from secterm.desk.desk import Desk
from secterm.dossier.entries import Answered
from secterm.tui import dates, lock, order
from secterm.tui.screens.interview import Interview
from tests.support.house import OFFICER, SECOND, answered, copied, favourable, given, plain


def told_of(officer, id, question):
    """All that was answered to a question, the first first."""
    acts = [one.entry.act for one in officer.desk.dossier(id).entries]
    return [a.answer for a in acts if isinstance(a, Answered) and a.question == question]


# -- keys that are held, and keys that come early --------------------------------


async def test_a_key_held_down_answers_one_question_only(interview, holding):
    async with interview("identity_papers", "loyalty", "gaps") as (officer, id):
        holding()
        await officer.press("n")
        await officer.asks(7)
        await officer.press("n", "n")
        await officer.sees("A key that is held down answers once.")
        assert "loyalty" not in given(officer, id)
        await officer.press("y")
        await officer.asks(19)


@pytest.mark.long
@pytest.mark.parametrize(
    ("gaps", "answers"),
    [
        pytest.param((0.13, 0.2, 0.15), 4, id="a quick hand"),
        pytest.param((0.25, 0.033, 0.033), 1, id="held on a console"),
        pytest.param((0.25, 0.2, 0.2), 1, id="held where it repeats slowly"),
        pytest.param((0.02, 0.05, 0.31), 2, id="a key that bounces, then one that is meant"),
    ],
)
async def test_a_quick_hand_answers_again_and_a_held_key_does_not(
    interview, monkeypatch, gaps, answers
):
    asked = [q.id for q in plain() if favourable(q) == "n"][:5]
    async with interview(*asked) as (officer, id):
        monkeypatch.setattr(order, "HELD", 0.3)
        at = 1000.0
        for gap in (0.0, *gaps):
            at += gap
            before = given(officer, id)
            key = events.Key("n", "n")
            key.time = at
            officer.app.post_message(key)
            await officer.until(lambda b=before: officer.app.held or given(officer, id) != b)
            await officer.settle()
        assert sum(q in given(officer, id) for q in asked) == answers


async def test_enter_held_down_passes_over_one_question_only(interview, holding):
    async with interview("other_names", "studies") as (officer, id):
        holding()
        await officer.press("pageup")
        await officer.asks(1)
        await officer.press("pagedown")
        await officer.asks(2)
        await officer.press("enter")
        await officer.misses(" 2. ")
        await officer.press("enter", "enter")
        await officer.settle()
        assert "other_names" in given(officer, id)
        assert "studies" not in given(officer, id)


async def test_a_key_held_down_types_nothing_into_the_follow_up_that_it_opened(interview, holding):
    async with interview("identity_papers", "gaps") as (officer, _):
        holding()
        await officer.press("y")
        await officer.sees("Which paper was it")
        await officer.type("yyyab")
        await officer.sees("  ab")
        assert "yab" not in officer.screen


@pytest.mark.long
async def test_an_answer_shows_its_mark_and_then_the_next_question_in_one_paint(
    interview, monkeypatch
):
    asked = plain()
    async with interview(*(q.id for q in asked)) as (officer, _):
        await officer.settle()
        drawn = pyte.Screen(80, 24)
        terminal = pyte.Stream(drawn)
        full = officer.app.screen._compositor.render_full_update()
        terminal.feed(full.render_segments(officer.app.console))
        shown = []
        paint = officer.app._display

        def seen(screen, renderable):
            paint(screen, renderable)
            terminal.feed(renderable.render_segments(officer.app.console))
            shown.append("\n".join(drawn.display))

        act, recorded_at = officer.desk.act, []

        def recorded(*given):
            recorded_at.append(list(shown))
            return act(*given)

        monkeypatch.setattr(officer.app, "_display", seen)
        monkeypatch.setattr(officer.desk, "act", recorded)
        for question, following in itertools.pairwise(asked):
            shown.clear()
            await officer.press(favourable(question))
            await officer.reads(following.text[:60])
            await officer.settle()
            marked = shown[0]
            assert re.search(r"> \d \(•\)", marked)
            assert question.text[:40] in marked
            assert set(shown) == {marked, shown[-1]}
            assert recorded_at.pop() == [marked]  # however long the disk takes


# -- keys --------------------------------------------------------------------------


async def test_a_digit_and_the_arrows_with_enter_answer_too(interview):
    async with interview("identity_papers", "hostile_bodies", "gaps") as (officer, id):
        await officer.press("2")
        await officer.asks(8)
        await officer.press("down", "down", "enter")
        await officer.asks(19)
        told = given(officer, id)
        assert (told["identity_papers"], told["hostile_bodies"]) == (False, False)


async def test_b_and_pgup_go_back_and_pgdn_on(interview):
    async with interview("identity_papers", "gaps") as (officer, _):
        await officer.press("b")
        await officer.asks(5)
        await officer.press("pageup")
        await officer.asks(4)
        await officer.press("pagedown")
        await officer.asks(5)


async def test_home_and_end_go_to_the_first_and_the_last_question(interview):
    async with interview("identity_papers", "gaps") as (officer, _):
        await officer.press("end")
        await officer.asks(44)
        await officer.press("pageup")
        await officer.asks(43)
        await officer.press("home")
        await officer.asks(1)
        await officer.press("end")  # of the line that has the keys
        await officer.settle()
        assert " 1. " in officer.screen


async def test_a_letter_of_the_answer_is_the_answer_and_the_footer_names_the_other_key(interview):
    async with interview("identity_papers", "appraisal") as (officer, id):
        assert "F4 Note" in officer.screen
        assert "f Mark" in officer.screen
        await officer.press("n")
        await officer.asks(12)
        assert given(officer, id)["identity_papers"] is False
        await officer.sees(" n Note")
        assert "F4 Note" not in officer.screen
        await officer.press("n")
        await officer.sees("> Note")


async def test_a_letter_goes_into_the_text_and_the_footer_names_the_other_keys(interview):
    async with interview("birthplace", "gaps") as (officer, _):
        for key in ("PgUp Previous", "F4 Note", "F5 Mark", "F7 Jump"):
            assert key in officer.screen
        await officer.type("bnf/")
        await officer.sees("  bnf/")


async def test_the_palette_does_what_the_letters_do(interview):
    async with interview("identity_papers", "gaps") as (officer, id):
        await officer.press("ctrl+p")
        await officer.sees("What do you want to do?")
        await officer.write("mark")
        await officer.sees("Marked (f) to come back to.")
        assert officer.desk.marked(id) == {"identity_papers"}


# -- jumping -------------------------------------------------------------------------


async def test_slash_jumps_by_number(interview):
    async with interview("identity_papers", "gaps") as (officer, _):
        await officer.type("/")
        await officer.sees("Jump to a question")
        await officer.write("19")
        await officer.asks(19)


async def test_a_jump_by_words_finds_them_in_any_order_and_arrows_choose(interview):
    async with interview("identity_papers", "gaps") as (officer, _):
        await officer.press("f7")
        await officer.sees("Jump to a question")
        await officer.type("NATIONALITY hold")
        screen = await officer.sees("5. Do you hold")
        assert "4. Which nationality" in screen
        assert "3. Where were" not in screen
        await officer.press("up")
        await officer.press("enter")
        await officer.sees("If you hold none")


async def test_a_jump_begins_amid_the_questions_around_this_one(interview):
    async with interview("gaps") as (officer, _):
        await officer.press("f7")
        await officer.sees("Jump to a question")
        rows = (await officer.settle()).split("\n")
        here = next(n for n, line in enumerate(rows) if "> " in line and "open" in line)
        assert "14. " in rows[here - 5]
        assert "24. " in rows[here + 5]


async def test_a_jump_that_fits_nothing_says_so_and_esc_stays(interview):
    async with interview("identity_papers", "gaps") as (officer, _):
        await officer.type("/")
        await officer.sees("Jump to a question")
        await officer.write("no such words")
        await officer.sees("No question fits.")
        await officer.press("escape")
        await officer.misses("Jump to a question")
        await officer.asks(6)


async def test_a_jump_does_not_lose_what_is_typed(interview):
    async with interview("birthplace", "gaps") as (officer, _):
        await officer.type("Half")
        await officer.press("f7")
        await officer.sees("This answer is not recorded yet")
        await officer.sees("Half")


async def test_what_is_typed_after_a_warning_is_warned_of_anew(interview):
    async with interview("birthplace", "gaps") as (officer, _):
        await officer.type("Half")
        await officer.press("pageup")
        await officer.sees("This answer is not recorded yet")
        await officer.type(" more")
        await officer.misses("This answer is not recorded yet")
        await officer.press("pageup")
        await officer.sees("This answer is not recorded yet")
        assert "Half more" in officer.screen


async def test_a_list_that_needs_a_row_is_not_left_empty(sitting):
    async with sitting(("opened", "core")) as officer:
        answered(officer.desk, officer.desk.cards()[0].id, until="addresses")
        await officer.opens("screening")
        await officer.next("Where have you lived")
        before = officer.journal
        await officer.press("enter")
        await officer.sees("Write at least 1 row.")
        assert officer.journal == before


async def test_arrows_lead_from_field_to_field_of_a_row(interview):
    async with interview("other_names", "gaps") as (officer, _):
        await officer.sees("> Name")
        await officer.press("down")
        await officer.sees("> Used from")
        await officer.press("up", "up")
        await officer.sees("> Why it changed")


async def test_it_begins_at_the_question_it_is_asked_for(interview):
    async with interview("birthplace", "gaps") as (officer, id):
        await officer.app.push_screen(Interview(id, at="debt"))
        await officer.misses("Where were you born")
        question = officer.app.screen.question
        assert question.id == "debt"
        await officer.reads(question.text)


# -- notes ---------------------------------------------------------------------------


@pytest.mark.long
async def test_a_note_is_recorded_beside_the_question_with_time_and_officer(interview):
    async with interview("identity_papers", "gaps") as (officer, id):
        await officer.press("f4")
        await officer.sees("> Note")
        await officer.write("Seemed unsure")
        at = officer.desk.dossier(id).state.notes["identity_papers"][0].at
        await officer.reads(f"1 note: Seemed unsure ({dates.moment(at)}, by Alix Test)")
        await officer.press("f4")
        await officer.reads(f"- Seemed unsure ({dates.moment(at)}, by Alix Test)")
        await officer.write("Sure now")
        await officer.reads("2 notes, the latest: Sure now")
        assert "identity_papers" not in given(officer, id)


async def test_an_empty_note_is_none(interview):
    async with interview("identity_papers", "gaps") as (officer, _):
        before = officer.journal
        await officer.press("f4")
        await officer.sees("> Note")
        await officer.press("enter")
        await officer.sees("Note is missing.")
        await officer.press("escape")
        await officer.asks(6)
        assert officer.journal == before


async def test_what_is_typed_stays_while_a_note_is_taken(interview):
    async with interview("birthplace", "gaps") as (officer, _):
        await officer.type("Half an ans")
        await officer.press("f4")
        await officer.sees("> Note")
        await officer.write("Spelt by them")
        await officer.sees("1 note: Spelt by them")
        await officer.write("wer")
        await officer.asks(19)


# -- marks -----------------------------------------------------------------------------


async def test_a_mark_shows_and_goes_again(interview):
    async with interview("identity_papers", "gaps") as (officer, _):
        await officer.press("f")
        await officer.sees("Marked (f) to come back to.")
        await officer.sees("42/44, 1 marked")
        await officer.press("f5")
        await officer.misses("Marked")
        await officer.misses("1 marked")


@pytest.mark.long
async def test_marks_survive_a_lock_and_another_session(interview):
    async with interview("identity_papers", "gaps") as (officer, id):
        await officer.press("f")
        await officer.sees("1 marked")
        await officer.press("ctrl+l")
        await officer.sees("Locked. Checkpoint")
        for who in (OFFICER, SECOND):
            desk = Desk.open(officer.app.vault, *who)
            assert desk.marked(id) == {"identity_papers"}
            desk.close()


@pytest.mark.long
async def test_who_has_answered_all_is_led_to_what_is_marked(interview):
    async with interview("identity_papers", "own_devices") as (officer, id):
        await officer.press("f", "n")
        await officer.asks(43)
        await officer.press("f5")
        await officer.sees("2 marked")
        await officer.press("n")
        await officer.sees("All 44 are answered; 2 are marked to come back to.")
        await officer.press("enter")
        await officer.asks(6)
        await officer.press("f", "enter")  # looked at, and well as it is
        await officer.asks(43)
        await officer.press("f5", "enter")
        await officer.sees("Checks and findings")
        assert officer.desk.marked(id) == frozenset()


async def test_on_the_last_page_f_takes_marks_away_and_enter_then_goes_on(interview):
    async with interview("identity_papers") as (officer, id):
        await officer.press("f", "n")
        await officer.sees("All 44 are answered; 1 is marked to come back to.")
        await officer.press("f")
        await officer.sees("Enter goes on to checks and findings.")
        assert officer.desk.marked(id) == frozenset()
        await officer.press("enter")
        await officer.sees("Checks and findings")


async def test_what_is_marked_may_stay_so(interview):
    async with interview("identity_papers") as (officer, id):
        await officer.press("f", "n")
        await officer.sees("All 44 are answered; 1 is marked")
        await officer.press("enter")
        await officer.asks(6)
        await officer.press("enter")
        await officer.sees("All 44 are answered; 1 is marked")
        await officer.press("escape")
        await officer.sees("> NEXT")
        assert officer.desk.marked(id) == {"identity_papers"}


# -- progress ----------------------------------------------------------------------


async def test_progress_stands_in_one_line_where_there_is_no_room_for_the_map(interview):
    async with interview("identity_papers", "gaps") as (officer, _):
        line = await officer.sees("Section 1 of 12: Identity and nationality, 5/6 done   ")
        assert "█░ 42/44" in line
        assert "All questions" not in line


@pytest.mark.long
@pytest.mark.parametrize("width", [110, 132, 200])
async def test_the_map_shows_each_section_with_its_signs(interview, width):
    async with interview("identity_papers", "gaps", size=(width, 43)) as (officer, _):
        await officer.sees("> Identity and nationality")
        await officer.press("f", "y")
        await officer.sees("Which paper was it")
        await officer.write("A friend's")
        screen = await officer.asks(19)
        lines = [" ".join(line.split()) for line in screen.splitlines()]
        assert any(line.endswith("Identity and nationality 6/6 !f") for line in lines)
        assert any(line.endswith("> Study and work history 4/5") for line in lines)
        assert any("[19·]" in line and "18•" in line for line in lines)
        assert any(line.endswith("43/44") for line in lines)


async def test_the_map_comes_and_goes_with_the_width(interview):
    async with interview("identity_papers", "gaps") as (officer, _):
        for width, shown in ((132, True), (109, False)):
            size = events.Resize(
                officer.app.size.with_width(width), officer.app.size.with_width(width)
            )
            officer.app._driver._size = (width, 24)
            officer.app.post_message(size)
            await (officer.sees if shown else officer.misses)("All questions")


# -- what was answered before --------------------------------------------------------


async def test_all_earlier_answers_stand_on_the_page_the_latest_first(interview):
    async with interview("nationality", "gaps") as (officer, id):
        for text in ("Elsewhere", "Nowhere"):
            await officer.press("pageup")
            await officer.asks(3)
            await officer.press("ctrl+u")
            await officer.write(text)
            await officer.asks(4)
        await officer.press("pageup")
        at = officer.desk.dossier(id).state.answers["birthplace"].at
        by = f"({dates.moment(at)}, by Alix Test)"
        await officer.reads(f"Answered: Nowhere {by}; before: Elsewhere {by}; before: An invented")
        await officer.reads("A new answer stands beside what was answered before.")
        assert told_of(officer, id, "birthplace") == [
            "An invented answer.",
            "Elsewhere",
            "Nowhere",
        ]


async def test_the_same_answer_again_records_nothing_and_looks_on(interview):
    async with interview("gaps") as (officer, _):
        before = officer.journal
        await officer.press("pageup")
        await officer.asks(18)
        await officer.press("f7")
        await officer.sees("Jump to a question")
        await officer.write("6")
        await officer.asks(6)
        await officer.press("n")
        await officer.asks(7)
        assert officer.journal == before


# -- what a lock or a fault leaves ------------------------------------------------------


async def locks(officer):
    """A lock, and the way in again."""
    await officer.press("ctrl+l")
    await officer.unlock()


@pytest.mark.long
async def test_a_text_that_was_typed_is_there_again(interview):
    async with interview("birthplace", "gaps") as (officer, id):
        await officer.type("Half an ans")
        await locks(officer)
        await officer.sees("  Half an ans")
        await officer.write("wer")
        await officer.asks(19)
        assert given(officer, id)["birthplace"] == "Half an answer"


@pytest.mark.long
async def test_a_follow_up_that_was_begun_is_there_again_with_its_answer(interview):
    async with interview("identity_papers", "gaps") as (officer, id):
        await officer.press("y")
        await officer.sees("Which paper")
        await officer.type("A friend")
        await locks(officer)
        await officer.sees("  A friend")
        await officer.write("'s")
        await officer.asks(19)
        told = officer.desk.dossier(id).state.answers["identity_papers"].act
        assert (told.answer, told.follow_up) == (True, "A friend's")


@pytest.mark.long
async def test_the_question_looked_at_is_there_again(interview):
    async with interview("identity_papers", "gaps") as (officer, _):
        await officer.press("b")
        await officer.asks(5)
        await locks(officer)
        await officer.asks(5)


@pytest.mark.long
async def test_a_note_that_was_begun_is_there_again_and_under_it_what_was_typed(interview):
    async with interview("birthplace", "gaps") as (officer, _):
        await officer.type("Half")
        await officer.press("f4")
        await officer.sees("> Note")
        await officer.type("Spelt by")
        await locks(officer)
        await officer.sees("> Note                    Spelt by")
        await officer.reads("Where were you born?")
        await officer.write(" them")
        await officer.sees("1 note: Spelt by them")
        await officer.sees("  Half")


@pytest.mark.long
async def test_who_was_led_to_the_marked_is_there_again(interview):
    async with interview("identity_papers") as (officer, _):
        await officer.press("f", "n")
        await officer.sees("All 44 are answered; 1 is marked")
        await locks(officer)
        await officer.sees("All 44 are answered; 1 is marked")


async def test_rows_survive_a_fault_though_the_list_is_not_finished(
    interview, tmp_path, monkeypatch
):
    monkeypatch.setattr(lock, "KEPT_AFTER", 600.0)  # not because time went by
    async with interview("other_names", "gaps") as (officer, id):
        for text in ("First", "3.2.2001", ""):
            await officer.write(text)
        await officer.sees("1. First; 3 February 2001")
        await officer.until(lambda: officer.desk.left() is not None)
        (tmp_path / "pulled").mkdir()
        pulled = copied(officer.app.vault, tmp_path / "pulled")
        desk = Desk.open(pulled, *OFFICER)
        assert '"First"' in " ".join(desk.left().typed.values())
        assert "other_names" not in desk.dossier(id).state.answers
        desk.close()


@pytest.mark.long
async def test_rows_and_the_row_that_was_begun_are_there_again(interview):
    async with interview("other_names", "gaps") as (officer, id):
        for text in ("First", "3.2.2001", ""):
            await officer.write(text)
        await officer.type("Second")
        await locks(officer)
        await officer.sees("1. First; 3 February 2001")
        await officer.sees("> Name                    Second")
        await officer.press("enter", "enter", "enter")
        await officer.sees("2. Second")
        await officer.press("enter")
        await officer.asks(19)
        assert [row["name"] for row in given(officer, id)["other_names"]] == ["First", "Second"]


async def test_while_the_page_turns_nothing_on_it_is_taken_for_typed(interview):
    async with interview("full_name", "other_names") as (officer, _):
        room = officer.app.screen
        await officer.type("Vera Sample")
        officer.ahead("enter")
        seen = []
        while " 2. " not in officer.screen:
            seen.append((room.place(), *room.typed().values()))
            await asyncio.sleep(0)
        assert set(seen) <= {
            ("at full_name", "Vera Sample"),
            ("at full_name",),
            ("at other_names",),
        }


async def test_what_was_kept_of_an_answer_does_not_come_back_once_it_is_recorded(interview):
    async with interview("birthplace", "gaps") as (officer, _):
        await officer.type("Half an ans")
        officer.app._keep_now()
        assert "Half an ans" in repr(officer.desk.left())
        await officer.write("wer")
        await officer.asks(19)
        assert officer.desk.left() is None


async def test_a_place_that_is_no_more_is_left_alone(interview):
    async with interview("birthplace", "identity_papers") as (officer, _):
        officer.app.screen.take_up("at nowhere", {"answer": "Half"})
        await officer.asks(3)
        await officer.type("a")
        await officer.sees("  a")
