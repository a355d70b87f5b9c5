"""Where officers work until the power goes, and what must be there afterwards."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pyrage

from secterm.desk import sample
from secterm.desk.desk import Desk
from tests.faults.at_work import CREATION, Order
from tests.faults.kinds import KEY, KINDS, made, room
from tests.support.house import OFFICER, SECOND
from tests.support.terminal import ROOT


@dataclass
class Told:
    """What one officer told before they were gone, and how they went."""

    done: list[tuple[str, ...]] = field(default_factory=list)
    unlocked: bool = False
    through: bool = False  # there was nothing left to do
    refused: str = ""  # what an officer reads whose disk fails
    status: int | None = None  # as waitstatus_to_exitcode has it

    @property
    def killed(self) -> bool:
        return self.status in (-signal.SIGKILL, -signal.SIGXFSZ)


class Plant:
    """A process that has loaded the program and puts officers to work, one at a time."""

    def __init__(self) -> None:
        self._rest = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.at_work"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._told = Told()
        self.officer = 0  # the process id of who is at work
        self._hear(lambda: False, lines=1)  # that it is ready

    def close(self) -> None:
        with self._process:
            self._process.stdin.close()

    def put_to_work(self, order: Order) -> None:
        self._told = Told()
        self.officer = 0
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._hear(lambda: self.officer)

    def begins(self, order: Order) -> Told:
        """Puts an officer to work and waits until they have unlocked; what they tell."""
        self.put_to_work(order)
        self._hear(lambda: self._over or self._told.unlocked)
        return self._told

    def power_goes(self, order: Order, things: int, seconds: float) -> Told:
        """Kills an officer so many seconds after they have told so many things done."""
        self.put_to_work(order)
        self._hear(lambda: self._over or (self._told.unlocked and len(self._told.done) >= things))
        self._hear(lambda: self._over, seconds=seconds)
        if not self._over:
            with contextlib.suppress(ProcessLookupError):  # gone, and it is not told yet
                os.kill(self.officer, signal.SIGKILL)
        return self.ends()

    def ends(self) -> Told:
        """Waits until the officer is gone."""
        self._hear(lambda: self._over)
        return self._told

    @property
    def _over(self) -> bool:
        return self._told.status is not None

    def _hear(self, enough, seconds: float = 60.0, lines: int = 0) -> None:
        """Until it is enough, or for so long."""
        end = time.monotonic() + seconds
        while not enough() and (left := end - time.monotonic()) > 0:
            if select.select([self._process.stdout], [], [], left)[0]:
                more = os.read(self._process.stdout.fileno(), 1 << 16)
                assert more, "the plant has stopped"
                *whole, self._rest = (self._rest + more).split(b"\n")
                for line in whole:
                    self._take(*line.decode().split(" "))
                if lines and whole:
                    return

    def _take(self, what: str, *words: str) -> None:
        match what:
            case "started":
                self.officer = int(words[0])
            case "unlocked":
                self._told.unlocked = True
            case "done":
                self._told.done.append(words)
            case "through":
                self._told.through = True
            case "refused":
                self._told.refused = " ".join(words)
            case "gone":
                self._told.status = int(words[0])


def furnished(folder: Path, kind: str) -> Path:
    """A folder with a vault in which there is something to do of this kind."""
    room(folder)
    if kind != CREATION:
        desk = made(folder)
        try:
            desk.add_officer(*SECOND)
            second = desk.second(*SECOND)
            for stage, category in KINDS[kind].lives:
                sample.fill(desk, 1, second=second, stages=(stage,), category=category)
        finally:
            desk.close()
        KINDS[kind].bring(folder)
    return folder


def check(folder: Path, kind: str, done: list[tuple[str, ...]]) -> None:
    """The vault opens, holds, and has all that was told; nothing stands in the way."""
    if kind == CREATION and not (folder / "v.db").exists():
        assert not done
        made(folder).close()
    desk = Desk.open(folder / "v.db", *OFFICER)
    try:
        report = desk.verify()
        assert report.holds, report.faults
        for words in done:
            if kind == CREATION:
                assert desk.vault_id == words[0]
            else:
                assert KINDS[kind].there(desk, folder, words), words
    finally:
        desk.close()
    for archive in folder.glob("medium/*.age"):  # recorded or not, it is whole
        assert pyrage.decrypt(archive.read_bytes(), [KEY])
    left = {path.name for path in folder.iterdir()} - {
        "v.db",
        "pack",
        "medium",
        "stick",
        "v.db.new",
    }
    assert not left, left
