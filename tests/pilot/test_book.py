"""The recipients' book at the screen: a key comes in once its fingerprint was compared, a
secret key never does, and an export is for names.
"""

import pyrage
import pytest

from secterm.archive.recipients import fingerprint
from secterm.settings import Settings
from secterm.tui.widgets import line
from tests.support.house import SECOND
from tests.support.pictures import code

SECRET = pyrage.x25519.Identity.generate()
KEY = str(SECRET.to_public())
OTHER = str(pyrage.x25519.Identity.generate().to_public())
ONE = ("opened", "general")


def written_to(desk, *names):
    keys = {}
    for name in names:
        keys[name] = str(pyrage.x25519.Identity.generate().to_public())
        desk.add_recipient(name, keys[name], "typed", fingerprint(keys[name]))
    return keys


async def at_the_book(officer):
    await officer.press("f4")
    await officer.sees("Officers of this vault")
    await officer.press("f6")
    return await officer.sees("Recipients' book of this vault")


async def adding(officer):
    await at_the_book(officer)
    await officer.press("f2")
    await officer.sees("> The public key is")


async def typing(officer, key):
    await adding(officer)
    await officer.press("enter")
    await officer.sees("> Public key")
    await officer.write(key)


async def compared(officer, name, key):
    await officer.sees("> Name")
    await officer.press("ctrl+u")
    await officer.write(name)
    await officer.sees("> First group")
    await officer.write(fingerprint(key)[:4])


# -- adding -------------------------------------------------------------------------------


async def test_a_key_is_typed_compared_and_in_the_book(sitting):
    async with sitting(ONE) as officer:
        await typing(officer, KEY)
        screen = await officer.sees("Compare the key")
        assert KEY in screen
        assert fingerprint(KEY) in screen
        await compared(officer, "Central registry", KEY)
        screen = await officer.sees("In the book now: Central registry.")
        assert fingerprint(KEY) in screen
        await officer.press("enter")
        screen = await officer.sees("Recipient: Central registry")
        assert KEY in screen
        assert "by Alix Test, typed, entry #" in screen
        assert "printf %s KEY | sha256sum" in screen
        await officer.press("enter")
        await officer.sees("Recipients' book of this vault")


async def test_another_fingerprint_than_the_owner_s_adds_nobody(sitting):
    async with sitting(ONE) as officer:
        before = officer.journal
        await typing(officer, KEY)
        await compared(officer, "Registry", OTHER)
        await officer.reads("That is not how the key's fingerprint begins.")
        assert officer.journal == before
        await officer.press("escape", "escape")
        await officer.sees("Nobody was added.")
        assert officer.desk.recipients() == ()


@pytest.mark.long
async def test_what_is_no_key_or_is_there_already_is_told_at_once(sitting):
    async with sitting(ONE) as officer:
        officer.desk.add_recipient("Registry", KEY, "typed", fingerprint(KEY))
        await typing(officer, KEY)
        await officer.sees("This key is in the book already: Registry.")
        for typed, said in (
            ("age1pq1" + "q" * 90, "is a post-quantum key (age1pq1…)"),
            (OTHER[:-1], "is not an age public key"),
        ):
            await officer.press("ctrl+u")
            await officer.write(typed)
            await officer.reads(said)
        await officer.press("ctrl+u")
        await officer.write(OTHER)
        await officer.sees("Compare the key")


async def test_the_keys_of_a_file_are_compared_one_after_the_other(sitting, tmp_path):
    third = str(pyrage.x25519.Identity.generate().to_public())
    file = tmp_path / "keys.txt"
    file.write_text(f"# Registry\n{KEY}\n# Bureau\n{OTHER}\n{third}\n")
    async with sitting(ONE) as officer:
        officer.desk.add_recipient("Third", third, "typed", fingerprint(third))
        await adding(officer)
        await officer.write("2")
        await officer.sees("> Path of the file")
        await officer.write(str(file))
        await officer.sees("Compare the key (1 of 2)")
        await officer.press("enter")
        await officer.sees("> First group")
        await officer.write(fingerprint(KEY)[:4])
        await officer.sees("Compare the key (2 of 2)")
        await officer.press("escape")
        await officer.sees("In the book now: Registry. 1 key is in the book already.")
        assert [each.name for each in officer.desk.recipients()] == ["Third", "Registry"]


