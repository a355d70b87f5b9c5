"""Slots: the ways into a vault. Each wraps the vault key and, for an officer,
their own signing key, under a key that only their passphrase yields. A slot
says of nobody that it is theirs.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass, field
from typing import Final

from secterm.vault import kdf
from secterm.vault.errors import SealBroken, SlotRefused
from secterm.vault.seal import KEY_SIZE, Place, seal, subkey, unseal

ID_SIZE: Final = 16  # bytes
TAG_SIZE: Final = 16  # bytes
MOST_SPECS: Final = 8  # each costs a derivation before anybody is let in


@dataclass(frozen=True)
class Contents:
    """What a slot wraps: the vault key, the officer's id and signing seed."""

    vault_key: bytes = field(repr=False)  # 32 bytes
    officer: bytes  # 16 bytes
    signing_seed: bytes = field(repr=False)  # 32 bytes, Ed25519


@dataclass(frozen=True)
class Slot:
    """A slot's row."""

    id: bytes
    kdf: str
    tag: bytes
    sealed: bytes


def _place(vault: bytes, id: bytes, spec: str, tag: bytes) -> Place:
    return Place(vault, "slot.sealed", id + tag + spec.encode())


def make(vault: bytes, spec: kdf.Spec, login: str, passphrase: str, contents: Contents) -> Slot:
    """A slot that opens to `contents` with this login name and passphrase."""
    stretched = kdf.stretch(spec, login, passphrase)
    id = os.urandom(ID_SIZE)
    tag = subkey(stretched, "slot tag")[:TAG_SIZE]
    plaintext = contents.vault_key + contents.officer + contents.signing_seed
    place = _place(vault, id, spec.text(), tag)
    return Slot(id, spec.text(), tag, seal(subkey(stretched, "slot key"), place, plaintext))


def open_one(vault: bytes, slots: list[Slot], login: str, passphrase: str) -> Contents | None:
    """What the slot wraps that these open; None where none does.

    One derivation for each distinct specification, of which there are few. A slot
    with parameters out of bounds keeps nobody out but its own officer: it raises
    `SlotRefused` only where no other opens. Raises `SealBroken` where the tag
    fits and the seal does not.
    """
    refused: SlotRefused | None = None
    texts = sorted({s.kdf for s in slots})
    if len(texts) > MOST_SPECS:
        raise SlotRefused("more ways to derive a key than a vault has")
    for text in texts:
        try:
            stretched = kdf.stretch(kdf.Spec.parse(text), login, passphrase)
        except SlotRefused as error:
            refused = error
            continue
        tag = subkey(stretched, "slot tag")[:TAG_SIZE]
        for slot in slots:
            if slot.kdf == text and hmac.compare_digest(slot.tag, tag):
                return _unwrap(vault, slot, subkey(stretched, "slot key"))
    if refused is not None:
        raise refused
    return None


def _unwrap(vault: bytes, slot: Slot, key: bytes) -> Contents:
    place = _place(vault, slot.id, slot.kdf, slot.tag)
    plain = unseal(key, place, slot.sealed)
    if len(plain) != KEY_SIZE + ID_SIZE + KEY_SIZE:
        raise SealBroken(str(place))
    return Contents(
        plain[:KEY_SIZE], plain[KEY_SIZE : KEY_SIZE + ID_SIZE], plain[KEY_SIZE + ID_SIZE :]
    )
