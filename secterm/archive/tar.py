"""The tar inside an archive: POSIX ustar, plain files alone, every header written
in one way. What reads it takes that way and no other: no link, no device, no
second meaning of a name, nothing after the end. Python's own tarfile reads what
anybody wrote in many ways, and how it writes depends on Python's version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from secterm.archive.errors import ArchiveNotWritten, ArchiveUnreadable
from secterm.words import _

BLOCK: Final = 512  # bytes
PIECE: Final = 1 << 16  # bytes of a large member that are copied at a time
END: Final = bytes(2 * BLOCK)
LARGEST_MEMBER: Final = 256 << 20  # bytes; held in memory whole
LATEST: Final = 8**11 - 1  # seconds since 1970: the year 2242

# The same of every member: the fields before its size, and those after its checksum.
_OURS: Final = b"%07o\0%07o\0%07o\0" % (0o600, 0, 0)  # mode, uid, gid
_REST: Final = (b"0".ljust(101, b"\0") + b"ustar\x0000").ljust(BLOCK - 156, b"\0")  # a plain file
_REST_SUM: Final = sum(_REST) + sum(b" " * 8)  # the checksum counts itself as spaces

Member: TypeAlias = tuple[str, bytes]
Take: TypeAlias = Callable[[str, bytes], None]


def blocks(members: Iterable[Member], mtime: int) -> Iterator[bytes]:
    """The tar of these members, piece by piece; `mtime` is seconds since 1970.

    Raises `ArchiveNotWritten` for a member that nobody could read again.
    """
    for name, data in members:
        if len(data) > LARGEST_MEMBER:
            raise ArchiveNotWritten(_("that is more than one archive holds; export fewer at once."))
        yield _header(name, len(data), mtime) + data[:PIECE]
        for start in range(PIECE, len(data), PIECE):
            yield data[start : start + PIECE]
        yield bytes(-len(data) % BLOCK)
    yield END


class Untar:
    """Takes a tar's bytes as they come and hands on each member; holds one at a time."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._held = bytearray()
        self._wanted = BLOCK
        self._member: tuple[str, int] | None = None
        self._zeros = 0  # blocks of the end

    def feed(self, data: bytes) -> None:
        """More of the tar. Raises `ArchiveUnreadable`, and whatever `take` raises."""
        self._held += data
        while len(self._held) >= self._wanted:
            piece = bytes(self._held[: self._wanted])
            del self._held[: self._wanted]
            self._piece(piece)

    def close(self) -> None:
        """There is no more. Raises `ArchiveUnreadable` where there should be."""
        if self._held or self._member is not None or self._zeros < len(END) // BLOCK:
            raise _damaged()

    def _piece(self, piece: bytes) -> None:
        if self._member is not None:
            name, size = self._member
            self._member, self._wanted = None, BLOCK
            if any(piece[size:]):
                raise _damaged()
            self._take(name, piece[:size])
        elif not any(piece):
            self._zeros += 1
        elif self._zeros:
            raise _damaged()
        else:
            name, size = self._member = _parsed(piece)
            self._wanted = size + -size % BLOCK


def _header(name: str, size: int, mtime: int) -> bytes:
    """The 512 bytes before a plain file. Raises ValueError for what they cannot say."""
    named = name.encode("ascii")
    if len(named) > 100 or not 0 <= size <= LARGEST_MEMBER or not 0 <= mtime <= LATEST:
        raise ValueError("no such member")
    told = b"%b%b%011o\0%011o\0" % (named.ljust(100, b"\0"), _OURS, size, mtime)
    return b"%b%06o\0 %b" % (told, sum(told) + _REST_SUM, _REST)


def _parsed(header: bytes) -> tuple[str, int]:
    """Name and size, of a header that is written as we write it to the last byte."""
    try:
        name = header[:100].rstrip(b"\0").decode("ascii")
        size, mtime = (int(header[at : at + 11], 8) for at in (124, 136))
        ours = _header(name, size, mtime) == header
    except ValueError:
        ours = False
    if not ours:
        raise ArchiveUnreadable(_("the archive holds what no archive of ours does"))
    return name, size


def _damaged() -> ArchiveUnreadable:
    return ArchiveUnreadable(_("the file is damaged"))
