"""A cosignature at the screen: taken in from a stick, of a witness whose fingerprint is typed as
it was told; and a vault that was put back, which it shows.
"""

import shutil

import pytest

from secterm.archive.inspect import inspection, walked
from secterm.desk.desk import Desk
from secterm.dossier.entries import Noted
from tests.support import archives
from tests.support.house import OFFICER, SECOND, Elsewhere, build, copied

ONE = ("opened", "general")


class Registry(Elsewhere):
    """The witness, with a vault of its own."""

    def __init__(self, vault, folder):
        super().__init__(vault)
        self._identity = archives.identity_file(folder)

    def cosigns(self, desk, folder):
        """An archive goes out of this desk, and its cosignature comes back into the folder."""
        file = desk.export(folder, archives.TO).path
        walk = walked(file, identity=self._identity)
        digest = inspection(walk, file).sha256
        return self.at(lambda own: own.witness(walk, digest, folder, walk.own))


@pytest.fixture
def registry(built, tmp_path):
    (tmp_path / "registry").mkdir()
    vault = copied(built("registry.db", lambda path: build(path)), tmp_path / "registry")
    return Registry(vault, tmp_path)


def noted(desk):
    desk.act(desk.cards()[0].id, Noted(text="Something came to pass."))


async def at_the_receipts(officer):
    await officer.press("f5")
    await officer.sees("> Medium")
    await officer.press("f6")
    await officer.sees("Archives written")


async def taking_in(officer):
    await at_the_receipts(officer)
    await officer.press("f2")
    return await officer.sees("> Cosignature")


async def named(officer, fingerprint, name="Registry"):
    await officer.sees("> Name")
    await officer.write(name)
    await officer.sees("> Fingerprint")
    await officer.type(fingerprint)
    await officer.press("enter")


async def test_a_cosignature_is_taken_in_from_the_stick_and_shown(sitting, stick, registry):
    async with sitting(ONE) as officer:
        file = registry.cosigns(officer.desk, stick)
        screen = await taking_in(officer)
        assert file.name in screen
        assert "VIELLAND" in screen
        await officer.press("enter")
        screen = await officer.reads("Have it read out the fingerprint of its log keys")
        assert registry.fingerprint[:9] not in screen
        await named(officer, registry.fingerprint)
        screen = await officer.reads("Witnessed by Registry at")
        assert "  Witness Registry on " in screen
        await officer.press("escape")
        await officer.sees("> Medium")
        await officer.press("escape")
        await officer.press("f6")
        await officer.sees("> Earlier checkpoint")
        await officer.press("enter")
        await officer.sees("The vault holds.")
        await officer.reads("Witnessed by Registry at")


@pytest.mark.long
async def test_of_a_witness_who_is_known_it_takes_enter_alone(sitting, stick, registry):
    async with sitting(ONE) as officer:
        file = registry.cosigns(officer.desk, stick)
        await taking_in(officer)
        await officer.press("enter")
        await named(officer, registry.fingerprint)
        await officer.reads("Witnessed by Registry at")
        file.unlink()
        registry.cosigns(officer.desk, stick)
        await officer.press("f2")
        await officer.sees("> Cosignature")
        await officer.press("enter")
        await officer.sees("Archives written")
        await officer.until(lambda: len(officer.desk._registry.witnesses.taken_in) == 2)
        await officer.reads("Witnessed by Registry at")


@pytest.mark.long
async def test_a_wrong_fingerprint_takes_nothing_in(sitting, stick, registry):
    async with sitting(ONE) as officer:
        registry.cosigns(officer.desk, stick)
        before = officer.journal
        await taking_in(officer)
        await officer.press("enter")
        await named(officer, officer.desk.log_fingerprint())
        await officer.reads("That is not the fingerprint of the witness's log keys.")
        assert officer.journal == before
        await officer.press("ctrl+u")
        await officer.type(registry.fingerprint)
        await officer.press("enter")
        await officer.reads("Witnessed by Registry at")


async def test_a_vault_that_was_put_back_is_told_with_both_checkpoints(
    sitting, stick, registry, vaults, tmp_path
):
    vault = copied(vaults(ONE), tmp_path)
    desk = Desk.open(vault, *OFFICER)
    noted(desk)
    seen = desk.checkpoint_line()
    registry.cosigns(desk, stick)
    desk.close()
    shutil.copy(vaults(ONE), vault)
    async with sitting(vault=vault) as officer:
        before = officer.journal
        await taking_in(officer)
        await officer.press("enter")
        screen = await officer.sees("This vault is NOT what the witness has seen.")
        assert seen in screen
        assert before in screen
        await officer.reads("Record nothing more here.")
        assert officer.journal == before
        await officer.press("enter")
        await officer.sees("Archives written")


async def test_a_stick_with_a_cosignature_shows_when_it_comes(sitting, machine, registry, tmp_path):
    async with sitting(ONE) as officer:
        (tmp_path / "stick").mkdir()
        file = registry.cosigns(officer.desk, tmp_path / "stick")
        await taking_in(officer)
        await officer.reads("No medium with a cosignature is here.")
        machine.stick(tmp_path / "stick", label="VIELLAND")
        await officer.sees(file.name)


@pytest.mark.long
async def test_a_file_can_be_named_and_what_is_none_is_told(sitting, registry, tmp_path):
    async with sitting(ONE) as officer:
        file = registry.cosigns(officer.desk, tmp_path)
        await taking_in(officer)
        await officer.press("enter")
        await officer.sees("> Path of the file")
        await officer.write(str(tmp_path / "identity.txt"))
        await officer.reads("The cosignature was not taken in: the file is no cosignature.")
        await officer.press("ctrl+u")
        await officer.write(str(file))
        await officer.sees("A new witness")


@pytest.mark.long
async def test_a_lock_in_the_middle_keeps_what_was_typed(sitting, stick, registry):
    async with sitting(ONE) as officer:
        registry.cosigns(officer.desk, stick)
        before = officer.journal
        await taking_in(officer)
        await officer.press("enter")
        await officer.sees("> Name")
        await officer.write("Registry")
        await officer.sees("> Fingerprint")
        await officer.type(registry.fingerprint[:9])
        await officer.locks()
        await officer.comes_back_to("> Cosignature")
        assert officer.journal == before
        await officer.press("enter")
        await officer.sees(registry.fingerprint[:9])
        await officer.press("ctrl+u")
        await officer.type(registry.fingerprint)
        await officer.press("enter")
        await officer.reads("Witnessed by Registry at")


async def test_who_only_reads_is_not_offered_it(sitting, stick, registry):
    async with sitting(ONE, unlocked=False) as officer:
        await officer.at_the_door()
        desk = Desk.open(officer.app.vault, *OFFICER)
        second = next(o for o in desk.officers() if o.name == SECOND[0])
        desk.give_role(second.id, "auditor", "Reads.")
        desk.close()
        await officer.unlock(SECOND)
        await officer.press("f6")
        await officer.sees("> Earlier checkpoint")
        await officer.press("enter")
        await officer.sees("The vault holds.")
        await officer.press("f3")
        screen = await officer.sees("No archive was written yet.")
        assert "Take a cosignature in" not in screen
