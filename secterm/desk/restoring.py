"""What an officer does with an archive that comes back: its dossiers, with their whole
history, go into this vault, proven as they were in their own. Nothing of an archive is
used before all of it was walked and holds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from secterm.archive import again, parts
from secterm.archive.context import Context
from secterm.archive.errors import NotRestored
from secterm.archive.inspect import sha256_of
from secterm.archive.members import Manifest, log_digest
from secterm.archive.origins import TOP
from secterm.archive.read import read
from secterm.archive.received import Unfolding, entries_of, place
from secterm.archive.sums import SUMS
from secterm.archive.walk import Walk, plain
from secterm.desk.cards import card_of
from secterm.desk.judging import due
from secterm.desk.merging import news, relation
from secterm.desk.recording import Recorder, Recording
from secterm.desk.registry import Registry
from secterm.desk.shelf import BROKEN, Shelf
from secterm.desk.witnessing import Witnessing
from secterm.dossier import entries as acts
from secterm.dossier.demands import LONGEST_LINE, legible
from secterm.dossier.entries import Entry, Numbered, Origin, OriginKnown, Received
from secterm.dossier.fold import EntryOutOfPlace, State, apply
from secterm.dossier.gates import standing
from secterm.vault.records import ID_SIZE
from secterm.vault.vault import Vault
from secterm.words import _

PIECE: Final = 1 << 20  # bytes of a part before it is compressed, unless one entry is longer
TOGETHER: Final = 32  # dossiers of one transaction
HEAVY: Final = 64 << 20  # bytes of dossiers that make one before

ASK_THE_UNIT: Final = _(
    "Keep this archive apart, and call its unit: somebody changed its vault or this file."
)

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Looked:
    """An archive that was walked and holds, whole; what opens it is kept for the second time."""

    file: Path
    identity: Path | None
    passphrase: str = field(repr=False)
    walk: Walk
    context: Context
    manifest: Manifest
    packs: Mapping[str, Files]  # by digest: the files by name, in the order of adoption
    sha256: str  # of the file

    @property
    def vault(self) -> str:
        """The id of the vault that wrote it."""
        return self.context.vault.hex()

    def is_of(self, fingerprint: str) -> bool:
        """Whether its log keys have this fingerprint, however it is spaced."""
        return plain(fingerprint) == plain(self.walk.own)

    def demand(self, fingerprint: str) -> None:
        """Raises `NotRestored` where its log keys have another fingerprint."""
        if not self.is_of(fingerprint):
            raise NotRestored(
                _("its log keys have the fingerprint {found}, not the one given.").format(
                    found=self.walk.own
                )
            )


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an archive's dossiers: their ids, in the archive's order."""

    vault: str
    unit: str
    size: int
    root: str
    new: list[str]
    continued: list[str]
    same: list[str]
    apart: dict[str, str]  # dossier -> the id under which its other history is kept
    erased: list[str]

    @property
    def all(self) -> int:
        """How many dossiers the archive has."""
        found = (self.new, self.continued, self.same, self.apart, self.erased)
        return sum(len(each) for each in found)


def look(
    file: Path,
    *,
    identity: Path | None = None,
    passphrase: str = "",
    progress: Callable[[str], None] = lambda member: None,
) -> Looked:
    """Walks an archive, to its last proof and signature.

    Raises `ArchiveUnreadable`, `WrongIdentity`, or `NotRestored` where it does not hold or
    holds no histories.
    """
    walk, packs = Walk(None), dict[str, dict[str, bytes]]()

    def take(name: str, data: bytes) -> None:
        walk.take(name, data)
        progress(name)
        kind, _slash, rest = name.partition("/")
        if kind == "packs" and not name.endswith(SUMS):
            digest, _slash, called = rest.partition("/")
            packs.setdefault(digest, {})[called] = data

    read(file, take, identity=identity, passphrase=passphrase)
    walk.finish()
    if walk.faults or walk.context is None or walk.manifest is None:
        raise NotRestored(_("it does not hold."), tuple(walk.faults))
    if walk.manifest.kind != "whole":
        raise NotRestored(
            _("it holds decisions alone, and no history that could be restored."),
            advice=_("Ask its unit for a whole archive."),
        )
    if not all(map(_one_line, _named(walk.context, walk.manifest))):
        raise NotRestored(_("the name of a unit or an officer in it cannot be shown."))
    whole = sha256_of(file)
    return Looked(file, identity, passphrase, walk, walk.context, walk.manifest, packs, whole)


