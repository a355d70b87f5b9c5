"""What stands in an archive, from an unlocked vault: for each dossier the readable
record, and beside it the sealed bytes, the key and the proofs from which a stranger
can tell that this is what was logged; or the decision alone, and no key. See FORMAT.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from secterm.archive import continuing, schemas
from secterm.archive.context import names_for
from secterm.archive.members import (
    CHECKPOINT,
    CONSISTENCY,
    FORMAT,
    LOG_KEYS,
    MANIFEST,
    OFFICERS,
    README,
    RECOVERIES,
    SIGNATURE,
    Covers,
    KeyFile,
    Kind,
    Manifest,
    ManifestSignature,
    OfficerLine,
    RecoveryLine,
    encoded,
    log_lines,
)
from secterm.archive.origins import Known
from secterm.archive.proofs import Journal
from secterm.archive.readme import readme
from secterm.archive.received import Unfolding
from secterm.archive.sums import with_lists
from secterm.archive.tar import Member
from secterm.dossier import entries as acts
from secterm.dossier import record as records
from secterm.dossier.entries import Numbered
from secterm.dossier.extract import Extract, Proven, extract
from secterm.dossier.fold import EntryOutOfPlace
from secterm.policy.model import Pack
from secterm.vault import checkpoints, keys
from secterm.vault.note import Checkpoint, Note
from secterm.vault.records import Kept
from secterm.vault.seal import unseal
from secterm.vault.vault import Vault


@dataclass(frozen=True)
class Source:
    """What goes into one archive, from an unlocked vault.

    Of kind `decision` each of the dossiers has a decision that holds. `earlier` are sizes and
    roots of the journal, ascending, that the archive proves to continue.
    """

    vault: Vault
    unit: str
    officers: Mapping[str, OfficerLine]
    origins: Mapping[str, Known]
    recoveries: Sequence[RecoveryLine]
    packs: Mapping[str, Pack]
    pack_files: Mapping[str, Mapping[str, str]]
    dossiers: Sequence[str]
    at: datetime
    kind: Kind
    covers: Covers
    earlier: Sequence[tuple[int, bytes]] = ()

    def names(self, told: Iterable[Numbered]) -> dict[str, str]:
        """The names of officers who can have recorded these entries, by id."""
        return names_for(told, self.officers, self.origins)

    def signers(self) -> dict[bytes, bytes]:
        """The Ed25519 keys of all who can have signed, by id."""
        known = [(o.id, o.public_key) for o in self.officers.values()]
        known += [(r.id, r.public_key) for r in self.recoveries]
        return {bytes.fromhex(id): bytes.fromhex(key) for id, key in known}


class Made(NamedTuple):
    """A dossier's members, the list of them last, and the vaults (ids) that it came from."""

    members: list[Member]
    vaults: list[str]


@dataclass(frozen=True)
class Contents:
    """What an archive holds, and the journal that proves it once it is settled."""

    source: Source
    note: Note  # the checkpoint, as it is signed
    journal: Journal

    @classmethod
    def of(cls, source: Source) -> Contents:
        """What is in the vault now. Raises `SealBroken` where its log keys do not open."""
        return cls.under(checkpoints.signed(source.vault, int(source.at.timestamp())), source)

    @classmethod
    def under(cls, note: Note, source: Source) -> Contents:
        """What was in the vault at this checkpoint."""
        return cls(source, note, Journal(source.vault, note, source.signers()))

    def members(self, dossiers: Iterable[Made] | None = None) -> Iterator[Member]:
        """All members in their order, the manifest and its signature last.

        `dossiers` are those of the source, whole, where they are made elsewhere. Raises
        `SealBroken` or `VaultDamaged` where the vault's own rows do not prove them.
        """
        return _members(self, dossiers)

    def dossier(self, id: str) -> Made:
        """One dossier, whole. Raises likewise."""
        return _dossier(self.source, self.journal, id)


