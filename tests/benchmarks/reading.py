"""After the unlocking: all cards of a real vault are read while keys are answered; and
coming back to the list when something was recorded, which
must not read them again.
"""

import time

from tests.benchmarks.apart import apart
from tests.benchmarks.figures import compared, median, p95, progress
from tests.benchmarks.filtering import BACK
from tests.benchmarks.paint import SILENCE, Painted, empty
from tests.benchmarks.stocked import open_desk

FEW = 10  # dossiers of the vault to compare with
RETURNS = 10
SOUGHT = "nobody"  # fits one in sixteen
ESCAPE = "\x1b[27u"  # said in full, or Textual waits whether more of a sequence comes
NOTE = "\x1b[17~"


def work(size, stock):
    """Reading, keys meanwhile, and coming back."""
    many, few = stock.opened(size.cards), stock.opened(FEW)
    reads, typed, returns = [], [], []
    for run in range(size.runs):
        seconds, meanwhile = reading(stock.copy(many), size)
        reads.append((1000 * seconds, 1000 * apart(unseen, stock.copy(many))))
        with empty() as program:
            least = p95([program.types(key, rf"\W{typed}  ") for key, typed in keys()])
        if meanwhile:
            typed.append((p95(meanwhile), least))
        returns.append(tuple(coming_back(stock.copy(vault), size) for vault in (many, few)))
        progress(f"reading: run {run + 1} of {size.runs}")
    lines = [
        compared(f"reading {size.cards:,} dossiers, all", "ms", "without a screen", reads),
        compared(
            "  back in the list after a recorded act, median", "ms", f"of {FEW} dossiers", returns
        ),
    ]
    if typed:
        lines.insert(1, compared("  a letter typed meanwhile, p95", "ms", "empty app", typed))
    return lines


def keys():
    """A word typed and taken back but for its first letter, twice; what then stands there."""
    yield SOUGHT[0], SOUGHT[0]
    for _ in range(2):
        for end in range(2, len(SOUGHT) + 1):
            yield SOUGHT[end - 1], SOUGHT[:end]
        for end in range(len(SOUGHT) - 1, 0, -1):
            yield BACK, SOUGHT[:end]


def reading(path, size):
    """Seconds until all is read, and seconds of each key meanwhile."""
    with Painted("tests.benchmarks.stocked", path) as program:
        began = program.sees("Show only")
        took = []
        for key, typed in keys():
            if f"{size.cards:,} dossiers" in program.shown:
                break
            took.append(program.types(key, f"Show only: +{typed}  "))
            time.sleep(SILENCE / 2)
        return program.sees(f"{size.cards:,} dossiers") - began, took


def unseen(path):
    """Seconds to read the same with nothing on a screen."""
    desk = open_desk(path)
    try:
        began = time.perf_counter()
        desk.index.read(desk.today, float("inf"))
        return time.perf_counter() - began
    finally:
        desk.close()


def coming_back(path, size):
    """Milliseconds from Esc in a dossier, where a note was recorded, to the list."""
    took = []
    with Painted("tests.benchmarks.stocked", path) as program:
        program.waits_for(" dossiers")
        for _ in range(min(RETURNS, size.keys)):
            program.press("\r", "Dossier:")
            program.press(NOTE, "It stays in the record")
            program.press("Seen.", "Seen.")
            program.press("\r", "Seen.")
            took.append(program.press(ESCAPE, "Show only"))
    return median(took)
