"""The guided tour: it says what to press, and goes on when it was done."""

import tempfile
from pathlib import Path

import pytest

from secterm.desk.desk import Desk
from secterm.tui import demo
from secterm.tui.app import SectermApp
from secterm.vault import kdf
from tests.support.house import OFFICER, PEOPLE, Sitting, copied


class Shown(SectermApp):
    """The app as the demo starts it, already unlocked."""

    def enter(self):
        if self.farewell:
            super().enter()
        else:
            self.unlocked(Desk.open(self.vault, *OFFICER, clock=self.clock))


@pytest.fixture
async def newcomer(vaults, tmp_path):
    """Somebody who sits down at the demo."""
    app = Shown(copied(vaults(*PEOPLE), tmp_path), tour=True)
    async with app.run_test(size=(80, 24)) as pilot:
        yield Sitting(pilot)
    app.close_desk()
    if app.crash is not None:
        raise app.crash


async def walk(officer):
    """What the tour asks for, step by step, from the list to the lock."""
    await officer.reads("Tour 1 of 10: This list is your day")
    await officer.type("interview general")
    await officer.press("enter")
    await officer.reads("Tour 2 of 10: One appointee: four gates")
    await officer.press("enter")
    await officer.reads("Tour 3 of 10: You ask; one key answers")
    await officer.press("escape")
    await officer.reads("Tour 4 of 10: What was answered stands below")
    await officer.press("f3")
    await officer.reads("Tour 5 of 10: Every line of it is sealed")
    await officer.press("escape")
    await officer.sees("> NEXT")
    await officer.press("escape")
    await officer.reads("Tour 6 of 10: To read, sign and take a quiz")
    await officer.press("f8")
    await officer.reads("Tour 7 of 10: How many stand at each gate")
    await officer.press("escape")
    await officer.reads("Tour 8 of 10: F1 explains every screen")
    await officer.press("ctrl+l")
    await officer.reads("Tour 9 of 10: Locked: without a passphrase")


@pytest.mark.long
async def test_the_tour_is_offered_once_and_leads_from_the_list_to_the_lock(newcomer):
    await newcomer.sees("A tour of two minutes?")
    await newcomer.press("y", "enter")
    await walk(newcomer)
    await newcomer.unlock()
    await newcomer.reads("Tour 10 of 10: That was the tour.")
    await newcomer.press("f10")
    await newcomer.misses("That was the tour.")
    await newcomer.locks()
    await newcomer.unlock()
    assert "A tour of two minutes?" not in await newcomer.settle()


async def test_the_tour_can_be_declined_and_ended_in_the_middle(newcomer):
    await newcomer.sees("A tour of two minutes?")
    await newcomer.press("n", "enter")
    await newcomer.misses("A tour of two minutes?")
    assert "Tour 1 of 10" not in await newcomer.settle()
    newcomer.app.guide.begin()
    await newcomer.reads("Tour 1 of 10")
    await newcomer.press("f10")
    await newcomer.misses("Tour 1 of 10")
    assert "F10" not in await newcomer.settle()


@pytest.mark.long
async def test_the_first_run_has_a_tour_in_a_vault_that_is_gone_afterwards(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    vault = tmp_path / "own.db"
    app = SectermApp(vault)
    async with app.run_test(size=(80, 24)) as pilot:
        officer = Sitting(pilot)
        await officer.sees("F2 Tour of two minutes")
        await officer.press("f2")
        await officer.sees("Tour 1 of 10", seconds=60)
        assert list(tmp_path.glob("secterm-tour-*/tour.db"))
        await walk(officer)
        await officer.unlock(demo.OFFICERS[0])
        await officer.reads("Tour 10 of 10")
        await officer.press("f10")
        await officer.sees("There is no vault yet")
        assert not list(tmp_path.iterdir())
        assert app.vault == vault
        assert not vault.exists()
    app.close_desk()


@pytest.mark.long
async def test_a_tour_ended_in_the_moment_it_locks_is_ended(newcomer):
    await newcomer.sees("A tour of two minutes?")
    await newcomer.press("y", "enter")
    await newcomer.reads("Tour 1 of 10")
    newcomer.ahead("ctrl+l", "f10")
    await newcomer.sees("> Passphrase")
    assert "Tour" not in await newcomer.settle()


async def test_a_tour_ended_at_the_lock_screen_takes_its_key_along(newcomer):
    await newcomer.sees("A tour of two minutes?")
    await newcomer.press("y", "enter")
    await newcomer.reads("Tour 1 of 10")
    await newcomer.press("ctrl+l")
    await newcomer.sees("F10 End the tour")
    await newcomer.press("f10")
    await newcomer.misses("F10")


async def test_a_newcomer_reads_nothing_of_what_guessing_costs(tmp_path, vault, monkeypatch):
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 60.0)
    app = SectermApp(vault, hint="Demo")
    async with app.run_test(size=(80, 24)) as pilot:
        officer = Sitting(pilot)
        await officer.unlock()
        assert "harder to guess" not in await officer.settle()
    app.close_desk()


@pytest.mark.long
async def test_a_program_that_ends_in_the_tour_leaves_no_vault_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    app = SectermApp(Path(tmp_path / "own.db"))
    async with app.run_test(size=(80, 24)) as pilot:
        officer = Sitting(pilot)
        await officer.sees("F2 Tour of two minutes")
        await officer.press("f2")
        await officer.sees("Tour 1 of 10", seconds=60)
        await officer.press("ctrl+q")
        await officer.pilot.pause()
    app.guide.leave()
    assert not list(tmp_path.iterdir())
