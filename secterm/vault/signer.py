"""Who signs: an officer who has shown their passphrase, or the holder of the
recovery shares, with their own keys.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from secterm.vault import sealing
from secterm.vault.records import ID_SIZE
from secterm.vault.seal import KEY_SIZE


@dataclass(frozen=True)
class Signer:
    """Somebody who has shown their secret: an officer, or the holder of recovery shares."""

    officer: bytes  # 16 bytes
    key: Ed25519PrivateKey = field(repr=False)
    sealing_seed: bytes = field(repr=False)  # 32 bytes
    slot: str = ""  # the digest of the slot that opened; hex
    key_file: bytes = field(default=b"", repr=False)  # the one that it took; 32 bytes

    @cached_property
    def public_key(self) -> bytes:
        """The 32 bytes of the Ed25519 public key."""
        return self.key.public_key().public_bytes_raw()

    @cached_property
    def sealing_key(self) -> bytes:
        """The 1216 bytes of the public sealing key."""
        return sealing.public_key(self.sealing_seed)

    @classmethod
    def new(cls) -> Signer:
        """Somebody new, with an id and keys of their own."""
        key = Ed25519PrivateKey.from_private_bytes(os.urandom(KEY_SIZE))
        return cls(os.urandom(ID_SIZE), key, os.urandom(KEY_SIZE))
