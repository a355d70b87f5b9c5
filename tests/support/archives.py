"""Archives that a test takes apart, changes, and packs again, with or without an
officer's new signature; and the vaults that they come from, under a pack of a
few lines, so that all of it is quick.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import pyrage

from secterm.archive import members as contents
from secterm.archive import tar
from secterm.archive.inspect import Inspection, inspect_archive
from secterm.archive.members import Kind, Manifest, ManifestSignature, What, encoded
from secterm.archive.recipients import Recipients
from secterm.archive.sums import SUMS, folder_of, with_lists
from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.vault import checkpoints, kdf, keys
from secterm.vault.note import Checkpoint, Ed25519Verifier, Note, SignatureLine, TlogProof
from secterm.vault.signer import Signer
from secterm.vault.vault import Vault
from tests.support.house import OFFICER, SECOND

KEY = pyrage.x25519.Identity.generate()
RECIPIENT = str(KEY.to_public())
TO = Recipients((RECIPIENT,))
PASSPHRASE = "test velvet archive lantern"

# The log keys of the vaults that were built here, by origin: whoever is an officer has them.
LOG_KEYS = {}

LIVES = (("admitted", "core"), ("unsigned", "general"), ("opened", "key"))

# The log keys' signatures over a manifest.
LOGS = ("log_ed25519", "log_mldsa44")

SMALL_PACK = {
    "pack.toml": """
format = 1
id = "small"
name = "A pack for tests"
version = "1"
language = "en"
description = "As little as a pack can be."
gates = ["screening", "training", "undertaking", "rules"]
wording = { unit = "the unit", officer = "the officer", appointee = "the appointee" }
[categories.core]
name = "Core"
level = "Top secret"
validity_months = 36
cooling_off_years = [3, 5]
review = true
witness = true
second_decision = true
[categories.key]
name = "Key"
level = "Secret"
validity_months = 60
cooling_off_years = [2, 3]
[categories.general]
name = "General"
level = "Confidential"
validity_months = 60
cooling_off_years = [1, 2]
""",
    "screening.toml": """
[[section]]
id = "one"
title = "One section"
[[section.question]]
id = "ever"
kind = "yes_no"
text = "Did it ever happen?"
adverse = "yes"
follow_up = { text = "Tell of it." }
check = "The register"
[[section.question]]
id = "posts"
kind = "list"
text = "Which posts were there?"
fields = [{ id = "post", text = "Post" }]
""",
    "training.toml": """
[[module]]
id = "law"
title = "The law"
covers = ["laws"]
summary = "What it says."
hours = { core = 2, key = 1, general = 1 }
validity_months = { core = 12, key = 24, general = 24 }
reading = ["It says what it says."]
quiz = { draw = 1, passing = 1, attempts = 2 }
[[module.question]]
id = "says"
text = "What does it say?"
right = "What it says"
wrong = ["Something else"]
why = "It was read."
""",
    "undertaking.toml": """
title = "Undertaking"
preamble = "Between {unit} and {name} of {department}, on {date}."
declaration = "I, {name}, have read it."
[[part]]
id = "part"
title = "In the post"
clauses = ["I keep what I learn."]
""",
    "rules.toml": """
