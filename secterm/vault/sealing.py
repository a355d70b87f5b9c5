"""What one officer can be given without their passphrase: a key sealed to their
public sealing key, ML-KEM-768 (FIPS 203) and X25519 (RFC 7748) together, so
that it holds while either does. A vault gets a new key in this way.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from secterm.vault.errors import SealBroken
from secterm.vault.seal import Place, seal, subkey, unseal

MLKEM_PUBLIC: Final = 1184  # bytes
MLKEM_TEXT: Final = 1088  # bytes of a ciphertext
X25519_SIZE: Final = 32  # bytes
PUBLIC_SIZE: Final = MLKEM_PUBLIC + X25519_SIZE


def public_key(seed: bytes) -> bytes:
    """The public sealing key (1216 bytes) of a private one (a seed of 32 bytes)."""
    mlkem, x25519 = _private(seed)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def wrap(public: bytes, place: Place, key: bytes) -> bytes:
    """`key` for the holder of a public sealing key, at this place.

    ML-KEM ciphertext (1088), an X25519 public key made for this (32), a seal.
    Raises ValueError where it is no public sealing key.
    """
    if len(public) != PUBLIC_SIZE:
        raise ValueError("not a sealing key")
    first = MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC])
    second = X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC:])
    shared, text = first.encapsulate()
    once = X25519PrivateKey.generate()
    sent = text + once.public_key().public_bytes_raw()
    return sent + seal(_kek(shared + once.exchange(second), sent, public), place, key)


def unwrap(seed: bytes, place: Place, wrapped: bytes) -> bytes:
    """What was wrapped for this seed at this place. Raises `SealBroken`."""
    sent, sealed = wrapped[: MLKEM_TEXT + X25519_SIZE], wrapped[MLKEM_TEXT + X25519_SIZE :]
    first, second = _private(seed)
    try:
        shared = first.decapsulate(sent[:MLKEM_TEXT]) + second.exchange(
            X25519PublicKey.from_public_bytes(sent[MLKEM_TEXT:])
        )
    except ValueError:
        raise SealBroken(str(place)) from None
    return unseal(_kek(shared, sent, public_key(seed)), place, sealed)


def _kek(shared: bytes, sent: bytes, public: bytes) -> bytes:
    """Bound to all that was sent and to whom: neither half can be swapped alone."""
    return subkey(shared, "sealing", sent + public)


def _private(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    mlkem = subkey(seed, "sealing d") + subkey(seed, "sealing z")
    return (
        MLKEM768PrivateKey.from_seed_bytes(mlkem),
        X25519PrivateKey.from_private_bytes(subkey(seed, "sealing x25519")),
    )
