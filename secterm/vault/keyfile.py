"""Key files: a second thing that an officer needs beside the passphrase, kept on
a stick apart from the vault. A line of text, so that it can be recognised and a
damaged one told from a wrong one.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Final

from secterm.vault.disk import sync_folder
from secterm.vault.errors import KeyFileRefused

SUFFIX: Final = ".secterm-key"
KEY_SIZE: Final = 32  # bytes
LARGEST: Final = 1024  # bytes of a file that may be one
MOST: Final = 16  # of a folder; each is tried
_LINE: Final = re.compile(r"secterm-key-1 ([0-9a-f]{64}) ([0-9a-f]{8})\s*", re.ASCII)


def make(folder: Path) -> tuple[Path, bytes]:
    """A new key file in this folder, on the disk for good, and its 32 bytes.

    Raises `KeyFileRefused`.
    """
    key = os.urandom(KEY_SIZE)
    path = folder / f"{os.urandom(4).hex()}{SUFFIX}"
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(f"secterm-key-1 {key.hex()} {_check(key)}\n".encode())
            stream.flush()
            os.fsync(stream.fileno())
        sync_folder(folder)
    except OSError as error:
        raise KeyFileRefused(error.strerror or "cannot be written") from None
    if read(path) != key:
        raise KeyFileRefused("it does not read back as it was written")
    return path, key


def read(path: Path) -> bytes:
    """The 32 bytes of a key file. Raises `KeyFileRefused`."""
    try:
        if not path.is_file():
            raise KeyFileRefused("there is no such file")
        with path.open("rb") as stream:
            text = stream.read(LARGEST + 1).decode("ascii", errors="replace")
    except OSError as error:
        raise KeyFileRefused(error.strerror or "cannot be read") from None
    found = _LINE.fullmatch(text)
    if not found:
        raise KeyFileRefused("it is no key file")
    key = bytes.fromhex(found[1])
    if found[2] != _check(key):
        raise KeyFileRefused("it is damaged")
    return key


def found_in(folders: list[Path]) -> list[bytes]:
    """The keys of all key files that stand in these folders; what is none is passed over."""
    keys = []
    for folder in folders:
        try:
            candidates = sorted(folder.glob(f"*{SUFFIX}"))[:MOST]
        except OSError:
            continue
        for path in candidates:
            try:
                keys.append(read(path))
            except KeyFileRefused:
                continue
    return list(dict.fromkeys(keys))[:MOST]


def _check(key: bytes) -> str:
    return hashlib.sha256(b"secterm/1 key file\0" + key).hexdigest()[:8]
