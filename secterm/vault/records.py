"""The values that stand sealed in a vault's rows, and their bytes: the head,
a transaction's signature, a card.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from secterm.vault.merkle import Edge

ID_SIZE: Final = 16  # bytes, random
COUNT_SIZE: Final = 8  # bytes of a number

T = TypeVar("T")

_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


def id_of(text: str) -> bytes | None:
    """The 16 bytes of an id in lower-case hex; None where it is none."""
    return bytes.fromhex(text) if _ID.fullmatch(text) else None


def unhexed(text: str) -> bytes:
    """What is written in lower-case hex. Raises ValueError for any other way to write it."""
    if (data := bytes.fromhex(text)).hex() != text:
        raise ValueError("not the one way to write it")
    return data


def is_hex(text: str, size: int) -> bool:
    """Whether this is so many bytes in hex, written as ids and digests are."""
    try:
        return len(unhexed(text)) == size
    except ValueError:
        return False


def batches(values: Iterable[T], many: int) -> Iterator[list[T]]:
    """These in lists of so many, the last one of what is left."""
    left = iter(values)
    while some := list(islice(left, many)):
        yield some


@dataclass(frozen=True)
class Head:
    """What the sealed head says: the tree's right edge, the outside digest, a mark.

    The mark is eight bytes that belong to whoever uses the vault.
    """

    edge: Edge
    outside: bytes
    mark: int = 0

    def encode(self) -> bytes:
        """Size (8), mark (8), outside (32), then the edge's hashes (32 each)."""
        return b"".join(
            (
                self.edge.size.to_bytes(COUNT_SIZE, "big"),
                self.mark.to_bytes(COUNT_SIZE, "big"),
                self.outside,
                *self.edge.hashes,
            )
        )

    @classmethod
    def decode(cls, data: bytes) -> Head:
        """What `encode` was given. Raises ValueError for anything else."""
        size = int.from_bytes(data[:8], "big")
        rest = data[48:]
        if len(data) < 48 or len(rest) != 32 * size.bit_count():
            raise ValueError("not a head")
        hashes = tuple(rest[i : i + 32] for i in range(0, len(rest), 32))
        return cls(Edge(size, hashes), data[16:48], int.from_bytes(data[8:16], "big"))


@dataclass(frozen=True)
class Card:
    """A dossier's sealed summary, opened: what it says, and the entry it is true as of."""

    dossier: bytes
    number: int
    body: bytes


class Kept(NamedTuple):
    """An entry as it is kept: its number, its sealed bytes, the size that its transaction ended
    with, and who signed that, sealed; of one that nobody signed None and None.
    """

    number: int
    sealed: bytes
    size: int | None
    signed: bytes | None


@dataclass(frozen=True)
class SignedSize:
    """One transaction's end: who signed, the size before it, the signature."""

    officer: bytes
    previous: int
    signature: bytes

    def encode(self) -> bytes:
        """Officer (16), previous size (8), signature (64)."""
        return self.officer + self.previous.to_bytes(COUNT_SIZE, "big") + self.signature

    @classmethod
    def decode(cls, data: bytes) -> SignedSize:
        """What `encode` was given. Raises ValueError for anything else."""
        if len(data) != ID_SIZE + COUNT_SIZE + 64:
            raise ValueError("not a signature")
        return cls(data[:16], int.from_bytes(data[16:24], "big"), data[24:])
