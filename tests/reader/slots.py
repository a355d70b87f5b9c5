"""The ways in: section 4. A secret gives `stretched`, a slot its holder's keys, these the vault
key.
"""

from __future__ import annotations

import base64
import hmac
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import shamir_mnemonic
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from tests.reader.basics import (
    Broken,
    Refused,
    associated,
    digest_of,
    kdf,
    public_key,
    sha256,
    unsealed,
)

RECOVERY = "slip39"
SPECS = 8  # a vault with more of them keeps out everybody
SPEC = re.compile(
    r"argon2id\$v=19\$m=([1-9][0-9]*),t=([1-9][0-9]*),p=([1-9][0-9]*)\$([A-Za-z0-9+/]{22}==)"
)
KEY_FILE = re.compile(rb"secterm-key-1 ([0-9a-f]{64}) ([0-9a-f]{8})[ \t\r\n\v\f]*")
WHITE = " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0" + "".join(
    map(chr, (0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000))
)


@dataclass(frozen=True)
class Slot:
    """A row of `slot`."""

    id: bytes
    kdf: str
    tag: bytes
    sealed: bytes
    wrapped: bytes

    @property
    def digest(self) -> str:
        return digest_of(b"slot", self.id, self.kdf.encode(), self.tag, self.sealed).hex()


@dataclass(frozen=True)
class Holder:
    """What a slot opens to."""

    id: bytes
    signing_seed: bytes
    sealing_seed: bytes

    @property
    def public_key(self) -> bytes:
        return public_key(self.signing_seed)

    @property
    def sealing_key(self) -> bytes:
        kem, x25519 = self._sealing()
        return kem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()

    def _sealing(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        seed = kdf(self.sealing_seed, b"sealing d") + kdf(self.sealing_seed, b"sealing z")
        return (
            MLKEM768PrivateKey.from_seed_bytes(seed),
            X25519PrivateKey.from_private_bytes(kdf(self.sealing_seed, b"sealing x25519")),
        )

    def vault_key(self, vault: bytes, slot: Slot) -> bytes:
        """The vault key that was sealed to this holder."""
        if len(slot.wrapped) != 1184:
            raise Broken("has another length")
        ciphertext, ephemeral, seal = (
            slot.wrapped[:1088],
            slot.wrapped[1088:1120],
            slot.wrapped[1120:],
        )
        kem, x25519 = self._sealing()
        try:
            shared = kem.decapsulate(ciphertext) + x25519.exchange(
                X25519PublicKey.from_public_bytes(ephemeral)
            )
        except (ValueError, InvalidTag):
            raise Broken("does not open") from None
        kek = kdf(shared, b"sealing", ciphertext + ephemeral + self.sealing_key)
        return unsealed(kek, associated(vault, "slot.wrapped", slot.id), seal, 32)


@dataclass(frozen=True)
class Spec:
    """How a slot's key is derived: memory in KiB, passes, lanes, and 16 bytes of salt."""

    m: int
    t: int
    p: int
    salt: bytes

    @classmethod
    def parse(cls, text: str, cheap: bool = False) -> Spec:
        """Refused where the text is another, or out of bounds; `cheap` lifts the lower bound."""
        found = SPEC.fullmatch(text)
        if found is None:
            raise Refused("the derivation is of no known form")
        m, t, p = (int(found[at]) if len(found[at]) < 10 else 10**10 for at in (1, 2, 3))
        salt = base64.b64decode(found[4])
        if base64.b64encode(salt).decode() != found[4]:
            raise Refused("the derivation's base64 is not canonical")
        enough = cheap or (t >= 3 and m >= 65536) or m >= 2097152
        if not enough or m > 2097152 or t > 64 or p > 16 or t * m > 8388608:
            raise Refused("the derivation is out of bounds")
        return cls(m, t, p, salt)

    def stretched(self, name: str, passphrase: str, key_file: bytes | None = None) -> bytes:
        """`stretched` of a name and passphrase, and a key file's bytes if there is one."""
        argon = hash_secret_raw(
            unicodedata.normalize("NFKC", passphrase).encode(),
            sha256(b"secterm/1 slot salt\0" + self.salt + login(name).encode()),
            time_cost=self.t,
            memory_cost=self.m,
            parallelism=self.p,
            hash_len=32,
            type=Type.ID,
        )
        return argon if key_file is None else kdf(argon, b"key file", _key_file(key_file))


def login(name: str) -> str:
    """A login name as it is compared."""
    words = re.split(f"[{WHITE}]+", unicodedata.normalize("NFKC", name).strip(WHITE))
    return " ".join(words).casefold()


def _key_file(data: bytes) -> bytes:
    found = KEY_FILE.fullmatch(data)
    if found is None:
        raise Refused("this is no key file")
    key = bytes.fromhex(found[1].decode())
    if sha256(b"secterm/1 key file\0" + key)[:4].hex() != found[2].decode():
        raise Refused("the key file is damaged")
    return key


Secret = Callable[[str, bool], bytes | None]
"""What a `slot.kdf` text and `cheap` give: `stretched`, or None where the secret is no such."""


def passphrase(name: str, passphrase: str, key_file: bytes | None = None) -> Secret:
    """An officer's secret."""

    def stretched(text: str, cheap: bool) -> bytes | None:
        try:
            spec = Spec.parse(text, cheap)
        except Refused:
            return None
        return spec.stretched(name, passphrase, key_file)

    return stretched


def shares(mnemonics: list[str]) -> Secret:
    """The secret that recovery shares give together."""
    try:
        secret = shamir_mnemonic.combine_mnemonics(mnemonics)
    except shamir_mnemonic.MnemonicError:
        raise Refused("these are not enough shares of one set") from None

    def stretched(text: str, cheap: bool) -> bytes | None:
        return secret if text == RECOVERY else None

    return stretched


def find(slots: list[Slot], secret: Secret, cheap: bool) -> tuple[Slot, bytes]:
    """The slot that this secret opens, and `stretched`."""
    texts = sorted({slot.kdf for slot in slots})
    if len(texts) > SPECS + (RECOVERY in texts):
        raise Refused("there are too many derivations")
    for text in texts:
        stretched = secret(text, cheap)
        if stretched is None:
            continue
        tag = kdf(stretched, b"slot tag")[:16]
        for slot in slots:
            if slot.kdf == text and hmac.compare_digest(slot.tag, tag):
                return slot, stretched
    raise Refused("no slot opens with this secret")


def opened(vault: bytes, slot: Slot, stretched: bytes) -> Holder:
    """What the slot opens to."""
    row = slot.id + slot.tag + slot.kdf.encode()
    plain = unsealed(
        kdf(stretched, b"slot key"), associated(vault, "slot.sealed", row), slot.sealed, 80
    )
    return Holder(plain[:16], plain[16:48], plain[48:])
