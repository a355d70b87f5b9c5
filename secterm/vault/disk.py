"""What a vault needs of the system beneath SQLite: which file stands under a name,
that a rename lasts, and that a rollback journal leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import os
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


def scrub_journal(journal: Path) -> None:
    """Overwrites and removes a rollback journal that is over: its header is zeros then.

    One that SQLite still needs stays as it is. Raises OSError.
    """
    with contextlib.suppress(FileNotFoundError), journal.open("r+b") as stream:
        size = os.fstat(stream.fileno()).st_size
        if stream.read(JOURNAL_HEADER).strip(b"\0"):
            return
        stream.seek(0)
        for start in range(0, size, SCRUBBED):
            stream.write(bytes(min(SCRUBBED, size - start)))
        stream.flush()
        os.fsync(stream.fileno())
        journal.unlink()
