"""What everything else in an archive is checked against: the log keys, the
checkpoint and its three signatures, the officers.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.members import (
    CHECKPOINT,
    LOG_KEYS,
    OFFICERS,
    RECOVERIES,
    OfficerLine,
    RecoveryLine,
    decoded,
    encoded,
    log_lines,
)
from secterm.dossier.entries import Numbered
from secterm.dossier.roles import History
from secterm.policy.model import Pack
from secterm.vault import checkpoints
from secterm.vault.errors import VaultError
from secterm.vault.note import (
    ED25519,
    MLDSA44,
    Checkpoint,
    Ed25519Verifier,
    Note,
    Verifier,
    parse_vkey,
)
from secterm.words import _

if TYPE_CHECKING:
    from secterm.archive.origins import Known

L = TypeVar("L", OfficerLine, RecoveryLine)

_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_KEY: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class Context:
    """What the checks of one archive share."""

    log: tuple[Verifier, ...]
    note: Note
    checkpoint: Checkpoint
    officers: Mapping[str, OfficerLine]
    signed_at: int | None  # seconds since 1970, by the log's cosignature
    signer: str  # the officer who signed the checkpoint; empty where nobody known did
    recoveries: Mapping[str, RecoveryLine] = field(default_factory=dict)
    packs: dict[str, Pack] = field(default_factory=dict)
    histories: dict[str, History] = field(default_factory=dict)  # of officers, by id
    origins: dict[str, Known] = field(default_factory=dict)  # other vaults, by id
    verified: dict[Note, str] = field(default_factory=dict)  # the note that held last, by whom

    @property
    def vault(self) -> bytes:
        """The vault's id, 16 bytes."""
        return bytes.fromhex(self.checkpoint.origin.removeprefix("secterm/"))

    @property
    def log_keys(self) -> tuple[str, str]:
        """The public log keys: Ed25519 and ML-DSA-44, in hex."""
        ed25519, mldsa44 = (verifier.public_key.hex() for verifier in self.log)
        return ed25519, mldsa44

    def names(self) -> dict[str, str]:
        """Officers' names by id, of this vault and of those that dossiers came from."""
        found = {id: name for known in self.origins.values() for id, name in known.names().items()}
        return {**found, **{each.id: each.name for each in self.officers.values()}}

    @property
    def proof_note(self) -> Note:
        """The checkpoint as proofs repeat it."""
        return checkpoints.short_note(self.note)

    def verifier(self, id: str) -> Ed25519Verifier | None:
        """The key by which an officer, or a set of recovery shares, signs the journal; None
        where the archive knows nobody of this id.
        """
        line = self.officers.get(id) or self.recoveries.get(id)
        if line is None:
            return None
        name = checkpoints.officer_name(self.checkpoint.origin, bytes.fromhex(id))
        return Ed25519Verifier(name, bytes.fromhex(line.public_key))


def names_for(
    told: Iterable[Numbered], officers: Mapping[str, OfficerLine], origins: Mapping[str, Known]
) -> dict[str, str]:
    """The names of officers by id, of this vault and of those in which these entries were
    recorded; of no other vault anything is read.
    """
    vaults = {one.origin.vault for one in told if one.origin is not None} & origins.keys()
    found = {id: name for vault in vaults for id, name in origins[vault].names().items()}
    return {**found, **{each.id: each.name for each in officers.values()}}


def read_context(top: Mapping[str, bytes], faults: list[str]) -> Context | None:
    """The context that these members give, None where they give none; adds to `faults`.

    Raises `ArchiveUnreadable` where one of them is not there.
    """
    for name in (CHECKPOINT, LOG_KEYS, OFFICERS):
        if name not in top:
            raise ArchiveUnreadable(
                _("it holds no {name}, so it is no archive of ours").format(name=name)
            )
    log = _log_keys(top[LOG_KEYS])
    if log is None:
        faults.append(f"{LOG_KEYS}: are not an Ed25519 and an ML-DSA-44 key, a line each")
        return None
    try:
        note = Note.parse(top[CHECKPOINT])
        point = Checkpoint.parse(note.text)
    except VaultError:
        faults.append(f"{CHECKPOINT}: is not a signed checkpoint")
        return None
    if not checkpoints.ORIGIN.fullmatch(point.origin) or point.extensions:
        faults.append(f"{CHECKPOINT}: is not a vault's")
        return None
    officers = _lines(OFFICERS, top[OFFICERS], list[OfficerLine], (), faults)
    recoveries = _lines(
        RECOVERIES, top.get(RECOVERIES, encoded([])), list[RecoveryLine], officers, faults
    )
    signed_at = _cosigned(note, point, log)
    if signed_at is None:
        faults.append(f"{CHECKPOINT}: is not signed by both keys in {LOG_KEYS}")
    signer = _signer(note, point, officers)
    if not signer:
        faults.append(f"{CHECKPOINT}: is not signed by an officer in {OFFICERS}")
    return Context(log, note, point, officers, signed_at, signer, recoveries)


def _log_keys(data: bytes) -> tuple[Verifier, ...] | None:
    try:
        log = tuple(parse_vkey(line) for line in data.decode().splitlines())
    except (VaultError, ValueError):
        return None
    kinds = [key.signature_type for key in log]
    return log if kinds == [ED25519, MLDSA44] and log_lines(log) == data else None


def _cosigned(note: Note, point: Checkpoint, log: tuple[Verifier, ...]) -> int | None:
    """When the log keys signed, each in its place; None where they did not."""
    ids = [line.key_id for line in note.signatures]
    if len(ids) != 3 or ids[:2] != [key.key_id for key in log]:
        return None
    if any(key.name != point.origin for key in log):
        return None
    try:
        signed = [key.verify(note) for key in log]
    except (VaultError, ValueError):
        return None
    return signed[1].timestamp if all(signed) and signed[1] else None


def _lines(
    name: str, data: bytes, kind: type[list[L]], taken: Container[str], faults: list[str]
) -> dict[str, L]:
    """The lines of a member by their ids, of those that are right; `taken` are others' ids."""
    try:
        listed = decoded(data, kind)
    except ValueError:
        faults.append(f"{name}: is not of this format")
        return {}
    found: dict[str, L] = {}
    for one in listed:
        who = one.name if isinstance(one, OfficerLine) else "one"
        if not (_ID.fullmatch(one.id) and _KEY.fullmatch(one.public_key)):
            faults.append(f"{name}: {who} has no id or key of this format")
        elif one.id in found or one.id in taken:
            faults.append(f"{name}: {who} has another's id")
        else:
            found[one.id] = one
    return found


def _signer(note: Note, point: Checkpoint, officers: Mapping[str, OfficerLine]) -> str:
    """The id of the one officer whose signature is the last; empty where it is nobody's."""
    for one in officers.values():
        name = checkpoints.officer_name(point.origin, bytes.fromhex(one.id))
        if note.signatures[-1].name != name:
            continue
        try:
            signed = Ed25519Verifier(name, bytes.fromhex(one.public_key)).verify(note)
        except (VaultError, ValueError):
            return ""
        return one.id if signed else ""
    return ""
