"""Verifying at the screen: it holds, or it does not and says where."""

import sqlite3

from secterm.dossier.entries import Withdrawn
from tests.support.house import copied


async def verifies(officer, earlier=""):
    await officer.press("f6")
    await officer.sees("> Earlier checkpoint")
    await officer.write(earlier)


async def test_a_vault_that_holds_says_so_with_its_checkpoint(sitting):
    async with sitting(("opened", "general")) as officer:
        await verifies(officer)
        screen = await officer.sees("The vault holds.")
        assert officer.journal in screen
        await officer.press("escape")
        await officer.sees("Show only")


async def test_a_flipped_byte_is_told_with_its_place(sitting, vaults, tmp_path):
    vault = copied(vaults(("screening", "general")), tmp_path)
    with sqlite3.connect(vault) as database:
        (sealed,) = database.execute("SELECT sealed FROM entry WHERE number = 7").fetchone()
        changed = bytes([sealed[0] ^ 1]) + sealed[1:]
        database.execute("UPDATE entry SET sealed = ? WHERE number = 7", (changed,))
    database.close()
    async with sitting(vault=vault) as officer:
        await verifies(officer)
        await officer.sees("The vault does NOT hold.")
        await officer.reads("#7: does not open")


async def test_history_since_an_earlier_checkpoint_is_proven(sitting):
    async with sitting(("opened", "general")) as officer:
        earlier = officer.journal
        id = officer.desk.cards()[0].id
        officer.desk.act(id, Withdrawn(reason="Went elsewhere"))
        await verifies(officer, earlier)
        await officer.sees("The vault holds.")
        await officer.reads("today's journal continues the checkpoint given")


async def test_a_checkpoint_that_history_does_not_continue_is_told(sitting):
    async with sitting(("opened", "general")) as officer:
        size, _root = officer.journal.split(":")
        await verifies(officer, f"{size}:0000-1111-2222-3333-4444")
        await officer.sees("The vault does NOT hold.")


async def test_what_is_no_checkpoint_is_told_before_anything_is_verified(sitting):
    async with sitting(("opened", "general")) as officer:
        await verifies(officer, "yesterday's")
        await officer.sees("That is not a checkpoint.")
        await officer.press("ctrl+u", "enter")
        await officer.sees("The vault holds.")


async def test_verifying_stopped_with_escape_says_so(sitting):
    async with sitting() as officer:
        await verifies(officer)
        await officer.sees("Verifying the vault")
        await officer.press("escape")
        await officer.sees("Stopped. Nothing was verified to its end.")


async def test_hundreds_of_faults_can_all_be_read(sitting, vaults, tmp_path):
    vault = copied(vaults(("admitted", "general")), tmp_path)
    with sqlite3.connect(vault) as database:
        database.execute("UPDATE entry SET sealed = zeroblob(length(sealed)) WHERE number > 6")
        (last,) = database.execute("SELECT max(number) FROM entry").fetchone()
    database.close()
    assert last > 100
    async with sitting(vault=vault) as officer:
        await verifies(officer)
        await officer.sees("The vault does NOT hold.")
        await officer.reads("#7: does not open")
        await officer.press("end")
        await officer.reads(f"Checkpoint {officer.journal}")
        while f"#{last}: does not open" not in " ".join(officer.screen.split()):
            assert "#7: does not open" not in " ".join(officer.screen.split())
            await officer.turn("pageup")


# -- the checkpoint on paper -----------------------------------------------------------


async def writes_to(officer, folder):
    await officer.press("f2")
    await officer.sees("> Folder on the medium")
    await officer.press("end", "ctrl+u")
    await officer.write(str(folder))


async def test_the_checkpoint_is_written_to_a_file_to_be_printed(sitting, tmp_path):
    async with sitting(("opened", "general")) as officer:
        await verifies(officer)
        await officer.sees("Checkpoint to print")
        await writes_to(officer, tmp_path)
        name = f"secterm-checkpoint-{officer.desk.today.isoformat()}.txt"
        await officer.sees("Written:")
        told = (tmp_path / name).read_text()
        for part in (officer.desk.unit, officer.journal, officer.desk.log_fingerprint()):
            assert part in told
        assert max(map(len, told.split("\n"))) < 80
        earlier = next(line.split()[1] for line in told.split("\n") if "Checkpoint  " in line)
        assert officer.desk.verify(earlier=earlier).continues


async def test_a_file_that_is_there_is_never_written_over(sitting, tmp_path):
    async with sitting(("opened", "general")) as officer:
        there = tmp_path / f"secterm-checkpoint-{officer.desk.today.isoformat()}.txt"
        there.write_text("kept")
        await verifies(officer)
        await officer.sees("The vault holds.")
        await writes_to(officer, tmp_path)
        await officer.sees("Written:")
        assert there.read_text() == "kept"
        assert officer.journal in there.with_stem(there.stem + "-2").read_text()


async def test_a_folder_that_is_not_there_is_told_and_can_be_put_right(sitting, tmp_path):
    async with sitting(("opened", "general")) as officer:
        await verifies(officer)
        await officer.sees("The vault holds.")
        await writes_to(officer, tmp_path / "gone")
        await officer.sees("There is no such folder. Is the medium mounted?")
        (tmp_path / "gone").mkdir()
        await officer.press("enter")
        await officer.sees("Written:")
        assert len(list((tmp_path / "gone").iterdir())) == 1
