"""What proves an entry to a stranger: that it stands under the checkpoint that left
the vault, and in the tree that the officer signed who recorded it.
"""

from __future__ import annotations

from collections.abc import Mapping

from secterm.vault import checkpoints, keys
from secterm.vault.errors import VaultDamaged, VaultError
from secterm.vault.merkle import leaf_hash, verify_inclusion
from secterm.vault.note import Checkpoint, Ed25519Verifier, Note, SignatureLine, TlogProof
from secterm.vault.vault import Vault


class Journal:
    """The journal of an unlocked vault up to one checkpoint, and what it proves.

    `signers` maps the ids (16 bytes) of all who can have signed to their Ed25519 keys.
    """

    def __init__(self, vault: Vault, note: Note, signers: Mapping[bytes, bytes]) -> None:
        self._vault = vault
        self._note = checkpoints.short_note(note)
        self._point = Checkpoint.parse(note.text)
        self._signers = signers
        self._tree = vault.tree()
        self._transaction = (range(0), b"", self._note)  # the one proven last, from an entry on

    def leaf(self, id: bytes, committed: bytes, sealed: bytes) -> bytes:
        """The 32-byte leaf hash of an entry."""
        return leaf_hash(keys.leaf(id, committed, sealed))

    def proof(self, number: int, leaf: bytes) -> TlogProof:
        """That the leaf stands under the checkpoint. Raises `VaultDamaged`."""
        return self._proof(number, leaf, self._point.size, self._point.root, self._note)

    def officer_proof(self, number: int, leaf: bytes) -> TlogProof:
        """That the leaf stands in the tree that was signed when the entry was appended.

        Raises `VaultDamaged` or `SealBroken` where the vault's own rows do not prove it.
        """
        if number not in self._transaction[0]:
            self._transaction = self._signed(number)
        numbers, root, note = self._transaction
        return self._proof(number, leaf, numbers.stop, root, note)

    def _signed(self, number: int) -> tuple[range, bytes, Note]:
        size, signed = self._vault.signed_after(number)
        root = self._tree.root_at(size)
        text = Checkpoint(self._vault.origin, size, root).text()
        name = checkpoints.officer_name(self._vault.origin, signed.officer)
        try:
            verifier = Ed25519Verifier(name, self._signers[signed.officer])
            note = Note(text, (SignatureLine(name, verifier.key_id, signed.signature),))
            verifier.verify(note)
        except (KeyError, ValueError, VaultError):
            raise VaultDamaged(f"signature #{size}", "does not hold") from None
        return range(number, size), root, note

    def _proof(self, number: int, leaf: bytes, size: int, root: bytes, note: Note) -> TlogProof:
        path = tuple(self._tree.inclusion_proof(number, size))
        if not verify_inclusion(leaf, number, size, path, root):
            raise VaultDamaged(f"entry #{number}", "is not in the journal that was signed")
        return TlogProof(number, path, note)
