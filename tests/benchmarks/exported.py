"""One export in a process of its own, and what it took: seconds to each step, bytes of memory."""

import json
import re
import sys
import time
from pathlib import Path

from secterm.archive.read import read
from secterm.archive.recipients import Recipients
from secterm.archive.write import digest, write
from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from tests.benchmarks import crowded, stocked

TEXT = "Said that a paper of an invented office is on its way, and will show it."
STEPS = ("README.txt", "Reading back")  # the first member, and what follows the sync
RESET = "5"  # of proc(5), clear_refs: the peak begins anew


def build(path, count, entries):
    """A vault whose dossiers were opened one by one, and then got so many entries each."""
    stocked.build(path, count, at_once=1)
    desk = Desk.open(path, crowded.NAME, crowded.PASSPHRASE)
    try:
        for id in desk.offer().all:
            desk.act(id, *(acts.Noted(text=TEXT) for _ in range(entries - 1)))
    finally:
        desk.close()


def build_lives(path, count, _entries):
    """A vault of sample dossiers at every stage, of some hundred entries each."""
    stocked.build(path, 0)
    desk = Desk.open(path, crowded.NAME, crowded.PASSPHRASE)
    try:
        sample.fill(desk, count, category="general")
    finally:
        desk.close()


def at_the_desk(vault, folder, recipient):
    """An export of all that is in a vault, which is recorded there: seconds of the writing
    with its sync, of that and the reading back, and of all; and how much memory it took, over
    what the process had before, to the sync and in all.
    """
    stocked.cheap()
    desk = Desk.open(vault, crowded.NAME, crowded.PASSPHRASE)
    begun, told = time.perf_counter(), {}

    def progress(name):
        if name in STEPS:
            told[name] = time.perf_counter(), memory("VmHWM")

    Path("/proc/self/clear_refs").write_text(RESET)
    before = memory("VmRSS")
    written = desk.export(folder, Recipients((recipient,)), progress=progress)
    ended, peak = time.perf_counter(), memory("VmHWM")
    desk.close()
    (first, _), (synced, held) = (told[name] for name in STEPS)
    writing = synced - first
    again = time.perf_counter()
    assert digest(written.path, written.size) == written.sha256
    return {
        "file": str(written.path),
        "writing": writing,
        "back": writing + time.perf_counter() - again,
        "all": ended - begun,
        "held": held - before,
        "peak": peak - before,
    }


def at_hand(archive, folder, identity, recipient):
    """An archive's members, read to memory and written to another: the seconds to the sync."""
    members, told = [], {}
    read(archive, lambda name, data: members.append((name, data)), identity=identity, passphrase="")
    write(
        folder,
        "again",
        members,
        Recipients((recipient,)),
        mtime=0,
        progress=lambda name: told.setdefault(name, time.perf_counter()),
    )
    return {"writing": told["Reading back"] - told["README.txt"]}


def memory(what):
    """A line of proc(5), status, in bytes."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"^{what}:\s+(\d+) kB", status, re.MULTILINE)[1]) * 1024


WAYS = {"desk": at_the_desk, "hand": at_hand}


def main(way, *given):
    """Prints what it found as JSON."""
    paths = [Path(each) if each.startswith("/") else each for each in given]
    sys.stdout.write(json.dumps(WAYS[way](*paths)))


if __name__ == "__main__":
    main(*sys.argv[1:])
