"""Writes an archive to a folder on a medium: under a temporary name, to the
disk, read back and compared, then named. What fails leaves nothing half-written
behind, and no byte of plaintext ever touches the medium.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import tarfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import pyrage

from secterm.archive import recipients
from secterm.archive.contents import Member
from secterm.archive.errors import ArchiveNotWritten
from secterm.archive.recipients import Recipients
from secterm.vault.file import sync_folder
from secterm.words import _

BLOCK: Final = 1 << 20  # bytes read back at a time

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Written:
    """An archive on the medium: its path, SHA-256 (hex) and size in bytes."""

    path: Path
    sha256: str
    size: int


class _Hashing(io.RawIOBase):
    """A file that hashes what is written to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


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
    and whatever `members` raises; then nothing is left in the folder.
    """
    try:
        if not folder.is_dir():
            raise ArchiveNotWritten(_("there is no such folder; is the medium mounted?"))
        path = _free(folder, stem)
        part = folder / f".{stem}.{os.getpid()}.part"
        try:
            written = _write(part, path, members, to, mtime, progress)
            progress(_("Reading back"))
            if _digest(part) != written.sha256:
                raise ArchiveNotWritten(_("the medium does not hold what was written to it."))
            # A link fails where the name is taken meanwhile; media without links rename.
            try:
                os.link(part, path)
            except OSError:
                os.rename(part, path)
            sync_folder(folder)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
    except OSError as error:
        raise ArchiveNotWritten(_reason(error)) from None
    return written


def _reason(error: OSError) -> str:
    told = {
        errno.ENOSPC: _("the medium is full"),
        errno.EDQUOT: _("the medium is full"),
        errno.EFBIG: _("the medium takes no file as large as this"),
        errno.EROFS: _("the medium is read-only"),
        errno.EACCES: _("the folder may not be written to"),
        errno.EPERM: _("the folder may not be written to"),
        errno.EIO: _("the medium has failed"),
        errno.ENODEV: _("the medium is gone"),
        errno.ENOENT: _("the folder is gone"),
    }
    return told.get(error.errno or 0, error.strerror or str(error))


def _free(folder: Path, stem: str) -> Path:
    number = 1
    while True:
        path = folder / (f"{stem}.age" if number == 1 else f"{stem}-{number}.age")
        if not path.exists():
            return path
        number += 1


def _write(
    part: Path,
    path: Path,
    members: Iterable[Member],
    to: Recipients,
    mtime: int,
    progress: Progress,
) -> Written:
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        hashing = _Hashing(file)
        if to.keys:
            _to_keys(hashing, members, to, mtime, progress)
        else:
            # age's passphrase mode is given the whole; nothing of it is on the disk.
            whole = io.BytesIO()
            _tar(whole, members, mtime, progress)
            hashing.write(pyrage.passphrase.encrypt(whole.getvalue(), to.passphrase))
        file.flush()
        os.fsync(file.fileno())
    return Written(path, hashing.hexdigest(), hashing.size)


def _to_keys(
    file: _Hashing, members: Iterable[Member], to: Recipients, mtime: int, progress: Progress
) -> None:
    """The tar runs through a pipe into age, so that its size does not matter."""
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def encrypt() -> None:
        with open(reading, "rb") as source:
            try:
                pyrage.encrypt_io(source, file, [recipients.parse(k) for k in to.keys])
            except BaseException as error:
                failed.append(error)

    thread = threading.Thread(target=encrypt, daemon=True)
    thread.start()
    try:
        with open(writing, "wb") as sink:
            _tar(sink, members, mtime, progress)
    except BrokenPipeError:
        if not failed:
            raise
    finally:
        thread.join()
    if failed:
        error = failed[0]
        raise error if isinstance(error, OSError) else ArchiveNotWritten(_("age has failed."))


def _tar(sink: IO[bytes], members: Iterable[Member], mtime: int, progress: Progress) -> None:
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name, data in members:
            progress(name)
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(data), mtime, 0o600
            tar.addfile(member, io.BytesIO(data))


def _digest(path: Path) -> str:
    """The SHA-256 of what the medium holds: the cached pages are dropped first."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        with contextlib.suppress(OSError):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while block := file.read(BLOCK):
            total.update(block)
    return total.hexdigest()
