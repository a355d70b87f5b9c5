"""Officers: who they are, what is done with them, and what each role is offered."""

import contextlib
import sqlite3
import threading

import pytest

from secterm.desk.desk import Desk
from secterm.dossier import gates
from secterm.dossier.entries import Found
from secterm.tui import dates
from secterm.tui.screens import managing
from secterm.vault import keyfile
from secterm.vault.errors import WrongPassphrase
from tests.support import sticks
from tests.support.house import OFFICER, SECOND, answered, checked, copied

APPROVER = ("Cim Test", "test harbour violet engine")
AUDITOR = ("Dov Test", "test pepper saddle mirror")
ODD = "Zyxwvutsrqponm"  # a name that would be a passphrase, were it not a name
NEW = ("Eda Test", "test window marble ribbon")


@pytest.fixture
def vault(vaults, tmp_path):
    """A vault with an officer of each role, and a decision that awaits a second one."""
    path = copied(vaults(("second", "core")), tmp_path)
    desk = Desk.open(path, *OFFICER)
    desk.add_officer(*APPROVER, "approver")
    desk.add_officer(*AUDITOR, "auditor")
    desk.close()
    return path


@pytest.fixture
def seated(sitting, vault):
    """The administrator, unlocked; or another officer who unlocks."""
    return lambda **how: sitting(vault=vault, **how)


def opens(vault, who, **how):
    """Whether this name and passphrase open the vault."""
    try:
        Desk.open(vault, *who, **how).close()
    except WrongPassphrase:
        return False
    return True


async def at_the_list(officer):
    await officer.press("f4")
    return await officer.sees("Officers of this vault")


async def at_the_page(officer, name):
    await at_the_list(officer)
    names = sorted((o for o in officer.desk.officers()), key=lambda o: not o.active)
    await officer.press(*["down"] * [o.name for o in names].index(name), "enter")
    return await officer.sees(f"Officer: {name}")


async def at_oneself(officer, name):
    """The page of somebody at the list's row of their own."""
    await at_the_page(officer, name)
    return await officer.sees("This is you.")


def named(officer, name):
    return next(o for o in officer.desk.officers() if o.name == name)


# -- who they are ----------------------------------------------------------------


async def test_the_list_says_who_is_what_since_when_and_which_is_you(seated):
    async with seated() as officer:
        screen = await at_the_list(officer)
        lines = {line.split()[0]: line for line in screen.replace("> ", "").splitlines() if line}
        assert "administrator" in lines["Alix"]
        assert lines["Alix"].endswith("(you)")
        assert "officer" in lines["Bex"]
        assert f"since {dates.short(officer.desk.officer.since)}" in lines["Bex"]
        assert "(you)" not in lines["Bex"]
        assert "approver" in lines["Cim"]
        assert "auditor" in lines["Dov"]


async def test_an_officer_s_page_has_their_keys_and_what_happened_to_them(seated):
    async with seated() as officer:
        officer.desk.give_role(named(officer, "Bex Test").id, "approver", "Half the hours")
        screen = await at_the_page(officer, "Bex Test")
        bex = named(officer, "Bex Test")
        assert bex.id in screen
        assert bex.public_key.hex() in screen
        assert "Added as Bex Test, officer" in screen
        assert "Role given: approver. Half the hours" in screen
        await officer.press("enter")
        await officer.sees("Officers of this vault")


async def test_an_officer_whose_entries_do_not_open_is_told_and_the_list_stays(seated, vault):
    desk = Desk.open(vault, *OFFICER)
    bex = next(o for o in desk.officers() if o.name == "Bex Test")
    desk.give_role(bex.id, "approver", "Half the hours")
    number, _entry = desk.officer_entries(bex.id)[-1]
    desk.close()
    with contextlib.closing(sqlite3.connect(vault)) as database, database:
        database.execute(
            "UPDATE entry SET sealed = zeroblob(length(sealed)) WHERE number = ?", (number,)
        )
    async with seated() as officer:
        await at_the_list(officer)
        await officer.press("down", "enter")
        await officer.reads("The vault is damaged or was changed")
        assert "Officers of this vault" in officer.screen


# -- adding -------------------------------------------------------------------------


async def adds(officer, name, role, passphrase):
    await at_the_list(officer)
    await officer.press("f2")
    await officer.sees("> New officer's name")
    await officer.write(name)
    await officer.sees("> Role")
    await officer.write(role)
    await officer.sees("> Passphrase")
    await officer.write(passphrase)
    await officer.write(passphrase)


