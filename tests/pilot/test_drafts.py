"""What is on the screen when it locks is there after unlocking."""

import asyncio
import contextlib
import sqlite3
import tempfile
from pathlib import Path

import msgspec
import pytest

from secterm.desk.desk import Desk
from secterm.desk.drafts import Left
from secterm.dossier.entries import Corrected, Decided
from secterm.tui import lock
from secterm.tui.screens.form import Entry, Form
from tests.faults.faulty import files_end_at
from tests.pilot.test_locking import at_a_question, at_the_findings, at_the_interview
from tests.support.custodians import asks_for, sees_the_share
from tests.support.house import OFFICER, SECOND

AGAIN = "What you had typed before the lock is here again."


async def a_new_dossier(officer):
    await officer.press("f2")
    await officer.sees("> Full name")
    await officer.write("Vera Sample")
    await officer.sees("> Date of birth")
    await officer.type("3 may 90")
    return ["Vera Sample", "> Date of birth           3 may 90"]


async def an_export_of_all(officer):
    folder = tempfile.gettempdir()
    await officer.exports_to(Path(folder))
    await officer.press("enter")
    await officer.sees("> Recipients")
    await officer.type("age1test")
    return [folder, "> Recipients              age1test"]


async def a_verification(officer):
    await officer.press("f6")
    await officer.sees("> Earlier checkpoint")
    await officer.type("12 abcd")
    return ["> Earlier checkpoint      12 abcd"]


async def a_new_officer(officer):
    await officer.press("f4")
    await officer.sees("Officers of this vault")
    await officer.press("f2")
    await officer.sees("> New officer's name")
    await officer.write("Cleo Test")
    await officer.press("1")
    await officer.press("enter")
    await officer.sees("> Passphrase")
    await officer.type("test secret of cleo")
    return ["Cleo Test", "1 (•) Administrator", "> Passphrase"]


async def a_new_vault_key(officer):
    await officer.press("f4")
    await officer.sees("Officers of this vault")
    await officer.press("f8")
    await officer.sees("> Reason")
    await officer.type("A stick was lost")
    return ["> Reason                  A stick was lost"]


async def opens_the_second(officer):
    await officer.press("f4")
    await officer.sees("Officers of this vault")
    await officer.press("down", "enter")
    await officer.sees("Officer: Bex Test")


async def another_name(officer):
    await opens_the_second(officer)
    await officer.press("f2")
    await officer.sees("> New name")
    await officer.type(" the Second")
    return ["> New name                Bex Test the Second"]


async def another_role(officer):
    await opens_the_second(officer)
    await officer.press("f3")
    await officer.sees("> Role")
    await officer.write("2")
    await officer.type("Reads from now on")
    return ["2 (•) Approver", "> Reason                  Reads from now on"]


async def a_disabling(officer):
    await opens_the_second(officer)
    await officer.press("f8")
    await officer.sees("> Reason")
    await officer.type("Left the unit")
    return ["> Reason                  Left the unit"]


async def a_correction(officer):
    await officer.opens("training")
    await officer.press("f2")
    await officer.sees("> Full name")
    await officer.press("shift+tab")
    await officer.type("Misspelt")
    return ["> Why they are corrected  Misspelt"]


async def a_note_on_a_dossier(officer):
    await officer.opens("training")
    await officer.press("f6")
    await officer.sees("> Note")
    await officer.type("Asks for a part-time post")
    return ["Asks for a part-time post"]


async def a_leaving(officer):
    await officer.opens("admitted")
    await officer.press("f8")
    await officer.sees("What has happened?")
    await officer.press("enter")
    await officer.sees("> Day of leaving")
    await officer.press("enter")
    await officer.type("Retires")
    return ["> Reason                  Retires"]


async def an_export_of_one(officer):
    await officer.opens("training")
    return await an_export_of_all(officer)


