"""Officers at work where this process cannot be: on a small disk of their own, or where
permissions bind the superuser too. Each story runs in a process of its own and fails
with a traceback.
"""

import ctypes
import os
import resource
import sys
from pathlib import Path

import pytest

from secterm import messages
from secterm.archive.errors import ArchiveNotWritten
from secterm.vault import kdf
from secterm.vault.errors import VaultUnreadable
from tests.faults.conftest import AtWork
from tests.faults.kinds import made, room
from tests.faults.plant import furnished

MEBIBYTE = 1 << 20
NEW_USER, NEW_MOUNTS = 0x10000000, 0x00020000  # linux/sched.h


def small_disk(folder: Path, size: int) -> bool:
    """Mounts a disk of so many bytes here, for this process alone; whether it may."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(NEW_USER | NEW_MOUNTS) == 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    elif libc.unshare(NEW_MOUNTS) != 0:
        return False
    private = libc.mount(b"none", b"/", None, 0x44000, None)  # MS_REC | MS_PRIVATE
    options = f"size={size}".encode()
    return private == 0 and libc.mount(b"tmpfs", bytes(folder), b"tmpfs", 0, options) == 0


class Disk:
    """A disk that can be filled up to its last so many bytes, and emptied again.

    Where none can be mounted, this process may write no file beyond so many bytes instead.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ballast = folder / "ballast"
        self.mounted = small_disk(folder, 4 * MEBIBYTE)

    def fill(self, but: int = 0) -> None:
        if self.mounted:
            found = os.statvfs(self._folder)
            free = found.f_bavail * found.f_frsize
            self._ballast.write_bytes(bytes(max(free - but, 0)))
        else:
            self._limit(but)

    def empty(self) -> None:
        if self.mounted:
            self._ballast.unlink()
        else:
            self._limit(resource.RLIM_INFINITY)

    @staticmethod
    def _limit(size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def full_at_save(folder: Path) -> None:
    """A disk that is full at a save keeps all that was told, and takes more with room."""
    disk = Disk(folder)
    for kind in ("answers", "officers"):
        officer = AtWork(furnished(folder / kind, kind), kind)
        officer.acts()
        for but in (0, 4096, 40960):
            disk.fill(but)
            with pytest.raises(VaultUnreadable) as raised:
                for _ in range(200):
                    officer.acts()
            told = messages.explain(raised.value).text()
            if disk.mounted:
                assert "the disk is full" in told
                officer.holds()  # it can be read and verified meanwhile
            disk.empty()
            officer.acts()
            officer.holds()
        officer.desk.close()
        officer.holds_at(officer.path)


def full_at_creation(folder: Path) -> None:
    """On a full disk no vault comes to be, and nothing stands in the way of the next."""
    disk = Disk(folder)
    room(folder / "new")
    for but in (0, 8192, 32768):
        disk.fill(but)
        with pytest.raises(VaultUnreadable):
            made(folder / "new")
        disk.empty()
        left = [p.name for p in (folder / "new").iterdir()]
        assert left == ["pack"], left
    made(folder / "new").close()


def full_at_unlock(folder: Path) -> None:
    """A full disk keeps no officer out: what is there can be read."""
    disk = Disk(folder)
    officer = AtWork(furnished(folder / "room", "answers"), "answers")
    officer.acts()
    officer.desk.close()
    disk.fill()
    officer.holds_at(officer.path)


def full_medium(folder: Path) -> None:
    """A full medium takes no archive, and the vault records none."""
    disk = Disk(folder / "medium-of-all")
    officer = AtWork(furnished(folder / "room", "export"), "export")
    (officer.folder / "medium").symlink_to(folder / "medium-of-all")
    here = officer.desk.checkpoint_line()
    disk.fill(8192)
    with pytest.raises(ArchiveNotWritten):
        officer.acts()
    assert {p.name for p in officer.folder.glob("medium/*")} <= {"ballast"}
    assert officer.desk.checkpoint_line() == here
    disk.empty()
    officer.acts()
    officer.holds()


def read_only_folder(folder: Path) -> None:
    """In a folder that takes no file for a while, an act is refused and then goes on."""
    officer = AtWork(furnished(folder / "room", "answers"), "answers")
    officer.acts()
    before = officer.files()
    officer.folder.chmod(0o500)
    with pytest.raises(VaultUnreadable) as raised:
        officer.acts()
    assert "it is read-only" in messages.explain(raised.value).what
    officer.holds()
    assert officer.files() == before
    officer.folder.chmod(0o700)
    officer.acts()
    officer.holds()


STORIES = {
    each.__name__: each
    for each in (full_at_save, full_at_creation, full_at_unlock, full_medium, read_only_folder)
}

if __name__ == "__main__":
    kdf.floors, kdf.TARGET_SECONDS = (kdf.Cost(t=1, m=32, p=1),), 0.0
    STORIES[sys.argv[1]](Path(sys.argv[2]))
