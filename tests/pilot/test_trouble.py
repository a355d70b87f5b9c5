"""When something goes wrong underneath: told on the screen, and nothing changes."""

import pytest

from secterm.desk.desk import Desk
from secterm.tui.screens.dialogs import Question
from secterm.tui.widgets.rows import Rows
from secterm.tui.widgets.scrolling import Bar
from tests.faults.faulty import files_end_at
from tests.support.house import OFFICER


def pull_the_disk(officer):
    """The vault's file answers no more; what is in memory is forgotten."""
    officer.desk._shelf.clear()
    officer.desk._vault.file.database.close()


async def test_a_flow_that_breaks_off_says_why_and_the_screen_stays(sitting):
    async with sitting() as officer:
        await officer.opens("admitted")
        pull_the_disk(officer)
        await officer.press("f2")
        await officer.reads("The vault cannot be read or written")
        assert officer.app.return_code is None


async def test_an_act_that_the_disk_refuses_is_told_and_stays_typed(sitting):
    async with sitting() as officer:
        await officer.opens("admitted")
        before = officer.journal
        await officer.press("f8")
        await officer.sees("What has happened?")
        await officer.press("enter")
        await officer.sees("> Day of leaving")
        await officer.press("enter")
        pull_the_disk(officer)
        await officer.write("Retires")
        await officer.reads("The vault cannot be read or written")
        await officer.sees("Retires")
        assert officer.journal == before


async def test_a_dossier_that_does_not_open_is_told_in_the_list(sitting):
    async with sitting() as officer:
        pull_the_disk(officer)
        await officer.press("enter")
        await officer.reads("The vault cannot be read or written")
        await officer.sees("Show only")
        assert officer.app.return_code is None


async def test_a_screen_that_cannot_be_drawn_any_more_locks_and_ends_in_words(sitting):
    async with sitting() as officer:
        await officer.opens("admitted")
        pull_the_disk(officer)
        await officer.press("down", "down")
        await officer.sees("> Training")
        await officer.press("enter")
        assert await officer.ends() == 4
        assert officer.app.desk is None
        officer.app.crash = None  # told, as it should be


async def test_a_question_without_answers_and_a_list_without_rows_do_nothing(sitting):
    async with sitting() as officer:
        await officer.app.push_screen(Question("A question", "", []))
        await officer.sees("A question")
        await officer.press("up", "down", "1", "y", "enter")
        await officer.settle()
        await officer.sees("A question")
        await officer.press("escape", "f4")
        await officer.sees("Officers of this vault")
        rows = officer.app.screen.query_one(Rows)
        rows.show([])
        await officer.press("down", "pagedown", "up", "enter")
        await officer.settle()
        assert rows.key == ""


def drawn(position):
    segments = Bar.render_bar(size=5, virtual_size=100, window_size=20, position=position)
    return "".join(segment.text for segment in segments.segments)


def test_the_scrollbar_stands_at_an_end_only_where_the_text_does():
    assert drawn(0) == "█││││"
    assert drawn(1) == "│█│││"
    assert drawn(79) == "│││█│"
    assert drawn(80) == "││││█"


async def leaves(officer):
    """The appointee leaves the post: all typed but the reason's Enter."""
    await officer.press("f8")
    await officer.sees("What has happened?")
    await officer.press("enter")
    await officer.sees("> Day of leaving")
    await officer.press("enter")
    await officer.type("Retires")


async def test_on_a_full_disk_an_act_stays_typed_and_is_recorded_once_there_is_room(sitting):
    async with sitting() as officer:
        id = await officer.opens("admitted")
        before = officer.journal
        await leaves(officer)
        with files_end_at(4096):
            await officer.press("enter")
            await officer.reads("The vault cannot be read or written")
            await officer.reads("Check the disk (is it full, read-only, gone?)")
        assert officer.journal == before
        assert "Retires" in officer.screen
        await officer.press("enter")
        await officer.sees("Dossier: ")
        assert officer.desk.dossier(id).standing.stage == "left"
        assert officer.desk.verify().holds


@pytest.mark.long
async def test_after_a_move_of_the_vault_an_act_stays_typed_and_is_recorded_once_it_is_back(
    sitting,
):
    async with sitting() as officer:
        id = await officer.opens("admitted")
        before = officer.journal
        vault = officer.app.vault
        await leaves(officer)
        away = vault.rename(vault.with_name("elsewhere.db"))
        await officer.press("enter")
        await officer.reads("The vault's file was moved or renamed while it was open.")
        await officer.reads("Put it back under its old name, then do the last step again.")
        assert officer.journal == before
        assert "Retires" in officer.screen
        assert not vault.exists()
        away.rename(vault)
        await officer.press("enter")
        await officer.sees("Dossier: ")
        assert officer.desk.dossier(id).standing.stage == "left"
        assert officer.desk.verify().holds


async def test_after_the_vault_was_deleted_the_officer_reads_where_all_of_it_is(sitting):
    async with sitting() as officer:
        id = await officer.opens("admitted")
        vault, before = officer.app.vault, officer.journal
        await leaves(officer)
        vault.unlink()
        await officer.press("enter")
        await officer.reads("The vault's file was deleted or replaced while it was open.")
        await officer.reads("Everything recorded before is in a copy beside it, vault.db.kept-1.")
    desk = Desk.open(vault.with_name("vault.db.kept-1"), *OFFICER)
    assert desk.checkpoint_line() == before
    assert desk.dossier(id).standing.stage == "admitted"
    desk.close()


@pytest.mark.long
async def test_a_lock_after_the_vault_was_moved_makes_no_new_one_and_says_what_it_cost(
    sitting, vault
):
    async with sitting(vault=vault) as officer:
        await officer.press("f2")
        await officer.sees("> Full name")
        await officer.type("Vera Sample")
        vault.rename(vault.with_name("elsewhere.db"))
        await officer.press("ctrl+l")
        await officer.reads("There is no vault at this path.")
        screen = await officer.reads("What was typed could not be kept.")
        await officer.reads("was moved or renamed while it was open.")
        assert "First run" not in screen
        assert officer.app.desk is None
