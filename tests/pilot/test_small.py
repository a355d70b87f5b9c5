"""A terminal that becomes too small, and larger again, in the middle of anything."""

import asyncio
import threading

import pytest

SMALL = "The terminal is smaller than 80x24. Nothing is lost. Make it larger."


async def resized(officer, width, height):
    await officer.pilot.resize_terminal(width, height)


async def test_what_is_filled_in_is_there_again(sitting):
    async with sitting() as officer:
        await officer.press("f2")
        await officer.sees("> Full name")
        await officer.write("Zeb Small")
        await officer.type("1990-0")
        await resized(officer, 60, 20)
        await officer.reads(SMALL)
        await officer.type("unseen")
        await officer.press("enter", "escape")
        await resized(officer, 132, 43)
        screen = await officer.sees("Zeb Small")
        assert "unseen" not in screen
        await officer.write("2-28")
        await officer.sees("> Identity number")
        await officer.sees("28 February 1990")
        await resized(officer, 80, 24)
        await officer.sees("28 February 1990")


async def test_work_goes_on_and_its_end_is_shown_once_there_is_room(sitting):
    gate, brought = threading.Event(), []
    async with sitting() as officer:

        async def wait():
            brought.append(await officer.app.working("Long work", lambda tell: gate.wait(20)))

        officer.app.screen.run_worker(wait())
        await officer.sees("Long work")
        await resized(officer, 79, 24)
        await officer.reads(SMALL)
        gate.set()
        await asyncio.sleep(0.1)
        await officer.reads(SMALL)
        assert brought == []
        await resized(officer, 80, 24)
        await officer.sees("Show only")
        assert brought == [True]


@pytest.mark.long
async def test_locked_while_small_it_says_so_until_there_is_room(sitting):
    async with sitting() as officer:
        await resized(officer, 80, 23)
        await officer.reads(SMALL)
        await officer.press("ctrl+l")
        await officer.settle()
        assert officer.app.desk is None
        await officer.reads(SMALL)
        await resized(officer, 80, 24)
        await officer.sees("Locked. Checkpoint")
        await officer.unlock()


async def test_a_start_on_a_small_terminal_waits_for_room(sitting):
    async with sitting(size=(70, 20), unlocked=False) as officer:
        await officer.reads(SMALL)
        await resized(officer, 80, 24)
        await officer.unlock()


async def test_the_interview_keeps_its_page(sitting):
    async with sitting() as officer:
        await officer.opens("screening", "key")
        await officer.next("1. What is your full name")
        await officer.type("Half an ans")
        await resized(officer, 40, 10)
        await officer.reads(SMALL)
        await resized(officer, 200, 60)
        await officer.sees("Half an ans")
        await officer.write("wer")
        await officer.sees("2. Have you ever")


async def test_a_resize_uses_the_width_there_is(sitting):
    async with sitting() as officer:
        assert "Department" not in officer.screen
        await resized(officer, 200, 60)
        await officer.sees("Department")
