"""Checkpoints, their signatures, and proofs, as they leave a vault: sections 4 and 6 of
secterm/archive/FORMAT.md. There is one way to write each, and anything else is Broken.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from tests.reader.basics import (
    Broken,
    checkpoint_text,
    joined,
    number,
    signature_holds,
    u64,
    verifier_key,
)

DASH = "\u2014"
ED25519, MLDSA44 = 1, 6  # types of a verifier key
HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Point:
    """A checkpoint: of which log, how many entries, under which root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> bytes:
        return checkpoint_text(self.origin, self.size, self.root)


def lines(data: bytes) -> list[str]:
    """The lines of a text whose last ends too."""
    try:
        *found, end = data.decode().split("\n")
    except UnicodeDecodeError:
        raise Broken("is not UTF-8") from None
    if end:
        raise Broken("does not end in a newline")
    return found


def unbase64(text: str) -> bytes:
    """What is in canonical base64."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Broken("is not base64") from None
    if base64.b64encode(data).decode() != text:
        raise Broken("is base64 that is written otherwise")
    return data


def whole(text: str) -> int:
    """A number in ASCII digits, without zeros before it."""
    if not (text.isascii() and text.isdigit()) or str(int(text)) != text:
        raise Broken("is no number")
    return int(text)


def note(data: bytes) -> tuple[Point, list[str]]:
    """The checkpoint of a note, and the lines of its signatures."""
    text, _, signatures = data.partition(b"\n\n")
    told = lines(text + b"\n")
    if len(told) != 3:
        raise Broken("is no checkpoint")
    origin, size, root = told
    point = Point(origin, whole(size), unbase64(root))
    if len(point.root) != 32:
        raise Broken("is no checkpoint")
    return point, lines(signatures)


def signature(line: str, name: str, kind: int, public: bytes) -> bytes:
    """What follows the key id in a line by this key."""
    dash, own, encoded = (*line.split(" "), "", "")[:3]
    id = bytes.fromhex(verifier_key(name, kind, public).split("+")[1])
    blob = unbase64(encoded)
    if line != f"{DASH} {name} {encoded}" or (dash, own) != (DASH, name) or blob[:4] != id:
        raise Broken("is signed by another")
    return blob[4:]


def signed(point: Point, line: str, name: str, public: bytes) -> None:
    """Broken where this line is no Ed25519 signature over the checkpoint by this key."""
    if not signature_holds(public, signature(line, name, ED25519, public), point.text):
        raise Broken("has a signature that does not verify")


def cosigned(point: Point, line: str, public: bytes) -> int:
    """The seconds since 1970 in the log's ML-DSA-44 signature; Broken where it is none."""
    stamped = signature(line, point.origin, MLDSA44, public)
    name = point.origin.encode()
    own = bytes([len(name)]) + name
    message = b"".join(
        (b"subtree/v1\n\0", own, stamped[:8], own, u64(0), u64(point.size), point.root)
    )
    mldsa44(public, stamped[8:], message)
    return number(stamped[:8])


def mldsa44(public: bytes, signature: bytes, message: bytes) -> None:
    """Broken where it does not verify."""
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Broken("has a signature that does not verify") from None


def proof(data: bytes, index: int) -> tuple[list[bytes], bytes]:
    """The audit path of a tlog-proof of this entry, and its note."""
    head, _, checkpoint = data.partition(b"\n\n")
    first, at, *path = (*lines(head + b"\n"), "", "")[:66]
    if (first, at) != (HEADER, f"index {index}"):
        raise Broken("is about another entry")
    steps = [unbase64(step) for step in path if step]
    written = "\n".join((first, at, *(base64.b64encode(step).decode() for step in steps)))
    if written.encode() != head or any(len(step) != 32 for step in steps):
        raise Broken("is no audit path")
    return steps, checkpoint


def led(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which a path leads: RFC 9162 section 2.1.3.2."""
    last = size - 1
    if not 0 <= index <= last:
        raise Broken("is of no entry of this tree")
    for step in path:
        if last == 0:
            raise Broken("has an audit path that is too long")
        if index & 1 or index == last:
            leaf = joined(step, leaf)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            leaf = joined(leaf, step)
        index, last = index >> 1, last >> 1
    if last:
        raise Broken("has an audit path that is too short")
    return leaf


def continues(old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    """Whether the tree of a size and root begins with that of an earlier one, by RFC 9162,
    section 2.1.4.2.
    """
    if any(len(each) != 32 for each in path) or not path:
        return False
    steps = [old[1], *path] if old[0] & (old[0] - 1) == 0 else list(path)
    first, last = old[0] - 1, new[0] - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    before = now = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            before, now = joined(step, before), joined(step, now)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            now = joined(now, step)
        first, last = first >> 1, last >> 1
    return (before, now, last) == (old[1], new[1], 0)
