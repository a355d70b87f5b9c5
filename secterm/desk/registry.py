"""What the vault's own entries say: the unit, the officers and their public
keys, the packs, the recipients' book, the vaults that dossiers came from. Read once
at unlock; what does not fit is kept as a fault for the verification, never passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from secterm.archive.context import Context, names_for
from secterm.archive.members import OfficerLine, RecoveryLine
from secterm.archive.origins import Known
from secterm.desk.book import Book
from secterm.desk.receipts import Receipt
from secterm.desk.report import Recovered
from secterm.desk.witnesses import Witnesses
from secterm.dossier import entries as acts
from secterm.dossier import roles
from secterm.dossier.entries import (
    Numbered,
    OriginJoined,
    OriginKnown,
    Role,
    VaultEntry,
    decode_vault,
)
from secterm.dossier.roles import History
from secterm.policy import reader
from secterm.policy.model import Pack
from secterm.vault import keys, sealing
from secterm.vault.errors import SealBroken, VaultDamaged
from secterm.vault.merkle import HASH_SIZE
from secterm.vault.note import Ed25519Verifier, MLDSA44Cosigner, Note, SignatureLine
from secterm.vault.records import ID_SIZE, is_hex
from secterm.vault.seal import unseal
from secterm.vault.signer import Signer
from secterm.vault.vault import Vault
from secterm.vault.verify import Fault

MOST_DOUBTS: Final = 3  # told; a verification tells all


@dataclass(frozen=True)
class Officer:
    """An officer, of now or of earlier: id (32 hex digits) and what their entries say."""

    id: str
    history: History

    @property
    def name(self) -> str:
        """The name now."""
        return self.history.name

    @property
    def role(self) -> Role | None:
        """The role now; None once disabled."""
        return self.history.role

    @property
    def active(self) -> bool:
        """Whether they are an officer still."""
        return self.role is not None

    @property
    def since(self) -> str:
        """ISO time."""
        return self.history.since

    @property
    def until(self) -> str:
        """ISO time; empty while they are an officer."""
        return self.history.disabled_at

    @property
    def public_key(self) -> bytes:
        """Ed25519, 32 bytes."""
        return bytes.fromhex(self.history.public_key)

    @property
    def sealing_key(self) -> bytes:
        """The public sealing key, 1216 bytes."""
        return bytes.fromhex(self.history.sealing_key)


@dataclass(frozen=True)
class Recovery:
    """A set of recovery shares: since which entry, and what it said."""

    number: int
    at: str  # ISO time
    made: acts.RecoveryMade


@dataclass(frozen=True)
class Erasure:
    """A dossier that was erased: when, by which entry, and why."""

    number: int
    at: str  # ISO time
    entries: str  # digest of their numbers
    reason: str


@dataclass
class Registry:
    """What stands in the vault's own entries."""

    unit: str = ""
    log_ed25519: str = ""
    log_mldsa44: str = ""
    officers: dict[str, Officer] = field(default_factory=dict)
    packs: dict[str, Pack] = field(default_factory=dict)
    pack_files: dict[str, dict[str, str]] = field(default_factory=dict)
    newest: str = ""
    recoveries: list[Recovery] = field(default_factory=list)
    recovered: list[tuple[str, str]] = field(default_factory=list)  # ISO time, officer; since then
    book: Book = field(default_factory=Book)
    erased: dict[str, Erasure] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    joined: dict[str, OriginJoined] = field(default_factory=dict)  # other vaults, by id
    origins: dict[str, Known] = field(default_factory=dict)  # and what archives said of them
    kept: dict[str, list[str]] = field(default_factory=dict)  # dossier -> its other histories
    witnesses: Witnesses = field(default_factory=Witnesses)
    faults: list[Fault] = field(default_factory=list)
    spoilt: set[str] = field(default_factory=set)  # officers of whose strand not all holds

    def known(self, signer: Signer) -> Officer:
        """The officer whose keys and slot these are. Raises `VaultDamaged`.

        What a slot holds only its officer's passphrase opens; what the entries say,
        whoever held the vault's key could have written anew.
        """
        officer = self.officers.get(signer.officer.hex())
        if (
            officer is None
            or officer.id in self.spoilt
            or officer.history.slot != signer.slot
            or (officer.public_key, officer.sealing_key) != (signer.public_key, signer.sealing_key)
        ):
            raise VaultDamaged(
                "the vault's own entries", "they do not know the officer of this slot"
            )
        return officer

    @property
    def strands(self) -> tuple[str, ...]:
        """The ids of all strands that are no dossier's: officers', and other vaults'."""
        return (*self.officers, *self.origins)

    def name(self, id: str, at: int | None = None) -> str:
        """The name of an officer, here or where a dossier came from; empty where nobody has it.

        `at`: as it was when their journal had this many entries, else as it is now.
        """
        known = self.officers.get(id)
        who = known.history if known is not None else self._elsewhere(id)
        if who is None:
            return ""
        return who.name if at is None else who.name_at(at) or who.name

    def context(self, vault: Vault) -> Context:
        """What entries of this vault's journal are checked against, where they come home."""
        origin, point = vault.origin, vault.checkpoint()
        return Context(
            log=(
                Ed25519Verifier(origin, bytes.fromhex(self.log_ed25519)),
                MLDSA44Cosigner(origin, bytes.fromhex(self.log_mldsa44)),
            ),
            note=Note(point.text(), (SignatureLine(origin, bytes(4), bytes(64)),)),  # nobody's
            checkpoint=point,
            officers=self.officer_lines(),
            signed_at=None,
            signer="",
            recoveries={line.id: line for line in self.recovery_lines()},
            packs=self.packs,
            histories={o.id: o.history for o in self.officers.values()},
            origins=self.origins,
        )

    def others(self, dossier: str) -> tuple[str, ...]:
        """Other histories of a dossier that are here: those kept apart, or the one they left."""
        for first, kept in self.kept.items():
            every = (first, *kept)
            if dossier in every:
                return tuple(id for id in every if id not in (dossier, *self.erased))
        return ()

    def names(self, told: Iterable[Numbered]) -> dict[str, str]:
        """The names of officers who can have recorded these entries, by id."""
        return names_for(told, self.officer_lines(), self.origins)

    def officer_lines(self) -> dict[str, OfficerLine]:
        """All officers as an archive names them, by id."""
        return {
            o.id: OfficerLine(id=o.id, name=o.name, public_key=o.public_key.hex())
            for o in self.officers.values()
        }

    def recovery_lines(self) -> list[RecoveryLine]:
        """All sets of recovery shares, likewise."""
        return [
            RecoveryLine(id=r.made.recovery, public_key=r.made.public_key) for r in self.recoveries
        ]

    def _elsewhere(self, id: str) -> History | None:
        found = (known.history(id) for known in self.origins.values())
        return next((who for who in found if who is not None), None)

    def active(self) -> Iterator[Officer]:
        """Those who are officers now."""
        return (officer for officer in self.officers.values() if officer.active)

    @property
    def recovery(self) -> Recovery | None:
        """The recovery shares that open the vault now, if there are any."""
        return self.recoveries[-1] if self.recoveries else None

    def recoveries_told(self) -> list[Recovered]:
        """What was recovered since shares were last made."""
        return [
            Recovered(at=at, administrator=self.officers[id].name if id in self.officers else id)
            for at, id in self.recovered
        ]

    def holders(self) -> list[tuple[str, bytes]]:
        """Every slot that there should be: its digest, and its holder's public sealing key."""
        found = [(o.history.slot, o.sealing_key) for o in self.active()]
        if self.recovery is not None:
            made = self.recovery.made
            found.append((made.slot, bytes.fromhex(made.sealing_key)))
        return found

    def signing_keys(self) -> dict[bytes, bytes]:
        """Everybody who can have signed: id (16 bytes) and Ed25519 public key (32 bytes)."""
        found = {bytes.fromhex(o.id): o.public_key for o in self.officers.values()}
        for each in self.recoveries:
            found[bytes.fromhex(each.made.recovery)] = bytes.fromhex(each.made.public_key)
        return found

    @property
    def pack(self) -> Pack:
        """The pack adopted last."""
        return self.packs[self.newest]


