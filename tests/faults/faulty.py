"""Disks that fail on purpose, under real files: a file may not grow, or what SQLite
holds open is for a while something else that refuses to be written to.
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


def full():
    """Takes no byte: ENOSPC."""
    return os.open("/dev/full", os.O_RDWR)


def failing():
    """Fails at every byte, written or read: EIO, as memory that nobody has mapped."""
    with open("/proc/self/maps") as maps:
        lowest = int(maps.readline().partition("-")[0], 16)
    assert lowest > 3_000_000  # what a test writes ends before
    return os.open("/proc/self/mem", os.O_RDWR)


def pulled():
    """May not be written to any more: EBADF."""
    return os.open("/dev/null", os.O_RDONLY)


class Broken:
    """Replaces this process's open files of a name by something that fails, until mended."""

    def __init__(self, path, instead):
        self._kept = []
        for number in map(int, os.listdir("/proc/self/fd")):
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/self/fd/{number}") == str(path):
                    self._kept.append((number, os.dup(number)))
        self.found = len(self._kept)
        for number, _ in self._kept:
            fails = instead()
            os.dup2(fails, number, inheritable=False)
            os.close(fails)

    def mend(self):
        for number, kept in self._kept:
            os.dup2(kept, number, inheritable=False)
            os.close(kept)
        self._kept = []
