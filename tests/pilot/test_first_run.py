"""The first run: no vault yet, and one is made."""

import pytest

from secterm.desk.desk import Desk
from secterm.vault import kdf, keyfile
from secterm.vault.errors import WrongPassphrase
from tests.support import sticks
from tests.support.house import OFFICER

WEAK, STRONG = "password1234", OFFICER[1]


@pytest.fixture
def first_run(sitting, tmp_path, monkeypatch):
    """The app where there is no vault, on a machine that is measured in no time."""
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 0.0)
    return lambda **how: sitting(vault=tmp_path / "new.db", unlocked=False, **how)


async def filled_in(officer, passphrase, again):
    for label, text in (
        ("> Unit", "Test unit"),
        ("> Your name", OFFICER[0]),
        ("> Passphrase", passphrase),
        ("> Once more", again),
    ):
        await officer.sees(label)
        await officer.write(text)
    if passphrase == again:
        await officer.sees("> Key file beside it")
        await officer.press("enter")


async def test_a_vault_is_made_and_its_checkpoint_and_fingerprint_are_shown(first_run, tmp_path):
    async with first_run() as officer:
        await filled_in(officer, STRONG, STRONG)
        screen = await officer.sees("The vault is made")
        assert officer.journal in screen
        assert officer.desk.log_fingerprint() in screen
        await officer.press("enter")
        await officer.sees("Make recovery shares now")
        await officer.press("2", "enter")
        await officer.misses("Make recovery shares now")
        await officer.sees("There is no dossier yet. F2 opens the first.")
    with_passphrase = Desk.open(tmp_path / "new.db", *OFFICER)
    with_passphrase.close()


async def test_a_weak_passphrase_is_told_and_nothing_typed_is_lost(first_run, tmp_path):
    async with first_run() as officer:
        for text in ("Test unit", OFFICER[0], WEAK):
            await officer.write(text)
        screen = await officer.sees("Too easy to guess")
        assert "Test unit" in screen
        assert OFFICER[0] in screen
        assert "•" * len(WEAK) in screen
        assert not (tmp_path / "new.db").exists()


async def test_the_meter_says_how_strong_it_is_while_it_is_typed(first_run):
    async with first_run() as officer:
        for text in ("Test unit", OFFICER[0]):
            await officer.write(text)
        await officer.type("aaaa")
        await officer.sees("very weak")
        await officer.type(STRONG)
        await officer.sees("strong.")


async def test_two_passphrases_that_differ_are_typed_again(first_run, tmp_path):
    async with first_run() as officer:
        await filled_in(officer, STRONG, STRONG + "x")
        await officer.sees("The two are not the same")
        await officer.sees("> Passphrase")
        assert "••" not in officer.screen
        await officer.write(STRONG)
        await officer.write(STRONG)
        await officer.press("enter")
        await officer.sees("The vault is made")


async def test_the_unit_s_own_name_does_not_make_a_passphrase(first_run):
    async with first_run() as officer:
        await officer.write("Zyxwvutsrqponm")
        await officer.write(OFFICER[0])
        await officer.write("Zyxwvutsrqponm")
        await officer.sees("Too easy to guess")


async def test_escape_loses_nothing(first_run):
    async with first_run() as officer:
        await officer.write("Test unit")
        await officer.press("escape")
        screen = await officer.settle()
        assert "Test unit" in screen
        assert "> Your name" in screen


@pytest.mark.long
async def test_the_measuring_can_be_stopped_and_leaves_no_vault(first_run, tmp_path, monkeypatch):
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 5.0)
    async with first_run() as officer:
        await filled_in(officer, STRONG, STRONG)
        await officer.sees("Measuring this machine")
        await officer.press("escape")
        screen = await officer.sees("Stopped. There is no vault yet.")
        assert "Test unit" in screen
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
async def test_a_folder_that_is_gone_is_told_and_what_was_typed_stays(
    sitting, tmp_path, monkeypatch
):
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 0.0)
    folder = tmp_path / "disk"
    async with sitting(vault=folder / "new.db", unlocked=False) as officer:
        await filled_in(officer, STRONG, STRONG)
        screen = await officer.sees("its folder does not exist")
        assert "Test unit" in screen
        folder.mkdir()
        await officer.write(STRONG)
        await officer.write(STRONG)
        await officer.press("enter")
        await officer.sees("The vault is made")


async def test_a_key_file_is_made_and_its_place_shown_and_both_are_needed(
    first_run, tmp_path, monkeypatch
):
    stick = sticks.mounted(tmp_path, monkeypatch)
    async with first_run() as officer:
        for text in ("Test unit", OFFICER[0], STRONG, STRONG):
            await officer.write(text)
        await officer.sees("> Key file beside it")
        await officer.write("2")
        await officer.sees("> Folder on the medium")
        await officer.press("enter")
        screen = await officer.sees("A key file is made.")
        (path,) = stick.iterdir()
        assert str(path) in "".join(screen.split())
        await officer.press("enter")
        await officer.sees("The vault is made")
    Desk.open(tmp_path / "new.db", *OFFICER, key_files=[keyfile.read(path)]).close()
    with pytest.raises(WrongPassphrase):
        Desk.open(tmp_path / "new.db", *OFFICER)


async def test_where_no_vault_comes_to_be_no_key_file_stays(first_run, tmp_path, monkeypatch):
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 5.0)
    stick = sticks.mounted(tmp_path, monkeypatch)
    async with first_run() as officer:
        for text in ("Test unit", OFFICER[0], STRONG, STRONG, "2"):
            await officer.write(text)
        await officer.sees("> Folder on the medium")
        await officer.press("enter")
        await officer.sees("Measuring this machine")
        await officer.press("escape")
        await officer.sees("Stopped. There is no vault yet.")
    assert list(stick.iterdir()) == []
