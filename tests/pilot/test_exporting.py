"""Exporting at the screen: to a key or a passphrase, and what a failing medium is told as."""

import io
import resource
import tarfile

import pyrage
import pytest

PHRASE = "test lantern orchard velvet"


@pytest.fixture
def medium(tmp_path):
    folder = tmp_path / "medium"
    folder.mkdir()
    return folder


@pytest.fixture
def identity():
    return pyrage.x25519.Identity.generate()


async def asked_to(officer, folder, recipient):
    await officer.exports_to(folder)
    await officer.press("enter")
    await officer.sees("> Recipients")
    await officer.write(str(recipient))


def members(plain):
    return tarfile.open(fileobj=io.BytesIO(plain)).getnames()


async def test_the_page_says_whose_dossiers_are_written(sitting):
    async with sitting() as officer:
        await officer.press("f5")
        await officer.sees("Export: all dossiers")
        await officer.press("escape")
        id = await officer.opens("admitted")
        await officer.press("f5")
        await officer.sees(f"Export: {officer.desk.dossier(id).state.particulars.name}")


async def test_all_dossiers_are_written_to_a_key(sitting, medium, identity):
    async with sitting() as officer:
        await asked_to(officer, medium, identity.to_public())
        screen = await officer.sees("written, read back and compared")
        (written,) = medium.iterdir()
        names = members(pyrage.decrypt(written.read_bytes(), [identity]))
        assert sum(name.endswith("/dossier.json") for name in names) == 14
        assert officer.journal in screen
        await officer.press("enter")
        await officer.sees("Show only")


async def test_one_dossier_is_written_from_its_own_page(sitting, medium, identity):
    async with sitting() as officer:
        id = await officer.opens("admitted")
        await asked_to(officer, medium, identity.to_public())
        await officer.sees("written, read back and compared")
        (written,) = medium.iterdir()
        names = members(pyrage.decrypt(written.read_bytes(), [identity]))
        assert [n for n in names if n.endswith("/dossier.json")] == [f"dossiers/{id}/dossier.json"]


@pytest.mark.long
async def test_to_a_passphrase_and_a_weak_one_is_told(sitting, medium):
    async with sitting(("opened", "general")) as officer:
        await officer.exports_to(medium)
        await officer.write("2")
        await officer.sees("> Archive's passphrase")
        await officer.write("short")
        await officer.sees("Too short: at least 12 characters.")
        await officer.press("ctrl+u")
        await officer.write(PHRASE)
        await officer.sees("> Once more")
        await officer.write(PHRASE)
        await officer.sees("written, read back and compared")
        (written,) = medium.iterdir()
        assert b"-> scrypt" in written.read_bytes()[:60]


async def test_a_recipient_that_is_none_is_told_and_kept(sitting, medium):
    async with sitting(("opened", "general")) as officer:
        before = officer.journal
        await asked_to(officer, medium, "age1nonsense")
        await officer.reads("Nothing was written.")
        assert "age1nonsense" in officer.screen
        assert list(medium.iterdir()) == []
        assert officer.journal == before


@pytest.mark.parametrize("place", ["gone", "file", "~nobody here/x"])
async def test_what_is_no_folder_is_told_before_anything_else_is_asked(
    sitting, tmp_path, identity, place
):
    (tmp_path / "file").write_text("no folder")
    async with sitting(("opened", "general")) as officer:
        await officer.press("f5")
        await officer.sees("> Medium")
        await officer.press("up", "enter")
        await officer.sees("> Folder")
        await officer.write(place if place[0] == "~" else str(tmp_path / place))
        await officer.sees("There is no such folder. Is the medium mounted?")
        assert "> Folder" in officer.screen
        (tmp_path / "gone").mkdir()
        await officer.press("ctrl+u")
        await officer.write(str(tmp_path / "gone"))
        await officer.reads("Enter again, if that is meant.")
        await officer.press("enter")
        await officer.sees("> Encrypt to")
        await officer.press("enter")
        await officer.sees("> Recipients")
        await officer.write(str(identity.to_public()))
        await officer.sees("written, read back and compared")


async def test_a_medium_that_is_gone_in_the_meantime_is_told_and_nothing_typed_is_lost(
    sitting, medium, identity
):
    async with sitting(("opened", "general")) as officer:
        before = officer.journal
        await officer.exports_to(medium)
        await officer.press("enter")
        await officer.sees("> Recipients")
        medium.rmdir()
        await officer.write(str(identity.to_public()))
        screen = await officer.reads("There is no such folder. Is the medium mounted?")
        assert str(identity.to_public())[-20:] in screen
        assert officer.journal == before


async def test_a_medium_that_fills_up_is_told_and_keeps_nothing(sitting, medium, identity):
    async with sitting() as officer:
        before = officer.journal
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, limit[1]))
        try:
            await asked_to(officer, medium, identity.to_public())
            await officer.reads("The archive was not written")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        assert list(medium.iterdir()) == []
        assert officer.journal == before


async def test_writing_stopped_with_escape_leaves_nothing(sitting, medium, identity):
    async with sitting() as officer:
        before = officer.journal
        await asked_to(officer, medium, identity.to_public())
        await officer.sees("Writing the archive")
        await officer.press("escape")
        await officer.reads("Stopped. Nothing is on the medium and nothing was recorded.")
        assert list(medium.iterdir()) == []
        assert officer.journal == before
