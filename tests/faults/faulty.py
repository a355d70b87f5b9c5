"""Disks that fail on purpose, under real files: a file may not grow, or what SQLite
holds open refuses for a while to be written to.
"""

import contextlib
import os
import resource


@contextlib.contextmanager
def files_end_at(size):
    """Meanwhile no file of this process grows beyond so many bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def unwritable(path):
    """What it yields, once called, lets this process only read what it has open of a file:
    a write in the middle of an act fails with EBADF. Afterwards that is mended.
    """
    kept = []

    def breaks():
        names = {}
        for number in map(int, os.listdir("/proc/self/fd")):
            with contextlib.suppress(OSError):
                names[number] = os.readlink(f"/proc/self/fd/{number}")
        for number, name in names.items():
            if name == str(path):
                kept.append((number, os.dup(number)))
                reading = os.open(path, os.O_RDONLY)
                os.dup2(reading, number, inheritable=False)
                os.close(reading)

    try:
        yield breaks
    finally:
        for number, original in kept:
            with contextlib.suppress(OSError):  # it was closed meanwhile, and needs no mending
                os.fstat(number)
                os.dup2(original, number, inheritable=False)
            os.close(original)
