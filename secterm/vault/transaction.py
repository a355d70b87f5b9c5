"""What is to be committed together. It touches no disk; the vault commits it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from secterm.vault import kdf, slots
from secterm.vault.records import ID_SIZE, Card, Signer
from secterm.vault.seal import KEY_SIZE

if TYPE_CHECKING:
    from secterm.vault.vault import Vault


class Transaction:
    """Entries and cards to be committed together. Numbers are final once committed."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._first = vault.head.edge.size
        self.dossiers: dict[bytes, bytes] = {}  # id -> new key
        self.entries: list[tuple[bytes, bytes]] = []  # dossier, plaintext
        self.cards: dict[bytes, Card] = {}
        self.slots: list[slots.Slot] = []
        self.mark = vault.head.mark
        self.failures_told = False

    def create_dossier(self, id: bytes = b"") -> bytes:
        """The id (16 bytes, random unless given) of a new dossier with a key of its own."""
        id = id or os.urandom(ID_SIZE)
        self.dossiers[id] = os.urandom(KEY_SIZE)
        return id

    def append(self, dossier: bytes, plaintext: bytes) -> int:
        """Appends an entry; its number."""
        self.entries.append((dossier, plaintext))
        return self._first + len(self.entries) - 1

    def set_card(self, dossier: bytes, number: int, body: bytes) -> None:
        """Replaces a dossier's card by one that is true as of entry `number`."""
        self.cards[dossier] = Card(dossier, number, body)

    def add_slot(self, login: str, passphrase: str, cost: kdf.Cost) -> Signer:
        """A slot for a new officer with a new signing key; who they are from now on."""
        spec = self._vault.spec_for(cost)
        officer, seed = os.urandom(ID_SIZE), os.urandom(KEY_SIZE)
        contents = slots.Contents(self._vault.reveal_key(), officer, seed)
        self.slots.append(slots.make(self._vault.id, spec, login, passphrase, contents))
        return Signer(officer, Ed25519PrivateKey.from_private_bytes(seed))
