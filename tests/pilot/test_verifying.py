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


async def test_what_is_no_checkpoint_is_told(sitting):
    async with sitting(("opened", "general")) as officer:
        await verifies(officer, "yesterday's")
        await officer.sees("The vault does NOT hold.")


async def test_verifying_stopped_with_escape_says_so(sitting):
    async with sitting() as officer:
        await verifies(officer)
        await officer.sees("Verifying the vault")
        await officer.press("escape")
        await officer.sees("Stopped. Nothing was verified to its end.")
