"""Typing into the filter of a long list."""

from tests.benchmarks.figures import compared, p95, progress
from tests.benchmarks.paint import Painted, empty

LIST = slice(0, -3)  # lines of the screen: above what counts them, and the footer
BACK = "\x7f"
SOUGHT = (
    "zeno sample",
    "registry quiz",
    "juno h. any",
    "m",
    "decision core",
    "sample-41",
    "nobody",
)


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


def work(size):
    """Key to paint: the letter and the first rows that fit come first, and how many there are
    follows.
    """
    what = f"a letter typed into the filter of {size.cards:,} dossiers"
    rows, numbers = [], []
    for run in range(size.runs):
        row, number, beside = zip(*typed(size), strict=True)
        progress(f"{what}: run {run + 1} of {size.runs}")
        rows.append((p95(row), p95(beside)))
        numbers.append((p95(number), p95(beside)))
    return [
        compared(f"{what}, key to paint, p95", "ms", "empty app", rows, under=3),
        compared("  key to how many they are, p95", "ms", "empty app", numbers),
    ]
