"""Who may have recorded what, from the entries alone: officers, roles, proposals and
recovery shares are followed in the journal's order, and every entry is judged by
what held when its transaction began.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

import msgspec

from secterm.desk.registry import Registry
from secterm.dossier import entries as acts
from secterm.dossier import roles
from secterm.dossier.entries import Entry, Role, VaultAct, VaultEntry
from secterm.dossier.roles import Power
from secterm.vault import kdf
from secterm.vault.records import id_of
from secterm.vault.vault import Vault
from secterm.vault.verify import Fault, Seen

# What stands on an officer's own strand; all else on the vault's.
OFFICERS_OWN: Final = (
    acts.OfficerAdded,
    acts.OfficerRenamed,
    acts.RoleGiven,
    acts.SlotRenewed,
    acts.OfficerDisabled,
)
RECOVERING: Final = ("recovered", "officer_added", "officer_joined")

Words: TypeAlias = Iterator[str]  # what is wrong, of the entry at hand


class _Stamp(msgspec.Struct):
    """What every entry has, whatever its act."""

    at: str


_stamp: Final = msgspec.json.Decoder(_Stamp)


@dataclass
class _Officer:
    """Somebody's name and role as the entries so far have them; no role: disabled."""

    name: str
    role: Role | None


@dataclass(frozen=True)
class _Proposal:
    proposed: acts.Proposed
    by: str
    allowed: bool  # whether their role let them


@dataclass
class _Turn:
    """One transaction: where it began, who signed, and what is so far in it."""

    since: int
    signer: str
    role: Role | None
    shares: bool = False  # signed with the recovery shares of then
    told: bool = False  # that the signer was nobody
    added: dict[str, int] = field(default_factory=dict)  # officer -> entry
    joined: dict[str, int] = field(default_factory=dict)
    recovering: list[tuple[str, str]] = field(default_factory=list)  # act, officer
    last: int = 0


