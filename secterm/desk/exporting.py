"""Writes an archive from an unlocked vault, under a name that tells of nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from secterm.archive import contents, write
from secterm.archive.recipients import Recipients
from secterm.archive.write import Written
from secterm.desk.registry import Registry
from secterm.vault.vault import Vault


def write_archive(
    vault: Vault,
    registry: Registry,
    ids: Sequence[str],
    folder: Path,
    to: Recipients,
    at: datetime,
    progress: Callable[[str], None],
) -> Written:
    """`secterm-SIZE-ROOT.age` in `folder`. Raises `ArchiveNotWritten`."""
    source = contents.Source(
        vault=vault,
        unit=registry.unit,
        officers={
            o.id: contents.OfficerLine(id=o.id, name=o.name, public_key=o.public_key.hex())
            for o in registry.officers.values()
        },
        packs=registry.packs,
        pack_files=registry.pack_files,
        dossiers=list(dict.fromkeys(ids)),
        at=at,
    )
    point = vault.checkpoint()
    stem = f"secterm-{point.size}-{point.root.hex()[:8]}"
    return write.write(
        folder, stem, contents.members(source), to, mtime=int(at.timestamp()), progress=progress
    )
