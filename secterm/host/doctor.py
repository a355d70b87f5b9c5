"""Looks at a machine for all that a vault should not be opened on, says what it sees and what
it cannot see, and refuses where something weighs so much that nobody should go in. A refusal
is about the machine alone: it is over once the machine is mended, and the vault's file opens
on any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from secterm.archive.media import clean
from secterm.host import disks, packages, running, ways
from secterm.host.machine import Machine, NotSeen
from secterm.host.report import Finding, Report, Unseen
from secterm.policy.host import LEVELS, Found, Level, weight
from secterm.words import _

Look = Callable[[Machine, Path], str]  # what was seen, empty for nothing; raises NotSeen
UNRAISED: Final[Mapping[Found, Level]] = {}


class HostStops(Exception):
    """Something about this machine stops the way in; `raised` is by which levels it does."""

    def __init__(self, findings: tuple[Finding, ...], raised: Mapping[Found, Level]) -> None:
        super().__init__(", ".join(each.id for each in findings))
        self.findings = findings
        self.raised = raised


@dataclass(frozen=True)
class Check:
    """How something is looked for, and what is to be said of it."""

    look: Look
    brief: str
    why: str
    mend: str


def _of_machine(look: Callable[[Machine], str]) -> Look:
    return lambda machine, vault: look(machine)


CHECKS: Final[Mapping[Found, Check]] = {
    "tracer": Check(
        _of_machine(running.tracer),
        _("a debugger is attached"),
        _("Whoever runs it reads the passphrase as it is typed, and every key."),
        _("End that process, find out who started it, then start secterm anew."),
    ),
    "hardening": Check(
        _of_machine(running.hardening),
        _("the program is not all hardened"),
        _("What it could not give up somebody may use against it."),
        _("Take a kernel with seccomp for this machine; give its user memory to lock (ulimit -l)."),
    ),
    "program": Check(
        _of_machine(packages.own_files),
        _("secterm's own files were changed"),
        _("A changed program may do anything with what is typed into it."),
        _("Install it anew from a medium whose fingerprint you have compared."),
    ),
    "packages": Check(
        _of_machine(packages.versions),
        _("packages differ from the lock"),
        _("What was not tested together may fail, and a package may have been exchanged."),
        _("Install the versions of requirements.lock, as INSTALL.md has it."),
    ),
    "root": Check(
        _of_machine(running.root),
        _("running as root"),
        _("A fault of the program could then change anything on the machine."),
        _("Start it as an ordinary user who owns the vault's file."),
    ),
    "network": Check(
        _of_machine(ways.network),
        _("a network is up"),
        _("The machine is to be isolated: what goes out over a network is not seen."),
        _("Pull the cable; as administrator: ip link set NAME down. Better, take it out."),
    ),
    "wireless": Check(
        _of_machine(ways.wireless),
        _("wireless hardware"),
        _("It can be switched on without anybody seeing it, also by a program."),
        _("Take it out, or switch it off in the firmware; rfkill block wlan is the least."),
    ),
    "bluetooth": Check(
        _of_machine(ways.bluetooth),
        _("Bluetooth hardware"),
        _("It can be switched on without anybody seeing it; keyboards are heard through it."),
        _("Take it out, or switch it off in the firmware; rfkill block bluetooth is the least."),
    ),
    "usb_new": Check(
        _of_machine(ways.usb_new),
        _("new USB storage"),
        _("What nobody here put in may carry data out, or be a keyboard that types by itself."),
        _("Where it is not yours, take it out and tell whoever is in charge of security."),
    ),
    "vault_place": Check(
        disks.place,
        _("the vault's place"),
        _("What can be carried off, read on its way or switched off is no place for a vault."),
        _("Lock, and move the vault's file to a disk that stays in this machine."),
    ),
    "disk_failing": Check(
        disks.failing,
        _("the disk is failing"),
        _("A disk that fails takes the records with it, often without another warning."),
        _("Copy the vault's file to another disk now, then have this one exchanged."),
    ),
    "disk_full": Check(
        disks.full,
        _("the disk is nearly full"),
        _("Once it is full nothing can be recorded any more."),
        _("Make room where the vault stands, or move its file to a larger disk."),
    ),
    "swap": Check(
        _of_machine(disks.swap),
        _("swap is not encrypted"),
        _("Parts of the memory, with what was read and typed, may stay on the disk."),
        _("As administrator: swapoff -a; or have swap on an encrypted device, or in zram."),
    ),
    "hibernation": Check(
        _of_machine(disks.hibernation),
        _("hibernation is possible"),
        _("The whole memory, with the keys of an open vault, would be written to a disk."),
        _("Start Linux with nohibernate, and have no resume device."),
    ),
    "clock": Check(
        _of_machine(running.clock),
        _("the clock is wrong"),
        _("Every entry, gate and deadline is reckoned by this clock."),
        _("Set the clock by one you trust: timedatectl set-time, or date, then hwclock -w."),
    ),
    "clock_ahead": Check(
        _of_machine(running.clock_ahead),
        _("the clock is far ahead"),
        _("Entries would get times that are still to come, and admissions would be over."),
        _("Set the clock by one you trust; if it is right, install a newer version."),
    ),
    "clock_behind": Check(
        running.clock_behind,
        _("the clock is behind"),
        _("Entries are in the order of their times; none may seem earlier than it was."),
        _("Set the clock by one you trust. After the unlocking you are asked, if it still is."),
    ),
}


def look(machine: Machine, vault: Path, raised: Mapping[Found, Level] = UNRAISED) -> Report:
    """All that can be seen of a machine that this vault is on, or will be, the heaviest first.

    `raised` are the levels that a pack sets over the program's own.
    """
    findings: list[Finding] = []
    unseen: list[Unseen] = []
    absent: list[Found] = []
    for id in CHECKS:
        try:
            found = _found(machine, vault, id, raised)
        except NotSeen as why:
            unseen.append(Unseen(id, clean(str(why))))
            continue
        if found is None:
            absent.append(id)
        else:
            findings.append(found)
    findings.sort(key=lambda each: -LEVELS.index(each.level))
    return Report(tuple(findings), tuple(unseen), tuple(absent))


def demand(machine: Machine, vault: Path, raised: Mapping[Found, Level] = UNRAISED) -> None:
    """Raises `HostStops` where something stops the way into a vault on this machine.

    What cannot be seen stops nobody. Only what would stop is looked for.
    """
    findings = []
    for id in CHECKS:
        if weight(id, raised) == "stop":
            try:
                findings.append(_found(machine, vault, id, raised))
            except NotSeen:
                continue
    stops = tuple(each for each in findings if each is not None)
    if stops:
        raise HostStops(stops, raised)


def _found(
    machine: Machine, vault: Path, id: Found, raised: Mapping[Found, Level]
) -> Finding | None:
    check = CHECKS[id]
    what = clean(check.look(machine, vault))
    if not what:
        return None
    return Finding(id, weight(id, raised), check.brief, what, check.why, check.mend)


def remembering(machine: Machine) -> Machine:
    """The machine as it is at the start: what is plugged in later is known as new."""
    there = ways.storage(machine)
    return machine if there is None else replace(machine, plugged=frozenset(there))