async def test_an_officer_is_added_with_a_role_once_the_name_is_free(seated, vault):
    async with seated() as officer:
        await at_the_list(officer)
        await officer.press("f2")
        await officer.sees("> New officer's name")
        await officer.write("alix test")
        await officer.reads("There is an officer of that name already.")
        assert "> New officer's name" in officer.screen
        await officer.press("ctrl+u")
        await officer.write(NEW[0])
        await officer.sees("> Role")
        await officer.press("3", "enter")
        await officer.write(NEW[1])
        await officer.write(NEW[1])
        await officer.sees("> Key file beside it")
        await officer.press("enter")
        screen = await officer.sees("Eda Test can unlock this vault now, as approver.")
        assert "  Eda Test" in screen
        assert named(officer, "Eda Test").role == "approver"
    assert opens(vault, NEW)


@pytest.mark.long
@pytest.mark.parametrize(("name", "weak"), [(NEW[0], "password1234"), (ODD, ODD)])
async def test_a_weak_passphrase_adds_nobody(seated, name, weak):
    async with seated() as officer:
        before = officer.journal
        await adds(officer, name, "2", weak)
        await officer.sees("Too easy to guess")
        await officer.sees("> Passphrase")
        assert officer.journal == before


@pytest.mark.long
async def test_an_officer_with_a_key_file_needs_both(seated, vault, tmp_path, monkeypatch):
    stick = sticks.mounted(tmp_path, monkeypatch)
    async with seated() as officer:
        await adds(officer, *NEW[:1], "2", NEW[1])
        await officer.sees("> Key file beside it")
        await officer.write("2")
        await officer.sees("> Folder on the medium")
        await officer.press("enter")
        screen = await officer.sees("A key file is made.")
        (path,) = stick.iterdir()
        assert str(path) in "".join(screen.split())
        await officer.press("enter")
        await officer.sees("Eda Test can unlock this vault now, as officer.")
    assert opens(vault, NEW, key_files=[keyfile.read(path)])
    assert not opens(vault, NEW)


@pytest.mark.long
async def test_no_key_file_stays_where_nobody_was_added(seated, tmp_path, monkeypatch):
    stick = sticks.mounted(tmp_path, monkeypatch)
    async with seated() as officer:
        await adds(officer, NEW[0], "2", NEW[1])
        await officer.sees("> Key file beside it")
        await officer.write("2")
        await officer.sees("> Folder on the medium")
        officer.desk.add_officer(*NEW)  # meanwhile
        await officer.press("enter")
        await officer.reads("There is an officer of that name already.")
    assert list(stick.iterdir()) == []


@pytest.mark.long
async def test_a_medium_that_is_gone_is_told_and_nobody_is_added(seated, tmp_path, monkeypatch):
    sticks.mounted(tmp_path, monkeypatch).rmdir()
    async with seated() as officer:
        before = officer.journal
        await adds(officer, NEW[0], "2", NEW[1])
        await officer.sees("> Key file beside it")
        await officer.write("2")
        await officer.sees("> Folder on the medium")
        await officer.press("enter")
        await officer.sees("There is no such folder. Is the medium mounted?")
        assert officer.journal == before


# -- another name ---------------------------------------------------------------------


async def test_an_officer_is_renamed_with_their_own_passphrase_alone(seated, vault):
    async with seated() as officer:
        await at_the_page(officer, "Bex Test")
        await officer.press("f2")
        await officer.sees("> New name")
        await officer.press("ctrl+u")
        await officer.write("Bex Renamed")
        await officer.sees("> Their own passphrase")
        await officer.write(OFFICER[1])
        await officer.reads("That is not the passphrase of Bex Test.")
        assert named(officer, "Bex Test")
        screen = await officer.sees("> Their own passphrase")
        assert "Bex Renamed" in screen
        await officer.write(SECOND[1])
        screen = await officer.sees("The officer's name is Bex Renamed now.")
        assert "Officer: Bex Renamed" in screen
        assert "Renamed: Bex Renamed" in screen
    assert opens(vault, ("Bex Renamed", SECOND[1]))
    assert not opens(vault, SECOND)


@pytest.mark.long
async def test_the_bar_has_the_new_name_of_the_officer_at_work(seated):
    async with seated() as officer:
        await at_oneself(officer, OFFICER[0])
        await officer.press("f2")
        await officer.sees("> New name")
        await officer.press("ctrl+u")
        await officer.write("Alix Renamed")
        await officer.sees("> Your passphrase")
        await officer.write(OFFICER[1])
        await officer.sees("Test unit: Alix Renamed")
        await officer.press("escape")
        await officer.sees("Officers of this vault")
        await officer.sees("Test unit: Alix Renamed")


