"""What stands in an archive: for each dossier the readable record, and beside
it the sealed bytes, the key and the proofs from which a stranger can tell that
this is what was logged. See FORMAT.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from secterm.dossier import entries as acts
from secterm.dossier import record as records
from secterm.dossier.entries import Numbered
from secterm.dossier.fold import fold
from secterm.policy.model import Pack
from secterm.vault import checkpoints, keys
from secterm.vault.note import Note, TlogProof
from secterm.vault.seal import unseal
from secterm.vault.vault import Vault

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"

Member = tuple[str, bytes]


class OfficerLine(msgspec.Struct, frozen=True, kw_only=True):
    """An officer as `officers.json` names them; the key is Ed25519, hex."""

    id: str
    name: str
    public_key: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`manifest.json`: the SHA-256 of every other member but its own signature."""

    format: int
    origin: str
    size: int
    root: str
    created: str
    officer: str
    files: dict[str, str]


class ManifestSignature(msgspec.Struct, frozen=True, kw_only=True):
    """`manifest.sig`: the officer's Ed25519 signature over the bytes of `manifest.json`."""

    officer: str
    public_key: str
    signature: str


class KeyFile(msgspec.Struct, frozen=True, kw_only=True):
    """`key.json`: what opens the sealed bytes of one dossier or officer; all hex."""

    vault: str
    dossier: str
    key: str
    commitment: str


@dataclass(frozen=True)
class Source:
    """What goes into one archive, from an unlocked vault."""

    vault: Vault
    unit: str
    officers: Mapping[str, OfficerLine]
    packs: Mapping[str, Pack]
    pack_files: Mapping[str, Mapping[str, str]]
    dossiers: Sequence[str]
    at: datetime


def members(source: Source) -> Iterator[Member]:
    """All members in their order, the manifest and its signature last."""
    digests: dict[str, str] = {}
    for name, data in _content(source):
        digests[name] = hashlib.sha256(data).hexdigest()
        yield name, data
    point, signer = source.vault.checkpoint(), source.vault.signer
    manifest = encoded(
        Manifest(
            format=FORMAT,
            origin=point.origin,
            size=point.size,
            root=point.root.hex(),
            created=source.at.isoformat(),
            officer=signer.officer.hex(),
            files=digests,
        )
    )
    yield MANIFEST, manifest
    yield (
        SIGNATURE,
        encoded(
            ManifestSignature(
                officer=signer.officer.hex(),
                public_key=signer.public_key.hex(),
                signature=signer.key.sign(manifest).hex(),
            )
        ),
    )


def encoded(value: msgspec.Struct | list[OfficerLine]) -> bytes:
    """A value as JSON for people: indented, UTF-8, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def _content(source: Source) -> Iterator[Member]:
    vault = source.vault
    note = checkpoints.signed(vault, int(source.at.timestamp()))
    verifiers = checkpoints.log_verifiers(vault)
    yield "README.txt", readme(checkpoints.fingerprint(verifiers)).encode()
    yield "checkpoint", note.format()
    yield "log-keys", "".join(f"{v.vkey()}\n" for v in verifiers).encode()
    yield "officers.json", encoded(list(source.officers.values()))
    # Proofs carry the short signature only; the whole checkpoint stands once.
    short = Note(note.text, note.signatures[:1])
    for id in source.officers:
        yield from _strand(vault, f"officers/{id}", bytes.fromhex(id), short)
    for digest, files in source.pack_files.items():
        for name, text in files.items():
            yield f"packs/{digest}/{name}", text.encode()
    for id in source.dossiers:
        yield from _dossier(source, id, short)


def _dossier(source: Source, id: str, note: Note) -> Iterator[Member]:
    folder, told = f"dossiers/{id}", []
    for name, data in _strand(source.vault, folder, bytes.fromhex(id), note):
        if name.endswith(".json") and "/entries/" in name:
            number = int(name.rsplit("/", 1)[1].removesuffix(".json"))
            told.append(Numbered(number=number, entry=acts.decode(data)))
        yield name, data
    names = {o.id: o.name for o in source.officers.values()}
    made = records.record(
        id,
        told,
        source.packs[fold(told).pack.digest],
        unit=source.unit,
        officers=names,
        as_of=source.at.date(),
    )
    yield f"{folder}/dossier.json", encoded(made)
    for text in signed_texts(told)[-1:]:
        yield f"{folder}/undertaking.txt", text.encode()


def signed_texts(told: Sequence[Numbered]) -> list[str]:
    """The texts that were signed, in order."""
    return [one.entry.act.text for one in told if isinstance(one.entry.act, acts.Signed)]


def _strand(vault: Vault, folder: str, id: bytes, note: Note) -> Iterator[Member]:
    """The key, and every entry three times: in clear, sealed, and proven."""
    key, tree = vault.dossier_key(id), vault.tree()
    sealing = keys.entry_key(key)
    yield (
        f"{folder}/key.json",
        encoded(
            KeyFile(
                vault=vault.id.hex(),
                dossier=id.hex(),
                key=key.hex(),
                commitment=keys.commitment(key).hex(),
            )
        ),
    )
    for number, sealed in vault.sealed_entries(id):
        path = tuple(tree.inclusion_proof(number, vault.size))
        yield (
            f"{folder}/entries/{number}.json",
            unseal(sealing, keys.entry_place(vault.id, id, number), sealed),
        )
        yield f"{folder}/entries/{number}.sealed", sealed
        yield f"{folder}/entries/{number}.tlog-proof", TlogProof(number, path, note).format()


def readme(fingerprint: str) -> str:
    """`README.txt`: how to read and check the archive without this program."""
    return f"""An archive of dossiers of people who take up posts that handle secrets
=====================================================================

To open it: age -d -i KEYFILE FILE | tar x     (or age -d FILE | tar x)
age is described at age-encryption.org/v1; tar is POSIX tar.

To read it: dossiers/ID/dossier.json is the whole record of one appointee,
dossiers/ID/undertaking.txt the undertaking as it was signed. The numbered
files under entries/ are what was recorded, one act each, in its order.

To check that a member is unchanged: its SHA-256 is in manifest.json, which
manifest.sig signs (Ed25519, over the bytes of manifest.json) with the key of
an officer named in officers.json.

To check a signature on an undertaking: in the entry whose act is "signed",
"text_sha256" is the SHA-256 of "text", "statement" names it, and each
signature is Ed25519 over the UTF-8 bytes of "statement".

To check that an entry is what was recorded then, and stands in the journal:
N.sealed opens, with the key in key.json, to the bytes of N.json; SHA-256 over
a byte 0, the dossier's id, the commitment in key.json and the bytes of
N.sealed is a leaf of the Merkle tree (RFC 6962) whose root is in the file
checkpoint; N.tlog-proof leads from the one to the other (C2SP tlog-proof).

checkpoint is a C2SP signed note. Its first two signatures are the vault's
own, by the keys in log-keys: Ed25519, and ML-DSA-44. These keys' fingerprint,
which the unit can tell you, is

    {fingerprint}

An archive proves that what is in it was recorded. It cannot prove that
nothing else was. It is a copy: erasing a dossier in the vault does not reach it.
Whoever can open this file can read everything in it.
"""
