"""Checks elsewhere, findings, and the second officer's review."""

import contextlib

import pytest

from tests.support.house import OFFICER, SECOND, answered, checked


@pytest.fixture
def findings(sitting):
    """`async with findings("core", checks=True) as (officer, id)`: all is answered."""

    @contextlib.asynccontextmanager
    async def at(category="general", *, checks=False, failed="", adverse=(), **how):
        async with sitting(("opened", category), **how) as officer:
            id = officer.desk.cards()[0].id
            answered(officer.desk, id, adverse=adverse)
            if checks:
                checked(officer.desk, id, failed=failed)
            await officer.opens("screening")
            await officer.next("Checks and findings")
            yield officer, id

    return at


async def records_check(officer, reference, holds):
    await officer.press("enter")
    await officer.sees("> Document or person")
    await officer.write(reference)
    await officer.sees("> Is the answer")
    await officer.write("1" if holds else "2")
    if not holds:
        await officer.sees("> Note")
        await officer.press("enter")
    await officer.sees("Checks and findings")


async def finds(officer, choice, *more):
    await officer.press("enter")
    await officer.sees("> Finding")
    await officer.write(choice)
    for label, text in more:
        await officer.sees(label)
        await officer.write(text)


async def all_plain(officer):
    """F5, and the word that it is meant."""
    await officer.press("f5")
    await officer.sees("> All of these")
    await officer.write("1")


async def to_section(officer):
    """To the first section, past the row that offers all at once."""
    await officer.press("down")
    await officer.sees("> Identity and nationality")


# -- checks ---------------------------------------------------------------------


async def test_a_check_that_bears_out_is_recorded_and_the_next_is_under_the_cursor(findings):
    async with findings() as (officer, id):
        await officer.sees(">    Identity document, seen in original")
        await records_check(officer, "Passport 4711", holds=True)
        await officer.sees(">    Passport or other proof")
        await officer.sees("borne out")
        made = officer.desk.dossier(id).state.checks["full_name"].act
        assert (made.reference, made.holds) == ("Passport 4711", True)


async def test_a_check_that_does_not_bear_out_says_so_and_keeps_its_section_from_suitable(
    findings,
):
    async with findings(checks=True, failed="full_name") as (officer, _):
        await officer.sees("NOT borne out")
        await all_plain(officer)
        await officer.sees("sections found suitable.")
        await officer.sees("> Identity and nationality")
        before = officer.journal
        await finds(officer, "1")
        await officer.reads("suitable needs at least conditions. Nothing was recorded.")
        assert officer.journal == before


async def test_whether_an_answer_is_borne_out_must_be_meant(findings):
    async with findings() as (officer, _):
        before = officer.journal
        await officer.press("enter")
        await officer.sees("> Document or person")
        await officer.write("Passport 4711")
        await officer.sees("> Is the answer")
        await officer.press("enter", "enter")
        await officer.sees("Choose an answer with its number or the arrows")
        assert officer.journal == before


@pytest.mark.long
async def test_a_check_that_fails_may_say_why(findings):
    async with findings() as (officer, id):
        await officer.press("enter")
        await officer.sees("> Document or person")
        await officer.write("Passport 4711")
        await officer.sees("> Is the answer")
        await officer.write("2")
        await officer.sees("> Note")
        await officer.write("Another birthday")
        await officer.sees("NOT borne out")
        made = officer.desk.dossier(id).state.checks["full_name"].act
        assert (made.holds, made.note) == (False, "Another birthday")


async def test_one_document_serves_for_several_checks(findings):
    async with findings() as (officer, id):
        await officer.sees(">    Identity document, seen in original")
        await records_check(officer, "Passport 4711", holds=True)
        await officer.sees(">    Passport or other proof")
        await officer.press("f6")
        screen = await officer.sees("> Is the answer")
        assert "Passport 4711" in screen
        await officer.write("1")
        await officer.sees(">    Certificates")
        assert officer.desk.dossier(id).state.checks["nationality"].act.reference == "Passport 4711"


async def test_the_first_check_shows_with_its_section_over_it(findings):
    async with findings() as (officer, _):
        screen = await officer.sees(">    Identity document, seen in original")
        assert "Identity and nationality" in screen


async def test_one_key_finds_nothing_suitable(findings):
    async with findings(checks=True) as (officer, _):
        before = officer.journal
        await officer.press("f5")
        await officer.sees("> All of these")
        await officer.press("1")
        assert officer.journal == before


async def test_a_finding_made_before_stands_over_the_new_one(findings):
    async with findings(checks=True) as (officer, _):
        await all_plain(officer)
        await officer.sees("sections found suitable.")
        await officer.press("home", "enter")
        await officer.sees("Found before: suitable.")


