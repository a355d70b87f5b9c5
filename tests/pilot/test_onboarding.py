"""The whole way of an appointee, from the unlocking to the decision, with Enter alone."""

import pytest

from tests.support.hand import Hand

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


async def test_from_the_last_answer_enter_leads_through_findings_into_training(sitting):
    async with sitting(("opened", "general")) as officer:
        hand = Hand(officer, PARTICULARS)
        await hand.until(lambda: stage(officer) == "training")
        await hand.until(lambda: "modules done." in officer.screen)