# -- another role -----------------------------------------------------------------------


async def gives(officer, name, role, reason):
    await at_the_page(officer, name)
    await officer.press("f3")
    await officer.sees("> Role")
    await officer.write(role)
    await officer.sees("> Reason")
    await officer.write(reason)


async def test_another_role_is_given_with_its_reason(seated):
    async with seated() as officer:
        await gives(officer, "Dov Test", "2", "Passed the course")
        await officer.sees("Dov Test is officer now.")
        assert named(officer, "Dov Test").role == "officer"


@pytest.mark.long
async def test_a_role_is_not_given_without_a_reason(seated):
    async with seated() as officer:
        before = officer.journal
        await gives(officer, "Dov Test", "2", "")
        await officer.sees("Reason is missing.")
        assert officer.journal == before


@pytest.mark.long
async def test_an_administrator_s_role_is_taken_with_a_second_person(seated):
    async with seated() as officer:
        officer.desk.give_role(named(officer, "Bex Test").id, "administrator", "In charge too")
        await gives(officer, "Bex Test", "1", "Not in charge any more")
        before = officer.journal
        await officer.signs_as_second(OFFICER)
        await officer.reads("The second officer must be another person than the first.")
        await officer.signs_as_second(SECOND)
        await officer.reads("Somebody else than themselves must agree.")
        await officer.sees("> Their own passphrase")
        await officer.press("shift+tab", "ctrl+u")
        assert officer.journal == before
        await officer.signs_as_second(APPROVER)
        screen = await officer.sees("Bex Test is officer now.")
        assert "Cim Test" in screen
        assert "second person; proposed in #" in " ".join(screen.split())


@pytest.mark.long
async def test_an_administrator_who_gives_up_that_role_is_offered_less_at_once(seated):
    async with seated() as officer:
        officer.desk.give_role(named(officer, "Bex Test").id, "administrator", "In charge now")
        await gives(officer, OFFICER[0], "1", "Handed over")
        await officer.signs_as_second(SECOND)
        screen = await officer.sees("Alix Test is officer now.")
        assert "F5 My passphrase" in screen
        for gone in ("F2 Rename", "F3 Role", "F8 Disable"):
            assert gone not in screen
        await officer.press("escape")
        screen = await officer.sees("Officers of this vault")
        assert "F8 New vault key" not in screen


# -- disabling ----------------------------------------------------------------------------


async def test_a_disabled_officer_does_not_unlock_any_more(seated, vault):
    async with seated() as officer:
        await at_the_page(officer, "Bex Test")
        await officer.press("f8")
        await officer.reads("A copy of the vault made earlier still opens for them")
        await officer.sees("> Reason")
        await officer.write("Left the unit")
        await officer.sees("Make a new vault key now")
        await officer.press("2", "enter")
        screen = await officer.sees("Bex Test is disabled.")
        assert "Disabled. Left the unit" in screen
        for gone in ("F2 Rename", "F3 Role", "F8 Disable"):
            assert gone not in screen
        await officer.press("escape")
        screen = await officer.sees("Officers of this vault")
        last = [line for line in screen.splitlines() if "Test  " in line][-1]
        assert last.split()[1:5] == ["Bex", "Test", "disabled", "on"]
    assert not opens(vault, SECOND)


@pytest.mark.long
async def test_a_new_vault_key_is_offered_next(seated, vault):
    async with seated() as officer:
        await at_the_page(officer, "Bex Test")
        await officer.press("f8")
        await officer.sees("> Reason")
        await officer.write("Left the unit")
        await officer.sees("Make a new vault key now")
        await officer.press("enter")
        await officer.sees("After an officer was disabled")
        await officer.press("enter")
        await officer.sees("The vault has a new key.")
    assert opens(vault, OFFICER)
    assert opens(vault, APPROVER)


