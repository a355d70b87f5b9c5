"""What is in an age file, and in the tar in it: sections 1 and 2 of secterm/archive/FORMAT.md.

Debian's `age` and `tar` do it where they are there, else pyrage; and the tar is read here as
the page has it, so that both must see the same.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TypeAlias

from tests.reader.basics import Refused

Member: TypeAlias = "tuple[str, bytes]"

BLOCK = 512
MOST = 256 << 20  # bytes of a member


def members(file: Path, identity: Path | None, passphrase: str = "") -> list[Member]:
    """Every member in its order; Refused where there is no such file, key or tar."""
    plain = decrypted(file, identity, passphrase)
    found = untarred(plain)
    if shutil.which("tar"):
        names = _run(["tar", "-t", "-f", "-"], plain)
        whole = _run(["tar", "-x", "-O", "-f", "-"], plain)
        if names.decode().splitlines() != [name for name, _ in found]:
            raise Refused("tar finds other members")
        if whole != b"".join(data for _, data in found):
            raise Refused("tar finds something else in the members")
    return found


def decrypted(file: Path, identity: Path | None, passphrase: str = "") -> bytes:
    """The bytes in an age file. Debian's age asks for a passphrase at a terminal only."""
    if identity is not None and shutil.which("age"):
        return _run(["age", "-d", "-i", str(identity), str(file)], b"")
    import pyrage

    data = file.read_bytes()
    try:
        if identity is None:
            return bytes(pyrage.passphrase.decrypt(data, passphrase))
        lines = [line for line in identity.read_text().split() if line.startswith("AGE-")]
        return bytes(pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(k) for k in lines]))
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise Refused(f"age does not open it: {error}") from None


def untarred(plain: bytes) -> list[Member]:
    """The members of a tar that is written as the page has it."""
    found, at, time = [], 0, plain[136:147]
    while plain[at : at + BLOCK].strip(b"\0"):
        name = plain[at : at + 100].rstrip(b"\0")
        digits = plain[at + 124 : at + 135]
        size = int(digits, 8) if digits.isdigit() and not digits.strip(b"01234567") else MOST + 1
        if size > MOST or plain[at : at + BLOCK] != _header(name, size, time):
            raise Refused("a header of the tar is written otherwise")
        data = plain[at + BLOCK : at + BLOCK + size]
        at += BLOCK + size + -size % BLOCK
        if plain[at - (-size % BLOCK) : at].strip(b"\0") or len(data) != size:
            raise Refused("a member of the tar is cut short or filled with something else")
        found.append((name.decode(), data))
    if len(plain) - at < 2 * BLOCK or len(plain) % BLOCK or plain[at:].strip(b"\0"):
        raise Refused("the tar ends otherwise")
    return found


def _header(name: bytes, size: int, time: bytes) -> bytes:
    if not name.isascii():
        return b""
    fields = (name.ljust(100, b"\0"), b"0000600\0", b"0000000\0" * 2, b"%011o\0" % size)
    start, end = b"".join((*fields, time, b"\0")), b"0".ljust(101, b"\0") + b"ustar\x0000"
    sum_of = sum(start) + sum(end) + 8 * ord(" ")
    return (start + b"%06o\0 " % sum_of + end).ljust(BLOCK, b"\0")


def _run(command: list[str], given: bytes) -> bytes:
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    if done.returncode:
        raise Refused(f"{command[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
