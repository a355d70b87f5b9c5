"""The power goes: what was confirmed is there, and the vault holds."""

import os
import random
import select
import signal
import subprocess
import sys
import time

import pytest

from secterm.desk.desk import Desk
from tests.support.house import OFFICER
from tests.support.terminal import ROOT


class Officer:
    """Somebody at work in a process of their own, until the power goes."""

    def __init__(self, path):
        self.told = []
        self._rest = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.at_work", str(path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self.hear(1)  # that it is ready

    def hear(self, lines=None, seconds=60.0):
        """Waits for so many more lines, or for so long; the seconds that it took."""
        began, already = time.monotonic(), len(self.told)
        while (left := began + seconds - time.monotonic()) > 0:
            if lines is not None and len(self.told) >= already + lines:
                break
            ready, _, _ = select.select([self._process.stdout], [], [], left)
            if ready:
                more = os.read(self._process.stdout.fileno(), 1 << 16)
                assert more, "the officer stopped by themselves"
                self._take(more)
        return time.monotonic() - began

    def kill(self):
        """The power goes; all that was told until then."""
        with self._process:
            self._process.send_signal(signal.SIGKILL)
            self._take(self._process.stdout.read())
        return self.told

    def _take(self, more):
        *lines, self._rest = (self._rest + more).split(b"\n")
        self.told += [line.decode() for line in lines]


def check(path, told):
    """The vault opens, holds, and has all that was told."""
    if not path.exists():
        assert "unlocked" not in told
        return
    desk = Desk.open(path, *OFFICER)
    try:
        report = desk.verify()
        assert report.holds, report.faults
        known = {card.id for card in desk.cards()}
        for line in told:
            what, *about = line.split()
            if what == "opened":
                assert about[0] in known
            elif what == "answered":
                assert about[1] in desk.dossier(about[0]).state.answers
    finally:
        desk.close()


def test_killed_in_the_middle_of_answers_every_confirmed_answer_is_there(tmp_path):
    path = tmp_path / "v.db"
    told = []
    for lines in (30, 1, 50):
        officer = Officer(path)
        officer.hear(lines)
        told += officer.kill()
        check(path, told)
    assert sum(line.startswith("answered") for line in told) > 40


@pytest.mark.long
def test_killed_at_any_moment_nothing_confirmed_is_lost(tmp_path):
    chance = random.Random()
    path = tmp_path / "v.db"
    told = []
    for _ in range(60):
        officer = Officer(path)
        officer.hear(chance.randrange(40))
        officer.hear(seconds=chance.random() / 20)
        told += officer.kill()
        check(path, told)
    assert sum(line.startswith("answered") for line in told) > 100


@pytest.mark.long
def test_killed_while_the_vault_is_made_there_is_a_whole_vault_or_none(tmp_path):
    first = Officer(tmp_path / "first.db")
    usual = first.hear(1)
    first.kill()
    made = 0
    for step in range(60):
        path = tmp_path / f"{step}.db"
        officer = Officer(path)
        officer.hear(seconds=usual * step / 40)
        check(path, officer.kill())
        made += path.exists()
        again = Officer(path)  # whatever was left behind does not stand in the way
        again.hear(1)
        check(path, again.kill())
    assert 0 < made < 60