@pytest.mark.long
async def test_a_key_comes_from_a_picture_of_its_code(sitting, tmp_path):
    code(KEY.upper()).convert("RGB").save(tmp_path / "photo.jpg")
    async with sitting(ONE) as officer:
        await adding(officer)
        await officer.write("2")
        await officer.sees("> Path of the file")
        await officer.write(str(tmp_path / "nothing.jpg"))
        await officer.reads("cannot be read: No such file or directory")
        await officer.press("ctrl+u")
        await officer.write(str(tmp_path / "photo.jpg"))
        await officer.sees(KEY)
        await compared(officer, "Registry", KEY)
        await officer.sees("In the book now: Registry.")
        assert officer.desk.recipients()[0].source == "picture"


# -- a secret key ---------------------------------------------------------------------------


def anywhere(officer, text):
    """Whether a text stands on the screen, in a field, or in what a lock would keep."""
    left = officer.app.screen.typed()
    return text in officer.screen or any(text in typed for typed in left.values())


@pytest.mark.long
@pytest.mark.parametrize("way", ["typed", "pasted"])
async def test_a_secret_key_is_taken_out_of_the_line_and_cannot_be_had_back(
    sitting, monkeypatch, way
):
    monkeypatch.setattr(line, "REST", 0.3)
    secret = str(SECRET)
    async with sitting(ONE) as officer:
        before = officer.journal
        await adding(officer)
        await officer.press("enter")
        await officer.sees("> Public key")
        if way == "typed":  # as a console pastes
            await officer.type(secret)
        else:
            officer.app.screen.focused._on_paste(line.events.Paste(secret))
        await officer.reads("That was a secret key, which nobody but its owner may have.")
        assert not anywhere(officer, secret[15:30])
        await officer.pilot.pause(0.4)
        for key in ("ctrl+z", "ctrl+y"):
            await officer.press(key)
        assert not anywhere(officer, secret[:12])
        await officer.write(KEY)
        await officer.sees("Compare the key")
        assert officer.journal == before


async def test_a_secret_key_is_kept_out_of_a_longer_text_too(sitting):
    async with sitting(ONE) as officer:
        await officer.press("f9")
        await officer.sees("> Lock when idle")
        await officer.press(*["down"] * 4, "enter")
        await officer.sees("> age1… keys")
        await officer.type(f"{KEY} {SECRET}")
        await officer.reads("That was a secret key, which nobody but its owner may have.")
        assert not anywhere(officer, str(SECRET)[15:30])
        await officer.press("ctrl+z", "ctrl+y")
        assert not anywhere(officer, str(SECRET)[:12])
        assert anywhere(officer, KEY)  # what stood before it stays


async def test_a_secret_key_in_a_file_is_not_repeated(sitting, tmp_path):
    (tmp_path / "key.txt").write_text(f"{SECRET}\n")
    async with sitting(ONE) as officer:
        await adding(officer)
        await officer.write("2")
        await officer.sees("> Path of the file")
        await officer.write(str(tmp_path / "key.txt"))
        await officer.reads("the file holds a secret key")
        assert not anywhere(officer, str(SECRET)[15:30])


# -- removing, and who may --------------------------------------------------------------------


async def test_who_is_removed_stays_in_sight_with_the_reason(sitting):
    async with sitting(ONE) as officer:
        written_to(officer.desk, "Registry", "Bureau")
        await at_the_book(officer)
        await officer.press("down", "f8")
        await officer.sees("Bureau is not offered for archives any more.")
        await officer.sees("> Reason")
        await officer.write("The office was closed.")
        screen = await officer.sees("Bureau is not in the book any more.")
        assert "removed on" in screen
        await officer.press("down")
        assert "F8 Remove" not in await officer.settle()
        await officer.press("f8", "enter")
        await officer.reads("The office was closed.")


@pytest.mark.long
async def test_an_officer_sees_the_book_and_changes_nothing(sitting, vaults, tmp_path):
    async with sitting(ONE, unlocked=False) as officer:
        await officer.unlock(SECOND)
        screen = await at_the_book(officer)
        assert "Nobody is in the book yet." in screen
        assert "F2 Add" not in screen
        await officer.press("f2", "f8")
        assert "Recipients' book of this vault" in await officer.settle()


@pytest.mark.long
async def test_what_a_lock_interrupts_is_there_again(sitting):
    async with sitting(ONE) as officer:
        await adding(officer)
        await officer.press("enter")
        await officer.sees("> Public key")
        await officer.type(KEY[:40])
        await officer.locks()
        await officer.comes_back()
        await officer.sees(KEY[:40])


