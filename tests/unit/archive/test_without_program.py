"""An archive opens with age and tar, and is checked to its last proof with a JSON reader,
SHA-256 and signatures, as FORMAT.md has it. Nothing of the program is asked here.

Where the machine has no `age`, pyrage opens it; with SECTERM_TESTS_NEED_AGE set that fails.
"""

import base64
import hashlib
import json
import os
import pty
import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from secterm.desk.desk import Desk
from tests.support.archives import KEY, PASSPHRASE, identity_file
from tests.support.house import OFFICER

AGE = shutil.which("age")


def needs_age():
    if AGE is None:
        assert not os.environ.get("SECTERM_TESTS_NEED_AGE"), "age is not installed"
    return AGE is not None


def untarred(plain, folder):
    """Unpacks a tar as README.txt says, by tar itself."""
    folder.mkdir()
    subprocess.run(["tar", "-x", "-f", plain, "-C", folder], check=True)
    return folder


def by_identity(file, folder):
    """What is in an archive, opened with an identity file."""
    plain = folder / "plain.tar"
    if needs_age():
        identity = identity_file(folder)
        subprocess.run([AGE, "-d", "-i", identity, "-o", plain, file], check=True)
    else:
        plain.write_bytes(pyrage.decrypt(file.read_bytes(), [KEY]))
    return untarred(plain, folder / "opened")


def by_passphrase(file, folder):
    """What is in an archive, opened with a passphrase that age asks for at its terminal."""
    plain = folder / "plain.tar"
    if needs_age():
        answer(PASSPHRASE, AGE, "-d", "-o", str(plain), str(file))
    else:
        plain.write_bytes(pyrage.passphrase.decrypt(file.read_bytes(), PASSPHRASE))
    return untarred(plain, folder / "opened")


def answer(secret, *command):
    """Runs a command at a terminal of its own and types a secret where it asks."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(command[0], command)
    said = b""
    try:
        while part := os.read(terminal, 1024):
            said += part
            if b"passphrase" in said and secret:
                os.write(terminal, f"{secret}\n".encode())
                secret = ""
    except OSError:
        pass  # the terminal's end, as Linux tells it
    finally:
        os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, said


@pytest.fixture(scope="session")
def folder(house, tmp_path_factory):
    """The archive's members as files."""
    return by_identity(house.file, tmp_path_factory.mktemp("opened"))


def loaded(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_age_and_tar_open_what_is_for_a_recipient(house, folder):
    files = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert files == dict(house.opened.members)


@pytest.mark.long
def test_age_and_tar_open_what_is_for_a_passphrase(locked, tmp_path):
    opened = by_passphrase(locked.file, tmp_path)
    shown = {loaded(p)["particulars"]["name"] for p in opened.glob("dossiers/*/dossier.json")}
    assert shown == locked.names


def test_sha256sum_alone_gives_every_digest_of_the_manifest(folder):
    files = loaded(folder / "manifest.json")["files"]
    told = "".join(f"{digest}  {name}\n" for name, digest in files.items())
    named = set(files)
    for text in [told, *(p.read_text() for p in folder.rglob("SHA256SUMS"))]:
        named |= {line.split("  ")[1] for line in text.splitlines()}
        done = subprocess.run(
            ["sha256sum", "--check", "--strict", "--quiet"], cwd=folder, input=text.encode()
        )
        assert done.returncode == 0
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert there == {*named, "manifest.json", "manifest.sig"}


# -- from the fingerprint to the last proof, as FORMAT.md says ------------------------------


def ed25519(public, signature, message):
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)


def kdf(key, label):
    info = b"secterm/1 " + label + b"\0"
    return HKDF(SHA256(), 32, None, info).derive(key)


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaf, index, size, path):
    """RFC 9162, 2.1.3.2."""
    last = size - 1
    for step in path:
        if index & 1 or index == last:
            leaf = node(step, leaf)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            leaf = node(leaf, step)
        index, last = index >> 1, last >> 1
    assert last == 0
    return leaf


