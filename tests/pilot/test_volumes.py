"""Volumes at the screen: what does not fit is told before, one medium is asked for after the
other, and what was written stays written, whatever comes after it.
"""

import errno

import pyrage
import pytest

from secterm.archive import media, space
from secterm.archive.inspect import inspect_archive
from secterm.archive.volumes import gathered
from tests.pilot.test_media import begins

KEY = pyrage.x25519.Identity.generate()
TO = str(KEY.to_public())
LIVES = [("admitted", "general")] * 3  # each takes about 1.2 MB, with what is in every volume


@pytest.fixture
def capacity(monkeypatch):
    """How many bytes each stick has, by the name of its folder."""
    sizes = {}

    def free(folder):
        return sizes[folder.name] - sum(f.stat().st_size for f in folder.iterdir())

    monkeypatch.setattr(media, "_free", free)
    monkeypatch.setattr(space, "free_in", free)
    return sizes


@pytest.fixture
def plug(machine, capacity, tmp_path):
    """Puts a stick in, in the place of all others; its folder."""
    letters = {}

    def plug(name, size=1_500_000):
        for folder in capacity:
            machine.unmount(tmp_path / folder)
        capacity.setdefault(name, size)
        letter = letters.setdefault(name, chr(ord("b") + len(letters)))
        return machine.stick(tmp_path / name, letter, label=name.upper(), id=f"AAAA-{letter}")

    return plug


@pytest.fixture
def three(sitting):
    return lambda: sitting(*LIVES)


async def names_the_recipient(officer):
    await officer.sees("> Encrypt to")
    await officer.press("enter")
    await officer.sees("> Recipients")
    await officer.write(TO)


async def writes_the_first(officer):
    """As far as the question for the second medium."""
    await begins(officer)
    await officer.press("enter")
    await officer.sees("> Volume size")
    await officer.press("enter")
    await names_the_recipient(officer)
    await officer.reads("Volume 1 of 3 is on the medium and recorded.")


async def writes_on(officer, plug, name, shows):
    """The next medium is put in, and Enter."""
    plug(name)
    await officer.sees(f"(•) {name.upper()}")
    await officer.press("enter")
    return await officer.reads(shows)


def volumes_of(tmp_path, *names):
    """What the archives on these sticks are; each must hold by itself."""
    (tmp_path / "key.txt").write_text(str(KEY))
    files = [file for name in names for file in sorted((tmp_path / name).iterdir())]
    found = [inspect_archive(file, identity=tmp_path / "key.txt") for file in files]
    assert all(one.holds for one in found)
    return [one.volume for one in found], [d.id for one in found for d in one.dossiers]


async def test_what_does_not_fit_is_told_and_goes_onto_one_medium_after_the_other(
    three, plug, tmp_path
):
    async with three() as officer:
        plug("one")
        await begins(officer)
        await officer.reads("and 1.5 MB are free there.")
        await officer.reads("It goes into 3 volumes; in between, the next medium is asked for.")
        await officer.press("escape")
        await officer.sees("Show only")
        await writes_the_first(officer)
        screen = await officer.reads("Put in the medium for volume 2, which takes about")
        assert "> Medium" in screen
        await writes_on(officer, plug, "two", "Volumes 1 to 2 of 3 are on their media")
        await writes_on(officer, plug, "three", "The 3 volumes are written, read back and")
        receipts = officer.desk.receipts()
        assert [r.told.volume.number for r in receipts] == [3, 2, 1]
        assert [r.told.medium.label for r in receipts] == ["THREE", "TWO", "ONE"]
        for receipt in receipts:
            assert receipt.told.file in officer.screen
        there, ids = volumes_of(tmp_path, "one", "two", "three")
        assert [v.number for v in there] == [1, 2, 3]
        assert not gathered(there)[0].missing
        assert sorted(ids) == sorted(card.id for card in officer.desk.cards())
        await officer.press("enter")
        await officer.sees("Show only")


@pytest.mark.long
async def test_where_all_of_it_fits_no_line_is_offered(three, plug):
    async with three() as officer:
        plug("one", 9_000_000)
        await begins(officer)
        await officer.misses("Volume size")
        await officer.misses("It takes about")
        await officer.press("enter")
        await names_the_recipient(officer)
        await officer.sees("The archive is written, read back and compared.")
        assert officer.desk.receipts()[0].told.volume is None