def _members(contents: Contents, dossiers: Iterable[Made] | None) -> Iterator[Member]:
    source = contents.source
    point, signer = Checkpoint.parse(contents.note.text), source.vault.signer
    named: dict[str, str] = {}
    yield from with_lists(_content(contents), named)
    if source.kind == "whole":
        made = map(contents.dossier, source.dossiers) if dossiers is None else dossiers
        yield from _dossiers(source, contents.journal, made, named)
    manifest = encoded(
        Manifest(
            format=FORMAT,
            kind=source.kind,
            unit=source.unit,
            covers=source.covers,
            origin=point.origin,
            size=point.size,
            root=point.root.hex(),
            created=source.at.isoformat(),
            officer=signer.officer.hex(),
            files=named,
        )
    )
    yield MANIFEST, manifest
    short, long = source.vault.log_keys()
    yield (
        SIGNATURE,
        encoded(
            ManifestSignature(
                officer=signer.officer.hex(),
                public_key=signer.public_key.hex(),
                signature=signer.key.sign(manifest).hex(),
                log_ed25519=short.sign(manifest).hex(),
                log_mldsa44=long.sign(manifest).hex(),
            )
        ),
    )


def _content(contents: Contents) -> Iterator[Member]:
    """Which of them come first; of kind `decision`, all but the manifest."""
    source, note, journal = contents.source, contents.note, contents.journal
    log = checkpoints.log_verifiers(source.vault)
    yield README, readme(source.kind, checkpoints.fingerprint(log), source.covers.volume)
    yield from schemas.members(source.kind)
    yield CHECKPOINT, note.format()
    yield LOG_KEYS, log_lines(log)
    point = Checkpoint.parse(note.text)
    yield CONSISTENCY, encoded(continuing.proven(source.vault, source.earlier, point))
    if source.kind == "whole":
        yield from _whole(source, journal)
    else:
        yield from _decisions(source, journal)


# -- all of it --------------------------------------------------------------------


def _whole(source: Source, journal: Journal) -> Iterator[Member]:
    yield OFFICERS, encoded(list(source.officers.values()))
    yield RECOVERIES, encoded(list(source.recoveries))
    for id in source.officers:
        yield from _strand(source.vault, journal, f"officers/{id}", bytes.fromhex(id))
    for digest, files in source.pack_files.items():
        for name, text in files.items():
            yield f"packs/{digest}/{name}", text.encode()


def _dossiers(
    source: Source, journal: Journal, each: Iterable[Made], named: dict[str, str]
) -> Iterator[Member]:
    """Dossiers, and before each the vaults that it came from and that are not there yet.

    Adds to `named` as `with_lists` does.
    """
    there = {source.vault.id.hex()}  # its own strand is in no archive
    for made in each:
        for vault in made.vaults:
            if vault not in there:
                there.add(vault)
                origin = bytes.fromhex(vault)
                strand = _strand(source.vault, journal, f"origins/{vault}", origin)
                yield from with_lists(strand, named)
        name, data = made.members[-1]
        named[name] = hashlib.sha256(data).hexdigest()
        yield from made.members


def _dossier(source: Source, journal: Journal, id: str) -> Made:
    folder, told = f"dossiers/{id}", list[Numbered]()
    unfolding = Unfolding(source.vault.id.hex())
    members = list(_strand(source.vault, journal, folder, bytes.fromhex(id)))
    for name, data in members:
        if name.endswith(".json") and "/entries/" in name:
            number = int(name.rsplit("/", 1)[1].removesuffix(".json"))
            told += unfolding.take(Numbered(number=number, entry=acts.decode(data)))
    made = records.record(
        id,
        told,
        _pack(source, told),
        unit=source.unit,
        officers=source.names(told),
        as_of=source.at.date(),
    )
    members.append((f"{folder}/dossier.json", encoded(made)))
    for text in signed_texts(told)[-1:]:
        members.append((f"{folder}/undertaking.txt", text.encode()))
    told_of = [one.entry.act for one in told]
    vaults = [act.vault for act in told_of if isinstance(act, acts.Received)]
    return Made(list(with_lists(members, {})), list(dict.fromkeys(vaults)))


