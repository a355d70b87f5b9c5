"""A Python process of our own that has one thing to do and ends: what it is given comes by a
pipe, and what it makes of that goes back by one. It may be a secret, so no other process looks
into this one and, where the system lets it, no page is swapped out. What the kernel refuses the
program (sockets, rights, cores) it refuses here too.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Final

# PR_SET_DUMPABLE, which an exec has undone (linux/prctl.h); MCL_CURRENT, MCL_FUTURE and
# MCL_ONFAULT (linux/mman.h), which beyond a limit would have it die in the middle.
FIRST: Final = """
import ctypes, resource
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
try:
    system = ctypes.CDLL(None)
    system.prctl(4, 0, 0, 0, 0)
    if resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY:
        system.mlockall(7)
except OSError:
    pass
"""


def run(
    program: str, *arguments: str, given: bytes, seconds: float | None = None
) -> subprocess.CompletedProcess[bytes]:
    """What a program came to: its status, and what it wrote to its standard output.

    Raises OSError where it cannot start, and subprocess.TimeoutExpired.
    """
    return subprocess.run(  # noqa: S603 - ourselves, with words of our own
        [sys.executable, "-I", "-c", FIRST + program, *arguments],
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        check=False,
    )