async def a_teaching(officer):
    await officer.opens("training")
    await officer.next("modules done.")
    await officer.press("f4")
    await officer.sees("> Hours")
    await officer.press("end", "ctrl+u")
    await officer.write("7.5")
    await officer.press("enter")
    await officer.sees("> Who taught")
    await officer.press("end", "ctrl+u")
    await officer.type("Tess Trainer")
    return ["Hours                   7.5", "> Who taught              Tess Trainer"]


async def a_course_that_taught_all(officer):
    await officer.opens("training")
    await officer.next("modules done.")
    await officer.press("f6")
    await officer.sees("> Day")
    await officer.press("shift+tab")
    await officer.press("end", "ctrl+u")
    await officer.type("Room 7")
    return ["> Place                   Room 7"]


async def a_check(officer):
    await at_the_findings(officer)
    await officer.press("down", "down", "enter")
    await officer.sees("> Document or person")
    await officer.press("end", "ctrl+u")
    await officer.write("Passport 4711")
    await officer.sees("> Is the answer")
    await officer.press("2")
    return ["Passport 4711", "2 (•) No"]


async def a_decision(officer):
    await officer.opens("decision", "key")
    await officer.next("> Decision")
    await officer.write("1")
    await officer.sees("> Reason")
    await officer.type("Fit for it")
    return ["1 (•) Admit to the post", "> Reason                  Fit for it"]


async def a_second_word(officer):
    await officer.opens("second")
    await officer.next("> Second officer's word")
    await officer.write("2")
    await officer.sees("> Reason")
    await officer.type("Not yet")
    return ["2 (•) I do not agree", "> Reason                  Not yet"]


async def an_answer(officer):
    await at_the_interview(officer)
    await officer.sees("Half an answer")
    return ["1. What is your full name", "Half an answer"]


async def a_finding(officer):
    await at_the_findings(officer)
    await officer.press("end", "enter")
    await officer.sees("> Finding")
    await officer.write("2")
    await officer.sees("> Reason")
    await officer.type("Owes too much")
    return ["> Reason                  Owes too much"]


async def an_archive_that_comes_back(officer):
    await officer.press("ctrl+r")
    await officer.sees("Which archive?")
    await officer.press("enter")
    await officer.sees("> Path of the archive")
    await officer.type("/media/stick/one.age")
    return ["> Path of the archive     /media/stick/one.age"]


FLOWS = (
    a_new_dossier,
    a_correction,
    a_note_on_a_dossier,
    a_leaving,
    an_export_of_one,
    a_teaching,
    a_course_that_taught_all,
    a_check,
    an_answer,
    a_finding,
    a_decision,
    a_second_word,
    an_export_of_all,
    a_verification,
    a_new_officer,
    a_new_vault_key,
    another_name,
    another_role,
    a_disabling,
    an_archive_that_comes_back,
)


@pytest.mark.parametrize(
    "begun",
    [pytest.param(f, marks=[pytest.mark.long] if n % 4 else []) for n, f in enumerate(FLOWS)],
)
async def test_what_was_typed_is_there_after_unlocking_with_the_cursor_where_it_was(sitting, begun):
    async with sitting() as officer:
        typed = await begun(officer)
        await officer.locks()
        await officer.comes_back()
        screen = await officer.sees(AGAIN)
        for text in typed:
            assert text in screen
        assert "test secret" not in repr(officer.desk.left())


@pytest.mark.long
async def test_what_was_recorded_after_it_does_not_come_back(sitting, monkeypatch):
    monkeypatch.setattr(lock, "KEPT_AFTER", 60.0)
    async with sitting() as officer:
        await a_new_vault_key(officer)
        await officer.locks()
        await officer.comes_back()
        await officer.sees(AGAIN)
        await officer.press("enter")
        await officer.reads("The vault has a new key.")
        await kept(officer, None)
        officer.app.close_desk()  # as if the plug were pulled
        await officer.comes_back()
        assert "Show only" in officer.screen


async def kept(officer, text):
    """Waits until the vault keeps this text of this officer, or none at all."""

    def holds(_shown):
        left = officer.desk.left()
        return left is None if text is None else text in repr(left)

    await officer._until(holds, f"was followed by keeping {text!r}")


