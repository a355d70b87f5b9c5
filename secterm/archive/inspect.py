"""Says what is in an archive and whether it holds: hashes, proofs, signatures
and checkpoint, from the archive alone.
"""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from secterm.archive import read
from secterm.archive.contents import (
    FORMAT,
    MANIFEST,
    SIGNATURE,
    Manifest,
    ManifestSignature,
    OfficerLine,
)
from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.strands import Context, check_dossier, check_strand
from secterm.dossier import entries as acts
from secterm.dossier.record import Record
from secterm.policy import reader
from secterm.policy.model import Pack
from secterm.vault import checkpoints
from secterm.vault.checkpoints import fingerprint as fingerprint_of
from secterm.vault.errors import VaultError
from secterm.vault.note import Checkpoint, Ed25519Verifier, Note, Verifier, open_note, parse_vkey
from secterm.words import _, ngettext


class DossierLine(msgspec.Struct, frozen=True, kw_only=True):
    """One dossier in an archive."""

    id: str
    name: str
    stage: str
    entries: int


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive holds, and every fault with its place."""

    holds: bool
    faults: list[str]
    sha256: str
    created: str
    officer: str
    checkpoint: str
    fingerprint: str
    fingerprint_known: bool
    dossiers: list[DossierLine]
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
        for line in self.dossiers:
            yield f"  {line.id}  {line.stage:<12} {line.name}"
        yield _("Checkpoint {line}").format(line=self.checkpoint)
        yield _("Fingerprint of the log keys: {f}").format(f=self.fingerprint)
        yield _("SHA-256 of the file: {digest}").format(digest=self.sha256)
        if not self.holds:
            yield _("The archive does NOT hold:")
            yield from (f"- {fault}" for fault in self.faults)
            return
        verdict = _("The archive holds: hashes, proofs, signatures and checkpoint agree.")
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
    walk = _Walk(fingerprint)
    for name, data in read.members(file, identity=identity, passphrase=passphrase):
        walk.take(name, data)
    walk.finish()
    return walk.told(file)


@dataclass
class _Walk:
    """One pass over an archive's members; holds one dossier's at a time."""

    fingerprint: str | None
    faults: list[str] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    top: dict[str, bytes] = field(default_factory=dict)
    folder: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    context: Context | None = None
    packs: dict[str, Pack] = field(default_factory=dict)
    dossiers: list[DossierLine] = field(default_factory=list)
    entries: int = 0
    own: str = ""
    proven: set[str] = field(default_factory=set)

    def take(self, name: str, data: bytes) -> None:
        """One member."""
        if name in self.digests:
            self.faults.append(f"{name}: is there twice")
        self.digests[name] = hashlib.sha256(data).hexdigest()
        parts = name.split("/")
        folder = "/".join(parts[:2]) if len(parts) > 2 else ""
        if folder != self.folder:
            self._close()
            self.folder, self.files = folder, {}
        if folder:
            self.files[name] = data
        else:
            self.top[name] = data

    def finish(self) -> None:
        """After the last member: the manifest, and officers without proof."""
        self._close()
        if self.context is None:
            self._begin()
        context = self.context
        if context is None:
            return
        for id, officer in context.officers.items():
            if id not in self.proven:
                self.faults.append(f"officers.json: {officer.name} is not proven by an entry")
        self.faults += _manifest_faults(self.top, self.digests, context)

    def told(self, file: Path) -> Inspection:
        """What was found."""
        context = self.context
        manifest = _manifest(self.top)
        by = context.officers.get(manifest.officer) if context and manifest else None
        return Inspection(
            holds=not self.faults,
            faults=self.faults,
            sha256=_sha256(file),
            created=manifest.created if manifest else "",
            officer=by.name if by else "",
            checkpoint=checkpoints.short(context.checkpoint) if context else "",
            fingerprint=self.own,
            fingerprint_known=self.fingerprint is not None,
            dossiers=self.dossiers,
            entries=self.entries,
        )

    def _begin(self) -> None:
        """What everything else is checked against: log keys, checkpoint, officers."""
        try:
            log = [parse_vkey(line) for line in self.top["log-keys"].decode().splitlines()]
            note, signed = open_note(self.top["checkpoint"], log)
            point = Checkpoint.parse(note.text)
            listed = msgspec.json.decode(self.top["officers.json"], type=list[OfficerLine])
        except KeyError as missing:
            raise ArchiveUnreadable(
                _("it holds no {name}, so it is no archive of ours").format(name=missing.args[0])
            ) from None
        except (VaultError, ValueError):
            self.faults.append("checkpoint: is not signed by the keys in log-keys")
            return
        if len(signed) != 2 or {v.name for v in log} != {point.origin}:
            self.faults.append("checkpoint: does not carry both signatures of the log keys")
        self.own = fingerprint_of(tuple(log))
        if self.fingerprint is not None and _plain(self.fingerprint) != _plain(self.own):
            self.faults.append("log-keys: have another fingerprint than the one you know")
        officers = {o.id: o for o in listed}
        self.context = Context(
            point.origin.removeprefix("secterm/"), point, log[0], officers, self.packs
        )
        self.faults += _officer_note_faults(note, point, officers)

    def _close(self) -> None:
        """The folder that has just ended."""
        kind, _slash, id = self.folder.partition("/")
        if not kind:
            return
        if self.context is None:
            self._begin()
        if self.context is None:
            return
        if kind == "packs":
            self._pack(id)
        elif kind in ("officers", "dossiers"):
            checked = check_strand(self.context, self.folder, self.files)
            self.faults += checked.faults
            self.entries += len(checked.entries)
            if kind == "officers":
                self._officer(self.context, id, [plain for _number, plain in checked.entries])
            else:
                self.faults += check_dossier(self.context, self.folder, self.files, checked)
                self._line(id, len(checked.entries))
        else:
            self.faults.append(f"{self.folder}: is no part of an archive")

    def _pack(self, digest: str) -> None:
        files = {name.rsplit("/", 1)[1]: data for name, data in self.files.items()}
        try:
            pack = reader.parse(files)
        except reader.PackInvalid:
            self.faults.append(f"{self.folder}: is not a valid pack")
            return
        if pack.digest != digest:
            self.faults.append(f"{self.folder}: is another pack than its name says")
        self.packs[pack.digest] = pack

    def _officer(self, context: Context, id: str, entries: list[bytes]) -> None:
        known = context.officers.get(id)
        for plain in entries:
            try:
                act = acts.decode_vault(plain).act
            except msgspec.DecodeError:
                continue
            if isinstance(act, acts.OfficerAdded) and known is not None:
                added = OfficerLine(id=act.officer, name=act.name, public_key=act.public_key)
                if added == known:
                    self.proven.add(id)

    def _line(self, id: str, entries: int) -> None:
        try:
            made = msgspec.json.decode(self.files[f"{self.folder}/dossier.json"], type=Record)
        except (KeyError, msgspec.DecodeError):
            return
        self.dossiers.append(
            DossierLine(id=id, name=made.particulars.name, stage=made.stage, entries=entries)
        )


def _officer_note_faults(
    note: Note, point: Checkpoint, officers: Mapping[str, OfficerLine]
) -> Iterator[str]:
    """Exactly one officer signed the checkpoint beside the log keys."""
    try:
        known: list[Verifier] = [
            Ed25519Verifier(
                checkpoints.officer_name(point.origin, bytes.fromhex(o.id)),
                bytes.fromhex(o.public_key),
            )
            for o in officers.values()
        ]
        open_note(note.format(), known)
    except (VaultError, ValueError):
        yield "checkpoint: is not signed by an officer in officers.json"


def _manifest(top: Mapping[str, bytes]) -> Manifest | None:
    try:
        return msgspec.json.decode(top.get(MANIFEST, b""), type=Manifest)
    except msgspec.DecodeError:
        return None


def _manifest_faults(
    top: Mapping[str, bytes], digests: Mapping[str, str], context: Context
) -> Iterator[str]:
    manifest = _manifest(top)
    if manifest is None:
        yield f"{MANIFEST}: is missing or not of this format"
        return
    if manifest.format != FORMAT:
        yield f"{MANIFEST}: is of format {manifest.format}; this program reads {FORMAT}"
    point = context.checkpoint
    if (manifest.origin, manifest.size, manifest.root) != (
        point.origin,
        point.size,
        point.root.hex(),
    ):
        yield f"{MANIFEST}: names another checkpoint"
    listed = {**manifest.files}
    for name, digest in digests.items():
        if name in (MANIFEST, SIGNATURE):
            continue
        if listed.pop(name, None) != digest:
            yield f"{name}: has another SHA-256 than the manifest says"
    for name in listed:
        yield f"{name}: is missing"
    try:
        signed = msgspec.json.decode(top.get(SIGNATURE, b""), type=ManifestSignature)
        by = context.officers[signed.officer]
        if by.public_key != signed.public_key or signed.officer != manifest.officer:
            raise ValueError
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(by.public_key))
        key.verify(bytes.fromhex(signed.signature), top[MANIFEST])
    except (msgspec.DecodeError, KeyError, ValueError, InvalidSignature):
        yield f"{SIGNATURE}: the officer's signature does not hold"


def _plain(fingerprint: str) -> str:
    return "".join(fingerprint.split()).lower()


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
