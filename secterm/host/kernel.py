"""What hardening asks of the kernel, one method a request, by way of the C library: Python
has no names for these. Each raises OSError where the kernel does not do it.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from typing import Final

STEP: Final = 8  # bytes of a filter's step

_SET_DUMPABLE, _SET_SECCOMP, _SET_NO_NEW_PRIVS = 4, 22, 38  # linux/prctl.h
_FILTER: Final = 2  # SECCOMP_MODE_FILTER
# Now and later, each page once it is used: what is only reserved takes no memory (linux/mman.h).
_ALL: Final = 1 | 2 | 4


class Kernel:
    """The kernel under this process. Raises OSError where there is no C library to ask by."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)

    def machine(self) -> str:
        """What kind of machine this process is for; empty for a 32-bit one."""
        return os.uname().machine if sys.maxsize > 1 << 32 else ""

    def give_up_privileges(self) -> None:
        """No program started from here gets rights by its file (setuid)."""
        self._prctl(_SET_NO_NEW_PRIVS, 1)

    def filter(self, program: bytes) -> None:
        """From now on every call to the kernel goes through this; children inherit it."""
        steps = ctypes.create_string_buffer(program, len(program))
        whole = struct.pack("@HP", len(program) // STEP, ctypes.addressof(steps))
        head = ctypes.create_string_buffer(whole, len(whole))
        self._prctl(_SET_SECCOMP, _FILTER, ctypes.addressof(head))

    def open_socket(self, family: int) -> None:
        """Opens a datagram socket past Python, and closes it."""
        handle = self._libc.socket(family, 2, 0)
        self._check(handle)
        os.close(handle)

    def hide_memory(self) -> None:
        """No core is dumped, and no other process of the user looks in; ends with an exec."""
        self._prctl(_SET_DUMPABLE, 0)

    def lock_memory(self) -> None:
        """No page is swapped out, nor one that comes later; ends with an exec."""
        self._check(self._libc.mlockall(_ALL))

    def unlock_memory(self) -> None:
        """As it was before."""
        self._check(self._libc.munlockall())

    def _prctl(self, option: int, *values: int) -> None:
        whole = [*values, 0, 0, 0, 0][:4]
        self._check(self._libc.prctl(option, *(ctypes.c_ulong(value) for value in whole)))

    @staticmethod
    def _check(result: int) -> None:
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