@pytest.mark.long
async def test_a_key_that_was_not_yet_confirmed_at_a_lock_is_not_in_the_book(sitting):
    async with sitting(ONE) as officer:
        await typing(officer, KEY)
        await officer.sees("> Name")
        await officer.type("Central reg")
        await officer.locks()
        await officer.comes_back()
        await officer.reads("does not fit here any more. This was it:")
        assert "Central reg" in officer.screen
        await officer.press("enter")
        await officer.sees("Recipients' book of this vault")
        assert officer.desk.recipients() == ()


# -- an export ----------------------------------------------------------------------------------


async def exporting(officer, medium):
    await officer.exports_to(medium)
    await officer.press("enter")
    return await officer.sees("> Recipients")


@pytest.mark.long
async def test_an_export_is_for_the_names_that_are_marked(sitting, medium):
    async with sitting(ONE) as officer:
        keys = written_to(officer.desk, "Registry", "Bureau", "Ministry")
        officer.desk.add_recipient("Mine", KEY, "typed", fingerprint(KEY))
        await exporting(officer, medium)
        await officer.press("space", "down", "space", "space", "down", "down", "space")
        await officer.press("enter")
        await officer.sees("> Other keys")
        for name, key in (("Registry", keys["Registry"]), ("Mine", KEY)):
            await officer.sees(f"  {name:<26} {fingerprint(key)}")
        assert fingerprint(keys["Bureau"]) not in officer.screen
        await officer.press("enter")
        await officer.sees("written, read back and compared")
        (written,) = medium.iterdir()
        assert written.read_bytes()[:600].count(b"-> X25519") == 2
        assert pyrage.decrypt(written.read_bytes(), [SECRET])


@pytest.mark.long
async def test_more_names_than_the_screen_has_lines_are_all_reached_and_told(sitting, medium):
    names = [f"Office {n:02}" for n in range(1, 26)]
    async with sitting(ONE) as officer:
        keys = written_to(officer.desk, *names)
        await exporting(officer, medium)
        await officer.press(*["down"] * 24, "space")
        await officer.sees("> 25 [x] Office 25")
        await officer.press("down", "space")
        await officer.sees(">  1 [x] Office 01")
        await officer.press("enter")
        await officer.sees("> Other keys")
        for name in ("Office 01", "Office 25"):
            await officer.sees(f"  {name:<26} {fingerprint(keys[name])}")


@pytest.mark.long
async def test_a_key_that_is_not_in_the_book_is_typed_beside_it_and_told_as_such(sitting, medium):
    async with sitting(ONE) as officer:
        written_to(officer.desk, "Registry")
        await exporting(officer, medium)
        await officer.press("space", "enter")
        await officer.sees("> Other keys")
        await officer.type(KEY)
        screen = await officer.sees(fingerprint(KEY))
        assert f"  {'(not in the book)':<26} {fingerprint(KEY)}" in screen
        await officer.press("enter")
        await officer.sees("written, read back and compared")
        (written,) = medium.iterdir()
        assert pyrage.decrypt(written.read_bytes(), [SECRET])


@pytest.mark.long
async def test_nobody_marked_writes_nothing(sitting, medium):
    async with sitting(ONE) as officer:
        written_to(officer.desk, "Registry")
        await exporting(officer, medium)
        await officer.press("enter")
        await officer.sees("> Other keys")
        await officer.press("enter")
        await officer.reads("nobody was named to encrypt to")
        await officer.type("Registy")
        await officer.press("enter")
        await officer.reads("there is no file of that name, nor a recipient in the book")
        assert list(medium.iterdir()) == []


@pytest.mark.long
async def test_names_in_the_settings_file_are_marked_and_its_keys_are_told_as_before(
    sitting, medium
):
    async with sitting(ONE) as officer:
        keys = written_to(officer.desk, "Central registry", "Bureau")
        officer.app.settings = Settings(recipients=("central  REGISTRY", KEY, keys["Bureau"]))
        await exporting(officer, medium)
        await officer.press("enter")
        await officer.sees("> Other keys")
        screen = await officer.sees(KEY)
        assert "[x] Central registry" in screen
        assert "[x] Bureau" in screen
        assert "Whoever has one of these keys" in screen
        screen = await officer.reads("which is neither sealed nor signed")
        assert KEY in screen
