"""Typing into the filter of a list of a hundred thousand."""

from tests.benchmarks.paint import Painted, beside_an_empty_app

MANY = 100_000
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


def crowded():
    """The list, when all of it is read."""
    program = Painted("tests.benchmarks.crowded", str(MANY))
    program.waits_for(f"{MANY:,} dossiers")
    return program


def work():
    """Prints key to paint, beside the same keys in an empty app."""
    beside_an_empty_app(f"Typing in a list of {MANY:,}", crowded, list(keys()))
