"""One export in a process of its own, and what it took: seconds to each step, bytes of memory."""

import re
import time
from pathlib import Path

from secterm.archive.read import read
from secterm.archive.recipients import Recipients
from secterm.archive.write import digest, write
from tests.benchmarks.stocked import open_desk

STEPS = ("README.txt", "Reading back")  # the first member, and what follows the sync
RESET = "5"  # of proc(5), clear_refs: the peak begins anew


def at_the_desk(vault, folder, recipient):
    """An export of all that is in a vault, which is recorded there: seconds of the writing
    with its sync, of that and the reading back, and of all; and how much memory it took, over
    what the process had before, to the sync and in all.
    """
    desk = open_desk(vault)
    folder = Path(folder)
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
    archive, folder, identity = Path(archive), Path(folder), Path(identity)
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
