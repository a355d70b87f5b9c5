"""The app on a throw-away vault, to look around in."""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.desk.model import now
from secterm.tui import run
from secterm.vault import kdf
from secterm.words import _

OFFICERS: Final = (
    ("demo", "four words for demos"),
    ("second", "another demo passphrase"),
)


class _Clock:
    """A clock that can be put back, so that the samples have a past."""

    def __init__(self) -> None:
        self.back = timedelta()

    def __call__(self) -> datetime:
        return now() - self.back


def build(path: Path) -> None:
    """A vault with two officers and invented appointees at every stage, some a while ago."""
    clock = _Clock()
    clock.back = timedelta(days=800)
    (first, passphrase), (other, other_passphrase) = OFFICERS
    desk = Desk.create(
        path,
        unit=_("Demo unit"),
        officer=first,
        passphrase=passphrase,
        cost=kdf.floors[0],
        clock=clock,
    )
    try:
        desk.add_officer(other, other_passphrase)
        second = desk.second(other, other_passphrase)
        sample.fill(desk, 1, second=second, stages=("admitted",), category="key")
        for step, stage in enumerate(sample.STAGES):
            clock.back = timedelta(days=26 - 2 * step)
            sample.fill(desk, 1, second=second, stages=(stage,))
        clock.back = timedelta(hours=2)
        sample.fill(desk, 1, second=second, stages=("second",), category="core")
    finally:
        desk.close()


def run_demo() -> int:
    """Builds the vault, runs the app on it, and removes it; the exit status."""
    hint = told()
    with tempfile.TemporaryDirectory(prefix="secterm-demo-") as folder:
        path = Path(folder) / "demo.db"
        if sys.stdout.isatty():
            sys.stdout.write(_("Making a demo vault with invented appointees ...") + "\n")
            sys.stdout.flush()
        build(path)
        return run(path, hint=hint, tour=True)


def told() -> str:
    """What the unlock screen of such a vault says: whose it is, and how it opens."""
    (first, passphrase), (other, other_passphrase) = OFFICERS
    return _(
        "Demo: everything here is invented and removed at the end.\n"
        "Officer: {first}    Passphrase: {passphrase}\n"
        "Second officer: {other}    Passphrase: {other_passphrase}"
    ).format(first=first, passphrase=passphrase, other=other, other_passphrase=other_passphrase)
