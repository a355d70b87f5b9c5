"""What can be found on the machine that a vault is opened on, and how much each weighs.

A pack may raise a finding's weight in its table `[host]`, and never lower it. Nothing here
looks at a machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

Level: TypeAlias = Literal["note", "warn", "stop"]
LEVELS: Final[tuple[Level, ...]] = ("note", "warn", "stop")

Found: TypeAlias = Literal[
    "tracer",
    "hardening",
    "program",
    "packages",
    "root",
    "network",
    "wireless",
    "bluetooth",
    "usb_new",
    "vault_place",
    "disk_failing",
    "disk_full",
    "swap",
    "hibernation",
    "clock",
    "clock_ahead",
    "clock_behind",
]

DEFAULTS: Final[Mapping[Found, Level]] = {
    "tracer": "stop",
    "hardening": "warn",
    "program": "warn",
    "packages": "warn",
    "root": "warn",
    "network": "warn",
    "wireless": "warn",
    "bluetooth": "note",
    "usb_new": "warn",
    "vault_place": "warn",
    "disk_failing": "warn",
    "disk_full": "warn",
    "swap": "warn",
    "hibernation": "warn",
    "clock": "warn",
    "clock_ahead": "warn",
    "clock_behind": "warn",
}

# A stop must be over once the machine is mended. A clock that is right may stand before what a
# wrong one left behind, and some day long after this program: that would shut everybody out.
NO_STOP: Final[tuple[Found, ...]] = ("clock_ahead", "clock_behind")


def weight(found: Found, raised: Mapping[Found, Level]) -> Level:
    """The level of a finding under what a pack raised."""
    default = DEFAULTS[found]
    asked = raised.get(found, default)
    if asked == "stop" and found in NO_STOP:
        asked = "warn"
    return max(default, asked, key=LEVELS.index)
