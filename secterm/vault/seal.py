"""Seals bytes to the place where they stand: AES-256-GCM-SIV (RFC 8452) over
padded plaintext, the place as associated data. What was moved, swapped or
changed does not open. It must never say what was inside.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from secterm.vault.errors import SealBroken

FORMAT: Final = 1  # of seals, in all associated data; a later file format keeps it
KEY_SIZE: Final = 32  # bytes
NONCE_SIZE: Final = 12  # bytes
TAG_SIZE: Final = 16  # bytes
NUMBER_SIZE: Final = 8  # bytes of a place's number
SMALLEST_PADDED: Final = 32  # bytes
LONGEST_NAMED: Final = 256  # bytes of a row's id; no honest one comes near


@dataclass(frozen=True)
class Place:
    """Where sealed bytes stand: vault, table and column, row, and a sequence number."""

    vault: bytes  # 16 bytes
    slot: str  # "table.column"
    row: bytes = b""
    number: int = 0

    def associated(self) -> bytes:
        """The associated data: every field with its length, so that no two places agree."""
        name = self.slot.encode()
        return b"".join(
            (
                b"secterm/",
                FORMAT.to_bytes(2, "big"),
                self.vault,
                len(name).to_bytes(1, "big"),
                name,
                len(self.row).to_bytes(2, "big"),
                self.row,
                self.number.to_bytes(NUMBER_SIZE, "big"),
            )
        )

    def __str__(self) -> str:
        """Table, column and row as a report names them."""
        row = f" {self.row[:LONGEST_NAMED].hex()}" if self.row else ""
        number = f" #{self.number}" if self.number else ""
        return f"{self.slot}{row}{number}"


def subkey(key: bytes, label: str, context: bytes = b"") -> bytes:
    """32 bytes of HKDF-SHA256 from a 32-byte key under `secterm/1 LABEL`."""
    info = b"secterm/1 " + label.encode() + b"\0" + context
    return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=info).derive(key)


def padded_size(size: int) -> int:
    """Padme (Nikitin et al., PoPETs 2019): the size to which `size` bytes are padded.

    Never under 32 bytes; over that at most 12 percent more, and the size tells
    no more than O(log log) bits.
    """
    size = max(size, SMALLEST_PADDED)
    exponent = size.bit_length() - 1
    step = exponent.bit_length()
    mask = (1 << max(exponent - step, 0)) - 1
    return (size + mask) & ~mask


def pad(plaintext: bytes) -> bytes:
    """`plaintext`, a byte 0x80, and zeros up to `padded_size`."""
    marked = plaintext + b"\x80"
    return marked.ljust(padded_size(len(marked)), b"\0")


def unpad(padded: bytes) -> bytes:
    """What `pad` was given. Raises ValueError where there is no mark."""
    body = padded.rstrip(b"\0")
    if not body.endswith(b"\x80"):
        raise ValueError("no padding mark")
    return body[:-1]


class Strand:
    """Seals under one key at places that differ by their number alone. `place` is any of them;
    what all have in common is made once.
    """

    def __init__(self, key: bytes, place: Place) -> None:
        self._place = place
        self._aead = AESGCMSIV(key)
        self._common = place.associated()[:-NUMBER_SIZE]

    def seal(self, number: int, plaintext: bytes) -> bytes:
        """As `seal`, to the place of this number."""
        nonce = os.urandom(NONCE_SIZE)
        place = self._common + number.to_bytes(NUMBER_SIZE, "big")
        return nonce + self._aead.encrypt(nonce, pad(plaintext), place)

    def unseal(self, number: int, sealed: bytes) -> bytes:
        """What was sealed at the place of this number. Raises `SealBroken` naming it."""
        try:
            padded = self._aead.decrypt(
                sealed[:NONCE_SIZE],
                sealed[NONCE_SIZE:],
                self._common + number.to_bytes(NUMBER_SIZE, "big"),
            )
            return unpad(padded)
        except (InvalidTag, ValueError, OverflowError):  # also one too short to be a seal
            raise SealBroken(str(replace(self._place, number=number))) from None


def seal(key: bytes, place: Place, plaintext: bytes) -> bytes:
    """A fresh nonce (12 bytes), then ciphertext and tag."""
    nonce = os.urandom(NONCE_SIZE)
    return nonce + AESGCMSIV(key).encrypt(nonce, pad(plaintext), place.associated())


def unseal(key: bytes, place: Place, sealed: bytes | None) -> bytes:
    """What was sealed at this place. Raises `SealBroken` naming the place."""
    if sealed is None or len(sealed) < NONCE_SIZE + TAG_SIZE:
        raise SealBroken(str(place))
    try:
        padded = AESGCMSIV(key).decrypt(
            sealed[:NONCE_SIZE], sealed[NONCE_SIZE:], place.associated()
        )
        return unpad(padded)
    except (InvalidTag, ValueError, OverflowError):  # a row or number longer than a place has
        raise SealBroken(str(place)) from None
