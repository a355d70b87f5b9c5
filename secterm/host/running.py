"""How the program runs on a machine: as whom, watched by whom, and at what time."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from secterm import __released__
from secterm.host import disks
from secterm.host.machine import Machine, NotSeen
from secterm.words import _

STATUS: Final = "proc/self/status"
RELEASED: Final = datetime.fromisoformat(f"{__released__}T00:00+00:00")
ZONES: Final = timedelta(hours=14)  # the release's day begins so much earlier somewhere
LIFE: Final = timedelta(days=20 * 365)  # nobody runs this version so long after its release
SLACK: Final = timedelta(seconds=2)  # FAT counts a file's time in steps of it


def _told(machine: Machine, key: str) -> str:
    """A line of what the kernel says of this process. Raises `NotSeen`."""
    for line in (machine.read(STATUS) or "").splitlines():
        name, _colon, value = line.partition(":")
        if name == key:
            return value.strip()
    raise NotSeen(_("the kernel says nothing of this process."))


def tracer(machine: Machine) -> str:
    """Who reads this program's memory and its keys."""
    number = _told(machine, "TracerPid")
    if number == "0":
        return ""
    name = machine.word(f"proc/{number}/comm") or _("unknown")
    return _("A debugger or tracer is attached: process {number} ({name}).").format(
        number=number, name=name
    )


def hardening(machine: Machine) -> str:
    """What the program could not give up. That its memory is not locked counts only where there
    is swap that is not encrypted, or nobody knows.
    """
    measures = machine.hardened()
    if not measures:
        raise NotSeen(_("the program was not started by its own command."))
    missing = [m for m in measures if not m.holds]
    with contextlib.suppress(NotSeen):
        if not disks.swap(machine):
            missing = [m for m in missing if m.name != "swap"]
    return " ".join(m.told for m in missing)


def root(machine: Machine) -> str:
    """Whether it runs with all rights."""
    users = _told(machine, "Uid").split()
    if "0" not in users:
        return ""
    return _("The program runs as the administrator (root).")


def clock(machine: Machine) -> str:
    """A time at which this version was not there yet."""
    at = machine.clock()
    if at >= RELEASED - ZONES:
        return ""
    return _("The clock says {at}; this version of the program is of {released}.").format(
        at=_shown(at), released=__released__
    )


def clock_ahead(machine: Machine) -> str:
    """A time that lies far ahead."""
    at = machine.clock()
    if at <= RELEASED + LIFE:
        return ""
    return _("The clock says {at}; this version of the program is of {released}.").format(
        at=_shown(at), released=__released__
    )


def clock_behind(machine: Machine, vault: Path) -> str:
    """A time before the one at which the vault's file was written last.

    Once it is unlocked, the desk compares with the last entry itself.
    """
    try:
        written = datetime.fromtimestamp(vault.stat().st_mtime).astimezone()
    except FileNotFoundError:
        raise NotSeen(_("there is no vault yet.")) from None
    except (OSError, ValueError, OverflowError):
        raise NotSeen(_("the time of the vault's file cannot be read.")) from None
    at = machine.clock()
    if at >= written - SLACK:
        return ""
    return _("The clock says {at}; the vault's file was written on {written}.").format(
        at=_shown(at), written=_shown(written)
    )


def _shown(at: datetime) -> str:
    return at.isoformat(" ")[:16]
