"""A witness's cosignature as it travels back to the vault: a small text file with the
witness's own public keys, and the checkpoint that it has seen, cosigned. See FORMAT.md.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from secterm.archive import listing
from secterm.archive.errors import CosignatureInvalid
from secterm.archive.members import log_lines
from secterm.archive.tar import LATEST
from secterm.vault.checkpoints import fingerprint
from secterm.vault.errors import VaultError
from secterm.vault.note import (
    Checkpoint,
    Ed25519Verifier,
    MLDSA44Cosigner,
    Note,
    Verifier,
    parse_vkey,
)
from secterm.words import _

HEADER: Final = "secterm-cosignature-1"
ENDING: Final = "cosignature"
LARGEST: Final = 64 * 1024  # bytes; one has about 9,000
MOST_SHOWN: Final = 9  # of them, each with a number

_NAME: Final = re.compile(rf"secterm-([0-9]{{1,18}})-[0-9a-f]{{8}}(-[0-9]+)?\.{ENDING}", re.ASCII)


@dataclass(frozen=True)
class Cosigned:
    """The log keys of the witness's vault, and the note: the checkpoint of the vault that it has
    seen, with that vault's own two signatures and the witness's cosignature.
    """

    short: Ed25519Verifier
    long: MLDSA44Cosigner
    note: Note

    @property
    def keys(self) -> tuple[Verifier, Verifier]:
        """Both log keys of the witness."""
        return self.short, self.long

    @property
    def fingerprint(self) -> str:
        """That of the witness's log keys, as its own vault tells it."""
        return fingerprint(self.keys)

    @property
    def checkpoint(self) -> Checkpoint:
        """What was cosigned."""
        return Checkpoint.parse(self.note.text)

    @property
    def time(self) -> int:
        """When, in seconds since 1970, by the witness's clock. Raises `CosignatureInvalid`."""
        try:
            signed = self.long.verify(self.note)
        except (VaultError, ValueError):
            signed = None
        if signed is None or not 0 < (signed.timestamp or 0) <= LATEST:
            raise CosignatureInvalid(_("the witness's cosignature does not hold"))
        return signed.timestamp or 0

    def demand_log(self, log: tuple[Verifier, Verifier]) -> None:
        """Raises `CosignatureInvalid` unless it is on a checkpoint that these log keys signed."""
        if self.checkpoint.origin != log[0].name:
            raise CosignatureInvalid(_("it is on a checkpoint of another vault"))
        try:
            signed = all(key.verify(self.note) for key in log)
        except (VaultError, ValueError):
            signed = False
        if not signed:
            raise CosignatureInvalid(_("this vault's log keys did not sign its checkpoint"))

    def format(self) -> bytes:
        """The bytes of the file."""
        return f"{HEADER}\n".encode() + log_lines(self.keys) + b"\n" + self.note.format()

    @classmethod
    def parse(cls, data: bytes) -> Cosigned:
        """What `format` wrote, with nothing verified. Raises `CosignatureInvalid`."""
        head, _blank, note = data.partition(b"\n\n")
        try:
            header, *lines = head.decode().split("\n")
            short, long = (parse_vkey(line) for line in lines)
            if (
                header == HEADER
                and isinstance(short, Ed25519Verifier)
                and isinstance(long, MLDSA44Cosigner)
                and short.name == long.name
            ):
                found = cls(short, long, Note.parse(note))
                if found._is_one() and found.format() == data:
                    return found
        except (VaultError, ValueError):
            pass
        raise CosignatureInvalid(_("the file is no cosignature"))

    def _is_one(self) -> bool:
        """Whether it has a log's two signatures and the cosignature, on a bare checkpoint."""
        point, names = self.checkpoint, [line.name for line in self.note.signatures]
        return names == [point.origin, point.origin, self.long.name] and not point.extensions


def read(file: Path) -> Cosigned:
    """The cosignature in this file. Raises `CosignatureInvalid`."""
    try:
        stream = listing.opened(file.expanduser(), os.O_NOFOLLOW)
        if stream is None:
            raise CosignatureInvalid(_("the file is no ordinary file"))
        with stream:
            data = stream.read(LARGEST + 1)
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or _("that is no name for a file")
        raise CosignatureInvalid(_("the file cannot be read: {r}").format(r=reason)) from None
    if len(data) > LARGEST:
        raise CosignatureInvalid(_("the file is too large to be one"))
    return Cosigned.parse(data)


def found(folder: Path) -> list[Path]:
    """The cosignatures in this folder, by their names, over the most entries first."""
    names = [
        (int(match[1]), entry.name)
        for entry in listing.files(folder)
        if (match := _NAME.fullmatch(entry.name))
    ]
    return [folder / name for _size, name in sorted(names, reverse=True)[:MOST_SHOWN]]
