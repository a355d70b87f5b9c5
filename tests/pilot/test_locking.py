"""Locking: from everywhere, by itself, and never in the middle of work."""

import asyncio
import signal
import threading

import pytest

from secterm.settings import Settings
from secterm.tui.screens.dialogs import Cancelled
from secterm.vault.errors import VaultClosed
from tests.support.custodians import asks_for, sees_the_share
from tests.support.house import OFFICER


async def nowhere(officer):
    return


async def at_a_form(officer):
    await officer.press("f2")
    await officer.type("Half a name")
    await officer.sees("Half a name")


async def at_help(officer):
    await officer.press("f1")
    await officer.sees("Esc Close")


async def at_commands(officer):
    await officer.press("ctrl+p")
    await officer.sees("What do you want to do?")


async def at_the_officers(officer):
    await officer.press("f4")
    await officer.sees("Officers of this vault")


async def at_a_question(officer):
    await officer.opens("admitted")
    await officer.press("f8")
    await officer.sees("What has happened?")


async def at_the_timeline(officer):
    await officer.opens("admitted")
    await officer.press("f3")
    await officer.sees("Timeline")


async def at_the_interview(officer):
    await officer.opens("screening", "key")
    await officer.next("1. What is your full name")
    await officer.type("Half an answer")


async def at_the_findings(officer):
    await officer.opens("admitted")
    await officer.press("down", "enter")
    await officer.sees("Checks and findings")


async def at_the_training(officer):
    await officer.opens("training")
    await officer.next("modules done.")


async def at_the_undertaking(officer):
    await officer.opens("undertaking", "general")
    await officer.hands_over("Please read all of it")


async def at_a_rule(officer):
    await officer.opens("rules", "general")
    await officer.hands_over("I have read this rule")


async def at_the_giving_back(officer):
    await at_a_rule(officer)
    await officer.press("escape")
    await officer.sees("> Officer's passphrase")


async def at_a_decision(officer):
    await officer.opens("decision", "core")
    await officer.next("> Decision")


async def at_the_recovery_shares(officer):
    await officer.press("f7")
    await officer.sees("> Recover with")


async def at_a_share(officer):
    await asks_for(officer, 2, 3)
    await sees_the_share(officer)


async def at_the_erasure(officer):
    await officer.opens("admitted")
    await officer.press("ctrl+e")
    await officer.sees("Erasing the dossier of")


async def at_a_verification(officer):
    await officer.press("f6")
    await officer.sees("> Earlier checkpoint")
    await officer.press("enter")
    await officer.sees("Checkpoint to print")


EVERYWHERE = (
    nowhere,
    at_a_form,
    at_help,
    at_commands,
    at_the_officers,
    at_a_question,
    at_the_timeline,
    at_the_interview,
    at_the_findings,
    at_the_training,
    at_the_undertaking,
    at_a_rule,
    at_the_giving_back,
    at_a_decision,
    at_the_recovery_shares,
    at_a_share,
    at_the_erasure,
    at_a_verification,
)


def held_by_widgets(officer):
    """All that the widgets of the app know, as text."""
    return " ".join(repr(vars(node)) for node in [*officer.app._registry])


@pytest.mark.long
async def test_ctrl_l_locks_from_everywhere_and_nothing_is_left_but_the_way_in(sitting):
    async with sitting() as officer:
        for place in EVERYWHERE:
            names = {card.name for card in officer.desk.cards()}
            await place(officer)
            before, desk = officer.journal, officer.desk
            begins = "> Officer" if officer.app.handed_over else "> Passphrase"
            await officer.press("ctrl+l")
            screen = await officer.sees(f"Locked. Checkpoint {before}")
            assert begins in screen
            assert officer.app.desk is None
            assert len(officer.app.screen_stack) == 3  # the ground, the way in, its form
            await officer.settle()
            held = held_by_widgets(officer)
            assert [name for name in names if name in held] == []
            assert "Half a" not in held
            with pytest.raises(VaultClosed):
                desk.cards()
            await officer.sits_down_again()


