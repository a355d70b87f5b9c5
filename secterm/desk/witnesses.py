"""Witnesses, as the vault's entries have them: whose checkpoints were seen and cosigned here,
and who has cosigned this vault's own. What does not fit is told as a fault, and does not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from secterm.archive import continuing
from secterm.archive.tar import LATEST
from secterm.desk.receipts import Receipt
from secterm.desk.report import Seen
from secterm.dossier import entries as acts
from secterm.vault import checkpoints, kdf
from secterm.vault.errors import VaultError
from secterm.vault.merkle import HASH_SIZE
from secterm.vault.note import (
    MLDSA44_SIGNATURE_SIZE,
    TIMESTAMP_SIZE,
    Checkpoint,
    Ed25519Verifier,
    MLDSA44Cosigner,
    Note,
    SignatureLine,
    Verifier,
)
from secterm.vault.records import is_hex


@dataclass(frozen=True)
class Sighting:
    """Another vault's checkpoint that was seen and cosigned here: by which entry, and when."""

    number: int
    at: str  # ISO time
    told: acts.Witnessed

    @property
    def checkpoint(self) -> str:
        """As one short line."""
        return checkpoints.short_of(self.told.size, bytes.fromhex(self.told.root))

    @property
    def log_keys(self) -> str:
        """The fingerprint of that vault's log keys."""
        return checkpoints.grouped(self.told.log_keys)


@dataclass(frozen=True)
class Cosignature:
    """A witness's cosignature that was taken in: by which entry, and what it said."""

    number: int
    told: acts.Cosigned

    @property
    def keys(self) -> tuple[Verifier, Verifier]:
        """The witness's log keys. Raises NoteMalformed or ValueError where they are none."""
        return (
            Ed25519Verifier(self.told.origin, bytes.fromhex(self.told.log_ed25519)),
            MLDSA44Cosigner(self.told.origin, bytes.fromhex(self.told.log_mldsa44)),
        )

    def has_keys(self) -> bool:
        """Whether there are such keys."""
        try:
            return all(key.vkey() for key in self.keys)
        except (VaultError, ValueError):
            return False

    @property
    def fingerprint(self) -> str:
        """That of the witness's log keys."""
        return checkpoints.fingerprint(self.keys)

    @property
    def checkpoint(self) -> str:
        """What was cosigned, as one short line."""
        return checkpoints.short_of(self.told.size, bytes.fromhex(self.told.root))

    @property
    def day(self) -> str:
        """When it was cosigned, by the witness's clock: a date."""
        return datetime.fromtimestamp(self.told.time).astimezone().date().isoformat()

    def seen(self, size: int) -> Seen:
        """What to tell of it, now that the journal has so many entries."""
        return Seen(
            witness=self.told.witness,
            checkpoint=self.checkpoint,
            on=self.day,
            since=size - self.told.size,
        )

    def holds(self, origin: str) -> bool:
        """Whether the witness signed this of the journal of this origin."""
        told = self.told
        try:
            key = self.keys[1]
            signature = told.time.to_bytes(TIMESTAMP_SIZE, "big") + bytes.fromhex(told.signature)
            head = Checkpoint(origin, told.size, bytes.fromhex(told.root))
            line = SignatureLine(told.origin, key.key_id, signature)
            return key.verify(Note(head.text(), (line,))) is not None
        except (VaultError, ValueError, OverflowError):
            return False


@dataclass
class Witnesses:
    """All of both kinds, in the order of their entries."""

    seen: dict[str, list[Sighting]] = field(default_factory=dict)  # by that vault's origin
    taken_in: list[Cosignature] = field(default_factory=list)

    def last_seen(self, origin: str) -> Sighting | None:
        """What was seen last of the vault of this origin."""
        found = self.seen.get(origin, [])
        return found[-1] if found else None

    def known(self, origin: str) -> Cosignature | None:
        """What was taken in last of the witness of this origin."""
        return next((c for c in reversed(self.taken_in) if c.told.origin == origin), None)

    def named(self, name: str) -> Cosignature | None:
        """The same of the witness of this name, whatever its case and spacing."""
        login = kdf.login_of(name)
        found = (c for c in reversed(self.taken_in) if kdf.login_of(c.told.witness) == login)
        return next(found, None)

    def latest(self) -> list[Cosignature]:
        """Of each witness the cosignature over the most entries."""
        found: dict[str, Cosignature] = {}
        for each in self.taken_in:
            before = found.get(each.told.origin)
            if before is None or each.told.size >= before.told.size:
                found[each.told.origin] = each
        return list(found.values())

    def of(self, receipt: Receipt) -> list[Cosignature]:
        """Who cosigned the checkpoint of this archive, each once."""
        wanted = (receipt.told.before, receipt.told.root)
        found = [c for c in self.taken_in if (c.told.size, c.told.root) == wanted]
        return list({c.told.origin: c for c in found}.values())

    def earlier(self, receipts: Iterable[Receipt]) -> list[tuple[int, bytes]]:
        """What an archive proves to continue, ascending: what each witness cosigned last, and the
        checkpoints that left in archives since the earliest of these, the latest of them.
        """
        chosen = {c.told.size: c.told.root for c in self.latest()}
        since = min(chosen, default=0)
        left = {r.told.before: r.told.root for r in receipts if r.told.before > since}
        others = sorted(left.keys() - chosen.keys())
        most = continuing.MOST - len(chosen)
        for size in others[max(len(others) - most, 0) :]:
            chosen[size] = left[size]
        return [(size, bytes.fromhex(root)) for size, root in sorted(chosen.items())]

    def see(self, number: int, at: str, act: acts.Witnessed, own: str) -> str:
        """Takes an entry in; what is wrong with it, else empty. `own` is this vault's origin."""
        before = self.last_seen(act.origin)
        digests = (act.log_keys, act.root, act.archive)
        if act.origin == own or not checkpoints.ORIGIN.fullmatch(act.origin) or act.size < 1:
            return "names a vault that is none to witness"
        if not all(is_hex(each, HASH_SIZE) for each in digests):
            return "names keys, a root or an archive that is none"
        if before is not None and before.told.log_keys != act.log_keys:
            return "has seen a vault with other log keys than before"
        if before is not None and not _goes_on(before.told, act):
            return "has seen a vault that does not continue what was seen before"
        self.seen.setdefault(act.origin, []).append(Sighting(number, at, act))
        return ""

    def take_in(self, number: int, act: acts.Cosigned, own: str) -> str:
        """The same of a cosignature on a checkpoint of this vault."""
        made = Cosignature(number, act)
        if act.origin == own or not checkpoints.ORIGIN.fullmatch(act.origin):
            return "names a vault that is no witness"
        if not made.has_keys():
            return "names keys that are none"
        if not (0 < act.size <= number and 0 < act.time <= LATEST):
            return "names a size or a time that is none"
        if not (is_hex(act.root, HASH_SIZE) and is_hex(act.signature, MLDSA44_SIGNATURE_SIZE)):
            return "names a root or a signature that is none"
        named, known = self.named(act.witness), self.known(act.origin)
        if named is not None and named.told.origin != act.origin:
            return "gives a witness the name that another has"
        if known is not None and (_who(known.told) != _who(act)):
            return "names a witness with another name or other keys than before"
        self.taken_in.append(made)
        return ""


def _who(act: acts.Cosigned) -> tuple[str, str, str]:
    return act.witness, act.log_ed25519, act.log_mldsa44


def _goes_on(before: acts.Witnessed, now: acts.Witnessed) -> bool:
    return now.size > before.size or (now.size, now.root) == (before.size, before.root)