def read_registry(vault: Vault, *, recovering: bool = False) -> Registry:
    """The registry of an unlocked vault. Raises `VaultDamaged` where it cannot work.

    Where it can, but something of it does not hold, the vault doubts it: nothing more
    is recorded. `recovering`: it was unlocked with recovery shares, and by no officer.
    """
    registry = gather(vault)
    try:
        if not registry.newest or not registry.log_ed25519:
            raise VaultDamaged("the vault's own entries", "there is no beginning or no policy pack")
        if recovering:
            _known_recovery(registry, vault.signer)
        else:
            registry.known(vault.signer)
    except VaultDamaged:
        for fault in registry.faults:  # the cause, where there is one, before its effect
            raise VaultDamaged(fault.where, fault.what) from None
        raise
    vault.doubts += tuple(str(fault) for fault in registry.faults[:MOST_DOUBTS])
    return registry


def gather(vault: Vault) -> Registry:
    """What the vault's own entries say, also after one that does not hold, and whether
    or not it can be worked with.
    """
    registry = Registry()
    for number, entry in _entries(vault, vault.id, registry):
        _take(vault, registry, number, entry)
    return registry


def _known_recovery(registry: Registry, signer: Signer) -> None:
    found = registry.recovery
    if found is None or (found.made.recovery, found.made.slot, found.made.public_key) != (
        signer.officer.hex(),
        signer.slot,
        signer.public_key.hex(),
    ):
        raise VaultDamaged("the vault's own entries", "they do not know these recovery shares")


