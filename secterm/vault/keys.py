"""Which key seals what, and where: the subkeys of the vault key and of each
dossier key, and the places they seal. Labels are part of the format.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from secterm.vault.seal import Place, Strand, subkey
from secterm.vault.slots import Slot, digest


@dataclass(frozen=True)
class VaultKeys:
    """The subkeys of a vault key, 32 bytes each."""

    wrapping: bytes = field(repr=False)  # dossier keys
    own: bytes = field(repr=False)  # the key of the vault's own entries
    signatures: bytes = field(repr=False)
    head: bytes = field(repr=False)
    log: bytes = field(repr=False)
    sheets: bytes = field(repr=False)

    @classmethod
    def of(cls, vault_key: bytes, vault: bytes) -> VaultKeys:
        """The subkeys of `vault_key` (32 bytes) in the vault with this id (16 bytes)."""
        return cls(
            wrapping=subkey(vault_key, "dossier keys", vault),
            own=subkey(vault_key, "vault entries", vault),
            signatures=subkey(vault_key, "signatures", vault),
            head=subkey(vault_key, "head", vault),
            log=subkey(vault_key, "log keys", vault),
            sheets=subkey(vault_key, "sheets", vault),
        )

    @classmethod
    def none(cls) -> VaultKeys:
        """Keys that open nothing."""
        return cls(b"", b"", b"", b"", b"", b"")

    def wraps(self, vault: bytes, dossier: bytes) -> bytes:
        """The key that wraps a dossier's (16 bytes; the vault's own id for its own entries)."""
        return self.own if dossier == vault else self.wrapping


def entry_key(dossier_key: bytes) -> bytes:
    """The key that seals a dossier's entries."""
    return subkey(dossier_key, "entry")


def card_key(dossier_key: bytes) -> bytes:
    """The key that seals a dossier's card."""
    return subkey(dossier_key, "card")


def draft_key(dossier_key: bytes) -> bytes:
    """The key that seals what was left unfinished at a dossier."""
    return subkey(dossier_key, "draft")


def commitment(dossier_key: bytes) -> bytes:
    """32 bytes that bind a leaf to one dossier key and say nothing of it."""
    return subkey(dossier_key, "commitment")


def key_place(vault: bytes, dossier: bytes) -> Place:
    """Where a dossier's wrapped key stands."""
    return Place(vault, "dossier.key", dossier)


def card_place(vault: bytes, dossier: bytes) -> Place:
    """Where a dossier's card stands."""
    return Place(vault, "dossier.card", dossier)


def entry_place(vault: bytes, dossier: bytes, number: int) -> Place:
    """Where an entry stands."""
    return Place(vault, "entry.sealed", dossier, number)


def entries_of(vault: bytes, dossier: bytes, dossier_key: bytes) -> Strand:
    """The seals of a dossier's entries."""
    return Strand(entry_key(dossier_key), entry_place(vault, dossier, 0))


def draft_place(vault: bytes, dossier: bytes) -> Place:
    """Where a dossier's draft stands."""
    return Place(vault, "draft.sealed", dossier)


def sheet_place(vault: bytes, place: int) -> Place:
    """Where the sheet of this place stands."""
    return Place(vault, "sheet.sealed", b"", place)


def signature_place(vault: bytes, size: int) -> Place:
    """Where the signature on the checkpoint of this size stands."""
    return Place(vault, "signature.sealed", b"", size)


def head_place(vault: bytes) -> Place:
    """Where the head stands."""
    return Place(vault, "head.sealed")


def log_place(vault: bytes) -> Place:
    """Where the log keys stand."""
    return Place(vault, "vault.log_keys")


def leaf(dossier: bytes, committed: bytes, sealed: bytes) -> bytes:
    """What the Merkle tree hashes of an entry: id (16), commitment (32), sealed bytes."""
    return dossier + committed + sealed


def outside_digest(vault: bytes, log_keys: bytes, slots: Iterable[Slot]) -> bytes:
    """SHA-256 over what stands outside the journal, each field with its length.

    The head repeats it under seal, so that no slot is changed, added or taken
    away unseen; the plain copy tells damage from a wrong passphrase.
    """
    fields = [vault, log_keys]
    for slot in sorted(slots, key=lambda s: s.id):
        fields += [slot.id, slot.kdf.encode(), slot.tag, slot.sealed, slot.wrapped]
    return bytes.fromhex(digest(fields, "outside"))
