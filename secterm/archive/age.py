"""Encrypts and opens age files, by way of pyrage alone. To recipients the bytes
run through as they come, whatever their number; a passphrase takes the whole in memory.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Final, TypeAlias

import pyrage

from secterm.archive import child, listing, recipients
from secterm.archive.errors import (
    ArchiveError,
    ArchiveNotWritten,
    ArchiveUnreadable,
    WrongIdentity,
)
from secterm.archive.recipients import Recipients
from secterm.words import _

HEADER: Final = b"age-encryption.org/v1\n"
SCRYPT_STANZA: Final = b"-> scrypt "
# age itself takes what it reckons some seconds of work, which may be 8 GiB. Its scrypt
# takes 1 KiB times two to this power: no more than a slot of a vault may ask for.
MOST_WORK: Final = 21
_WORK: Final = re.compile(HEADER + SCRYPT_STANZA + rb"[A-Za-z0-9+/]{22} ([1-9][0-9]{0,2})\n")

# Passphrase and plaintext come by a pipe, never by an argument or a file.
_CHILD: Final = """
import sys, pyrage
take = sys.stdin.buffer.read
secret = take(int.from_bytes(take(4), "big")).decode()
"""
ENCRYPTS: Final = _CHILD + "sys.stdout.buffer.write(pyrage.passphrase.encrypt(take(), secret))"
DECRYPTS: Final = (
    _CHILD
    + """
try:
    told = b"\\0" + pyrage.passphrase.decrypt(take(), secret)
except pyrage.DecryptError as error:
    told = b"\\1" + str(error).encode()
