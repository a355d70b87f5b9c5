"""Opens an archive and hands out its members one after another, in memory."""

from __future__ import annotations

import io
import os
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import pyrage

from secterm.archive.contents import Member
from secterm.archive.errors import ArchiveUnreadable, WrongIdentity
from secterm.words import _

LARGEST_MEMBER: Final = 256 << 20  # bytes
AGE_HEADER: Final = b"age-encryption.org/v1\n"
SCRYPT_STANZA: Final = b"-> scrypt "


def members(file: Path, *, identity: Path | None, passphrase: str) -> Iterator[Member]:
    """Every member's name and bytes, in order. Raises `ArchiveUnreadable`, `WrongIdentity`."""
    by_passphrase = _is_for_passphrase(file)
    if by_passphrase and not passphrase:
        raise WrongIdentity(_("the archive opens with a passphrase, and none was given"))
    if not by_passphrase and identity is None:
        raise WrongIdentity(_("the archive opens with a recipient's identity, and none was given"))
    if by_passphrase:
        yield from _untar(io.BytesIO(_open_whole(file, passphrase)))
    elif identity is not None:
        yield from _stream(file, identities(identity))


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


def _is_for_passphrase(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            head = stream.read(200)
    except OSError as error:
        raise ArchiveUnreadable(
            _("the file cannot be read: {reason}").format(reason=error.strerror)
        ) from None
    if not head.startswith(AGE_HEADER):
        raise ArchiveUnreadable(_("the file is not an age file"))
    return head[len(AGE_HEADER) :].startswith(SCRYPT_STANZA)


def _open_whole(file: Path, passphrase: str) -> bytes:
    try:
        return bytes(pyrage.passphrase.decrypt(file.read_bytes(), passphrase))
    except pyrage.DecryptError as error:
        raise _told(error) from None
    except OSError as error:
        raise ArchiveUnreadable(str(error.strerror)) from None


def _told(error: Exception) -> ArchiveUnreadable | WrongIdentity:
    """age tells a wrong key from a damaged file only in its words."""
    said = str(error).lower()
    if "matching" in said or "passphrase" in said or "decryption failed" in said:
        return WrongIdentity(_("the archive does not open with this key"))
    return ArchiveUnreadable(_("the file is damaged"))


def _stream(file: Path, with_: list[pyrage.x25519.Identity]) -> Iterator[Member]:
    reading, writing = os.pipe()
    failed: list[Exception] = []

    def decrypt() -> None:
        with open(writing, "wb") as sink:
            try:
                with file.open("rb") as source:
                    pyrage.decrypt_io(source, sink, with_)
                sink.flush()
            except (pyrage.DecryptError, OSError) as error:
                failed.append(error)

    thread = threading.Thread(target=decrypt, daemon=True)
    thread.start()
    try:
        with open(reading, "rb") as source:
            try:
                yield from _untar(source)
            except ArchiveUnreadable:
                while source.read(1 << 16):
                    pass
                thread.join()
                if failed:
                    raise _told(failed[0]) from None
                raise
            while source.read(1 << 16):
                pass
    finally:
        thread.join()
    if failed:
        raise _told(failed[0])


def _untar(stream: IO[bytes]) -> Iterator[Member]:
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                if not member.isfile() or member.size > LARGEST_MEMBER:
                    raise ArchiveUnreadable(_("the archive holds what no archive of ours does"))
                held = tar.extractfile(member)
                data = held.read() if held else b""
                yield member.name, data
    except (tarfile.TarError, EOFError):
        raise ArchiveUnreadable(_("the file is damaged")) from None
