"""Many sample dossiers recorded, with all that a vault demands, beside the same rows in
SQLCipher, in one transaction and in plaintext of its own.
"""

import time
from pathlib import Path

from secterm.desk import sample
from tests.benchmarks import peers, stocked
from tests.benchmarks.apart import apart
from tests.benchmarks.figures import compared, progress


def work(size, stock):
    """Microseconds for each entry."""
    if not peers.there("sqlcipher3"):
        progress(f"intake is not compared: {peers.MISSING}")
        return []
    what, runs = f"sample --appointees {size.lives}, per entry", []
    for run in range(size.runs):
        vault, other = stock.folder / "taken.db", stock.folder / "peer.db"
        for path in (vault, other):
            path.unlink(missing_ok=True)
        runs.append(tuple(apart(taken, vault, other, size.lives)))
        progress(f"{what}: run {run + 1} of {size.runs}")
    return [compared(what, "µs", "SQLCipher, inserted", runs, under=8)]


def taken(vault, other, count):
    """Ours and theirs."""
    stocked.build(Path(vault), 0)
    desk = stocked.open_desk(vault)
    before = desk._vault.size
    began = time.perf_counter()
    sample.fill(desk, count, category="general", together=sample.TOGETHER)
    took = time.perf_counter() - began
    many = desk._vault.size - before
    rows = [
        (number, bytes.fromhex(id), plain)
        for id in desk.offer().all
        for number, plain in desk._vault.entries(bytes.fromhex(id))
    ]
    desk.close()
    assert len(rows) == many
    return 1e6 * took / many, 1e6 * peers.keep_entries(other, rows) / many
