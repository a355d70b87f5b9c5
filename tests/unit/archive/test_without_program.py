"""An archive opens with age and tar, and is checked to its last proof by another reader of
FORMAT.md, `tests/reader`, which has nothing of the program in it.

Where the machine has no `age`, pyrage opens it; with SECTERM_TESTS_NEED_AGE set that fails.
"""

import hashlib
import json
import os
import pty
import shutil
import subprocess

import pyrage
import pytest

from secterm.desk.desk import Desk
from tests.reader import archive, opened
from tests.reader.__main__ import main
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


def read(file, fingerprint, folder):
    """What another reader of the format says of an archive, with its key and fingerprint."""
    members = opened.members(file, identity_file(folder))
    return archive.verified(members, fingerprint, cheap=True)


def test_another_reader_checks_all_of_it_from_the_fingerprint_alone(house, fingerprint, tmp_path):
    told = read(house.file, fingerprint, tmp_path)
    assert told.faults == ()
    members, count = house.opened, told.checked
    sealed = len(members.names(ending=".sealed"))
    assert count["seals that open to the entry that is shown"] == sealed
    assert count["proofs that an entry is under the checkpoint"] == sealed
    assert count["proofs that an entry is in what its officer signed"] == sealed
    assert count["members by their SHA-256"] == len(members.names()) - 2
    assert count["officers by their own strand"] == 2
    assert count["acts in timelines against their entries"] == len(
        members.names("dossiers/", ".sealed")
    )
    assert count["signatures under undertakings"] == 3
    assert count["rules by the text that was acknowledged"] == 1


def test_another_reader_checks_an_extract_likewise(house, decisions, fingerprint, tmp_path):
    told = read(house.decisions, fingerprint, tmp_path)
    assert (told.kind, told.faults) == ("decision", ())
    proofs = len(list(decisions.glob("dossiers/*/entries/*.tlog-proof")))
    assert told.checked["proofs that an entry is in what its officer signed"] == proofs > 0
    assert sorted(loaded(p)["decision"] for p in decisions.glob("dossiers/*/decision.json")) == [
        "admit",
        "refuse",
    ]


@pytest.mark.parametrize("name", ["age", "tar"])
def test_another_reader_does_without(house, fingerprint, tmp_path, monkeypatch, name):
    real = shutil.which
    monkeypatch.setattr(shutil, "which", lambda asked: None if asked == name else real(asked))
    assert read(house.file, fingerprint, tmp_path).holds


def test_another_reader_with_another_fingerprint_stops_at_the_log_keys(house, tmp_path):
    (fault,) = read(house.file, "0" * 32, tmp_path).faults
    assert "another fingerprint" in str(fault)


def test_the_other_readers_command_lists_what_it_checked(house, fingerprint, tmp_path, capsys):
    given = ["archive", str(house.file), "--fingerprint", fingerprint]
    key = ["--identity", str(identity_file(tmp_path))]
    assert main([*given, *key], cheap=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["checked"]["members by their SHA-256"] == len(house.opened.names()) - 2
    assert told["faults"] == []
    assert main([*given[:-1], "0" * 32, *key], cheap=True) == 1
    (tmp_path / "none").write_bytes(b"no archive")
    assert main(["archive", str(tmp_path / "none"), *given[2:], *key], cheap=True) == 2


@pytest.mark.long
def test_the_other_readers_command_opens_what_is_for_a_passphrase(
    locked, fingerprint, tmp_path, capsys
):
    (tmp_path / "secret").write_text(f"{PASSPHRASE}\n")
    given = ["--fingerprint", fingerprint, "--passphrase-file", str(tmp_path / "secret")]
    assert main(["archive", str(locked.file), *given], cheap=True) == 0


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


def test_the_readme_tells_the_fingerprint_and_how_a_seal_opens(folder, fingerprint):
    readme = (folder / "README.txt").read_text(encoding="ascii")
    assert fingerprint in readme
    for word in ("age -d", "tar -x", "HKDF-SHA256", "AES-256-", "entry.sealed", "RFC 6962"):
        assert word in readme
    assert max(map(len, readme.splitlines())) < 80
