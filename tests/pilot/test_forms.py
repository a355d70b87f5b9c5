"""Forms: where the cursor stands after something was refused, and what is said until when."""

from pathlib import Path

import pytest

from tests.pilot.test_trouble import pull_the_disk


async def refused(officer):
    """A withdrawal with a reason, which the disk does not take."""
    await officer.opens("training")
    await officer.press("f8")
    await officer.sees("What has happened?")
    await officer.press("enter")
    await officer.sees("> Reason")
    pull_the_disk(officer)
    await officer.write("Moved away")
    await officer.reads("The vault cannot be read or written")


async def test_after_a_refusal_enter_tries_again(sitting):
    async with sitting() as officer:
        await officer.exports_to(Path("/"))
        await officer.press("enter")
        await officer.sees("> Recipients")
        await officer.write("age1test")
        await officer.reads("! ")
        await officer.sees("> Recipients")


async def test_what_was_refused_is_not_left_unwarned(sitting):
    async with sitting() as officer:
        await refused(officer)
        await officer.press("escape")
        await officer.reads("What you typed here is not recorded. Esc again leaves without it.")
        await officer.press("escape")
        await officer.misses("> Reason")


async def test_that_an_answer_is_missing_is_said_until_one_is_chosen(sitting):
    async with sitting() as officer:
        await officer.press("f7")
        await officer.sees("> Recover with")
        await officer.press("enter")
        await officer.sees("! Choose an answer")
        await officer.press("1")
        await officer.misses("! Choose an answer")


async def test_that_a_line_is_missing_is_said_until_something_stands_there(sitting):
    async with sitting() as officer:
        await officer.press("f2")
        await officer.sees("> Full name")
        await officer.press("enter")
        await officer.sees("! Full name is missing.")
        await officer.type("V")
        await officer.misses("is missing.")


async def test_arrows_lead_from_line_to_line(sitting):
    async with sitting() as officer:
        await officer.press("f2")
        await officer.sees("> Full name")
        await officer.press("down", "down")
        await officer.sees("> Identity number")
        await officer.press("up")
        await officer.sees("> Date of birth")


@pytest.mark.long
async def test_a_number_or_a_day_that_stands_there_is_typed_over(sitting):
    async with sitting() as officer:
        await officer.opens("training", "general")
        await officer.press("enter")
        await officer.sees("modules done.")
        await officer.press("f4")
        await officer.sees("> Hours")
        await officer.write("7.5")
        await officer.sees("> Day")
        await officer.write("3 may 2020")
        screen = await officer.sees("> Who taught")
        assert "Hours                   7.5" in screen
        assert "Day                     3 May 2020" in screen
        await officer.type(" and another")
        await officer.sees("> Who taught              Alix Test and another")


@pytest.mark.long
async def test_a_number_that_was_begun_before_a_lock_is_not_typed_over(sitting):
    async with sitting() as officer:
        await officer.opens("training", "general")
        await officer.press("enter")
        await officer.sees("modules done.")
        await officer.press("f4")
        await officer.sees("> Hours")
        await officer.type("7")
        await officer.locks()
        await officer.comes_back()
        await officer.sees("> Hours                   7")
        await officer.type(".5")
        await officer.sees("> Hours                   7.5")


async def test_letters_that_a_console_lacks_are_told_of_where_they_are_typed(sitting, monkeypatch):
    monkeypatch.setenv("TERM", "linux")
    async with sitting() as officer:
        await officer.press("f2")
        await officer.sees("> Full name")
        await officer.type("Ivo Petrovi\u0107")
        await officer.reads("This console cannot show some of these letters")
        await officer.press("ctrl+w", "ctrl+w")
        await officer.type("Ivo")
        await officer.misses("cannot show")