def _pack(source: Source, told: Sequence[Numbered]) -> Pack:
    """The pack that a dossier was opened under."""
    opened = told[0].entry.act
    if not isinstance(opened, acts.Opened):
        raise EntryOutOfPlace("the dossier is not open yet")
    return source.packs[opened.pack.digest]


def signed_texts(told: Sequence[Numbered]) -> list[str]:
    """The texts that were signed, in order."""
    return [one.entry.act.text for one in told if isinstance(one.entry.act, acts.Signed)]


def _strand(vault: Vault, journal: Journal, folder: str, id: bytes) -> Iterator[Member]:
    """The key, and every entry four times: in clear, sealed, and proven twice."""
    key, entries = vault.strand(id)
    sealing, committed = keys.entry_key(key), keys.commitment(key)
    yield (
        f"{folder}/key.json",
        encoded(
            KeyFile(
                vault=vault.id.hex(), dossier=id.hex(), key=key.hex(), commitment=committed.hex()
            )
        ),
    )
    for one in entries:
        name, place = f"{folder}/entries/{one.number}", keys.entry_place(vault.id, id, one.number)
        yield f"{name}.json", unseal(sealing, place, one.sealed)
        yield f"{name}.sealed", one.sealed
        yield from _proofs(journal, name, one, journal.leaf(id, committed, one.sealed))


def _proofs(journal: Journal, name: str, one: Kept, leaf: bytes) -> Iterator[Member]:
    yield f"{name}.tlog-proof", journal.proof(one.number, leaf)
    yield f"{name}.officer-proof", journal.officer_proof(one, leaf)


# -- the decision alone -------------------------------------------------------------


def _decisions(source: Source, journal: Journal) -> Iterator[Member]:
    """Twice through the dossiers: which officers they name, and then what they say."""
    named = {source.vault.signer.officer.hex()}
    for id in source.dossiers:
        made, _text, _kept = _extract(source, journal, id)
        named |= {one.officer for one in made.entries}
        if made.undertaking is not None:
            named |= {side.officer for side in made.undertaking.signatures}
    yield OFFICERS, encoded([o for o in source.officers.values() if o.id in named])
    for id in source.dossiers:
        made, text, kept = _extract(source, journal, id)
        folder = f"dossiers/{id}"
        for one in made.entries:
            name = f"{folder}/entries/{one.number}"
            yield from _proofs(journal, name, kept[one.number], bytes.fromhex(one.leaf))
        yield f"{folder}/decision.json", encoded(made)
        if made.undertaking is not None:
            yield f"{folder}/undertaking.txt", text.encode()


def _extract(source: Source, journal: Journal, id: str) -> tuple[Extract, str, dict[int, Kept]]:
    """What it says, the undertaking's text, and the entries that it rests on, by number."""
    raw = bytes.fromhex(id)
    key, entries = source.vault.strand(raw)
    sealing, committed = keys.entry_key(key), keys.commitment(key)
    told, carried = list[Numbered](), dict[tuple[str, int], Proven]()
    unfolding = Unfolding(source.vault.id.hex())
    for number, sealed, _size, _signed in entries:
        plain = unseal(sealing, keys.entry_place(source.vault.id, raw, number), sealed)
        one = Numbered(number=number, entry=acts.decode(plain))
        proven = Proven(
            number=number,
            act=str(one.entry.act.__struct_config__.tag),
            officer=one.entry.officer,
            leaf=journal.leaf(raw, committed, sealed).hex(),
        )
        for each in unfolding.take(one):
            told.append(each)
            carried[each.stands] = proven
    made = extract(
        id,
        told,
        _pack(source, told),
        carried,
        unit=source.unit,
        officers=source.names(told),
        as_of=source.at.date(),
    )
    if made is None:
        raise ValueError("no decision holds")
    return *made, {one.number: one for one in entries}
