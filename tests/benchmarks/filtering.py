"""Typing into the filter of a long list."""

import time
from pathlib import Path

from secterm.desk import sample
from secterm.desk.index import Wanted
from tests.benchmarks import peers
from tests.benchmarks.apart import apart
from tests.benchmarks.figures import compared, p95, progress
from tests.benchmarks.paint import Painted, empty
from tests.benchmarks.stocked import open_desk

LIST = slice(0, -3)  # lines of the screen: above what counts them, and the footer
BACK = "\x7f"
SOUGHT = ("zeno sample", "registry quiz", "sample-41")


def keys():
    """Each is typed and taken back again, letter by letter."""
    for text in SOUGHT:
        yield from text
        yield from BACK * len(text)


def crowded(count):
    """The list, when all of it is read."""
    program = Painted("tests.benchmarks.crowded", count)
    program.waits_for(f"{count:,} dossiers")
    return program


def typed(size):
    """Of each key, seconds: to its rows, to their number as well; a key of an empty app."""
    with crowded(size.cards) as program, empty() as other:
        # One after the other, so that what else the machine does disturbs both alike.
        return [(*program.draws(key, LIST), other.press(key)) for key in list(keys())[: size.keys]]


def work(size, stock):
    """The search alone, beside SQLCipher's; and key to paint: the letter and the first rows that
    fit come first, and how many there are follows.
    """
    what = f"a letter typed into the filter of {size.cards:,} dossiers"
    alone, rows, numbers = [], [], []
    for run in range(size.runs):
        if peers.there("sqlcipher3"):
            alone.append(apart(searched, stock.opened(size.cards), stock.folder))
        row, number, beside = zip(*typed(size), strict=True)
        progress(f"{what}: run {run + 1} of {size.runs}")
        rows.append((p95(row), p95(beside)))
        numbers.append((p95(number), p95(beside)))
    lines = [
        compared(f"{what}, key to paint, p95", "ms", "empty app", rows, under=3),
        compared("  key to how many they are, p95", "ms", "empty app", numbers),
    ]
    if alone:
        search = "a piece of a name sought in all, p95"
        lines.insert(0, compared(search, "ms", "SQLCipher, LIKE", alone, under=1))
    return lines


def pieces():
    """Names as they are typed, letter by letter."""
    for name in (*sample.FIRST, *sample.LAST):
        for end in range(1, len(name) + 1):
            yield name[:end].lower()


def searched(vault, folder):
    """Milliseconds for all that a piece of a name fits, p95; those of SQLCipher's LIKE.

    Both give all that fit, in an order that a list shows. Nothing of an earlier search helps.
    """
    desk = open_desk(vault)
    desk.index.read(desk.today, float("inf"))
    path = Path(folder) / "peer.db"
    table = peers.keep_cards(path, list(desk.index.cards()))
    ours, theirs, wanted = [], [], Wanted(order="opened")
    desk.index.find(wanted, "", many=None)
    for piece in pieces():
        # A piece that it does not go on from, so that it starts from all again.
        desk.index.find(wanted, "§")
        began = time.perf_counter()
        found = desk.index.find(wanted, piece)
        ours.append(time.perf_counter() - began)
        fits = table.name ** f"%{piece}%"
        query = table.select(table.id).where(fits).order_by(table.opened).tuples()
        began = time.perf_counter()
        there = list(query)
        theirs.append(time.perf_counter() - began)
        assert len(found) >= len(there)  # posts and departments are sought as well
    table._meta.database.close()
    path.unlink()
    desk.close()
    return p95(ours), p95(theirs)
