"""An export in volumes: each is an archive by itself, recorded by itself, and what is missing of
a set can be told.
"""

import errno
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secterm import messages
from secterm.archive import space, volumes
from secterm.archive.errors import ArchiveNotWritten, NoRoom
from secterm.archive.members import Covers, decoded, encoded
from secterm.archive.space import Load
from secterm.archive.volumes import Gathered, gathered, planned
from secterm.desk import exporting
from secterm.desk.desk import Desk
from secterm.dossier import entries
from secterm.dossier.entries import Volume
from secterm.tui.screens.extent import Extent
from tests.reader import archive, slots
from tests.reader.acts import DOSSIER, read
from tests.reader.basics import Broken
from tests.reader.vault import Vault
from tests.reader.verify import verified
from tests.support import archives, schema
from tests.support.archives import TO
from tests.support.house import OFFICER, lived
from tests.unit.archive.test_without_program import by_identity

SET = "1f3c" * 8
BASE = Load(strands=2, dossiers=0, entries=5, sealed=3000, packs=50_000, size=9000)


@pytest.fixture
def desk(vault):
    """Six dossiers, five of them decided on."""
    desk = Desk.open(vault, *OFFICER)
    for _ in range(3):
        lived(desk, "admitted", "core")
    yield desk
    desk.close()


def in_volumes(desk, **what):
    """An export of all in three volumes."""
    (whole,) = desk.planned(**what)
    base = exporting.base(desk._vault, desk._registry, whole.kind)
    each = list(exporting.weights(desk._vault, whole.kind, whole.ids))
    limit = desk.needs(whole)
    while len(planned(base, each, limit)) < 3:
        limit -= 2_000
    return desk.planned(limit=limit, **what)


# -- how it is divided ------------------------------------------------------------------------


weights = st.tuples(st.integers(1, 400), st.integers(200, 2_000_000))


@given(st.lists(weights, min_size=1, max_size=60), st.integers(300_000, 40_000_000))
def test_volumes_part_the_dossiers_in_order_none_over_the_limit_and_no_fewer_would_do(each, limit):
    too_large = [w for w in each if BASE.with_one(*w).bytes() > limit]
    if too_large:
        with pytest.raises(ArchiveNotWritten, match="one dossier alone"):
            planned(BASE, each, limit)
        return
    counts = planned(BASE, each, limit)
    assert sum(counts) == len(each)
    assert all(counts)
    fits, at = limit - limit // volumes.SHARE, 0
    for n, count in enumerate(counts):
        part = each[at : at + count]
        needs = volumes.whole_load(BASE, part).bytes()
        assert needs <= limit
        assert needs <= fits or count == 1 or len(counts) == 1
        if n < len(counts) - 1:  # one more would not have fitted
            assert volumes.whole_load(BASE, each[at : at + count + 1]).bytes() > fits
        at += count


@given(st.lists(st.just((3, 0)), min_size=1, max_size=40), st.integers(200_000, 2_000_000))
def test_so_do_volumes_of_decisions(each, limit):
    base = Load(strands=0, dossiers=0, entries=0, sealed=0, packs=20_000, size=9000)
    counts = planned(base, each, limit)
    assert sum(counts) == len(each)
    assert all(volumes.whole_load(base, [(3, 0)] * n).bytes() <= limit for n in counts)


def test_more_volumes_than_there_may_be_are_refused():
    with pytest.raises(ArchiveNotWritten, match="there would be 10000 of them"):
        planned(BASE, [(1, 1000)] * 10_000, BASE.with_one(1, 1000).bytes())


def test_what_fits_into_one_file_is_no_volume(desk):
    (whole,) = desk.planned(limit=50_000_000)
    assert whole.covers.volume is None


