"""What is mounted here, and what of it can be taken away: recorded folders of sysfs, udev's
links and lists of mounts, as machines had them.
"""

from pathlib import Path

import pytest

from secterm.archive import media
from secterm.archive.media import View
from tests.support import sticks
from tests.support.sticks import SATA, SIZE, USB, Machine

READER = "devices/pci0000:00/0000:00:1c.0/rtsx_pci_sdmmc.0/mmc_host/mmc0/mmc0:0001"
EMMC = "devices/pci0000:00/80860F14:00/mmc_host/mmc1/mmc1:0001"
NVME = "devices/pci0000:00/0000:00:1d.0/0000:3d:00.0/nvme/nvme0"
VIRTIO = "devices/pci0000:00/0000:00:02.0/virtio1"
DRIVE = "devices/pci0000:00/0000:00:17.0/ata2/host1/target1:0:0/1:0:0:0"


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path / "machine").with_root()


def on(machine, folder):
    return machine.view.at(Path(folder))


def carried(machine, name, at, *, removable=False, filesystem="ext4", **device):
    """Something mounted on one partition of such a device."""
    disk = machine.disk(name, "250:0", at, removable=removable, **device)
    machine.part(disk, f"{name}1", "250:1")
    machine.mount("/srv/there", "250:1", f"/dev/{name}1", filesystem)
    return on(machine, "/srv/there")


# -- what can be taken away, and what cannot ---------------------------------------------


@pytest.mark.parametrize(
    ("name", "at", "device", "kind"),
    [
        ("sdb", USB, {"removable": True}, "usb"),  # a stick
        ("sdb", USB, {"removable": False}, "usb"),  # a hard disk on USB: the kernel says 0
        ("mmcblk0", READER, {"type": "SD"}, "card"),
        ("sr0", DRIVE, {"removable": True}, "disc"),
        ("fd0", "devices/platform/floppy.0", {"removable": True}, "removable"),
    ],
)
def test_what_can_be_taken_away_is_removable(machine, name, at, device, kind):
    found = carried(machine, name, at, **device)
    assert (found.kind, found.removable) == (kind, True)


@pytest.mark.parametrize(
    ("name", "at", "device", "kind"),
    [
        ("sdb", SATA.replace("ata1", "ata3"), {}, "fixed"),
        ("nvme0n1", NVME, {}, "fixed"),
        ("vda", VIRTIO, {}, "fixed"),
        ("mmcblk1", EMMC, {"type": "MMC"}, "fixed"),  # soldered in
        ("loop0", "devices/virtual", {}, "loop"),
        ("loop0", "devices/virtual", {"removable": True}, "loop"),
        ("zram0", "devices/virtual", {}, "memory"),
        ("ram0", "devices/virtual", {}, "memory"),
    ],
)
def test_what_stays_is_not(machine, name, at, device, kind):
    found = carried(machine, name, at, **device)
    assert (found.kind, found.removable) == (kind, False)


@pytest.mark.parametrize(
    ("filesystem", "source", "kind"),
    [
        ("tmpfs", "tmpfs", "memory"),
        ("nfs4", "registry:/archives", "network"),
        ("cifs", "//registry/archives", "network"),
        ("9p", "share", "network"),
        ("fuse.sshfs", "registry:", "network"),
        ("overlay", "overlay", "other"),
        ("fuse.something", "/dev/nothing", "other"),
    ],
)
def test_what_is_on_no_device_is_not(machine, filesystem, source, kind):
    machine.mount("/srv/there", "0:55", source, filesystem)
    found = on(machine, "/srv/there")
    assert (found.kind, found.removable, found.id) == (kind, False, "")


def test_the_disk_that_the_system_runs_from_stays_even_on_usb(tmp_path):
    machine = Machine(tmp_path / "machine")
    sdb = machine.disk("sdb", "8:16", USB, removable=True)
    for number in (1, 2):
        machine.part(sdb, f"sdb{number}", f"8:{16 + number}")
    machine.mount("/", "8:17", "/dev/sdb1", "ext4")
    machine.mount("/home", "8:18", "/dev/sdb2", "ext4")
    assert on(machine, "/home/officer").kind == "fixed"
    assert machine.view.present() == []


