"""Who and what there is by the vault's and its officers' entries: steps 3 and 8 of section 16,
before anybody asks whether they were allowed to say so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from tests.reader import acts
from tests.reader.acts import Entry
from tests.reader.basics import Fault
from tests.reader.vault import Vault


@dataclass(frozen=True)
class Signer:
    """An officer, or a set of recovery shares: since which entry, and with which keys."""

    number: int
    public_key: bytes
    sealing_key: bytes


@dataclass
class Registry:
    """What the vault's strand and the officers' strands say."""

    entries: list[Entry] = field(default_factory=list)  # of the vault and its officers
    officers: dict[bytes, list[Entry]] = field(default_factory=dict)
    signers: dict[bytes, Signer] = field(default_factory=dict)
    packs: dict[str, dict[str, str]] = field(default_factory=dict)
    erased: dict[bytes, int] = field(default_factory=dict)
    had: dict[bytes, bytes] = field(default_factory=dict)  # of the erased: which entries
    joined: dict[bytes, Entry] = field(default_factory=dict)  # other vaults
    origins: dict[bytes, list[Entry]] = field(default_factory=dict)  # and what is known of them
    recovery: Entry | None = None
    log_keys: tuple[bytes, bytes] | None = None

    def slot_of(self, officer: bytes) -> str:
        """The digest of an officer's slot; empty where they were disabled."""
        digest = ""
        for entry in self.officers[officer]:
            digest = "" if entry.name == "officer_disabled" else entry.text("slot") or digest
        return digest

    def slots(self) -> list[str]:
        """The digests of the slots that there must be: section 11."""
        due = [digest for officer in self.officers if (digest := self.slot_of(officer))]
        return due + ([self.recovery.text("slot")] if self.recovery else [])

    def holder(self, id: bytes) -> tuple[bytes, bytes, str] | None:
        """Public key, sealing key and slot that a slot's holder must have."""
        known = self.signers.get(id)
        if known is None:
            return None
        if id in self.officers:
            return known.public_key, known.sealing_key, self.slot_of(id)
        if self.recovery is None or self.recovery.id("recovery") != id:
            return None
        return known.public_key, known.sealing_key, self.recovery.text("slot")


def collected(vault: Vault, faults: list[Fault]) -> Registry:
    """The registry, with a fault for each entry that is none."""
    registry = Registry()
    registry.entries = vault.strand(vault.id, acts.VAULT, faults)
    for entry in registry.entries.copy():
        _collect(vault, registry, entry, faults)
    registry.entries.sort(key=lambda entry: entry.number)
    return registry


def _collect(vault: Vault, registry: Registry, entry: Entry, faults: list[Fault]) -> None:
    def tell(what: str) -> None:
        faults.append(Fault("entry", str(entry.number), "sealed", what))

    match entry.name:
        case "created":
            if entry.number == 0:
                registry.log_keys = entry.id("log_ed25519"), entry.id("log_mldsa44")
        case "pack_adopted" | "pack_received":
            digest, files = entry.members("pack")["digest"], entry.members("files")
            if pack_digest(files) != digest or set(files) != acts.PACK_FILES:
                tell("the pack is not the one that it names")
            registry.packs[digest] = files
        case "recovery_made":
            registry.recovery = entry
            keys = entry.id("public_key"), entry.id("sealing_key")
            registry.signers[entry.id("recovery")] = Signer(entry.number, *keys)
            if not 1 <= (entry.number_of("needed") or 0) <= (entry.number_of("shares") or 0) <= 16:
                tell("no such recovery shares can be")
        case "erased":
            registry.erased.setdefault(entry.id("dossier"), entry.number)
            registry.had.setdefault(entry.id("dossier"), entry.id("entries"))
        case "origin_joined":
            origin = entry.id("vault")
            if origin in {vault.id, *registry.officers, *registry.origins}:
                tell("is no other vault")
                return
            registry.joined[origin] = entry
            registry.origins[origin] = vault.strand(origin, acts.ANOTHER, faults)
            registry.entries += registry.origins[origin]
        case "officer_joined":
            officer = entry.id("officer")
            if officer in registry.officers:
                tell("the officer joined before")
                return
            strand = vault.strand(officer, acts.OFFICER, faults)
            if not strand or strand[0].name != "officer_added":
                tell("there is no such officer")
                return
            added = strand[0]
            if added.id("officer") != officer:
                faults.append(Fault("entry", str(added.number), "sealed", "is another officer's"))
            registry.officers[officer] = strand
            registry.entries += strand
            keys = added.id("public_key"), added.id("sealing_key")
            registry.signers[officer] = Signer(added.number, *keys)


def pack_digest(files: dict[str, str]) -> str:
    """The digest of section 9."""
    digest = hashlib.sha256()
    for name in sorted(files):
        text = files[name].encode()
        digest.update(name.encode() + b"\0" + str(len(text)).encode() + b"\0" + text)
    return digest.hexdigest()
