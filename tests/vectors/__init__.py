"""Small vaults of every format from 1 on, and what each must give to whoever opens it.

`NAME.vault` is a vault as a program left it, `NAME.json` what is in it: the ways in with their
secrets, which are tests' own and open nothing else; checkpoint, fingerprint and officers; each
dossier with its stage and its entries, each with the `vault` in whose journal it stands where
that is another; the drafts; the recipients' book, where anybody is in it; the sheets with
their sizes and ids, where there are any;
and for a broken vault `fault`, the place (table and row, or the table alone) of a fault that a
verifier must report, `alone` where all else holds. They were made once, by
`python -m tests.vectors.make`, and stay as they are: a later version opens them all.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

FOLDER = Path(__file__).parent
OPENED = datetime(2025, 3, 10, 9, 0, tzinfo=timezone(timedelta(hours=1)))
"""When a test opens a vector: after the last thing that happened in any of them."""


@dataclass(frozen=True)
class Vector:
    """A vault and what is told of it."""

    name: str
    told: dict

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.vault"

    def copied(self, folder: Path) -> Path:
        """A copy, so that what is opened is never the vector itself."""
        return Path(shutil.copy(self.path, folder / self.path.name))


def vectors() -> list[Vector]:
    """All of them, by name."""
    return [
        Vector(file.stem, json.loads(file.read_text())) for file in sorted(FOLDER.glob("*.json"))
    ]