def _take(vault: Vault, registry: Registry, number: int, entry: VaultEntry) -> None:
    match entry.act:
        case acts.Created() as act:
            registry.unit = act.unit
            registry.log_ed25519, registry.log_mldsa44 = act.log_ed25519, act.log_mldsa44
        case acts.OfficerJoined() as act:
            _add_officer(vault, registry, number, act.officer)
        case acts.PackAdopted() as act:
            _add_pack(registry, number, act)
        case acts.Erased() as act:
            if not _an_id(act.dossier):
                registry.faults.append(Fault(f"entry #{number}", "names a dossier that is none"))
                return
            registry.erased[act.dossier] = Erasure(number, entry.at, act.entries, act.reason)
        case acts.Exported() as act:
            if not _a_digest(act.root):
                registry.faults.append(Fault(f"entry #{number}", "names a root that is none"))
                return
            registry.receipts.append(Receipt(number, entry.at, entry.officer, act))
        case acts.RecipientAdded() as act:
            wrong = registry.book.add(number, entry.at, entry.officer, act)
            registry.faults += [Fault(f"entry #{number}", wrong)] if wrong else []
        case acts.RecipientRemoved() as act:
            wrong = registry.book.remove(number, entry.at, act)
            registry.faults += [Fault(f"entry #{number}", wrong)] if wrong else []
        case acts.PackReceived() as act:
            _add_pack(registry, number, act)
        case acts.OriginJoined() as act:
            _add_origin(vault, registry, number, act)
        case acts.Kept() as act:
            registry.kept.setdefault(act.dossier, []).append(act.apart)
        case acts.Witnessed() as act:
            wrong = registry.witnesses.see(number, entry.at, act, vault.origin)
            registry.faults += [Fault(f"entry #{number}", wrong)] if wrong else []
        case acts.Cosigned() as act:
            wrong = registry.witnesses.take_in(number, act, vault.origin)
            registry.faults += [Fault(f"entry #{number}", wrong)] if wrong else []
        case acts.Recovered() as act:
            registry.recovered.append((entry.at, act.officer))
        case acts.RecoveryMade() as act:
            try:
                _key(act.public_key, act.sealing_key)
            except ValueError:
                known = False
            else:
                known = _an_id(act.recovery)
            if not known:
                registry.faults.append(Fault(f"entry #{number}", "names keys that are none"))
                return
            registry.recoveries.append(Recovery(number, entry.at, act))
            registry.recovered.clear()


