"""An archive that comes back is taken in at the screen: from a stick, with what opens it and the
fingerprint that its unit told, to the page that says what became of its dossiers.
"""

import os
import shutil

import msgspec
import pytest

from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.recipients import Recipients
from secterm.desk import restoring
from secterm.desk.desk import Desk
from secterm.dossier.entries import Corrected, Noted
from tests.support import archives
from tests.support.house import OFFICER, SECOND, Elsewhere, copied

HERE = ("opened", "general")
THERE = archives.LIVES
ASKED = "Have its unit read out the fingerprint"
SECRET = Recipients.gather(passphrase=archives.PASSPHRASE)
TO = Recipients((archives.RECIPIENT,))


class Unit(Elsewhere):
    """Another unit, with a vault of its own and a folder that its archives go to."""

    def __init__(self, vault, folder):
        super().__init__(vault)
        self._folder = folder

    def exports(self, to=TO, **more):
        """An archive on the stick."""
        return self.at(lambda desk: desk.export(self._folder, to, **more).path)

    def names(self):
        return self.at(lambda desk: [card.name for card in desk.cards()])

    def corrects(self, id, post):
        self.at(lambda desk: corrected(desk, id, post))


def corrected(desk, id, post):
    who = desk.dossier(id).state.particulars
    desk.act(id, Corrected(particulars=msgspec.structs.replace(who, post=post), reason="So."))


@pytest.fixture
def unit(built, stick, tmp_path):
    (tmp_path / "unit").mkdir()
    vault = built("unit.db", lambda path: archives.build(path.parent, *THERE))
    return Unit(copied(vault, tmp_path / "unit"), stick)


@pytest.fixture
def identity(stick):
    return archives.identity_file(stick)


@pytest.fixture
def here(sitting):
    return lambda **how: sitting(HERE, **how)


async def at_the_archives(officer):
    await officer.press("f5")
    await officer.sees("> Medium")
    await officer.press("f6")
    await officer.sees("No archive was written yet.")
    await officer.press("f3")
    await officer.sees("which I name")
    return officer.screen


async def opens(officer, file):
    """The archive on the stick, as far as what opens it."""
    assert file.name in await at_the_archives(officer)
    await officer.press("enter")
    return await officer.sees("Open the archive")


async def tells(officer, fingerprint):
    await officer.sees("> Fingerprint")
    await officer.type(fingerprint)
    await officer.press("enter")


async def taken(officer, file, fingerprint):
    """From the list to the result."""
    await opens(officer, file)
    await officer.press("enter")
    await tells(officer, fingerprint)
    return await officer.sees("The archive is taken in.")


def names(officer):
    return sorted(card.name for card in officer.desk.cards())


async def test_an_archive_on_the_stick_is_taken_in_and_its_dossiers_are_here(here, unit, identity):
    file = unit.exports()
    async with here() as officer:
        before = names(officer)
        screen = await at_the_archives(officer)
        assert file.name in screen
        assert "VIELLAND" in screen
        await officer.press("enter")
        await officer.sees("> Identity file")
        await officer.press("home", "end")
        await officer.sees("identity.txt")
        await officer.press("enter")
        await officer.reads(ASKED)
        assert unit.fingerprint[:9] not in officer.screen
        assert "3 dossiers of Test unit" in officer.screen
        await tells(officer, unit.fingerprint)
        await officer.sees("The archive is taken in.")
        assert "3  new here, with all their history" in officer.screen
        assert officer.journal in officer.screen
        assert names(officer) == sorted(before + unit.names())
        await officer.press("enter")
        await officer.sees("  taken in")
        for shows in ("No archive was written yet.", "> Medium", "Show only"):
            await officer.press("escape")
            await officer.sees(shows)
        assert officer.desk.verify().faults == []


