"""Something fails while an archive is taken in: what is there is whole dossiers, and the same
command again ends as if nothing had happened.
"""

import itertools
import random
import shutil

import msgspec
import pytest

from secterm.archive.errors import ArchiveUnreadable
from secterm.desk import restoring
from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from secterm.vault.errors import VaultError
from tests.faults.at_work import Order
from tests.faults.faulty import files_end_at
from tests.faults.kinds import looked
from tests.faults.plant import check
from tests.support.hostile import clear
from tests.support.house import OFFICER


@pytest.fixture(autouse=True)
def _one_dossier_a_transaction(monkeypatch):
    monkeypatch.setattr(restoring, "TOGETHER", 1)


def told(desk):
    """What the dossiers say, without when they came and where they have been since."""
    found = {}
    for card in desk.cards():
        made = desk.record(card.id)
        timeline = [one for one in made.timeline if not isinstance(one.act, acts.Received)]
        assert made.stage == card.stage
        found[card.id] = msgspec.structs.replace(made, timeline=timeline, unit="")
    return found


def takes(folder, *names):
    """Takes the archives in as if nothing had happened; what there is then."""
    desk = Desk.open(folder / "v.db", *OFFICER)
    try:
        for name in names:
            archive = looked(folder, name)
            desk.restore(archive, archive.walk.own)
        assert desk.verify().holds
        return told(desk)
    finally:
        desk.close()


@pytest.fixture
def undisturbed(furnish, tmp_path):
    """What there is where nothing failed."""
    return takes(furnish("restores", tmp_path / "whole"), "1.age", "2.age")


def again_after(plant, furnish, tmp_path, undisturbed, orders):
    """Something happens at each of these; what was there then is whole, and again all is there.

    How many dossiers were there, each time.
    """
    there = []
    for count, order in enumerate(orders):
        folder = furnish("restores", tmp_path / f"{count}")
        plant.put_to_work(Order("restores", str(folder), **order))
        ended = plant.ends()
        check(folder, "restores", ended.done)
        desk = Desk.open(folder / "v.db", *OFFICER)
        there.append(len(desk.cards()) - 1)
        desk.close()
        assert takes(folder, "1.age", "2.age") == undisturbed
        shutil.rmtree(folder)
        if not (ended.killed or ended.refused):
            break
    return there


@pytest.mark.long
def test_killed_in_a_restore_it_is_done_again(plant, furnish, tmp_path, undisturbed):
    moments = [{"moment": moment} for moment in (random.randint(1, 40), random.randint(40, 80))]
    again_after(plant, furnish, tmp_path, undisturbed, moments)


@pytest.mark.long
def test_killed_at_any_moment_of_a_restore_it_is_done_again(plant, furnish, tmp_path, undisturbed):
    moments = ({"moment": moment} for moment in itertools.count(1, 3))
    assert {*again_after(plant, furnish, tmp_path, undisturbed, moments)} == {0, 1, 2, 3}


@pytest.mark.long
def test_killed_in_any_write_of_a_restore_it_is_done_again(plant, furnish, tmp_path, undisturbed):
    sizes = ({"size": size} for size in range(100, 5_000_000, 8009))
    assert len({*again_after(plant, furnish, tmp_path, undisturbed, sizes)}) > 1


@pytest.mark.long
@pytest.mark.parametrize("fails", ["write", "sync"])
def test_a_disk_that_fails_at_any_moment(plant, furnish, tmp_path, undisturbed, fails):
    moments = ({"moment": moment, "fails": fails} for moment in itertools.count(1, 5))
    assert {*again_after(plant, furnish, tmp_path, undisturbed, moments)} == {0, 1, 2, 3}


def cut(file, part):
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * part)])


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (lambda file: cut(file, 0.3), "damaged"),
        (lambda file: cut(file, 0.7), "damaged"),
        (lambda file: cut(file, 0.98), "damaged"),
        (lambda file: file.unlink(), "cannot be read"),
        (lambda file: shutil.copy(file.with_name("2.age"), file), "was changed while it was read"),
    ],
    ids=["early", "middle", "late", "gone", "another"],
)
def test_a_medium_that_changes_between_the_two_readings(at_work, undisturbed, happens, words):
    officer = at_work("restores")
    file = officer.folder / "stick" / "1.age"
    archive, whole = looked(officer.folder, "1.age"), file.read_bytes()
    happens(file)
    with pytest.raises(ArchiveUnreadable, match=words) as refused:
        officer.desk.restore(archive, archive.walk.own)
    clear(refused.value)
    assert officer.desk.verify().holds
    officer.desk.close()
    file.write_bytes(whole)
    assert takes(officer.folder, "1.age", "2.age") == undisturbed


class Stopped(Exception):
    """The officer has stopped it."""


@pytest.mark.parametrize("after", [1, 2, 3])
def test_one_that_is_stopped_keeps_what_it_has(at_work, undisturbed, after):
    officer, count = at_work("restores"), itertools.count(1)

    def stops(_dossier):
        if next(count) == after:
            raise Stopped

    archive = looked(officer.folder, "1.age")
    with pytest.raises(Stopped):
        officer.desk.restore(archive, archive.walk.own, stops)
    assert len(officer.desk.cards()) == after
    assert officer.desk.verify().holds
    officer.desk.close()
    assert takes(officer.folder, "1.age", "2.age") == undisturbed


@pytest.mark.parametrize("room", [0, 8_000, 16_000])
def test_a_full_disk_in_the_middle(at_work, undisturbed, room):
    officer = at_work("restores")
    archive = looked(officer.folder, "1.age")
    with files_end_at(officer.path.stat().st_size + room), pytest.raises(VaultError) as refused:
        officer.desk.restore(archive, archive.walk.own)
    clear(refused.value)
    assert officer.desk.verify().holds
    officer.desk.close()
    assert takes(officer.folder, "1.age", "2.age") == undisturbed
