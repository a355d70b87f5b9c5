"""A stick that is mounted: a folder which the list of mounts names."""

from pathlib import Path

import pytest

from secterm.archive import media


def mounted(folder: Path, patch: pytest.MonkeyPatch, name: str = "stick") -> Path:
    """A mounted stick in this folder; it is the only one."""
    stick = folder / name
    stick.mkdir()
    mounts = folder / "mounts"
    mounts.write_text(f"/dev/sdb1 {stick} vfat rw 0 0\n")
    patch.setattr(media, "MOUNTS", mounts)
    patch.setattr(media, "PLACES", (f"{folder}/",))
    return stick


def unmounted() -> None:
    """The stick is taken out."""
    media.MOUNTS.write_text("")
