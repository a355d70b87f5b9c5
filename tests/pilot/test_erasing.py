"""Erasing a dossier at the screen: what is said first, the two persons, and what stays."""

import contextlib

import pyrage
import pytest

from secterm.archive.recipients import Recipients
from secterm.desk.desk import Desk
from secterm.dossier.entries import Archived
from secterm.tui.dates import in_full
from tests.support.house import OFFICER, SECOND, copied

LIVES = (("opened", "general"), ("opened", "key"))
REASON = "Applied to another unit"
THIRD = ("Dee Test", "test marble thicket oboe")


@pytest.fixture
def small(vaults, tmp_path):
    return copied(vaults(*LIVES), tmp_path)


async def warned(officer):
    """Before the page that says what erasing does, from the view of everybody; the id."""
    await officer.press("6")
    id = await officer.opens("screening", "general")
    await officer.press("ctrl+e")
    await officer.sees("Erasing the dossier of")
    return id


async def reasoned(officer, reason=REASON, second=SECOND):
    """On from that page, with a reason and a second person."""
    await officer.press("enter")
    await officer.sees("> Reason")
    await officer.write(reason)
    await officer.signs_as_second(second)


async def meant(officer):
    """The word for it."""
    await officer.sees("> Type ERASE")
    await officer.write("ERASE")


async def erased(officer):
    id = await warned(officer)
    name = officer.desk.dossier(id).state.particulars.name
    await reasoned(officer)
    await meant(officer)
    await officer.sees("(erased)")
    return id, name


async def test_two_persons_erase_and_an_anonymous_line_says_when_and_why(sitting, small):
    async with sitting(vault=small) as officer:
        id, name = await erased(officer)
        screen = await officer.sees("Show only")
        assert name not in screen
        assert officer.desk.erasure(id).reason == REASON
        await officer.type("erased")
        await officer.sees("1 / 2 dossiers")
        await officer.press("enter")
        await officer.sees("This dossier was erased.")
        screen = await officer.sees(REASON)
        assert in_full(officer.desk.today) in screen
        assert officer.desk.verify().holds


@pytest.mark.long
async def test_the_list_says_that_it_is_erased(sitting, small):
    async with sitting(vault=small) as officer:
        await officer.press("enter")
        await officer.sees("> NEXT")
        await officer.press("ctrl+e")
        await officer.sees("Erasing the dossier of")
        await reasoned(officer)
        await meant(officer)
        await officer.sees("Erased.")
        await officer.press("5")
        await officer.sees("(erased)")


@pytest.mark.long
async def test_the_name_that_it_was_found_by_is_not_left_in_the_filter(sitting, small):
    async with sitting(vault=small) as officer:
        card = next(c for c in officer.desk.cards() if c.category == "general")
        await officer.type(card.name)
        await officer.press("enter")
        await officer.sees(f"Dossier: {card.name}")
        await officer.press("ctrl+e")
        await officer.sees("Erasing the dossier of")
        await reasoned(officer)
        await meant(officer)
        await officer.sees("Erased.")
        await officer.misses(card.name)
        await officer.locks()
        with contextlib.closing(Desk.open(small, *OFFICER)) as desk:
            assert card.name not in repr(desk.left())


@pytest.mark.long
async def test_an_erased_line_is_found_by_its_stage_and_by_no_category(sitting, small):
    async with sitting(vault=small) as officer:
        await erased(officer)
        await officer.press("f3", "f3")
        screen = await officer.sees("only: erased")
        assert "1 / 2 dossiers" in screen
        await officer.press("escape")
        await officer.type("general")
        await officer.sees("0 / 2 dossiers")


async def test_the_page_names_archives_that_are_written_and_what_else_is_not_reached(
    sitting, small, tmp_path
):
    desk = Desk.open(small, *OFFICER)
    try:
        to = Recipients.gather([str(pyrage.x25519.Identity.generate().to_public())])
        files = [desk.export(tmp_path, to).path.name for _ in range(2)]
        alone = Archived(file="b.age", sha256="00", recipients=to.named, extract="decision")
        for card in desk.cards():
            desk.act(card.id, alone)
    finally:
        desk.close()
    async with sitting(vault=small) as officer:
        await warned(officer)
        await officer.reads("Nobody can read it again, with whatever passphrase.")
        await officer.reads("The journal still proves that there was a dossier")
        for copy in ("copies of the vault's file made earlier", "printed papers", "an SSD"):
            await officer.reads(copy)
        for file in files:
            await officer.reads(f"{file}, {in_full(officer.desk.today)}")
        await officer.reads(f"b.age, {in_full(officer.desk.today)} (the decision alone)")


async def test_where_no_archive_was_written_it_says_so(sitting, small):
    async with sitting(vault=small) as officer:
        await warned(officer)
        await officer.sees("archives: none was written of this dossier")


