"""Writes an archive to a folder on a medium: under a temporary name, to the
disk, read back and compared, then named. What fails leaves nothing half-written
behind, and no byte of plaintext ever touches the medium.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
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
) -> Written:
    """Writes `STEM.age` (or `STEM-2.age` and so on); where and what it is.

    `mtime` is seconds since 1970, for every member. Raises `ArchiveNotWritten`,
    and whatever `members` and `progress` raise; then nothing is left in the folder.
    """
    try:
        if not folder.is_dir():
            raise ArchiveNotWritten(_("there is no such folder; is the medium mounted?"))
        descriptor, name = tempfile.mkstemp(".part", f".{stem}.", folder)
        part = Path(name)
        try:
            sha256, size = _fill(descriptor, _told(members, progress), to, mtime)
            progress(_("Reading back"))
            if _digest(part) != sha256:
                raise ArchiveNotWritten(_("the medium does not hold what was written to it."))
            path = _named(part, folder, stem)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ArchiveNotWritten(_reason(error)) from None
    return Written(path, sha256, size)


def _told(members: Iterable[Member], progress: Progress) -> Iterator[Member]:
    for name, data in members:
        progress(name)
        yield name, data
    progress(_("Encrypting; to a passphrase this takes a few seconds"))


def _fill(
    descriptor: int, members: Iterable[Member], to: Recipients, mtime: int
) -> tuple[str, int]:
    """All of the archive into an open file and onto the disk; its SHA-256 (hex) and size."""
    digest = hashlib.sha256()
    with open(descriptor, "wb") as file:

        def take(data: bytes) -> None:
            file.write(data)
            digest.update(data)

        age.encrypt(tar.blocks(members, mtime), take, to)
        file.flush()
        os.fsync(file.fileno())
        return digest.hexdigest(), file.tell()


def _digest(path: Path) -> str:
    """The SHA-256 of what the medium holds: the cached pages are dropped first."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        with contextlib.suppress(OSError):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while block := file.read(BLOCK):
            total.update(block)
    return total.hexdigest()


def _named(part: Path, folder: Path, stem: str) -> Path:
    """Gives the finished file the first name that is free, for good; which it is."""
    for number in itertools.count(1):
        path = folder / (f"{stem}.age" if number == 1 else f"{stem}-{number}.age")
        with contextlib.suppress(FileExistsError):
            _move(part, path)
            break
    try:
        part.unlink(missing_ok=True)
        sync_folder(folder)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    return path


def _move(part: Path, path: Path) -> None:
    """A rename that takes nobody's place. Raises FileExistsError where there is something."""
    with contextlib.suppress(OSError):
        os.link(part, path)
        return
    # FAT has no links: the name is claimed, and what replaces it is our own claim.
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        os.rename(part, path)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _reason(error: OSError) -> str:
    told = {
        errno.ENOSPC: _("the medium is full."),
        errno.EDQUOT: _("the medium is full."),
        errno.EFBIG: _("the medium takes no file as large as this."),
        errno.EROFS: _("the medium is read-only."),
        errno.EACCES: _("the folder may not be written to."),
        errno.EPERM: _("the folder may not be written to."),
        errno.EIO: _("the medium has failed."),
        errno.ENODEV: _("the medium is gone."),
        errno.ENOENT: _("the folder is gone."),
    }
    return told.get(error.errno or 0, f"{error.strerror or error}.")
