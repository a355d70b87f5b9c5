"""What proves an entry to a stranger: that it stands under the checkpoint that left
the vault, and in the tree that the officer signed who recorded it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from secterm.vault import checkpoints, keys
from secterm.vault.errors import VaultDamaged, VaultError
from secterm.vault.merkle import TILE_WIDTH, leaf_hash, verify_inclusion
from secterm.vault.note import Checkpoint, Ed25519Verifier, Note, SignatureLine, proof
from secterm.vault.records import SignedSize
from secterm.vault.vault import Vault

TREES_KEPT: Final = 4096  # whose paths were verified, or whose notes were written
BLOCK: Final = 256  # entries whose transactions are read at once
BLOCKS_KEPT: Final = 32
MOST_OWED: Final = 1 << 16  # signatures; so many are 20 MB


class _Owed(NamedTuple):
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
        self._tree = vault.tree()
        self._signed = lru_cache(TREES_KEPT)(self._written)
        self._leads = lru_cache(TREES_KEPT)(self._verified)
        self._block = lru_cache(BLOCKS_KEPT)(vault.signed_between)
        self._owed: list[_Owed] = []
        self._latest = range(0), b"", b""  # the transaction proven last, from an entry on

    def leaf(self, id: bytes, committed: bytes, sealed: bytes) -> bytes:
        """The 32-byte leaf hash of an entry."""
        return leaf_hash(keys.leaf(id, committed, sealed))

    def proof(self, number: int, leaf: bytes) -> bytes:
        """That the leaf stands under the checkpoint: a tlog-proof. Raises `VaultDamaged`."""
        return self._proof(number, leaf, self._point.size, self._point.root, self._note)

    def officer_proof(self, number: int, leaf: bytes) -> bytes:
        """That the leaf stands in the tree that was signed when the entry was appended, likewise.

        Raises `VaultDamaged` or `SealBroken` where the vault's own rows do not prove it; whether
        the signature does is owed until `settle`.
        """
        if number not in self._latest[0]:
            size, sealed = self._ended(number)
            self._latest = range(number, size), *self._signed(size, sealed)
        numbers, root, note = self._latest
        return self._proof(number, leaf, numbers.stop, root, note)

    def settle(self) -> None:
        """Verifies the signatures in all proofs made so far. Raises `VaultDamaged`."""
        while self._owed:
            size, key, signature, text = self._owed.pop()
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(signature, text.encode())
            except (InvalidSignature, ValueError):
                raise _unsigned(size) from None

    def _ended(self, number: int) -> tuple[int, bytes]:
        """The transaction in which an entry was appended, as it is sealed."""
        start = number - number % BLOCK
        block = self._block(start, start + BLOCK)
        place = bisect_right(block, number, key=lambda row: row[0])
        return block[place] if place < len(block) else self._vault.signed_after(number)

    def _written(self, size: int, sealed: bytes) -> tuple[bytes, bytes]:
        """The root of the first `size` entries, and the note of it that the officer signed."""
        signed = self._vault.open_signature(size, sealed)
        root = self._tree.root_at(size)
        text = Checkpoint(self._vault.origin, size, root).text()
        note = self._signed_by(signed, size, text)
        if len(self._owed) == MOST_OWED:
            self.settle()
        self._owed.append(_Owed(size, self._signers[signed.officer], signed.signature, text))
        return root, note

    def _signed_by(self, signed: SignedSize, size: int, text: str) -> bytes:
        name = checkpoints.officer_name(self._vault.origin, signed.officer)
        try:
            key_id = Ed25519Verifier(name, self._signers[signed.officer]).key_id
        except (KeyError, VaultError):
            raise _unsigned(size) from None
        return Note(text, (SignatureLine(name, key_id, signed.signature),)).format()

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
