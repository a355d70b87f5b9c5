"""Which file systems are mounted now, and what carries them: read from the kernel's own
folders, without a daemon and without asking the device. Nothing here writes or mounts.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "usb", "card", "disc", "removable", "fixed", "loop", "memory", "network", "other"
]

REMOVABLE: Final = ("usb", "card", "disc", "removable")
PLACES: Final = ("/media/", "/run/media/", "/mnt/")  # where media are commonly mounted
SECTOR: Final = 512  # bytes; what sysfs counts sizes in, whatever the device has
# A file system that takes no file beyond this, in bytes: FAT keeps a size in 32 bits.
LARGEST_FILE: Final = {"vfat": (1 << 32) - 1, "msdos": (1 << 32) - 1}

_IN_MEMORY: Final = ("tmpfs", "ramfs")
_NETWORK: Final = r"nfs\d?|cifs|smb3?|smbfs|9p|ceph|afs|ncpfs|fuse\.sshfs|virtiofs"
_OCTAL: Final = r"\\([0-7]{3})"  # space, tab, newline, backslash: proc(5)
_HEX: Final = r"\\x([0-9a-f]{2})"  # udev's way to write a label as a name
_USB: Final = r"usb\d+"  # a bus, in a device's path: USB disks say removable=0


@dataclass(frozen=True)
class Medium:
    """A mounted file system: where, on which device, and what is known of both.

    `size` is in bytes and 0 where nobody says, `free` is -1 until it was asked;
    `id` is the file system's own (its UUID), `label` its name, `model` the device's; each is
    empty where nobody tells.
    """

    folder: Path
    device: str
    kind: Kind
    filesystem: str
    read_only: bool = False
    size: int = 0
    free: int = -1
    label: str = ""
    model: str = ""
    id: str = ""

    @property
    def removable(self) -> bool:
        """Whether it can be taken away: on USB, a memory card, a disc, or a device that says so."""
        return self.kind in REMOVABLE

    @property
    def key(self) -> str:
        """Which medium it is: another one in the same folder has another key."""
        return self.id or f"{self.device} {self.folder}"

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.label or self.model or self.device


@dataclass(frozen=True)
class View:
    """Where the kernel and udev tell of it."""

    mounts: Path = Path("/proc/self/mountinfo")
    sys: Path = Path("/sys")
    dev: Path = Path("/dev")

    def media(self) -> list[Medium]:
        """What is mounted, the latest first; of what is mounted over another, the upper."""
        mounts = self._mounts()
        system = self._system(mounts)
        return [self._medium(mount, system) for mount in reversed(mounts.values())]

    def present(self) -> list[Medium]:
        """The removable media, the latest first, each once, and how much is free there."""
        found: dict[str, Medium] = {}
        for medium in self.media():
            if medium.removable:
                found.setdefault(medium.device, medium)
        return [replace(medium, free=_free(medium.folder)) for medium in found.values()]

    def waiting(self) -> list[Medium]:
        """What is plugged in and could be mounted, but is not; each is in no folder, `.`."""
        mounts = self._mounts()
        taken = {block.name for mount in mounts.values() if (block := self._block(mount))}
        system = self._system(mounts)
        found = []
        for name in _listed(self.sys / "class" / "block"):
            block = name.resolve()
            parts = any((each / "partition").exists() for each in _listed(block))
            if block.name in taken or parts or _listed(block / "holders"):
                continue
            medium = self._carried(block, system)
            if medium.removable and medium.size:
                found.append(medium)
        return found

    def at(self, folder: Path) -> Medium | None:
        """The medium that this folder is on. None where the kernel does not say."""
        try:
            place = folder.resolve()
        except (OSError, RuntimeError):
            return None
        over = [m for m in self.media() if m.folder == place or m.folder in place.parents]
        return max(over, key=lambda medium: len(medium.folder.parts), default=None)

    def _mounts(self) -> dict[Path, _Mount]:
        try:
            text = self.mounts.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return {}
        upper: dict[Path, _Mount] = {}
        for line in text.split("\n"):
            found = _parsed(line)
            if found is not None:
                upper.pop(found.folder, None)
                upper[found.folder] = found
        return upper

    def _system(self, mounts: dict[Path, _Mount]) -> set[Path]:
        """The devices that the system runs from: they stay, whatever they are."""
        root = mounts.get(Path("/"))
        return self._disks(self._block(root)) if root else set()

    def _medium(self, mount: _Mount, system: set[Path]) -> Medium:
        block = self._block(mount)
        if block is None:
            return Medium(
                folder=mount.folder,
                device=clean(mount.source),
                kind=_unblocked(mount),
                filesystem=mount.filesystem,
                read_only=mount.read_only,
            )
        found = self._carried(block, system)
        return replace(
            found,
            folder=mount.folder,
            filesystem=mount.filesystem,
            read_only=mount.read_only or found.read_only,
        )

    def _carried(self, block: Path, system: set[Path]) -> Medium:
        """What a device tells of itself, mounted or not."""
        disks = self._disks(block)
        return Medium(
            folder=Path(),
            device=block.name,
            kind="fixed" if disks & system else _kind(disks),
            filesystem="",
            read_only=_read(block / "ro") == "1",
            size=_number(block / "size") * SECTOR,
            label=self._named("by-label", block.name),
            model=clean(_model(min(disks))),
            id=self._named("by-uuid", block.name),
        )

    def _block(self, mount: _Mount) -> Path | None:
        """The folder of the block device in sysfs; None where there is none, or none any more."""
        named = self.sys / "dev" / "block" / mount.number
        if not named.exists() and mount.source.startswith("/dev/"):
            node = self.dev / mount.source.removeprefix("/dev/")
            with contextlib.suppress(OSError):  # of btrfs the number is nobody's
                named = self.sys / "class" / "block" / node.resolve().name
        return named.resolve() if named.exists() else None

    def _disks(self, block: Path | None) -> set[Path]:
        """The whole devices under it: a partition's, and those under what is mapped (LUKS)."""
        if block is None:
            return set()
        slaves = _listed(block / "slaves")
        if slaves:
            return set().union(*(self._disks(each.resolve()) for each in slaves))
        return {block.parent if (block / "partition").exists() else block}

    def _named(self, folder: str, device: str) -> str:
        """What udev calls a device in this folder of /dev/disk; empty where it does not."""
        for link in _listed(self.dev / "disk" / folder):
            with contextlib.suppress(OSError):
                if os.path.basename(os.readlink(link)) == device:
                    return clean(_unescaped(link.name))
        return ""


