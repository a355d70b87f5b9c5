"""Slots: the ways into a vault. Each holds somebody's own keys, under a key that
only their passphrase (and key file, where they have one) or the recovery shares
yield; and the vault's key, sealed to those. A slot says of nobody that it is
theirs.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from secterm.vault import kdf, sealing
from secterm.vault.errors import SealBroken, SlotRefused
from secterm.vault.records import ID_SIZE
from secterm.vault.seal import KEY_SIZE, Place, seal, subkey, unseal
from secterm.vault.signer import Signer

TAG_SIZE: Final = 16  # bytes
MOST_SPECS: Final = 8  # each costs a derivation before anybody is let in
RECOVERY: Final = "slip39"  # in the place of a derivation's parameters


@dataclass(frozen=True)
class Slot:
    """A slot's row."""

    id: bytes
    kdf: str
    tag: bytes
    sealed: bytes  # the holder's own keys
    wrapped: bytes  # the vault key, sealed to them

    def digest(self) -> str:
        """64 hex digits by which an entry names this slot, whatever vault key it wraps."""
        return digest((self.id, self.kdf.encode(), self.tag, self.sealed), "slot")


def digest(fields: Iterable[bytes], label: str) -> str:
    """SHA-256 in hex under `secterm/1 LABEL`, each field with its length."""
    total = hashlib.sha256(b"secterm/1 " + label.encode() + b"\0")
    for each in fields:
        total.update(len(each).to_bytes(4, "big"))
        total.update(each)
    return total.hexdigest()


def place(vault: bytes, id: bytes, spec: str, tag: bytes) -> Place:
    """Where a slot's own keys stand."""
    return Place(vault, "slot.sealed", id + tag + spec.encode())


def wrapped_place(vault: bytes, id: bytes) -> Place:
    """Where the vault key stands in a slot."""
    return Place(vault, "slot.wrapped", id)


def make(
    vault: bytes,
    spec: kdf.Spec,
    login: str,
    passphrase: str,
    who: Signer,
    vault_key: bytes,
    key_file: bytes = b"",
) -> Slot:
    """A slot that opens to `who` with this login name and passphrase (and key file, 32 bytes)."""
    stretched = kdf.with_key_file(kdf.stretch(spec, login, passphrase), key_file)
    return _made(vault, spec.text(), stretched, who, vault_key)


def make_recovery(vault: bytes, secret: bytes, who: Signer, vault_key: bytes) -> Slot:
    """A slot that opens to `who` with the secret (32 bytes) that recovery shares give."""
    return _made(vault, RECOVERY, secret, who, vault_key)


def _made(vault: bytes, spec: str, stretched: bytes, who: Signer, vault_key: bytes) -> Slot:
    id = os.urandom(ID_SIZE)
    tag = _tag(stretched)
    own = who.officer + who.key.private_bytes_raw() + who.sealing_seed
    sealed = seal(subkey(stretched, "slot key"), place(vault, id, spec, tag), own)
    wrapped = sealing.wrap(who.sealing_key, wrapped_place(vault, id), vault_key)
    return Slot(id, spec, tag, sealed, wrapped)


def _tag(stretched: bytes) -> bytes:
    return subkey(stretched, "slot tag")[:TAG_SIZE]


def open_one(
    vault: bytes,
    slots: list[Slot],
    login: str,
    passphrase: str,
    key_files: Sequence[bytes] = (),
) -> tuple[Slot, Signer] | None:
    """The slot that these open, and whose it is; None where none does.

    `key_files` (32 bytes each) are those at hand; the passphrase is tried with each
    and without any. One derivation for each distinct specification, of which there
    are few. A slot with parameters out of bounds, or whose tag fits and whose seal
    does not, keeps nobody out but its own officer: only where no other opens is
    `SlotRefused` or `SealBroken` raised.
    """
    refused: SlotRefused | SealBroken | None = None
    texts = sorted({s.kdf for s in slots} - {RECOVERY})
    if len(texts) > MOST_SPECS:
        raise SlotRefused("more ways to derive a key than a vault has")
    for text in texts:
        try:
            stretched = kdf.stretch(kdf.Spec.parse(text), login, passphrase)
        except SlotRefused as error:
            refused = error
            continue
        for key_file in (b"", *key_files):
            try:
                found = _opened(vault, slots, text, kdf.with_key_file(stretched, key_file))
            except SealBroken as error:
                refused = error
                continue
            if found is not None:
                return found[0], replace(found[1], key_file=key_file)
    if refused is not None:
        raise refused
    return None


def open_recovery(vault: bytes, slots: list[Slot], secret: bytes) -> tuple[Slot, Signer] | None:
    """The recovery slot that this secret (32 bytes) opens; None where none does.

    Raises `SealBroken` as `open_one`.
    """
    return _opened(vault, slots, RECOVERY, secret)


def _opened(
    vault: bytes, slots: list[Slot], spec: str, stretched: bytes
) -> tuple[Slot, Signer] | None:
    """The slot with this tag that opens. Raises `SealBroken` where there are, and none does."""
    tag = _tag(stretched)
    broken: SealBroken | None = None
    for slot in slots:
        if slot.kdf == spec and hmac.compare_digest(slot.tag, tag):
            try:
                return slot, _own(vault, slot, subkey(stretched, "slot key"))
            except SealBroken as error:
                broken = error
    if broken is not None:
        raise broken
    return None


def _own(vault: bytes, slot: Slot, key: bytes) -> Signer:
    where = place(vault, slot.id, slot.kdf, slot.tag)
    plain = unseal(key, where, slot.sealed)
    if len(plain) != ID_SIZE + 2 * KEY_SIZE:
        raise SealBroken(str(where))
    seed, sealing_seed = plain[ID_SIZE : ID_SIZE + KEY_SIZE], plain[ID_SIZE + KEY_SIZE :]
    key_ = Ed25519PrivateKey.from_private_bytes(seed)
    return Signer(plain[:ID_SIZE], key_, sealing_seed, slot.digest())


def vault_key(vault: bytes, slot: Slot, who: Signer) -> bytes:
    """The vault key (32 bytes) that a slot's holder gets. Raises `SealBroken`."""
    where = wrapped_place(vault, slot.id)
    key = sealing.unwrap(who.sealing_seed, where, slot.wrapped)
    if len(key) != KEY_SIZE:
        raise SealBroken(str(where))
    return key
