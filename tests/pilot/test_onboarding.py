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


# Keys by part, as counted, but for the characters of free text: those of the officer, then
# those of the appointee, beginning with the page that hands over and ending with the keys
# that give the keyboard back.
OFFICERS = {
    "list and dossier": 13,
    "interview": 44,
    "checks and findings": 59,
    "training": 62,
    "decision": 4,
}
APPOINTEES = {"quizzes": 157, "undertaking": 20, "rules": 51}
SPARE = 2


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
        counted = {part: n + SPARE for part, n in (OFFICERS | APPOINTEES).items()}
        assert {part: n for part, n in hand.keys.items() if n > counted[part]} == {}
        assert sum(hand.keys[part] for part in OFFICERS) <= sum(OFFICERS.values()) + SPARE
        assert sum(hand.keys[part] for part in APPOINTEES) <= sum(APPOINTEES.values()) + SPARE


@pytest.mark.long
async def test_from_findings_enter_leads_on_through_training_to_the_handover(sitting):
    async with sitting(("opened", "general")) as officer:
        id = officer.desk.cards()[0].id
        answered(officer.desk, id)
        checked(officer.desk, id)
        hand = Hand(officer, PARTICULARS)
        await hand.until(lambda: "> 11 quizzes are due" in officer.screen)
        assert hand.keys["checks and findings"] <= 5 + SPARE
        await hand.press("enter")
        await officer.sees("This page is for")
        assert officer.app.handed_over is not None


async def test_after_the_training_enter_leads_on_to_the_undertaking(sitting):
    async with sitting(("undertaking", "general")) as officer:
        await officer.opens("undertaking")
        await officer.press("down", "down", "enter")
        await officer.sees("> Training is done. Enter goes on: Read and sign the undertaking")
        await officer.press("enter")
        screen = await officer.sees("This page is for")
        assert "You read the undertaking to its end." in screen
        assert officer.app.handed_over is not None