def _named(context: Context, manifest: Manifest) -> Iterator[str]:
    """All units and officers that it names."""
    yield manifest.unit
    yield from context.names().values()
    for known in context.origins.values():
        yield from (said.unit for said in known.said.values())


def _one_line(name: str) -> bool:
    return bool(name.strip()) and len(name) <= LONGEST_LINE and "\n" not in name and legible(name)


class Restoring(Witnessing):
    """What an officer does with an archive that comes back."""

    def knows(self, archive: Looked) -> bool:
        """Whether archives of that vault were taken in or witnessed, so that its log keys are
        known.
        """
        return archive.vault in self._registry.joined or self._witnessed(archive) is not None

    def _witnessed(self, archive: Looked) -> str | None:
        """The digest of that vault's log keys, where an archive of it was witnessed here."""
        seen = self._registry.witnesses.last_seen(archive.context.checkpoint.origin)
        return seen.told.log_keys if seen is not None else None

    def restore(
        self,
        archive: Looked,
        fingerprint: str = "",
        progress: Callable[[str], None] = lambda folder: None,
        recorded: Callable[[int], None] = lambda dossiers: None,
    ) -> Restored:
        """Takes an archive's dossiers in, and says what became of each.

        `fingerprint` is that of the other vault's log keys as its unit told it; not needed
        where they are known. `progress` is told the folder of each dossier, and `recorded` after
        each transaction how many dossiers are in. Raises `NotRestored`, or as `again`, `progress`
        or a transaction; where dossiers were recorded before, they are whole, and a second time
        goes on.
        """
        self._may("manage")
        self._demand(archive, fingerprint)
        taking = _Taking(
            self._vault, self._registry, self._shelf, self._record, archive, progress, recorded
        )
        try:
            again.again(
                archive.file,
                archive.walk,
                taking.folder,
                identity=archive.identity,
                passphrase=archive.passphrase,
            )
            taking.flush()
        except NotRestored as error:
            raise NotRestored(error.reason, begun=taking.begun, advice=error.advice) from None
        finally:
            self._read_again()
            self._index.clear()
        return taking.found

    def _demand(self, archive: Looked, fingerprint: str) -> None:
        """Raises `NotRestored` where the archive's vault cannot be believed."""
        self.demand_fit(archive)
        if fingerprint:
            archive.demand(fingerprint)
        elif not self.knows(archive):
            raise NotRestored(_("the fingerprint of its log keys is not known yet."))

    def demand_fit(self, archive: Looked) -> None:
        """Raises `NotRestored` where it would not go into this vault, whatever fingerprint its
        unit tells.
        """
        vault = archive.vault
        if vault == self._vault.id.hex():
            raise NotRestored(
                _("it is of this very vault, which has these dossiers. Restore it into a new one."),
                advice=_("Nothing is to be done here: what it has is here already."),
            )
        log, point = archive.context.log, archive.context.checkpoint
        if self._witnessed(archive) not in (None, log_digest(log)):
            raise NotRestored(
                _("it has other log keys than that vault had before."), advice=ASK_THE_UNIT
            )
        roots = {**archive.walk.continued, point.size: point.root}
        keys = {tuple(verifier.public_key.hex() for verifier in log)}
        self._demand_same(vault, keys, {size: root.hex() for size, root in roots.items()})
        self._demand_unit(vault, archive.manifest.unit)
        for id, known in archive.context.origins.items():
            roots_of = {size: said.root for size, said in known.said.items()}
            self._demand_same(id, known.log_keys(), roots_of)
            for said in known.said.values():
                self._demand_unit(id, said.unit)
        self._demand_other_people(archive)

    def _demand_same(
        self, vault: str, logs: set[tuple[str, ...]], roots: Mapping[int, str]
    ) -> None:
        """Raises `NotRestored` where a vault had other log keys, or its journal another root at
        one of these sizes: it has one past.
        """
        registry, joined = self._registry, self._registry.joined.get(vault)
        if vault == self._vault.id.hex():
            ours = logs <= {(registry.log_ed25519, registry.log_mldsa44)}
            for size, root in roots.items():
                if not ours or not self._vault.had(size, root):
                    raise NotRestored(
                        _(
                            "it tells of {n} entries of this very vault with the root {root}, and "
                            "they were never here: this vault was put back or forked."
                        ).format(n=size, root=root[:20])
                    )
        if joined is not None and not logs <= {(joined.log_ed25519, joined.log_mldsa44)}:
            raise NotRestored(
                _("it has other log keys than that vault had before."), advice=ASK_THE_UNIT
            )
        for size, root in self._known_roots(vault):
            if roots.get(size, root) != root:
                raise NotRestored(
                    _(
                        "at {n} entries its journal has the root {new}, and had {old} in an "
                        "earlier archive: that vault was put back or forked."
                    ).format(n=size, new=roots[size][:20], old=root[:20]),
                    advice=ASK_THE_UNIT,
                )

    def _known_roots(self, vault: str) -> Iterator[tuple[int, str]]:
        """What is known here of another vault's journal: sizes and roots, by archives that were
        taken in or witnessed.
        """
        known = self._registry.origins.get(vault)
        yield from ((one.size, one.root) for one in known.said.values()) if known else ()
        seen = self._registry.witnesses.seen.get(f"secterm/{vault}", ())
        yield from ((one.told.size, one.told.root) for one in seen)

    def _demand_unit(self, vault: str, unit: str) -> None:
        """A vault is one unit's for ever."""
        joined = self._registry.joined.get(vault)
        if joined is not None and joined.unit != unit:
            raise NotRestored(
                _("it names another unit than that vault was of before."), advice=ASK_THE_UNIT
            )

    def _demand_other_people(self, archive: Looked) -> None:
        """An id is one person's: here, there, and in every vault that dossiers came from."""
        there = {archive.vault: {*archive.context.officers}}
        there |= {id: {*known.names()} for id, known in archive.context.origins.items()}
        here = {self._vault.id.hex(): {*self._registry.officers}}
        here |= {id: {*known.names()} for id, known in self._registry.origins.items()}
        strands = {self._vault.id.hex(), *self._registry.strands, *there}
        if any(line.id in strands for line in archive.walk.dossiers):
            raise NotRestored(
                _("it gives a dossier the id of something else."), advice=ASK_THE_UNIT
            )
        for id, people in there.items():
            strange = self._vault.has_dossier(bytes.fromhex(id)) and id not in here
            taken = any(people & others for vault, others in here.items() if vault != id)
            if strange or taken:
                raise NotRestored(
                    _("it gives an id that somebody here has to somebody else."),
                    advice=ASK_THE_UNIT,
                )