async def test_from_the_list_it_is_one_key_and_of_a_known_vault_no_fingerprint_is_asked(
    here, unit, identity
):
    file = unit.exports()
    async with here() as officer:
        await taken(officer, file, unit.fingerprint)
        file.unlink()
        unit.at(lambda desk: desk.act(desk.cards()[0].id, Noted(text="It came to pass.")))
        file = unit.exports()
        for shows in ("Which archive?", "No archive was written yet.", "> Medium", "Show only"):
            await officer.press("escape")
            await officer.sees(shows)
        await officer.press("ctrl+r")
        await officer.sees(file.name)
        await officer.press("enter")
        await officer.sees("> Identity file")
        await officer.press("enter")
        await officer.reads("The log keys of its vault are known here.")
        await officer.press("enter")
        await officer.sees("The archive is taken in.")
        assert "3  went on: what was recorded there since is here now" in officer.screen


@pytest.mark.long
async def test_the_archives_passphrase_opens_it_and_a_wrong_one_is_told(here, unit):
    file = unit.exports(SECRET)
    async with here() as officer:
        await opens(officer, file)
        await officer.sees("> Archive's passphrase")
        await officer.write("test wrong words here")
        await officer.reads("The archive was not opened: the archive does not open with this key.")
        await officer.reads("Use the identity or passphrase that it was written for.")
        await officer.write(archives.PASSPHRASE)
        await officer.reads(ASKED)


@pytest.mark.long
async def test_a_wrong_identity_is_told_and_its_path_stays(here, unit, stick, tmp_path):
    file = unit.exports()
    other = archives.pyrage.x25519.Identity.generate()
    (tmp_path / "other.txt").write_text(f"{other}\n")
    async with here() as officer:
        await opens(officer, file)
        await officer.sees("> Identity file")
        await officer.write(str(tmp_path / "none.txt"))
        await officer.reads("the identity file cannot be read: No such file or directory.")
        await officer.press("ctrl+u")
        await officer.write(str(tmp_path / "other.txt"))
        await officer.reads("the archive does not open with this key.")
        await officer.press("home", "end")
        await officer.sees("other.txt")
        archives.identity_file(tmp_path)
        await officer.press("ctrl+u")
        await officer.write(str(tmp_path / "identity.txt"))
        await officer.reads(ASKED)


async def test_another_fingerprint_takes_nothing_in_and_the_right_one_is_not_shown(
    here, unit, identity
):
    file = unit.exports()
    async with here() as officer:
        before = officer.journal
        await opens(officer, file)
        await officer.press("enter")
        wrong = officer.desk.log_fingerprint()
        await tells(officer, wrong)
        await officer.reads("that is not the fingerprint of its log keys.")
        await officer.reads("Nothing of it was recorded.")
        assert unit.fingerprint[:9] not in officer.screen
        assert wrong[:9] in officer.screen
        assert officer.journal == before
        await officer.press("ctrl+u")
        await officer.write(unit.fingerprint.upper())
        await officer.sees("The archive is taken in.")


async def test_a_part_of_the_fingerprint_is_not_enough(here, unit, identity):
    file = unit.exports()
    async with here() as officer:
        await opens(officer, file)
        await officer.press("enter")
        await tells(officer, unit.fingerprint[:-1])
        await officer.reads("that is not the fingerprint of its log keys.")


async def refuses(officer, why, *more):
    """The page that says why, what is safe and what to do; nothing was recorded."""
    before = officer.journal
    await officer.press("enter")
    await officer.sees("The archive is not taken in.")
    for text in (why, *more):
        await officer.reads(text)
    assert officer.journal == before
    await officer.press("enter")
    await officer.sees("Which archive?")


async def test_what_does_not_hold_is_told_with_its_faults(here, unit, stick, identity, tmp_path):
    file = unit.exports()
    opened = archives.opened(file)
    name = opened.name("dossiers/", "dossier.json")
    file.unlink()
    opened.changed(name, lambda record: record + b" ").packed(stick).rename(file)
    async with here() as officer:
        await opens(officer, file)
        await refuses(officer, "it does not hold.", "Nothing of it was recorded.", f"- {name[:12]}")


