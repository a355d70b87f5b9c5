"""Receipts: what the vault's own entries say of each archive that was written, and the
same in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from secterm.archive import volumes
from secterm.desk.book import Book
from secterm.dossier import entries as acts
from secterm.vault import checkpoints
from secterm.words import _, ngettext

KINDS: Final = {
    "usb": _("on USB"),
    "card": _("memory card"),
    "disc": _("disc"),
    "removable": _("removable"),
    "fixed": _("a disk of this machine"),
    "loop": _("a file that is mounted"),
    "memory": _("memory of this machine"),
    "network": _("over a network"),
    "other": _("not known"),
}


@dataclass(frozen=True)
class Receipt:
    """An archive that was written: by which entry, when, by whom, and what it said."""

    number: int
    at: str  # ISO time
    officer: str  # id
    told: acts.Exported

    @property
    def checkpoint(self) -> str:
        """The checkpoint that is in it, as one short line."""
        return checkpoints.short_of(self.told.before, bytes.fromhex(self.told.root))


def medium(found: Receipt) -> str:
    """What it was written to, as it was then."""
    on = found.told.medium
    named = [on.label, KINDS.get(on.kind, on.kind)]
    if on.id:
        named.append(_("file system {id}").format(id=on.id))
    return ", ".join(part for part in named if part)


def readers(found: Receipt, book: Book) -> tuple[str, ...]:
    """For whom it was, in lines: age public keys, each under the name that the book had for it;
    or `passphrase`.
    """
    lines: list[str] = []
    for key in found.told.recipients:
        lines += [*book.names(key, found.number), key]
    return tuple(lines)


def text(found: Receipt, officer: str, book: Book, witnessed: Sequence[str] = ()) -> str:
    """An archive's receipt: when, by whom, what, for whom and on what; and by whom its checkpoint
    was `witnessed`.
    """
    told = found.told
    count = ngettext("{n} dossier", "{n} dossiers", told.dossiers).format(n=told.dossiers)
    if told.extract:
        count = _("the decision alone of {count}").format(count=count)
    volume = volumes.called(told.volume) if told.volume else ""
    lines = _(
        "{at}  {file}\n"
        "  Medium  {medium}\n"
        "{volume}"
        "  Holds   {count}, checkpoint {checkpoint}\n"
        "  Size    {size} bytes\n"
        "  SHA-256 {digest}\n"
        "  For     {recipients}\n"
        "  Receipt entry #{number}, by {officer}"
    ).format(
        at=found.at[:16].replace("T", " "),
        file=told.file,
        medium=medium(found),
        count=count,
        checkpoint=found.checkpoint,
        volume=_("  Is      {volume}\n").format(volume=volume) if volume else "",
        size=told.size,
        digest=told.sha256,
        recipients="\n          ".join(readers(found, book)),
        number=found.number,
        officer=officer,
    )
    return "\n".join((lines, *(_("  Witness {told}").format(told=each) for each in witnessed)))
