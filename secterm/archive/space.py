"""How much room an archive takes, and whether a medium has it: told before a byte is written."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from secterm.archive.errors import ArchiveNotWritten, NoRoom
from secterm.archive.media import LARGEST_FILE
from secterm.archive.tar import BLOCK
from secterm.words import _

UNITS: Final = ("kB", "MB", "GB", "TB")
LEAST: Final = 100_000  # bytes that a volume may be limited to

_SIZE: Final = re.compile(
    r"([0-9]{1,9})(?:[.,]([0-9]{1,3}))? ?([kMGT])B?", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True)
class Load:
    """What goes into an archive: how many strands, and of them dossiers; their entries, and
    the bytes of these as they are sealed, none of an extract; the bytes of packs and schemas;
    the journal's size.
    """

    strands: int
    dossiers: int
    entries: int
    sealed: int
    packs: int
    size: int

    def with_one(self, entries: int, sealed: int) -> Load:
        """The same with one dossier more: its entries, and their bytes as they are sealed, none
        of an extract.
        """
        return Load(
            strands=self.strands + bool(sealed),
            dossiers=self.dossiers + 1,
            entries=self.entries + entries,
            sealed=self.sealed + sealed,
            packs=self.packs,
            size=self.size,
        )

    def bytes(self) -> int:
        """About how large the archive is; rather a little too much than too little."""
        proof = 330 + 45 * (self.size - 1).bit_length()  # its checkpoint, a line each level
        entry = 2 * (BLOCK + proof + -proof % BLOCK + 145)  # in the journal, and by its officer
        signed = 12 * BLOCK  # the undertaking
        if self.sealed:
            entry += 3 * BLOCK + 280  # in clear and sealed, what fills them up, and their lines
        else:
            signed += 16 * BLOCK  # the decision, with the undertaking's statement and signatures
        whole = (
            42 * BLOCK  # README, keys, checkpoint, officers, signatures
            + self.packs * 5 // 4
            + self.strands * 3 * BLOCK  # key.json and its line
            + self.dossiers * signed
            + self.entries * entry
            + self.sealed * 4  # in clear, sealed, and in dossier.json, where it is twice as long
        )
        return whole + whole // 4096 + 512  # age: 16 bytes for each 64 KiB, and a header


def free_in(folder: Path) -> int:
    """How many bytes are free there. Raises OSError."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def demand(folder: Path, filesystem: str, needs: int) -> None:
    """Raises `NoRoom` where so many bytes are not free in this folder, `ArchiveNotWritten` where
    no file there may be so large, OSError.
    """
    free = free_in(folder)
    if needs > free:
        raise NoRoom(
            _("it needs about {needs}, and {free} are free there.").format(
                needs=told(needs), free=told(free)
            ),
            advice=_("Make room on the medium or take a larger one, or export fewer at once."),
        )
    most = LARGEST_FILE.get(filesystem)
    if most is not None and needs > most:
        raise ArchiveNotWritten(
            _("it needs about {needs}, and a file on this medium ({kind}) ends at {most}.").format(
                needs=told(needs), kind=filesystem, most=told(most)
            ),
            advice=_("Take a medium with another file system (exFAT, ext4), or export fewer."),
        )


def read(text: str) -> int:
    """The bytes of a size as a person writes it: `700M`, `4.5 GB`; units of a thousand, as media
    are sold. Raises ValueError, with what is wrong in words.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError(_("A size is a number and k, M, G or T, such as 700M or 4G."))
    thousandths = int(found[1] + (found[2] or "").ljust(3, "0"))
    size: int = thousandths * 1000 ** "kmgt".index(found[3].lower())
    if size < LEAST:
        raise ValueError(_("That is too small: a volume has {n} or more.").format(n=told(LEAST)))
    return size


def told(size: int) -> str:
    """A number of bytes for a person, in units of a thousand, as media are sold."""
    if size < 1000:
        return _("{n} bytes").format(n=size)
    amount = float(size)
    for unit in UNITS:
        amount /= 1000
        if amount < 999.5 or unit == UNITS[-1]:
            break
    return f"{amount:.0f} {unit}" if amount >= 99.5 else f"{amount:.1f} {unit}"
