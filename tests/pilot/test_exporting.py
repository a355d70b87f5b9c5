"""Exporting at the screen: to a key or a passphrase, and what a failing medium is told as."""

import io
import resource
import tarfile

import pyrage
import pytest

from secterm.dossier import entries as acts

PHRASE = "test lantern orchard velvet"


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
        await officer.sees("Export: dossiers")
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


@pytest.mark.long
async def test_a_recipient_that_is_none_is_told_and_kept(sitting, medium):
    async with sitting(("opened", "general")) as officer:
        before = officer.journal
        await asked_to(officer, medium, "age1nonsense")
        await officer.reads("Nothing was written.")
        assert "age1nonsense" in officer.screen
        assert list(medium.iterdir()) == []
        assert officer.journal == before


@pytest.mark.long
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


# -- which of them, and how much ---------------------------------------------------------------


async def chosen(officer, folder, recipient, *keys):
    """From the medium back to the choices above it: these keys, and on to the end."""
    await officer.press("f5")
    await officer.sees("> Medium")
    await officer.press("shift+tab", "shift+tab")
    await officer.sees("> What")
    await officer.press(*keys)
    await officer.puts_into(folder)
    await officer.press("enter")
    await officer.sees("> Recipients")
    await officer.write(str(recipient))
    return await officer.sees("written, read back and compared")


def dossiers(folder, identity):
    """The dossiers in the only archive of a folder, and its members."""
    (written,) = folder.iterdir()
    names = members(pyrage.decrypt(written.read_bytes(), [identity]))
    written.unlink()
    return {name.split("/")[1] for name in names if name.startswith("dossiers/")}, names


async def test_each_choice_says_how_many_dossiers_it_is(sitting, medium, identity):
    async with sitting() as officer:
        await officer.press("f5")
        screen = await officer.sees("> Medium")
        every = len(officer.desk.cards())
        assert f"(•) All dossiers ({every})" in screen
        assert f"( ) What changed since the last archive ({every})" in screen
        assert "that show now" in screen


@pytest.mark.long
async def test_those_that_the_list_shows_are_written(sitting, medium, identity):
    async with sitting() as officer:
        name = officer.desk.cards()[0].name
        await officer.press("6", *name.split()[0].lower())
        shown = {c.id for c in officer.desk.cards() if name.split()[0].lower() in c.name.lower()}
        assert 0 < len(shown) < len(officer.desk.cards())
        await chosen(officer, medium, identity.to_public(), "2", "enter", "enter")
        assert dossiers(medium, identity)[0] == shown


async def test_where_all_show_there_is_no_choice_of_those_that_show(sitting):
    async with sitting() as officer:
        await officer.press("6", "f5")
        screen = await officer.sees("> Medium")
        assert "that show now" not in screen


@pytest.mark.long
async def test_what_changed_since_the_last_archive_is_written(sitting, medium, identity):
    async with sitting(("opened", "general"), ("admitted", "general")) as officer:
        every = {card.id for card in officer.desk.cards()}
        await officer.press("6")
        await chosen(officer, medium, identity.to_public(), "2", "enter", "enter")
        assert dossiers(medium, identity)[0] == every
        await officer.press("enter")
        await officer.sees("Show only")
        await officer.press("f5")
        await officer.sees("( ) What changed since the last archive (0)")
        await officer.press("shift+tab", "shift+tab", "2", "enter")
        await officer.reads("There is no dossier among them.")
        await officer.press("escape")
        await officer.sees("Show only")
        one = officer.desk.cards()[0].id
        officer.desk.act(one, acts.Noted(text="Came by."))
        await chosen(officer, medium, identity.to_public(), "2", "enter", "enter")
        assert dossiers(medium, identity)[0] == {one}


async def test_the_decision_alone_is_written_for_a_personnel_file(sitting, medium, identity):
    async with sitting(("opened", "general"), ("admitted", "general")) as officer:
        await officer.press("6", "f5")
        await officer.sees("> Medium")
        await officer.press("shift+tab", "2", "enter")
        screen = await officer.reads("There is a decision on 1 of them.")
        assert "Nothing of the screening" in screen
        await officer.press("escape", "escape")
        await officer.sees("Show only")
        await chosen(officer, medium, identity.to_public(), "enter", "2", "enter")
        ids, names = dossiers(medium, identity)
        assert ids == {card.id for card in officer.desk.cards() if card.stage == "admitted"}
        assert not any(name.endswith(("key.json", ".sealed")) for name in names)


async def test_who_has_no_decision_is_offered_no_extract_of_one(sitting):
    async with sitting() as officer:
        await officer.opens("screening")
        await officer.press("f5")
        screen = await officer.sees("> Medium")
        assert "How much of it" not in screen
        await officer.press("escape", "escape")
        await officer.opens("admitted")
        await officer.press("f5")
        screen = await officer.sees("> Medium")
        assert "The decision alone, for a personnel file" in screen


async def test_where_nobody_is_decided_on_the_decision_alone_is_refused_at_once(sitting):
    async with sitting(("opened", "general")) as officer:
        await officer.press("f5")
        await officer.sees("> Medium")
        await officer.press("shift+tab", "2", "enter")
        await officer.reads("There is no decision on any of them yet.")
