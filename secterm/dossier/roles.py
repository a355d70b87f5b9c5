"""What an officer's role allows, and who an officer was when: their names, roles
and slots as the entries on their own strand have them. The one place that says
so, whichever face asks, and again when a vault or an archive is verified.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from secterm.dossier import entries as acts
from secterm.dossier.entries import Act, Role, VaultAct
from secterm.words import _

# manage: officers, keys, recipients, recovery, erasure. record: all that happens to appointees, and
# archives. second: the second person's word. verify: read, verify, and one's own slot.
Power: TypeAlias = Literal["manage", "record", "second", "verify"]

ROLES: Final[tuple[Role, ...]] = ("administrator", "officer", "approver", "auditor")
POWERS: Final[dict[Role, tuple[Power, ...]]] = {
    "administrator": ("manage", "record", "second", "verify"),
    "officer": ("record", "second", "verify"),
    "approver": ("second", "verify"),
    "auditor": ("verify",),
}
# What takes another power than to record.
_TAKES: Final[dict[type, Power]] = {
    acts.Reviewed: "second",
    acts.Seconded: "second",
    acts.Erased: "second",
    acts.Unlocked: "second",
    acts.ClockBehind: "second",
    acts.SlotRenewed: "verify",
    acts.Created: "manage",
    acts.OfficerJoined: "manage",
    acts.OfficerAdded: "manage",
    acts.OfficerRenamed: "manage",
    acts.RoleGiven: "manage",
    acts.OfficerDisabled: "manage",
    acts.Proposed: "manage",
    acts.Rekeyed: "manage",
    acts.RecoveryMade: "manage",
    acts.Recovered: "manage",
    acts.PackAdopted: "manage",
    acts.RecipientAdded: "manage",
    acts.RecipientRemoved: "manage",
    acts.PackReceived: "manage",
    acts.OriginJoined: "manage",
    acts.OriginKnown: "manage",
    acts.Kept: "manage",
    acts.Received: "manage",
}


def power_for(act: Act | VaultAct) -> Power:
    """The power that recording this takes; `second` where it is a word on a proposal."""
    power = _TAKES.get(type(act), "record")
    if power == "manage" and isinstance(act, acts.OfficerDisabled | acts.RoleGiven):
        return "second" if act.proposed else power
    return power


def may(role: Role | None, power: Power) -> bool:
    """Whether somebody of this role (None: nobody, or disabled) has this power."""
    return role is not None and power in POWERS[role]


def not_your_role(role: Role | None) -> str:
    """Why somebody of this role was refused."""
    told = {
        "administrator": _("An administrator does not do that."),
        "officer": _("That takes an administrator."),
        "approver": _("An approver reads, and gives a second person's word; nothing else."),
        "auditor": _("An auditor reads and verifies, and changes nothing."),
    }
    return told[role] if role else _("They are no officer any more.")


@dataclass
class History:
    """An officer as their own entries have them; numbers are those of the journal.

    `id` and keys are hex. A name, role or slot holds from its entry on.
    """

    id: str
    public_key: str
    sealing_key: str
    since: str  # ISO time
    added: int
    names: list[tuple[int, str]] = field(default_factory=list)
    roles: list[tuple[int, Role | None]] = field(default_factory=list)
    slots: list[tuple[int, str]] = field(default_factory=list)
    disabled_at: str = ""  # ISO time

    @property
    def name(self) -> str:
        """The name now."""
        return self.names[-1][1]

    @property
    def role(self) -> Role | None:
        """The role now; None once disabled."""
        return self.roles[-1][1]

    @property
    def slot(self) -> str:
        """The digest of the slot that is theirs now; empty once disabled."""
        return self.slots[-1][1]

    def role_at(self, size: int) -> Role | None:
        """The role when the journal had this many entries; None before and after."""
        return next((role for number, role in reversed(self.roles) if number < size), None)

    def name_at(self, size: int) -> str:
        """The name when the journal had this many entries; empty before."""
        return next((name for number, name in reversed(self.names) if number < size), "")


class OutOfPlace(Exception):
    """An officer's entry that does not fit those before it; the message says why."""


def history(entries: Iterable[tuple[int, str, VaultAct]]) -> History:
    """An officer's history from their strand: number, ISO time and act of each entry.

    Raises `OutOfPlace`.
    """
    who: History | None = None
    for number, at, act in entries:
        if isinstance(act, acts.OfficerAdded):
            if who is not None:
                raise OutOfPlace("an officer is added once")
            who = History(act.officer, act.public_key, act.sealing_key, at, number)
            who.names.append((number, act.name))
            who.roles.append((number, act.role))
            who.slots.append((number, act.slot))
        elif who is None:
            raise OutOfPlace("an officer's first entry says who they are")
        elif who.role is None:
            raise OutOfPlace("nothing comes after an officer was disabled")
        else:
            _apply(who, number, at, act)
    if who is None:
        raise OutOfPlace("an officer has an entry")
    return who


def _apply(who: History, number: int, at: str, act: VaultAct) -> None:
    match act:
        case acts.OfficerRenamed():
            who.names.append((number, act.name))
            who.slots.append((number, act.slot))
        case acts.RoleGiven():
            who.roles.append((number, act.role))
        case acts.SlotRenewed():
            who.slots.append((number, act.slot))
        case acts.OfficerDisabled():
            who.roles.append((number, None))
            who.slots.append((number, ""))
            who.disabled_at = at
        case _:
            raise OutOfPlace("this belongs on another strand")