def _an_id(text: str) -> bool:
    """Whether this is an id in hex, written as ids are."""
    return is_hex(text, ID_SIZE)


def _a_digest(text: str) -> bool:
    """Whether this is a SHA-256 in hex, written as digests are."""
    return is_hex(text, HASH_SIZE)


def _key(public_key: str, sealing_key: str) -> None:
    """Raises ValueError where these are not an officer's public keys, in hex."""
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    if len(bytes.fromhex(sealing_key)) != sealing.PUBLIC_SIZE:
        raise ValueError("not a sealing key")


def _entries(vault: Vault, strand: bytes, registry: Registry) -> list[tuple[int, VaultEntry]]:
    found = []
    try:
        key = keys.entry_key(vault.dossier_key(strand))
        for number, sealed in vault.sealed_entries(strand):
            try:
                place = keys.entry_place(vault.id, strand, number)
                found.append((number, decode_vault(unseal(key, place, sealed))))
            except SealBroken as broken:
                registry.faults.append(Fault(broken.where, "does not open"))
            except msgspec.DecodeError:
                registry.faults.append(Fault(f"entry of {strand.hex()}", "is not of this format"))
    except SealBroken as broken:
        registry.faults.append(Fault(broken.where, "does not open"))
    return found


def _add_officer(vault: Vault, registry: Registry, number: int, id: str) -> None:
    before = len(registry.faults)
    try:
        strand = _entries(vault, bytes.fromhex(id), registry)
        who = roles.history((number, entry.at, entry.act) for number, entry in strand)
        _key(who.public_key, who.sealing_key)
    except (ValueError, roles.OutOfPlace):
        who = None  # no id, no key, or entries that make no officer
    if who is None or who.id != id:
        registry.faults.append(Fault(f"entry #{number}", "names an officer who has no entry"))
        return
    registry.officers[id] = Officer(id, who)
    if len(registry.faults) > before:  # what is missing may be that they were disabled
        registry.spoilt.add(id)


def _add_origin(vault: Vault, registry: Registry, number: int, act: OriginJoined) -> None:
    if not _an_id(act.vault) or act.vault in (vault.id.hex(), *registry.strands):
        registry.faults.append(Fault(f"entry #{number}", "names a vault that can be no other"))
        return

    def told() -> list[OriginKnown]:
        missed = Registry()  # what does not open there, a verification tells
        strand = _entries(vault, bytes.fromhex(act.vault), missed)
        return [entry.act for _number, entry in strand if isinstance(entry.act, OriginKnown)]

    registry.joined[act.vault] = act
    registry.origins[act.vault] = Known(act.vault, told)


def _add_pack(registry: Registry, number: int, act: acts.PackAdopted | acts.PackReceived) -> None:
    files = {name: text.encode() for name, text in act.files.items()}
    try:
        pack = reader.parse(files, judged=False)
    except reader.PackInvalid:
        registry.faults.append(Fault(f"entry #{number}", "holds a policy pack that is not valid"))
        return
    if pack.digest != act.pack.digest:
        registry.faults.append(Fault(f"entry #{number}", "holds another pack than it says"))
        return
    registry.packs[pack.digest] = pack
    registry.pack_files[pack.digest] = act.files
    if isinstance(act, acts.PackAdopted):
        registry.newest = pack.digest
