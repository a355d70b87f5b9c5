"""What a verification looks at in the vault's own entries and its officers': who
may have written them, what may stand there once, and that the keys in use are
the keys on record.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from secterm.desk.registry import Registry
from secterm.dossier import entries as acts
from secterm.dossier.entries import VaultEntry, decode_vault
from secterm.vault import kdf
from secterm.vault.errors import VaultError
from secterm.vault.vault import Vault
from secterm.vault.verify import Fault


def own_faults(vault: Vault, registry: Registry) -> Iterator[Fault]:
    """Every fault of the vault's own strand and of its officers'."""
    joined: list[str] = []
    for number, entry in _entries(vault, vault.id):
        act = entry.act
        yield from _signer(vault, registry, number, entry)
        if isinstance(act, acts.Created) == (number != 0):
            yield Fault(f"entry #{number}", "is not where a vault's own beginning stands")
        if isinstance(act, acts.OfficerAdded):
            yield Fault(f"entry #{number}", "belongs on an officer's own strand")
        if isinstance(act, acts.OfficerJoined):
            if act.officer in joined:
                yield Fault(f"entry #{number}", "lets the same officer join twice")
            joined.append(act.officer)
    for id in registry.officers:
        yield from _officer(vault, registry, id)
    names = [kdf.login_of(o.name) for o in registry.active()]
    for name in {n for n in names if names.count(n) > 1}:
        ids = [o.id for o in registry.active() if kdf.login_of(o.name) == name]
        yield Fault("officers", f"two have one name: {', '.join(ids)}")
    yield from _keys(vault, registry)


def _officer(vault: Vault, registry: Registry, id: str) -> Iterator[Fault]:
    for number, entry in _entries(vault, bytes.fromhex(id)):
        yield from _signer(vault, registry, number, entry)
        if isinstance(entry.act, acts.OfficerAdded):
            yield from _too_early(vault, id, number)


def _too_early(vault: Vault, id: str, added: int) -> Iterator[Fault]:
    """Nobody signs before they are an officer."""
    try:
        for size, officer in vault.signers_until(added):
            if officer.hex() == id:
                yield Fault(f"signature #{size}", "is by somebody who became an officer later")
    except VaultError:
        return  # the journal's walk names it


def _signer(vault: Vault, registry: Registry, number: int, entry: VaultEntry) -> Iterator[Fault]:
    where = f"entry #{number}"
    if bytes.fromhex(entry.officer) not in registry.signing_keys():
        yield Fault(where, "names an officer who is not one here")
    try:
        if vault.signer_of(number).hex() != entry.officer:
            yield Fault(where, "names another officer than the one who signed it")
    except VaultError:
        return  # the journal's walk names it


def _keys(vault: Vault, registry: Registry) -> Iterator[Fault]:
    try:
        ed25519, mldsa = vault.log_keys()
        there = vault.slot_digests()
    except (VaultError, ValueError):
        return  # the walk over what stands outside names it
    public = (ed25519.public_key(), mldsa.public_key())
    if tuple(k.public_bytes_raw().hex() for k in public) != (
        registry.log_ed25519,
        registry.log_mldsa44,
    ):
        yield Fault("vault.log_keys", "are not those that the vault began with")
    known = registry.holders()
    for digest in there:
        if digest not in known:
            yield Fault("slot", f"one is there that no entry tells of ({digest[:16]})")
    for digest in set(known) - set(there):
        yield Fault("slot", f"one that the entries tell of is missing ({digest[:16]})")


def _entries(vault: Vault, strand: bytes) -> Iterator[tuple[int, VaultEntry]]:
    """What opens and can be read; the registry and the journal's walk name the rest."""
    try:
        for number, plain in vault.entries(strand):
            yield number, decode_vault(plain)
    except (VaultError, msgspec.DecodeError):
        return
