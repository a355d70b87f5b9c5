"""What the program gives up before it does anything: sockets that lead out of the machine,
rights, core dumps, being looked into. It goes on without what the kernel does not offer, and
says so: `state` has each measure with what holds.
"""

from __future__ import annotations

import errno
import mmap
import os
import resource
from typing import TYPE_CHECKING, Final, NamedTuple

from secterm.host import sockets
from secterm.words import _

if TYPE_CHECKING:
    from secterm.host.kernel import Kernel

OURS_ALONE: Final = 0o077  # the umask: whatever is made is for its owner alone
# The largest derivation that a slot may ask for, and as much as the program takes beside it.
LOCKABLE: Final = (2048 + 1024) * 1024 * 1024  # bytes
_NO_RESERVE: Final = 0x4000  # MAP_NORESERVE, which Python has no name for before 3.13


class Measure(NamedTuple):
    """One thing given up. `name` is for programs; `told` is a sentence, and says why where
    it does not hold.
    """

    name: str
    holds: bool
    told: str


_state: tuple[Measure, ...] = ()


def state() -> tuple[Measure, ...]:
    """What holds since `harden`, in the order in which it was done; empty before."""
    return _state


def harden(kernel: Kernel | None = None) -> tuple[Measure, ...]:
    """Gives all of it up, once; what holds. Never raises.

    `kernel` is asked in place of the one beneath.
    """
    global _state
    if not _state:
        sockets.refuse()
        refused = _("Python opens no internet socket.")
        os.umask(OURS_ALONE)
        _state = (
            Measure("python", True, refused),
            *_by_kernel(kernel),
            _no_core(),
            Measure("umask", True, _("New files are for their owner alone (umask 077).")),
        )
    return _state


def _by_kernel(kernel: Kernel | None) -> tuple[Measure, ...]:
    try:
        if kernel is None:
            from secterm.host.kernel import Kernel

            kernel = Kernel()
    except (ImportError, MemoryError, OSError) as error:
        told = _("The kernel was asked for nothing: {reason}.").format(reason=error)
        return tuple(Measure(name, False, told) for name in ("privileges", "network", "memory"))
    return (_no_privileges(kernel), _no_network(kernel), _hidden(kernel), _locked(kernel))


def _no_privileges(kernel: Kernel) -> Measure:
    try:
        kernel.give_up_privileges()
    except OSError as error:
        told = _("Programs started from here can still gain rights: {reason}.")
        return Measure("privileges", False, told.format(reason=error.strerror))
    return Measure("privileges", True, _("No program started from here gains rights (setuid)."))


def _no_network(kernel: Kernel) -> Measure:
    """Holds only where the kernel was seen to refuse."""
    machine = kernel.machine()
    program = sockets.program(machine)
    reason = ""
    if program is None:
        reason = _("there is no filter for this kind of machine")
    else:
        try:
            kernel.filter(program)
            kernel.open_socket(sockets.INTERNET)
            reason = _("it took the filter and does not heed it")
        except OSError as error:
            if error.errno != errno.EPERM:
                reason = error.strerror or str(error)
    if reason:
        told = _(
            "The kernel refuses no socket to this program: {reason}. Only Python does; code that "
            "goes past it, or a program started from here, could open one."
        )
        return Measure("network", False, told.format(reason=reason))
    told = _(
        "The kernel refuses every socket but Unix ones to this program and to all that it starts."
    )
    return Measure("network", True, told)


def _hidden(kernel: Kernel) -> Measure:
    try:
        kernel.hide_memory()
    except OSError as error:
        told = _("Other programs of this user can read this one's memory: {reason}.")
        return Measure("memory", False, told.format(reason=error.strerror))
    return Measure("memory", True, _("No other program of this user reads this one's memory."))


def _locked(kernel: Kernel) -> Measure:
    """Locks only where what a derivation needs can be had locked too: beyond its limit a
    program gets no memory at all, and would die in the middle of its work.
    """
    try:
        _soft, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (hard, hard))
        kernel.lock_memory()
        if hard != resource.RLIM_INFINITY and not _can_be_had(LOCKABLE):
            kernel.unlock_memory()
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        if isinstance(error, OSError) and error.errno in (errno.ENOMEM, errno.EPERM, errno.EAGAIN):
            reason = _("its limit of locked memory is under {n} MiB (ulimit -l)").format(
                n=LOCKABLE >> 20
            )
        told = _("Memory may be swapped to the disk: {reason}. Use no swap, or an encrypted one.")
        return Measure("swap", False, told.format(reason=reason))
    return Measure("swap", True, _("No memory of this program is swapped to the disk."))


def _can_be_had(size: int) -> bool:
    """Whether so many bytes are there for the asking; they are not used, and given back."""
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE
    try:
        mmap.mmap(-1, size, flags=flags).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _no_core() -> Measure:
    """A limit of 0 alone would not keep one from a program that takes cores by a pipe; that
    there is none for it to take comes with the hidden memory.
    """
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError) as error:
        return Measure("core", False, _("A core may be dumped: {reason}.").format(reason=error))
    return Measure("core", True, _("No core is dumped."))
