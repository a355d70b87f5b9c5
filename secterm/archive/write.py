"""Writes an archive to a folder on a medium: under a temporary name, to the
disk, read back and compared, then named. What fails leaves nothing half-written
behind, and no byte of plaintext ever touches the medium.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import mmap
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from secterm.archive import age, tar
from secterm.archive.errors import ArchiveNotWritten
from secterm.archive.recipients import Recipients
from secterm.archive.tar import Member
from secterm.vault.disk import sync_folder
from secterm.words import _

BLOCK: Final = 1 << 20  # bytes read back at a time

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Written:
    """An archive on the medium: its path, SHA-256 (hex) and size in bytes."""

    path: Path
    sha256: str
    size: int
    left_out: int = 0  # dossiers that do not open, so that none of them is in it


def write(
    folder: Path,
    stem: str,
    members: Iterable[Member],
    to: Recipients,
    *,
    mtime: int,
    progress: Progress = lambda name: None,
    limit: int | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Written:
    """Writes `STEM.age` (or `STEM-2.age` and so on), of `limit` bytes at most; where and what
    it is.

    `mtime` is seconds since 1970, for every member. `meanwhile` is what must hold before the
    file gets its name, and is done while the medium is read back. Raises `ArchiveNotWritten`,
    and whatever `members`, `progress` and `meanwhile` raise; then nothing is left in the folder
    but what `ArchiveNotWritten` names.
    """
    made: list[Path] = []
    try:
        demand_folder(folder)
        descriptor, name = tempfile.mkstemp(".part", f".{stem}.", folder)
        made.append(Path(name))
        sha256, size = _fill(descriptor, _told(members, progress), to, mtime, limit)
        progress(_("Reading back"))
        with ThreadPoolExecutor(1) as beside:
            held = beside.submit(meanwhile)
            found = digest(made[0], size)
            held.result()
        if found != sha256:
            raise ArchiveNotWritten(
                _("the medium does not hold what was written to it."),
                advice=_("Do not trust this medium any more: take another one."),
            )
        path = _named(made[0], folder, stem, made)
    except BaseException as error:
        left = tuple(path.name for path in made if not _gone(path))
        if isinstance(error, OSError):
            raise not_written(error, left) from None
        if isinstance(error, ArchiveNotWritten):
            error.left = left
        raise
    return Written(path, sha256, size)


def demand_folder(folder: Path) -> None:
    """Raises `ArchiveNotWritten` where there is no such folder."""
    if not folder.is_dir():
        raise ArchiveNotWritten(_("there is no such folder; is the medium mounted?"))


def _gone(path: Path) -> bool:
    """Takes a file away that we made; whether it surely is. One that is not there any more
    is on a medium that is not there any more.
    """
    try:
        path.unlink()
        sync_folder(path.parent)
    except OSError:
        return False
    return True


def _told(members: Iterable[Member], progress: Progress) -> Iterator[Member]:
    for name, data in members:
        progress(name)
        yield name, data
    progress(_("Encrypting; to a passphrase this takes a few seconds"))


def _fill(
    descriptor: int, members: Iterable[Member], to: Recipients, mtime: int, limit: int | None
) -> tuple[str, int]:
    """All of the archive into an open file and onto the disk; its SHA-256 (hex) and size."""
    digest = hashlib.sha256()
    with open(descriptor, "wb") as file:

        def take(data: bytes) -> None:
            if limit is not None and file.tell() + len(data) > limit:
                raise ArchiveNotWritten(
                    _("it came out larger than was reckoned, over the size of a volume."),
                    advice=_("Take other sizes of volumes, a little larger or smaller."),
                )
            file.write(data)
            digest.update(data)

        age.encrypt(tar.blocks(members, mtime), take, to)
        file.flush()
        os.fsync(file.fileno())
        return digest.hexdigest(), file.tell()


def digest(path: Path, size: int) -> str:
    """The SHA-256 of what the medium holds in this file; empty where that is not `size` bytes.

    Read past the page cache where the file system can (open(2), O_DIRECT); else its cached
    pages, which are all on the disk by now, are dropped first. Raises OSError.
    """
    try:
        return _digest(path, size, os.O_DIRECT)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    return _digest(path, size, 0)


def _digest(path: Path, size: int, how: int) -> str:
    total, done = hashlib.sha256(), 0
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | how)
    try:
        with contextlib.suppress(OSError):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        with mmap.mmap(-1, BLOCK) as block, memoryview(block) as held:  # on a page's border
            while done < size and (count := os.readv(handle, [held])):
                total.update(held[:count])
                done += count
    finally:
        os.close(handle)
    return total.hexdigest() if done == size else ""


def _named(part: Path, folder: Path, stem: str, made: list[Path]) -> Path:
    """Gives the finished file the first name that is free, for good; which it is.

    `made` is what of ours is in the folder, all the while.
    """
    for number in itertools.count(1):
        path = folder / (f"{stem}.age" if number == 1 else f"{stem}-{number}.age")
        with contextlib.suppress(FileExistsError):
            _move(part, path, made)
            break
    sync_folder(folder)
    return path


def _move(part: Path, path: Path, made: list[Path]) -> None:
    """A rename that takes nobody's place. Raises FileExistsError where there is something."""
    try:
        os.link(part, path)
    except OSError:
        # FAT has no links: the name is claimed, and what replaces it is our own claim.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        made.append(path)
        os.rename(part, path)
    else:
        made.append(path)
        part.unlink()
    made.remove(part)


def not_written(error: OSError, left: tuple[str, ...] = ()) -> ArchiveNotWritten:
    """What the system said, told as why there is no archive, and what helps."""
    room = _("Make room on the medium, or take a larger one.")
    again = _("Put it in again, and see that it is mounted.")
    mode = _("See whether it has a switch against writing, or take another one.")
    told = {
        errno.ENOSPC: (_("the medium is full."), room),
        errno.EDQUOT: (_("the medium is full."), room),
        errno.EFBIG: (
            _("the medium takes no file as large as this."),
            _("Take a medium with another file system (exFAT, ext4), or export fewer."),
        ),
        errno.EROFS: (_("the medium is read-only."), mode),
        errno.EACCES: (_("the folder may not be written to."), ""),
        errno.EPERM: (_("the folder may not be written to."), ""),
        errno.EIO: (
            _("the medium has failed."),
            _("Put it in again if it was pulled out; else take another one."),
        ),
        errno.ENODEV: (_("the medium is gone."), again),
        errno.ENXIO: (_("the medium is gone."), again),
        errno.ENOENT: (_("the folder is gone."), again),
    }
    reason, advice = told.get(error.errno or 0, (f"{error.strerror or error}.", ""))
    return ArchiveNotWritten(reason, left=left, advice=advice)
