"""One dossier: what is next, why something has to wait, and what ends its course."""

import pytest

from secterm.desk.model import now
from secterm.dossier import narrative
from secterm.dossier.entries import Acknowledged, Decided
from secterm.tui import dates
from secterm.tui.dates import in_full
from tests.support.house import OFFICER


async def test_enter_does_what_is_next(sitting):
    async with sitting() as officer:
        for stage, category, leads in (
            ("screening", "key", "1. What is your full name"),
            ("training", "general", "modules done."),
            ("undertaking", "core", "> Second officer"),
            ("decision", "key", "> Decision"),
            ("second", "core", "> Second officer's word"),
            ("deferred", "general", "> Decision"),
        ):
            await officer.opens(stage, category)
            await officer.next(leads)
            await officer.press("escape")
            await officer.sees("> NEXT")
            await officer.press("escape")
            await officer.sees("Show only")


async def test_enter_hands_over_where_that_is_next(sitting):
    async with sitting() as officer:
        for stage, leads in (
            ("undertaking", "Please read all of it."),
            ("rules", "I have read this rule and will keep it"),
        ):
            await officer.opens(stage, "general")
            await officer.hands_over(leads)
            await officer.gives_back()
            await officer.sees("> NEXT")
            await officer.press("escape")
            await officer.sees("Show only")


async def test_where_nothing_is_owed_enter_goes_back_to_the_list(sitting):
    async with sitting() as officer:
        for stage in ("admitted", "left", "refused", "withdrawn"):
            await officer.opens(stage)
            before = officer.journal
            await officer.sees("> Nothing is owed now. Enter goes back to the list.")
            await officer.press("enter")
            await officer.sees("Show only")
            assert officer.journal == before


async def test_back_at_the_list_the_next_dossier_that_owes_something_is_under_the_cursor(sitting):
    async with sitting(("admitted", "general"), ("left", "key"), ("rules", "core")) as officer:
        (owing,) = (card.name for card in officer.desk.cards() if card.owed)
        done = next(card.name for card in officer.desk.cards() if not card.owed)
        await officer.press("6")  # everybody
        while f"> {done}" not in await officer.settle():
            await officer.press("down")
        await officer.press("enter")
        await officer.sees("> Nothing is owed now.")
        await officer.press("enter")
        await officer.sees(f"> {owing}")


async def test_a_filter_that_nobody_who_owes_something_fits_is_cleared_then(sitting):
    async with sitting(("admitted", "general"), ("left", "key"), ("rules", "core")) as officer:
        (owing,) = (card.name for card in officer.desk.cards() if card.owed)
        await officer.type("admitted")
        await officer.press("enter")
        await officer.sees("> Nothing is owed now.")
        await officer.press("enter")
        screen = await officer.sees(f"> {owing}")
        assert "admitted" not in screen.split("\n")[3]


async def test_a_filter_stays_where_a_dossier_is_left(sitting):
    async with sitting(("admitted", "general"), ("left", "key"), ("rules", "core")) as officer:
        await officer.type("e")
        await officer.press("enter")
        await officer.sees("Dossier: ")
        await officer.press("escape")
        await officer.sees("Show only: e")


async def test_two_enters_at_once_open_one_page(sitting):
    async with sitting() as officer:
        await officer.opens("training", "general")
        await officer.press("down", "down")
        officer.ahead("enter", "enter")
        await officer.settle()
        await officer.sees("Training")
        rooms = [type(room).__name__ for room in officer.app.screen_stack]
        assert rooms.count("TrainingRoom") == 1


async def test_what_has_to_wait_says_why(sitting):
    async with sitting() as officer:
        await officer.opens("screening", "key")
        await officer.press("down", "down")
        for row, why in (
            ("Undertaking", "The undertaking comes after screening and training."),
            ("Rules", "The rules come after the undertaking, which is not signed yet."),
        ):
            await officer.press("down")
            await officer.sees(f"> {row}")
            await officer.press("enter")
            await officer.sees(why)
            await officer.sees(f"> {row}")


async def test_a_decision_before_the_gates_can_only_defer_and_says_why(sitting):
    async with sitting() as officer:
        await officer.opens("screening", "key")
        await officer.press("end", "enter")
        screen = await officer.sees("Nobody is admitted before all four are done.")
        assert "Defer the decision" in screen
        assert "Admit to the post" not in screen


def in_thirty_years():
    return now().replace(year=now().year + 30)


async def test_a_lapsed_admission_says_so_and_can_be_reopened_or_left(sitting):
    async with sitting(clock=in_thirty_years) as officer:
        await officer.opens("lapsed")
        await officer.sees("Stage: lapsed")
        await officer.press("f8")
        screen = await officer.sees("What has happened?")
        assert "The dossier is taken up again" in screen
        assert "The appointee leaves the post" in screen


# -- particulars --------------------------------------------------------------------


