"""What the vault's own entries say: the unit, the officers and their public
keys, the packs. Read once at unlock; what does not fit is kept as a fault for
the verification, never passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from secterm.dossier import entries as acts
from secterm.dossier.entries import VaultEntry, decode_vault
from secterm.policy import reader
from secterm.policy.model import Pack
from secterm.vault.errors import SealBroken, VaultDamaged
from secterm.vault.records import Signer
from secterm.vault.vault import Vault
from secterm.vault.verify import Fault


@dataclass(frozen=True)
class Officer:
    """An officer: id (32 hex digits), name, Ed25519 public key (32 bytes)."""

    id: str
    name: str
    public_key: bytes
    since: str = ""  # ISO time


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
    faults: list[Fault] = field(default_factory=list)

    def known(self, signer: Signer) -> Officer:
        """The officer whose key this is. Raises `VaultDamaged`.

        What a slot wraps only its officer's passphrase opens; what the entries say,
        whoever held the vault's key could have written anew.
        """
        officer = self.officers.get(signer.officer.hex())
        if officer is None or officer.public_key != signer.public_key:
            raise VaultDamaged(
                "the vault's own entries", "they do not know the officer of this slot"
            )
        return officer

    @property
    def pack(self) -> Pack:
        """The pack adopted last."""
        return self.packs[self.newest]


def read_registry(vault: Vault) -> Registry:
    """The registry of an unlocked vault. Raises `VaultDamaged` where it cannot work."""
    registry = Registry()
    for number, entry in _entries(vault, vault.id, registry):
        act = entry.act
        if isinstance(act, acts.Created):
            registry.unit = act.unit
            registry.log_ed25519, registry.log_mldsa44 = act.log_ed25519, act.log_mldsa44
        elif isinstance(act, acts.OfficerJoined):
            _add_officer(vault, registry, number, act.officer)
        elif isinstance(act, acts.PackAdopted):
            _add_pack(registry, number, act)
    try:
        if not registry.newest:
            raise VaultDamaged("the vault's own entries", "there is no policy pack")
        registry.known(vault.signer)
    except VaultDamaged:
        for fault in registry.faults:  # the cause, where there is one, before its effect
            raise VaultDamaged(fault.where, fault.what) from None
        raise
    return registry


def _entries(vault: Vault, strand: bytes, registry: Registry) -> list[tuple[int, VaultEntry]]:
    found = []
    try:
        for number, plain in vault.entries(strand):
            found.append((number, decode_vault(plain)))
    except SealBroken as broken:
        # What comes after it on this strand is not trusted; the walk names the rest.
        registry.faults.append(Fault(broken.where, "does not open"))
    except msgspec.DecodeError:
        registry.faults.append(Fault(f"entry of {strand.hex()}", "is not of this format"))
    return found


def _add_officer(vault: Vault, registry: Registry, number: int, id: str) -> None:
    try:
        for _, entry in _entries(vault, bytes.fromhex(id), registry):
            act = entry.act
            if isinstance(act, acts.OfficerAdded) and act.officer == id:
                key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(act.public_key))
                registry.officers[id] = Officer(id, act.name, key.public_bytes_raw(), entry.at)
                return
    except ValueError:
        pass  # no id, or no key
    registry.faults.append(Fault(f"entry #{number}", "names an officer who has no entry"))


def _add_pack(registry: Registry, number: int, act: acts.PackAdopted) -> None:
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
    registry.newest = pack.digest