sys.stdout.buffer.write(told)
"""
)
SECRET: Final = "AGE-SECRET-KEY-1"  # noqa: S105 - how an identity begins
LARGEST_IDENTITY: Final = 16 * 1024  # bytes of a file that is looked into for one
MOST_LOOKED_INTO: Final = 200  # files of a folder

Sink: TypeAlias = Callable[[bytes], object]


def encrypt(pieces: Iterable[bytes], take: Sink, to: Recipients) -> None:
    """Hands `take` the age file of these pieces, in order.

    Raises whatever `pieces` and `take` raise, and `ArchiveNotWritten`.
    """
    if not to.keys:
        take(_to_passphrase(b"".join(pieces), to.passphrase))
        return
    calls = _Calls(_Pieces(iter(pieces)).read, take)
    try:
        pyrage.encrypt_io(calls, calls, [recipients.parse(key) for key in to.keys])
    except (pyrage.EncryptError, OSError):
        raise calls.failed or ArchiveNotWritten(_("age has failed.")) from None


def _to_passphrase(whole: bytes, passphrase: str) -> bytes:
    """The age file of this."""
    made = _in_a_child(ENCRYPTS, passphrase, whole)
    return bytes(pyrage.passphrase.encrypt(whole, passphrase)) if made is None else made


def _from_passphrase(whole: bytes, passphrase: str) -> bytes:
    """What is in this age file. Raises pyrage.DecryptError."""
    told = _in_a_child(DECRYPTS, passphrase, whole)
    if not told:
        return bytes(pyrage.passphrase.decrypt(whole, passphrase))
    if told[:1] == b"\1":
        raise pyrage.DecryptError(told[1:].decode())
    return told[1:]


def _in_a_child(program: str, passphrase: str, whole: bytes) -> bytes | None:
    """What a process of its own makes of this; None where there can be none.

    pyrage lets no other thread run until it is done, which takes seconds.
    """
    secret = passphrase.encode()
    try:
        done = child.run(program, given=len(secret).to_bytes(4, "big") + secret + whole)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def decrypt(file: Path, take: Sink, *, identity: Path | None, passphrase: str) -> None:
    """Hands `take` what is in an age file, as it comes; whole it is at the end only.

    Raises `ArchiveUnreadable`, `WrongIdentity`, and whatever `take` raises.
    """
    with opened(file) as stream:
        calls = _Calls(_reading(stream), take)
        try:
            _open(stream, calls, identity, passphrase)
        except (pyrage.DecryptError, OSError) as error:
            if calls.failed is not None:
                raise calls.failed from None
            raise _told(error) from None


def takes_passphrase(file: Path) -> bool:
    """Whether this age file opens with a passphrase, and not with an identity.

    Raises `ArchiveUnreadable` where it is none.
    """
    with opened(file) as stream, reading():
        head = stream.read(len(HEADER) + len(SCRYPT_STANZA))
    if not head.startswith(HEADER):
        raise _no_age_file()
    return head.endswith(SCRYPT_STANZA)


def opened(file: Path) -> IO[bytes]:
    """An ordinary file, open to be read. Raises `ArchiveUnreadable`."""
    with reading():
        stream = listing.opened(file)
    if stream is not None:
        return stream
    raise ArchiveUnreadable(_("the file cannot be read: it is no ordinary file"))


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """What the system says of a file that cannot be read, as `ArchiveUnreadable`."""
    try:
        yield
    except OSError as error:
        raise _unread(error) from None


def _open(stream: IO[bytes], calls: _Calls, identity: Path | None, passphrase: str) -> None:
    head = stream.read(len(HEADER) + len(SCRYPT_STANZA))
    stream.seek(0)
    if not head.startswith(HEADER):
        raise _no_age_file()
    if head.endswith(SCRYPT_STANZA):
        if not passphrase:
            raise WrongIdentity(_("the archive opens with a passphrase, and none was given"))
        whole = stream.read()
        _check_work(whole)
        calls.write(_from_passphrase(whole, passphrase))
    else:
        if identity is None:
            raise WrongIdentity(
                _("the archive opens with a recipient's identity, and none was given")
            )
        pyrage.decrypt_io(calls, calls, identities(identity))


def _check_work(whole: bytes) -> None:
    """Raises `ArchiveUnreadable` where the passphrase would take too much memory."""
    found = _WORK.match(whole)
    if found is None:
        raise _damaged()
    if int(found.group(1)) > MOST_WORK:
        raise _too_much()


def _no_age_file() -> ArchiveUnreadable:
    return ArchiveUnreadable(_("the file is not an age file"))


def _damaged() -> ArchiveUnreadable:
    return ArchiveUnreadable(_("the file is damaged"))


def _too_much() -> ArchiveUnreadable:
    return ArchiveUnreadable(_("its passphrase asks for more work than this machine can do"))


def identities(file: Path) -> list[pyrage.x25519.Identity]:
    """The identities in an age identity file. Raises `WrongIdentity`, which tells no line."""
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except OSError as error:
        raise WrongIdentity(
            _("the identity file cannot be read: {reason}").format(reason=error.strerror)
        ) from None
    except UnicodeDecodeError:
        raise WrongIdentity(_("the identity file is not text")) from None
    try:
        found = [
            pyrage.x25519.Identity.from_str(line)
            for line in lines
            if line and not line.startswith("#")
        ]
    except (pyrage.IdentityError, ValueError):
        raise WrongIdentity(_("the identity file holds something else than age keys")) from None
    if not found:
        raise WrongIdentity(_("the identity file is empty"))
    return found


def identity_beside(folders: Iterable[Path]) -> Path | None:
    """The first identity file at the top of these folders."""
    for folder in folders:
        for file in listing.files(folder, MOST_LOOKED_INTO):
            with contextlib.suppress(OSError):
                if file.stat(follow_symlinks=False).st_size > LARGEST_IDENTITY:
                    continue
                lines = Path(file.path).read_bytes().splitlines()
                if any(line.startswith(SECRET.encode()) for line in lines):
                    return Path(file.path)
    return None


def _reading(stream: IO[bytes]) -> Callable[[int], bytes]:
    def read(size: int) -> bytes:
        with reading():
            return stream.read(size)

    return read


def _unread(error: OSError) -> ArchiveUnreadable:
    return ArchiveUnreadable(
        _("the file cannot be read: {reason}").format(reason=error.strerror or error)
    )


def _told(error: Exception) -> ArchiveError:
    """age tells a wrong key from a damaged file only in its words."""
    if isinstance(error, OSError) and error.errno:
        return _unread(error)
    said = str(error).lower()
    if "excessive work" in said:
        return _too_much()
    if "no matching keys" in said or "decryption failed" in said:
        return WrongIdentity(_("the archive does not open with this key"))
    return _damaged()


class _Calls:
    """What age reads from and writes to. Keeps the error of a call, of which age tells
    at most the words, and takes no more after it: age flushes what it still holds.
    """

    def __init__(self, read: Callable[[int], bytes], take: Sink) -> None:
        self._read = read
        self._take = take
        self.failed: BaseException | None = None

    def read(self, size: int) -> bytes:
        try:
            return self._read(size)
        except BaseException as error:
            self.failed = error
            raise

    def write(self, data: bytes) -> int:
        if self.failed is not None:
            raise self.failed
        try:
            self._take(data)
        except BaseException as error:
            self.failed = error
            raise
        return len(data)


class _Pieces:
    """Pieces as something to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = bytearray()

    def read(self, size: int) -> bytes:
        held = self._held
        while len(held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            held += piece
        taken = bytes(held[:size])
        del held[:size]
        return taken