def test_an_encrypted_stick_is_removable_and_an_encrypted_disk_is_not(machine):
    sdb = machine.disk("sdb", "8:16", USB, removable=True, vendor="SanDisk", model="Cruzer")
    sdc = machine.disk("sdc", "8:32", SATA.replace("ata1", "ata3"))
    stick = machine.mapped("dm-0", "253:0", machine.part(sdb, "sdb1", "8:17"))
    machine.mapped("dm-1", "253:1", machine.part(sdc, "sdc1", "8:33"))
    machine.mapped("dm-2", "253:2", sdb, sdc)
    machine.called(stick, id="0a-1b")
    for number in range(3):
        machine.mount(f"/srv/{number}", f"253:{number}", f"/dev/mapper/crypt{number}", "ext4")
    kinds = [on(machine, f"/srv/{number}").kind for number in range(3)]
    assert kinds == ["usb", "fixed", "fixed"]
    assert (on(machine, "/srv/0").model, on(machine, "/srv/0").id) == ("SanDisk Cruzer", "0a-1b")


def test_a_file_system_with_a_number_of_its_own_is_found_by_its_device(machine, tmp_path):
    sdb = machine.disk("sdb", "8:16", USB, removable=True)
    machine.part(sdb, "sdb1", "8:17")
    machine.mount("/srv/there", "0:44", "/dev/sdb1", "btrfs")
    assert on(machine, "/srv/there").kind == "usb"


def test_a_stick_that_was_pulled_out_while_mounted_is_none_any_more(machine, tmp_path):
    machine.stick(tmp_path / "stick")
    assert len(machine.view.present()) == 1
    (machine.root / "sys/dev/block/8:17").unlink()
    (machine.root / "sys/class/block/sdb1").unlink()
    (machine.root / "dev/sdb1").unlink()
    assert machine.view.present() == []
    assert not on(machine, tmp_path / "stick").removable


# -- what is known of a medium ---------------------------------------------------------


def test_all_that_is_known_of_a_stick_is_told(machine, tmp_path):
    stick = machine.stick(tmp_path / "USB STICK", label=r"VIELLAND\x20\xc3\xa9", id="4C1D-09FA")
    (found,) = machine.view.present()
    assert found.folder == stick
    assert found.device == "sdb1"
    assert (found.label, found.name) == ("VIELLAND é", "VIELLAND é")
    assert found.model == "SanDisk Cruzer Blade"
    assert found.id == found.key == "4C1D-09FA"
    assert found.size == SIZE * 512
    assert found.filesystem == "vfat"
    assert found.free > 0
    assert not found.read_only


def test_without_a_label_it_goes_by_its_model_and_without_that_by_its_device(machine, tmp_path):
    machine.stick(tmp_path / "one", "b", model="Cruzer")
    machine.stick(tmp_path / "two", "c", model="")
    (machine.root / "sys/class/block/sdc/device/vendor").unlink()
    assert [found.name for found in machine.view.present()] == ["sdc1", "SanDisk Cruzer"]


def test_another_stick_in_the_same_folder_is_another_medium(machine, tmp_path):
    machine.stick(tmp_path / "stick", "b", id="AAAA")
    (before,) = machine.view.present()
    machine.unmount(tmp_path / "stick")
    machine.stick(tmp_path / "stick", "c", id="BBBB")
    (after,) = machine.view.present()
    assert before.folder == after.folder
    assert before.key != after.key


@pytest.mark.parametrize("how", ["mount", "device"])
def test_a_stick_that_takes_no_writing_says_so(machine, tmp_path, how):
    machine.stick(tmp_path / "stick", options="ro" if how == "mount" else "rw")
    if how == "device":
        (machine.root / "sys/class/block/sdb1/ro").write_text("1\n")
    (found,) = machine.view.present()
    assert found.read_only


def test_a_name_holds_nothing_that_a_terminal_would_obey(machine, tmp_path):
    machine.stick(tmp_path / "stick", label=r"a\x1b[31mb\x0a", id="AAAA", model="x\x1b[2J")
    (found,) = machine.view.present()
    assert found.label == "a�[31mb�"
    assert found.model == "SanDisk x�[2J"


def test_what_a_device_does_not_tell_is_empty(machine, tmp_path):
    machine.stick(tmp_path / "stick")
    sdb1 = machine.root / "sys/class/block/sdb1"
    for file in ("size", "ro"):
        (sdb1 / file).unlink()
    (found,) = machine.view.present()
    assert (found.size, found.read_only, found.label, found.id) == (0, False, "", "")


