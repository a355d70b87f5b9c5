"""The disks of a machine: what carries the vault, how it is, and what of the memory may come to
lie on a disk.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from secterm.archive.media import Medium, octal
from secterm.host.machine import Machine, NotSeen
from secterm.words import _

BLOCK: Final = "sys/class/block"
DEEPEST: Final = 16  # devices one upon the other
LITTLE: Final = 64_000_000  # bytes; less is nearly full, whatever the disk's size
ENOUGH: Final = 2_000_000_000  # bytes; more is not, whatever the disk's size
PART: Final = 20  # in between, one part of so many
WORN: Final = 10  # JEDEC eMMC 5.1, LIFE_TIME_EST: nine tenths of its life or more are used
RESERVE_LOW: Final = 2  # and PRE_EOL_INFO: most of the reserved blocks are used
FAILED: Final = ("dead", "offline", "transport-offline")  # of the kernel's NVMe and SCSI
# dm-crypt, as cryptsetup names what it maps; what only checks hides nothing.
_ENCRYPTED: Final = re.compile(r"CRYPT-(?!VERITY|INTEGRITY)")


def place(machine: Machine, vault: Path) -> str:
    """Where the vault stands, where it is not on a disk that stays in the machine."""
    medium = _under(machine, vault)
    if medium.removable:
        return _("The vault is on a removable medium: {name}.").format(name=medium.name)
    if medium.kind == "network":
        return _("The vault is on another machine, over a network ({name}).").format(
            name=medium.filesystem
        )
    if medium.kind == "memory":
        return _("The vault is in this machine's memory, and lost once it is switched off.")
    if medium.kind == "other" and not machine.has(f"{BLOCK}/{medium.device}"):
        raise NotSeen(
            _("nobody tells what carries its file system ({name}).").format(name=medium.filesystem)
        )
    return ""


def full(machine: Machine, vault: Path) -> str:
    """How little room is left where the vault stands."""
    try:
        free, total = machine.room(_folder(vault))
    except OSError as error:
        raise NotSeen(
            _("the system does not say how much room there is ({reason}).").format(
                reason=error.strerror
            )
        ) from None
    if free >= LITTLE and (free >= ENOUGH or free * PART >= total):
        return ""
    from secterm.archive import space  # to tell sizes, and for nothing else

    return _("Where the vault stands, {free} of {all} are free.").format(
        free=space.told(free), all=space.told(total)
    )


def failing(machine: Machine, vault: Path) -> str:
    """What the disks under the vault tell of their end."""
    medium = _under(machine, vault)
    if not machine.has(f"{BLOCK}/{medium.device}"):
        raise NotSeen(_("the vault's file system is on no disk that the kernel names."))
    told, silent = [], []
    for name in sorted(_stack(machine, medium.device)):
        found = _health(machine, name)
        if found:
            told.append(found)
        elif found is None:
            silent.append(name)
    if told:
        return " ".join(told)
    if silent:
        commands = "; ".join(f"smartctl -H /dev/{name}" for name in silent)
        raise NotSeen(
            _(
                "the kernel does not tell how the disk is. An administrator asks it: {commands}"
            ).format(commands=commands)
        )
    return ""


def _health(machine: Machine, name: str) -> str | None:
    """What is wrong with a device; empty where it says that nothing is, None where it is silent."""
    device = f"{BLOCK}/{name}/device"
    if (missing := machine.number(f"{BLOCK}/{name}/md/degraded")) is not None:
        return _("The array {name} has lost a disk.").format(name=name) if missing else ""
    if machine.listed(f"{BLOCK}/{name}/slaves"):
        return ""  # what is under it tells
    reserve = machine.number(f"{device}/pre_eol_info")
    used = [int(n, 16) for n in re.findall(r"0x[0-9a-f]+", machine.word(f"{device}/life_time"))]
    if reserve is not None or used:
        if (reserve or 0) >= RESERVE_LOW or max(used, default=0) >= WORN:
            return _("The memory {name} is worn out, by what it tells itself.").format(name=name)
        return ""
    state = machine.word(f"{device}/state")
    if state in FAILED:
        return _("The disk {name} has failed: its state is {state}.").format(name=name, state=state)
    return None


def swap(machine: Machine) -> str:
    """The swap that is neither encrypted nor in memory. Raises `NotSeen` where nobody knows."""
    table = machine.read("proc/swaps")
    if table is None:
        raise NotSeen(_("the kernel does not list swap here."))
    plain, unknown = [], []
    for line in table.splitlines()[1:]:
        name, kind = [*line.split(), "", ""][:2]
        path = Path(octal(name))
        device = _carrying(machine, path, kind)
        if not machine.has(f"{BLOCK}/{device}"):
            unknown.append(str(path))
        elif not _is_covered(machine, device):
            plain.append(str(path))
    if plain:
        return _("Swap is not encrypted: {names}.").format(names=", ".join(plain))
    if unknown:
        raise NotSeen(
            _("nobody tells what carries the swap {names}.").format(names=", ".join(unknown))
        )
    return ""


def _carrying(machine: Machine, path: Path, kind: str) -> str:
    """The device that swap is on."""
    if kind == "partition":
        return machine.real(str(path).lstrip("/")).name
    under = machine.mounts.at(path.parent)
    return under.device if under else "?"


def _is_covered(machine: Machine, device: str) -> bool:
    """Whether what is swapped to it is encrypted, or stays in memory."""
    if device.startswith("zram"):
        written_to = machine.word(f"{BLOCK}/{device}/backing_dev")
        device = Path(written_to).name
        if written_to in ("", "none"):
            return True
    return _is_encrypted(machine, device)


def _is_encrypted(machine: Machine, name: str, depth: int = DEEPEST) -> bool:
    """Whether everything that this device writes is encrypted."""
    if _ENCRYPTED.match(machine.word(f"{BLOCK}/{name}/dm/uuid")):
        return True
    below = _below(machine, name)
    return depth > 0 and bool(below) and all(_is_encrypted(machine, b, depth - 1) for b in below)


def _below(machine: Machine, name: str) -> list[str]:
    """What a device is made of; for a partition its disk."""
    if machine.has(f"{BLOCK}/{name}/partition"):
        return [machine.real(f"{BLOCK}/{name}").parent.name]
    return machine.listed(f"{BLOCK}/{name}/slaves") or []


def _stack(machine: Machine, name: str, depth: int = DEEPEST) -> set[str]:
    """The whole devices, and all that lies under them."""
    below = _below(machine, name)
    own = set() if machine.has(f"{BLOCK}/{name}/partition") else {name}
    return own.union(*(_stack(machine, b, depth - 1) for b in below if depth > 0))


def hibernation(machine: Machine) -> str:
    """Whether the memory, with the keys in it, can be written to a disk."""
    states = machine.read("sys/power/state")
    if states is None:
        raise NotSeen(_("the kernel does not say how the machine can sleep."))
    if "disk" not in states.split() or "[disabled]" in machine.word("sys/power/disk"):
        return ""
    given = re.search(r"(?:^|\s)resume=(\S+)", machine.word("proc/cmdline"))
    number = machine.word("sys/power/resume")
    if number in ("", "0:0") and not given:
        return ""
    target = given[1] if given else number
    return _("The machine can hibernate: its memory is then written to {device}.").format(
        device=target
    )


def _folder(vault: Path) -> Path:
    """The folder that the vault is in, or will be made in."""
    return next((each for each in vault.absolute().parents if each.is_dir()), Path("/"))


def _under(machine: Machine, vault: Path) -> Medium:
    """What the vault is on. Raises `NotSeen`."""
    try:
        folder = _folder(vault.resolve())
    except (OSError, RuntimeError):
        folder = _folder(vault)
    medium = machine.mounts.at(folder)
    if medium is None:
        raise NotSeen(_("the kernel does not say what the vault's folder is on."))
    return medium