[[rule]]
id = "lock"
duty = "must"
text = "Lock the door."
reason = "It is a door."
""",
}


def build(folder: Path, *lives: tuple[str, str], unit: str = "Test unit") -> Path:
    """A vault in this folder with two officers, and an appointee for each (stage, category)."""
    pack, path = folder / "pack", folder / "vault.db"
    pack.mkdir()
    for name, text in SMALL_PACK.items():
        (pack / name).write_text(text)
    desk = Desk.create(
        path,
        unit=unit,
        officer=OFFICER[0],
        passphrase=OFFICER[1],
        cost=kdf.floors[0],
        pack=pack,
    )
    try:
        desk.add_officer(*SECOND)
        LOG_KEYS[desk._vault.origin] = desk._vault.log_keys()
        for stage, category in lives:
            sample.fill(desk, 1, second=desk.second(*SECOND), stages=(stage,), category=category)
    finally:
        desk.close()
    return path


def exported(
    vault: Path,
    folder: Path,
    to: Recipients = TO,
    ids: list[str] | None = None,
    kind: Kind = "whole",
    what: What | None = None,
) -> Path:
    """An archive of this vault in this folder."""
    desk = Desk.open(vault, *OFFICER)
    try:
        return desk.export(folder, to, ids, kind=kind, what=what).path
    finally:
        desk.close()


def entries_of(vault: Path) -> list[tuple[str, str]]:
    """What the dossiers' entries say happened: dossier and act, in order."""
    desk = Desk.open(vault, *OFFICER)
    try:
        return [
            (card.id, str(event.act.__struct_config__.tag))
            for card in desk.cards()
            for event in desk.record(card.id).timeline
        ]
    finally:
        desk.close()


def signer(vault: Path, who: tuple[str, str] = OFFICER) -> Signer:
    """An officer of this vault with their signing key."""
    opened = Vault.open(vault, *who)
    try:
        return opened.signer
    finally:
        opened.close()


def identity_file(folder: Path, *lines: str) -> Path:
    """An age identity file with these lines; the recipient's own where there are none."""
    path = folder / "identity.txt"
    path.write_text("".join(f"{line}\n" for line in lines or ("# a test's key", str(KEY))))
    return path


def opened(file: Path) -> Opened:
    """An archive taken apart, with nothing but age and tar."""
    plain = pyrage.decrypt(file.read_bytes(), [KEY])
    with tarfile.open(fileobj=io.BytesIO(plain)) as found:
        return Opened(tuple((m.name, found.extractfile(m).read()) for m in found))