# -- the list of mounts ------------------------------------------------------------------


def test_removable_media_are_named_the_latest_first_and_each_once(machine, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    machine.stick(one, "b")
    machine.stick(two, "c")
    machine.mount(tmp_path, "8:17", "/dev/sdb1", root="/photos")  # a part of it, once more
    assert [found.folder for found in machine.view.present()] == [tmp_path, two]


def test_of_what_is_mounted_over_another_the_upper_counts(machine, tmp_path):
    machine.stick(tmp_path / "stick")
    machine.mount(tmp_path / "stick", "0:50", "tmpfs", "tmpfs")
    assert machine.view.present() == []
    assert on(machine, tmp_path / "stick" / "in").kind == "memory"


def test_a_folder_is_on_the_medium_that_is_mounted_nearest_above_it(machine, tmp_path):
    stick = machine.stick(tmp_path / "stick")
    (tmp_path / "link").symlink_to(stick)
    assert on(machine, stick / "deep" / "er").kind == "usb"
    assert on(machine, tmp_path / "link").kind == "usb"
    assert on(machine, tmp_path / "stick2").kind == "fixed"
    assert on(machine, stick / "..").kind == "fixed"


def test_names_with_blanks_tabs_and_backslashes_are_read(machine):
    for name in ("/media/USB STICK", "/media/tab\tback\\slash", "/media/Gerät"):
        machine.mount(name, "8:2", "/dev/sda2")
    assert [found.folder for found in machine.view.media()][:3] == [
        Path("/media/Gerät"), Path("/media/tab\tback\\slash"), Path("/media/USB STICK"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "\n\n", "short\n", "36 25 8:1 / /mnt rw - vfat\n", " - \n"])
def test_where_nothing_is_mounted_nothing_is_named(machine, text):
    machine.view.mounts.write_text(text)
    assert machine.view.media() == []
    assert on(machine, "/") is None


def test_a_name_that_is_no_text_does_no_harm(machine):
    machine.mount("/media/\udcff\udcfe", "8:2", "/dev/sda2")
    assert machine.view.media()[0].folder == Path("/media/\udcff\udcfe")


def test_a_kernel_that_says_nothing_is_borne(tmp_path):
    view = View(tmp_path / "absent", tmp_path / "absent", tmp_path / "absent")
    assert (view.media(), view.present(), view.at(tmp_path)) == ([], [], None)


def test_this_machine_can_be_read():
    assert View().at(Path("/")) is not None
    assert all(found.removable for found in View().present())


# -- what is plugged in and not mounted ------------------------------------------------------


def waiting(machine):
    return [found.device for found in machine.view.waiting()]


def test_a_stick_that_nobody_has_mounted_waits(machine, tmp_path):
    machine.stick(None, "b", label="VIELLAND")
    assert [(m.device, m.name) for m in machine.view.waiting()] == [("sdb1", "VIELLAND")]
    machine.stick(tmp_path / "stick", "b")
    assert waiting(machine) == []


def test_a_stick_without_partitions_waits_as_a_whole(machine):
    machine.disk("sdb", "8:16", USB, removable=True)
    assert waiting(machine) == ["sdb"]


def test_what_is_no_medium_does_not_wait(machine):
    machine.disk("sdc", "8:32", SATA.replace("ata1", "ata3"))  # a disk that stays
    machine.disk("sr0", "11:0", DRIVE, removable=True, size=0)  # a drive with no disc in it
    machine.disk("loop0", "7:0", "devices/virtual")
    sdb = machine.disk("sdb", "8:16", USB, removable=True)
    machine.mapped("dm-0", "253:0", machine.part(sdb, "sdb1", "8:17"))  # unlocked already
    assert waiting(machine) == ["dm-0"]


# -- where key files are looked for --------------------------------------------------------


def test_key_files_are_looked_for_on_sticks_and_where_media_are_commonly_mounted(
    tmp_path, monkeypatch
):
    machine = sticks.machine(tmp_path, monkeypatch)
    stick = machine.stick(tmp_path / "stick")
    for folder in ("/mnt", "/mnt/backup", "/mntx/other", "/srv/media/x", "/run/media/o/k"):
        machine.mount(folder, "8:2", "/dev/sda2", "ext4")
    assert media.mounted() == [Path("/run/media/o/k"), Path("/mnt/backup"), Path("/mnt"), stick]