@pytest.mark.long
async def test_what_was_left_without_it_does_not_come_back(sitting):
    async with sitting() as officer:
        await a_new_vault_key(officer)
        await officer.locks()
        await officer.comes_back()
        await officer.press("escape", "escape")
        await officer.sees("Officers of this vault")
        await kept(officer, None)


async def test_a_pulled_plug_costs_a_few_seconds_at_most(sitting, monkeypatch):
    monkeypatch.setattr(lock, "KEPT_AFTER", 0.05)
    async with sitting() as officer:
        await a_new_dossier(officer)
        await kept(officer, "3 may 90")
        officer.app.close_desk()
        await officer.comes_back()
        assert "3 may 90" in await officer.sees(AGAIN)


async def test_nothing_is_kept_where_nothing_is_typed(sitting, monkeypatch):
    monkeypatch.setattr(lock, "KEPT_AFTER", 0.05)
    async with sitting() as officer:
        await opens_the_second(officer)
        await officer.press("f2")
        await officer.sees("> New name")
        await officer.press("tab")
        await officer.type("a secret of a test")
        officer.app._keep_now()
        assert officer.desk.left() is None


async def test_a_screen_that_opens_in_that_moment_keeps_nothing_from_being_kept(sitting):
    async with sitting() as officer:
        await officer.opens("training")
        officer.app.push_screen(Form("Note", [Entry("text", "Note", "text")]))
        officer.app._keep_now()
        assert officer.app.not_kept == ""
        await officer.sees("> Note")


@pytest.mark.long
async def test_without_anything_typed_the_same_screen_is_there_again(sitting):
    async with sitting() as officer:
        await opens_the_second(officer)
        await officer.locks()
        await officer.comes_back()
        screen = await officer.sees("Officer: Bex Test")
        assert AGAIN not in screen
        await kept(officer, None)


@pytest.mark.long
async def test_it_is_said_once(sitting):
    async with sitting() as officer:
        await a_new_dossier(officer)
        await officer.locks()
        await officer.comes_back()
        await officer.press("enter")
        await officer.misses(AGAIN)


@pytest.mark.long
async def test_that_an_answer_is_here_again_is_said_until_something_is_done(interview):
    async with interview("birthplace", "gaps") as (officer, _):
        await officer.type("In a small town")
        await officer.locks()
        await officer.comes_back()
        await officer.sees("In a small town")
        await officer.settle()
        assert AGAIN in await officer.settle()
        await officer.press("enter")
        await officer.misses(AGAIN)


@pytest.mark.long
async def test_a_signal_keeps_it_for_the_next_start(sitting, vault):
    async with sitting(vault=vault) as officer:
        await a_new_dossier(officer)
        officer.app.end()
        assert await officer.ends() == 0
    async with sitting(unlocked=False, vault=vault) as officer:
        await officer.at_the_door()
        await officer.comes_back()
        assert "Vera Sample" in await officer.sees(AGAIN)


@pytest.mark.long
async def test_the_idle_lock_keeps_it(sitting):
    async with sitting() as officer:
        await a_new_dossier(officer)
        officer.app._used -= 700
        await officer.sees("Locked. Checkpoint")
        await officer.comes_back()
        assert "Vera Sample" in await officer.sees(AGAIN)


@pytest.mark.long
async def test_another_officer_sees_nothing_of_it_and_it_waits(sitting):
    async with sitting() as officer:
        await a_new_dossier(officer)
        await officer.locks()
        await officer.comes_back(SECOND)
        await officer.sees("Show only")
        await officer.locks()
        await officer.comes_back(OFFICER)
        assert "Vera Sample" in await officer.sees(AGAIN)


@pytest.mark.long
async def test_a_full_disk_locks_all_the_same_and_the_way_in_says_what_it_cost(sitting, vault):
    async with sitting(vault=vault) as officer:
        await a_new_dossier(officer)
        with files_end_at(0):
            await officer.locks()
            await officer.reads("What was typed could not be kept.")
        assert officer.app.desk is None
        await officer.comes_back()
        screen = await officer.sees("Show only")
        assert AGAIN not in screen


