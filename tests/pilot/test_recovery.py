"""Recovery shares at the screen: made one custodian at a time, and recovered with."""

import resource
import signal

import pytest

from secterm.desk import upkeep
from secterm.desk.desk import Desk
from secterm.vault.errors import ShareRefused
from secterm.vault.shares import Collected
from tests.support.custodians import (
    SHARE,
    asked_for,
    asks_for,
    becomes_administrator,
    begins_recovery,
    gives,
    read_off,
    sees_the_share,
    short,
    types_back,
    walks_through,
)
from tests.support.house import OFFICER, SECOND, copied

NEW = ("Cyd Test", "test amber lagoon piano")
ONE = ("opened", "general")


def made(vault, needed=2, count=3):
    """Shares that the vault can be recovered with, as custodians have them on paper."""
    desk = Desk.open(vault, *OFFICER)
    try:
        drawn = desk.draw_shares(needed, count)
        desk.adopt_shares(drawn)
        return list(drawn.words)
    finally:
        desk.close()


def opens(vault, *papers):
    """Whether these shares recover the vault; they make an administrator where they do."""
    collected = Collected()
    for words in papers:
        collected.add(words)
    try:
        upkeep.recover(vault, collected, *NEW)
    except ShareRefused:
        return False
    return True


@pytest.fixture
def small(vaults, tmp_path):
    """A vault of the test's own with one appointee."""
    return copied(vaults(ONE), tmp_path)


async def goes_on(officer):
    """The officer takes the keyboard back, and shows who they are."""
    await officer.press("enter")
    await officer.sees("> Officer's passphrase")
    await officer.write(OFFICER[1])


async def leaves(officer):
    await officer.press("escape")
    await officer.sees("> Officer's passphrase")
    await officer.write(OFFICER[1])


async def nobody_is_there(officer):
    officer.app._used -= 700
    await officer.app._watch_idle()
    await officer.settle()


# -- making them ---------------------------------------------------------------------


async def test_three_custodians_get_a_share_each_and_any_two_recover(sitting, small):
    async with sitting(vault=small) as officer:
        await asks_for(officer, 2, 3)
        before = officer.journal
        papers = await walks_through(officer, 3)
        assert officer.journal == before  # nothing holds before all are checked
        await goes_on(officer)
        await officer.sees("The recovery shares are valid from now on.")
        await officer.sees("any 2 of 3 are enough")
        await officer.press("enter")
        await officer.sees("Show only")
        assert officer.desk.shares_made[1:] == (2, 3)
        assert officer.app.clipboard == ""
        assert officer.app.title == "secterm"
    assert opens(small, papers[0], papers[2])


async def test_one_whole_share_recovers_alone(sitting, small):
    async with sitting(vault=small) as officer:
        await asks_for(officer, 1, 1)
        papers = await walks_through(officer, 1)
        await goes_on(officer)
        await officer.sees("one whole share")
    assert opens(small, *papers)


@pytest.mark.long
async def test_a_wrong_word_or_too_little_of_it_shows_the_share_again(sitting, small):
    async with sitting(vault=small) as officer:
        await asks_for(officer, 1, 1)
        words = await sees_the_share(officer)
        for wrong in ("", "zzzz"):  # three letters are not enough
            await officer.press("enter")
            screen = await officer.sees("> Word")
            assert read_off(screen) == []
            for place in asked_for(screen):
                await officer.sees(f"> Word {place}")
                await officer.write(wrong or words[place - 1][:3])
            screen = await officer.reads("was not typed as it is here. Nothing is lost")
            assert read_off(screen) == words
        await types_back(officer, words)
        await officer.sees("Thank you.")


@pytest.mark.long
async def test_enter_pressed_twice_does_not_show_the_next_share(sitting, small):
    async with sitting(vault=small) as officer:
        await asks_for(officer, 2, 2)
        await types_back(officer, await sees_the_share(officer))
        await officer.sees("Only custodian 2 of 2")
        await officer.press("enter")
        assert read_off(await officer.sees("Only custodian 2 of 2")) == []
        await officer.press("f2")
        assert len(read_off(await officer.sees("33. "))) == SHARE


@pytest.mark.long
async def test_left_in_the_middle_nothing_is_changed(sitting, small):
    async with sitting(vault=small) as officer:
        await asks_for(officer, 2, 2)
        before = officer.journal
        words = await sees_the_share(officer)
        await types_back(officer, words)
        await officer.sees("Only custodian 2 of 2")
        await leaves(officer)
        await officer.sees("Nothing was changed: there are no recovery shares, as before.")
        assert officer.journal == before