async def test_what_is_cut_short_is_told(here, unit, identity):
    file = unit.exports()
    file.write_bytes(file.read_bytes()[:-100])
    async with here() as officer:
        await opens(officer, file)
        await refuses(officer, "the file is damaged.", "Take another copy of the archive.")


async def test_what_is_no_archive_is_told_at_once(here, stick):
    (stick / "letter.age").write_text("Dear all,")
    async with here() as officer:
        await at_the_archives(officer)
        await refuses(officer, "the file is not an age file", "It was not touched.")


async def test_decisions_alone_are_told(here, unit, identity):
    file = unit.exports(kind="decision")
    async with here() as officer:
        await opens(officer, file)
        await refuses(officer, "it holds decisions alone", "Ask its unit for a whole archive.")


async def test_an_archive_of_this_very_vault_is_told(here, stick, identity):
    async with here() as officer:
        file = officer.desk.export(stick, TO).path
        await officer.press("ctrl+r")
        await officer.sees(file.name)
        await officer.press("enter")
        await officer.sees("> Identity file")
        await refuses(officer, "it is of this very vault", "what it has is here already.")


@pytest.mark.long
async def test_a_vault_that_was_forked_is_told(here, unit, identity, tmp_path):
    whole = tmp_path / "before.db"
    shutil.copy(unit.vault, whole)
    unit.at(lambda desk: desk.act(desk.cards()[0].id, Noted(text="One way.")))
    file = unit.exports()
    async with here() as officer:
        await taken(officer, file, unit.fingerprint)
        await officer.press("enter")
        await officer.sees("Which archive?")
        file.unlink()
        shutil.copy(whole, unit.vault)
        unit.at(lambda desk: desk.act(desk.cards()[0].id, Noted(text="Another way.")))
        file = unit.exports()
        await officer.sees(file.name)
        await officer.press("home", "enter")
        await officer.sees("> Identity file")
        await refuses(officer, "that vault was put back or forked.", "call its unit")


@pytest.mark.long
async def test_histories_that_parted_are_named_and_enter_leads_to_the_one_that_came(
    here, unit, identity
):
    file = unit.exports()
    async with here() as officer:
        await taken(officer, file, unit.fingerprint)
        file.unlink()
        id = unit.at(lambda desk: desk.cards()[0].id)
        corrected(officer.desk, id, "Cook")
        unit.corrects(id, "Clerk")
        file = unit.exports()
        await officer.press("enter")
        await officer.sees(file.name)
        await officer.press("home", "enter")
        await officer.sees("> Identity file")
        await officer.press("enter")
        await officer.reads("The log keys of its vault are known here.")
        await officer.press("enter")
        screen = await officer.sees("The archive is taken in.")
        name = officer.desk.dossier(id).state.particulars.name
        assert "1  went another way there than here: both are kept" in screen
        assert f"> {name}, Clerk" in screen
        await officer.press("enter")
        screen = await officer.sees(f"Dossier: {name}")
        assert "Clerk" in screen
        await officer.reads(f"Goes on otherwise as dossier {id[:8]}.")
        await officer.press("escape")
        await officer.sees("The archive is taken in.")
        await officer.press("escape")
        await officer.sees("Which archive?")


@pytest.mark.long
async def test_of_two_histories_the_list_tells_which_is_which(here, unit, identity):
    file = unit.exports()
    async with here() as officer:
        await taken(officer, file, unit.fingerprint)
        id = unit.at(lambda desk: desk.cards()[0].id)
        corrected(officer.desk, id, "Cook")
        unit.corrects(id, "Clerk")
        file = unit.exports()
        archive = restoring.look(file, identity=identity)
        kept = officer.desk.restore(archive).apart[id]
        await officer.press("enter", "escape", "escape", "escape")
        await officer.sees("Show only")
        await officer.press("6")
        await officer.sees(f" {id[:8]} ")
        await officer.sees(f" {kept[:8]} ")


