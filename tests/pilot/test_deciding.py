"""The decision at the screen, and the second officer's word on it."""

import pytest

from secterm.tui.dates import in_full
from tests.support.house import OFFICER


async def decides(officer, choice, reason, conditions=None):
    await officer.sees("> Decision")
    await officer.write(choice)
    await officer.sees("> Reason")
    await officer.write(reason)
    if conditions is not None:
        await officer.sees("> Conditions")
        await officer.write(conditions)


@pytest.mark.parametrize(
    ("choice", "conditions", "stage"),
    [("1", "", "admitted"), ("2", None, "refused"), ("3", None, "deferred")],
)
async def test_one_officer_decides_on_a_key_post(sitting, choice, conditions, stage):
    async with sitting() as officer:
        await officer.opens("decision", "key")
        await officer.next("> Decision")
        await decides(officer, choice, "As recorded", conditions)
        await officer.sees(f"Stage: {stage}")


async def test_an_admission_may_have_conditions(sitting):
    async with sitting() as officer:
        id = await officer.opens("decision", "key")
        await officer.next("> Decision")
        await decides(officer, "1", "As recorded", "Interview again in May")
        await officer.sees("Stage: admitted")
        await officer.reads(f"admit, {in_full(officer.desk.today)}, on conditions")
        assert officer.desk.dossier(id).state.decision.act.conditions == "Interview again in May"


async def test_no_decision_is_preset_and_none_is_made_without_a_reason(sitting):
    async with sitting() as officer:
        await officer.opens("decision", "key")
        before = officer.journal
        await officer.next("> Decision")
        await officer.press("enter")
        await officer.sees("Choose an answer with its number or the arrows")
        await officer.write("2")
        await officer.sees("> Reason")
        await officer.press("enter")
        await officer.sees("Reason is missing.")
        await officer.press("shift+tab", "1", "tab", "tab")
        await officer.sees("Where there are none, leave this empty.")
        await officer.press("escape")
        await officer.sees("> NEXT")
        assert officer.journal == before


async def test_a_decided_dossier_says_so(sitting):
    async with sitting() as officer:
        await officer.opens("admitted")
        await officer.press("end", "enter")
        await officer.sees("This dossier is decided. F8 shows what can follow.")


async def test_a_core_post_is_decided_by_two_officers_at_one_screen(sitting):
    async with sitting() as officer:
        await officer.opens("decision", "core")
        await officer.next("> Decision")
        await decides(officer, "1", "All is well", "")
        await officer.sees("> Second officer's word")
        await officer.write("1")
        await officer.signs_as_second()
        await officer.sees("Stage: admitted")


async def test_the_second_officer_may_come_later(sitting):
    async with sitting() as officer:
        await officer.opens("decision", "core")
        await officer.next("> Decision")
        await decides(officer, "1", "All is well", "")
        await officer.sees("> Second officer's word")
        await officer.press("escape")
        await officer.sees("Stage: 2nd officer")
        await officer.next("> Second officer's word")


async def test_a_second_officer_who_disagrees_says_why_and_the_decision_is_made_again(sitting):
    async with sitting() as officer:
        await officer.opens("second", "core")
        await officer.next("> Second officer's word")
        await officer.write("2")
        await officer.sees("> Reason")
        await officer.write("One reference is missing")
        await officer.signs_as_second()
        await officer.sees("Stage: decision")
        await officer.sees("the second officer did not agree")
        await officer.press("f3")
        await officer.sees("One reference is missing.")


async def test_the_same_officer_is_no_second_one(sitting):
    async with sitting() as officer:
        await officer.opens("second", "core")
        before = officer.journal
        await officer.next("> Second officer's word")
        await officer.write("1")
        await officer.signs_as_second(OFFICER)
        await officer.reads("The second officer must be another person than the first.")
        assert officer.journal == before