async def test_what_widgets_hold_is_seen_before_the_lock(sitting):
    async with sitting() as officer:
        name = next(c.name for c in officer.desk.cards() if c.name in officer.screen)
        await at_a_form(officer)
        held = held_by_widgets(officer)
        assert name in held
        assert "Half a name" in held


async def test_nobody_there_for_long_enough_locks(sitting):
    async with sitting(idle=0.3) as officer:
        await officer.sees("Locked. Checkpoint")
        assert officer.app.desk is None


async def nobody_types(officer, seconds):
    """So much time goes by, and the app looks whether somebody is there."""
    officer.app._used -= seconds
    await officer.app._watch_idle()
    await officer.settle()


async def test_whoever_types_is_there(sitting):
    async with sitting(idle=600) as officer:
        await nobody_types(officer, 400)
        await officer.type("x")
        await nobody_types(officer, 400)
        assert officer.app.desk is not None
        await nobody_types(officer, 400)
        assert officer.app.desk is None


async def test_another_time_set_holds_at_once(sitting):
    async with sitting(idle=600) as officer:
        officer.app.settings = Settings(idle=60)
        await nobody_types(officer, 61)
        assert officer.app.desk is None


async def test_nobody_there_while_the_appointee_has_the_keyboard_locks_too(sitting):
    async with sitting() as officer:
        await at_a_rule(officer)
        await nobody_types(officer, 601)
        await officer.sees("Locked. Checkpoint")
        await officer.press("ctrl+q", "ctrl+p", "f12")
        await officer.settle()
        assert officer.app.return_code is None


def at_the_end_of_the_bar(officer):
    return officer.screen.splitlines()[0][-15:].strip()


@pytest.mark.long
@pytest.mark.parametrize(
    "place", [nowhere, at_a_form, at_help, at_a_question, at_a_rule, at_the_giving_back]
)
async def test_the_last_minute_is_counted_down_in_the_bar_until_a_key_is_pressed(sitting, place):
    async with sitting() as officer:
        await place(officer)
        officer.app.screen.refresh()  # under a box it may show what was there a moment before
        before = await officer.settle()
        await nobody_types(officer, 553)
        await officer.sees("locks in 4")
        assert at_the_end_of_the_bar(officer) in ("locks in 47 s", "locks in 46 s")
        assert officer.screen.splitlines()[1:] == before.splitlines()[1:]
        await nobody_types(officer, 40)
        assert at_the_end_of_the_bar(officer) in ("locks in  7 s", "locks in  6 s")
        await officer.press("shift+tab")
        assert "locks in" not in await officer.settle()


async def test_before_the_last_minute_nothing_is_drawn(sitting):
    async with sitting() as officer:
        await officer.settle()
        officer.app._used -= 500
        await officer.app._watch_idle()
        screen = officer.app.screen
        assert not screen._dirty_widgets
        assert not screen._repaint_required
        assert not screen._layout_required


@pytest.fixture
def long_work():
    """Work that ends when it is told to; told to the app as `begins(officer)`."""
    gate = threading.Event()

    def work(tell):
        while not gate.wait(0.02):
            tell("Still at it.")
        return "done"

    def deaf(tell):
        gate.wait(20)
        return "done"

    class Work:
        end = staticmethod(gate.set)
        result = None

        async def begins(self, officer, *, stoppable=False):
            async def wait():
                try:
                    self.result = await officer.app.working(
                        "Long work", work if stoppable else deaf, stoppable=stoppable
                    )
                except Cancelled:
                    self.result = "stopped"

            officer.app.screen.run_worker(wait())
            await officer.sees("Long work")

    yield Work()
    gate.set()


async def test_work_is_finished_before_it_locks_and_the_screen_says_that_it_will(
    sitting, long_work
):
    async with sitting() as officer:
        await long_work.begins(officer)
        await officer.press("ctrl+l", "ctrl+q", "escape")
        await officer.sees("It locks as soon as this is over.")
        await nobody_types(officer, 700)
        assert "Long work" in officer.screen
        assert officer.app.desk is not None
        assert officer.app.return_code is None
        long_work.end()
        await officer.sees("Locked. Checkpoint")
        assert long_work.result == "done"
        assert officer.app.desk is None


