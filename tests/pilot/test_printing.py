"""Printing at the screen: a document to the printer or to a folder, and what is said of it."""

import pytest

from secterm.desk import printing
from secterm.desk.desk import Desk
from tests.support import printed
from tests.support.house import OFFICER, SECOND, copied


@pytest.fixture(autouse=True)
def _no_printer(monkeypatch):
    monkeypatch.setattr(printing, "command", lambda: None)


async def asked_for(officer, number):
    await officer.press("f7")
    await officer.sees("> Document")
    await officer.press(number, "enter")


async def test_a_document_is_written_to_a_folder(sitting, medium):
    async with sitting() as officer:
        id = await officer.opens("admitted")
        await asked_for(officer, "5")
        await officer.sees("> Folder on the medium")
        await officer.press("ctrl+u")
        await officer.write(str(medium))
        await officer.sees("The document is written and read back.")
        (file,) = medium.iterdir()
        assert file.name == f"secterm-decision-{id[:8]}.pdf"
        name = officer.desk.dossier(id).state.particulars.name
        assert printed.holds(file.read_bytes(), name)
        await officer.press("enter")
        await officer.reads("wrote the decision to a folder, to be printed")


async def test_a_document_goes_to_the_printer(sitting, tmp_path, monkeypatch):
    lp = printed.printing(tmp_path / "lp", monkeypatch)
    monkeypatch.setattr(printing, "command", lambda: str(lp / "lp"))
    async with sitting() as officer:
        await officer.opens("admitted")
        await asked_for(officer, "1")
        await officer.sees("> Where to")
        await officer.press("enter")
        await officer.sees("> Printer")
        await officer.write("Office")
        await officer.sees("The document is with the printer.")
        assert (lp / "told").read_text().splitlines()[:2] == ["-d", "Office"]
        assert (lp / "job.pdf").read_bytes().startswith(b"%PDF-")


async def test_a_folder_that_is_gone_is_told_and_nothing_typed_is_lost(sitting, medium):
    async with sitting() as officer:
        before = officer.journal
        await officer.opens("admitted")
        await asked_for(officer, "3")
        await officer.sees("> Folder on the medium")
        await officer.press("ctrl+u")
        await officer.type(str(medium))
        medium.rmdir()
        await officer.press("enter")
        await officer.reads("There is no such folder. Is the medium mounted?")
        assert officer.journal == before


async def test_where_there_is_nothing_yet_it_says_so(sitting):
    async with sitting(("opened", "general")) as officer:
        await officer.opens("screening")
        await officer.press("f7")
        await officer.sees("There is nothing to print yet.")


async def test_only_the_documents_that_are_there_are_offered(sitting):
    async with sitting() as officer:
        await officer.opens("undertaking", "general")
        await officer.press("f7")
        screen = await officer.sees("> Document")
        assert "The training record" in screen
        assert "The decision" not in screen


async def sheets_asked_for(officer, answer):
    await officer.press("f7")
    await officer.sees("> Recover with")
    await officer.write("2")
    for label, number in (("> How many shares", "3"), ("> How many are needed", "2")):
        await officer.sees(label)
        await officer.press("ctrl+u")
        await officer.write(number)
    await officer.sees("> Sheets to write on")
    await officer.write(answer)


@pytest.mark.long
async def test_sheets_for_the_custodians_are_written_before_any_share_is_drawn(sitting, medium):
    async with sitting(("opened", "general")) as officer:
        before = officer.journal
        await sheets_asked_for(officer, "2")
        await officer.sees("> Folder on the medium")
        await officer.press("ctrl+u")
        await officer.write(str(medium))
        await officer.sees("The sheets are written and read back.")
        (file,) = medium.iterdir()
        assert file.name == "secterm-recovery-sheets.pdf"
        assert len(printed.pages(file.read_bytes())) == 3
        await officer.press("enter")
        await officer.sees("Show only")
        assert officer.journal == before


async def test_sheets_are_printed_and_the_custodians_come_next(sitting, tmp_path, monkeypatch):
    lp = printed.printing(tmp_path / "lp", monkeypatch)
    monkeypatch.setattr(printing, "command", lambda: str(lp / "lp"))
    async with sitting(("opened", "general")) as officer:
        await sheets_asked_for(officer, "2")
        await officer.sees("> Printer")
        await officer.press("enter")
        await officer.sees("The sheets are with the printer.")
        await officer.press("enter")
        await officer.sees("Only custodian 1 of 3 looks at the screen now.")
        assert "Share 3 of 3" in printed.text((lp / "job.pdf").read_bytes())


@pytest.mark.long
async def test_sheets_that_cannot_be_printed_keep_what_was_entered(sitting, tmp_path, monkeypatch):
    lp = printed.printing(tmp_path / "lp", monkeypatch, fails="lp: no such printer")
    monkeypatch.setattr(printing, "command", lambda: str(lp / "lp"))
    async with sitting(("opened", "general")) as officer:
        await sheets_asked_for(officer, "2")
        await officer.sees("> Printer")
        await officer.press("enter")
        await officer.reads("It was not printed: no such printer.")
        assert "2 (•) Some of several, for custodians" in officer.screen


@pytest.mark.long
async def test_a_lock_in_the_middle_loses_nothing_that_was_typed(sitting, medium):
    async with sitting() as officer:
        await officer.opens("admitted")
        await asked_for(officer, "3")
        await officer.sees("> Folder on the medium")
        await officer.press("ctrl+u")
        await officer.type(str(medium))
        await officer.locks()
        await officer.comes_back()
        screen = await officer.sees("> Folder on the medium")
        assert "3 (•) The training record" in screen
        await officer.press("enter")
        await officer.sees("The document is written and read back.")
        assert len(list(medium.iterdir())) == 1


async def test_who_only_reads_is_offered_no_printing(sitting, vaults, tmp_path):
    path = copied(vaults(("admitted", "general")), tmp_path)
    desk = Desk.open(path, *OFFICER)
    desk.give_role(desk.officers()[1].id, "auditor", "Reads.", None)
    desk.close()
    async with sitting(vault=path, unlocked=False) as officer:
        await officer.sees("> Officer")
        await officer.write(SECOND[0])
        await officer.write(SECOND[1])
        await officer.sees("Show only")
        await officer.opens("admitted")
        assert "Print" not in officer.screen
        before = officer.journal
        await officer.press("f7")
        await officer.settle()
        assert officer.journal == before
        assert "> Document" not in officer.screen