async def test_an_administrator_is_disabled_with_a_second_person(seated):
    async with seated() as officer:
        officer.desk.give_role(named(officer, "Bex Test").id, "administrator", "In charge too")
        before = officer.journal
        await at_the_page(officer, "Bex Test")
        await officer.press("f8")
        await officer.reads("so a second person agrees: not you, and not Bex Test.")
        await officer.sees("> Reason")
        await officer.write("Left the unit")
        await officer.signs_as_second((APPROVER[0], "a wrong test passphrase"))
        await officer.reads("The name and passphrase are not those of an officer.")
        await officer.press("shift+tab", "ctrl+u")
        await officer.signs_as_second(AUDITOR)
        await officer.reads("An auditor reads and verifies, and changes nothing.")
        assert officer.journal == before
        await officer.press("shift+tab", "ctrl+u")
        await officer.signs_as_second(APPROVER)
        await officer.sees("Bex Test is disabled.")
        assert not named(officer, "Bex Test").active


@pytest.mark.parametrize("key", ["f3", "f8"])
async def test_the_last_administrator_stays_one_and_is_told_what_to_do(seated, key):
    async with seated() as officer:
        before = officer.journal
        await at_oneself(officer, OFFICER[0])
        await officer.press(key)
        await officer.reads(
            "This is the last administrator. Without one nobody could add an officer, give a "
            "role or make a new vault key. First make another officer an administrator: F3 on "
            "their page."
        )
        assert officer.journal == before


@pytest.mark.long
async def test_nobody_disables_themselves(seated):
    async with seated() as officer:
        officer.desk.give_role(named(officer, "Bex Test").id, "administrator", "In charge too")
        await at_oneself(officer, OFFICER[0])
        await officer.press("f8")
        await officer.sees("Nobody disables themselves: another administrator does it.")


# -- one's own passphrase ---------------------------------------------------------------


async def changes(officer, old, new, key=""):
    await officer.sees("> Passphrase until now")
    await officer.write(old)
    await officer.sees("> New passphrase")
    await officer.write(new)
    await officer.write(new)
    await officer.sees("> Key file beside it")
    await officer.write(key)


@pytest.mark.long
async def test_one_s_own_passphrase_is_changed_with_the_old_one(seated, vault):
    async with seated() as officer:
        await at_the_list(officer)
        await officer.press("f5")
        await changes(officer, "a wrong test passphrase", NEW[1])
        await officer.reads("The passphrase until now is not right.")
        await changes(officer, OFFICER[1], NEW[1])
        await officer.sees("Your passphrase is changed.")
    assert opens(vault, (OFFICER[0], NEW[1]))
    assert not opens(vault, OFFICER)


async def test_a_weak_passphrase_is_not_changed_to(seated):
    async with seated() as officer:
        before = officer.journal
        await at_oneself(officer, OFFICER[0])
        await officer.press("f5")
        await officer.sees("> Passphrase until now")
        await officer.write(OFFICER[1])
        await officer.write("password1234")
        await officer.sees("Too easy to guess")
        assert officer.journal == before


@pytest.mark.long
async def test_a_key_file_is_made_for_oneself_and_given_up_again(
    seated, vault, tmp_path, monkeypatch
):
    stick = sticks.mounted(tmp_path, monkeypatch)
    async with seated() as officer:
        await at_the_list(officer)
        await officer.press("f5")
        await changes(officer, OFFICER[1], NEW[1], "3")
        await officer.sees("> Folder on the medium")
        await officer.press("enter")
        await officer.sees("A key file is made.")
        (path,) = stick.iterdir()
        await officer.press("enter")
        await officer.sees("Your passphrase is changed.")
    now = (OFFICER[0], NEW[1])
    assert not opens(vault, now)
    assert opens(vault, now, key_files=[keyfile.read(path)])
    async with seated(unlocked=False) as officer:
        await officer.unlock(now)
        await at_the_list(officer)
        await officer.press("f5")
        await changes(officer, NEW[1], OFFICER[1], "2")
        await officer.sees("Your passphrase is changed.")
    assert opens(vault, OFFICER)


@pytest.mark.long
async def test_a_key_file_stays_where_it_is_left(seated, vault, tmp_path, monkeypatch):
    stick = sticks.mounted(tmp_path, monkeypatch)
    _path, key = keyfile.make(stick)
    desk = Desk.open(vault, *AUDITOR)
    desk.change_passphrase(AUDITOR[1], AUDITOR[1], key_file=key)
    desk.close()
    async with seated(unlocked=False) as officer:
        await officer.unlock(AUDITOR)
        await at_the_list(officer)
        await officer.press("f5")
        await changes(officer, AUDITOR[1], NEW[1])
        await officer.sees("Your passphrase is changed.")
    assert not opens(vault, (AUDITOR[0], NEW[1]))
    assert opens(vault, (AUDITOR[0], NEW[1]), key_files=[key])