async def test_left_at_any_step_nothing_is_erased(sitting, small):
    async with sitting(vault=small) as officer:
        before = officer.journal
        id = await warned(officer)
        await officer.press("escape")
        await officer.sees("NEXT")
        await officer.press("ctrl+e")
        await officer.sees("Erasing the dossier of")
        await officer.press("enter")
        await officer.sees("> Reason")
        await officer.press("escape")
        await officer.sees("NEXT")
        await officer.press("ctrl+e")
        await officer.sees("Erasing the dossier of")
        await reasoned(officer)
        await officer.sees("> Type ERASE")
        await officer.press("escape")
        await officer.sees("NEXT")
        assert officer.desk.erasure(id) is None
        assert officer.journal == before


@pytest.mark.long
async def test_another_word_than_the_one_asked_for_erases_nothing(sitting, small):
    async with sitting(vault=small) as officer:
        before = officer.journal
        await warned(officer)
        await reasoned(officer)
        await officer.sees("> Type ERASE")
        await officer.write("erase")
        await officer.sees("Type ERASE in capitals, or Esc to leave.")
        assert officer.journal == before


async def test_the_second_person_is_another_one(sitting, small):
    async with sitting(vault=small) as officer:
        before = officer.journal
        await warned(officer)
        await reasoned(officer, second=OFFICER)
        await officer.reads("The second officer must be another person than the first.")
        await officer.sees(REASON)
        assert officer.journal == before


async def test_a_second_person_s_wrong_passphrase_is_told_and_the_reason_kept(sitting, small):
    async with sitting(vault=small) as officer:
        await warned(officer)
        await reasoned(officer, second=(SECOND[0], "a wrong test passphrase"))
        await officer.reads("The name and passphrase are not those of an officer.")
        await officer.sees("> Their own passphrase")
        await officer.sees(REASON)
        await officer.write(SECOND[1])
        await meant(officer)
        await officer.sees("(erased)")


async def test_a_role_that_is_no_second_s_is_refused(sitting, small):
    desk = Desk.open(small, *OFFICER)
    desk.add_officer(*THIRD, "auditor")
    desk.close()
    async with sitting(vault=small) as officer:
        before = officer.journal
        await warned(officer)
        await reasoned(officer, second=THIRD)
        await officer.reads("An auditor reads and verifies, and changes nothing.")
        assert officer.journal == before


@pytest.mark.long
async def test_a_reason_that_says_who_it_was_is_refused_and_can_be_put_right(sitting, small):
    async with sitting(vault=small) as officer:
        before = officer.journal
        id = await warned(officer)
        name = officer.desk.dossier(id).state.particulars.name
        await officer.press("enter")
        await officer.sees("> Reason")
        await officer.write(f"{name} went away")
        await officer.reads("Leave out the name and the identity number.")
        assert "> Reason" in officer.screen
        assert officer.journal == before
        await officer.press("ctrl+u")
        await officer.write(REASON)
        await officer.signs_as_second()
        await meant(officer)
        await officer.sees("(erased)")


@pytest.mark.long
async def test_a_lock_in_the_middle_erases_nothing(sitting, small):
    async with sitting(vault=small) as officer:
        before = officer.journal
        id = await warned(officer)
        await reasoned(officer)
        await officer.sees("> Type ERASE")
        await officer.type("ERASE")
        await officer.press("ctrl+l")
        await officer.sees(f"Locked. Checkpoint {before}")
        await officer.sits_down_again()
        assert officer.desk.erasure(id) is None


@pytest.mark.long
async def test_a_lock_at_the_last_step_keeps_the_reason_and_asks_for_the_second_person_anew(
    sitting, small
):
    async with sitting(vault=small) as officer:
        await warned(officer)
        await reasoned(officer)
        await officer.sees("> Type ERASE")
        await officer.locks()
        await officer.comes_back_to("Erasing the dossier of")
        await officer.press("enter")
        screen = await officer.sees("> Their own passphrase")
        assert REASON in screen
        assert SECOND[0] in screen
        await officer.write(SECOND[1])
        await meant(officer)
        await officer.sees("(erased)")


async def test_keys_typed_ahead_do_nothing_to_what_is_erased(sitting, small):
    async with sitting(vault=small) as officer:
        await warned(officer)
        await reasoned(officer)
        await officer.sees("> Type ERASE")
        officer.ahead(*"ERASE", "enter", "enter", "f3", "f2", "enter")
        await officer.sees("(erased)")
        await officer.settle()
        assert officer.app.return_code is None


@pytest.mark.long
async def test_erasing_is_offered_to_an_administrator_alone(sitting, small):
    async with sitting(vault=small, unlocked=False) as officer:
        await officer.unlock()
        await officer.opens("screening", "general")
        await officer.press("ctrl+p")
        await officer.sees("Erase for good")
        await officer.press("escape", "ctrl+l")
        await officer.unlock(SECOND)
        await officer.opens("screening", "general")
        await officer.press("ctrl+p")
        screen = await officer.sees("What do you want to do?")
        assert "Erase" not in screen
        await officer.press("escape", "ctrl+e")
        assert "Erasing" not in await officer.settle()
