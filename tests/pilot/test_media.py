"""Media at the export: they come and go while the form is shown, one is chosen, a disk that
stays is asked about once more, and what fails is told and tried again.
"""

import errno
import os
import shutil

import pyrage
import pytest

from secterm.archive import media

TO = str(pyrage.x25519.Identity.generate().to_public())


@pytest.fixture
def small(sitting):
    return lambda: sitting(("opened", "general"))


async def begins(officer):
    await officer.press("f5")
    await officer.sees("> Medium")


async def names_the_recipient(officer):
    await officer.press("enter")
    await names_the_recipient_from(officer)


async def names_the_recipient_from(officer):
    await officer.sees("> Encrypt to")
    await officer.press("enter")
    await officer.sees("> Recipients")
    await officer.type(TO)


async def names_a_folder(officer):
    await begins(officer)
    await officer.press("up", "enter")
    await officer.sees("> Folder")


# -- what is here ----------------------------------------------------------------------


async def test_a_stick_is_shown_with_all_that_is_known_of_it(small, stick):
    async with small() as officer:
        await begins(officer)
        await officer.sees("> 1 (•) VIELLAND (SanDisk Cruzer Blade)")
        await officer.sees("free of 8.0 GB, vfat, new here")


async def test_an_archive_goes_onto_the_stick_with_enter_alone(small, stick):
    async with small() as officer:
        await begins(officer)
        await names_the_recipient(officer)
        await officer.press("enter")
        await officer.sees("written, read back and compared")
        (written,) = stick.iterdir()
        await officer.sees(written.name)
        receipt = officer.desk.receipts()[0].told
        assert (receipt.medium.kind, receipt.medium.label) == ("usb", "VIELLAND")
        assert receipt.medium.id == "4C1D-09FA"


@pytest.mark.long
async def test_when_a_stick_was_last_used_here_is_told(small, stick):
    async with small() as officer:
        for told in ("new here", "last used here on"):
            await begins(officer)
            await officer.sees(told)
            await names_the_recipient(officer)
            await officer.press("enter")
            await officer.sees("written, read back and compared")
            await officer.press("enter")
            await officer.sees("Show only")


async def test_a_stick_that_comes_is_shown_and_chosen_where_nothing_was(small, machine, tmp_path):
    async with small() as officer:
        await begins(officer)
        await officer.reads("No removable medium is mounted.")
        await officer.press("enter")
        await officer.reads("Choose an answer with its number or the arrows")
        machine.stick(tmp_path / "stick", label="VIELLAND")
        await officer.sees("> 1 (•) VIELLAND")
        await officer.misses("Choose an answer")


async def test_a_stick_that_is_plugged_in_and_not_mounted_is_told(small, machine, tmp_path):
    machine.stick(None, label="VIELLAND")
    async with small() as officer:
        await begins(officer)
        await officer.reads("not mounted yet: VIELLAND (SanDisk Cruzer Blade, sdb1).")
        machine.stick(None, "c", label="REGISTRY")
        await officer.reads("REGISTRY (SanDisk Cruzer Blade, sdc1).")
        machine.stick(tmp_path / "stick")
        await officer.sees("> 1 (•) VIELLAND")
        await officer.misses("sdb1")


async def test_another_stick_takes_neither_the_cursor_nor_what_was_typed(
    small, machine, stick, tmp_path
):
    async with small() as officer:
        await begins(officer)
        await officer.sees("1 (•) VIELLAND")
        await officer.press("enter")
        await officer.sees("> Encrypt to")
        await officer.press("enter")
        await officer.sees("> Recipients")
        await officer.type("age1half")
        await officer.press("left", "left")
        machine.stick(tmp_path / "two", "c", label="REGISTRY")
        await officer.sees("1 ( ) REGISTRY")
        screen = await officer.sees("2 (•) VIELLAND")
        assert "> Recipients" in screen
        await officer.type("x")
        await officer.sees("age1haxlf")


async def test_a_stick_that_goes_is_not_chosen_any_more_and_is_again_when_it_is_back(
    small, machine, stick, tmp_path
):
    machine.stick(tmp_path / "two", "c", label="REGISTRY")
    async with small() as officer:
        await begins(officer)
        await officer.press("2")
        await officer.sees("> 2 (•) VIELLAND")
        machine.unmount(stick)
        screen = await officer.misses("(•) VIELLAND")
        assert "(•) REGISTRY" not in screen
        await officer.reads("The medium that was chosen is not here any more.")
        machine.stick(stick)
        await officer.sees("(•) VIELLAND")
        await officer.misses("not here any more")


async def test_another_stick_in_the_same_folder_is_not_taken_for_it(small, machine, stick):
    async with small() as officer:
        await begins(officer)
        await officer.sees("1 (•) VIELLAND")
        machine.unmount(stick)
        machine.stick(stick, "c", label="OTHER", id="BBBB")
        await officer.sees("1 ( ) OTHER")
        await officer.reads("not here any more")


