"""The way in: what is told when it does not open, and what is kept."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from secterm.desk import model
from secterm.desk.desk import Desk
from secterm.desk.model import now
from secterm.vault import keyfile
from secterm.vault.errors import WrongPassphrase
from tests.support import sticks
from tests.support.house import OFFICER, SECOND


def fail(path, times):
    """So many attempts with a wrong passphrase."""
    for _ in range(times):
        with pytest.raises(WrongPassphrase):
            Desk.open(path, OFFICER[0], "a wrong test passphrase")


async def test_a_wrong_passphrase_is_told_and_the_name_kept(sitting):
    async with sitting(unlocked=False) as officer:
        await officer.write(OFFICER[0])
        await officer.write("a wrong test passphrase")
        await officer.sees("The vault does not open with this name and passphrase. 1 attempt")
        screen = await officer.sees("> Passphrase")
        assert OFFICER[0] in screen
        assert "•" not in screen
        await officer.write(OFFICER[1])
        await officer.sees("Show only")


async def test_after_a_lock_the_passphrase_alone_is_asked_of_who_locked(sitting):
    async with sitting() as officer:
        await officer.locks()
        screen = await officer.sees("> Passphrase")
        assert OFFICER[0] in screen
        await officer.type(OFFICER[1])
        assert OFFICER[1] not in await officer.settle()
        await officer.press("enter")
        await officer.sees("Show only")


@pytest.mark.long
async def test_after_a_lock_another_officer_enters_their_own_name(sitting):
    async with sitting() as officer:
        await officer.locks()
        await officer.unlock(SECOND)
        await officer.sees(f"Test unit: {SECOND[0]}")


@pytest.mark.long
async def test_an_appointee_who_locked_is_shown_no_officer_s_name(sitting):
    async with sitting() as officer:
        await officer.opens("rules", "general")
        await officer.hands_over("I have read this rule")
        await officer.press("ctrl+l")
        assert OFFICER[0] not in await officer.sees("> Officer")


async def test_at_the_first_start_nobody_is_named(sitting):
    async with sitting(unlocked=False) as officer:
        assert OFFICER[0] not in await officer.sees("> Officer")


async def test_the_wait_grows_and_is_counted_down(sitting, vault, monkeypatch):
    monkeypatch.setattr(model, "LONGEST_WAIT", 0.3)
    fail(vault, 3)
    async with sitting(unlocked=False, vault=vault) as officer:
        await officer.sees("The next attempt is possible in 1 second.")
        await officer.sees("> Officer")


async def test_failed_attempts_are_told_after_unlocking(sitting, vault):
    fail(vault, 2)
    async with sitting(unlocked=False, vault=vault) as officer:
        await officer.unlock()
        await officer.sees("2 failed attempts to unlock before this one.")


async def test_what_was_told_at_unlocking_goes_once_something_else_is_opened(sitting, vault):
    fail(vault, 1)
    async with sitting(unlocked=False, vault=vault) as officer:
        await officer.unlock()
        await officer.sees("1 failed attempt")
        await officer.press("f1")
        await officer.sees("Esc closes this.")
        await officer.press("escape")
        await officer.sees("1 failed attempt")
        await officer.press("f4")
        await officer.sees("Officers of this vault")
        await officer.press("escape")
        await officer.sees("Show only")
        await officer.misses("1 failed attempt")


async def test_escape_leaves_name_and_passphrase_as_they_are(sitting):
    async with sitting(unlocked=False) as officer:
        await officer.write(OFFICER[0])
        await officer.type("half a")
        await officer.press("escape")
        screen = await officer.settle()
        assert OFFICER[0] in screen
        assert "> Passphrase" in screen


# -- key files -------------------------------------------------------------------------


@pytest.fixture
def stick(vault, tmp_path, monkeypatch):
    """A mounted stick with the officer's key file, which their slot takes."""
    stick = sticks.mounted(tmp_path, monkeypatch)
    path, key = keyfile.make(stick)
    desk = Desk.open(vault, *OFFICER)
    desk.change_passphrase(OFFICER[1], OFFICER[1], key_file=key)
    desk.close()
    path.rename(stick / "mine.secterm-key")
    return stick


async def enters(officer):
    await officer.sees("> Officer")
    await officer.write(OFFICER[0])
    await officer.sees("> Passphrase")
    await officer.write(OFFICER[1])


async def test_a_key_file_on_a_mounted_stick_is_found_by_itself(sitting, vault, stick):
    async with sitting(unlocked=False, vault=vault) as officer:
        await officer.unlock()


async def test_a_stick_that_is_put_in_after_an_attempt_is_found_at_the_next(sitting, vault, stick):
    mounts = sticks.unmounted()
    async with sitting(unlocked=False, vault=vault) as officer:
        await enters(officer)
        await officer.reads("the key file if you have one; then try again.")
        sticks.put_back(mounts)
        await officer.write(OFFICER[1])
        await officer.sees("Show only")


@pytest.mark.long
async def test_a_damaged_key_file_on_a_stick_does_not_open(sitting, vault, stick):
    path = stick / "mine.secterm-key"
    path.write_text(path.read_text()[:40])
    async with sitting(unlocked=False, vault=vault) as officer:
        await enters(officer)
        await officer.reads("the key file if you have one; then try again.")


