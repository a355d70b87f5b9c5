"""Signatures on checkpoints, verified by whoever has the time: all of them, and none before
its text is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Protocol

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEYS_KEPT: Final = 64


class Stated(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a signature (64 bytes) under a public key (32 bytes) is to hold for: the text of
    the checkpoint of this size.
    """

    size: int
    key: bytes
    signature: bytes
    text: bytes

    def holds(self) -> bool:
        """Whether it does; takes as long as all else about ten entries. Raises ValueError
        where the key is none.
        """
        try:
            _key(self.key).verify(self.signature, self.text)
        except InvalidSignature:
            return False
        return True


class Verifier(Protocol):
    """Verifies signatures at once or later, in any order."""

    def verify(self, stated: Stated) -> Iterable[int]:
        """The sizes, of this signature and those before, that turned out now not to hold."""

    def rest(self) -> Iterable[int]:
        """Those that were not told yet; there are no more signatures."""


class AtOnce:
    """Verifies each as it comes."""

    def verify(self, stated: Stated) -> Iterable[int]:
        """Its size, unless it holds."""
        return () if stated.holds() else (stated.size,)

    def rest(self) -> Iterable[int]:
        """None."""
        return ()


@lru_cache(KEYS_KEPT)
def _key(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)