# -- a new vault key -------------------------------------------------------------------------


async def to_rekey(officer):
    await at_the_list(officer)
    await officer.press("f8")
    await officer.sees("> Reason")
    await officer.write("A stick was lost")


async def test_the_vault_gets_a_new_key_and_everybody_unlocks_as_before(seated, vault):
    async with seated() as officer:
        await to_rekey(officer)
        await officer.sees("The vault has a new key. Everybody unlocks as before.")
        assert officer.desk.verify().holds
    for who in (OFFICER, SECOND, APPROVER, AUDITOR):
        assert opens(vault, who)


@pytest.mark.long
async def test_a_new_key_that_is_stopped_in_the_middle_leaves_the_old_one(seated, monkeypatch):
    reached, pressed = threading.Event(), threading.Event()
    shown, told = managing.bar, []

    def halfway(done, total):
        told.append((done, total))
        if done >= total // 2:
            reached.set()
            pressed.wait(10)
        return shown(done, total)

    async with seated() as officer:
        before = officer.journal
        monkeypatch.setattr(managing, "bar", halfway)
        await to_rekey(officer)
        await officer.sees("Making a new vault key")
        while not reached.is_set():
            await officer.settle()
        await officer.press("escape")
        await officer.sees("Stopping.")
        pressed.set()
        done, total = told[-1]
        assert 0 < done < total
        await officer.reads("Stopped. The vault has its key of before, and nothing was changed.")
        assert officer.journal == before
        assert officer.desk.verify().holds
        screen = await officer.sees("> Reason")
        assert "A stick was lost" in screen
        await officer.press("enter")
        await officer.sees("The vault has a new key.")


# -- what a role is offered --------------------------------------------------------------------


@pytest.mark.long
async def test_an_auditor_is_offered_nothing_that_changes_anything(seated):
    async with seated(unlocked=False) as officer:
        await officer.unlock(AUDITOR)
        before = officer.journal
        screen = await officer.settle()
        assert "F6 Verify" in screen
        assert "F2 New" not in screen
        assert "F5 Export" not in screen
        await officer.press("f2", "f5")
        await officer.opens("second")
        screen = await officer.sees("> You may read; an officer records.")
        assert "NEXT" not in screen
        for gone in ("F2 Particulars", "F5 Export", "F8 Withdraw"):
            assert gone not in screen
        await officer.press("f2", "f5", "f8")
        for row in (3, 4, 5):
            await officer.press(*["up"] * 9, *["down"] * row, "enter")
            await officer.sees("An auditor reads and verifies, and changes nothing.")
            await officer.press("f3")
            await officer.sees("Timeline: ")
            await officer.press("escape")
            await officer.misses("An auditor reads")
        await officer.press("f1")
        await officer.reads("What your role does not allow is not offered here.")
        await officer.press("escape")
        await officer.press("home", "enter")
        await officer.sees("Show only:")
        assert officer.journal == before


@pytest.mark.long
@pytest.mark.parametrize(
    ("row", "title", "keys"),
    [(1, "Checks and findings", ("f5", "f7")), (2, "Training", ("f4", "f5", "f6"))],
)
async def test_an_auditor_reads_a_gate_and_records_nothing_in_it(seated, row, title, keys):
    async with seated(unlocked=False) as officer:
        await officer.unlock(AUDITOR)
        before = officer.journal
        await officer.opens("second")
        await officer.press(*["down"] * row, "enter")
        await officer.sees(f"{title}: ")
        await officer.press(*keys)
        screen = await officer.settle()
        assert f"{title}: " in screen
        assert "An auditor" not in screen
        await officer.press("down", "enter")
        screen = await officer.sees("An auditor reads and verifies, and changes nothing.")
        assert f"{title}: " in screen
        assert officer.journal == before


@pytest.mark.long
async def test_an_auditor_changes_their_own_passphrase_and_manages_nobody(seated, vault):
    async with seated(unlocked=False) as officer:
        await officer.unlock(AUDITOR)
        screen = await at_the_list(officer)
        for gone in ("F2 Add", "F8 New vault key"):
            assert gone not in screen
        await officer.press("f2", "f8", "enter")
        screen = await officer.sees("Officer: Alix Test")
        for gone in ("F2 Rename", "F3 Role", "F5 My passphrase", "F8 Disable"):
            assert gone not in screen
        await officer.press("f2", "f3", "f5", "f8")
        assert "Officer: Alix Test" in await officer.settle()
        await officer.press("escape", "f5")
        await changes(officer, AUDITOR[1], NEW[1])
        await officer.sees("Your passphrase is changed.")
    assert opens(vault, (AUDITOR[0], NEW[1]))


