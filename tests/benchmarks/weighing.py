"""What a vault takes: of memory when it is unlocked, of the disk, and for one change."""

import time

import msgspec
from peewee import fn

from secterm.dossier import entries as acts
from tests.benchmarks import crowded, peers
from tests.benchmarks.apart import apart
from tests.benchmarks.figures import compared, progress
from tests.benchmarks.paint import Painted, empty
from tests.benchmarks.stock import TEXT
from tests.benchmarks.stocked import open_desk

MIB = 2**20
CHANGES = 10
PARTS = (
    "  of it entries, as they are sealed",
    "  of it keys, what commits to them, and cards",
    "  of it sheets, from which lists are read",
    "  of it signatures and the tree",
)


def work(size, stock):
    """Memory, file, and one change."""
    lines = []
    vault = stock.opened(size.cards)
    plain, memory = apart(cards_bytes, vault) / MIB, []
    for run in range(size.runs):
        memory.append((held(stock.copy(vault), size.cards) / MIB, plain))
        progress(f"memory of {size.cards:,} dossiers: run {run + 1} of {size.runs}")
    what = f"memory of {size.cards:,} unlocked, over an empty app"
    lines.append(compared(what, "MiB", "the cards' bytes", memory, under=3))
    for what, vault in (
        (f"vault file of {size.lives:,} sample dossiers", stock.lives(size.lives)),
        (f"  of {size.cards:,} just opened", stock.opened(size.cards)),
    ):
        peer, plain = "the entries in plaintext", apart(plaintext, vault) / MIB
        lines.append(compared(what, "MiB", peer, [(vault.stat().st_size / MIB, plain)], under=2))
        for part, taken in zip(PARTS, apart(parts, vault), strict=True):
            if taken:  # a vault has sheets once its list was shown
                lines.append(compared(part, "MiB", peer, [(taken / MIB, plain)]))
    return lines + saving(size, stock)


def saving(size, stock):
    """One change of one among many."""
    count = size.cards // 10
    if not peers.there("pykeepass"):
        progress(f"pykeepass is not compared: {peers.MISSING}")
        return []
    changes = []
    keepass = stock.folder / f"{count}.kdbx"
    if not keepass.exists():
        progress(f"making a KeePass file of {count:,} entries")
        apart(keep, keepass, count)
    for run in range(size.runs):
        ours = apart(changed, stock.copy(stock.opened(count)))
        changes.append((ours, apart(peer_changed, keepass)))
        progress(f"one change among {count:,}: run {run + 1} of {size.runs}")
    return [compared(f"one change saved among {count:,}", "ms", "pykeepass", changes, under=0.01)]


def held(vault, count):
    """Bytes of memory, all cards read, more than an empty app has."""
    with Painted("tests.benchmarks.stocked", vault) as program, empty() as other:
        program.waits_for(f"{count:,} dossiers")
        return program.memory - other.memory


def cards_bytes(vault):
    """Bytes of all cards as JSON."""
    desk = open_desk(vault)
    total = sum(len(msgspec.json.encode(card)) for card in desk.cards())
    desk.close()
    return total


def plaintext(vault):
    """Bytes of all entries, opened."""
    desk = open_desk(vault)
    vault, table = desk._vault, desk._vault.file.tables.dossier
    strands = [id for (id,) in vault.file.rows(table.select(table.id))]
    total = sum(len(plain) for id in strands for _number, plain in vault.entries(id))
    desk.close()
    return total


def parts(vault):
    """Bytes of what is in each column; what is left are ids, indexes and pages."""
    desk = open_desk(vault)
    tables = desk._vault.file.tables
    columns = (
        (tables.entry.sealed,),
        (tables.dossier.key, tables.dossier.commitment, tables.dossier.card),
        (tables.sheet.sealed,),
        (tables.signature.sealed, tables.tile.hashes),
    )
    found = [sum(map(_bytes_of, some)) for some in columns]
    desk.close()
    return found


def _bytes_of(column):
    return column.model.select(fn.SUM(fn.LENGTH(column))).scalar() or 0


def changed(vault):
    """Milliseconds to record a note, the median of some."""
    desk = open_desk(vault)
    took = []
    for id in sorted(desk.offer().all)[:CHANGES]:
        desk.dossier(id)
        began = time.perf_counter()
        desk.act(id, acts.Noted(text=TEXT))
        took.append(time.perf_counter() - began)
    desk.close()
    return 1000 * sorted(took)[len(took) // 2]


def keep(path, count):
    """A KeePass file with an entry for each of these people."""
    from pykeepass import create_database
    from pykeepass.entry import Entry

    made = create_database(path, password=crowded.PASSPHRASE)
    for card in crowded.cards(count):  # to add one by name seeks it among all, and takes hours
        told = card.id, card.name, card.identity_number
        made.root_group.append(Entry(*told, notes=card.post, kp=made))
    made.save()


def peer_changed(path):
    """Milliseconds to save one note, its key derived before, the median of some."""
    from pykeepass import PyKeePass

    there, took = PyKeePass(path, password=crowded.PASSPHRASE), []
    for entry in there.entries[:3]:
        entry.notes = TEXT
        began = time.perf_counter()
        there.save(transformed_key=there.transformed_key)
        took.append(time.perf_counter() - began)
    return 1000 * sorted(took)[len(took) // 2]