async def test_particulars_are_corrected_with_a_reason(sitting):
    async with sitting() as officer:
        id = await officer.opens("screening", "key")
        await officer.press("f2")
        await officer.sees("> Full name")
        await officer.press("ctrl+u")
        await officer.write("Zeb Corrected")
        for _ in range(6):
            await officer.press("enter")
        await officer.sees("> Why they are corrected")
        await officer.press("enter")
        await officer.sees("Why they are corrected is missing.")
        await officer.write("Misread the document")
        await officer.sees("Dossier: Zeb Corrected")
        told = officer.desk.dossier(id)
        assert told.state.particulars.name == "Zeb Corrected"
        await officer.reads("name from")
        await officer.reads("to Zeb Corrected. Reason: Misread the document.")


@pytest.mark.long
async def test_a_correction_that_changes_nothing_is_refused_and_records_nothing(sitting):
    async with sitting() as officer:
        await officer.opens("screening", "key")
        before = officer.journal
        await officer.press("f2")
        await officer.sees("> Full name")
        for _ in range(7):
            await officer.press("enter")
        await officer.write("No reason at all")
        await officer.reads("Nothing was changed.")
        await officer.sees("No reason at all")
        assert officer.journal == before


async def test_a_name_that_the_console_cannot_show_is_recorded_whole_and_said_so(
    sitting, monkeypatch
):
    monkeypatch.setenv("TERM", "linux")
    async with sitting() as officer:
        id = await officer.opens("screening", "key")
        assert "cannot show" not in officer.screen
        await officer.press("f2")
        await officer.sees("> Full name")
        await officer.press("ctrl+u")
        await officer.type("北 Sample")
        await officer.reads("This console cannot show some of these letters")
        await officer.press("enter")
        for _ in range(6):
            await officer.press("enter")
        await officer.write("As in the passport")
        await officer.reads("This console cannot show some of these letters")
        assert officer.desk.dossier(id).state.particulars.name == "北 Sample"


# -- its course -----------------------------------------------------------------------


async def turns(officer, choice, reason, *before):
    await officer.press("f8")
    await officer.sees("What has happened?")
    await officer.sees(choice)
    await officer.press("enter")
    for label, text in before:
        await officer.sees(label)
        await officer.press("ctrl+u")
        await officer.write(text)
    await officer.sees("> Reason")
    await officer.write(reason)


async def test_an_appointment_is_withdrawn_and_taken_up_again(sitting):
    async with sitting() as officer:
        await officer.opens("screening", "key")
        await turns(officer, "The appointment was withdrawn", "Went elsewhere")
        await officer.sees("Stage: withdrawn")
        await officer.sees("F8 takes it up again.")
        await turns(officer, "The dossier is taken up again", "Came back")
        await officer.sees("Stage: screening")
        await officer.sees("> NEXT")


async def test_leaving_the_post_begins_the_cooling_off(sitting):
    async with sitting() as officer:
        await officer.opens("admitted")
        day = ("> Day of leaving", officer.desk.today.isoformat())
        await turns(officer, "The appointee leaves the post", "Retires", day)
        await officer.sees("Stage: left")
        await officer.sees("cooling-off ends")


async def test_a_day_of_leaving_before_the_admission_is_refused_and_the_reason_kept(sitting):
    async with sitting() as officer:
        await officer.opens("admitted")
        before = officer.journal
        await turns(
            officer,
            "The appointee leaves the post",
            "Retires with honour",
            ("> Day of leaving", "1999-01-01"),
        )
        await officer.reads("The day of leaving must be from the admission up to today.")
        await officer.sees("Retires with honour")
        assert officer.journal == before


async def test_escape_at_the_question_changes_nothing(sitting):
    async with sitting() as officer:
        await officer.opens("admitted")
        before = officer.journal
        await officer.press("f8")
        await officer.sees("What has happened?")
        await officer.press("escape")
        await officer.sees("Stage: admitted")
        assert officer.journal == before


# -- timeline, and what stays -----------------------------------------------------------


async def test_the_timeline_tells_all_of_it_and_escape_leads_back(sitting):
    async with sitting() as officer:
        id = await officer.opens("deferred")
        name = officer.desk.dossier(id).state.particulars.name
        await officer.press("f3")
        await officer.sees("Timeline")
        await officer.reads("Alix Test decided to defer the decision on")
        await officer.sees(in_full(officer.desk.today))
        await officer.press("end")
        await officer.reads(f"opened the dossier of {name}")
        await officer.press("home")
        await officer.reads("decided to defer the decision")
        await officer.press("escape")
        await officer.sees("> NEXT")


@pytest.mark.long
async def test_the_timeline_shows_only_what_has_the_words_typed(sitting):
    async with sitting() as officer:
        await officer.opens("deferred")
        await officer.press("f3")
        await officer.sees("Timeline")
        await officer.press("slash")
        await officer.sees("Show only:")
        await officer.write("opened dossier")
        screen = await officer.sees("1 entry has these words.")
        assert "defer" not in screen.replace("Deferred", "")
        await officer.press("escape")
        await officer.reads("decided to defer the decision")
        await officer.press("escape")
        await officer.sees("> NEXT")


