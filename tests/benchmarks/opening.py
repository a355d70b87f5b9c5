"""From the derived key to a list that can be used, and to one that can be sought, put in
order and counted; and what the latter takes of memory.
"""

import time
from pathlib import Path

from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.desk.index import Wanted
from secterm.vault import kdf
from tests.benchmarks import crowded, peers
from tests.benchmarks.apart import apart
from tests.benchmarks.figures import compared, progress
from tests.benchmarks.paint import Painted
from tests.benchmarks.stocked import open_desk

ROW = rf"\b[A-H]\. ({'|'.join(sample.LAST)})\b"  # a person of the list


def work(size, stock):
    """First page, index, the peers'."""
    many, few = stock.opened(size.cards), stock.opened(size.few)
    what = f"unlocking {size.cards:,} dossiers"
    pages, ready, peer = [], [], []
    for run in range(size.runs):
        pages.append((1000 * first_page(many, stock), 1000 * first_page(few, stock)))
        found = apart(indexed, many, stock.folder)
        ready.append((1000 * found["ready"], 1000 * found["packed"]))
        if "sqlcipher" in found:
            peer.append((1000 * found["ready"], 1000 * found["sqlcipher"]))
        progress(f"{what}: run {run + 1} of {size.runs}")
    lines = [
        compared(
            f"{what}: key to the first page", "ms", f"of {size.few:,} dossiers", pages, under=1.5
        ),
        compared("  to the whole index", "ms", "cards packed by the thousand", ready, under=1.3),
    ]
    if peer:
        lines.append(compared("  the same", "ms", "SQLCipher, the same rows read", peer))
    derived = [tuple(apart(unlocked, stock.folder)) for _ in range(size.runs)]
    what = "passphrase to an open vault, as costly as this machine bears"
    return [*lines, compared(what, "ms", "argon2id alone", derived)]


def first_page(vault, stock):
    """Seconds from when the vault is opened, its key derived at no cost, to the first rows."""
    told = stock.folder / "began.txt"
    with Painted("tests.benchmarks.stocked", stock.copy(vault), told) as program:
        seen = program.sees(ROW)
        return seen - float(told.read_text())


def unlocked(folder):
    """Milliseconds to unlock a vault made here, and for the derivation alone."""
    path, cost = Path(folder) / "costly.db", kdf.calibrate()
    spec = kdf.Spec(cost, bytes(kdf.SALT_SIZE))
    path.unlink(missing_ok=True)
    given = crowded.NAME, crowded.PASSPHRASE
    Desk.create(path, unit="Test unit", officer=given[0], passphrase=given[1], cost=cost).close()
    began = time.perf_counter()
    desk = Desk.open(path, *given)
    opened = time.perf_counter()
    kdf.stretch(spec, *given)
    ended = time.perf_counter()
    desk.close()
    path.unlink()
    return 1000 * (opened - began), 1000 * (ended - opened)


def indexed(vault, folder):
    """Seconds until all can be sought, put in order and counted; those of the peers."""
    folder = Path(folder)
    desk = open_desk(vault)
    took = {"ready": ready(desk)}
    cards = list(desk.index.cards())
    packed = peers.Packed(folder / "packed.db", cards)
    began = time.perf_counter()
    assert len(packed.read()) == len(cards)
    took["packed"] = time.perf_counter() - began
    (folder / "packed.db").unlink()
    if peers.there("sqlcipher3"):
        table = peers.keep_cards(folder / "peer.db", cards)
        began = time.perf_counter()
        assert len(list(table.select().tuples())) == len(cards)
        took["sqlcipher"] = time.perf_counter() - began
        table._meta.database.close()
        (folder / "peer.db").unlink()
    desk.close()
    return took


def ready(desk):
    """Seconds to read all, and to put in order, count and seek once."""
    began = time.perf_counter()
    desk.index.read(desk.today, float("inf"))
    desk.index.find(Wanted())
    desk.index.count(Wanted(within=60))
    desk.index.find(Wanted(), sample.LAST[0])
    return time.perf_counter() - began
