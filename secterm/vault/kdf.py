"""A passphrase becomes a key: argon2id (RFC 9106), never under its second
recommendation. Parameters that are out of bounds are refused before a byte of
memory is taken for them, so that neither a downgrade nor a memory bomb works.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import argon2.low_level
from argon2.exceptions import HashingError

from secterm.vault.errors import SlotRefused
from secterm.vault.seal import subkey

MIB: Final = 1024  # argon2 counts memory in KiB
LARGEST_T: Final = 64
LARGEST_P: Final = 16
MOST_WORK: Final = 8 * 1024 * 1024  # KiB times passes: seconds, not hours, before a refusal
SALT_SIZE: Final = 16  # bytes
KEY_SIZE: Final = 32  # bytes
TARGET_SECONDS: Final = 1.0
MEMORY_SHARE: Final = 4  # of this machine's memory, one part of so many may be taken


@dataclass(frozen=True)
class Cost:
    """argon2id's parameters: `t` passes over `m` KiB in `p` lanes."""

    t: int
    m: int
    p: int

    def at_least(self, other: Cost) -> bool:
        """Whether no parameter is under the other's."""
        return self.t >= other.t and self.m >= other.m and self.p >= other.p


SECOND_RECOMMENDATION: Final = Cost(t=3, m=64 * MIB, p=4)  # RFC 9106 section 4
FIRST_RECOMMENDATION: Final = Cost(t=1, m=2048 * MIB, p=4)
# The least costs a slot may state. A test suite lowers this by assignment from
# its own process; nothing in the product does.
floors: tuple[Cost, ...] = (SECOND_RECOMMENDATION, FIRST_RECOMMENDATION)


@dataclass(frozen=True)
class Spec:
    """A cost and its salt, as a slot stores them."""

    cost: Cost
    salt: bytes

    def text(self) -> str:
        """`argon2id$v=19$m=KIB,t=PASSES,p=LANES$BASE64`, one way to write it only."""
        c = self.cost
        salt = base64.b64encode(self.salt).decode()
        return f"argon2id$v=19$m={c.m},t={c.t},p={c.p}${salt}"

    @classmethod
    def parse(cls, text: str) -> Spec:
        """The spec of a slot. Raises `SlotRefused` for any other text or cost out of bounds."""
        found = re.fullmatch(
            r"argon2id\$v=19\$m=([1-9]\d{0,8}),t=([1-9]\d{0,3}),p=([1-9]\d?)\$([A-Za-z0-9+/]+={0,2})",
            text,
        )
        if not found:
            raise SlotRefused("not an argon2id specification")
        m, t, p, encoded = found.groups()
        try:
            salt = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise SlotRefused("a salt that is not base64") from None
        spec = cls(Cost(t=int(t), m=int(m), p=int(p)), salt)
        if len(salt) != SALT_SIZE or spec.text() != text:
            raise SlotRefused("not a canonical specification")
        _within_bounds(spec.cost)
        return spec


def _within_bounds(cost: Cost) -> None:
    if not any(cost.at_least(floor) for floor in floors):
        raise SlotRefused("a derivation cost under the floor")
    over = cost.m > FIRST_RECOMMENDATION.m or cost.t > LARGEST_T or cost.p > LARGEST_P
    if over or cost.t * cost.m > MOST_WORK:
        raise SlotRefused("a derivation cost over the ceiling")


def folded(text: str) -> str:
    """A name or passphrase as one text, however the keyboard composed it (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def login_of(name: str) -> str:
    """What an officer's name comes to at the lock: NFKC, one space between words, no case."""
    return " ".join(folded(name).split()).casefold()


def stretch(spec: Spec, login: str, passphrase: str) -> bytes:
    """32 bytes from an officer's login name and passphrase.

    The login name goes into the salt, so that a slot is found by one derivation
    and the file says of nobody that they have one. Half a character, as a broken
    terminal sends it, is a wrong one. Raises `SlotRefused` where the cost is out of
    bounds or the machine has not the memory.
    """
    _within_bounds(spec.cost)
    name = login_of(login).encode(errors="surrogatepass")
    salt = hashlib.sha256(b"secterm/1 slot salt\0" + spec.salt + name).digest()
    try:
        return argon2.low_level.hash_secret_raw(
            folded(passphrase).encode(errors="surrogatepass"),
            salt,
            time_cost=spec.cost.t,
            memory_cost=spec.cost.m,
            parallelism=spec.cost.p,
            hash_len=KEY_SIZE,
            type=argon2.low_level.Type.ID,
        )
    except HashingError:
        raise SlotRefused("this machine has not the memory that the slot asks for") from None


def with_key_file(stretched: bytes, key_file: bytes) -> bytes:
    """32 bytes from a stretched passphrase and a key file's 32, where there is one.

    Both are needed then: neither says of the other whether it was right.
    """
    return subkey(stretched, "key file", key_file) if key_file else stretched


def calibrate(
    progress: Callable[[Cost, float], None] = lambda cost, seconds: None,
    *,
    largest: int | None = None,
) -> Cost:
    """The cost that comes nearest to one second here without passing it, memory first.

    `progress` is told each cost tried and its seconds. `largest` is the KiB of
    memory that may be taken, else a fourth of this machine's. Never under RFC
    9106's second recommendation.
    """
    largest = largest_here() if largest is None else largest
    best = floors[0]
    cost = best
    while True:
        began = time.perf_counter()
        try:
            stretch(Spec(cost, bytes(SALT_SIZE)), "", "")
        except SlotRefused:
            return best
        seconds = time.perf_counter() - began
        progress(cost, seconds)
        if seconds > TARGET_SECONDS:
            return best
        best = cost
        if seconds > TARGET_SECONDS / 2 or cost.m * 2 > largest:
            return best
        cost = Cost(t=cost.t, m=cost.m * 2, p=cost.p)


def largest_here() -> int:
    """The KiB of memory that a derivation may take on this machine."""
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024
    return min(there // MEMORY_SHARE, FIRST_RECOMMENDATION.m)


def raised(cost: Cost, seconds: float, least: int = 0) -> Cost:
    """What this cost should be, where deriving with it took so many seconds here.

    Twice the memory where that still stays well under the target; at least `least`
    KiB, where the policy asks for it and this machine has it; never less than it was.
    """
    most = largest_here()
    memory = max(cost.m, min(least, most))
    if seconds < TARGET_SECONDS / 4 and cost.m * 2 <= most:
        memory = max(memory, cost.m * 2)
    return Cost(t=cost.t, m=memory, p=cost.p)
