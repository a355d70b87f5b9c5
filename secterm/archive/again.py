"""Opens an archive that was walked and found to hold once more, and hands on its folders
one by one, each as it was then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.read import read
from secterm.archive.sums import SUMS, folder_of, listed
from secterm.archive.walk import LARGEST_FOLDER, Walk
from secterm.words import _

Folder: TypeAlias = Callable[[str, Mapping[str, bytes]], None]  # such as `dossiers/ID`, its members


def again(file: Path, walk: Walk, take: Folder, *, identity: Path | None, passphrase: str) -> None:
    """Hands `take` every folder of the archive; the members outside of folders are in the walk.

    Raises `ArchiveUnreadable` before it hands on what is not as it was walked, and at the end
    where a folder is not there any more; and whatever `take` raises.
    """
    folders = _Folders(walk, take)
    read(file, folders.member, identity=identity, passphrase=passphrase)
    folders.end()


class _Folders:
    def __init__(self, walk: Walk, take: Folder) -> None:
        self._left = list(reversed(walk.folders.items()))  # the next one is the last
        self._take = take
        self._name = ""
        self._files: dict[str, bytes] = {}
        self._weight = 0  # bytes in `_files`

    def member(self, name: str, data: bytes) -> None:
        folder = folder_of(name)
        if folder != self._name:
            self.close()
            self._name = folder
        if folder:
            self._files[name] = data
            self._weight += len(data)
        if self._weight > LARGEST_FOLDER:
            raise _changed()

    def close(self) -> None:
        """The folder that has just ended."""
        files, self._files, self._weight = self._files, {}, 0
        if not files:
            return
        sums = files.pop(f"{self._name}/{SUMS}", b"")
        walked = self._left.pop() if self._left else None
        if (
            walked != (self._name, hashlib.sha256(sums).digest())
            or listed({n: hashlib.sha256(data).hexdigest() for n, data in files.items()}) != sums
        ):
            raise _changed()
        self._take(self._name, files)

    def end(self) -> None:
        """There is no more."""
        self.close()
        if self._left:
            raise _changed()


def _changed() -> ArchiveUnreadable:
    return ArchiveUnreadable(_("the file was changed while it was read"))