class Stranger:
    """Somebody who knows the fingerprint and has the files of an archive, whole or not."""

    def __init__(self, folder, fingerprint):
        self.folder = folder
        self.officers = {o["id"]: o for o in loaded(folder / "officers.json")}
        self.signers = dict(self.officers)
        if (folder / "recoveries.json").exists():
            self.signers |= {o["id"]: o for o in loaded(folder / "recoveries.json")}
        keys = (folder / "log-keys").read_bytes()
        assert hashlib.sha256(keys).hexdigest()[:32] == fingerprint.replace(" ", "")
        self.log = [line.decode().split("+", 2) for line in keys.splitlines()]
        self.checkpoint()
        for line in loaded(folder / "consistency.json"):
            self.continues(**line)
        self.kind = self.manifest()
        if self.kind == "decision":
            for extract in folder.glob("dossiers/*"):
                self.extract(extract)
            return
        for strand in [*folder.glob("officers/*"), *folder.glob("dossiers/*")]:
            self.strand(strand)
        for id, officer in self.officers.items():
            strand = folder.glob(f"officers/{id}/entries/*.json")
            acts = [loaded(p)["act"] for p in sorted(strand, key=lambda p: int(p.stem))]
            assert (acts[0]["act"], acts[0]["officer"]) == ("officer_added", id)
            assert acts[0]["public_key"] == officer["public_key"]
            names = [act["name"] for act in acts if "name" in act]
            assert names[-1] == officer["name"]

    def checkpoint(self):
        self.keys = {}
        text, lines = (self.folder / "checkpoint").read_text().split("\n\n")
        text += "\n"
        self.origin, size, root = text.splitlines()
        self.size, self.root = int(size), base64.b64decode(root)
        short, long, officers = lines.splitlines()
        self.short_note = f"{text}\n{short}\n".encode()
        kinds = self.keys
        for name, _, encoded in self.log:
            key = base64.b64decode(encoded)
            kinds[key[0]] = key[1:]
            assert name == self.origin
        ed25519(kinds[1], self.signature(short, self.origin, 1, kinds[1]), text.encode())
        stamped = self.signature(long, self.origin, 6, kinds[6])
        name = self.origin.encode()
        self.signed_at = int.from_bytes(stamped[:8], "big")
        MLDSA44PublicKey.from_public_bytes(kinds[6]).verify(
            stamped[8:],
            b"subtree/v1\n\0"
            + bytes([len(name)])
            + name
            + stamped[:8]
            + bytes([len(name)])
            + name
            + bytes(8)
            + self.size.to_bytes(8, "big")
            + self.root,
        )
        self.officer = officers.split()[1].removeprefix(f"{self.origin}/officer/")
        key = bytes.fromhex(self.officers[self.officer]["public_key"])
        signed = self.signature(officers, f"{self.origin}/officer/{self.officer}", 1, key)
        ed25519(key, signed, text.encode())

    def continues(self, size, root, proof):
        """RFC 9162, 2.1.4.2: that the checkpoint continues an earlier one."""
        assert 0 < size < self.size
        path = [bytes.fromhex(step) for step in proof]
        path = path if size & (size - 1) else [bytes.fromhex(root), *path]
        first, last = size - 1, self.size - 1
        while first & 1:
            first, last = first >> 1, last >> 1
        old = new = path[0]
        for step in path[1:]:
            if first & 1 or first == last:
                old, new = node(step, old), node(step, new)
                while not first & 1 and first:
                    first, last = first >> 1, last >> 1
            else:
                new = node(new, step)
            first, last = first >> 1, last >> 1
        assert (old.hex(), new, last) == (root, self.root, 0)

    @staticmethod
    def signature(line, name, kind, key):
        dash, own, encoded = line.split(" ")
        blob = base64.b64decode(encoded)
        assert (dash, own) == ("\u2014", name)
        told = name.encode() + b"\n" + bytes([kind]) + key
        assert blob[:4] == hashlib.sha256(told).digest()[:4]
        return blob[4:]

    def manifest(self):
        data = (self.folder / "manifest.json").read_bytes()
        told, signed = json.loads(data), loaded(self.folder / "manifest.sig")
        assert (told["origin"], told["size"]) == (self.origin, self.size)
        assert (told["root"], told["officer"]) == (self.root.hex(), self.officer)
        assert signed["officer"] == self.officer
        public = bytes.fromhex(self.officers[self.officer]["public_key"])
        ed25519(public, bytes.fromhex(signed["signature"]), data)
        ed25519(self.keys[1], bytes.fromhex(signed["log_ed25519"]), data)
        long = MLDSA44PublicKey.from_public_bytes(self.keys[6])
        long.verify(bytes.fromhex(signed["log_mldsa44"]), data)
        assert told["format"] == 2
        assert told["covers"]["dossiers"] == len(list(self.folder.glob("dossiers/*")))
        for name, digest in told["files"].items():
            assert hashlib.sha256((self.folder / name).read_bytes()).hexdigest() == digest
            if name.endswith("/SHA256SUMS"):
                for line in (self.folder / name).read_text().splitlines():
                    digest, member = line.split("  ")
                    data = (self.folder / member).read_bytes()
                    assert hashlib.sha256(data).hexdigest() == digest
        return told["kind"]

    def strand(self, folder):
        told = loaded(folder / "key.json")
        key, id = bytes.fromhex(told["key"]), bytes.fromhex(told["dossier"])
        vault = bytes.fromhex(told["vault"])
        assert (folder.name, self.origin) == (id.hex(), f"secterm/{vault.hex()}")
        committed = kdf(key, b"commitment")
        assert committed.hex() == told["commitment"]
        for file in folder.glob("entries/*.sealed"):
            number, sealed = int(file.stem), file.read_bytes()
            place = b"secterm/\0\1" + vault + b"\x0centry.sealed\0\x10" + id
            opened = AESGCMSIV(kdf(key, b"entry")).decrypt(
                sealed[:12], sealed[12:], place + number.to_bytes(8, "big")
            )
            plain = file.with_suffix(".json").read_bytes()
            assert opened.rstrip(b"\0") == plain + b"\x80"
            entry = json.loads(plain)
            leaf = hashlib.sha256(b"\0" + id + committed + sealed).digest()
            self.proven(file, number, leaf, entry["officer"])
            if entry["act"]["act"] == "signed":
                assert (folder / "undertaking.txt").read_bytes() == entry["act"]["text"].encode()
                self.undertaking(folder, entry["act"], vault.hex(), id.hex())

    def proven(self, file, number, leaf, officer):
        """The two proofs beside a file: under the checkpoint, and what the officer signed."""
        note, root = self.led(file.with_suffix(".tlog-proof"), number, leaf, self.size)
        assert (note, root) == (self.short_note, self.root)
        proof = file.with_suffix(".officer-proof")
        text, line = proof.read_text().split("\n\n")[1:]
        origin, size, root = f"{text}\n".splitlines()
        assert origin == self.origin
        assert number < int(size) <= self.size
        assert self.led(proof, number, leaf, int(size))[1] == base64.b64decode(root)
        key = bytes.fromhex(self.signers[officer]["public_key"])
        signed = self.signature(line.rstrip("\n"), f"{origin}/officer/{officer}", 1, key)
        ed25519(key, signed, f"{text}\n".encode())

    @staticmethod
    def led(proof, number, leaf, size):
        """The note of a tlog-proof, and the root to which its path leads."""
        head, note = proof.read_bytes().split(b"\n\n", 1)
        first, index, *path = head.decode().splitlines()
        assert (first, index) == ("c2sp.org/tlog-proof@v1", f"index {number}")
        return note, root_of(leaf, number, size, [base64.b64decode(step) for step in path])

    def extract(self, folder):
        """The decision alone: nobody's key, and of each entry the leaf."""
        told = loaded(folder / "decision.json")
        assert folder.name == told["id"]
        for one in told["entries"]:
            leaf = bytes.fromhex(one["leaf"])
            file = folder / "entries" / f"{one['number']}.leaf"
            self.proven(file, one["number"], leaf, one["officer"])
        if told["undertaking"]:
            vault = self.origin.removeprefix("secterm/")
            self.undertaking(folder, told["undertaking"], vault, told["id"])

    def undertaking(self, folder, act, vault, id):
        text = (folder / "undertaking.txt").read_bytes()
        assert hashlib.sha256(text).hexdigest() == act["text_sha256"]
        pack = act["pack"]
        lines = [
            "secterm/1 undertaking",
            f"vault: {vault}",
            f"dossier: {id}",
            f"text-sha256: {act['text_sha256']}",
            f"pack: {pack['id']} {pack['version']} {pack['digest']}",
            f"date: {act['on']}",
        ]
        lines += [f"{s['role']}: {s['public_key']} {s['name']}" for s in act["signatures"]]
        assert act["statement"].splitlines() == lines
        assert [s["role"] for s in act["signatures"]] == ["appointee", "officer", "witness"]
        for side in act["signatures"]:
            public = bytes.fromhex(side["public_key"])
            ed25519(public, bytes.fromhex(side["signature"]), act["statement"].encode())
            if "officer" in side:
                assert self.officers[side["officer"]]["public_key"] == side["public_key"]


