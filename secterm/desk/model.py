"""What the desk hands out and what it refuses with, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from secterm.words import _

if TYPE_CHECKING:
    from secterm.dossier.entries import Numbered
    from secterm.dossier.fold import State
    from secterm.dossier.gates import Standing
    from secterm.policy.model import Pack

Clock = Callable[[], datetime]

FREE_FAILURES: Final = 2
LONGEST_WAIT: Final = 60.0  # seconds
STRONGER: Final = _("Your passphrase was made harder to guess; that is one more entry.")


class ClockIsBehind(Exception):
    """The clock stands before the last entry; nothing is recorded until it is accepted."""

    def __init__(self, clock: datetime, last: datetime) -> None:
        super().__init__(f"{clock.isoformat()} is before {last.isoformat()}")
        self.clock = clock
        self.last = last


class WeakPassphrase(Exception):
    """The passphrase is under the floor; `advice` says what would help."""

    def __init__(self, advice: str) -> None:
        super().__init__(advice)
        self.advice = advice


class SameOfficer(Exception):
    """The second officer must be another person than the first."""


@dataclass(frozen=True)
class Dossier:
    """An open dossier: what happened, what it adds up to, what is owed."""

    id: str
    state: State
    standing: Standing
    pack: Pack
    entries: tuple[Numbered, ...]


def now() -> datetime:
    """This machine's time, with its offset, to the second."""
    return datetime.now().astimezone().replace(microsecond=0)


def unlock_wait(failures: int) -> float:
    """Seconds to wait before the next attempt, growing with those that failed."""
    over = failures - FREE_FAILURES
    return min(2.0 ** min(over, 10), LONGEST_WAIT) if over > 0 else 0.0


def failures_of(path: Path) -> int:
    """How many attempts at this vault failed since the last unlock. Raises as `Vault.open`."""
    from secterm.vault import vault  # with all that rows and keys need: the way in shows before

    return vault.failures_of(path)