def test_a_volume_holds_its_own_dossiers_and_all_together_hold_each_once(desk):
    every = desk.planned()[0].ids
    parts = in_volumes(desk)
    assert [id for part in parts for id in part.ids] == every
    assert [part.covers.volume.number for part in parts] == [1, 2, 3]
    assert {part.covers.volume.of for part in parts} == {3}
    assert len({part.covers.volume.set for part in parts}) == 1
    assert in_volumes(desk)[0].covers.volume.set != parts[0].covers.volume.set
    assert [part.covers.dossiers for part in parts] == [len(part.ids) for part in parts]


def test_what_the_screen_reckons_is_what_is_planned(desk):
    offer, (whole,) = desk.offer(), desk.planned()
    extent = Extent(offer, shown=offer.all[:2])
    assert extent.needs({"what": "all"}) == desk.needs(whole)
    limit = desk.needs(whole) - 1000
    assert extent.parts({"what": "all"}, limit) == len(desk.planned(limit=limit))
    (decisions,) = desk.planned(kind="decision")
    assert extent.needs({"what": "all", "contents": "decision"}) == desk.needs(decisions)
    (two,) = desk.planned(list(offer.all[:2]), what="selection")
    assert extent.needs({"what": "selection"}) == desk.needs(two)


# -- written -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["whole", "decision"])
def test_each_volume_opens_with_age_and_tar_and_holds_by_itself(desk, medium, tmp_path, kind):
    fingerprint, sizes = desk.log_fingerprint(), []
    parts = in_volumes(desk, kind=kind)
    for part in parts:
        volume = part.covers.volume
        written = desk.write_archive(part, medium, TO)
        assert written.path.name.endswith(f"-{volume.number}of3.age")
        assert written.size <= part.limit
        folder = tmp_path / str(volume.number)
        folder.mkdir()
        by_identity(written.path, folder)
        assert {p.name for p in folder.glob("opened/dossiers/*")} == set(part.ids)
        opened = archives.opened(written.path)
        found = archive.verified(list(opened.members), fingerprint, cheap=True)
        assert found.faults == ()
        sizes.append(int(found.checkpoint.partition(":")[0]))
        readme = opened["README.txt"].decode("ascii")
        assert f"This is volume {volume.number} of 3: an archive by itself." in readme
        assert volume.set in readme
        assert max(map(len, readme.splitlines())) < 80
        found = opened.inspected(folder, fingerprint=fingerprint)
        assert (found.holds, found.volume) == (True, volume)
        assert f"It is volume {volume.number} of 3, of set {volume.set[:8]}\n" in found.text()
        assert "The 3 volumes were to hold all dossiers: " in found.text()
    assert sizes == sorted(set(sizes)), "each has a later checkpoint than the one before it"
    assert desk.verify().holds


def test_each_volume_is_an_export_of_its_own_in_the_journal(desk, medium):
    parts = in_volumes(desk)
    for part in parts:
        before = desk._vault.checkpoint()
        written = desk.write_archive(part, medium, TO)
        receipt = desk.receipts()[0]
        assert receipt.told.volume == part.covers.volume
        assert (receipt.told.before, receipt.told.dossiers) == (before.size, len(part.ids))
        assert receipt.told.sha256 == written.sha256
        for id in part.ids:
            last = desk.dossier(id).state.archived.act
            assert (last.sha256, last.volume) == (written.sha256, part.covers.volume)
        assert f"Is      {volumes.called(part.covers.volume)}\n" in desk.told(receipt)
    assert len(desk.receipts()) == 3


def test_a_reader_made_from_the_format_s_page_finds_no_fault_with_them(desk, vault, medium):
    for part in in_volumes(desk):
        desk.write_archive(part, medium, TO)
    desk.close()
    with Vault(vault, slots.passphrase(*OFFICER), cheap=True) as read:
        assert not verified(read).faults


