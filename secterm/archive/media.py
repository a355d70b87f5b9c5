"""Finds removable media that are mounted now."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

PLACES: Final = ("/media/", "/run/media/", "/mnt/")
MOUNTS = Path("/proc/self/mounts")

_ESCAPED: Final = re.compile(r"\\([0-7]{3})")  # space, tab, newline, backslash: proc_mounts(5)


def mounted(mounts: Path | None = None) -> list[Path]:
    """The folders where removable media are commonly mounted, the latest first.

    `mounts` is a list as proc_mounts(5) has it; this machine's, unless given.
    """
    try:
        lines = (mounts or MOUNTS).read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return []
    targets = [fields[1] for fields in (line.split(" ") for line in lines) if len(fields) > 1]
    found = [_ESCAPED.sub(lambda code: chr(int(code[1], 8)), target) for target in targets]
    kept = [target for target in found if f"{target}/".startswith(PLACES)]
    return [Path(target) for target in dict.fromkeys(reversed(kept))]
