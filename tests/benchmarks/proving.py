"""One dossier's archive, with its proofs, from a long journal and from a short one."""

import time
from pathlib import Path

import pyrage

from secterm.archive.recipients import Recipients
from tests.benchmarks.apart import apart
from tests.benchmarks.figures import compared, progress
from tests.benchmarks.stocked import open_desk

EACH = 25  # entries of a dossier
TIMES = 5


def work(size, stock):
    """Seconds of both, recorded and read back."""
    long, short = (stock.strewn(many // EACH, EACH) for many in (size.journal, size.journal // 100))
    what = f"one dossier's archive in a journal of {size.journal:,} entries"
    runs = []
    for run in range(size.runs):
        took = [apart(exported, stock.copy(vault), stock.folder) for vault in (long, short)]
        runs.append(tuple(took))
        progress(f"{what}: run {run + 1} of {size.runs}")
    return [compared(what, "ms", f"of {size.journal // 100:,}", runs, under=1.3)]


def exported(vault, folder):
    """Milliseconds for one, the least of some, each of another dossier."""
    desk = open_desk(vault)
    key, took = str(pyrage.x25519.Identity.generate().to_public()), []
    for id in sorted(desk.offer().all)[:TIMES]:
        began = time.perf_counter()
        made = desk.export(Path(folder), Recipients((key,)), [id])
        took.append(time.perf_counter() - began)
        made.path.unlink()
    desk.close()
    return 1000 * min(took)
