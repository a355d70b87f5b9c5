"""One-key answers: from the key to the mark of its answer, which is its first paint, and to
the next question, which is painted only once the answer is on the disk. Between the keys
it is measured what a key of an empty app costs, and the least that a commit can cost.
"""

import os
import sqlite3
import tempfile
import time
from pathlib import Path

from secterm.vault.file import PRAGMAS
from tests.benchmarks.figures import compared, median, p95, progress
from tests.benchmarks.paint import Painted, Step, empty
from tests.support import house

BEGINNING = 24  # letters of a question by which it is known
MARK = "(•)"
# What an answer writes into the vault's rows: about 205 are the entry and its numbers and ids,
# 350 the dossier's card, 130 the signature, 260 the head, and 30 a tile's share.
BYTES = 976


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
    """A file that does nothing but to commit, in one row, as many bytes as an answer writes
    into the vault's, as durably as a vault. SQLite then writes two pages, not six.
    """

    def __init__(self, folder):
        self._database = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        for name, value in PRAGMAS.items():
            self._database.execute(f"PRAGMA {name} = {value}")
        self._database.execute("CREATE TABLE kept (bytes BLOB)")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._database.close()

    def commit(self):
        """One more; the seconds it took."""
        before = time.perf_counter()
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute("INSERT INTO kept VALUES (?)", (os.urandom(BYTES),))
        self._database.execute("COMMIT")
        return time.perf_counter() - before


def asking(count, told):
    """The first of so many interviews, its first question on the page."""
    program = Painted("tests.benchmarks.interviewed", count, told)
    program.waits_for(house.plain()[0].text[:BEGINNING])
    return program


def turns(told, size):
    """Of each key that counts, seconds: to its mark, to the next question, of that the
    recording; a key of an empty app; a bare commit.
    """
    found = []
    given = list(steps(size.interviews, size.keys))
    with (
        tempfile.TemporaryDirectory() as folder,
        Bare(folder) as bare,
        asking(size.interviews + 1, told) as program,
        empty() as other,
    ):
        for step in given:
            shows = (MARK, step.shows) if step.counts else (step.shows,)
            took = program.paints(step.key, *shows)
            found.append((*took, last_of(told), other.press(step.key), bare.commit()))
    return [timed for timed, step in zip(found, given, strict=True) if step.counts]


def last_of(told):
    """Seconds of the last act that was written there."""
    return float(told.read_text().split()[-1])


def work(size, _stock):
    """Key to paint; the whole turn, which waits for the disk; and the recording in it."""
    what = "a one-key answer of an interview"
    marks, whole, records = [], [], []
    for run in range(size.runs):
        with tempfile.TemporaryDirectory() as folder:
            timed = turns(Path(folder) / "acts.txt", size)
        progress(f"{what}: run {run + 1} of {size.runs}")
        mark, turn, act, beside, commit = zip(*timed, strict=True)
        durable = [key + kept for key, kept in zip(beside, commit, strict=True)]
        marks.append((p95(mark), p95(beside)))
        whole.append((p95(turn), p95(durable)))
        records.append((median(act), median(commit)))
    return [
        compared(f"{what}, key to paint, p95", "ms", "empty app", marks, under=3),
        compared("  key to the next question, p95", "ms", "empty app and bare commit", whole),
        compared("  of that the recording, median", "ms", "as many bytes", records, under=2.5),
    ]
