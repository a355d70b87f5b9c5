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
    "category": "general",
    "reference": "Original 4711",
    "secret": "appointee's test secret",
    "again": "appointee's test secret",
    "reason": "As found.",
}


# Keys by part, but for the characters of free text: those of the officer, then those of the
# appointee, who also gives the keyboard back.
KEYS = {
    "list and dossier": 15,
    "interview": 47,
    "checks and findings": 46,
    "training": 64,
    "decision": 4,
    "quizzes": 176,
    "undertaking": 24,
    "rules": 104,
}
OFFICERS = ("list and dossier", "interview", "checks and findings", "training", "decision")


def stage(officer, name=""):
    return next(card.stage for card in officer.desk.cards() if card.name == name or not name)


@pytest.mark.long
async def test_a_whole_onboarding_takes_enter_the_answers_and_so_many_keys(sitting):
    async with sitting(("admitted", "general"), unlocked=False) as officer:
        await officer.unlock()
        hand = Hand(officer, PARTICULARS)
        await hand.press("f2")  # the only key but Enter and the answers: nobody is owed anything
        await hand.until(lambda: "Dossier: Yara Q. Sample" in officer.screen)
        await hand.until(lambda: stage(officer, "Yara Q. Sample") == "admitted")
        await officer.sees("> Nothing is owed now. Enter goes back to the list.")
        await hand.press("enter")
        await officer.sees("Show only")
        assert {part: n for part, n in hand.keys.items() if n > KEYS[part]} == {}
        assert sum(hand.keys[part] for part in OFFICERS) <= 170


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