async def test_a_stick_that_takes_no_writing_is_told_at_once(small, machine, tmp_path):
    machine.stick(tmp_path / "stick", label="VIELLAND", options="ro")
    async with small() as officer:
        await begins(officer)
        await officer.sees("read-only")
        await officer.press("1", "enter")
        await officer.reads("This medium is read-only. Nothing can be written to it.")
        assert "> Medium" in officer.screen


async def test_what_stands_still_is_not_drawn_again(small, stick, monkeypatch):
    looks = []

    def free(folder):
        looks.append(folder)
        return 6_843_000_000 + len(looks)

    monkeypatch.setattr(media, "_free", free)
    async with small() as officer:
        await begins(officer)
        await officer.sees("VIELLAND")
        drawn = []
        officer.app.screen.query_one("#entry-medium").ask = lambda *what: drawn.append(what)
        seen = len(looks)
        await officer.until(lambda: len(looks) > seen + 3)
        assert not drawn


# -- a disk that stays ----------------------------------------------------------------------


async def test_a_folder_on_a_disk_that_stays_is_asked_about_once_more(small, machine, tmp_path):
    async with small() as officer:
        await names_a_folder(officer)
        await officer.write(str(tmp_path))
        screen = await officer.reads("on a disk that stays in this machine (ATA INTERNAL 500).")
        assert "> Folder" in screen
        await officer.press("enter")
        await officer.sees("> Encrypt to")


async def test_going_on_by_another_way_does_not_say_that_it_is_meant(small, machine, tmp_path):
    async with small() as officer:
        before = officer.journal
        await names_a_folder(officer)
        await officer.type(str(tmp_path))
        await officer.press("tab", "tab")
        await officer.sees("> Recipients")
        await officer.write(TO)
        await officer.reads("Enter again, if that is meant.")
        assert "> Folder" in officer.screen
        assert officer.journal == before
        await officer.press("enter")
        await officer.sees("> Encrypt to")


async def test_a_key_that_is_held_down_does_not_say_that_it_is_meant(
    small, machine, tmp_path, holding
):
    async with small() as officer:
        await names_a_folder(officer)
        await officer.type(str(tmp_path))
        holding()
        for _ in range(5):
            await officer.press("enter")
        await officer.reads("Enter again, if that is meant.")
        assert "> Folder" in officer.screen


@pytest.mark.long
async def test_another_folder_there_is_asked_about_anew(small, machine, tmp_path):
    (tmp_path / "in").mkdir()
    async with small() as officer:
        await names_a_folder(officer)
        await officer.write(str(tmp_path))
        await officer.reads("if that is meant.")
        await officer.type("/in")
        await officer.misses("if that is meant.")
        await officer.press("enter")
        await officer.reads("This folder is on a disk that stays")
        assert "> Folder" in officer.screen


async def test_a_folder_on_a_stick_is_asked_about_once_only(small, stick):
    (stick / "archives").mkdir()
    async with small() as officer:
        await begins(officer)
        await officer.press("2", "enter")
        await officer.sees("> Folder")
        await officer.write(str(stick / "archives"))
        await officer.sees("> Encrypt to")


# -- what fails --------------------------------------------------------------------------------


@pytest.fixture
def failing(monkeypatch):
    """While it is set, a file that is to be kept on the medium is not."""
    real, number = os.fsync, []

    def fsync(handle):
        path = os.readlink(f"/proc/self/fd/{handle}")
        if number and path.endswith(".part"):
            raise OSError(number[0], os.strerror(number[0]))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return number


@pytest.mark.long
@pytest.mark.parametrize(
    ("number", "what", "advice"),
    [
        (errno.ENOSPC, "the medium is full.", "Make room on the medium"),
        (errno.EROFS, "the medium is read-only.", "a switch against writing"),
        (errno.EIO, "the medium has failed.", "Put it in again if it was pulled out"),
    ],
)
async def test_what_went_wrong_is_told_and_one_key_tries_again(
    small, stick, failing, number, what, advice
):
    async with small() as officer:
        before = officer.journal
        await begins(officer)
        await names_the_recipient(officer)
        failing.append(number)
        await officer.press("enter")
        await officer.reads(f"The archive was not written: {what}")
        await officer.reads("The vault is unchanged, and nothing half-written is left.")
        await officer.reads(advice)
        assert list(stick.iterdir()) == []
        assert officer.journal == before
        assert not officer.desk.receipts()
        failing.clear()
        await officer.press("enter")
        await officer.sees("written, read back and compared")
        assert len(list(stick.iterdir())) == 1
        assert len(officer.desk.receipts()) == 1


async def test_a_stick_pulled_out_in_the_middle_is_told_with_what_is_on_it(
    small, machine, stick, failing, monkeypatch, tmp_path
):
    kept = tmp_path / "in the hand"

    def pulled_out(handle):
        if stick.exists():
            machine.unmount(stick)
            shutil.move(stick, kept)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    async with small() as officer:
        before = officer.journal
        await begins(officer)
        await names_the_recipient(officer)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", pulled_out)
            await officer.press("enter")
            await officer.reads("The archive was not written: the medium has failed.")
        (part,) = kept.iterdir()
        await officer.reads("this archive did not happen.")
        await officer.reads(f"{part.name}: encrypted, of no use, and to be deleted.")
        await officer.press("enter")  # it is not in yet
        await officer.reads("The archive was not written: the medium is not here any more.")
        await officer.reads("to be deleted.")
        assert officer.journal == before
        shutil.move(kept, stick)
        machine.stick(stick)
        await officer.press("enter")
        await officer.sees("written, read back and compared")
        (written,) = stick.iterdir()
        assert written.suffix == ".age"


