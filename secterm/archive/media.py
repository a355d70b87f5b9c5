"""Finds removable media that are mounted now."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PLACES: Final = ("/media/", "/run/media/", "/mnt")
MOUNTS: Final = Path("/proc/self/mounts")


def mounted(mounts: Path = MOUNTS) -> list[Path]:
    """The folders where removable media are commonly mounted, the latest first."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 2:
            continue
        target = fields[1].replace("\\040", " ")
        if target.startswith(PLACES):
            found.append(Path(target))
    return found[::-1]