async def test_a_check_without_a_reference_is_not_taken(findings):
    async with findings() as (officer, _):
        before = officer.journal
        await officer.press("enter")
        await officer.sees("> Document or person")
        await officer.press("enter")
        await officer.sees("Document or person is missing.")
        await officer.press("escape")
        await officer.sees("Checks and findings")
        assert officer.journal == before


# -- findings --------------------------------------------------------------------


async def test_all_plain_sections_are_found_suitable_at_once(findings):
    async with findings(checks=True, adverse=("gambling",)) as (officer, id):
        await all_plain(officer)
        await officer.sees("sections found suitable.")
        state = officer.desk.dossier(id).state
        assert "finances" not in state.findings
        assert "identity" in state.findings
        await officer.sees("> Finances")
        await officer.sees("owed  (1 adverse)")


async def test_enter_offers_all_plain_sections_at_once_and_asks_whether_it_is_meant(findings):
    async with findings(checks=True, adverse=("gambling",)) as (officer, id):
        await officer.sees("> 11 sections with nothing adverse. Enter finds them all suitable")
        before = officer.journal
        await officer.press("enter")
        await officer.sees("> All of these")
        await officer.press("enter", "enter")
        await officer.sees("Choose an answer with its number or the arrows")
        assert officer.journal == before
        await officer.write("1")
        await officer.sees("11 sections found suitable.")
        await officer.sees("> Finances")
        assert len(officer.desk.dossier(id).state.findings) == 11


async def test_sections_can_be_found_one_by_one_instead(findings):
    async with findings(checks=True) as (officer, _):
        before = officer.journal
        await officer.press("enter")
        await officer.sees("> All of these")
        await officer.write("2")
        await officer.sees("> Identity and nationality")
        assert officer.journal == before


async def test_an_adverse_question_is_told_in_full_where_there_is_room(findings):
    async with findings(checks=True, adverse=("gambling",), size=(132, 43)) as (officer, _):
        screen = await officer.sees("more than you could afford? adverse")
        columns = {line.index("borne out") for line in screen.split("\n") if "borne out" in line}
        assert columns == {line.index("adverse") for line in screen.split("\n") if "? adv" in line}


async def test_an_adverse_answer_has_a_row_that_leads_to_its_question(findings):
    async with findings(checks=True, adverse=("gambling",)) as (officer, id):
        await all_plain(officer)
        await officer.sees("> Finances")
        await officer.press("down")
        await officer.sees("… adverse")
        await officer.press("enter")
        await officer.reads("Has gambling, betting or speculation ever")
        await officer.press("n")
        await officer.sees("Checks and findings")
        await officer.misses("… adverse")
        assert officer.desk.dossier(id).state.answers["gambling"].act.answer is False


async def test_f7_on_a_check_leads_to_its_question(findings):
    async with findings() as (officer, _):
        await officer.press("down")
        await officer.sees(">    Passport or other proof")
        await officer.press("f7")
        await officer.sees("Interview:")
        assert officer.app.screen.question.id == "nationality"
        await officer.press("escape")
        await officer.sees(">    Passport or other proof")


async def test_with_checks_owed_no_section_is_plain(findings):
    async with findings() as (officer, id):
        await officer.press("f5")
        await officer.settle()
        assert "identity" not in officer.desk.dossier(id).state.findings


async def test_unsuitable_needs_a_reason(findings):
    async with findings(checks=True) as (officer, _):
        before = officer.journal
        await to_section(officer)
        await finds(officer, "3", ("> Reason", ""))
        await officer.sees("Reason is missing.")
        assert officer.journal == before


@pytest.mark.long
async def test_conditions_are_recorded_and_show_in_the_list(findings):
    async with findings(checks=True) as (officer, id):
        await to_section(officer)
        await finds(officer, "2", ("> Reason", "One doubt"), ("> Conditions", "Again in May"))
        await officer.sees("Checks and findings")
        found = officer.desk.dossier(id).state.findings["identity"].act
        assert (found.finding, found.reason, found.conditions) == (
            "conditions",
            "One doubt",
            "Again in May",
        )
        assert "conditions" in officer.screen


async def test_the_worst_of_the_sections_stands_over_the_whole_finding(findings):
    async with findings(checks=True) as (officer, _):
        await to_section(officer)
        await finds(officer, "2", ("> Reason", "One doubt"), ("> Conditions", "Again in May"))
        await officer.sees("Checks and findings")
        await all_plain(officer)
        await officer.sees("> The whole screening")
        before = officer.journal
        await officer.press("enter")
        await officer.sees("The worst finding on a section: suitable with conditions.")
        await officer.press("enter", "enter")
        await officer.sees("Choose an answer with its number or the arrows")
        assert officer.journal == before


