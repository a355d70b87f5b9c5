"""Which dossiers an archive is to hold, and the archive itself, written from an unlocked
vault under a name that tells of nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import msgspec

from secterm.archive import contents, continuing, schemas, space, write
from secterm.archive.media import Medium
from secterm.archive.members import Covers, Kind, OfficerLine, RecoveryLine, What
from secterm.archive.recipients import Recipients
from secterm.archive.write import Written
from secterm.desk.registry import Registry
from secterm.desk.shelf import BROKEN, Shelf
from secterm.dossier import entries as acts
from secterm.dossier.entries import MediumRef
from secterm.dossier.extract import DECIDED, MOST_SPOKEN
from secterm.dossier.permit import NotAllowed
from secterm.vault.vault import Vault
from secterm.words import _


@dataclass(frozen=True)
class Chosen:
    """The dossiers of one archive, and how much of each."""

    ids: list[str]
    covers: Covers
    kind: Kind


@dataclass(frozen=True)
class Offer:
    """What there is to export: the ids of all dossiers, those of them that changed since they
    were last archived whole, and those on which a decision holds.
    """

    all: tuple[str, ...]
    changed: frozenset[str]
    decided: frozenset[str]


def offer(shelf: Shelf, vault: Vault, today: date) -> Offer:
    """All that there is to export."""
    every = tuple(shelf.ids())
    decided = (card.id for card in shelf.each_card(today) if card.stage in DECIDED)
    return Offer(every, frozenset(changed(vault)) & frozenset(every), frozenset(decided))


def choose(
    shelf: Shelf, vault: Vault, ids: Sequence[str] | None, what: What, kind: Kind, today: date
) -> Chosen:
    """Those of `ids` (None: of all) that go into an archive.

    Where each was named, each must go; else those that do not open are left out and
    counted, and of kind `decision` those without one are not meant. Raises `NotAllowed`
    for none, or for a named one without a decision.
    """
    meant = list(dict.fromkeys(shelf.ids() if ids is None else ids))
    if what == "changed":
        there = set(changed(vault))
        meant = [id for id in meant if id in there]
    found: list[str] = []
    left_out = 0
    for id in meant:
        try:
            opened = shelf.dossier(id, today)
        except BROKEN:
            if what == "named":
                raise
            left_out += 1
            continue
        if kind == "whole" or opened.standing.stage in DECIDED:
            found.append(id)
        elif what == "named":
            raise NotAllowed(
                _("There is no decision on {name} that holds.").format(
                    name=opened.state.particulars.name
                )
            )
    if not meant and what == "changed":
        raise NotAllowed(_("No dossier has changed since it was last archived."))
    if not found:
        raise NotAllowed(_("There is no dossier to export."))
    return Chosen(found, Covers(what=what, dossiers=len(found), left_out=left_out), kind)


def changed(vault: Vault) -> Iterator[str]:
    """The ids of all strands but those whose last entry says that they were archived whole.

    One that does not open is among them.
    """
    for id, plain in vault.last_entries():
        try:
            act = acts.decode(plain).act if plain is not None else None
        except msgspec.DecodeError:
            act = None
        if not isinstance(act, acts.Archived) or act.extract:
            yield id.hex()


def write_archive(
    vault: Vault,
    registry: Registry,
    chosen: Chosen,
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
        space.demand(folder, filesystem, load(vault, registry, chosen).bytes())
    except OSError as error:
        raise write.not_written(error) from None
    source = contents.Source(
        vault=vault,
        unit=registry.unit,
        officers={
            o.id: OfficerLine(id=o.id, name=o.name, public_key=o.public_key.hex())
            for o in registry.officers.values()
        },
        origins=registry.origins,
        recoveries=[
            RecoveryLine(id=r.made.recovery, public_key=r.made.public_key)
            for r in registry.recoveries
        ],
        packs=registry.packs,
        pack_files=registry.pack_files,
        dossiers=chosen.ids,
        at=at,
        kind=chosen.kind,
        covers=chosen.covers,
        earlier=registry.witnesses.earlier(registry.receipts),
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


def load(vault: Vault, registry: Registry, chosen: Chosen) -> space.Load:
    """What such an archive takes up."""
    published = sum(len(data) for _name, data in schemas.members(chosen.kind))
    published += continuing.WEIGHT * len(registry.witnesses.earlier(registry.receipts))
    if chosen.kind == "decision":
        return space.Load(
            strands=0,
            dossiers=len(chosen.ids),
            entries=MOST_SPOKEN * len(chosen.ids),
            sealed=0,
            packs=published,
            size=vault.size,
        )
    weights = [vault.weight(bytes.fromhex(id)) for id in (*chosen.ids, *registry.strands)]
    texts = [text for files in registry.pack_files.values() for text in files.values()]
    return space.Load(
        strands=len(weights),
        dossiers=len(chosen.ids),
        entries=sum(count for count, _size in weights),
        sealed=sum(size for _count, size in weights),
        packs=published + sum(len(text.encode()) for text in texts),
        size=vault.size,
    )
