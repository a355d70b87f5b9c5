"""Parts of an archive as an entry of another vault holds them: the members themselves, in
the archive's own tar, compressed (zlib, RFC 1950) and written in base64.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from secterm.archive.errors import ArchiveUnreadable, NotRestored
from secterm.archive.tar import Member, Untar, blocks
from secterm.words import _

LARGEST: Final = 64 << 20  # bytes of a part's tar; held in memory whole
LEVEL: Final = 6
ENDINGS: Final = ("json", "sealed", "tlog-proof", "officer-proof")  # of an entry's members


def part_names(folder: str, numbers: Iterable[int]) -> Iterator[str]:
    """The members of a part with these entries of a folder, in their order."""
    yield f"{folder}/key.json"
    for number in numbers:
        yield from entry_names(folder, number)


def entry_names(folder: str, number: int) -> list[str]:
    """The members of one entry of a folder, in their order."""
    return [f"{folder}/entries/{number}.{ending}" for ending in ENDINGS]


def packed(members: Iterable[Member]) -> str:
    """These members as a part. Raises `NotRestored` where it would be one that nobody reads."""
    tar = b"".join(blocks(members, 0))
    if len(tar) >= LARGEST:
        raise NotRestored(_("an entry of it is too large, as after it went through many vaults."))
    return base64.b64encode(zlib.compress(tar, LEVEL)).decode()


def unpacked(part: str) -> dict[str, bytes]:
    """The members of a part by name. Raises `ArchiveUnreadable`, in bounded memory."""
    unzip, found = zlib.decompressobj(), dict[str, bytes]()

    def take(name: str, data: bytes) -> None:
        if name in found:
            raise _damaged()
        found[name] = data

    try:
        data = base64.b64decode(part, validate=True)
        tar = unzip.decompress(data, LARGEST)
    except (binascii.Error, ValueError, zlib.error):
        raise _damaged() from None
    if not unzip.eof or unzip.unused_data or base64.b64encode(data).decode() != part:
        raise _damaged()
    untar = Untar(take)
    untar.feed(tar)
    untar.close()
    return found


def _damaged() -> ArchiveUnreadable:
    return ArchiveUnreadable(_("what came from another vault is damaged"))
