"""A machine as the kernel tells of it: recorded folders of sysfs and /dev, a list of mounts.

Sticks come and go in it; what is on them is in folders of the test's own.
"""

import tempfile
from pathlib import Path

import pytest

from secterm.archive import media
from secterm.archive.media import View

USB = "devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host6/target6:0:0/6:0:0:0"
SATA = "devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0"
SIZE = 15_631_360  # sectors of a stick of 8 GB


class Machine:
    """Block devices and mounts, in a folder."""

    def __init__(self, root: Path):
        self.root = root
        self.view = View(root / "mountinfo", root / "sys", root / "dev")
        for folder in (root / "dev", root / "sys/dev/block", root / "sys/class/block"):
            folder.mkdir(parents=True)
        self._mounts: list[str] = []
        self._written()

    def disk(self, name, number, at, *, size=SIZE, removable=False, ro=False, **device):
        """A whole device at this place of sysfs; `device` are files that tell of it."""
        block = self.root / "sys" / at / "block" / name
        (block / "slaves").mkdir(parents=True)
        (block / "device").mkdir()
        (block / "holders").mkdir()
        told = {"size": size, "removable": int(removable), "ro": int(ro)}
        told |= {f"device/{file}": text for file, text in device.items()}
        for file, text in told.items():
            (block / file).write_text(f"{text}\n")
        return self._known(block, number)

    def part(self, disk, name, number, *, size=SIZE):
        """A partition of it."""
        block = disk / name
        block.mkdir()
        for file, text in {"partition": 1, "size": size, "ro": 0}.items():
            (block / file).write_text(f"{text}\n")
        return self._known(block, number)

    def mapped(self, name, number, *under, size=SIZE):
        """What is mapped over other devices, as LUKS does."""
        block = self.disk(name, number, "devices/virtual", size=size)
        for each in under:
            (block / "slaves" / each.name).symlink_to(each)
            (each / "holders").mkdir(exist_ok=True)
            (each / "holders" / name).symlink_to(block)
        return block

    def _known(self, block, number):
        (self.root / "sys/dev/block" / number).symlink_to(block)
        (self.root / "sys/class/block" / block.name).symlink_to(block)
        (self.root / "dev" / block.name).touch()
        return block

    def called(self, block, label="", id=""):
        """What udev calls it."""
        for kind, name in (("label", label), ("uuid", id)):
            folder = self.root / "dev/disk" / f"by-{kind}"
            folder.mkdir(parents=True, exist_ok=True)
            if name:
                (folder / name).symlink_to(f"../../{block.name}")

    def mount(self, folder, number, source, filesystem="vfat", options="rw", root="/"):
        """One more line of the list of mounts."""
        target = str(folder).replace("\\", r"\134").replace(" ", r"\040").replace("\t", r"\011")
        line = f"36 25 {number} {root} {target} {options},relatime shared:1 - {filesystem}"
        self._mounts.append(f"{line} {source} {options}")
        self._written()

    def unmount(self, folder):
        """The mounts on this folder are gone."""
        gone = str(folder).replace(" ", r"\040")
        self._mounts = [line for line in self._mounts if line.split(" ")[4] != gone]
        self._written()

    def _written(self):
        text = "".join(f"{line}\n" for line in self._mounts)
        self.view.mounts.write_text(text, encoding="utf-8", errors="surrogateescape")

    # -- what most tests need ------------------------------------------------

    def with_root(self):
        """The machine's own disk, with everything on it."""
        sda = self.disk("sda", "8:0", SATA, vendor="ATA", model="INTERNAL 500")
        self.part(sda, "sda2", "8:2")
        self.mount("/", "8:2", "/dev/sda2", "ext4")
        return self

    def stick(self, folder, letter="b", *, label="", id="", model="Cruzer Blade", options="rw"):
        """A stick that is mounted on this folder, which is made; on none, it is not mounted."""
        number = 16 * (ord(letter) - ord("a"))
        place = USB.replace("1-2", f"1-{number}").replace("host6", f"host{number}")
        if not (self.root / f"sys/dev/block/8:{number + 1}").exists():
            disk = self.disk(
                f"sd{letter}", f"8:{number}", place, removable=True, vendor="SanDisk", model=model
            )
            part = self.part(disk, f"sd{letter}1", f"8:{number + 1}")
            self.called(part, label, id)
        if folder is None:
            return None
        Path(folder).mkdir(exist_ok=True)
        self.mount(folder, f"8:{number + 1}", f"/dev/sd{letter}1", options=options)
        return Path(folder)


def machine(folder: Path, patch: pytest.MonkeyPatch) -> Machine:
    """A machine with a disk of its own and no stick, in place of the one that tests run on."""
    made = Machine(Path(tempfile.mkdtemp(prefix="machine-", dir=folder))).with_root()
    patch.setattr(media, "machine", made.view)
    return made


def mounted(folder: Path, patch: pytest.MonkeyPatch, name: str = "stick") -> Path:
    """A mounted stick in this folder; it is the only one."""
    return machine(folder, patch).stick(folder / name)


def unmounted() -> str:
    """The stick is taken out; what `put_back` takes to put it in again."""
    before = media.machine.mounts.read_text()
    media.machine.mounts.write_text("")
    return before


def put_back(mounts: str) -> None:
    """The stick is there again."""
    media.machine.mounts.write_text(mounts)