class Roll:
    """A judge of a vault's entries (`secterm.vault.verify.Judge`)."""

    def __init__(self, vault: Vault, registry: Registry) -> None:
        self._vault = vault
        self._own = vault.id.hex()
        self._registry = registry
        self._known = {id.hex() for id in registry.signing_keys()}
        self._strands = {self._own, *registry.strands}
        self._last: datetime | None = None
        self._last_at: str | None = None  # the same, as it was written; None: not known
        self._officers: dict[str, _Officer] = {}
        self._joined: set[str] = set()
        self._shares: list[str] = []  # who signs with recovery shares, the latest last
        self._proposals: dict[int, _Proposal] = {}  # not yet used
        self._erased: set[str] = set()
        self._slots: set[str] = set()
        self._before: dict[str, Role | None] = {}  # roles when the transaction began
        self._turn: _Turn | None = None

    # -- the journal's order ----------------------------------------------

    def entry(self, seen: Seen) -> Iterator[Fault]:
        """What is wrong with this entry."""
        strand = seen.strand.hex()
        if self._turn is not None and seen.since != self._turn.since:
            yield from self._over()
        for wrong in self._entry(seen, strand):
            yield Fault(f"entry #{seen.number}", wrong, strand)

    def end(self) -> Iterator[Fault]:
        """What is wrong with the last transaction."""
        yield from self._over()

    def _entry(self, seen: Seen, strand: str) -> Words:
        entry, beginning = self._read(seen.plaintext, strand)
        if entry is None or entry.at != self._last_at:  # in a transaction all have the same
            yield from self._time(seen.plaintext, entry)
        if (seen.number == 0) != beginning:
            yield "is not where a vault's own beginning stands"
        claimed = entry.officer if entry else ""
        signer = seen.signer.hex() if seen.signer is not None else claimed
        if self._turn is None:
            self._turn = self._begun(seen.since, signer)
        turn = self._turn
        turn.last = seen.number
        if entry is None:
            if strand in self._registry.origins:
                yield "belongs on another strand"
            return  # else the registry or the dossier's own walk says so
        if claimed not in self._known:
            yield "names an officer who is not one here"
        if claimed != signer:
            yield "names another officer than the one who signed it"
        if turn.role is None:
            yield from self._nobody(turn)
        if isinstance(entry, VaultEntry):
            yield from self._of_vault(turn, seen.number, strand, entry.act)
        else:
            if turn.shares:
                turn.recovering.append(("", ""))
            yield from self._power(turn, roles.power_for(entry.act))
            if isinstance(entry.act, acts.Signed):
                yield from self._witness(entry.act)

    def _read(self, plain: bytes, strand: str) -> tuple[Entry | VaultEntry | None, bool]:
        """The entry, None where it is none; and whether it is a vault's beginning."""
        entry: Entry | VaultEntry | None = None
        ours = strand in self._strands or strand in self._officers
        try:
            entry = acts.decode_vault(plain) if ours else acts.decode(plain)
        except (msgspec.DecodeError, ValueError):
            try:  # somebody who was added and let join nowhere
                entry = None if ours else acts.decode_vault(plain)
            except (msgspec.DecodeError, ValueError):
                entry = None
        return entry, entry is not None and isinstance(entry.act, acts.Created)

    def _time(self, plain: bytes, entry: Entry | VaultEntry | None) -> Words:
        """Going back is allowed where an officer had said that the clock was behind."""
        try:
            at = datetime.fromisoformat(entry.at if entry else _stamp.decode(plain).at)
            back = self._last is not None and at < self._last
        except (msgspec.DecodeError, ValueError, TypeError):
            yield "has no time"
            return
        self._last, self._last_at = at, entry.at if entry else None
        if back and not (entry and isinstance(entry.act, acts.ClockBehind)):
            yield "is older than the entry before it"

    # -- one transaction ---------------------------------------------------

    def _begun(self, since: int, signer: str) -> _Turn:
        self._before = {id: o.role for id, o in self._officers.items()}
        if since == 0:
            return _Turn(since, signer, "administrator", told=True)  # looked at when it is over
        shares = bool(self._shares) and self._shares[-1] == signer
        return _Turn(since, signer, self._before.get(signer), shares)

    def _nobody(self, turn: _Turn) -> Words:
        """Once a transaction: that its signer could sign nothing then."""
        if turn.told or turn.shares:
            return
        turn.told = True
        if turn.signer in self._before:
            yield "is signed by somebody who was no officer any more"
        elif turn.signer in self._shares:
            yield "is signed with recovery shares that were void by then"
        elif turn.signer in self._known:
            yield "is signed by somebody who became an officer later"
        else:
            yield "is signed by nobody who is an officer here"

    def _power(self, turn: _Turn, power: Power) -> Words:
        """That the signer's role did not allow it; where they had none, that was told."""
        if turn.role is not None and not roles.may(turn.role, power):
            yield f"was not allowed to who signed it: the role then was {turn.role}"

    def _over(self) -> Iterator[Fault]:
        """The transaction's end: what it had to hold as a whole."""
        turn, self._turn = self._turn, None
        if turn is None:
            return
        for id in sorted({*turn.added} ^ {*turn.joined}):
            if id in turn.added:
                yield Fault(f"entry #{turn.added[id]}", "adds an officer who does not join", id)
            elif id in self._registry.officers:  # where there is none, the registry says so
                where = f"entry #{turn.joined[id]}"
                yield Fault(where, "lets somebody join apart from being added", self._own)
        first = self._officers.get(turn.signer)
        if turn.since == 0 and not (
            turn.signer in turn.added and first is not None and first.role == "administrator"
        ):
            yield Fault("entry #0", "is not signed by the first administrator", self._own)
        if turn.shares:
            names = tuple(name for name, _ in turn.recovering)
            if names != RECOVERING or len({id for _, id in turn.recovering}) != 1:
                yield Fault(
                    f"entry #{turn.last}",
                    "is signed with recovery shares, which can make one new administrator "
                    "and nothing else",
                    self._own,
                )

    # -- the vault's entries and its officers' -----------------------------

    def _of_vault(self, turn: _Turn, number: int, strand: str, act: VaultAct) -> Words:
        on_own, origin = strand == self._own, strand in self._registry.origins
        if origin != isinstance(act, acts.OriginKnown):
            yield "belongs on another strand"
            return
        if on_own and isinstance(act, OFFICERS_OWN):
            yield "belongs on an officer's own strand"
            return
        if not on_own and not origin and not isinstance(act, OFFICERS_OWN):
            yield "belongs on the vault's own strand"
            return
        if turn.shares:
            yield from self._recovering(turn, act)
        else:
            yield from self._power(turn, self._power_for(strand, act))
        if isinstance(act, OFFICERS_OWN):
            yield from self._of_officer(turn, number, strand, act)
            return
        match act:
            case acts.OfficerJoined():
                if act.officer in self._joined:
                    yield "lets the same officer join twice"
                self._joined.add(act.officer)
                turn.joined[act.officer] = number
            case acts.Proposed():
                allowed = roles.may(turn.role, "manage")
                self._proposals[number] = _Proposal(act, turn.signer, allowed)
            case acts.Erased():
                yield from self._erase(turn, act)
            case acts.RecoveryMade():
                yield from self._slot(act.slot)
                if act.recovery in self._officers or act.recovery in self._shares:
                    yield "gives recovery shares an id that somebody has already"
                self._shares.append(act.recovery)
            case acts.Recovered():
                if not turn.shares:
                    yield "says that the vault was recovered, and no recovery shares signed it"
            case acts.Kept():
                yield from self._kept(turn, number, act)
            case _:
                return

    def _recovering(self, turn: _Turn, act: VaultAct) -> Words:
        who = ""
        if isinstance(act, acts.Recovered | acts.OfficerJoined):
            who = act.officer
        elif isinstance(act, acts.OfficerAdded):
            who = act.officer
            if act.role != "administrator":
                yield "makes another than an administrator with recovery shares"
        if len(turn.recovering) <= len(RECOVERING):
            turn.recovering.append((str(act.__struct_config__.tag), who))

    def _power_for(self, strand: str, act: VaultAct) -> Power:
        """A second person's word suffices on an administrator alone."""
        power = roles.power_for(act)
        if isinstance(act, acts.RoleGiven | acts.OfficerDisabled):
            who = self._officers.get(strand)
            return power if who is not None and who.role == "administrator" else "manage"
        return power

    def _of_officer(self, turn: _Turn, number: int, strand: str, act: VaultAct) -> Words:
        if isinstance(act, acts.OfficerAdded | acts.OfficerRenamed | acts.SlotRenewed):
            yield from self._slot(act.slot)
        if isinstance(act, acts.OfficerAdded):
            if act.officer != strand or strand in self._officers:
                yield "adds an officer twice, or on another's strand"
                return
            yield from self._name(strand, act.name)
            self._officers[strand] = _Officer(act.name, act.role)
            turn.added[strand] = number
            return
        who = self._officers.get(strand)
        if who is None or who.role is None:
            return  # the registry says that it makes no officer
        match act:
            case acts.OfficerRenamed():
                yield from self._name(strand, act.name)
                who.name = act.name
            case acts.SlotRenewed():
                if turn.signer != strand:
                    yield "renews another officer's slot than the signer's own"
            case acts.RoleGiven():
                yield from self._taking(turn, strand, act)
                who.role = act.role
                yield from self._somebody_left()
            case acts.OfficerDisabled():
                if turn.signer == strand:
                    yield "is signed by the officer whom it disables"
                yield from self._taking(turn, strand, act)
                who.role = None
                yield from self._somebody_left()
            case _:
                return

    def _name(self, strand: str, name: str) -> Words:
        login = kdf.login_of(name)
        for id, other in self._officers.items():
            if id != strand and other.role is not None and kdf.login_of(other.name) == login:
                yield "gives an officer the name that another had"

    def _slot(self, digest: str) -> Words:
        """Each slot is named once: its digest comes of what only its holder can open."""
        if digest in self._slots:
            yield "names a slot that was named before"
        self._slots.add(digest)

    def _somebody_left(self) -> Words:
        if not any(officer.role == "administrator" for officer in self._officers.values()):
            yield "leaves the vault without an administrator"

    # -- two persons -------------------------------------------------------

    def _taking(
        self, turn: _Turn, strand: str, act: acts.RoleGiven | acts.OfficerDisabled
    ) -> Words:
        """An administrator's role, which takes two persons."""
        what = act.role if isinstance(act, acts.RoleGiven) else "disable"
        was = self._officers[strand].role == "administrator"
        if act.proposed:
            yield from self._seconded(turn, act.proposed, what, strand)
        elif was:
            yield "takes an administrator's role without a second person"

    def _seconded(self, turn: _Turn, number: int, what: str, about: str) -> Words:
        """Whether the proposal at entry `number` carries this act."""
        found = self._proposals.pop(number, None)
        if found is None:
            yield f"rests on a proposal at entry #{number}, which is none, or was used before"
            return
        if number != turn.since - 1:
            yield "was not proposed in the transaction before"
        if (found.proposed.what, found.proposed.about) != (what, about):
            yield "rests on a proposal of something else"
        if found.by == turn.signer:
            yield "is signed by the one who proposed it: it takes two persons"
        if not found.allowed:
            yield "was proposed by somebody whose role did not allow it"
        if about == turn.signer or (what == "disable" and about == found.by):
            yield "was agreed on by the officer whom it is about"

    def _erase(self, turn: _Turn, act: acts.Erased) -> Words:
        yield from self._seconded(turn, act.proposed, "erase", act.dossier)
        if act.dossier in self._erased:
            yield "erases what was erased before"
        self._erased.add(act.dossier)
        first = self._first(act.dossier)
        if first is None or first >= turn.since:
            yield "erases what was no dossier"

    def _first(self, dossier: str) -> int | None:
        """The number of a dossier's first entry; None where there is none, or it is none."""
        id = id_of(dossier)
        if id is None or dossier in (self._own, *self._officers, *self._registry.origins):
            return None
        return self._vault.first_entry(id)

    def _kept(self, turn: _Turn, number: int, act: acts.Kept) -> Words:
        """Another history begins in the transaction in which it is said, beside one of before."""
        ids = id_of(act.dossier), id_of(act.apart)
        first, apart = (None if id is None else self._vault.first_entry(id) for id in ids)
        others = (self._own, *self._officers, *self._registry.origins)
        if first is None or first >= turn.since or act.dossier in others:
            yield "names a dossier that was not there"
        if apart is None or not turn.since <= apart < number or act.apart in others:
            yield "keeps apart what did not come then"
        if act.vault not in self._registry.origins:
            yield "names a vault from which nothing came"

    def _witness(self, act: acts.Signed) -> Words:
        """A witness is a second person."""
        for side in act.signatures:
            if side.role == "witness" and not roles.may(self._before.get(side.officer), "second"):
                yield "was witnessed by somebody whose role did not allow it"
