"""Which dossiers an archive is to hold, and the archive itself, written from an unlocked
vault under a name that tells of nobody.
"""

from __future__ import annotations

import contextlib
import itertools
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final, get_args

import msgspec

from secterm.archive import continuing, schemas, space, volumes, write
from secterm.archive.contents import Contents
from secterm.archive.media import Medium
from secterm.archive.members import Covers, Kind, What
from secterm.archive.recipients import Recipients
from secterm.archive.space import Load
from secterm.archive.volumes import Weight
from secterm.archive.write import Written
from secterm.desk import making
from secterm.desk.making import Together
from secterm.desk.registry import Registry
from secterm.desk.second import helps
from secterm.desk.shelf import BROKEN, Shelf
from secterm.dossier import entries as acts
from secterm.dossier.entries import MediumRef, Volume
from secterm.dossier.extract import DECIDED, MOST_SPOKEN
from secterm.dossier.permit import NotAllowed
from secterm.vault.vault import Vault
from secterm.words import _

SPOKEN: Final[Weight] = (MOST_SPOKEN, 0)  # of an extract: entries, and no sealed byte


@dataclass(frozen=True)
class Chosen:
    """The dossiers of one archive, how much of each, and how many bytes it may have; None where
    that is not said.
    """

    ids: list[str]
    covers: Covers
    kind: Kind
    limit: int | None = None


@dataclass(frozen=True)
class Offer:
    """What there is to export: the ids of all dossiers, those of them that changed since they
    were last archived whole, and those on which a decision holds; and how much each takes up,
    with what is in every archive of a kind.
    """

    all: tuple[str, ...]
    changed: frozenset[str]
    decided: frozenset[str]
    bases: Mapping[Kind, Load] = field(default_factory=dict)
    weights: Mapping[str, Weight] = field(default_factory=dict)


def offer(shelf: Shelf, vault: Vault, registry: Registry, today: date) -> Offer:
    """All that there is to export."""
    every, each = tuple(shelf.ids()), vault.weights()
    decided = (card.id for card in shelf.each_card(today) if card.stage in DECIDED)
    return Offer(
        every,
        frozenset(changed(vault)) & frozenset(every),
        frozenset(decided),
        {kind: base(vault, registry, kind) for kind in get_args(Kind)},
        {id: each.get(bytes.fromhex(id), (0, 0)) for id in every},
    )


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


def divided(vault: Vault, registry: Registry, chosen: Chosen, limit: int) -> list[Chosen]:
    """The volumes of an archive of these, in their order: each of at most `limit` bytes, and as
    few as surely fit. One alone, and no volume, where all fit into it.

    Raises `ArchiveNotWritten` where a dossier is too large, or the volumes are too many.
    """
    each = list(weights(vault, chosen.kind, chosen.ids))
    counts = volumes.planned(base(vault, registry, chosen.kind), each, limit)
    if len(counts) == 1:
        return [replace(chosen, limit=limit)]
    one_set, ids = secrets.token_hex(16), iter(chosen.ids)
    return [
        Chosen(
            list(itertools.islice(ids, count)),
            msgspec.structs.replace(
                chosen.covers,
                dossiers=count,
                volume=Volume(set=one_set, number=number, of=len(counts)),
            ),
            chosen.kind,
            limit,
        )
        for number, count in enumerate(counts, 1)
    ]


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
    """`secterm-SIZE-ROOT.age` in `folder`, which is on this medium, where it has room; of a
    volume `secterm-SIZE-ROOT-KofN.age`. Raises `ArchiveNotWritten`.
    """
    write.demand_folder(folder)
    filesystem, needed = medium.filesystem if medium else "", load(vault, registry, chosen)
    try:
        space.demand(folder, filesystem, needed.bytes())
    except OSError as error:
        raise write.not_written(error) from None
    made = Contents.of(making.source(vault, registry, chosen.ids, chosen.kind, chosen.covers, at))
    point = vault.checkpoint()
    stem = f"secterm-{point.size}-{point.root.hex()[:8]}"
    if volume := chosen.covers.volume:
        stem += f"-{volume.number}of{volume.of}"
    with contextlib.ExitStack() as stack:
        dossiers = None
        if chosen.kind == "whole" and helps(needed.entries, making.worth_it):
            dossiers = stack.enter_context(Together(made)).dossiers()
        return write.write(
            folder,
            stem,
            made.members(dossiers),
            to,
            mtime=int(at.timestamp()),
            progress=progress,
            limit=chosen.limit,
            meanwhile=made.journal.settle,
        )


def reference(medium: Medium | None) -> MediumRef:
    """What the receipt says of a medium."""
    if medium is None:
        return MediumRef(kind="other")
    return MediumRef(kind=medium.kind, label=medium.label, id=medium.id)


def load(vault: Vault, registry: Registry, chosen: Chosen) -> Load:
    """What such an archive takes up."""
    each = weights(vault, chosen.kind, chosen.ids)
    return volumes.whole_load(base(vault, registry, chosen.kind), each)


def base(vault: Vault, registry: Registry, kind: Kind) -> Load:
    """What an archive of a kind takes up without a dossier.

    That each volume is written at a later size of the journal than the one before it is
    allowed for: what says so is at most two entries for each dossier.
    """
    published = sum(len(data) for _name, data in schemas.members(kind))
    published += continuing.WEIGHT * len(registry.witnesses.earlier(registry.receipts))
    size = 3 * vault.size
    if kind == "decision":
        return Load(strands=0, dossiers=0, entries=0, sealed=0, packs=published, size=size)
    officers = list(weights(vault, kind, registry.strands))
    texts = [text for files in registry.pack_files.values() for text in files.values()]
    return Load(
        strands=len(officers),
        dossiers=0,
        entries=sum(count for count, _size in officers),
        sealed=sum(size for _count, size in officers),
        packs=published + sum(len(text.encode()) for text in texts),
        size=size,
    )


def weights(vault: Vault, kind: Kind, ids: Iterable[str]) -> Iterator[Weight]:
    """How much of each of these goes into such an archive."""
    for id in ids:
        yield vault.weight(bytes.fromhex(id)) if kind == "whole" else SPOKEN