@pytest.mark.long
async def test_the_timeline_says_which_numbers_are_of_another_vault(here, unit, identity):
    file = unit.exports()
    async with here() as officer:
        await taken(officer, file, unit.fingerprint)
        id = unit.at(lambda desk: next(c.id for c in desk.cards() if c.category == "key"))
        opened = unit.at(lambda desk: desk.dossier(id).entries[0].number)
        vault = officer.desk.dossier(id).entries[0].origin.vault
        await officer.press("enter")
        await officer.sees("Which archive?")
        await officer.opens("screening", "key")
        await officer.reads(f"From Test unit, vault {vault[:8]}, taken in on")
        await officer.press("f3")
        screen = await officer.sees("Timeline:")
        own = officer.desk.dossier(id).entries[-1].number
        assert f"{vault[:8]} #{opened}" in screen
        assert f"  #{own}" in screen


@pytest.mark.long
async def test_what_was_erased_here_stays_so_and_is_told(here, unit, identity):
    file = unit.exports()
    async with here() as officer:
        await taken(officer, file, unit.fingerprint)
        id = unit.at(lambda desk: desk.cards()[0].id)
        officer.desk.erase(id, "Its time was over.", officer.desk.second(*SECOND))
        await officer.press("enter")
        await officer.sees("Which archive?")
        await officer.press("enter")
        await officer.sees("> Identity file")
        await officer.press("enter")
        await officer.reads("The log keys of its vault are known here.")
        await officer.press("enter")
        await officer.sees(f"1  erased here, and stay so: {id[:8]}")
        assert "2  here already, with all that the archive has" in officer.screen


# -- volumes ------------------------------------------------------------------------------


def in_volumes(unit, folder):
    """The archives of one export that took several."""

    def export(desk):
        limit = 3_000_000
        while len(parts := desk.planned(None, what="all", kind="whole", limit=limit)) < 2:
            limit -= 10_000
        return [desk.write_archive(part, folder, TO).path for part in parts]

    return unit.at(export)


async def takes_the_first(officer, file, unit):
    await opens(officer, file)
    await officer.press("enter")
    await tells(officer, unit.fingerprint)
    await officer.sees("Volume 1 of 2 is taken in.")
    await officer.reads("volume 2 of 2 is missing. F2: the next file.")
    await officer.press("f2")


@pytest.mark.long
async def test_one_key_goes_on_with_the_volume_that_is_missing(here, unit, stick, identity):
    first, second = in_volumes(unit, stick)
    os.utime(second, (0, 0))
    async with here() as officer:
        await takes_the_first(officer, first, unit)
        await officer.sees("> Identity file")
        await officer.reads(f"{second.name} opens with the identity file")
        await officer.press("enter")
        await officer.sees("Volume 2 of 2 is taken in. None is missing any more.")
        assert "F2" not in officer.screen
        assert set(unit.names()) <= set(names(officer))


@pytest.mark.long
async def test_a_volume_that_is_on_no_stick_is_waited_for(here, unit, stick, identity, tmp_path):
    first, second = in_volumes(unit, stick)
    second.rename(tmp_path / second.name)
    async with here() as officer:
        await takes_the_first(officer, first, unit)
        await officer.sees("Put in the medium with the next volume; it shows here by itself.")
        shutil.move(tmp_path / second.name, second)
        await officer.sees(second.name)


# -- what comes and goes ------------------------------------------------------------------


async def test_archives_show_as_their_media_come_and_go(here, unit, machine, stick):
    machine.unmount(stick)
    file = unit.exports()
    async with here() as officer:
        screen = await at_the_archives(officer)
        assert "No medium with an archive is mounted." in screen
        machine.stick(stick, label="VIELLAND")
        await officer.sees(file.name)
        machine.unmount(stick)
        await officer.misses(file.name)


async def test_of_many_files_with_long_names_each_is_on_one_line(here, stick):
    for n in range(40):
        (stick / f"{'a long name ' * 6}{n}.age").touch()
    async with here() as officer:
        await officer.press("ctrl+r")
        screen = await officer.sees("> a long name")
        assert sum("a long name" in line for line in screen.splitlines()) >= 14
        assert all(len(line) <= 80 for line in screen.splitlines())
        await officer.press("end")
        await officer.sees("> Another file, which I name")