@pytest.mark.parametrize(
    "wrong",
    [{"number": 4}, {"number": 0}, {"of": 1, "number": 1}, {"set": "1f"}, {"number": "2"}],
)
def test_an_entry_that_names_no_possible_volume_is_none_for_the_program_and_for_the_reader(wrong):
    told = {"set": SET, "number": 2, "of": 3}
    act = {"act": "archived", "file": "a.age", "sha256": "00" * 32, "recipients": []}

    def written(volume):
        at = "2026-01-02T03:04:05+00:00"
        whole = {"at": at, "officer": "00" * 16, "act": {**act, "volume": volume}}
        return json.dumps(whole, separators=(",", ":")).encode()

    assert entries.decode(written(told)).act.volume == Volume(**told)
    read(1, bytes(16), written(told), DOSSIER)
    with pytest.raises(msgspec.ValidationError):
        entries.decode(written(told | wrong))
    with pytest.raises(Broken):
        read(1, bytes(16), written(told | wrong), DOSSIER)


def test_where_the_second_volume_fails_the_first_happened_and_what_is_left_has_changed(
    desk, medium, failing
):
    first, second, third = in_volumes(desk)
    desk.write_archive(first, medium, TO)
    before, held = desk.checkpoint_line(), list(medium.iterdir())
    failing.append(errno.EIO)
    with pytest.raises(ArchiveNotWritten) as caught:
        desk.write_archive(second, medium, TO)
    told = messages.explain(caught.value)
    assert told.what == "Volume 2 of 3 was not written: the medium has failed."
    assert told.safe == (
        "Volume 1 is written and recorded. Of this one nothing was recorded, and nothing "
        "half-written is left."
    )
    assert (desk.checkpoint_line(), list(medium.iterdir())) == (before, held)
    assert desk.offer().changed == {*second.ids, *third.ids}
    failing.clear()
    desk.write_archive(second, medium, TO)
    assert desk.offer().changed == set(third.ids)
    assert desk.verify().holds


def test_of_a_volume_that_failed_what_lies_on_the_medium_is_named():
    error = ArchiveNotWritten("the medium has failed.", left=(".x.part",))
    error.volume = (3, 5)
    safe = messages.explain(error).safe
    assert safe.startswith("Volumes 1 to 2 are written and recorded. This one did not happen.")
    assert ".x.part: encrypted, of no use, and to be deleted." in safe
    error.volume = (1, 5)
    assert messages.explain(error).safe.startswith("The vault is unchanged")


def test_a_volume_that_comes_out_too_large_is_refused_and_nothing_is_left(
    desk, medium, monkeypatch
):
    """Should what is reckoned ever be too little."""
    monkeypatch.setattr(Load, "bytes", lambda load: 1000 * load.dossiers + 1000)
    parts, before = desk.planned(limit=150_000), desk.checkpoint_line()
    with pytest.raises(ArchiveNotWritten, match="larger than was reckoned"):
        desk.write_archive(parts[0], medium, TO)
    assert list(medium.iterdir()) == []
    assert (desk.checkpoint_line(), desk.receipts()) == (before, [])


def test_a_dossier_larger_than_a_volume_is_told_before_a_byte_is_written(desk):
    with pytest.raises(ArchiveNotWritten, match="one dossier alone") as caught:
        desk.planned(limit=space.LEAST)
    assert "a volume is to have 100 kB at most." in caught.value.reason


def test_a_medium_without_room_for_a_volume_is_a_trouble_of_its_own(desk, medium, monkeypatch):
    first, second, _third = in_volumes(desk)
    desk.write_archive(first, medium, TO)
    with monkeypatch.context() as patch:
        patch.setattr(space, "free_in", lambda folder: 20_000)
        with pytest.raises(NoRoom) as caught:
            desk.write_archive(second, medium, TO)
    assert caught.value.volume == (2, 3)


# -- read --------------------------------------------------------------------------------------


def volume(number, of=3, set=SET):
    return Volume(set=set, number=number, of=of)


@pytest.mark.parametrize(
    ("there", "missing", "doubled"),
    [
        ((1, 2, 3), (), ()),
        ((3, 1), (2,), ()),
        ((2, 2, 2), (1, 3), (2,)),
        ((1,), (2, 3), ()),
    ],
)
def test_it_is_told_which_volumes_of_a_set_are_missing_or_doubled(there, missing, doubled):
    found = gathered(map(volume, there))
    assert found == [Gathered(set=SET, of=3, missing=missing, doubled=doubled)]


