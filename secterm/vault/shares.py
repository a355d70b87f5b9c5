"""Recovery shares: a secret as words for custodians, by SLIP-39 (Shamir's secret
sharing), whole or so many of so many. What is typed back is checked a share at a
time, and a word that is wrong is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.constants import (
    CUSTOMIZATION_STRING_EXTENDABLE,
    CUSTOMIZATION_STRING_ORIG,
)
from shamir_mnemonic.rs1024 import create_checksum, verify_checksum
from shamir_mnemonic.share import Share
from shamir_mnemonic.wordlist import WORDLIST

from secterm.vault.errors import ShareRefused
from secterm.vault.seal import KEY_SIZE

MOST_SHARES: Final = 16  # SLIP-39
LENGTH: Final = 33  # words of a share of 32 bytes
LETTERS: Final = 4  # by which SLIP-39's words differ
CHECKSUM: Final = 3  # words at the end
EXPONENT: Final = 1  # of the iterations; the secret is random, so they add nothing
EXTENDABLE: Final = 1 << 4  # a flag in the second word


def split(secret: bytes, needed: int, count: int) -> tuple[str, ...]:
    """`count` shares of 33 words each, any `needed` of which give the secret (32 bytes).

    Whole: 1 of 1. Raises ValueError for what SLIP-39 does not have: 1 of several,
    more needed than there are, over 16.
    """
    if not 1 <= needed <= count <= MOST_SHARES or (needed == 1 and count > 1):
        raise ValueError("no such shares")
    ((*shares,),) = generate_mnemonics(1, [(needed, count)], secret, iteration_exponent=EXPONENT)
    return tuple(shares)


class Collected:
    """Shares as custodians type them in, until there are enough."""

    def __init__(self) -> None:
        self._shares: list[tuple[Share, str]] = []

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._shares)

    @property
    def missing(self) -> int:
        """How many are still needed; one at least before the first says how many."""
        if not self._shares:
            return 1
        return int(self._shares[0][0].member_threshold) - len(self._shares)

    def add(self, typed: str) -> None:
        """One more share. Raises `ShareRefused`; what was collected stays."""
        share, words = parse(typed)
        for other, _words in self._shares:
            if other.group_parameters() != share.group_parameters():
                raise ShareRefused("set")
            if other.index == share.index:
                raise ShareRefused("again")
        self._shares.append((share, words))

    def secret(self) -> bytes:
        """The 32 bytes that they give. Raises `ShareRefused` where there are too few."""
        if self.missing > 0:
            raise ShareRefused("few", more=self.missing)
        needed = len(self._shares) + self.missing  # no more: SLIP-39 refuses them
        try:
            return bytes(combine_mnemonics([words for _share, words in self._shares[:needed]]))
        except MnemonicError:
            raise ShareRefused("set") from None


def parse(typed: str) -> tuple[Share, str]:
    """A share, and its words in full; four letters of each are enough.

    Raises `ShareRefused`, naming the word that is not one or does not fit.
    """
    words = [_word(each, place) for place, each in enumerate(typed.lower().split(), 1)]
    if len(words) != LENGTH:
        raise ShareRefused("length", place=len(words))
    indices = [WORDLIST.index(word) for word in words]
    try:
        share = Share.from_mnemonic(" ".join(words))
    except MnemonicError:
        if _fits(indices):
            raise ShareRefused("foreign") from None
        place = _likely(indices)
        if not place:
            raise ShareRefused("checksum") from None
        raise ShareRefused("word", word=words[place - 1], place=place) from None
    groups = (share.group_threshold, share.group_count)
    # An exponent other than ours could have us derive for hours.
    if len(share.value) != KEY_SIZE or groups != (1, 1) or share.iteration_exponent != EXPONENT:
        raise ShareRefused("foreign")
    return share, " ".join(words)


def _word(typed: str, place: int) -> str:
    found = [w for w in WORDLIST if w == typed or (len(typed) >= LETTERS and w.startswith(typed))]
    if len(found) != 1:
        raise ShareRefused("word", word=typed[:20], place=place)
    return str(found[0])


def _fits(indices: Sequence[int]) -> bool:
    """Whether the checksum is that of the words, so that no word of them is wrong."""
    custom = (
        CUSTOMIZATION_STRING_EXTENDABLE if indices[1] & EXTENDABLE else CUSTOMIZATION_STRING_ORIG
    )
    return bool(verify_checksum(indices, custom))


def _likely(indices: Sequence[int]) -> int:
    """The place (from 1) of the one word whose change would make the checksum fit; else 0.

    The checksum is linear: what a change of a word does to it depends on nothing else.
    """
    for custom in (CUSTOMIZATION_STRING_EXTENDABLE, CUSTOMIZATION_STRING_ORIG):
        place = _likely_under(custom, list(indices[:-CHECKSUM]), indices[-CHECKSUM:])
        if place:
            return place
    return 0


def _likely_under(custom: bytes, data: list[int], stated: Sequence[int]) -> int:
    due = create_checksum(data, custom)
    off = _difference(due, stated)
    if not any(off):
        return 0
    places = [len(data) + i for i, each in enumerate(off, 1) if each]
    if len(places) == 1:
        return places[0]
    for place, word in enumerate(data):
        effects = [[0] * CHECKSUM]  # of every change of this word, bit by bit
        for bit in range(10):
            data[place] = word ^ (1 << bit)
            effect = _difference(create_checksum(data, custom), due)
            effects += [_difference(each, effect) for each in effects]
        data[place] = word
        if off in effects:
            return place + 1
    return 0


def _difference(one: Sequence[int], other: Sequence[int]) -> list[int]:
    return [a ^ b for a, b in zip(one, other, strict=True)]
