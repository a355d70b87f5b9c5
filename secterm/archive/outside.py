"""What an archive's file says without a key: that it is an age file and for how many, and
whether its length can be that of an archive. Who wrote it, and whether somebody changed
it, it says to nobody but who opens it. Nothing is believed that is not written as age
writes it, and of a header no more is read than an archive's may have.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import msgspec

from secterm.archive import age, tar
from secterm.archive.errors import ArchiveUnreadable
from secterm.words import _, ngettext

LARGEST_HEADER: Final = 1 << 20  # bytes, some ten thousand recipients
MOST_TYPES: Final = 8  # of stanzas
NONCE: Final = 16  # bytes
TAG: Final = 16  # bytes
CHUNK: Final = (64 << 10) + TAG  # bytes: of the plaintext 64 KiB, and a tag (age v1, payload)
KEY_SIZE: Final = 32  # bytes
SALT_SIZE: Final = 16  # bytes

X25519: Final = "X25519"
SCRYPT: Final = "scrypt"
GREASE: Final = "-grease"  # ends a type without a meaning, so that readers get used to others

_STANZA: Final = re.compile(
    rb"-> ([!-~]+(?: [!-~]+)*)\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63})\n"
)
_MAC: Final = re.compile(rb"--- [A-Za-z0-9+/]{43}\n")
_WORK: Final = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)

UNCHECKED: Final = _(
    "NOT checked, because that takes its key: that nobody changed it, who wrote it and when, "
    "what is in it, and whether hashes, proofs and signatures hold."
)


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """The stanzas of one type in a header; of a passphrase's the work factor, a power of two."""

    type: str
    count: int
    work: int = 0


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """What can be seen of the file, and every fault in that."""

    holds: bool
    faults: list[str]
    sha256: str
    size: int
    kinds: list[Kind]
    unchecked: str = UNCHECKED

    def text(self) -> str:
        """For a person, in lines of at most 79 columns but for the digest's and long types."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield _("An age v1 file of {n} bytes").format(n=f"{self.size:,}")
        yield _("SHA-256 of the file: {digest}").format(digest=self.sha256)
        for kind in self.kinds:
            yield from textwrap.wrap(_told(kind), 79)
        if not self.holds:
            yield _("The file is NOT that of a whole archive:")
            yield from (f"- {fault}" for fault in self.faults)
        else:
            yield _("Header and length can be those of a whole archive.")
        yield from textwrap.wrap(self.unchecked, 79)
        more = _(
            "Compare the SHA-256 with the one in the receipt. To check all of it, give --identity "
            "FILE, or --passphrase where it was written for one."
        )
        yield from textwrap.wrap(more, 79)


def _told(kind: Kind) -> str:
    if kind.type == X25519:
        return ngettext(
            "It opens for {n} recipient (X25519); whose key that is, it does not tell.",
            "It opens for {n} recipients (X25519); whose keys these are, it does not tell.",
            kind.count,
        ).format(n=kind.count)
    if kind.type == SCRYPT:
        return _("It opens with a passphrase (scrypt, work factor {n}).").format(n=kind.work)
    return ngettext(
        "It opens in {n} other way, which this program does not know: {type}",
        "It opens in {n} other ways, which this program does not know: {type}",
        kind.count,
    ).format(n=kind.count, type=kind.type)


def look(file: Path) -> Outside:
    """What can be said of a file without its key. Raises `ArchiveUnreadable`."""
    with age.opened(file) as stream, age.reading():
        head = stream.read(LARGEST_HEADER)
        if not head.startswith(age.HEADER):
            raise ArchiveUnreadable(_("the file is not an age file"))
        sha256, size = _digest(head, stream)
    try:
        kinds, end = _header(head)
        faults = [*_wrong(kinds), *_length(size - end)]
    except ValueError as error:
        kinds, faults = [], [str(error)]
    return Outside(holds=not faults, faults=faults, sha256=sha256, size=size, kinds=kinds)


def _digest(head: bytes, stream: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(head), len(head)
    while data := stream.read(LARGEST_HEADER):
        digest.update(data)
        size += len(data)
    return digest.hexdigest(), size


def _header(head: bytes) -> tuple[list[Kind], int]:
    """The stanzas by their types, and where the header ends. Raises ValueError, in words."""
    count: Counter[str] = Counter()
    work, at = 0, len(age.HEADER)
    while (found := _STANZA.match(head, at)) is not None:
        type, *given = found[1].decode().split(" ")
        body = found[2].replace(b"\n", b"").decode()
        if not type.endswith(GREASE):
            count[type] += 1
            work = max(work, _fitting(type, given, body))
        at = found.end()
    end = _MAC.match(head, at)
    if end is None:
        if len(head) == LARGEST_HEADER:
            raise ValueError(_("its header is longer than that of any archive"))
        raise ValueError(_("its header is cut short, or is not written as age writes it"))
    if len(count) > MOST_TYPES:
        raise ValueError(_("its header names more kinds of recipients than any archive"))
    kinds = [
        Kind(type=type, count=times, work=work if type == SCRYPT else 0)
        for type, times in count.items()
    ]
    return kinds, end.end()


def _fitting(type: str, given: list[str], body: str) -> int:
    """The work factor of a stanza, where it has one. Raises ValueError for what age refuses."""
    wrong = ValueError(_("a recipient in its header is not written as age writes it"))
    try:
        content = _unbase64(body)
        if type not in (X25519, SCRYPT):
            return 0
        first = _unbase64(given[0])
    except (binascii.Error, IndexError, ValueError):
        raise wrong from None
    size, count = (KEY_SIZE, 1) if type == X25519 else (SALT_SIZE, 2)
    if (len(content), len(first), len(given)) != (KEY_SIZE, size, count):
        raise wrong
    if type == X25519:
        return 0
    if not _WORK.fullmatch(given[1]):
        raise wrong
    return int(given[1])


def _unbase64(text: str) -> bytes:
    """RFC 4648 section 4, without padding and stray bits."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    if base64.b64encode(data).decode().rstrip("=") != text:
        raise ValueError("not the one way to write this base64")
    return data


def _wrong(kinds: list[Kind]) -> Iterator[str]:
    by = {kind.type: kind for kind in kinds}
    if not kinds:
        yield _("its header names nobody for whom it opens")
    if SCRYPT in by and (len(by) > 1 or by[SCRYPT].count > 1):
        yield _("it is for a passphrase and for somebody else, which age refuses")
    if SCRYPT in by and by[SCRYPT].work > age.MOST_WORK:
        yield _("its passphrase asks for more work than this machine can do")


def _length(payload: int) -> Iterator[str]:
    """Whether so many bytes after the header can be whole chunks of a whole tar."""
    sealed = payload - NONCE
    chunks, rest = -(-sealed // CHUNK), sealed % CHUNK
    plain = sealed - TAG * chunks
    if 0 < rest <= TAG or plain < len(tar.END) or plain % tar.BLOCK:
        yield _("its length is not that of a whole archive: it was cut short, or added to")
