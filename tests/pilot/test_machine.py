"""What an officer sees of the machine before the vault opens, and what keeps it shut."""

import shutil

import pytest

from secterm.desk.desk import Desk
from secterm.host import doctor, machine
from secterm.policy import reader
from secterm.tui.screens import machine as screens
from secterm.vault import kdf
from tests.support.house import OFFICER, PEOPLE
from tests.support.recorded import network, process, recorded, traced, usb

OURS = {**process(), "sys/block/sda/size": "1000"}
DOWN = network(flags="0x1002", operstate="down")


@pytest.fixture
def put(monkeypatch, tmp_path, vaults):
    """`put({...})`: the machine that the tests of the screens run on is this now."""
    vaults(*PEOPLE)  # made before anything stops that
    root = tmp_path / "recorded"
    monkeypatch.setattr(screens, "PACE", 0.03)
    monkeypatch.setattr(machine, "here", recorded(root, OURS))

    def put(files):
        shutil.rmtree(root)
        recorded(root, {**OURS, **files})

    return put


# -- the strip and the page --------------------------------------------------------------


async def test_on_a_quiet_machine_nothing_is_said(sitting, put):
    async with sitting(unlocked=False) as officer:
        await officer.sees("F6 This machine")
        assert "! This machine" not in officer.screen


async def test_what_is_to_be_mended_is_named_for_as_long_as_it_is(sitting, put):
    async with sitting(unlocked=False) as officer:
        await officer.sees("> Officer")
        put({**network(), **process(user=0)})
        await officer.reads("! This machine: running as root, a network is up. F6 says more.")
        put(network())
        await officer.reads("! This machine: a network is up. F6 says more.")
        put(DOWN)
        await officer.misses("! This machine")


async def test_a_note_is_on_the_page_alone(sitting, put):
    put({"sys/class/bluetooth/hci0/uevent": ""})
    async with sitting(unlocked=False) as officer:
        await officer.sees("> Officer")
        await officer.press("f6")
        screen = await officer.sees("bluetooth: Bluetooth hardware is in the machine: hci0.")
        assert "Nothing is to be mended." in screen
        await officer.press("escape")
        await officer.sees("> Officer")
        assert "! This machine" not in officer.screen


async def test_the_page_says_why_and_how_and_leads_back_to_what_was_typed(sitting, put):
    put(network())
    async with sitting(unlocked=False) as officer:
        await officer.sees("F6 says more.")
        await officer.write(OFFICER[0])
        await officer.press("f6")
        await officer.sees("This machine, as it is now")
        await officer.reads("The machine is to be isolated: what goes out over a network is not")
        await officer.reads("Do: Pull the cable;")
        await officer.press("enter")
        assert OFFICER[0] in await officer.sees("> Passphrase")
        await officer.write(OFFICER[1])
        await officer.sees("Show only")


async def test_a_stick_that_comes_while_it_is_locked_is_named(sitting, put):
    async with sitting(unlocked=False) as officer:
        await officer.sees("> Officer")
        put(usb())
        await officer.sees("! This machine: new USB storage.")
        await officer.press("f6")
        await officer.sees("USB storage was plugged in since the start: SanDisk Cruzer ")


@pytest.mark.long
async def test_an_appointee_who_locked_learns_nothing_of_the_machine(sitting, put):
    put(network())
    async with sitting() as officer:
        await officer.opens("rules", "general")
        await officer.hands_over("I have read this rule")
        await officer.press("ctrl+l")
        await officer.sees("> Officer")
        await officer.press("f6")
        await officer.settle()
        assert "achine" not in officer.screen
        await officer.unlock()


def test_what_the_strip_has_no_room_for_is_counted(tmp_path):
    files = {**process(user=0), **network("wlan0", **{"phy80211/index": "0"})}
    seen = doctor.look(recorded(tmp_path, files), tmp_path / "vault.db")
    told = screens.strip_of(seen, 40)
    assert told == "! This machine: running as root, a network is up, and 1 more. F6 says more."
    assert screens.strip_of(seen, 76).count("more") == 1


# -- what stops ------------------------------------------------------------------------------


async def test_where_somebody_reads_along_no_passphrase_is_asked_for(sitting, put):
    put(traced())
    async with sitting(unlocked=False) as officer:
        await officer.sees("This machine stops the way in")
        screen = await officer.sees("process 4711 (gdb)")
        assert "nothing was changed" in screen
        assert "Passphrase" not in screen
        await officer.press("enter")
        await officer.sees("This machine stops the way in")
        await officer.press("escape")
        await officer.sees("This machine stops the way in")
        put({})
        await officer.press("enter")
        await officer.unlock()


async def test_who_begins_to_read_along_ends_the_asking(sitting, put):
    async with sitting(unlocked=False) as officer:
        await officer.sees("> Officer")
        await officer.write(OFFICER[0])
        await officer.type("half a pass")
        put(traced())
        await officer.sees("This machine stops the way in")
        put({})
        await officer.press("enter")
        screen = await officer.sees("> Officer")
        assert "•" not in screen


async def test_no_vault_is_made_where_somebody_reads_along(sitting, put, tmp_path):
    put(traced())
    async with sitting(unlocked=False, vault=tmp_path / "new.db") as officer:
        await officer.sees("This machine stops the way in")
        put({})
        await officer.press("enter")
        await officer.sees("> Unit")


@pytest.fixture
def strict(tmp_path):
    """A vault whose pack lets nobody in on a machine with a network."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, data in reader.read_folder(reader.default_folder()).items():
        (folder / name).write_bytes(data)
    with (folder / "pack.toml").open("a") as file:
        file.write('\n[host]\nnetwork = "stop"\n')
    names = dict(unit="Test unit", officer=OFFICER[0], passphrase=OFFICER[1])
    Desk.create(tmp_path / "strict.db", **names, cost=kdf.floors[0], pack=folder).close()
    return tmp_path / "strict.db"


async def enters(officer, passphrase=OFFICER[1]):
    await officer.sees("> Officer")
    await officer.write(OFFICER[0])
    await officer.sees("> Passphrase")
    await officer.write(passphrase)


async def test_what_the_pack_raised_locks_again_until_it_is_mended(sitting, put, strict):
    desk = Desk.open(strict, *OFFICER)
    before = desk.checkpoint_line()
    desk.close()
    put(network())
    async with sitting(unlocked=False, vault=strict) as officer:
        await officer.sees("! This machine: a network is up.")
        await enters(officer)
        await officer.sees("This machine stops the way in")
        await officer.sees("! network: Network interfaces are up: eth0 (connected).")
        assert officer.app.desk is None
        await officer.press("enter")
        await officer.sees("This machine stops the way in")
        put(DOWN)
        await officer.press("enter")
        assert OFFICER[0] in await officer.sees("> Passphrase")
        await officer.write(OFFICER[1])
        await officer.sees("Show only")
        assert officer.journal == before


@pytest.mark.long
async def test_a_wrong_passphrase_does_not_learn_what_the_pack_asks(sitting, put, strict):
    put(network())
    async with sitting(unlocked=False, vault=strict) as officer:
        await enters(officer, "a wrong test passphrase")
        await officer.sees("The vault does not open with this name and passphrase.")


@pytest.mark.long
async def test_the_program_can_be_left_where_it_stops(sitting, put):
    put(traced())
    async with sitting(unlocked=False) as officer:
        await officer.sees("This machine stops the way in")
        await officer.press("ctrl+q")
        assert await officer.ends() == 0
