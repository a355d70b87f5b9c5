"""What is to be committed together. It touches no disk; the vault commits it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from secterm.vault import kdf, slots
from secterm.vault.records import ID_SIZE, Card
from secterm.vault.seal import KEY_SIZE
from secterm.vault.signer import Signer

if TYPE_CHECKING:
    from secterm.vault.commit import Rekeying, Written
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
        self.gone: list[str] = []  # digests of slots to take away
        self.erased: list[bytes] = []  # dossiers whose keys are destroyed
        self.rekeying: Rekeying | None = None
        self.written: Written | None = None  # what its commit left, or was about to leave
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

    def add_slot(
        self, login: str, passphrase: str, cost: kdf.Cost, who: Signer, key_file: bytes = b""
    ) -> Signer:
        """A slot that opens to `who` with this passphrase (and key file); they with its digest."""
        vault = self._vault
        spec, key = vault.spec_for(cost), vault.reveal_key()
        return self._add(slots.make(vault.id, spec, login, passphrase, who, key, key_file), who)

    def add_recovery(self, secret: bytes, who: Signer) -> Signer:
        """A slot that opens to `who` with the secret (32 bytes) of recovery shares."""
        vault = self._vault
        return self._add(slots.make_recovery(vault.id, secret, who, vault.reveal_key()), who)

    def _add(self, slot: slots.Slot, who: Signer) -> Signer:
        self.slots.append(slot)
        return replace(who, slot=slot.digest())

    def remove_slot(self, digest: str) -> None:
        """Takes away the slot with this digest; the commit raises where it is not there."""
        self.gone.append(digest)

    def erase(self, dossier: bytes) -> None:
        """Destroys a dossier's key, card and sealed entries; their leaf hashes stay."""
        self.erased.append(dossier)

    @property
    def touches_outside(self) -> bool:
        """Whether anything changes that stands outside the journal."""
        return bool(self.slots or self.gone or self.rekeying or self.failures_told)