@pytest.mark.long
async def test_while_nothing_can_be_kept_it_is_said_once_and_no_longer_than_it_is_so(
    sitting, vault, monkeypatch
):
    monkeypatch.setattr(lock, "KEPT_AFTER", 0.05)
    async with sitting(vault=vault) as officer:
        await a_new_dossier(officer)
        with files_end_at(0):
            await officer.type(" x")
            await officer.reads(lock.NOT_SAFE)
            officer.app.screen.say("")
            await officer.type("y")
            await asyncio.sleep(0.2)
            assert not officer.app.screen.said
            officer.app._warned = False
            await officer.type("z")
            await officer.reads(lock.NOT_SAFE)
        await officer.type("w")
        await officer.misses(lock.NOT_SAFE[:30])


@pytest.mark.long
async def test_a_wait_or_a_stop_before_the_lock_costs_nothing_typed(sitting):
    async with sitting() as officer:
        await another_name(officer)
        await officer.press("enter")
        for _ in range(9):
            await officer.sees("> Their own passphrase")
            await officer.write("not theirs")
            if "The next attempt" in await officer.settle():
                break
        await officer.sees("The next attempt is possible in")
        await officer.locks()
        await officer.comes_back()
        assert "Bex Test the Second" in await officer.sees(AGAIN)


async def test_a_passphrase_is_not_asked_for_again_by_itself(sitting):
    async with sitting() as officer:
        await officer.press("f4")
        await officer.sees("Officers of this vault")
        await officer.press("f5")
        await officer.sees("> Passphrase until now")
        await officer.type("a secret of a test")
        await officer.locks()
        await officer.comes_back()
        screen = await officer.sees("Officers of this vault")
        assert "Passphrase until now" not in screen


@pytest.mark.long
async def test_what_was_handed_out_of_recovery_shares_is_void_and_said_to_be(sitting):
    async with sitting() as officer:
        await asks_for(officer, 2, 3)
        words = await sees_the_share(officer)
        await officer.locks()
        await officer.comes_back()
        screen = await officer.reads("It locked before the recovery shares were all checked.")
        await officer.reads("What was written down is void.")
        assert "Show only" in screen
        assert words[0] not in screen


@pytest.mark.long
async def test_what_does_not_fit_any_more_is_kept_readable(sitting):
    async with sitting() as officer:
        await a_disabling(officer)
        await officer.locks()
        with meanwhile(officer) as desk:
            second = next(o for o in desk.officers() if o.name == SECOND[0])
            desk.disable_officer(second.id, "Meanwhile")
        await officer.comes_back()
        screen = await officer.sees("What you had typed before the lock does not fit here")
        assert "Disable: Reason\n  Left the unit" in screen
        await officer.locks()  # and stays so, until somebody lets it go
        await officer.comes_back()
        assert "Disable: Reason\n  Left the unit" in await officer.sees("Left the unit")
        await officer.press("enter")
        await officer.sees("Officer: Bex Test")
        await kept(officer, None)


@contextlib.contextmanager
def meanwhile(officer):
    """Somebody else at the vault, between the lock and the next unlocking."""
    desk = Desk.open(officer.app.vault, *OFFICER)
    try:
        yield desk
    finally:
        desk.close()


@pytest.mark.long
async def test_what_another_decided_meanwhile_is_said_and_what_was_typed_shown(sitting):
    async with sitting() as officer:
        await a_decision(officer)
        id = officer.app.home.doing.partition(":")[2]
        await officer.locks()
        with meanwhile(officer) as desk:
            desk.act(id, Decided(decision="admit", reason="Meanwhile"))
        await officer.comes_back()
        screen = await officer.sees("What you had typed before the lock does not fit here")
        assert "Fit for it" in screen
        await officer.press("escape")
        await officer.sees("Dossier: ")


