"""What an archive takes up is known before it is written, and a medium without room is told."""

import os

import pytest

from secterm import messages
from secterm.archive import media, space
from secterm.archive.errors import ArchiveNotWritten
from secterm.archive.members import Covers
from secterm.archive.space import Load
from secterm.desk import exporting
from secterm.desk.desk import Desk
from secterm.dossier.extract import DECIDED
from tests.support import archives, sticks
from tests.support.archives import TO
from tests.support.house import OFFICER

GIB = 1 << 30


@pytest.fixture
def desk(vault):
    desk = Desk.open(vault, *OFFICER)
    yield desk
    desk.close()


def reckoned(desk, ids, kind):
    chosen = exporting.Chosen(ids, Covers(what="named", dossiers=len(ids), left_out=0), kind)
    return exporting.load(desk._vault, desk._registry, chosen).bytes()


@pytest.mark.parametrize("kind", ["whole", "decision"])
def test_what_is_reckoned_is_a_little_more_than_what_it_takes(desk, medium, kind):
    everything = [card.id for card in desk.cards() if kind == "whole" or card.stage in DECIDED]
    for ids in (everything, everything[:1], everything[1:3]):
        needs = reckoned(desk, ids, kind)
        size = desk.export(medium, TO, ids, kind=kind).size
        assert size <= needs <= size * 1.15 + 40_000


@pytest.mark.parametrize("size", [1000, 60_000, 1_000_000, 50_000_000])
def test_a_longer_journal_takes_longer_proofs(size):
    load = Load(strands=10, dossiers=9, entries=1000, sealed=340_000, packs=100_000, size=size)
    assert 4_000_000 < load.bytes() < 8_000_000


def free(patch, size):
    def statvfs(folder):
        return os.statvfs_result([512, 512, size // 512, size // 512, size // 512, 0, 0, 0, 0, 255])

    patch.setattr(os, "statvfs", statvfs)


def test_where_there_is_room_nothing_is_said(tmp_path, monkeypatch):
    free(monkeypatch, 10 * GIB)
    space.demand(tmp_path, "vfat", 4 * GIB - 1)
    space.demand(tmp_path, "exfat", 9 * GIB)


def test_without_room_it_says_what_is_needed_and_what_is_free(tmp_path, monkeypatch):
    free(monkeypatch, GIB)
    with pytest.raises(ArchiveNotWritten) as caught:
        space.demand(tmp_path, "ext4", 2 * GIB)
    told = messages.explain(caught.value).text()
    assert "The archive was not written: it needs about 2.1 GB, and 1.1 GB are free there." in told
    assert "The vault is unchanged, and nothing half-written is left." in told
    assert "take a larger one, or export fewer at once." in told


@pytest.mark.parametrize("filesystem", ["vfat", "msdos"])
def test_what_no_file_on_fat_may_be_is_told_with_what_helps(tmp_path, monkeypatch, filesystem):
    free(monkeypatch, 60 * GIB)
    with pytest.raises(ArchiveNotWritten) as caught:
        space.demand(tmp_path, filesystem, 4 * GIB)
    told = messages.explain(caught.value).text()
    assert f"and a file on this medium ({filesystem}) ends at 4.3 GB." in told
    assert "another file system (exFAT, ext4), or export fewer." in told


def test_a_medium_without_room_gets_not_a_byte(desk, medium, monkeypatch):
    before = desk.checkpoint_line()
    with monkeypatch.context() as patch:
        free(patch, 40_960)
        with pytest.raises(ArchiveNotWritten):
            desk.export(medium, TO)
    assert list(medium.iterdir()) == []
    assert (desk.checkpoint_line(), desk.receipts()) == (before, [])


def test_the_file_system_of_the_medium_counts(desk, tmp_path, monkeypatch):
    stick = sticks.mounted(tmp_path, monkeypatch)
    monkeypatch.setitem(space.LARGEST_FILE, "vfat", 20_000)
    with pytest.raises(ArchiveNotWritten, match=r"ends at 20\.0 kB"):
        desk.export(stick, TO)
    assert list(stick.iterdir()) == []


def test_a_medium_that_cannot_be_asked_is_told(desk, medium, monkeypatch):
    def statvfs(folder):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "statvfs", statvfs)
    with pytest.raises(ArchiveNotWritten, match="the medium has failed"):
        desk.export(medium, TO)


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (15_500_000_000, "15.5 GB"),
        (999_400_000, "999 MB"),
        (999_600_000, "1.0 GB"),
        (4 * GIB - 1, "4.3 GB"),
        (5_000_000_000_000_000, "5000 TB"),
    ],
)
def test_sizes_are_told_as_media_are_sold(size, told):
    assert space.told(size) == told


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("700M", 700_000_000),
        ("4G", 4_000_000_000),
        ("4.5 GB", 4_500_000_000),
        ("0,25g", 250_000_000),
        ("1T", 1_000_000_000_000),
        ("100k", 100_000),
    ],
)
def test_a_size_is_read_as_it_is_told(text, size):
    assert space.read(text) == size


@pytest.mark.parametrize("text", ["", "4", "G", "4Gi", "4 G B", "4.5678G", "٤G", "99.9k", "0M"])
def test_what_is_no_size_of_a_volume_is_refused(text):
    with pytest.raises(ValueError, match=r"such as 700M|too small"):
        space.read(text)


# -- the receipt --------------------------------------------------------------------------


def test_an_export_leaves_a_receipt_of_what_went_where(vault, tmp_path, monkeypatch):
    machine = sticks.machine(tmp_path, monkeypatch)
    stick = machine.stick(tmp_path / "stick", label="VIELLAND", id="4C1D-09FA")
    desk = Desk.open(vault, *OFFICER)
    before = desk._vault.checkpoint()
    written = desk.export(stick, TO)
    (receipt,) = desk.receipts()
    told = receipt.told
    assert (told.file, told.sha256, told.size) == (written.path.name, written.sha256, written.size)
    assert (told.before, told.root) == (before.size, before.root.hex())
    assert (told.dossiers, told.recipients) == (len(desk.cards()), TO.named)
    assert (told.medium.kind, told.medium.label, told.medium.id) == ("usb", "VIELLAND", "4C1D-09FA")
    assert receipt.number == desk._vault.size - 1
    assert desk.last_used("4C1D-09FA") == receipt.at
    assert desk.last_used("AAAA") == desk.last_used("") == ""
    assert desk.verify(earlier=receipt.checkpoint).holds
    desk.close()
    again = Desk.open(vault, *OFFICER)
    assert again.receipts() == [receipt]
    again.close()


def test_receipts_are_the_latest_first(desk, medium, monkeypatch):
    files = [desk.export(medium, TO).path.name for _ in range(3)]
    assert [each.told.file for each in desk.receipts()] == files[::-1]


def test_where_nobody_knows_the_medium_the_receipt_says_so(desk, medium, monkeypatch, tmp_path):
    monkeypatch.setattr(media, "machine", media.View(tmp_path / "absent"))
    desk.export(medium, TO)
    told = desk.receipts()[0].told.medium
    assert (told.kind, told.label, told.id) == ("other", "", "")


def test_what_is_in_the_archive_is_as_of_the_receipt_s_checkpoint(desk, medium):
    opened = archives.opened(desk.export(medium, TO).path)
    manifest = next(data for name, data in opened.members if name == "manifest.json")
    told = desk.receipts()[0].told
    assert f'"size": {told.before}'.encode() in manifest
    assert f'"root": "{told.root}"'.encode() in manifest