async def test_the_timeline_tells_what_is_alike_as_one_and_names_entries_by_number(sitting):
    async with sitting() as officer:
        id = await officer.opens("decision", "key")
        entries = officer.desk.dossier(id).entries
        rules = [e for e in entries if isinstance(e.entry.act, Acknowledged)]
        await officer.press("f3")
        screen = await officer.sees(f"acknowledged {len(rules)} rules.")
        assert f"#{rules[0].number}-{rules[-1].number}" in screen
        assert "acknowledged the rule" not in screen
        await officer.press("f4")
        screen = await officer.sees("acknowledged the rule")
        assert f"#{rules[-1].number}" in screen
        await officer.press("f4")
        await officer.sees(f"acknowledged {len(rules)} rules.")


async def test_an_entry_is_found_in_the_timeline_by_its_number_or_its_day_in_words(sitting):
    async with sitting() as officer:
        id = await officer.opens("deferred")
        number = next(
            one.number
            for one in officer.desk.dossier(id).entries
            if isinstance(one.entry.act, Decided)
        )
        await officer.press("f3")
        await officer.sees("Timeline")
        await officer.press("slash")
        await officer.write(f"#{number}")
        await officer.sees("1 entry has these words.")
        await officer.sees("decided to defer")
        await officer.press("slash", "ctrl+u")
        await officer.write(f"{in_full(officer.desk.today)} opened the dossier")
        await officer.sees("1 entry has these words.")


async def test_no_entry_on_the_page_is_cut(sitting):
    async with sitting(("decision", "key"), size=(80, 24)) as officer:
        id = await officer.opens("decision")
        screen = await officer.sees("> NEXT")
        dossier = officer.desk.dossier(id)
        told = narrative.told(dossier.entries, dossier.pack, officer.desk.officer_name, dates.told)
        texts = [one.text for one in narrative.in_short(told)][::-1]
        shown = " ".join(" ".join(screen.split("Decision ")[1].split("Enter ")[0].split()).split())
        fitting = [text for text in texts if text in shown]
        assert fitting
        assert shown.endswith(fitting[-1])


async def test_an_officer_renamed_since_keeps_the_old_name_in_what_they_did_before(sitting):
    async with sitting() as officer:
        desk = officer.desk
        desk.rename_officer(desk.officer.id, "Alix Renamed", OFFICER[1])
        await officer.opens("deferred")
        await officer.reads("Alix Test (now Alix Renamed) decided to defer")


async def test_a_note_on_the_dossier_stays_and_shows(sitting):
    async with sitting() as officer:
        id = await officer.opens("screening", "key")
        await officer.press("f6")
        await officer.sees("> Note")
        await officer.press("enter")
        await officer.sees("Note is missing.")
        await officer.write("Bring the second passport")
        await officer.sees("Note of Alix Test: Bring the second passport")
        await officer.reads("Alix Test noted: Bring the second passport.")
        await officer.sees("> NEXT")
        (told,) = officer.desk.dossier(id).state.notes[""]
        assert told.act.text == "Bring the second passport"


# -- what a lock interrupts -------------------------------------------------------------


async def test_a_lock_gives_back_the_row_and_what_was_begun(sitting):
    async with sitting() as officer:
        await officer.opens("training", "general")
        room = officer.app.screen
        await officer.press("down", "down")
        await officer.sees("> Training")
        place = room.place()
        await officer.press("home")
        await officer.sees("> NEXT")
        room.take_up(place, {})
        await officer.sees("> Training")
        await officer.press("f6")
        await officer.sees("> Note")
        begun = room.doing
        await officer.press("escape")
        await officer.sees("> Training")
        room.take_up(begun, {})
        await officer.sees("> Note")


async def test_a_message_goes_once_another_page_was_opened(sitting):
    async with sitting() as officer:
        await officer.opens("screening", "key")
        await officer.press("down", "down", "down", "enter")
        await officer.sees("! The undertaking comes after")
        await officer.press("f3")
        await officer.sees("Timeline")
        await officer.press("escape")
        await officer.sees("> Undertaking")
        assert "comes after" not in await officer.settle()


async def test_help_does_not_move_the_cursor(sitting):
    async with sitting() as officer:
        await officer.opens("screening", "key")
        await officer.press("down", "down")
        await officer.sees("> Training")
        await officer.press("f1")
        await officer.sees("Esc closes this.")
        await officer.press("escape")
        await officer.sees("> Training")


async def test_what_was_recorded_on_another_page_shows_on_the_way_back(sitting):
    async with sitting() as officer:
        await officer.opens("screening", "key")
        await officer.sees("Screening     owed        0")
        await officer.next("1. What is your full name")
        await officer.write("Zeb")
        await officer.sees("2. Have you ever")
        await officer.press("escape")
        await officer.sees("Screening     owed        1")
