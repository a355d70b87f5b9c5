"""Typing into the filter of a long list."""

from functools import partial

from tests.benchmarks.figures import compared, p95
from tests.benchmarks.paint import Painted, Step, beside_an_empty_app

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


def work(size):
    """Key to paint, beside the same keys in an empty app."""
    what = f"a letter typed into the filter of {size.cards:,} dossiers"
    steps = [Step(key) for key in list(keys())[: size.keys]]
    runs = beside_an_empty_app(what, partial(crowded, size.cards), steps, size.runs)
    figures = [(p95(mine), p95(empty)) for mine, empty in runs]
    return [compared(f"{what}, key to paint, p95", "ms", "empty app", figures, under=3)]