@pytest.mark.long
async def test_what_another_corrected_meanwhile_stays_corrected(sitting):
    async with sitting() as officer:
        await a_correction(officer)
        id = officer.app.home.doing.partition(":")[2]
        await officer.locks()
        with meanwhile(officer) as desk:
            who = desk.dossier(id).state.particulars
            named = msgspec.structs.replace(who, name="Vera Meanwhile", post="Cook")
            desk.act(id, Corrected(particulars=named, reason="Meanwhile"))
        await officer.comes_back()
        screen = await officer.sees(AGAIN)
        assert "Vera Meanwhile" in screen
        assert "> Why they are corrected  Misspelt" in screen


@pytest.mark.long
async def test_a_refused_correction_stays_typed_and_reverts_nobody_else_s(sitting):
    async with sitting() as officer:
        await officer.opens("training")
        await officer.press("f2")
        await officer.sees("> Full name")
        for _ in range(3):
            await officer.press("tab")
        await officer.type(" at night")
        for _ in range(3):
            await officer.press("tab")
        await officer.type("M" * 3000)
        await officer.press("tab")
        await officer.write("Misspelt")
        await officer.until(lambda: officer.app.screen.said)
        id = officer.app.home.doing.partition(":")[2]
        await officer.locks()
        with meanwhile(officer) as desk:
            who = desk.dossier(id).state.particulars
            named = msgspec.structs.replace(who, name="Vera Meanwhile")
            desk.act(id, Corrected(particulars=named, reason="Meanwhile"))
        await officer.comes_back()
        screen = await officer.sees(AGAIN)
        assert "Vera Meanwhile" in screen
        assert " at night" in screen


async def test_of_a_dossier_erased_meanwhile_nothing_comes_back(sitting):
    async with sitting() as officer:
        await a_note_on_a_dossier(officer)
        id = officer.app.home.doing.partition(":")[2]
        await officer.locks()
        with meanwhile(officer) as desk:
            desk.erase(id, "Meanwhile", desk.second(*SECOND))
            assert desk.left() is None
        await officer.comes_back()
        await officer.sees("Show only")


@pytest.mark.long
async def test_what_erasing_warns_of_is_read_again_before_the_reason_is_there(sitting):
    async with sitting() as officer:
        await officer.opens("admitted")
        await officer.press("ctrl+e")
        await officer.sees("Erasing the dossier of")
        await officer.press("enter")
        await officer.sees("> Reason")
        await officer.type("Asked for")
        await officer.locks()
        await officer.comes_back_to("Erasing the dossier of")
        await officer.reads("After this it goes on where it was before the lock.")
        await officer.press("enter")
        assert "> Reason                  Asked for" in await officer.sees(AGAIN)


@pytest.mark.long
async def test_what_is_asked_first_is_asked_and_then_it_goes_on(sitting):
    async with sitting() as officer:
        await officer.press("f6")
        await officer.sees("> Earlier checkpoint")
        await officer.press("enter")
        await officer.sees("The vault holds.")
        await officer.press("f2")
        await officer.sees("> Folder on the medium")
        await officer.press("end", "ctrl+u")
        await officer.type("/some/stick")
        await officer.locks()
        await officer.comes_back_to("> Earlier checkpoint")
        await officer.reads("After this it goes on where it was before the lock.")
        await officer.press("enter")
        screen = await officer.sees(AGAIN)
        assert "> Folder on the medium    /some/stick" in screen


@pytest.mark.long
async def test_what_was_asked_first_and_left_shows_what_was_typed(sitting):
    async with sitting() as officer:
        await officer.press("f6")
        await officer.sees("> Earlier checkpoint")
        await officer.press("enter")
        await officer.sees("The vault holds.")
        await officer.press("f2")
        await officer.sees("> Folder on the medium")
        await officer.press("end", "ctrl+u")
        await officer.type("/some/stick")
        await officer.locks()
        await officer.comes_back_to("> Earlier checkpoint")
        await officer.press("escape")
        await officer.sees("does not fit here any more")
        await officer.sees("/some/stick")