@pytest.mark.long
async def test_left_in_the_middle_the_earlier_shares_still_hold(sitting, small):
    papers = made(small)
    async with sitting(vault=small) as officer:
        await officer.press("f7")
        await officer.reads("Making new ones voids them")
        await officer.reads("any 2 of 3 are enough")
        await officer.press("escape")
        await asks_for(officer, 1, 1)
        await sees_the_share(officer)
        await leaves(officer)
        screen = await officer.sees("Nothing was changed: the shares made earlier still hold.")
        assert read_off(screen) == []
    assert opens(small, *papers[:2])


@pytest.mark.long
async def test_new_shares_void_the_earlier_ones(sitting, small):
    papers = made(small)
    async with sitting(vault=small) as officer:
        await asks_for(officer, 1, 1)
        new = await walks_through(officer, 1)
        await goes_on(officer)
        await officer.sees("valid from now on")
    assert not opens(small, *papers[:2])
    assert opens(small, *new)


@pytest.mark.long
async def test_a_custodian_reaches_nothing_but_their_own_page(sitting, small):
    async with sitting(vault=small) as officer:
        await asks_for(officer, 1, 1)
        words = await sees_the_share(officer)
        for key in ("ctrl+p", "ctrl+q", "f2", "f4", "f7"):
            await officer.press(key)
            assert read_off(await officer.settle()) == words
        await officer.press("escape")
        await officer.sees("> Officer's passphrase")
        await officer.write("a wrong test passphrase")
        await officer.sees("That is not the passphrase of")
        assert "Show only" not in officer.screen


@pytest.mark.long
async def test_a_lock_in_the_middle_adopts_nothing_and_shows_nothing_after(sitting, small):
    async with sitting(vault=small) as officer:
        await asks_for(officer, 1, 1)
        before = officer.journal
        await sees_the_share(officer)
        await officer.press("ctrl+l")
        assert read_off(await officer.sees(f"Locked. Checkpoint {before}")) == []
        await officer.sits_down_again()
        assert read_off(await officer.settle()) == []
        assert officer.desk.shares_made is None
        assert officer.journal == before


@pytest.mark.long
async def test_nobody_there_for_long_enough_clears_a_share(sitting, small):
    async with sitting(vault=small) as officer:
        await asks_for(officer, 1, 1)
        await sees_the_share(officer)
        await nobody_is_there(officer)
        assert read_off(await officer.sees("Locked. Checkpoint")) == []


async def test_a_hang_up_in_the_middle_adopts_nothing(sitting, small):
    async with sitting(vault=small) as officer:
        await asks_for(officer, 1, 1)
        await sees_the_share(officer)
        signal.raise_signal(signal.SIGHUP)
        assert await officer.ends() == 0
    desk = Desk.open(small, *OFFICER)
    try:
        assert desk.shares_made is None
    finally:
        desk.close()


@pytest.mark.long
async def test_a_full_disk_in_the_end_does_not_cost_what_was_written_down(sitting, small):
    async with sitting(vault=small) as officer:
        await asks_for(officer, 1, 1)
        papers = await walks_through(officer, 1)
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limit[1]))
        try:
            await goes_on(officer)
            await officer.sees("The shares are not valid yet")
            assert officer.desk.shares_made is None
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        await officer.press("1", "enter")
        await officer.sees("valid from now on")
    assert opens(small, *papers)


async def test_how_many_shares_there_can_be_is_told(sitting, small):
    async with sitting(vault=small) as officer:
        await officer.press("f7")
        await officer.sees("> Recover with")
        await officer.write("2")
        await officer.sees("> How many shares")
        await officer.press("end", "ctrl+u")
        await officer.write("17")
        await officer.sees("Write a whole number from 2 to 16.")
        await officer.press("ctrl+u")
        await officer.write("3")
        await officer.sees("> How many are needed")
        await officer.press("end", "ctrl+u")
        await officer.write("4")
        await officer.sees("Write a whole number from 2 to how many shares there are.")


async def test_recovery_shares_are_an_administrator_s(sitting, small):
    async with sitting(vault=small, unlocked=False) as officer:
        await officer.unlock(SECOND)
        assert "Recovery" not in await officer.settle()
        await officer.press("f7")
        assert "Show only" in await officer.settle()


