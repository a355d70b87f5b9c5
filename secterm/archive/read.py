"""Opens an archive and hands on its members one after another, in memory."""

from __future__ import annotations

from pathlib import Path

from secterm.archive import age
from secterm.archive.tar import Take, Untar


def read(file: Path, take: Take, *, identity: Path | None, passphrase: str) -> None:
    """Hands `take` every member's name and bytes, in order.

    What was handed on is as it was written only if this returns. Raises
    `ArchiveUnreadable`, `WrongIdentity`, and whatever `take` raises.
    """
    tar = Untar(take)
    age.decrypt(file, tar.feed, identity=identity, passphrase=passphrase)
    tar.close()