async def test_work_that_can_be_stopped_is_stopped_by_the_lock(sitting, long_work):
    async with sitting() as officer:
        await long_work.begins(officer, stoppable=True)
        await officer.press("ctrl+l")
        await officer.sees("Locked. Checkpoint")
        assert long_work.result == "stopped"


async def test_work_that_nobody_locks_goes_on_as_before(sitting, long_work):
    async with sitting() as officer:
        await long_work.begins(officer)
        await officer.press("escape")
        await nobody_types(officer, 700)
        assert "locks" not in officer.screen
        long_work.end()
        await officer.sees("Show only")
        assert officer.app.desk is not None


async def test_what_work_brought_can_be_read_before_the_idle_lock(sitting, long_work):
    async with sitting() as officer:
        await long_work.begins(officer)
        officer.app._used -= 500
        long_work.end()
        await officer.sees("Show only")
        await nobody_types(officer, 400)
        assert officer.app.desk is not None


@pytest.mark.long
async def test_a_wait_after_wrong_passphrases_does_not_keep_the_lock_waiting(sitting):
    async with sitting() as officer:
        officer.app.screen.run_worker(officer.app.wait_after(20))
        await officer.sees("The next attempt is possible in")
        await officer.locks()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
async def test_a_signal_locks_and_ends(sitting, number):
    async with sitting() as officer:
        assert signal.getsignal(number) is not signal.SIG_DFL
        signal.raise_signal(number)
        assert await officer.ends() == 0
        assert officer.app.desk is None


async def test_what_was_typed_ahead_of_the_end_leads_nowhere_any_more(sitting):
    async with sitting() as officer:
        await at_a_rule(officer)
        app = officer.app
        officer.ahead("escape", *"1212")
        app.end()
        assert await officer.ends() == 0
        await asyncio.wait_for(app._task, 2)
        assert app.return_code == 0


async def test_a_signal_is_heard_though_a_thousand_keys_wait(sitting):
    async with sitting() as officer:
        loop = asyncio.get_running_loop()
        for _ in range(1000):
            loop.call_soon_threadsafe(lambda: None)  # as each key that the terminal hands over
        signal.raise_signal(signal.SIGTERM)
        assert await officer.ends() == 0
        assert officer.app.desk is None


async def test_a_signal_in_the_middle_of_work_waits_for_its_end(sitting, long_work):
    async with sitting() as officer:
        await long_work.begins(officer)
        signal.raise_signal(signal.SIGTERM)
        await officer.sees("It locks as soon as this is over.")
        assert officer.app.desk is not None
        assert officer.app.return_code is None
        long_work.end()
        assert await officer.ends() == 0
        assert officer.app.desk is None


@pytest.mark.long
async def test_a_signal_ends_the_wait_after_wrong_passphrases(sitting, vault):
    async with sitting(unlocked=False, vault=vault) as officer:
        await officer.sees("> Officer")
        officer.app.screen.run_worker(officer.app.wait_after(20), exit_on_error=False)
        await officer.sees("The next attempt is possible in")
        signal.raise_signal(signal.SIGTERM)
        assert await officer.ends() == 0


async def test_what_is_cut_is_kept_nowhere(sitting):
    async with sitting(unlocked=False) as officer:
        await officer.write(OFFICER[0])
        await officer.type("a test secret")
        await officer.press("shift+home", "ctrl+x", "shift+tab", "ctrl+u", "ctrl+v")
        screen = await officer.settle()
        assert "a test secret" not in screen
        assert officer.app.clipboard == ""


@pytest.mark.long
async def test_a_lock_in_the_moment_a_screen_opens_only_locks(sitting):
    async with sitting() as officer:
        for stage in ("rules", "undertaking", "training", "screening", "decision", "second"):
            await officer.opens(stage)
            await officer.sees("> NEXT")
            officer.ahead("enter", "ctrl+l")
            await officer.sees("Locked. Checkpoint")
            assert officer.app.return_code is None
            await officer.sits_down_again()