@pytest.fixture(scope="session")
def decisions(house, tmp_path_factory):
    """The members of the decisions alone, as files."""
    folder = tmp_path_factory.mktemp("decisions")
    return by_identity(house.decisions, folder)


@pytest.fixture
def fingerprint(house):
    desk = Desk.open(house.vault, *OFFICER)
    try:
        return desk.log_fingerprint()
    finally:
        desk.close()


def test_a_stranger_checks_all_of_it_from_the_fingerprint_alone(folder, fingerprint):
    told = Stranger(folder, fingerprint)
    assert loaded(folder / "manifest.json")["created"].startswith("20")
    assert told.signed_at > 1_700_000_000


def test_a_stranger_checks_an_extract_from_the_fingerprint_alone(decisions, fingerprint):
    told = Stranger(decisions, fingerprint)
    assert told.kind == "decision"
    assert sorted(loaded(p)["decision"] for p in decisions.glob("dossiers/*/decision.json")) == [
        "admit",
        "refuse",
    ]


def test_a_registry_with_the_whole_tells_that_an_extract_speaks_of_the_same_entries(
    folder, decisions
):
    told = loaded(next(decisions.glob("dossiers/*/decision.json")))
    strand = folder / "dossiers" / told["id"]
    key = bytes.fromhex(loaded(strand / "key.json")["commitment"])
    for one in told["entries"]:
        entry = loaded(strand / "entries" / f"{one['number']}.json")
        assert (entry["act"]["act"], entry["officer"]) == (one["act"], one["officer"])
        sealed = (strand / "entries" / f"{one['number']}.sealed").read_bytes()
        leaf = hashlib.sha256(b"\0" + bytes.fromhex(told["id"]) + key + sealed)
        assert leaf.hexdigest() == one["leaf"]