async def test_a_stick_that_is_not_mounted_yet_is_told(here, machine):
    machine.stick(None, label="VIELLAND", model="Cruzer Blade")
    async with here() as officer:
        await officer.press("ctrl+r")
        await officer.reads(
            "Plugged in, but not mounted yet: VIELLAND (SanDisk Cruzer Blade, sdb1)."
        )


@pytest.mark.long
async def test_a_file_can_be_named_and_what_is_none_is_told(here, unit, stick, tmp_path):
    archives.identity_file(tmp_path)
    file = unit.exports().rename(tmp_path / "kept.age")
    async with here() as officer:
        await at_the_archives(officer)
        await officer.press("enter")
        await officer.sees("> Path of the archive")
        await officer.write(str(tmp_path / "identity.txt"))
        await officer.reads("the file is not an age file")
        await officer.press("home", "end")
        await officer.sees("identity.txt")
        await officer.press("ctrl+u")
        await officer.write(str(file))
        await officer.sees("> Identity file")
        await officer.press("home", "end")
        await officer.sees("identity.txt")


@pytest.mark.long
async def test_a_stick_that_is_pulled_while_it_is_read_is_told(
    here, unit, machine, stick, identity, monkeypatch
):
    file = unit.exports()

    def pulled(*_arguments, **_more):
        file.unlink()
        raise ArchiveUnreadable("the file cannot be read: Input/output error")

    monkeypatch.setattr(restoring, "read", pulled)
    async with here() as officer:
        await opens(officer, file)
        await refuses(officer, "Input/output error", "Put it in again, and see that it is mounted.")


# -- stopping and locking -----------------------------------------------------------------


@pytest.fixture
def stops(monkeypatch):
    """Esc, or another key, while a dossier is being taken in: the one with this number."""

    def at(officer, number, press=lambda app: app.screen.action_stop()):
        seen, restore = [], Desk.restore

        def slowly(desk, archive, fingerprint, progress, recorded):
            def told(dossier):
                seen.append(dossier)
                if len(seen) == number:
                    officer.app.call_from_thread(press, officer.app)
                progress(dossier)

            return restore(desk, archive, fingerprint, told, recorded)

        monkeypatch.setattr(Desk, "restore", slowly)

    return at


@pytest.mark.long
async def test_esc_before_anything_is_recorded_gives_up(here, unit, identity, stops):
    file = unit.exports()
    async with here() as officer:
        stops(officer, 2)
        before = officer.journal
        await opens(officer, file)
        await officer.press("enter")
        await tells(officer, unit.fingerprint)
        await officer.sees("Stopped. Nothing of it was recorded.")
        assert officer.journal == before
        await officer.press("escape")
        await officer.sees("Which archive?")


@pytest.mark.long
async def test_esc_later_keeps_what_is_recorded_and_it_goes_on(
    here, unit, identity, stops, monkeypatch
):
    monkeypatch.setattr(restoring, "TOGETHER", 1)
    file = unit.exports()
    async with here() as officer:
        stops(officer, 3)
        await opens(officer, file)
        await officer.press("enter")
        await tells(officer, unit.fingerprint)
        await officer.reads("2 of 3 dossiers of the archive are recorded, each whole.")
        assert len(names(officer)) == 3
        await officer.press("enter")
        screen = await officer.sees("The archive is taken in.")
        assert "1  new here" in screen
        assert "2  here already" in screen
        assert officer.desk.verify().faults == []


@pytest.mark.long
async def test_a_lock_while_it_is_taken_in_keeps_what_is_recorded_and_it_goes_on(
    here, unit, identity, stops, monkeypatch
):
    monkeypatch.setattr(restoring, "TOGETHER", 1)
    file = unit.exports()
    async with here() as officer:
        stops(officer, 3, lambda app: app.action_lock())
        await opens(officer, file)
        await officer.press("enter")
        await tells(officer, unit.fingerprint)
        await officer.sees("Locked. Checkpoint")
        await officer.comes_back_to("> Identity file")
        await officer.reads("2 of 3 dossiers of the archive are recorded, each whole.")
        await officer.press("enter")
        await officer.reads("The log keys of its vault are known here.")
        await officer.press("enter")
        await officer.sees("1  new here, with all their history")
        assert "2  here already" in officer.screen


