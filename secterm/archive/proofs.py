"""What proves an entry to a stranger: that it stands under the checkpoint that left
the vault, and in the tree that the officer signed who recorded it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from secterm.vault import checkpoints, keys
from secterm.vault.errors import SealBroken, VaultDamaged, VaultError
from secterm.vault.merkle import TILE_WIDTH, leaf_hash, verify_inclusion
from secterm.vault.note import Checkpoint, Ed25519Verifier, Note, SignatureLine, proof
from secterm.vault.records import Kept
from secterm.vault.vault import Vault

TREES_KEPT: Final = 4096  # whose paths were verified, or whose notes were written
MOST_OWED: Final = 1 << 16  # signatures; so many are 20 MB


class Owed(NamedTuple):
    """A signature that was written and has still to be verified."""

    size: int
    key: bytes  # Ed25519
    signature: bytes
    text: str


class Journal:
    """The journal of an unlocked vault up to one checkpoint, and what it proves.

    `signers` maps the ids (16 bytes) of all who can have signed to their Ed25519 keys.
    Officers' signatures are verified by `settle`, all at once, which others need not wait for.
    """

    def __init__(self, vault: Vault, note: Note, signers: Mapping[bytes, bytes]) -> None:
        self._vault = vault
        self._note = checkpoints.short_note(note).format()
        self._point = Checkpoint.parse(note.text)
        self._signers = signers
        self._tree = vault.tree_of(self._point.size)
        self._signed = lru_cache(TREES_KEPT)(self._written)
        self._leads = lru_cache(TREES_KEPT)(self._verified)
        self._owed: list[Owed] = []
        self._names: dict[bytes, tuple[str, bytes, bytes]] = {}
        self._latest = range(0), b"", b""  # the transaction proven last, from an entry on

    def leaf(self, id: bytes, committed: bytes, sealed: bytes) -> bytes:
        """The 32-byte leaf hash of an entry."""
        return leaf_hash(keys.leaf(id, committed, sealed))

    def proof(self, number: int, leaf: bytes) -> bytes:
        """That the leaf stands under the checkpoint: a tlog-proof. Raises `VaultDamaged`."""
        return self._proof(number, leaf, self._point.size, self._point.root, self._note)

    def officer_proof(self, one: Kept, leaf: bytes) -> bytes:
        """That the leaf stands in the tree that was signed when the entry was appended, likewise.

        Raises `VaultDamaged` or `SealBroken` where the vault's own rows do not prove it; whether
        the signature does is owed until `settle`.
        """
        if one.number not in self._latest[0]:
            if one.size is None or one.signed is None:
                raise SealBroken(str(keys.signature_place(self._vault.id, one.number + 1)))
            self._latest = range(one.number, one.size), *self._signed(one.size, one.signed)
        numbers, root, note = self._latest
        return self._proof(one.number, leaf, numbers.stop, root, note)

    def settle(self) -> None:
        """Verifies the signatures in all proofs made so far. Raises `VaultDamaged`."""
        while self._owed:
            size, key, signature, text = self._owed.pop()
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(signature, text.encode())
            except (InvalidSignature, ValueError):
                raise _unsigned(size) from None

    def owe(self, more: list[Owed]) -> None:
        """Signatures in other proofs of this journal, which `settle` is to verify as well."""
        self._owed += more
        if len(self._owed) >= MOST_OWED:
            self.settle()

    def owed(self) -> list[Owed]:
        """What `settle` would verify: left to whoever takes it."""
        owed, self._owed = self._owed, []
        return owed

    def _written(self, size: int, sealed: bytes) -> tuple[bytes, bytes]:
        """The root of the first `size` entries, and the note of it that the officer signed."""
        signed = self._vault.open_signature(size, sealed)
        root = self._tree.root_at(size)
        text = Checkpoint(self._vault.origin, size, root).text()
        name, key_id, key = self._known(signed.officer, size)
        note = Note(text, (SignatureLine(name, key_id, signed.signature),))
        self.owe([Owed(size, key, signed.signature, text)])
        return root, note.format()

    def _known(self, officer: bytes, size: int) -> tuple[str, bytes, bytes]:
        """Who signed that: name, key id and key."""
        known = self._names.get(officer)
        if known is None:
            name = checkpoints.officer_name(self._vault.origin, officer)
            try:
                key = Ed25519Verifier(name, self._signers[officer])
            except (KeyError, VaultError):
                raise _unsigned(size) from None
            known = self._names[officer] = name, key.key_id, key.public_key
        return known

    def _proof(self, number: int, leaf: bytes, size: int, root: bytes, note: bytes) -> bytes:
        path = self._tree.inclusion_proof(number, size)
        first = number - number % TILE_WIDTH
        if leaf != self._tree.leaf(number) or not self._leads(first, size, root):
            raise VaultDamaged(f"entry #{number}", "is not in the journal that was signed")
        return proof(number, path, note)

    def _verified(self, first: int, size: int, root: bytes) -> bool:
        """Whether the tile that begins with this leaf leads to the root, by one of its leaves.

        The paths of the others are of the same hashes, which were made from the leaves.
        """
        path = self._tree.inclusion_proof(first, size)
        return verify_inclusion(self._tree.leaf(first), first, size, path, root)


def _unsigned(size: int) -> VaultDamaged:
    return VaultDamaged(f"signature #{size}", "does not hold")