@pytest.mark.long
async def test_what_is_still_asked_at_a_second_lock_is_asked_again_after_it(sitting):
    async with sitting() as officer:
        await officer.press("f6")
        await officer.sees("> Earlier checkpoint")
        await officer.press("enter")
        await officer.sees("The vault holds.")
        await officer.press("f2")
        await officer.sees("> Folder on the medium")
        await officer.press("end", "ctrl+u")
        await officer.type("/some/stick")
        for _ in range(2):
            await officer.locks()
            await officer.comes_back_to("> Earlier checkpoint")
        await officer.press("enter")
        screen = await officer.sees(AGAIN)
        assert "> Folder on the medium    /some/stick" in screen


async def test_between_the_list_and_what_goes_on_nothing_shows(sitting):
    async with sitting() as officer:
        await another_name(officer)
        await officer.locks()
        drawn = []

        def another(screen):
            drawn.append((screen.kind.split()[0], not officer.app._batch_count))

        officer.app.screen_change_signal.subscribe(officer.app, another)
        await officer.comes_back()
        assert drawn == [
            ("People", True),
            ("Officers", False),
            ("OfficerRoom", False),
            ("Form", False),
        ]
        await officer.sees(AGAIN)


@pytest.mark.long
async def test_keys_typed_ahead_of_what_goes_on_reach_nothing(sitting):
    async with sitting() as officer:
        await another_name(officer)
        await officer.locks()
        officer.app.unlocked(Desk.open(officer.app.vault, *OFFICER))
        officer.ahead("x", "enter")
        assert "> New name                Bex Test the Second" in await officer.sees(AGAIN)


async def test_a_question_that_was_open_is_asked_again(sitting):
    async with sitting() as officer:
        await at_a_question(officer)
        await officer.locks()
        await officer.comes_back()
        await officer.sees("What has happened?")


async def test_what_another_version_left_is_shown_and_stops_nothing(sitting):
    async with sitting() as officer:
        await officer.locks()
        with meanwhile(officer) as desk:
            desk.leave(Left(way=("Elsewhere", "at", "x", "odd"), typed={"a": "b", "0.c": "Old"}))
        await officer.comes_back()
        assert "Old" in await officer.sees("does not fit here any more")


async def test_the_appointee_s_place_and_what_they_typed_are_kept(sitting):
    async with sitting() as officer:
        await officer.opens("rules", "general")
        await officer.next("Enter begins.")
        await officer.press("enter")
        rule = await officer.sees("Enter gives the answer.")
        await officer.write("2")
        await officer.sees("> Your reason")
        await officer.type("It goes too far")
        await officer.locks()
        await officer.comes_back_to("The screen was locked.")
        assert "It goes too far" not in officer.screen
        await officer.press("enter")
        assert "It goes too far" in await officer.sees(AGAIN)
        await officer.press("escape", "escape")
        assert await officer.sees("Enter gives the answer.") == rule


@pytest.mark.long
async def test_what_an_appointee_typed_is_shown_to_the_officer_where_they_take_back(sitting):
    async with sitting() as officer:
        await officer.opens("rules", "general")
        await officer.next("Enter begins.")
        await officer.press("enter")
        await officer.sees("I have read this rule")
        await officer.write("2")
        await officer.sees("> Your reason")
        await officer.type("It goes too far")
        await officer.locks()
        await officer.comes_back_to("The screen was locked.")
        await officer.gives_back()
        await officer.sees("It goes too far")


async def test_the_filter_of_the_list_stays(sitting):
    async with sitting() as officer:
        await officer.type("nobody here")
        await officer.sees("0 / 14")
        await officer.locks()
        await officer.comes_back()
        await officer.sees("0 / 14")


def rows(officer):
    """The ids of the vault's drafts, without its keys."""
    with contextlib.closing(sqlite3.connect(officer.app.vault)) as database:
        return {id.hex() for (id,) in database.execute("SELECT dossier FROM draft")}


