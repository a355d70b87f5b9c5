"""The ways out of a machine, and into it: networks, radio, and what is plugged in."""

from __future__ import annotations

from typing import Final

from secterm.archive.media import on_usb
from secterm.host.machine import Machine, NotSeen
from secterm.words import _

NET: Final = "sys/class/net"
UP: Final = 0x1  # IFF_UP of linux/if.h
LOOPBACK: Final = 772  # ARPHRD_LOOPBACK of linux/if_arp.h
CARDS: Final = "sys/bus/pci/devices"
NETWORK_CARD: Final = "0x02"  # how the class of such a card begins, PCI code assignment
WIRELESS_CARD: Final = "0x0280"
RADIO: Final = "e0"  # the class of a USB device that is a wireless controller, mostly Bluetooth


def network(machine: Machine) -> str:
    """The interfaces that are up, but for the one that leads nowhere."""
    names = machine.listed(NET)
    if names is None:
        raise NotSeen(_("the kernel does not list the network interfaces here."))
    if set(names) <= {"lo"} and _driven(machine):
        raise NotSeen(
            _(
                "the program has an empty network of its own, and the machine has a network card "
                "that is in use. An administrator asks: ip link"
            )
        )
    told = []
    for name in names:
        place = f"{NET}/{name}"
        if name == "lo" or machine.number(f"{place}/type") == LOOPBACK:
            continue
        flags = machine.number(f"{place}/flags")
        state = machine.word(f"{place}/operstate")
        if not (state == "up" if flags is None else flags & UP):
            continue
        linked = state == "up" or machine.number(f"{place}/carrier") == 1
        how = _("{name} (connected)") if linked else _("{name} (switched on, not connected)")
        told.append(how.format(name=name))
    return _("Network interfaces are up: {names}.").format(names=", ".join(told)) if told else ""


def _driven(machine: Machine) -> bool:
    """Whether a network card has a driver: then it has an interface, whoever sees it."""
    return any(
        machine.word(f"{CARDS}/{name}/class").startswith(NETWORK_CARD)
        and machine.has(f"{CARDS}/{name}/driver")
        for name in machine.listed(CARDS) or ()
    )


def wireless(machine: Machine) -> str:
    """The radio for networks that there is, in use or not."""
    nets, cards = machine.listed(NET), machine.listed(CARDS)
    if nets is None and cards is None:
        raise NotSeen(_("the kernel lists neither interfaces nor cards here."))
    found = [
        name
        for name in nets or ()
        if machine.has(f"{NET}/{name}/wireless") or machine.has(f"{NET}/{name}/phy80211")
    ]
    found += machine.listed("sys/class/ieee80211") or ()
    found += [
        _("card {name}").format(name=name)
        for name in cards or ()
        if machine.word(f"{CARDS}/{name}/class").startswith(WIRELESS_CARD)
    ]
    found += _switches(machine, "wlan")
    names = ", ".join(dict.fromkeys(found))
    return _("Wireless hardware is in the machine: {names}.").format(names=names) if found else ""


def bluetooth(machine: Machine) -> str:
    """The Bluetooth that there is, in use or not."""
    devices = machine.listed("sys/bus/usb/devices")
    if devices is None and machine.listed("sys/class") is None:
        raise NotSeen(_("the kernel does not list devices here."))
    found = machine.listed("sys/class/bluetooth") or []
    found += [
        _("USB device {name}").format(name=name)
        for name in devices or ()
        if machine.word(f"sys/bus/usb/devices/{name}/bDeviceClass") == RADIO
    ]
    found += _switches(machine, "bluetooth")
    names = ", ".join(dict.fromkeys(found))
    return _("Bluetooth hardware is in the machine: {names}.").format(names=names) if found else ""


def _switches(machine: Machine, kind: str) -> list[str]:
    """The switches of radio of this kind, and whether they are off."""
    told = []
    for name in machine.listed("sys/class/rfkill") or ():
        place = f"sys/class/rfkill/{name}"
        if machine.word(f"{place}/type") == kind:
            off = "1" in (machine.word(f"{place}/hard"), machine.word(f"{place}/soft"))
            how = _("{name} (switched off)") if off else _("{name} (switched on)")
            told.append(how.format(name=machine.word(f"{place}/name") or name))
    return told


def storage(machine: Machine) -> dict[str, str] | None:
    """The USB storage that is plugged in, by what tells one plugging from another; its names.
    None where nobody can say.
    """
    names = machine.listed("sys/block")
    if names is None:
        return None
    found = {}
    for name in names:
        place = f"sys/block/{name}"
        real = machine.real(place)
        if machine.number(f"{place}/size") and on_usb(real):
            told = (machine.word(f"{place}/device/{file}") for file in ("vendor", "model"))
            called = " ".join(part for part in told if part)
            key = f"{real} {machine.word(f'{place}/diskseq')}"
            found[key] = f"{called} ({name})" if called else name
    return found


def usb_new(machine: Machine) -> str:
    """The USB storage that is here now and was not at the start."""
    found = storage(machine)
    if found is None:
        raise NotSeen(_("the kernel does not list disks here."))
    if machine.plugged is None:
        raise NotSeen(_("there is no earlier look to compare with; the app itself compares."))
    new = [name for key, name in found.items() if key not in machine.plugged]
    if not new:
        return ""
    return _("USB storage was plugged in since the start: {names}.").format(names=", ".join(new))