def test_sets_are_told_one_by_one_and_what_is_no_volume_is_of_none():
    other = "00ff" * 8
    found = gathered([None, volume(1, 2, other), volume(2), None, volume(2, 2, other)])
    assert [(one.set, one.missing) for one in found] == [(other, ()), (SET, (1, 3))]
    assert gathered([None]) == []


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            Gathered(set=SET, of=3, missing=(), doubled=()),
            "Of set 1f3c1f3c, volumes 1 to 3 are all here.",
        ),
        (
            Gathered(set=SET, of=3, missing=(2,), doubled=()),
            "Of set 1f3c1f3c, volume 2 of 3 is missing.",
        ),
        (
            Gathered(set=SET, of=12, missing=(1, 2, 4, 6, 7, 8), doubled=(3,)),
            "Of set 1f3c1f3c, volumes 1, 2, 4, 6 to 8 of 12 are missing. Volume 3 is here twice.",
        ),
    ],
)
def test_what_is_missing_is_told_in_words(found, told):
    assert volumes.said(found) == told


COVERS = Covers(what="all", dossiers=1, left_out=0, volume=Volume(set=SET, number=2, of=3))


def test_what_a_manifest_says_of_a_volume_has_one_way_to_be_written():
    assert decoded(encoded(COVERS), Covers) == COVERS
    alone = encoded(msgspec.structs.replace(COVERS, volume=None))
    assert b"volume" not in alone
    with pytest.raises(ValueError, match="one way"):
        decoded(alone.replace(b": 0\n", b': 0,\n "volume": null\n'), Covers)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"number": 2', '"number": 4'),
        ('"number": 2', '"number": 0'),
        ('"number": 2', '"number": true'),
        ('"of": 3', '"of": 1'),
        ('"of": 3', '"of": 10000'),
        (SET, SET.upper()),
        (SET, SET[1:]),
        (SET, SET + "\\n"),
    ],
)
def test_what_can_be_no_volume_is_refused(old, new):
    data = encoded(COVERS).decode()
    assert old in data
    with pytest.raises(msgspec.ValidationError):
        decoded(data.replace(old, new).encode(), Covers)


def test_the_schemas_in_a_volume_say_what_a_volume_is(desk, medium):
    first, second, _third = in_volumes(desk)
    opened = archives.opened(desk.write_archive(first, medium, TO).path)
    of_manifest = json.loads(opened["schemas/manifest.schema.json"])
    manifest = json.loads(opened["manifest.json"])
    assert list(schema.faults(manifest, of_manifest, of_manifest)) == []
    for wrong in ({"set": "1F" * 16}, {"set": SET + "0"}, {"number": 0}, {"of": 1}, {"of": 10_000}):
        told = {**manifest["covers"]["volume"], **wrong}
        covers = {**manifest["covers"], "volume": told}
        assert list(schema.faults({**manifest, "covers": covers}, of_manifest, of_manifest))
    (again,) = desk.planned([first.ids[0], *second.ids[:1]])
    opened = archives.opened(desk.write_archive(again, medium, TO).path)
    entry = json.loads(opened[opened.entry(f"dossiers/{first.ids[0]}", "archived") + ".json"])
    of_entry = json.loads(opened["schemas/dossier-entry.schema.json"])
    assert entry["act"]["volume"]["number"] == 1
    assert list(schema.faults(entry, of_entry, of_entry)) == []


def test_an_archive_with_a_manifest_that_names_no_possible_volume_does_not_hold(
    desk, medium, tmp_path
):
    opened = archives.opened(desk.write_archive(in_volumes(desk)[0], medium, TO).path)
    assert json.loads(opened["manifest.json"])["covers"]["volume"]["number"] == 1
    found = opened.reworded("manifest.json", '"number": 1', '"number": 9').inspected(tmp_path)
    assert "manifest.json: is missing or not of this format" in found.faults