@contextlib.contextmanager
def forged(officer):
    """The way that the officer left, to be changed, as somebody with the vault's key could."""
    with meanwhile(officer) as desk:
        left = desk.left()
        way = list(left.way)
        yield way
        desk.leave(msgspec.structs.replace(left, way=tuple(way)))


@pytest.mark.parametrize(
    "odd", ["nan", *(pytest.param(o, marks=pytest.mark.long) for o in ("inf", "1e400", "-1", "²"))]
)
async def test_a_place_that_is_none_is_no_place(sitting, odd):
    async with sitting() as officer:
        await officer.opens("admitted")
        await officer.press("f3")
        await officer.sees("Timeline: ")
        await officer.locks()
        with forged(officer) as way:
            way[-2] = odd
        await officer.comes_back()
        await officer.sees("Timeline: ")
        await officer.locks()


@pytest.mark.long
@pytest.mark.parametrize("odd", ["do:app.quit", "do:(((", "do:course(1", "do:erase_all"])
async def test_nothing_else_is_begun_than_what_can_be_begun_there(sitting, odd):
    async with sitting() as officer:
        await a_note_on_a_dossier(officer)
        await officer.locks()
        with forged(officer) as way:
            way[5] = odd
        await officer.comes_back()
        assert "Asks for a part-time post" in await officer.sees("does not fit here any more")


@pytest.mark.parametrize(
    "begun",
    [
        a_new_dossier,
        *(
            pytest.param(flow, marks=pytest.mark.long)
            for flow in (a_check, a_finding, a_teaching, a_course_that_taught_all, an_answer)
        ),
        pytest.param(an_export_of_all, marks=pytest.mark.long),
    ],
)
async def test_what_a_role_does_not_allow_any_more_is_shown_and_not_begun(sitting, begun):
    third = ("Cas Test", "test ribbon canyon walnut")
    async with sitting() as officer:
        me = officer.desk.officer.id
        second = next(o.id for o in officer.desk.officers() if o.id != me)
        officer.desk.give_role(second, "administrator", "A test")
        officer.desk.add_officer(*third)
        await begun(officer)
        await officer.locks()
        with contextlib.closing(Desk.open(officer.app.vault, *SECOND)) as desk:
            desk.give_role(me, "auditor", "A test", desk.second(*third))
        await officer.comes_back()
        await officer.sees("What you had typed before the lock does not fit here any more")


async def test_where_the_program_failed_nothing_leads_back_and_what_was_typed_is_shown(
    sitting, vault
):
    async with sitting(vault=vault) as officer:
        await a_note_on_a_dossier(officer)
        officer.app._handle_exception(RuntimeError())
        assert await officer.ends() == 1
        officer.app.crash = None
    async with sitting(unlocked=False, vault=vault) as officer:
        await officer.at_the_door()
        await officer.comes_back()
        screen = await officer.sees("does not fit here any more")
        assert "Note: Note\n  Asks for a part-time post" in screen
        await officer.press("enter")
        await officer.sees("Show only")


@pytest.mark.long
async def test_what_was_typed_about_a_dossier_stays_its_own_wherever_it_locks_again(sitting):
    async with sitting() as officer:
        await a_note_on_a_dossier(officer)
        id = officer.app.home.doing.partition(":")[2]
        await officer.locks()
        there = rows(officer)
        for lock_before in (True, False):
            officer.app.unlocked(Desk.open(officer.app.vault, *OFFICER))
            if lock_before:  # the dossier's own page is there again
                officer.app._lock()
            else:
                officer.ahead("ctrl+l")
            await officer.sees("Locked. Checkpoint")
            assert rows(officer) == there
        with forged(officer) as way:
            way[2] = "nowhere"
        await officer.comes_back()
        await officer.sees("does not fit here any more")
        await officer.locks()
        with meanwhile(officer) as desk:
            assert "Asks for a part-time post" in repr(desk.left())
            assert desk.left().dossier == id