@dataclass(frozen=True, repr=False)
class Opened:
    """An archive's members in their order. Every change makes another one."""

    members: tuple[tuple[str, bytes], ...]

    def __getitem__(self, name: str) -> bytes:
        return dict(self.members)[name]

    def names(self, beginning: str = "", ending: str = "") -> list[str]:
        """The members whose names begin and end so."""
        return [n for n, _ in self.members if n.startswith(beginning) and n.endswith(ending)]

    def name(self, beginning: str = "", ending: str = "") -> str:
        """The first member whose name begins and ends so."""
        return self.names(beginning, ending)[0]

    def one_of_each(self) -> list[str]:
        """The first member of each kind."""
        kinds: dict[str, str] = {}
        for name in self.names():
            kinds.setdefault(re.sub(r"[0-9a-f]{32,}|/[0-9]+", "#", name), name)
        return list(kinds.values())

    def folder(self, stage: str) -> str:
        """The folder of the dossier at this stage."""
        for ending in ("/dossier.json", "/decision.json"):
            for name in self.names("dossiers/", ending):
                if json.loads(self[name])["stage"] == stage:
                    return name.rpartition("/")[0]
        raise AssertionError(f"no dossier is {stage}")

    def entry(self, folder: str, act: str) -> str:
        """The name, without ending, of a folder's first entry that says this act."""
        for name in self.names(f"{folder}/entries/", ".json"):
            if json.loads(self[name])["act"]["act"] == act:
                return name.removesuffix(".json")
        raise AssertionError(f"{folder} has no act {act}")

    def changed(self, name: str, change: Callable[[bytes], bytes]) -> Opened:
        """With one member's bytes changed."""
        assert name in dict(self.members)
        return Opened(tuple((n, change(d) if n == name else d) for n, d in self.members))

    def written_otherwise(self, field: str) -> list[Opened]:
        """With one of the signature's fields in hex that means the same: in capitals, spaced."""
        own = json.loads(self[contents.SIGNATURE])[field]
        others = (own.upper(), f"{own} ", f" {own}", f"{own[:2]} {own[2:]}")
        return [self.reworded(contents.SIGNATURE, own, other) for other in others]

    def replaced(self, name: str, data: bytes) -> Opened:
        """With one member's bytes replaced."""
        return self.changed(name, lambda _: data)

    def reworded(self, name: str, old: str, new: str) -> Opened:
        """With a text in one member replaced by another."""
        assert old.encode() in self[name]
        return self.changed(name, lambda data: data.replace(old.encode(), new.encode()))

    def without(self, *names: str) -> Opened:
        """With these members removed."""
        assert set(names) <= set(self.names())
        return Opened(tuple(m for m in self.members if m[0] not in names))

    def renamed(self, old: str, new: str) -> Opened:
        """With one member under another name."""
        assert old in self.names()
        return Opened(tuple((new if n == old else n, d) for n, d in self.members))

    def adding(self, name: str, data: bytes, after: str) -> Opened:
        """With one member more, where it would stand."""
        at = self.names().index(after) + 1
        return Opened((*self.members[:at], (name, data), *self.members[at:]))

    def listed(self) -> Opened:
        """With the folders' lists made anew of what is there now."""
        bare = [m for m in self.members if not m[0].endswith(f"/{SUMS}")]
        return Opened(tuple(with_lists(bare, {})))

    def resigned(self, by: Signer, *, lists: bool = True, **claims: object) -> Opened:
        """With lists and manifest made anew of what is there now, signed by this officer and, as
        every officer can, with the log keys. Without `lists` these stay as they are.

        `claims` is what it says otherwise than the manifest that was there.
        """
        last = (contents.MANIFEST, contents.SIGNATURE)
        bare = Opened(tuple(m for m in self.members if m[0] not in last))
        kept = (bare.listed() if lists else bare).members
        told = json.loads(self[contents.MANIFEST])
        short, long = LOG_KEYS[told["origin"]]
        begun = re.compile("dossiers/[0-9a-f]{32}/(key|dossier|decision).json")
        told["covers"]["dossiers"] = len({n.split("/")[1] for n, _ in kept if begun.fullmatch(n)})
        told["files"] = {
            name: hashlib.sha256(data).hexdigest()
            for name, data in kept
            if "/" not in name or name.endswith(f"/{SUMS}")
        }
        manifest = encoded(msgspec.convert(told | claims, Manifest))
        signature = ManifestSignature(
            officer=by.officer.hex(),
            public_key=by.public_key.hex(),
            signature=by.key.sign(manifest).hex(),
            log_ed25519=short.sign(manifest).hex(),
            log_mldsa44=long.sign(manifest).hex(),
        )
        return Opened(
            (
                *kept,
                (contents.MANIFEST, manifest),
                (contents.SIGNATURE, encoded(signature)),
            )
        )

    def packed(self, folder: Path) -> Path:
        """An archive of these members."""
        return packed(folder, b"".join(tar.blocks(self.members, 0)))

    def inspected(self, folder: Path, **known: str) -> Inspection:
        """What an inspection of these members says."""
        return inspect_archive(self.packed(folder), identity=identity_file(folder), **known)


def packed(folder: Path, plain: bytes) -> Path:
    """An age file of these bytes."""
    path = folder / "packed.age"
    path.write_bytes(pyrage.encrypt(plain, [KEY.to_public()]))
    return path