def _no_sum(id: str, why: Exception) -> NotRestored:
    return NotRestored(_("dossier {id} does not add up here: {why}.").format(id=id, why=why))


@dataclass(frozen=True)
class _Plan:
    """A dossier that brings something: the strand it goes to, what is there, what is new."""

    id: str
    files: Files
    numbers: list[int]  # the entries of the archive's strand that bring it
    state: State  # what all of it adds up to, that which is there first
    there: bool = True
    apart: str = ""  # the dossier that goes another way


class _Taking:
    """One archive while its folders are taken in."""

    def __init__(
        self,
        vault: Vault,
        registry: Registry,
        shelf: Shelf,
        record: Callable[[], Recording],
        archive: Looked,
        progress: Callable[[str], None],
        recorded: Callable[[int], None],
    ) -> None:
        self._vault = vault
        self._own = vault.id.hex()
        self._registry = registry
        self._shelf = shelf
        self._record = record
        self._archive = archive
        self._progress = progress
        self._recorded = recorded
        self._packs = {**archive.context.packs, **registry.packs}
        self._people: dict[str, bytes] = {}  # the members of officers' folders
        self.begun = False  # whether dossiers, and the vaults that they come from, are recorded
        self._plans: list[_Plan] = []
        self._weight = 0  # bytes of dossiers since the last transaction
        point = archive.context.checkpoint
        self.found = Restored(
            vault=archive.vault,
            unit=archive.manifest.unit,
            size=point.size,
            root=point.root.hex(),
            new=[],
            continued=[],
            same=[],
            apart={},
            erased=[],
        )

    def folder(self, name: str, files: Files) -> None:
        """One folder of the archive."""
        kind, _slash, id = name.partition("/")
        if kind == "officers":
            self._people.update(files)
        elif kind == "dossiers":
            self._plans += self._plan(id, files)
            self._weight += sum(map(len, files.values()))
            self._progress(name)
        if len(self._plans) == TOGETHER or self._weight > HEAVY:
            self.flush()

    def flush(self) -> None:
        """Records what is planned, in one transaction."""
        plans, self._plans, self._weight = self._plans, [], 0
        if plans:
            with self._record() as record:
                if not self.begun:
                    self._origins(record)
                for plan in plans:
                    self._take(record, plan)
            self.begun = True
            self._shelf.clear()
        self._recorded(self.found.all)

    # -- the vaults that they come from --------------------------------------

    def _origins(self, record: Recorder) -> None:
        archive = self._archive
        for digest, pack in archive.context.packs.items():
            if digest not in self._registry.packs:
                files = {name: data.decode() for name, data in archive.packs[digest].items()}
                record.vault(self._vault.id, acts.PackReceived(pack=acts.ref_of(pack), files=files))
        members = [(name, archive.walk.top[name]) for name in TOP]
        for officer in archive.context.officers:
            folder = f"officers/{officer}"
            numbers = (number for number, _plain in entries_of(folder, self._people))
            members += ((name, self._people[name]) for name in parts.part_names(folder, numbers))
        said = OriginKnown(
            unit=self.found.unit,
            size=self.found.size,
            root=self.found.root,
            sha256=archive.sha256,
            part=parts.packed(members),
        )
        self._origin(record, archive.vault, archive.context, [said])
        for id, known in archive.context.origins.items():
            context = known.newest()
            if id != self._own and context is not None:
                self._origin(record, id, context, known.said.values())

    def _origin(
        self, record: Recorder, id: str, context: Context, told: Collection[OriginKnown]
    ) -> None:
        """What archives said of one vault, that is not known yet."""
        strand, known = bytes.fromhex(id), self._registry.origins.get(id)
        if known is None:
            ed25519, mldsa = context.log_keys
            record.work.create_dossier(strand)
            unit = next(said.unit for said in told)
            joined = acts.OriginJoined(vault=id, unit=unit, log_ed25519=ed25519, log_mldsa44=mldsa)
            record.vault(self._vault.id, joined)
        for said in told:
            if known is None or said.size not in known.said:
                record.vault(strand, said)

    # -- dossiers -------------------------------------------------------------

    def _plan(self, id: str, files: Files) -> Iterator[_Plan]:
        """What of a dossier is to be taken in, if anything."""
        if id in self._registry.erased:
            self.found.erased.append(id)
            return
        brought = self._brought(id, files)
        came = [one for _number, each in brought for one in each]
        there = self._vault.has_dossier(bytes.fromhex(id))
        others = [id, *self._registry.kept.get(id, ())] if there else []
        gone = self._registry.erased.keys() & others
        others = [other for other in others if other not in gone]
        for other in others:
            here = self._here(other)
            how = relation(here, came, self._own)
            if how == "same":
                self.found.same.append(id)
                return
            if how == "goes on":
                told, known = list(here), {place(one, self._own) for one in here}
                new, numbers = news(here, came, self._own), list[int]()
                for number, each in brought:
                    if any(place(one, self._own) in new for one in each):
                        numbers.append(number)
                        told += [one for one in each if place(one, self._own) not in known]
                self.found.continued.append(id)
                yield _Plan(other, files, numbers, self._state(id, told))
                return
        numbers = [number for number, _each in brought]
        if gone:  # it may be what was erased
            self.found.erased.append(id)
        elif not others:
            self.found.new.append(id)
            yield _Plan(id, files, numbers, self._state(id, came), there=False)
        else:
            self.found.apart[id] = os.urandom(ID_SIZE).hex()
            state = self._state(id, came)
            yield _Plan(self.found.apart[id], files, numbers, state, there=False, apart=id)

    def _state(self, id: str, told: list[Numbered]) -> State:
        """What these entries add up to. Raises `NotRestored` where a verification would not
        have them.
        """
        state: State | None = None
        try:
            for one in told:
                act = one.entry.act
                if isinstance(act, acts.Signed) and state is not None:
                    unit = one.origin.unit if one.origin else self._registry.unit
                    if act.text != due(self._packs[state.pack.digest], state, act, unit):
                        raise EntryOutOfPlace("the text signed is not the pack's")
                state = apply(state, one)
            if state is None:
                raise EntryOutOfPlace("there is no entry")
        except BROKEN as error:
            raise _no_sum(id, error) from None
        return state

    def _brought(self, id: str, files: Files) -> list[tuple[int, list[Numbered]]]:
        """The entries of the archive's strand, each with all that it tells."""
        origin = Origin(vault=self._archive.vault, unit=self.found.unit, dossier=id)
        unfolding, found = Unfolding(self._own, depth=1), []
        try:
            for number, data in entries_of(f"dossiers/{id}", files):
                one = Numbered(number=number, entry=acts.decode(data), origin=origin)
                found.append((number, list(unfolding.take(one))))
        except EntryOutOfPlace as error:
            raise _no_sum(id, error) from None
        return found

    def _here(self, id: str) -> list[Numbered]:
        try:
            return self._shelf.state(id)[1]
        except BROKEN:
            raise NotRestored(
                _("a dossier that it brings is here and does not open."),
                advice=_("Run a verification."),
            ) from None

    def _take(self, record: Recorder, plan: _Plan) -> None:
        id = bytes.fromhex(plan.id)
        if not plan.there:
            record.work.create_dossier(id)
        number = 0
        for count, part in self._parts(plan):
            act = Received(
                vault=self._archive.vault,
                unit=self.found.unit,
                dossier=self._dossier_of(plan),
                size=self.found.size,
                root=self.found.root,
                entries=count,
                part=part,
            )
            entry = Entry(at=record.at.isoformat(), officer=record.officer_id, act=act)
            number = record.append(id, entry)
        if plan.apart:
            kept = acts.Kept(dossier=plan.apart, apart=plan.id, vault=self._archive.vault)
            record.vault(self._vault.id, kept)
        state = plan.state
        pack = self._packs[state.pack.digest]
        card = card_of(plan.id, state, standing(state, pack, record.at.date()))
        record.work.set_card(id, number, msgspec.json.encode(card))

    @staticmethod
    def _dossier_of(plan: _Plan) -> str:
        """The dossier's id in the vault that it comes from."""
        return next(iter(plan.files)).split("/")[1]

    def _parts(self, plan: _Plan) -> Iterator[tuple[int, str]]:
        """The entries in parts: how many, and the part."""
        folder = f"dossiers/{self._dossier_of(plan)}"
        piece, weight = list[int](), 0
        for number in plan.numbers:
            piece.append(number)
            weight += sum(len(plan.files[n]) for n in parts.entry_names(folder, number))
            if weight >= PIECE or number == plan.numbers[-1]:
                names = parts.part_names(folder, piece)
                yield len(piece), parts.packed((name, plan.files[name]) for name in names)
                piece, weight = [], 0