machine = View()  # this one


def mounted() -> list[Path]:
    """The folders of removable media, and of whatever is mounted where those commonly are;
    the latest first.
    """
    found = machine.media()
    return [m.folder for m in found if m.removable or f"{m.folder}/".startswith(PLACES)]


@dataclass(frozen=True)
class _Mount:
    number: str  # MAJOR:MINOR
    folder: Path
    filesystem: str
    source: str
    read_only: bool


def _parsed(line: str) -> _Mount | None:
    """A line of mountinfo, as proc(5) has it."""
    before, _dash, after = line.partition(" - ")
    first, then = before.split(" "), after.split(" ")
    if len(first) < 6 or len(then) < 3:
        return None
    return _Mount(
        number=first[2],
        folder=Path(octal(first[4])),
        filesystem=then[0],
        source=octal(then[1]),
        read_only="ro" in (*first[5].split(","), *then[2].split(",")),
    )


def octal(text: str) -> str:
    """A name as the kernel's own lists have it, without its escapes."""
    return re.sub(_OCTAL, lambda code: chr(int(code[1], 8)), text)


def _unblocked(mount: _Mount) -> Kind:
    if mount.filesystem in _IN_MEMORY:
        return "memory"
    return "network" if re.fullmatch(_NETWORK, mount.filesystem) else "other"


def _kind(disks: set[Path]) -> Kind:
    """What a file system on these devices is on: removable only where all of them are."""
    kinds = {_kind_of(disk) for disk in disks}
    if len(kinds) == 1:
        return kinds.pop()
    return "removable" if kinds <= set(REMOVABLE) else "fixed"


def _kind_of(disk: Path) -> Kind:
    if disk.name.startswith("loop"):
        return "loop"
    if disk.name.startswith(("ram", "zram")):
        return "memory"
    if on_usb(disk):
        return "usb"
    if disk.name.startswith("mmcblk"):
        return "card" if _read(disk / "device" / "type") == "SD" else "fixed"
    if _read(disk / "removable") != "1":
        return "fixed"
    return "disc" if disk.name.startswith("sr") else "removable"


def on_usb(device: Path) -> bool:
    """Whether a device, by its whole path in sysfs, is on a USB bus."""
    return any(re.fullmatch(_USB, part) for part in device.parts)


def _model(disk: Path) -> str:
    """Vendor and model, or a memory card's name."""
    told = [_read(disk / "device" / name) for name in ("vendor", "model", "name")]
    vendor, model, name = told
    if vendor.startswith("0x"):  # a number, as virtio has it
        vendor = ""
    return " ".join(f"{vendor} {model or name}".split())


def _free(folder: Path) -> int:
    try:
        found = os.statvfs(folder)
    except OSError:
        return -1
    return found.f_bavail * found.f_frsize


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _number(file: Path) -> int:
    text = _read(file)
    return int(text) if text.isascii() and text.isdigit() else 0


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _unescaped(name: str) -> str:
    whole = re.sub(_HEX, lambda code: chr(int(code[1], 16)), name)
    try:  # each byte by itself, of what is UTF-8
        return whole.encode("latin-1").decode()
    except UnicodeError:
        return whole


def clean(text: str) -> str:
    """A name that somebody else gave, without what a terminal would obey."""
    return "".join(c if c.isprintable() else "�" for c in text)
