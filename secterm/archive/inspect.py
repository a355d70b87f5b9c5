"""Says what is in an archive and whether it holds: hashes, proofs, signatures
and checkpoint, from the archive alone.
"""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from secterm.archive import volumes
from secterm.archive.context import Context
from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.read import read
from secterm.archive.walk import DossierLine, Walk
from secterm.dossier.entries import Volume
from secterm.vault import checkpoints
from secterm.words import _, ngettext

KINDS: Final = {
    "whole": _("all that was recorded of each"),
    "decision": _("the decision alone, nothing of the screening"),
}
COVERS: Final = {
    "named": _("the dossiers that were named"),
    "selection": _("a selection of dossiers"),
    "changed": _("the dossiers that had changed since they were last archived"),
    "all": _("all dossiers"),
}


class OriginLine(msgspec.Struct, frozen=True, kw_only=True):
    """Another vault that dossiers in an archive came from, and its log keys' fingerprint."""

    vault: str
    unit: str
    fingerprint: str


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive holds, and every fault with its place."""

    holds: bool
    faults: list[str]
    sha256: str
    kind: str
    covers: str
    volume: Volume | None
    created: str
    officer: str
    checkpoint: str
    fingerprint: str
    fingerprint_known: bool
    dossiers: list[DossierLine]
    origins: list[OriginLine]
    entries: int

    def json(self) -> str:
        """For a program."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2).decode()

    def text(self) -> str:
        """For a person, in lines of at most 79 columns where names allow it."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        count = ngettext("{n} dossier", "{n} dossiers", len(self.dossiers))
        yield _("{dossiers}, {n} entries, written {at} by {officer}").format(
            dossiers=count.format(n=len(self.dossiers)),
            n=self.entries,
            at=self.created,
            officer=self.officer,
        )
        if self.volume:
            yield _("It is {volume}").format(volume=volumes.called(self.volume))
            yield _("The {n} volumes were to hold {what}: {kind}").format(
                n=self.volume.of, what=COVERS[self.covers], kind=KINDS[self.kind]
            )
        elif self.kind:
            yield _("It was to hold {what}: {kind}").format(
                what=COVERS[self.covers], kind=KINDS[self.kind]
            )
        for line in self.dossiers:
            yield f"  {line.id}  {line.stage:<12} {line.name}"
        for origin in self.origins:
            yield _("Some came from {unit}, vault {vault}:").format(
                unit=origin.unit, vault=origin.vault
            )
            yield "  " + _("Fingerprint of its log keys: {f}").format(f=origin.fingerprint)
        yield _("Checkpoint {line}").format(line=self.checkpoint)
        yield _("Fingerprint of the log keys: {f}").format(f=self.fingerprint)
        yield _("SHA-256 of the file: {digest}").format(digest=self.sha256)
        if not self.holds:
            yield _("The archive does NOT hold:")
            yield from (f"- {fault}" for fault in self.faults)
            return
        verdict = _("The archive holds: hashes, proofs, signatures and checkpoint agree.")
        if self.kind == "decision":
            verdict += " " + _(
                "The entries that it speaks of are in the journal; what it says of them is "
                "the word of the officer who signed it."
            )
        if not self.fingerprint_known:
            verdict += " " + _(
                "That it is this unit's is certain only once the fingerprint above is "
                "compared with the one that the unit tells you (--fingerprint)."
            )
        yield from textwrap.wrap(verdict, 79)


def inspect_archive(
    file: Path,
    *,
    identity: Path | None = None,
    passphrase: str = "",
    fingerprint: str | None = None,
) -> Inspection:
    """Walks a whole archive. Raises `ArchiveUnreadable`, `WrongIdentity`.

    `fingerprint` is what the log keys must have, however it is spaced.
    """
    walk = walked(file, identity=identity, passphrase=passphrase, fingerprint=fingerprint)
    return inspection(walk, file)


def walked(
    file: Path,
    *,
    identity: Path | None = None,
    passphrase: str = "",
    fingerprint: str | None = None,
) -> Walk:
    """The walk through a whole archive, at its end. Raises as `inspect_archive`."""
    walk = Walk(fingerprint)
    read(file, walk.take, identity=identity, passphrase=passphrase)
    walk.finish()
    return walk


def inspection(walk: Walk, file: Path) -> Inspection:
    """What a walk through this file has found. Raises `ArchiveUnreadable`."""
    context, manifest = walk.context, walk.manifest
    by = context.officers.get(manifest.officer) if context and manifest else None
    return Inspection(
        holds=not walk.faults,
        faults=walk.faults,
        sha256=sha256_of(file),
        kind=manifest.kind if manifest else "",
        covers=manifest.covers.what if manifest else "",
        volume=manifest.covers.volume if manifest else None,
        created=manifest.created if manifest else "",
        officer=by.name if by else "",
        checkpoint=checkpoints.short(context.checkpoint) if context else "",
        fingerprint=walk.own,
        fingerprint_known=walk.fingerprint is not None,
        dossiers=walk.dossiers,
        origins=list(_origins(context)) if context else [],
        entries=walk.entries,
    )


def _origins(context: Context) -> Iterator[OriginLine]:
    for vault, known in context.origins.items():
        newest = known.newest()
        if newest is not None:
            unit, told = known.said[max(known.said)].unit, checkpoints.fingerprint(newest.log)
            yield OriginLine(vault=vault, unit=unit, fingerprint=told)


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file, 64 hex digits. Raises `ArchiveUnreadable`."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ArchiveUnreadable(
            _("the file cannot be read: {reason}").format(reason=error.strerror or error)
        ) from None