@pytest.mark.parametrize("ending", ["entries/*.sealed", "entries/*-proof", "undertaking.txt"])
def test_a_stranger_finds_what_was_changed(folder, fingerprint, tmp_path, monkeypatch, ending):
    """Also where somebody signed for it, so that the manifest tells nothing."""
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    file = next(copy.glob(f"dossiers/*/{ending}"))
    data = bytearray(file.read_bytes())
    data[-10] ^= 1
    file.write_bytes(data)
    with pytest.raises(AssertionError):
        Stranger(copy, fingerprint)
    monkeypatch.setattr(Stranger, "manifest", lambda self: "whole")
    with pytest.raises((AssertionError, InvalidSignature, InvalidTag, ValueError)):
        Stranger(copy, fingerprint)


def test_a_stranger_with_another_fingerprint_stops_at_the_log_keys(folder):
    with pytest.raises(AssertionError):
        Stranger(folder, "0" * 32)


def test_a_stranger_finds_a_manifest_that_nobody_signed(folder, fingerprint, tmp_path):
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    manifest = copy / "manifest.json"
    manifest.write_bytes(manifest.read_bytes() + b"\n")
    with pytest.raises(InvalidSignature):
        Stranger(copy, fingerprint)


def test_the_readme_tells_the_fingerprint_and_how_a_seal_opens(folder, fingerprint):
    readme = (folder / "README.txt").read_text(encoding="ascii")
    assert fingerprint in readme
    for word in ("age -d", "tar -x", "HKDF-SHA256", "AES-256-", "entry.sealed", "RFC 6962"):
        assert word in readme
    assert max(map(len, readme.splitlines())) < 80