@pytest.mark.long
async def test_the_same_medium_again_is_told_to_have_no_room(three, plug, tmp_path):
    async with three() as officer:
        plug("one")
        await writes_the_first(officer)
        await officer.press("enter")
        await officer.reads("ONE has no room for it:")
        await officer.reads("and volume 2 takes about")
        await officer.reads("Put in another one.")
        assert len(officer.desk.receipts()) == 1
        await writes_on(officer, plug, "two", "Volumes 1 to 2 of 3")


@pytest.mark.long
async def test_while_no_medium_is_in_enter_says_so(three, plug, machine, tmp_path):
    async with three() as officer:
        stick = plug("one")
        await writes_the_first(officer)
        machine.unmount(stick)
        await officer.reads("No other medium is here yet.")
        await officer.press("enter")
        await officer.reads("It shows here once it is mounted.")
        await writes_on(officer, plug, "two", "Volumes 1 to 2 of 3")


@pytest.mark.long
async def test_esc_between_two_media_leaves_the_rest_only_when_pressed_again(three, plug):
    async with three() as officer:
        plug("one")
        await writes_the_first(officer)
        await officer.press("escape")
        await officer.reads("Volumes 2, 3 of 3 are not written yet. Esc again leaves them.")
        await officer.press("escape")
        await officer.reads("Volume 1 of 3 is written and recorded. 2 dossiers are left: export")
        await officer.reads("what changed since the last archive.")
        await officer.sees(officer.desk.receipts()[0].told.file)
        await officer.press("enter")
        await officer.sees("Show only")
        await officer.locks()
        await officer.comes_back()
        assert "is written and recorded" not in await officer.sees("Show only")
        await begins(officer)
        await officer.sees("What changed since the last archive (2)")


@pytest.mark.long
async def test_a_volume_that_fails_is_tried_again_with_one_key_and_also_on_another_medium(
    three, plug, failing, machine, tmp_path
):
    async with three() as officer:
        plug("one")
        await writes_the_first(officer)
        failing.append(errno.EIO)
        await writes_on(
            officer, plug, "two", "Volume 2 of 3 was not written: the medium has failed"
        )
        await officer.reads("Volume 1 is written and recorded. Of this one nothing was recorded")
        assert len(officer.desk.receipts()) == 1
        machine.unmount(tmp_path / "two")
        await officer.press("enter")
        await officer.reads("Volume 2 of 3 was not written: the medium is not here any more.")
        await officer.reads("Volume 1 is written and recorded. Of this one nothing was recorded")
        plug("two")
        failing.clear()
        await officer.press("enter")
        await officer.reads("Volumes 1 to 2 of 3 are on their media")
        failing.append(errno.EIO)
        await writes_on(officer, plug, "three", "Volume 3 of 3 was not written")
        failing.clear()
        await officer.press("2", "enter")
        await officer.reads("Put in the medium for volume 3, which takes about")
        await writes_on(officer, plug, "four", "The 3 volumes are written")
        assert officer.desk.receipts()[0].told.medium.label == "FOUR"


@pytest.mark.long
async def test_what_cannot_be_written_is_left_and_what_was_written_is_told(three, plug, failing):
    async with three() as officer:
        plug("one")
        await writes_the_first(officer)
        failing.append(errno.EIO)
        await writes_on(officer, plug, "two", "Volume 2 of 3 was not written")
        await officer.press("escape")
        await officer.reads("Put in the medium for volume 2, which takes about")
        await officer.press("enter")
        await officer.reads("Volume 2 of 3 was not written")
        await officer.press("3", "enter")
        await officer.reads("Volume 1 of 3 is written and recorded. 2 dossiers are left")


@pytest.mark.long
async def test_esc_while_a_volume_is_written_stops_that_one_only(three, plug, monkeypatch):
    async with three() as officer:
        plug("one")
        await writes_the_first(officer)
        plug("two")
        await officer.sees("(•) TWO")
        await officer.press("enter")
        await officer.sees("Writing volume 2 of 3")
        await officer.press("escape")
        await officer.reads("Stopped. Volume 1 is written and recorded. Of this one nothing")
        assert len(officer.desk.receipts()) == 1
        await officer.press("enter")
        await officer.reads("Volumes 1 to 2 of 3 are on their media")