async def test_esc_stops_the_checking_and_nothing_typed_is_lost(here, unit, identity, monkeypatch):
    file, look = unit.exports(), restoring.look

    async with here() as officer:
        from secterm.tui.screens import taking_in

        def slowly(*arguments, progress, **more):
            officer.app.call_from_thread(officer.app.screen.action_stop)
            return look(*arguments, progress=progress, **more)

        monkeypatch.setattr(taking_in, "look", slowly)
        await opens(officer, file)
        await officer.press("enter")
        await officer.reads("Stopped. Nothing of it was recorded.")
        await officer.press("home", "end")
        await officer.sees("identity.txt")
        monkeypatch.setattr(taking_in, "look", look)
        await officer.press("enter")
        await officer.reads(ASKED)


@pytest.mark.long
async def test_a_lock_in_the_middle_leads_back_with_what_was_typed(here, unit, identity):
    file = unit.exports()
    async with here() as officer:
        before = officer.journal
        await opens(officer, file)
        await officer.press("enter")
        await officer.reads(ASKED)
        await officer.type(unit.fingerprint[:9])
        await officer.locks()
        await officer.comes_back_to("> Identity file")
        await officer.press("enter")
        await officer.sees(unit.fingerprint[:9])
        assert officer.journal == before
        await officer.type(unit.fingerprint[9:])
        await officer.press("enter")
        await officer.sees("The archive is taken in.")


@pytest.mark.long
async def test_a_lock_keeps_a_path_and_never_the_passphrase(here, unit, tmp_path, monkeypatch):
    unit.exports(SECRET).rename(tmp_path / "kept.age")
    monkeypatch.chdir(tmp_path)
    async with here() as officer:
        await officer.press("ctrl+r")
        await officer.sees("Which archive?")
        await officer.press("enter")
        await officer.sees("> Path of the archive")
        await officer.type("kept.age")
        await officer.locks()
        await officer.comes_back()
        await officer.sees("> Path of the archive     kept.age")
        await officer.press("enter")
        await officer.sees("> Archive's passphrase")
        await officer.type(archives.PASSPHRASE)
        await officer.locks()
        await officer.comes_back()
        await officer.sees("> Archive's passphrase")
        assert archives.PASSPHRASE not in repr(officer.desk.left())
        await officer.write(archives.PASSPHRASE)
        await officer.reads(ASKED)
        await officer.locks()
        await officer.comes_back_to("> Archive's passphrase")
        assert archives.PASSPHRASE not in repr(officer.desk.left())


@pytest.mark.long
@pytest.mark.parametrize("role", ["officer", "auditor"])
async def test_who_is_no_administrator_is_not_offered_it(sitting, role):
    async with sitting(HERE, unlocked=False) as officer:
        await officer.at_the_door()
        desk = Desk.open(officer.app.vault, *OFFICER)
        second = next(o for o in desk.officers() if o.name == SECOND[0])
        if second.role != role:
            desk.give_role(second.id, role, "Another one does it.")
        desk.close()
        await officer.unlock(SECOND)
        assert "Take an archive in" not in officer.screen
        await officer.press("ctrl+r")
        await officer.press("f6")
        await officer.sees("> Earlier checkpoint")
        await officer.press("enter")
        await officer.sees("The vault holds.")
        await officer.press("f3")
        await officer.sees("No archive was written yet.")
        await officer.press("f3")
        assert "Take an archive in" not in await officer.settle()


async def test_the_commands_name_it(here):
    async with here() as officer:
        await officer.press("ctrl+p")
        await officer.sees("What do you want to do?")
        await officer.write("archive in")
        await officer.sees("Which archive?")