@pytest.mark.long
async def test_the_first_run_offers_shares_right_away(sitting, tmp_path):
    async with sitting(vault=tmp_path / "new.db", unlocked=False) as officer:
        for text in ("Test unit", OFFICER[0], OFFICER[1], OFFICER[1]):
            await officer.write(text)
        await officer.sees("> Key file beside it")
        await officer.press("enter")
        await officer.sees("The vault is made")
        await officer.press("enter")
        await officer.sees("Make recovery shares now")
        await officer.press("1", "enter")
        await officer.sees("> Recover with")
        await officer.write("1")
        await officer.sees("> Sheets to write on")
        await officer.press("enter")
        papers = await walks_through(officer, 1)
        await goes_on(officer)
        await officer.sees("valid from now on")
        await officer.press("enter")
        await officer.sees("There is no dossier yet.")
    assert opens(tmp_path / "new.db", *papers)


@pytest.mark.long
async def test_what_a_lock_broke_off_in_the_first_run_goes_on(sitting, tmp_path):
    async with sitting(vault=tmp_path / "new.db", unlocked=False) as officer:
        for text in ("Test unit", OFFICER[0], OFFICER[1], OFFICER[1], ""):
            await officer.write(text)
        await officer.sees("The vault is made")
        await officer.press("enter")
        await officer.sees("Make recovery shares now")
        await officer.press("1", "enter")
        await officer.sees("> Recover with")
        await officer.press("2")
        await officer.locks()
        await officer.comes_back()
        await officer.sees("2 (•) Some of several")


# -- recovering ----------------------------------------------------------------------


@pytest.mark.long
async def test_two_of_three_shares_make_a_new_administrator(sitting, small):
    papers = made(small)
    async with sitting(vault=small, unlocked=False) as officer:
        await begins_recovery(officer)
        await officer.reads("everybody who unlocks is told of it until new shares are made")
        await gives(officer, papers[2])
        await officer.reads("1 share is accepted and cleared from the screen. 1 more is needed.")
        assert papers[2].split()[9][:4] not in officer.screen.split()
        await officer.sees("> Share 2")
        await officer.write(papers[0])
        await becomes_administrator(officer, *NEW)
        await officer.sees("The vault is recovered.")
        await officer.press("enter")
        screen = await officer.sees("> Passphrase")
        assert NEW[0] in screen
        await officer.write(NEW[1])
        await officer.sees("Show only")
        assert officer.desk.officer.role == "administrator"


@pytest.mark.long
async def test_a_recovery_is_told_to_everybody_and_cannot_be_put_away(sitting, small):
    assert opens(small, *made(small)[:2])
    told = f"this vault was opened with recovery shares, and {NEW[0]} made an administrator."
    async with sitting(vault=small, unlocked=False) as officer:
        for _ in range(2):
            await officer.unlock(SECOND)
            await officer.reads(told)
            await officer.press("escape", "f4")
            await officer.sees("Officers of this vault")
            await officer.reads(told)
            await officer.press("escape")
            await officer.sees("Show only")
            await officer.reads(told)
            await officer.press("ctrl+l")
            await officer.sees("Locked.")


@pytest.mark.long
async def test_new_shares_end_the_telling_of_a_recovery(sitting, small):
    assert opens(small, *made(small)[:2])
    async with sitting(vault=small) as officer:
        await officer.reads("New shares should be made.")
        await asks_for(officer, 1, 1)
        await walks_through(officer, 1)
        await goes_on(officer)
        await officer.sees("valid from now on")
        await officer.press("enter")
        await officer.sees("Show only")
        await officer.misses("recovery shares")


@pytest.mark.long
async def test_one_share_too_few_does_not_lead_on(sitting, small):
    papers = made(small)
    async with sitting(vault=small, unlocked=False) as officer:
        await begins_recovery(officer)
        await gives(officer, papers[0])
        await officer.sees("> Share 2")
        await officer.press("enter")
        await officer.sees("Share 2 is missing.")
        await officer.write(short(papers[0]))
        await officer.reads("This share was entered already.")
        assert "Administrator's name" not in officer.screen


@pytest.mark.long
async def test_a_share_of_another_set_is_refused_and_the_first_is_kept(sitting, small):
    other, papers = made(small), made(small)
    async with sitting(vault=small, unlocked=False) as officer:
        await begins_recovery(officer)
        await gives(officer, papers[0])
        await officer.sees("> Share 2")
        await officer.write(short(other[1]))
        await officer.reads("This share is of another set than the ones before.")
        await officer.reads("1 share is accepted")


