"""One-key answers: from the key to the next question, which is painted only once the
answer is on the disk. What of that is the recording, and what the painting, is told
apart; what a commit costs at the least is measured between the keys.
"""

import os
import sqlite3
import tempfile
import time
from functools import partial
from pathlib import Path

from secterm.vault.file import PRAGMAS
from tests.benchmarks.figures import compared, median, p95
from tests.benchmarks.paint import Painted, Step, beside_an_empty_app
from tests.support import house

BEGINNING = 24  # letters of a question by which it is known


def steps(interviews, keys):
    """Every plain question answered so that nothing further is asked; of each interview the
    last answer does not count, as no question follows it.
    """
    asked = house.plain()
    shows = [question.text[:BEGINNING] for question in asked]
    for _ in range(interviews):
        for place, question in enumerate(asked[: keys + 1]):
            last = place + 1 == len(asked)
            yield Step(house.favourable(question), shows[0 if last else place + 1], not last)


class Bare:
    """A file that does nothing but to commit a kilobyte, as durably as a vault."""

    def __init__(self, folder):
        self._database = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        for name, value in PRAGMAS.items():
            self._database.execute(f"PRAGMA {name} = {value}")
        self._database.execute("CREATE TABLE kept (bytes BLOB)")
        self.took = []  # seconds of each commit

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._database.close()

    def commit(self):
        """One more."""
        before = time.perf_counter()
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute("INSERT INTO kept VALUES (?)", (os.urandom(1024),))
        self._database.execute("COMMIT")
        self.took.append(time.perf_counter() - before)


def asking(count, told):
    """The first of so many interviews, its first question on the page."""
    program = Painted("tests.benchmarks.interviewed", count, told)
    program.waits_for(house.plain()[0].text[:BEGINNING])
    return program


def work(size):
    """The whole turn, the turn without the recording, and the recording."""
    what = "a one-key answer of an interview"
    given = list(steps(size.interviews, size.keys))
    turns, paints, records = [], [], []
    for _ in range(size.runs):
        with tempfile.TemporaryDirectory() as folder, Bare(folder) as bare:
            told = Path(folder) / "acts.txt"
            ours = partial(asking, size.interviews + 1, told)
            ((mine, empty),) = beside_an_empty_app(what, ours, given, 1, after=bare.commit)
            acts = [float(line) for line in told.read_text().split()]
            counted = [act for act, step in zip(acts, given, strict=True) if step.counts]
            without = [turn - act for turn, act in zip(mine, counted, strict=True)]
            turns.append((p95(mine), p95(empty)))
            paints.append((p95(without), p95(empty)))
            records.append((median(counted), median(bare.took)))
    return [
        compared(f"{what}, key to the next question, p95", "ms", "empty app", turns, under=3),
        compared("  of that without the recording, p95", "ms", "empty app", paints, under=3),
        compared("  the recording, median", "ms", "bare commit", records),
    ]