@pytest.mark.long
async def test_a_lock_between_two_media_leads_back_to_what_is_left(three, plug, tmp_path):
    async with three() as officer:
        plug("one")
        await writes_the_first(officer)
        await officer.locks()
        await officer.comes_back_to("> Medium")
        await officer.reads("Volume 1 of 3 is written and recorded. 2 dossiers are left")
        screen = await officer.sees("(•) What changed since the last archive (2)")
        assert TO[:40] in screen
        plug("two", 9_000_000)
        await officer.sees("1 ( ) TWO")
        await officer.press("1", "enter")
        await officer.sees("> Encrypt to")
        await officer.press("enter")
        await officer.sees("> Recipients")
        await officer.press("enter")
        await officer.sees("The archive is written, read back and compared.")
        _there, ids = volumes_of(tmp_path, "one", "two")
        assert sorted(ids) == sorted(card.id for card in officer.desk.cards())
        await officer.press("enter")
        await officer.sees("Show only")
        await officer.misses("is written and recorded")


@pytest.mark.long
async def test_a_lock_while_a_volume_is_written_gives_up_that_one_only(three, plug):
    async with three() as officer:
        plug("one")
        await writes_the_first(officer)
        plug("two")
        await officer.sees("(•) TWO")
        await officer.press("enter")
        await officer.sees("Writing volume 2 of 3")
        await officer.locks()
        await officer.comes_back_to("> Medium")
        await officer.reads("Volume 1 of 3 is written and recorded. 2 dossiers are left")
        await officer.sees("(•) What changed since the last archive (2)")
        assert len(officer.desk.receipts()) == 1
        assert officer.desk.verify().holds


@pytest.mark.long
async def test_where_a_file_ends_on_the_medium_all_volumes_go_onto_it(
    three, plug, monkeypatch, tmp_path
):
    monkeypatch.setitem(media.LARGEST_FILE, "vfat", 1_500_000)
    async with three() as officer:
        plug("one", 9_000_000)
        await begins(officer)
        await officer.reads("and a file there ends at 1.5 MB. It goes into 3 volumes. Each is")
        await officer.press("enter")
        await officer.sees("> Volume size")
        await officer.write("1")
        await officer.reads("A size is a number and k, M, G or T, such as 700M or 4G.")
        await officer.press("ctrl+u")
        await officer.write("300k")
        await officer.reads("It cannot be divided so: one dossier alone")
        await officer.press("ctrl+u")
        await officer.write("1.4M")
        await names_the_recipient(officer)
        await officer.sees("The 3 volumes are written, read back and compared.")
        there, _ids = volumes_of(tmp_path, "one")
        assert len(there) == 3
        assert all(file.stat().st_size < 1_400_000 for file in (tmp_path / "one").iterdir())


@pytest.mark.long
async def test_a_folder_that_is_named_is_asked_for_again_and_another_one_taken(
    three, capacity, tmp_path
):
    capacity |= {"one": 1_500_000, "two": 9_000_000}
    for name in capacity:
        (tmp_path / name).mkdir()
    async with three() as officer:
        await begins(officer)
        await officer.press("up", "enter")
        await officer.sees("> Folder")
        await officer.write(str(tmp_path / "one"))
        await officer.reads("Enter again, if that is meant.")
        await officer.press("enter")
        await officer.sees("> Volume size")
        await officer.press("enter")
        await names_the_recipient(officer)
        await officer.reads("Put in the medium for volume 2")
        await officer.press("enter", "enter")
        await officer.until(
            lambda: f"{tmp_path}/onehasnoroomforit" in "".join(officer.screen.split())
        )
        await officer.sees("> Folder")
        await officer.press("ctrl+u")
        await officer.write(str(tmp_path / "two"))
        await officer.reads("Enter again, if that is meant.")
        await officer.press("enter")
        await officer.reads("The 3 volumes are written, read back and compared.")
        assert [len(list((tmp_path / name).iterdir())) for name in capacity] == [1, 2]


@pytest.mark.long
async def test_a_larger_medium_for_the_first_try_again_takes_it_in_one_file(three, plug, capacity):
    async with three() as officer:
        plug("one")
        await begins(officer)
        await officer.press("enter", "enter")
        await officer.sees("> Encrypt to")
        await officer.press("enter")
        await officer.sees("> Recipients")
        await officer.type(TO)
        capacity["one"] = 100_000
        await officer.press("enter")
        await officer.reads("one dossier alone, with the officers and packs")
        capacity["one"] = 9_000_000
        await officer.press("enter")
        await officer.sees("The archive is written, read back and compared.")


@pytest.mark.long
async def test_the_receipts_name_the_volumes(three, plug):
    async with three() as officer:
        plug("one")
        await writes_the_first(officer)
        await officer.press("escape", "escape")
        await officer.reads("Volume 1 of 3 is written")
        await officer.press("enter")
        await officer.sees("Show only")
        await begins(officer)
        await officer.press("f6")
        await officer.sees("Is      volume 1 of 3, of set")
