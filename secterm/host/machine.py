"""A machine as its kernel tells of it: files of `/sys` and `/proc` below a root, its clock, the
room on its disks, and what of this program is installed on it. Nothing here writes, nothing
asks a device, and no file that is missing or odd raises.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import secterm
from secterm.archive.media import View, clean
from secterm.host import hardening

LARGEST: Final = 1 << 20  # bytes that are read of a file
PACKAGE: Final = Path(secterm.__file__).resolve().parent


class NotSeen(Exception):
    """What is asked cannot be seen here; the text says why, or how it is."""


def now() -> datetime:
    """This machine's time, with its offset."""
    return datetime.now().astimezone()


def room_in(folder: Path) -> tuple[int, int]:
    """Bytes that are free there for whoever is no administrator, and bytes in all.

    Raises `OSError`.
    """
    found = shutil.disk_usage(folder)
    return found.free, found.total


def lock_file() -> Path | None:
    """The versions that were tested together, installed or in a checkout; None for neither."""
    for place in (PACKAGE / "_data", PACKAGE.parent):
        if (place / "requirements.lock").is_file():
            return place / "requirements.lock"
    return None


@dataclass(frozen=True)
class Installed:
    """Where the packages are: `folder` has this program, `path` is searched for the others (what
    Python searches, where it is None), `lock` names their versions.
    """

    folder: Path = PACKAGE.parent
    path: tuple[str, ...] | None = None
    lock: Path | None = field(default_factory=lock_file)


@dataclass(frozen=True)
class Machine:
    """A machine; the real one has the root `/`. `plugged` is the USB storage that was there at
    the start, where somebody remembered it; `hardened` tells what the program gave up on it.
    """

    root: Path = Path("/")
    clock: Callable[[], datetime] = now
    room: Callable[[Path], tuple[int, int]] = room_in
    installed: Installed = field(default_factory=Installed)
    plugged: frozenset[str] | None = None
    hardened: Callable[[], tuple[hardening.Measure, ...]] = hardening.state

    def read(self, name: str) -> str | None:
        """A file's text without white space around it; None where it cannot be read."""
        try:
            with (self.root / name).open("rb") as stream:
                return stream.read(LARGEST).decode(errors="replace").strip()
        except (OSError, ValueError):
            return None

    def word(self, name: str) -> str:
        """The same in one line that a terminal only shows; empty where it cannot be read."""
        return clean(" ".join((self.read(name) or "").split()))

    def number(self, name: str) -> int | None:
        """The number that a file holds, decimal or with 0x; None for anything else."""
        try:
            return int(self.read(name) or "", 0)
        except ValueError:
            return None

    def listed(self, name: str) -> list[str] | None:
        """The names in a folder, in their order; None where it cannot be listed."""
        try:
            return sorted(each.name for each in (self.root / name).iterdir())
        except OSError:
            return None

    def has(self, name: str) -> bool:
        """Whether there is such a file or folder."""
        try:
            return (self.root / name).exists()
        except (OSError, ValueError):
            return False

    def real(self, name: str) -> Path:
        """Where a link leads; a link that leads nowhere is itself."""
        try:
            return (self.root / name).resolve()
        except (OSError, RuntimeError):
            return self.root / name

    @property
    def mounts(self) -> View:
        """What is mounted there."""
        return View(self.root / "proc/self/mountinfo", self.root / "sys", self.root / "dev")


here = Machine()  # this one
