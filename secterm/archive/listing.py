"""What lies at the top of a folder that somebody else filled: ordinary files alone, and no more
of them than can be looked at.
"""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

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
