"""The whole way of an appointee, from the unlocking to the decision, with Enter alone."""

import pytest

from tests.support.hand import Hand
from tests.support.house import answered, checked

PARTICULARS = {
    "name": "Yara Q. Sample",
    "born": "1990-04-28",
    "identity_number": "TEST-1",
    "post": "Archive clerk",
    "department": "Registry",
    "reference": "Original 4711",
    "secret": "appointee's test secret",
    "again": "appointee's test secret",
    "reason": "As found.",
}


def stage(officer):
    return officer.desk.cards()[0].stage


@pytest.mark.long
async def test_enter_leads_from_the_unlocking_to_the_decision_in_so_many_keys(sitting, capsys):
    async with sitting(("opened", "general")) as officer:
        name = officer.desk.cards()[0].name
        hand = Hand(officer, {**PARTICULARS, "name": name})
        await hand.until(lambda: stage(officer) == "admitted")
        await officer.sees("> Nothing is owed now. Enter goes back to the list.")
        await hand.press("enter")
        await officer.sees("Show only")
        with capsys.disabled():
            print(f"\n{dict(hand.keys)} {hand.keys.total()}, text {dict(hand.characters)}")
        assert hand.keys.total() <= 500


async def test_from_findings_enter_leads_on_through_training_to_the_handover(sitting):
    async with sitting(("opened", "general")) as officer:
        id = officer.desk.cards()[0].id
        answered(officer.desk, id)
        checked(officer.desk, id)
        hand = Hand(officer, PARTICULARS)
        await hand.until(lambda: "> 11 quizzes are due" in officer.screen)
        assert hand.keys["checks and findings"] <= 7
        await hand.press("enter")
        assert officer.app.handed_over is not None


async def test_after_the_training_enter_leads_on_to_the_undertaking(sitting):
    async with sitting(("undertaking", "general")) as officer:
        await officer.opens("undertaking")
        await officer.press("down", "down", "enter")
        await officer.sees("> Training is done. Enter goes on: Read and sign the undertaking")
        await officer.press("enter")
        await officer.sees("Undertaking")
        assert officer.app.handed_over is not None
