"""What lies at the top of a folder that somebody else filled: ordinary files alone, and no more
of them than can be looked at; and how one is opened.
"""

from __future__ import annotations

import itertools
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

MOST_LOOKED_AT: Final = 10_000  # files of a medium
ENDING: Final = ".age"


def files(folder: Path, most: int = MOST_LOOKED_AT) -> list[os.DirEntry[str]]:
    """The files among its first `most` entries whose names are text; none where it cannot be
    read.
    """
    try:
        with os.scandir(folder) as each:
            return [
                entry
                for entry in itertools.islice(each, most)
                if entry.name.isprintable() and entry.is_file(follow_symlinks=False)
            ]
    except OSError:
        return []


def opened(file: Path, flags: int = 0) -> IO[bytes] | None:
    """An ordinary file, open to be read, and None where it is another kind. It waits for nobody,
    as the reader of a pipe does. Raises OSError.
    """
    handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | flags)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return open(handle, "rb")
    os.close(handle)
    return None


@dataclass(frozen=True)
class Lying:
    """A file that may be an archive: its size in bytes, and when it was written, in seconds
    since 1970.
    """

    path: Path
    size: int
    written: float


def archives(folder: Path) -> list[Lying]:
    """The files in this folder that are called as archives are, the latest first."""
    found = []
    for entry in files(folder):
        if entry.name.lower().endswith(ENDING):
            try:
                told = entry.stat(follow_symlinks=False)
            except OSError:
                continue  # taken away in this moment
            found.append(Lying(folder / entry.name, told.st_size, told.st_mtime))
    return sorted(found, key=lambda one: (-one.written, one.path.name))
