"""What stands in an archive: for each dossier the readable record, and beside
it the sealed bytes, the key and the proofs from which a stranger can tell that
this is what was logged. See FORMAT.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from secterm.archive.tar import Member
from secterm.dossier import entries as acts
from secterm.dossier import record as records
from secterm.dossier.entries import Numbered
from secterm.dossier.fold import fold
from secterm.policy.model import Pack
from secterm.vault import checkpoints, keys
from secterm.vault.errors import VaultDamaged
from secterm.vault.merkle import Tree, leaf_hash, verify_inclusion
from secterm.vault.note import Checkpoint, Note, TlogProof, Verifier
from secterm.vault.seal import unseal
from secterm.vault.vault import Vault

FORMAT: Final = 1
README: Final = "README.txt"
CHECKPOINT: Final = "checkpoint"
LOG_KEYS: Final = "log-keys"
OFFICERS: Final = "officers.json"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"

T = TypeVar("T")


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
    """All members in their order, the manifest and its signature last.

    Raises `SealBroken` or `VaultDamaged` where the vault's own rows do not prove them.
    """
    note = checkpoints.signed(source.vault, int(source.at.timestamp()))
    point, signer = Checkpoint.parse(note.text), source.vault.signer
    digests: dict[str, str] = {}
    for name, data in _content(source, note):
        digests[name] = hashlib.sha256(data).hexdigest()
        yield name, data
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


def decoded(data: bytes, kind: type[T]) -> T:
    """What `encoded` was given. Raises ValueError for anything else, and for any other
    way to write it: two readers must not find two meanings.
    """
    try:
        value = msgspec.json.decode(data, type=kind)
    except RecursionError:
        raise ValueError("too deep") from None
    if encoded(value) != data:  # type: ignore[arg-type]
        raise ValueError("not the one way to write it")
    return value


def log_lines(verifiers: tuple[Verifier, ...]) -> bytes:
    """`log-keys`: a verifier key a line (C2SP signed-note)."""
    return "".join(f"{v.vkey()}\n" for v in verifiers).encode()


def short_note(note: Note) -> Note:
    """The checkpoint as proofs repeat it: with the log's own short signature alone."""
    return Note(note.text, note.signatures[:1])


def _content(source: Source, note: Note) -> Iterator[Member]:
    log = checkpoints.log_verifiers(source.vault)
    yield README, readme(checkpoints.fingerprint(log)).encode()
    yield CHECKPOINT, note.format()
    yield LOG_KEYS, log_lines(log)
    yield OFFICERS, encoded(list(source.officers.values()))
    journal = _Journal(source.vault, source.vault.tree(), short_note(note))
    for id in source.officers:
        yield from journal.strand(f"officers/{id}", bytes.fromhex(id))
    for digest, files in source.pack_files.items():
        for name, text in files.items():
            yield f"packs/{digest}/{name}", text.encode()
    for id in source.dossiers:
        yield from _dossier(source, journal, id)


def _dossier(source: Source, journal: _Journal, id: str) -> Iterator[Member]:
    folder, told = f"dossiers/{id}", []
    for name, data in journal.strand(folder, bytes.fromhex(id)):
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


@dataclass(frozen=True)
class _Journal:
    """The journal up to one checkpoint, and what it proves."""

    vault: Vault
    tree: Tree
    note: Note

    def strand(self, folder: str, id: bytes) -> Iterator[Member]:
        """The key, and every entry three times: in clear, sealed, and proven."""
        key, vault = self.vault.dossier_key(id), self.vault.id
        sealing, committed = keys.entry_key(key), keys.commitment(key)
        yield (
            f"{folder}/key.json",
            encoded(
                KeyFile(
                    vault=vault.hex(), dossier=id.hex(), key=key.hex(), commitment=committed.hex()
                )
            ),
        )
        for number, sealed in self.vault.sealed_entries(id):
            name = f"{folder}/entries/{number}"
            yield f"{name}.json", unseal(sealing, keys.entry_place(vault, id, number), sealed)
            yield f"{name}.sealed", sealed
            proof = self._proof(number, leaf_hash(keys.leaf(id, committed, sealed)))
            yield f"{name}.tlog-proof", proof.format()

    def _proof(self, number: int, leaf: bytes) -> TlogProof:
        root = Checkpoint.parse(self.note.text).root
        path = tuple(self.tree.inclusion_proof(number, self.tree.size))
        if not verify_inclusion(leaf, number, self.tree.size, path, root):
            raise VaultDamaged(f"entry #{number}", "is not in the journal that was signed")
        return TlogProof(number, path, self.note)


def readme(fingerprint: str) -> str:
    """`README.txt`: how to read and check the archive without this program."""
    return f"""An archive of dossiers of people who take up posts that handle secrets
=====================================================================

To open it:                    age -d -i KEYFILE FILE | tar -xf -
Where it is for a passphrase:  age -d FILE | tar -xf -
age is described at age-encryption.org/v1; tar is POSIX tar (ustar).

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
SHA-256 over a byte 0, the dossier's id (16 bytes), the commitment in key.json
(32 bytes) and the bytes of N.sealed is a leaf of the Merkle tree (RFC 6962)
whose root is in the file checkpoint; N.tlog-proof leads from the one to the
other (C2SP tlog-proof). N.sealed opens to the bytes of N.json with AES-256-
GCM-SIV (RFC 8452): a nonce (12 bytes), then ciphertext and tag. The key is
HKDF-SHA256 of the key in key.json, without salt, info "secterm/1 entry" and a
byte 0; the commitment likewise, info "secterm/1 commitment" and a byte 0. The
associated data is "secterm/", 0, 1, the vault's id, 12, "entry.sealed", 0,
16, the dossier's id, and N as 8 bytes, big-endian. What opens is the text, a
byte 0x80, and zeros.

checkpoint is a C2SP signed note. Its first two signatures are the vault's
own, by the keys in log-keys: Ed25519, and ML-DSA-44; the third is by the
officer who wrote the archive. The fingerprint of log-keys (the first 32 hex
digits of SHA-256 over that file), which the unit can tell you, is

    {fingerprint}

An archive proves that what is in it was recorded. It cannot prove that
nothing else was. It is a copy: erasing a dossier in the vault does not reach
it. Whoever can open this file can read everything in it.
"""
