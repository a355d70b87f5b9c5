"""Writes an archive from an unlocked vault, under a name that tells of nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from secterm.archive import contents, space, write
from secterm.archive.media import Medium
from secterm.archive.recipients import Recipients
from secterm.archive.write import Written
from secterm.desk.registry import Registry
from secterm.dossier.entries import MediumRef
from secterm.vault.vault import Vault


def write_archive(
    vault: Vault,
    registry: Registry,
    ids: Sequence[str],
    folder: Path,
    to: Recipients,
    at: datetime,
    progress: Callable[[str], None],
    medium: Medium | None,
) -> Written:
    """`secterm-SIZE-ROOT.age` in `folder`, which is on this medium, where it has room.

    Raises `ArchiveNotWritten`.
    """
    write.demand_folder(folder)
    filesystem = medium.filesystem if medium else ""
    try:
        space.demand(folder, filesystem, load(vault, registry, ids).bytes())
    except OSError as error:
        raise write.not_written(error) from None
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


def reference(medium: Medium | None) -> MediumRef:
    """What the receipt says of a medium."""
    if medium is None:
        return MediumRef(kind="other")
    return MediumRef(kind=medium.kind, label=medium.label, id=medium.id)


def load(vault: Vault, registry: Registry, ids: Sequence[str]) -> space.Load:
    """What an archive of these dossiers takes up."""
    weights = [vault.weight(bytes.fromhex(id)) for id in (*ids, *registry.officers)]
    texts = [text for files in registry.pack_files.values() for text in files.values()]
    return space.Load(
        strands=len(weights),
        dossiers=len(ids),
        entries=sum(count for count, _size in weights),
        sealed=sum(size for _count, size in weights),
        packs=sum(len(text.encode()) for text in texts),
        size=vault.size,
    )
