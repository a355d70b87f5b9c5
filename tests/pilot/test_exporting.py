"""Exporting at the screen: to a key, and what is told when the medium fails."""

import pyrage


async def asked_to(officer, folder, recipient):
    await officer.press("f5")
    await officer.sees("> Folder on the medium")
    await officer.press("end", "ctrl+u")
    await officer.write(str(folder))
    await officer.sees("> Encrypt to")
    await officer.press("enter")
    await officer.sees("> Recipients")
    await officer.write(recipient)


async def test_an_archive_is_written_to_the_medium(sitting, tmp_path):
    medium = tmp_path / "medium"
    medium.mkdir()
    key = pyrage.x25519.Identity.generate()
    async with sitting(("opened", "general")) as officer:
        await asked_to(officer, medium, str(key.to_public()))
        await officer.sees("written, read back and compared")
        assert len(list(medium.glob("*.age"))) == 1


async def test_a_medium_that_is_not_there_is_told_and_nothing_typed_is_lost(sitting, tmp_path):
    key = pyrage.x25519.Identity.generate()
    async with sitting(("opened", "general")) as officer:
        await asked_to(officer, tmp_path / "gone", str(key.to_public()))
        screen = await officer.sees("nothing half-written")
        assert "age1" in screen
        (tmp_path / "gone").mkdir()
        await officer.sees("> Folder on the medium")
        await officer.press("enter")
        await officer.sees("> Encrypt to")
        await officer.press("enter")
        await officer.sees("> Recipients")
        await officer.press("enter")
        await officer.sees("written, read back and compared")