@pytest.mark.long
async def test_an_officer_records_and_manages_nobody(seated):
    async with seated(unlocked=False) as officer:
        await officer.unlock(SECOND)
        assert "F2 New" in await officer.settle()
        screen = await at_the_list(officer)
        assert "F5 My passphrase" in screen
        assert "F2 Add" not in screen
        assert "F8 New vault key" not in screen


async def test_an_approver_gives_the_second_word_on_a_decision_of_another(seated):
    async with seated(unlocked=False) as officer:
        await officer.unlock(APPROVER)
        id = await officer.opens("second")
        await officer.next("> Second officer's word")
        await officer.press("1", "enter")
        screen = await officer.sees("> Second officer")
        assert APPROVER[0] in screen
        await officer.press("enter")
        await officer.sees("> Their own passphrase")
        await officer.write(APPROVER[1])
        await officer.sees("Stage: admitted")
        told = officer.desk.dossier(id).state.seconded
        assert officer.desk.officer_name(told.officer) == APPROVER[0]
        await officer.sees("Nothing is owed now.")


async def test_an_approver_reviews_the_finding_of_another(sitting, vaults, tmp_path):
    path = copied(vaults(("opened", "core")), tmp_path)
    desk = Desk.open(path, *OFFICER)
    desk.add_officer(*APPROVER, "approver")
    id = desk.cards()[0].id
    answered(desk, id)
    checked(desk, id)
    sections = gates.sections_of(desk.pack, desk.dossier(id).state)
    desk.act(id, *(Found(section=s.id, finding="suitable") for s in sections))
    desk.act(id, Found(section="", finding="suitable"))
    desk.close()
    async with sitting(vault=path, unlocked=False) as officer:
        await officer.unlock(APPROVER)
        await officer.opens("screening")
        await officer.next("> Review by a second officer")
        await officer.press("enter")
        await officer.sees("> Second officer's word")
        await officer.write("1")
        await officer.sees(f"> Second officer          {APPROVER[0]}")
        await officer.press("enter")
        await officer.sees("> Their own passphrase")
        await officer.write(APPROVER[1])
        await officer.sees("Screening is done.")
        told = officer.desk.dossier(id).state.review
        assert officer.desk.officer_name(told.officer) == APPROVER[0]
        await officer.press("down", "enter")
        await officer.reads("An approver reads, and gives a second person's word; nothing else.")


@pytest.mark.long
async def test_who_decided_does_not_give_the_second_word_in_an_approver_s_session(seated):
    async with seated(unlocked=False) as officer:
        await officer.unlock(APPROVER)
        before = officer.journal
        await officer.opens("second")
        await officer.next("> Second officer's word")
        await officer.press("1", "enter")
        await officer.sees("> Second officer")
        await officer.press("ctrl+u")
        await officer.signs_as_second(OFFICER)
        await officer.reads("The second officer must be another person than the first.")
        assert officer.journal == before


async def test_a_second_person_s_key_file_is_found_on_its_stick(
    seated, vault, tmp_path, monkeypatch
):
    _path, key = keyfile.make(sticks.mounted(tmp_path, monkeypatch))
    desk = Desk.open(vault, *APPROVER)
    desk.change_passphrase(APPROVER[1], APPROVER[1], key_file=key)
    desk.close()
    mounts = sticks.unmounted()
    async with seated() as officer:
        await officer.opens("second")
        await officer.next("> Second officer's word")
        await officer.press("1", "enter")
        await officer.signs_as_second(APPROVER)
        await officer.reads("The name and passphrase are not those of an officer.")
        sticks.put_back(mounts)
        await officer.write(APPROVER[1])
        await officer.sees("Stage: admitted")


@pytest.mark.long
async def test_an_approver_does_not_open_a_dossier(sitting, vaults, tmp_path):
    path = copied(vaults(), tmp_path)
    desk = Desk.open(path, *OFFICER)
    desk.add_officer(*APPROVER, "approver")
    desk.close()
    async with sitting(vault=path, unlocked=False) as officer:
        await officer.unlock(APPROVER)
        screen = await officer.sees("There is no dossier yet.")
        assert "F2" not in screen
        await officer.press("f2", "f5")
        assert "Show only" in await officer.settle()
