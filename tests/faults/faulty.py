"""Disks that fail on purpose, under real files: a file may not grow, or what SQLite
holds open refuses for a while to be written to.
"""

import contextlib
import ctypes
import errno
import os
import platform
import resource
import struct


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


# What each does to a disk, by its numbers where it has them: x86_64, aarch64.
CALLS = {
    "write": ((1, 64), (18, 68)),  # write, pwrite64
    "sync": ((74, 82), (75, 83)),  # fsync, fdatasync
    "remove": ((87, 35), (263, 35)),  # unlink, unlinkat
}
MACHINES = ("x86_64", "aarch64")
STANDARD_ERROR = 2  # to this and what is below a process still writes
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2  # linux/prctl.h, linux/seccomp.h
FAIL, ALLOW = 0x00050000, 0x7FFF0000  # SECCOMP_RET_ERRNO, SECCOMP_RET_ALLOW
LOAD, EQUAL, GREATER, RETURN = 0x20, 0x15, 0x25, 0x06  # linux/bpf_common.h
NUMBER, FIRST_ARGUMENT = 0, 16  # offsets in struct seccomp_data


def fails_from_now_on(what):
    """Each such call of this process to the system fails with EIO until it ends, but for
    what it writes to its standard streams.
    """
    numbers = {each[MACHINES.index(platform.machine())] for each in CALLS[what]}
    steps = []
    for number in numbers:
        steps += [(LOAD, 0, 0, NUMBER), (EQUAL, 0, 3, number), (LOAD, 0, 0, FIRST_ARGUMENT)]
        steps += [(GREATER, 0, 1, STANDARD_ERROR), (RETURN, 0, 0, FAIL | errno.EIO)]
    steps.append((RETURN, 0, 0, ALLOW))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "PR_SET_NO_NEW_PRIVS")
    if libc.prctl(PR_SET_SECCOMP, FILTER, program, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "PR_SET_SECCOMP")
