"""Archives onto file systems of this test's own, which fail as real ones do: mounted here,
in a mount namespace of its own, as root. Each story runs in a process of its own and fails
with a traceback.
"""

import ctypes
import fcntl
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from secterm import messages
from secterm.archive.errors import ArchiveNotWritten, NoRoom
from secterm.desk.desk import Desk
from secterm.vault import kdf
from tests.faults.elsewhere import MEBIBYTE, NEW_MOUNTS
from tests.support.archives import TO
from tests.support.house import OFFICER, build

SHUT_DOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN: what a device that is pulled out comes to
WITHOUT_FLUSH = 2


def run(*command: str | Path) -> None:
    subprocess.run([*map(str, command)], check=True, capture_output=True)


def tmpfs(folder: Path, size: int) -> Path:
    folder.mkdir()
    run("mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder)
    return folder


def ext4(image: Path, folder: Path, size: int = 16 * MEBIBYTE) -> Path:
    """A file system in this file, which has room for nothing until it is used."""
    with image.open("wb") as file:
        file.truncate(size)
    run("mkfs.ext4", "-q", "-O", "^has_journal", image)
    folder.mkdir()
    run("mount", "-o", "loop", image, folder)
    return folder


class Registry:
    """A vault with something to export, and what it says where that fails."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk.open(build(folder / "v.db", *[("admitted", "general")] * 2), *OFFICER)
        self.said: list[str] = []

    def fails(self, medium: Path, reason: str, happens: Callable[[], object], at: str) -> tuple:
        """An export in which this happens at a member, or at the reading back; what was left.

        The vault knows nothing of it, and holds.
        """
        before, once = self.desk.checkpoint_line(), []

        def progress(name: str) -> None:
            if name.startswith(at) and not once:
                once.append(name)
                happens()

        with pytest.raises(ArchiveNotWritten) as raised:
            self.desk.export(medium, TO, progress=progress)
        assert once, f"it never came to {at}"
        assert raised.value.reason == reason, raised.value.reason
        assert self.desk.checkpoint_line() == before
        assert not self.desk.receipts()
        assert self.desk.verify().holds
        self.said.append(messages.explain(raised.value).text())
        return raised.value.left

    def then_works(self, medium: Path) -> None:
        written = self.desk.export(medium, TO)
        assert self.desk.receipts()[0].told.file == written.path.name
        assert [p.name for p in medium.glob("*.age")] == [written.path.name]


def full(folder: Path) -> None:
    """A medium that fills up in the middle: nothing of it stays, and with room it works."""
    registry, medium = Registry(folder), tmpfs(folder / "medium", 4 * MEBIBYTE)
    ballast = medium / "ballast"

    def fill() -> None:
        found = os.statvfs(medium)
        ballast.write_bytes(bytes(max(found.f_bavail * found.f_frsize - 40_960, 0)))

    left = registry.fails(medium, "the medium is full.", fill, "dossiers/")
    assert left == ()
    assert "nothing half-written is left" in registry.said[0]
    assert list(medium.iterdir()) == [ballast]
    ballast.unlink()
    registry.then_works(medium)


def too_small(folder: Path) -> None:
    """A medium too small for it is told before a byte is written."""
    registry, medium = Registry(folder), tmpfs(folder / "medium", 262_144)
    with pytest.raises(ArchiveNotWritten, match=r"it needs about .* are free there"):
        registry.desk.export(medium, TO)
    assert list(medium.iterdir()) == []
    run("mount", "-o", f"remount,size={8 * MEBIBYTE}", medium)
    registry.then_works(medium)


def in_volumes(folder: Path) -> None:
    """Two media, each of which has room for one volume: the second goes onto the second."""
    registry, media = Registry(folder), [tmpfs(folder / n, 1_600_000) for n in ("one", "two")]
    desk, (one, two) = registry.desk, media
    first, second = desk.planned(limit=1_500_000)
    desk.write_archive(first, one, TO)
    before, held = desk.checkpoint_line(), list(one.iterdir())
    with pytest.raises(NoRoom):
        desk.write_archive(second, one, TO)
    assert (desk.checkpoint_line(), list(one.iterdir())) == (before, held)
    desk.write_archive(second, two, TO)
    assert [len(list(medium.glob("*.age"))) for medium in media] == [1, 1]
    assert desk.verify().holds


def second_pulled_out(folder: Path) -> None:
    """A device that is gone in the middle of the second volume: the first happened."""
    registry, medium = Registry(folder), ext4(folder / "image", folder / "medium")
    desk = registry.desk
    first, second = desk.planned(limit=1_500_000)
    kept = desk.write_archive(first, medium, TO).path.name
    before = desk.checkpoint_line()

    def progress(name: str) -> None:
        if name.startswith("dossiers/"):
            shut_down(medium)

    with pytest.raises(ArchiveNotWritten) as raised:
        desk.write_archive(second, medium, TO, progress=progress)
    said = messages.explain(raised.value).text()
    assert "Volume 2 of 2 was not written: the medium has failed." in said
    assert "Volume 1 is written and recorded. This one did not happen." in said
    assert desk.checkpoint_line() == before
    run("umount", medium)
    run("mount", "-o", "loop", folder / "image", medium)
    assert [p.name for p in medium.glob("*.age")] == [kept]
    desk.write_archive(second, medium, TO)
    assert [each.told.volume.number for each in desk.receipts()] == [2, 1]
    assert desk.verify().holds


def shut_down(medium: Path) -> None:
    """From now on this file system answers with I/O errors, as where a stick is pulled out."""
    handle = os.open(medium, os.O_RDONLY)
    fcntl.ioctl(handle, SHUT_DOWN, struct.pack("I", WITHOUT_FLUSH))
    os.close(handle)


def pulled_out(folder: Path, at: str = "dossiers/") -> None:
    """A device that is gone in the middle: what is on it is told; put in again, it works."""
    registry, medium = Registry(folder), ext4(folder / "image", folder / "medium")
    left = registry.fails(medium, "the medium has failed.", lambda: shut_down(medium), at)
    assert len(left) == 1
    assert f"{left[0]}: encrypted, of no use, and to be deleted" in registry.said[0]
    run("umount", medium)
    run("mount", "-o", "loop", folder / "image", medium)
    registry.then_works(medium)


def pulled_out_late(folder: Path) -> None:
    """The same when it is read back already."""
    pulled_out(folder, "Reading back")


def unmounted(folder: Path) -> None:
    """A medium that is unmounted under our hands: nothing is written in its place."""
    registry, medium = Registry(folder), ext4(folder / "image", folder / "medium")
    left = registry.fails(
        medium, "the folder is gone.", lambda: run("umount", "-l", medium), "Reading back"
    )
    assert len(left) == 1
    assert list(medium.iterdir()) == []


def read_only(folder: Path) -> None:
    """A medium that the kernel turns read-only in the middle."""
    registry, medium = Registry(folder), ext4(folder / "image", folder / "medium")
    left = registry.fails(
        medium,
        "the medium is read-only.",
        lambda: run("mount", "-o", "remount,abort", medium),
        "dossiers/",
    )
    assert len(left) == 1
    assert "a switch against writing" in registry.said[0]


def no_blocks(folder: Path) -> None:
    """A device that takes no more blocks, though its file system has room."""
    registry, under = Registry(folder), tmpfs(folder / "under", 2 * MEBIBYTE)
    medium = ext4(under / "image", folder / "medium", 64 * MEBIBYTE)
    ballast = under / "ballast"

    def fill() -> None:
        found = os.statvfs(under)
        ballast.write_bytes(bytes(max(found.f_bavail * found.f_frsize - 40_960, 0)))

    registry.fails(medium, "the medium is full.", fill, "dossiers/")
    assert not list(medium.glob("*.age"))


def other_bytes(folder: Path) -> None:
    """What the device holds is compared, and not what memory holds of it."""
    registry, medium = Registry(folder), ext4(folder / "image", folder / "medium")

    def flip() -> None:
        (part,) = medium.iterdir()
        with (folder / "image").open("r+b") as image:
            at = image.read().index(part.read_bytes()[8192:8448])
            image.seek(at)
            image.write(b"\0")
            os.fsync(image.fileno())
        assert part.read_bytes()[8192] != 0, "memory holds what was written"

    reason = "the medium does not hold what was written to it."
    run("rmdir", medium / "lost+found")
    assert registry.fails(medium, reason, flip, "Reading back") == ()
    assert list(medium.iterdir()) == []


STORIES = {
    each.__name__: each
    for each in (
        full,
        too_small,
        in_volumes,
        second_pulled_out,
        pulled_out,
        pulled_out_late,
        unmounted,
        read_only,
        no_blocks,
        other_bytes,
    )
}

if __name__ == "__main__":
    kdf.floors, kdf.TARGET_SECONDS = (kdf.Cost(t=1, m=32, p=1),), 0.0
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.unshare(NEW_MOUNTS) == 0
    run("mount", "--make-rprivate", "/")
    STORIES[sys.argv[1]](Path(sys.argv[2]))
