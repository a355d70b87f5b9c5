"""Bytes, keys, seals and the tree: sections 1, 3 and 7."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

EMPTY_ROOT = hashlib.sha256(b"").digest()  # RFC 6962 section 2.1


class Refused(Exception):
    """The file is not read any further: it is no vault of this format, or the secret is wrong."""


class Broken(Exception):
    """A value is not what the format has in its place."""


@dataclass(frozen=True, order=True)
class Fault:
    """What does not hold, and the value it was found in."""

    table: str
    row: str
    column: str
    what: str

    @property
    def place(self) -> str:
        """Table and row, `entry.12`: what two verifiers can be compared by."""
        return f"{self.table}.{self.row}"

    def __str__(self) -> str:
        return f"{self.table}.{self.column} {self.row}: {self.what}"


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"  # BIP 173


def bech32_holds(text: str) -> bool:
    """Whether the checksum of this lower-case Bech32 text is right."""
    prefix, _, data = text.rpartition("1")
    high, low = [ord(c) >> 5 for c in prefix], [ord(c) & 31 for c in prefix]
    check = 1
    for value in [*high, 0, *low, *map(BECH32.index, data)]:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= term if top >> bit & 1 else 0
    return check == 1


def u16(number: int) -> bytes:
    return number.to_bytes(2, "big")


def u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def u64(number: int) -> bytes:
    return number.to_bytes(8, "big")


def number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def kdf(key: bytes, label: bytes, context: bytes = b"") -> bytes:
    """KDF of section 1: HKDF-SHA256 of one block."""
    extracted = hmac.digest(bytes(32), key, "sha256")
    return hmac.digest(extracted, b"secterm/1 " + label + b"\0" + context + b"\1", "sha256")


def digest_of(label: bytes, *fields: bytes) -> bytes:
    """SHA-256 over a label and FIELDS of section 4."""
    return sha256(b"secterm/1 " + label + b"\0" + b"".join(u32(len(f)) + f for f in fields))


def padded(length: int) -> int:
    """P of section 3 for a plaintext of so many bytes."""
    least = max(length + 1, 32)
    exponent = least.bit_length() - 1
    mask = 2 ** (exponent - exponent.bit_length()) - 1
    return (least + mask) & ~mask


def associated(vault: bytes, place: str, row: bytes = b"", number: int = 0) -> bytes:
    """The associated data of a seal that stands there."""
    name = place.encode()
    return b"secterm/\0\1" + vault + bytes([len(name)]) + name + u16(len(row)) + row + u64(number)


def unsealed(key: bytes, data: bytes, sealed: bytes | None, length: int | None = None) -> bytes:
    """What is in a seal, of so many bytes if given; Broken where it does not open."""
    if sealed is None or len(sealed) < 12 + 32 + 16:
        raise Broken("no seal")
    try:
        plain = AESGCMSIV(key).decrypt(sealed[:12], sealed[12:], data)
    except InvalidTag:
        raise Broken("does not open") from None
    body, mark, _ = plain.rpartition(b"\x80")
    if not mark or plain.rstrip(b"\0") != body + mark or len(plain) != padded(len(body)):
        raise Broken("is padded otherwise")
    if length is not None and len(body) != length:
        raise Broken("opens to another length")
    return body


def public_key(seed: bytes) -> bytes:
    """The Ed25519 public key of a seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def signature_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def leaf_hash(strand: bytes, commitment: bytes, sealed: bytes) -> bytes:
    """Of section 7; what is left of an erased entry is its leaf hash."""
    return sealed if len(sealed) == 32 else sha256(b"\0" + strand + commitment + sealed)


def joined(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right)


@dataclass
class Edge:
    """The right edge of a growing tree: what the head has."""

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        below = self.size
        while below & 1:
            leaf = joined(self.hashes.pop(), leaf)
            below >>= 1
        self.hashes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY_ROOT
        *rest, root = self.hashes
        for left in reversed(rest):
            root = joined(left, root)
        return root


def root_of(leaves: list[bytes]) -> bytes:
    edge = Edge()
    for leaf in leaves:
        edge.add(leaf)
    return edge.root()


def tiles_of(leaves: list[bytes]) -> dict[tuple[int, int], bytes]:
    """Every full tile by level and place."""
    tiles, level, hashes = {}, 0, leaves
    while len(hashes) >= 256:
        full = [hashes[at : at + 256] for at in range(0, len(hashes) - 255, 256)]
        tiles.update({(level, place): b"".join(tile) for place, tile in enumerate(full)})
        hashes, level = [root_of(tile) for tile in full], level + 1
    return tiles


def checkpoint_text(origin: str, size: int, root: bytes) -> bytes:
    """The text of a checkpoint of section 7."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()


def short_line(size: int, root: bytes) -> str:
    """The short line of section 8."""
    digits = root.hex()[:20]
    return f"{size}:" + "-".join(digits[at : at + 4] for at in range(0, 20, 4))


def verifier_key(name: str, type: int, public: bytes) -> str:
    """A signed-note's verifier key."""
    typed = bytes([type]) + public
    id = sha256(name.encode() + b"\n" + typed)[:4]
    return f"{name}+{id.hex()}+{base64.b64encode(typed).decode()}"


def fingerprint(origin: str, ed25519: bytes, mldsa44: bytes) -> str:
    """The log keys' fingerprint of section 8, in groups of four."""
    keys = (verifier_key(origin, 1, ed25519), verifier_key(origin, 6, mldsa44))
    digits = sha256("".join(f"{key}\n" for key in keys).encode()).hex()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))
