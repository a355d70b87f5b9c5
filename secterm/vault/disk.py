"""What a vault needs of the system beneath SQLite: which file stands under a name,
that a new file and a rename last, and that a rollback journal leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Final, TypeAlias

Place: TypeAlias = tuple[int, int]  # device and inode
JOURNAL_HEADER: Final = 28  # bytes; zeros once the transaction is over
SCRUBBED: Final = 1 << 20  # bytes overwritten at a time


def place_of(path: Path) -> Place | None:
    """Which file stands under this name; None where there is none. Raises OSError."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def sync_folder(folder: Path) -> None:
    """Makes a rename in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_new(folder: Path, stem: str, ending: str, data: bytes, mode: int) -> Path:
    """A new file `STEM.ENDING` in `folder`, on the disk for good; which it is.

    A file that is there is never written over: the name gets a number then. Nothing
    half-written stays. Raises OSError.
    """
    handle, path = _claimed(folder, stem, ending, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        sync_folder(folder)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    return path


def _claimed(folder: Path, stem: str, ending: str, mode: int) -> tuple[int, Path]:
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW
    number = 1
    while True:
        path = folder / (f"{stem}.{ending}" if number == 1 else f"{stem}-{number}.{ending}")
        try:
            return os.open(path, flags, mode), path
        except FileExistsError:
            number += 1


def scrub_journal(journal: Path) -> None:
    """Overwrites and removes a rollback journal that is over: its header is zeros then.

    One that SQLite still needs stays as it is, and so does what is no file of its own:
    a link laid there would have us overwrite something else. Raises OSError.
    """
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with (
        contextlib.suppress(FileNotFoundError),
        os.fdopen(os.open(journal, flags), "r+b") as stream,
    ):
        found = os.fstat(stream.fileno())
        size = found.st_size
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            return
        if stream.read(JOURNAL_HEADER).strip(b"\0"):
            return
        stream.seek(0)
        for start in range(0, size, SCRUBBED):
            stream.write(bytes(min(SCRUBBED, size - start)))
        stream.flush()
        os.fsync(stream.fileno())
        journal.unlink()
