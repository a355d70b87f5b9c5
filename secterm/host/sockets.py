"""No socket but a Unix one: what Python refuses, and the filter by which the kernel does, for
this process and all that it starts. Needs nothing but the standard library's smallest parts,
because it comes before all else.
"""

from __future__ import annotations

import errno
import struct
import sys
from typing import Final

from secterm.words import _

UNIX: Final = 1  # AF_UNIX; it never leaves the machine
INTERNET: Final = 2  # AF_INET

# Events of Python's audit table, by what they are about: a socket whose family stands beside
# it, one that has it, or a name, for which a resolver would ask the network in our place.
_MAKES: Final = "socket.__new__"
_USES: Final = frozenset({"socket.bind", "socket.connect", "socket.sendto", "socket.sendmsg"})
_NAMES: Final = frozenset(
    {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
)


def refuse() -> None:
    """From now on Python itself raises PermissionError; cannot be taken back."""
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if not event.startswith("socket."):
        return
    if (
        event in _NAMES
        or (event == _MAKES and arguments[1] != UNIX)
        or (event in _USES and getattr(arguments[0], "family", None) != UNIX)
    ):
        raise PermissionError(errno.EPERM, _("secterm opens no internet connection"))


# -- the kernel's filter: classic BPF over struct seccomp_data (seccomp(2)) ---------

_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_LEAST: Final = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_RETURN: Final = 0x06  # BPF_RET | BPF_K
_NUMBER, _ENTRY, _FIRST = 0, 4, 16  # of the data: which call, by which entry, its first argument
_ALLOW: Final = 0x7FFF0000  # SECCOMP_RET_ALLOW
_REFUSE: Final = 0x00050000 | errno.EPERM  # SECCOMP_RET_ERRNO

# How the kernel names the machine's own entry (linux/audit.h), and there socket and socketpair.
_MACHINES: Final = {
    "x86_64": (0xC000003E, 41, 53),
    "aarch64": (0xC00000B7, 198, 199),
}
_X32: Final = 0x40000000  # x86_64's second table of calls has its numbers from here on
# Other ways to come by a socket, the same numbers everywhere: io_uring_setup, io_uring_enter,
# io_uring_register, and pidfd_getfd, which takes one out of another process.
_ROUND: Final = (425, 426, 427, 438)


def program(machine: str) -> bytes | None:
    """The filter for this kind of machine, as uname has it; None where it is not known.

    A call by another entry than the machine's own (that of 32-bit programs, or x32) is refused
    whatever it is, since its numbers mean other calls.
    """
    if machine not in _MACHINES:
        return None
    entry, socket, pair = _MACHINES[machine]
    looks = [(_LEAST, _X32, "refuse"), *((_EQUAL, n, "refuse") for n in _ROUND)]
    looks += [(_EQUAL, socket, "family"), (_EQUAL, pair, "family")]
    # The end, counted from the last look on: allowed, refused, and the family's own look.
    ends = {"allow": 0, "refuse": 1, "family": 2}
    steps = [(_LOAD, 0, 0, _ENTRY), (_EQUAL, 0, len(looks) + 2, entry), (_LOAD, 0, 0, _NUMBER)]
    for left, (code, value, to) in zip(range(len(looks) - 1, -1, -1), looks, strict=True):
        steps.append((code, left + ends[to], 0, value))
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    steps += [(_LOAD, 0, 0, _FIRST), (_EQUAL, 0, 1, UNIX)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
