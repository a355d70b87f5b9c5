"""One pass over an archive's members, which holds one dossier's at a time: what is
there, and every fault with its place.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec

from secterm.archive.context import Context, read_context
from secterm.archive.continuing import continued
from secterm.archive.decisions import check_extract
from secterm.archive.dossiers import check_dossier
from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.manifest import (
    member_faults,
    other_format,
    read_manifest,
    signature_faults,
)
from secterm.archive.members import (
    FORMAT,
    MANIFEST,
    RECOVERIES,
    Kind,
    Manifest,
)
from secterm.archive.origins import Known, check_officer
from secterm.archive.strands import SENSELESS, Plain, check_strand
from secterm.archive.sums import SUMS, folder_of, list_faults
from secterm.dossier import entries as acts
from secterm.dossier.entries import OriginKnown
from secterm.policy import reader
from secterm.vault.checkpoints import fingerprint as fingerprint_of
from secterm.words import _

LARGEST_FOLDER: Final = 1 << 30  # bytes; held in memory whole

_NUMBER: Final = r"(0|[1-9][0-9]{0,17})"
_NAME: Final = re.compile(
    r"README\.txt|checkpoint|log-keys|(consistency|officers|recoveries)\.json|manifest\.(json|sig)"
    r"|schemas/[a-z-]{1,40}\.schema\.json"
    rf"|(schemas|packs/[0-9a-f]{{64}}|(officers|origins|dossiers)/[0-9a-f]{{32}})/{SUMS}"
    r"|packs/[0-9a-f]{64}/[a-z]+\.toml"
    r"|(officers|origins|dossiers)/[0-9a-f]{32}/key\.json"
    rf"|(officers|origins|dossiers)/[0-9a-f]{{32}}/entries/{_NUMBER}\.(json|sealed|(tlog|officer)-proof)"
    r"|dossiers/[0-9a-f]{32}/((dossier|decision)\.json|undertaking\.txt)",
    re.ASCII,
)


class DossierLine(msgspec.Struct, frozen=True, kw_only=True):
    """One dossier in an archive; without name and stage where its entries do not hold."""

    id: str
    name: str
    stage: str
    entries: int


@dataclass
class Walk:
    """`take` every member, then `finish`; what was found is in the fields.

    `fingerprint` is what the log keys must have, however it is spaced.
    """

    fingerprint: str | None
    faults: list[str] = field(default_factory=list)
    dossiers: list[DossierLine] = field(default_factory=list)
    entries: int = 0
    context: Context | None = None
    manifest: Manifest | None = None
    folders: dict[str, bytes] = field(default_factory=dict)  # each to the SHA-256 of its list
    own: str = ""  # the log keys' fingerprint
    continued: dict[int, bytes] = field(default_factory=dict)  # roots that it continues, by size
    _begun: bool = False
    _digests: dict[str, str] = field(default_factory=dict)  # of what the manifest is to name
    top: dict[str, bytes] = field(default_factory=dict)
    _folder: str = ""
    _files: dict[str, bytes] = field(default_factory=dict)
    _weight: int = 0  # bytes in `_files`
    _proven: set[str] = field(default_factory=set)
    _days: dict[str, str] = field(default_factory=dict)
    _kinds: dict[str, Kind] = field(default_factory=dict)  # of folders, by what is in them

    def take(self, name: str, data: bytes) -> None:
        """One member. Raises `ArchiveUnreadable` where it cannot be one of ours."""
        ours, folder = _NAME.fullmatch(name), folder_of(name)
        if name in self._digests or name in self._files:
            self.faults.append(f"{name}: is there twice")
        if not ours or not folder or name.endswith(f"/{SUMS}"):
            self._digests[name] = hashlib.sha256(data).hexdigest()
        if not ours:
            self.faults.append(f"{name}: is no part of an archive")
            return
        if folder != self._folder:
            self._close()
            self._folder, self._files, self._weight = folder, {}, 0
            if folder in self.folders:
                self.faults.append(f"{folder}: comes in more than one piece")
        if not folder:
            self.top[name] = data
            return
        self._files[name] = data
        self._weight += len(data)
        if self._weight > LARGEST_FOLDER:
            raise ArchiveUnreadable(_("the archive holds what no archive of ours does"))

    def finish(self) -> None:
        """After the last member: officers without proof, and the manifest."""
        self._close()
        self._begin()
        format = other_format(self.top)
        if format is not None:  # and all else was judged by another format's rules
            self.faults[:] = [f"{MANIFEST}: is of format {format}; this program reads {FORMAT}"]
            return
        self.manifest = manifest = read_manifest(self.top)
        if self.context is not None and (manifest is None or manifest.kind == "whole"):
            for id, officer in self.context.officers.items():
                if id not in self._proven:
                    self.faults.append(f"officers.json: {officer.name} is not proven by an entry")
        if manifest is None:
            self.faults.append(f"{MANIFEST}: is missing or not of this format")
            return
        self.faults += member_faults(manifest, self._digests)
        if self.context is not None:
            self.faults += signature_faults(manifest, self.top, self.context)
        self.faults += self._against(manifest)

    def _against(self, manifest: Manifest) -> Iterator[str]:
        """Whether the folders are those of such an archive, and as of its day."""
        if self.context is None:
            return
        if manifest.covers.dossiers != len(self.dossiers):
            yield f"{MANIFEST}: covers another number of dossiers"
        if manifest.kind == "whole" and RECOVERIES not in self.top:
            yield f"{RECOVERIES}: is missing"
        kinds = dict(self._kinds)
        if RECOVERIES in self.top:
            kinds[RECOVERIES] = "whole"
        for name, kind in kinds.items():
            if kind != manifest.kind:
                yield f"{name}: is no part of an archive of this kind"
        for name, day in self._days.items():
            if day != manifest.created[:10]:
                yield f"{name}: is as of another day than the archive"

    def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        self.context = read_context(self.top, self.faults)
        if self.context is None:
            return
        self.continued = continued(self.top, self.context.checkpoint, self.faults)
        self.own = fingerprint_of(self.context.log)
        if self.fingerprint is not None and plain(self.fingerprint) != plain(self.own):
            self.faults.append("log-keys: have another fingerprint than the one you know")

    def _close(self) -> None:
        """The folder that has just ended."""
        kind, _slash, id = self._folder.partition("/")
        if not kind:
            return
        self.faults += list_faults(self._folder, self._files)
        sums = self._files.pop(f"{self._folder}/{SUMS}", b"")
        self.folders[self._folder] = hashlib.sha256(sums).digest()
        if kind == "schemas":
            return
        self._begin()
        if self.context is None:
            return
        extract = f"{self._folder}/decision.json" in self._files
        self._kinds[self._folder] = "decision" if extract else "whole"
        if kind == "packs":
            self._pack(self.context, id)
            return
        if extract:
            self._extract(self.context, id)
            return
        entries = check_strand(self.context, self._folder, self._files, self.faults)
        self.entries += len(entries)
        if kind == "officers":
            self._officer(self.context, entries)
        elif kind == "origins":
            self._origin(self.context, id, entries)
        else:
            self._dossier(self.context, id, entries)

    def _pack(self, context: Context, digest: str) -> None:
        files = {name.rsplit("/", 1)[1]: data for name, data in self._files.items()}
        try:
            pack = reader.parse(files, judged=False)
        except (reader.PackInvalid, *SENSELESS):
            self.faults.append(f"{self._folder}: is not a valid pack")
            return
        if pack.digest != digest:
            self.faults.append(f"{self._folder}: is another pack than its name says")
        context.packs[pack.digest] = pack

    def _officer(self, context: Context, entries: list[Plain]) -> None:
        proven = check_officer(context, self._folder, entries, self.faults)
        if proven is not None:
            self._proven.add(proven)

    def _origin(self, context: Context, id: str, entries: list[Plain]) -> None:
        """Another vault from which dossiers came; its strand has nothing else."""
        told: list[OriginKnown] = []
        for number, plain in entries:
            try:
                act = acts.decode_vault(plain).act
            except SENSELESS:
                act = None
            if isinstance(act, OriginKnown):
                told.append(act)
            else:
                self.faults.append(f"{self._folder}/entries/{number}.json: tells of no origin")
        if id == context.vault.hex() or id in context.origins:
            self.faults.append(f"{self._folder}: is of no other vault")
        taken = context.names().keys()
        known = context.origins[id] = Known(id, lambda: told)
        keys = set()
        for size in known.said:
            self.faults += known.faults(size)
            there = known.context(size)
            keys |= {there.log_keys} if there is not None else set()
        if len(keys) != 1:
            self.faults.append(f"{self._folder}: has not one pair of log keys")
        if known.names().keys() & taken:
            self.faults.append(f"{self._folder}: has an officer of the same id as another's")

    def _dossier(self, context: Context, id: str, entries: list[Plain]) -> None:
        made = check_dossier(context, self._folder, self._files, entries, self.faults)
        name, stage = (made.particulars.name, made.stage) if made else ("", "")
        if made:
            self._days[f"{self._folder}/dossier.json"] = made.as_of
        self.dossiers.append(DossierLine(id=id, name=name, stage=stage, entries=len(entries)))

    def _extract(self, context: Context, id: str) -> None:
        made = check_extract(context, self._folder, self._files, self.faults)
        name, stage = (made.particulars.name, made.stage) if made else ("", "")
        entries = len(made.entries) if made else 0
        if made:
            self._days[f"{self._folder}/decision.json"] = made.as_of
        self.entries += entries
        self.dossiers.append(DossierLine(id=id, name=name, stage=stage, entries=entries))


def plain(fingerprint: str) -> str:
    """A fingerprint however it was spaced, as it is compared."""
    return "".join(fingerprint.split()).lower()