def tarred(members: Iterable[tuple[tarfile.TarInfo, bytes]], format: int) -> bytes:
    """A tar as somebody else's program writes it."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=format) as made:
        for member, data in members:
            made.addfile(member, io.BytesIO(data))
    return plain.getvalue()


def pieced(opened: Opened, vault: Vault, strands: dict[str, bytes], at: datetime) -> Opened:
    """An archive of this vault as it is now, as the format has it and without asking
    whether its entries make sense. `strands` maps folders to ids (16 bytes).

    README, officers and packs are those of `opened`; there is no record.
    """
    note = checkpoints.signed(vault, int(at.timestamp()))
    short = Note(note.text, note.signatures[:1])
    tree, members = vault.tree(), {n: opened[n] for n in opened.names()}
    public = {o["id"]: bytes.fromhex(o["public_key"]) for o in json.loads(opened["officers.json"])}
    strange = ("officers/", "origins/", "dossiers/")
    kept = {n: d for n, d in members.items() if not n.startswith(strange)}
    kept["checkpoint"] = note.format()
    for folder, id in strands.items():
        key = vault.dossier_key(id)
        told = {
            "vault": vault.id.hex(),
            "dossier": id.hex(),
            "key": key.hex(),
            "commitment": keys.commitment(key).hex(),
        }
        kept[f"{folder}/key.json"] = json.dumps(told, indent=1).encode() + b"\n"
        plain = dict(vault.entries(id))
        for number, sealed in vault.sealed_entries(id):
            path = tuple(tree.inclusion_proof(number, vault.size))
            kept[f"{folder}/entries/{number}.json"] = plain[number]
            kept[f"{folder}/entries/{number}.sealed"] = sealed
            proof = TlogProof(number, path, short).format()
            kept[f"{folder}/entries/{number}.tlog-proof"] = proof
            kept[f"{folder}/entries/{number}.officer-proof"] = officer_proof(vault, number, public)
    point = vault.checkpoint()
    return Opened(tuple(kept.items())).resigned(
        vault.signer, size=point.size, root=point.root.hex(), created=at.isoformat()
    )


def signed_after(vault: Vault, number: int) -> tuple[int, bytes]:
    """The transaction in which an entry was appended: its end, and the sealed signature."""
    return min(
        row for row in vault.file.rows(vault.file.tables.signature.select()) if row[0] > number
    )


def officer_proof(vault: Vault, number: int, public: dict[str, bytes]) -> bytes:
    """That an entry stands in what its officer signed, as the vault's rows have it."""
    size, sealed = signed_after(vault, number)
    signed = vault.open_signature(size, sealed)
    tree, name = vault.tree(), checkpoints.officer_name(vault.origin, signed.officer)
    text = Checkpoint(vault.origin, size, tree.root_at(size)).text()
    key = Ed25519Verifier(name, public[signed.officer.hex()])
    line = SignatureLine(name, key.key_id, signed.signature)
    path = tuple(tree.inclusion_proof(number, size))
    return TlogProof(number, path, Note(text, (line,))).format()


def named_in(name: str) -> str:
    """The member that names this one: the manifest, or the list of its folder."""
    folder = "" if name.endswith(f"/{SUMS}") else folder_of(name)
    return f"{folder}/{SUMS}" if folder else contents.MANIFEST


# What no member of an archive can be.
NASTY = [
    b"",
    b"\0",
    b"\xff\xfe",
    b"null",
    b"[]",
    b"{}",
    b'"text"',
    b"1e400",
    b"9" * 6000,
    b"[" * 100_000,
    b'{"x":' * 20_000,
    b'{"x":' + b"[" * 100_000,
    b'{"files":{"\\ud800":"\\udfff"}}',
    b'[{"id":"x","name":"y","public_key":"z","more":' + b"[" * 100_000 + b"]",
    b"\xef\xbb\xbf{}",
    b"index 1\n\n",
    b"c2sp.org/tlog-proof@v1\nindex 99999999999999999999\n\n",
    "\u2014 x AAAA\n".encode() * 99,
]

# What few values in a member can be.
ODD = [
    None, True, -1, 0, 10**18, 10**30, 1e308, -0.5, "", " ", "0", "x", "\0", "\x1b[2J", "\u202e",
    "0001-01-01", "9999-12-31", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00-23:59",
    "2031-05-06T07:08:09", "core", "00" * 16, "ff" * 32, "z" * 5000, [], {}, [[]], ["x"],
]  # fmt: skip


def places(value, path=()):
    """The path of every value inside a JSON value."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield (*path, key)
            yield from places(value[key], (*path, key))


def put(value, path, new):
    """The value with another in one place."""
    if not path:
        return new
    made = value.copy()
    made[path[0]] = put(value[path[0]], path[1:], new)
    return made