async def test_where_a_stick_is_gone_nothing_is_written_in_its_place(small, machine, stick):
    async with small() as officer:
        await begins(officer)
        await names_the_recipient(officer)
        machine.unmount(stick)
        await officer.reads("not here any more.")
        await officer.press("enter")
        await officer.reads("Choose an answer with its number or the arrows")
        assert list(stick.iterdir()) == []


@pytest.mark.long
async def test_a_folder_whose_stick_is_gone_is_not_written_to(small, machine, stick):
    async with small() as officer:
        await begins(officer)
        await officer.press("2", "enter")
        await officer.sees("> Folder")
        await officer.write(str(stick))
        await names_the_recipient_from(officer)
        machine.unmount(stick)
        await officer.press("enter")
        await officer.reads("Enter again, if that is meant.")
        assert list(stick.iterdir()) == []


@pytest.mark.long
async def test_from_a_failure_the_form_is_as_it_was(small, stick, failing):
    async with small() as officer:
        await begins(officer)
        await names_the_recipient(officer)
        failing.append(errno.EIO)
        await officer.press("enter")
        await officer.sees("Try again")
        await officer.press("2", "enter")
        screen = await officer.sees("> Medium")
        assert "(•) VIELLAND" in screen
        assert TO[:20] in screen
        await officer.reads("the medium has failed.")


@pytest.mark.long
async def test_an_archive_s_passphrase_is_not_asked_again_for_another_try(small, stick, failing):
    async with small() as officer:
        await begins(officer)
        await officer.press("enter")
        await officer.sees("> Encrypt to")
        await officer.write("2")
        await officer.sees("> Archive's passphrase")
        await officer.write("test lantern orchard velvet")
        await officer.sees("> Once more")
        await officer.type("test lantern orchard velvet")
        failing.append(errno.EIO)
        await officer.press("enter")
        await officer.sees("Try again")
        failing.clear()
        await officer.press("enter")
        await officer.sees("written, read back and compared")


@pytest.mark.long
async def test_a_lock_between_two_tries_leads_back_to_the_export(small, stick, failing):
    async with small() as officer:
        await begins(officer)
        await names_the_recipient(officer)
        failing.append(errno.EIO)
        await officer.press("enter")
        await officer.sees("Try again")
        await officer.locks()
        await officer.comes_back_to("> Medium")
        await officer.sees(TO[:40])
        assert not officer.desk.receipts()
        failing.clear()
        await officer.press("enter", "enter")
        await officer.sees("> Recipients")
        await officer.press("enter")
        await officer.sees("written, read back and compared")
        await officer.press("enter")
        await officer.sees("Show only")


async def test_a_medium_without_room_is_told_before_a_byte_is_written(small, stick, monkeypatch):
    def free(folder):
        found = list(os.fstatvfs(os.open(folder, os.O_PATH)))
        return os.statvfs_result([4096, 4096, 100, 10, 10, *found[5:]])

    async with small() as officer:
        before = officer.journal
        await begins(officer)
        await names_the_recipient(officer)
        monkeypatch.setattr(os, "statvfs", free)
        await officer.press("enter")
        await officer.reads("The archive was not written: it needs about")
        await officer.reads("and 41.0 kB are free there.")
        await officer.reads("Make room on the medium or take a larger one, or export fewer")
        assert officer.journal == before
        assert list(stick.iterdir()) == []


# -- receipts ------------------------------------------------------------------------------------


@pytest.mark.long
async def test_all_receipts_can_be_read(small, stick):
    async with small() as officer:
        await begins(officer)
        await officer.press("f6")
        await officer.sees("No archive was written yet.")
        await officer.press("escape")
        await officer.sees("> Medium")
        journal = officer.journal
        await names_the_recipient(officer)
        await officer.press("enter")
        await officer.sees("written, read back and compared")
        await officer.press("enter")
        await officer.sees("Show only")
        await begins(officer)
        await officer.press("f6")
        await officer.sees("1 archive was written.")
        screen = await officer.sees("VIELLAND, on USB, file system 4C1D-09FA")
        (written,) = stick.iterdir()
        for part in (written.name, journal, TO, "1 dossier,", "by Alix Test"):
            assert part in screen


async def test_they_can_be_read_from_a_verification_too(small):
    async with small() as officer:
        await officer.press("f6")
        await officer.sees("> Earlier checkpoint")
        await officer.press("enter")
        await officer.sees("The vault holds.")
        await officer.press("f3")
        await officer.sees("No archive was written yet.")
        await officer.press("escape")
        await officer.sees("The vault holds.")
