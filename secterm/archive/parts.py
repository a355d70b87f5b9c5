"""Parts of an archive as an entry of another vault holds them: the members themselves, in
the archive's own tar, compressed (zlib, RFC 1950) and written in base64.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable
from typing import Final

from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.tar import Member, Untar, blocks
from secterm.words import _

LARGEST: Final = 64 << 20  # bytes of a part's tar; held in memory whole
LEVEL: Final = 6


def packed(members: Iterable[Member]) -> str:
    """These members as a part."""
    return base64.b64encode(zlib.compress(b"".join(blocks(members, 0)), LEVEL)).decode()


def unpacked(part: str) -> dict[str, bytes]:
    """The members of a part by name. Raises `ArchiveUnreadable`, in bounded memory."""
    unzip, found = zlib.decompressobj(), dict[str, bytes]()

    def take(name: str, data: bytes) -> None:
        if name in found:
            raise _damaged()
        found[name] = data

    try:
        tar = unzip.decompress(base64.b64decode(part, validate=True), LARGEST)
    except (binascii.Error, ValueError, zlib.error):
        raise _damaged() from None
    if not unzip.eof or unzip.unused_data:
        raise _damaged()
    untar = Untar(take)
    untar.feed(tar)
    untar.close()
    return found


def _damaged() -> ArchiveUnreadable:
    return ArchiveUnreadable(_("what came from another vault is damaged"))
