"""What proves an entry to a stranger: that it stands under the checkpoint that left
the vault, and in the tree that the officer signed who recorded it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from secterm.vault import checkpoints, keys
from secterm.vault.errors import VaultDamaged, VaultError
from secterm.vault.merkle import leaf_hash, verify_inclusion
from secterm.vault.note import Checkpoint, Ed25519Verifier, Note, SignatureLine, proof
from secterm.vault.records import SignedSize
from secterm.vault.vault import Vault

SIGNED_KEPT: Final = 1024  # trees that were verified; an act on many dossiers signs one


class Journal:
    """The journal of an unlocked vault up to one checkpoint, and what it proves.

    `signers` maps the ids (16 bytes) of all who can have signed to their Ed25519 keys.
    """

    def __init__(self, vault: Vault, note: Note, signers: Mapping[bytes, bytes]) -> None:
        self._vault = vault
        self._note = checkpoints.short_note(note).format()
        self._point = Checkpoint.parse(note.text)
        self._signers = signers
        self._tree = vault.tree()
        self._signed = lru_cache(SIGNED_KEPT)(self._verified)
        self._latest = range(0), b"", b""  # the transaction proven last, from an entry on

    def leaf(self, id: bytes, committed: bytes, sealed: bytes) -> bytes:
        """The 32-byte leaf hash of an entry."""
        return leaf_hash(keys.leaf(id, committed, sealed))

    def proof(self, number: int, leaf: bytes) -> bytes:
        """That the leaf stands under the checkpoint: a tlog-proof. Raises `VaultDamaged`."""
        return self._proof(number, leaf, self._point.size, self._point.root, self._note)

    def officer_proof(self, number: int, leaf: bytes) -> bytes:
        """That the leaf stands in the tree that was signed when the entry was appended, likewise.

        Raises `VaultDamaged` or `SealBroken` where the vault's own rows do not prove it.
        """
        if number not in self._latest[0]:
            size, signed = self._vault.signed_after(number)
            self._latest = range(number, size), *self._signed(size, signed)
        numbers, root, note = self._latest
        return self._proof(number, leaf, numbers.stop, root, note)

    def _verified(self, size: int, signed: SignedSize) -> tuple[bytes, bytes]:
        """The root of the first `size` entries, and the note of it that the officer signed."""
        root = self._tree.root_at(size)
        text = Checkpoint(self._vault.origin, size, root).text()
        name = checkpoints.officer_name(self._vault.origin, signed.officer)
        try:
            verifier = Ed25519Verifier(name, self._signers[signed.officer])
            note = Note(text, (SignatureLine(name, verifier.key_id, signed.signature),))
            verifier.verify(note)
        except (KeyError, ValueError, VaultError):
            raise VaultDamaged(f"signature #{size}", "does not hold") from None
        return root, note.format()

    def _proof(self, number: int, leaf: bytes, size: int, root: bytes, note: bytes) -> bytes:
        path = self._tree.inclusion_proof(number, size)
        if not verify_inclusion(leaf, number, size, path, root):
            raise VaultDamaged(f"entry #{number}", "is not in the journal that was signed")
        return proof(number, path, note)
