"""How each part grows with the vault: the exponent of the power law through its figures, where
0 is the same at any size and 1 as much longer as the vault is larger.
"""

import math
import shutil
import statistics
import time
from pathlib import Path

import pyrage

from secterm.archive.recipients import Recipients
from secterm.desk import sample
from secterm.desk.index import Wanted
from secterm.dossier import entries as acts
from tests.benchmarks.apart import apart
from tests.benchmarks.figures import Growth, progress
from tests.benchmarks.opening import first_page, ready
from tests.benchmarks.stock import TEXT
from tests.benchmarks.stocked import open_desk

LONGEST = 600.0  # seconds that a part, or the making of a vault, may take
AGAIN = 30.0  # seconds, over which a part is not measured more than once
TIMES = 20
SLOW = ("verify", "export")
PARTS = {
    "first page": "s",
    "whole index": "s",
    "filter": "s",
    "open": "s",
    "save": "s",
    "verify": "s",
    "export": "s",
    "file": "bytes",
}


def work(size, stock):
    """A curve for each part; no further where the next point would take too long."""
    found, before = {part: [] for part in PARTS}, 0
    for count in size.grown:
        began = time.perf_counter()
        if before and before * count / found["file"][-1][0] > LONGEST:
            progress(f"growth: a vault of {count:,} would take too long to make")
            break
        vault = stock.opened(count)
        before = time.perf_counter() - began
        runs = []
        for run in range(size.runs if count <= size.cards else 1):
            progress(f"growth: {count:,} dossiers, run {run + 1}")
            slow = [part for part in SLOW if _too_long(found[part], count, run)]
            runs.append(apart(points, stock.copy(vault), stock.folder, slow))
            runs[-1]["first page"] = first_page(vault, stock)
        for part in PARTS:
            figures = [each[part] for each in runs if part in each]
            if figures:
                found[part].append((count, statistics.median(figures)))
    return [Growth(part, PARTS[part], tuple(points)) for part, points in found.items()]


def _too_long(points, count, run):
    """Whether one run more of this may take longer than all may; the first may take all of it."""
    if not points:
        return False
    last, took = points[-1]
    return took * count / last > (LONGEST if run == 0 else AGAIN)


def exponent(points):
    """Of the power law through these points, by least squares of their logarithms."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    middle = [statistics.fmean(column) for column in zip(*logs, strict=True)]
    over = sum((x - middle[0]) * (y - middle[1]) for x, y in logs)
    return over / sum((x - middle[0]) ** 2 for x, _ in logs)


def points(vault, folder, slow):
    """Each part once, of this vault, but those that are too slow."""
    vault, folder = Path(vault), Path(folder)
    took = {"file": vault.stat().st_size}
    desk = open_desk(vault)

    def timed(part, work):
        if part not in slow:
            began = time.perf_counter()
            work()
            took[part] = time.perf_counter() - began

    def middle(part, work, over):
        every = []
        for each in over:
            began = time.perf_counter()
            work(each)
            every.append(time.perf_counter() - began)
        took[part] = statistics.median(every)

    timed("whole index", lambda: ready(desk))
    wanted = Wanted()
    middle("filter", lambda name: list(desk.index.find(wanted, name[:3])), sample.LAST)
    ids = sorted(desk.offer().all)[:TIMES]
    middle("open", desk.dossier, ids)
    middle("save", lambda id: desk.act(id, acts.Noted(text=TEXT)), ids)
    timed("verify", desk.verify)
    out = folder / "grown"
    out.mkdir(exist_ok=True)
    key = str(pyrage.x25519.Identity.generate().to_public())
    timed("export", lambda: desk.export(out, Recipients((key,))))
    shutil.rmtree(out)
    desk.close()
    return took