async def test_a_key_file_elsewhere_is_asked_for_only_when_it_is_wanted(
    sitting, vault, stick, tmp_path
):
    (stick / "mine.secterm-key").rename(tmp_path / "mine")
    async with sitting(unlocked=False, vault=vault) as officer:
        await officer.sees("> Officer")
        assert "Path of the key file" not in officer.screen
        await officer.press("f3")
        await officer.sees("  Path of the key file")
        await enters(officer)
        await officer.sees("> Path of the key file")
        await officer.press("f3")
        await officer.misses("Path of the key file")
        await officer.sees("> Passphrase")
        await officer.press("f3", "tab")
        await officer.sees("> Path of the key file")
        await officer.write(str(tmp_path / "mine"))
        await officer.sees("Show only")


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "there is no such file"), ("a letter", "it is no key file")],
    ids=["missing", "a letter"],
)
async def test_a_named_key_file_that_cannot_be_used_is_told_and_asked_again(
    sitting, vault, tmp_path, text, said
):
    if text is not None:
        (tmp_path / "mine").write_text(text)
    async with sitting(unlocked=False, vault=vault) as officer:
        await officer.sees("> Officer")
        await officer.press("f3")
        await enters(officer)
        await officer.sees("> Path of the key file")
        await officer.write(str(tmp_path / "mine"))
        await officer.reads(f"The key file cannot be used: {said}.")
        screen = await officer.sees("> Passphrase")
        assert OFFICER[0] in screen
        assert "Path of the key file" in screen
        await officer.press("f3")
        await officer.write(OFFICER[1])
        await officer.sees("Show only")


@pytest.mark.long
async def test_who_unlocked_with_a_key_file_elsewhere_takes_the_keyboard_back_with_it(
    sitting, vault, stick, tmp_path
):
    (stick / "mine.secterm-key").rename(tmp_path / "mine")
    async with sitting(unlocked=False, vault=vault) as officer:
        await officer.sees("> Officer")
        await officer.press("f3")
        await enters(officer)
        await officer.sees("> Path of the key file")
        await officer.write(str(tmp_path / "mine"))
        await officer.sees("Show only")
        await officer.opens("rules")
        await officer.hands_over("I have read this rule")
        await officer.gives_back()
        await officer.sees("> NEXT")


@pytest.mark.long
async def test_taking_the_keyboard_back_takes_the_key_file_too(sitting, vault, stick):
    async with sitting(unlocked=False, vault=vault) as officer:
        await officer.unlock()
        await officer.opens("rules")
        await officer.hands_over("I have read this rule")
        mounts = sticks.unmounted()
        await officer.press("escape")
        await officer.sees("> Officer's passphrase")
        await officer.write(OFFICER[1])
        await officer.reads("Where it takes a key file, mount its medium.")
        sticks.put_back(mounts)
        await officer.write(OFFICER[1])
        await officer.sees("> NEXT")


# -- what is not a vault that opens ------------------------------------------------


async def is_told(officer, what):
    """The screen tells this, and Enter ends the program with status 4."""
    await officer.reads(what)
    await officer.press("enter")
    assert await officer.ends() == 4


async def test_what_is_not_a_vault_is_told(sitting, tmp_path):
    path = tmp_path / "vault.db"
    path.write_bytes(b"a letter, and no vault" * 100)
    async with sitting(unlocked=False, vault=path) as officer:
        await is_told(officer, "This file is not a vault. It was not touched.")
    assert path.read_bytes() == b"a letter, and no vault" * 100


async def test_a_newer_format_is_told(sitting, vault):
    raw = bytearray(vault.read_bytes())
    raw[60:64] = (99).to_bytes(4, "big")
    vault.write_bytes(raw)
    async with sitting(unlocked=False, vault=vault) as officer:
        await is_told(officer, "written by a later version (format 99). It was not touched.")


async def test_a_damaged_vault_is_told(sitting, vault):
    raw = bytearray(vault.read_bytes())
    raw[100:4096] = bytes(3996)
    vault.write_bytes(raw)
    async with sitting(unlocked=False, vault=vault) as officer:
        await is_told(officer, "The vault is damaged or was changed")


HOLDER = """
import sys
from pathlib import Path
from secterm.vault import kdf
kdf.floors, kdf.TARGET_SECONDS = (kdf.Cost(t=1, m=32, p=1),), 0.0
from secterm.desk.desk import Desk
desk = Desk.open(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
print("open", flush=True)
sys.stdin.read()
"""


async def test_a_vault_that_another_process_holds_is_told_with_its_holder(sitting, vault):
    command = [sys.executable, "-c", HOLDER, str(vault), *OFFICER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"open\n"
        async with sitting(unlocked=False, vault=vault) as officer:
            await is_told(officer, f"The vault is open already: process {holder.pid}")
        holder.communicate()


async def test_a_folder_that_is_no_longer_writable_is_told(sitting, vault, monkeypatch):
    # Root may write everywhere, so the system's own answer is given for it.
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    async with sitting(unlocked=False, vault=vault) as officer:
        await is_told(officer, "The vault cannot be read or written: it is read-only.")


# -- the clock -----------------------------------------------------------------------


def yesterday():
    return now() - timedelta(days=1)


def entries(path):
    """The checkpoint, which names how many entries there are."""
    desk = Desk.open(path, *OFFICER)
    try:
        return desk.checkpoint_line()
    finally:
        desk.close()


async def test_a_clock_that_is_behind_can_be_set_right_first(sitting, vault):
    before = entries(vault)
    async with sitting(unlocked=False, vault=vault, clock=yesterday) as officer:
        await officer.write(OFFICER[0])
        await officer.write(OFFICER[1])
        await officer.sees("The clock is wrong")
        await officer.press("1", "enter")
        assert await officer.ends() == 4
    assert entries(vault) == before


async def test_a_clock_that_is_behind_can_be_accepted_and_that_is_recorded(sitting, vault):
    before = entries(vault)
    async with sitting(unlocked=False, vault=vault, clock=yesterday) as officer:
        await officer.write(OFFICER[0])
        await officer.write(OFFICER[1])
        await officer.sees("The clock is wrong")
        await officer.press("2", "enter")
        await officer.sees("Show only")
        assert officer.journal != before