async def test_a_refused_finding_keeps_what_was_typed(findings):
    async with findings(checks=True) as (officer, _):
        before = officer.journal
        await officer.press("end")
        await officer.sees("> The whole screening")
        await finds(officer, "2", ("> Reason", "Too early"), ("> Conditions", "None yet"))
        await officer.reads("Every section needs its finding first. Nothing was recorded.")
        assert "Too early" in officer.screen
        assert "None yet" in officer.screen
        assert officer.journal == before


async def test_what_has_to_be_weighed_stands_over_the_finding(findings):
    async with findings(checks=True, failed="full_name", adverse=("gambling",)) as (officer, _):
        await officer.press("end")
        await officer.press("enter")
        await officer.sees("> Finding")
        await officer.reads("It was long ago.")
        await officer.reads("Not borne out: Identity document, seen in original")


async def test_unsuitable_refuses_the_gate_and_the_decision_can_only_refuse_or_defer(findings):
    async with findings(checks=True) as (officer, _):
        await all_plain(officer)
        await officer.sees("> The whole screening")
        await finds(officer, "3", ("> Reason", "Not to be relied on"))
        await officer.sees("> Screening is refused. Enter goes on: Decide")
        await officer.press("escape")
        await officer.sees("Screening     refused")
        await officer.press("end", "enter")
        screen = await officer.sees("> Decision")
        assert "Refuse the post" in screen
        assert "Admit to the post" not in screen


async def test_a_lock_gives_back_the_row_and_the_form_over_it(findings):
    async with findings() as (officer, _):
        room = officer.app.screen
        await officer.sees(">    Identity document")
        await officer.press("end")
        place = room.place()
        await officer.press("home")
        room.take_up(place, {})
        await officer.sees("> The whole screening")
        await officer.press("home", "down", "enter")
        await officer.sees("> Document or person")
        begun = room.doing
        await officer.press("escape")
        await officer.sees("Checks and findings")
        room.take_up(begun, {})
        await officer.sees("To check: Identity document")


# -- the review -------------------------------------------------------------------


@pytest.fixture
def reviewed(findings):
    """At the review of a core post's finding."""

    @contextlib.asynccontextmanager
    async def at():
        async with findings("core", checks=True) as (officer, id):
            await all_plain(officer)
            await officer.sees("> The whole screening")
            await officer.press("enter")
            await officer.sees("> Finding")
            await officer.write("1")
            await officer.sees("> Review by a second officer")
            await officer.press("enter")
            await officer.sees("> Second officer's word")
            yield officer, id

    return at


async def test_a_second_officer_agrees(reviewed):
    async with reviewed() as (officer, id):
        await officer.write("1")
        await officer.signs_as_second()
        await officer.sees("> Screening is done. Enter goes on:")
        assert officer.desk.dossier(id).standing.gate("screening").status == "done"


@pytest.mark.long
async def test_the_same_officer_cannot_review(reviewed):
    async with reviewed() as (officer, _):
        before = officer.journal
        await officer.write("1")
        await officer.signs_as_second(OFFICER)
        await officer.reads("The second officer must be another person than the first.")
        await officer.sees("> Second officer")
        assert OFFICER[0] not in officer.screen.split("\n", 1)[1]
        assert officer.journal == before


@pytest.mark.long
async def test_a_wrong_passphrase_of_the_second_officer_keeps_the_rest(reviewed):
    async with reviewed() as (officer, _):
        before = officer.journal
        await officer.write("2")
        await officer.sees("> Reason")
        await officer.write("Too mild")
        await officer.signs_as_second((SECOND[0], "a wrong test passphrase"))
        await officer.reads("The name and passphrase are not those of an officer.")
        screen = await officer.sees("> Their own passphrase")
        assert "Too mild" in screen
        assert "2 (•)" in screen
        assert SECOND[0] in screen
        assert officer.journal == before


@pytest.mark.long
async def test_who_disagrees_says_why_and_sends_the_finding_back(reviewed):
    async with reviewed() as (officer, id):
        await officer.write("2")
        await officer.sees("> Reason")
        await officer.press("enter")
        await officer.sees("Reason is missing.")
        await officer.write("Too mild")
        await officer.signs_as_second()
        await officer.sees("> The whole screening")
        due = officer.desk.dossier(id).standing.next
        assert (due.kind, due.id) == ("finding", "")


async def test_the_review_can_be_left_and_nothing_is_recorded(reviewed):
    async with reviewed() as (officer, _):
        before = officer.journal
        await officer.write("1")
        await officer.press("escape")
        await officer.sees("> Review by a second officer")
        assert officer.journal == before