@pytest.mark.long
async def test_a_refused_share_that_was_right_is_not_left_for_the_next_custodian_to_read(
    sitting, small
):
    other, papers = made(small), made(small)
    async with sitting(vault=small, unlocked=False) as officer:
        await begins_recovery(officer)
        await gives(officer, papers[0])
        for share, told in ((papers[0], "entered already"), (other[1], "another set")):
            await officer.sees("> Share 2")
            await officer.write(short(share))
            await officer.reads(told)
            await officer.sees("0 of 33 words")


async def test_a_wrong_word_is_named_and_what_was_typed_stays_to_be_put_right(sitting, small):
    (paper,) = made(small, 1, 1)
    words = paper.split()
    right, words[32] = words[32], "acid" if words[32] != "acid" else "acne"
    async with sitting(vault=small, unlocked=False) as officer:
        await begins_recovery(officer)
        await officer.write(short(" ".join(words)))
        await officer.sees(f"Word 33, “{words[32]}”, is not right.")
        await officer.press("end", *["backspace"] * 4)
        await officer.write(right)
        await officer.sees("> Administrator's name")


@pytest.mark.long
async def test_shares_made_earlier_do_not_open_and_it_begins_anew(sitting, small):
    (earlier,), papers = made(small, 1, 1), made(small, 1, 1)
    async with sitting(vault=small, unlocked=False) as officer:
        await begins_recovery(officer)
        await gives(officer, earlier)
        await becomes_administrator(officer, *NEW)
        await officer.reads("These shares do not open this vault.")
        await officer.sees("> Share 1")
        assert opens(small, *papers)


@pytest.mark.long
async def test_a_name_that_is_taken_is_told_and_the_shares_are_kept(sitting, small):
    (paper,) = made(small, 1, 1)
    async with sitting(vault=small, unlocked=False) as officer:
        await begins_recovery(officer)
        await gives(officer, paper)
        await becomes_administrator(officer, OFFICER[0], NEW[1])
        await officer.reads("There is an officer of that name already.")
        await officer.sees("> Passphrase")
        await officer.press("shift+tab", "end", "ctrl+u")
        await becomes_administrator(officer, *NEW)
        await officer.sees("The vault is recovered.")


@pytest.mark.long
async def test_escape_leads_back_to_the_way_in_and_asks_once_a_share_would_be_lost(sitting, small):
    papers = made(small)
    async with sitting(vault=small, unlocked=False) as officer:
        await begins_recovery(officer)
        await officer.press("escape")
        await begins_recovery(officer)
        await gives(officer, papers[0])
        await officer.sees("> Share 2")
        await officer.press("escape")
        await officer.sees("Leave the recovery?")
        await officer.press("1", "enter")
        await officer.sees("> Share 2")
        await officer.press("escape")
        await officer.sees("Leave the recovery?")
        await officer.press("2", "enter")
        await begins_recovery(officer)


async def test_nothing_of_the_vault_is_reachable_from_a_recovery(sitting, small):
    async with sitting(vault=small, unlocked=False) as officer:
        await begins_recovery(officer)
        await officer.press("f2", "f4", "f5", "f6", "f7", "ctrl+l")
        assert "> Share 1" in await officer.settle()
        assert officer.app.desk is None
        await officer.press("ctrl+p")
        screen = await officer.sees("What do you want to do?")
        assert "Officers" not in screen


@pytest.mark.long
async def test_it_is_forgotten_once_however_soon_it_is_looked_again(sitting, small, monkeypatch):
    async with sitting(vault=small, unlocked=False) as officer:
        await begins_recovery(officer)
        begun, real = [], officer.app.start_over

        async def start_over():
            begun.append(1)
            await real()

        monkeypatch.setattr(officer.app, "start_over", start_over)
        officer.app._used -= 700
        await officer.app._watch_idle()
        await officer.app._watch_idle()
        await officer.sees("> Officer")
        assert begun == [1]


@pytest.mark.long
@pytest.mark.parametrize("complete", [False, True])
async def test_what_custodians_typed_is_forgotten_where_nobody_is_there(sitting, small, complete):
    papers = made(small)
    async with sitting(vault=small, unlocked=False) as officer:
        await begins_recovery(officer)
        await gives(officer, *(papers[:2] if complete else papers[:1]))
        await officer.sees("> Administrator's name" if complete else "> Share 2")
        await nobody_is_there(officer)
        await begins_recovery(officer)
        assert len(officer.app.screen_stack) == 3  # the ground, the way in, its form
