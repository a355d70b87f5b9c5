"""Key files at hand: one that was named, and those on removable media."""

from __future__ import annotations

from pathlib import Path

from secterm.archive import media
from secterm.vault import keyfile


def at_hand(named: Path | None = None) -> list[bytes]:
    """The keys (32 bytes each) of the file named, and of all on mounted media.

    Raises `KeyFileRefused` where the one named is none.
    """
    first = [] if named is None else [keyfile.read(named)]
    return list(dict.fromkeys([*first, *keyfile.found_in(media.mounted())]))


def make(folder: Path) -> tuple[Path, bytes]:
    """A new key file in this folder, and its key. Raises `KeyFileRefused`."""
    return keyfile.make(folder)
