"""The reader by itself: what it rests on, the examples of FORMAT.md, and its command."""

import ast
import hashlib
import json
import sys
from pathlib import Path

import pytest

from tests.reader import slots
from tests.reader.__main__ import main
from tests.reader.basics import (
    Broken,
    Refused,
    associated,
    kdf,
    leaf_hash,
    padded,
    sha256,
    unsealed,
)
from tests.reader.slots import Holder, Spec
from tests.reader.vault import Vault
from tests.vectors import vectors

READER = Path(slots.__file__).parent
ALLOWED = {"argon2", "cryptography", "pyrage", "shamir_mnemonic", *sys.stdlib_module_names}
UP_TO_1F = bytes(range(32))
FORMAT = READER.parents[1] / "secterm" / "vault" / "FORMAT.md"
VECTOR = {vector.name: vector for vector in vectors()}


def imported(file):
    """Every module that a file names in an import."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield str(node.module)


def given(vector, folder):
    """The arguments for a vector's first way in."""
    way = vector.told["ways"][0]
    (folder / "passphrase.txt").write_text(f"{way['passphrase']}\n")
    arguments = [str(vector.path), "--officer", way["officer"]]
    return [*arguments, "--passphrase-file", str(folder / "passphrase.txt")]


@pytest.mark.parametrize("file", sorted(READER.glob("*.py")), ids=lambda file: file.name)
def test_the_reader_imports_nothing_of_the_program(file):
    for module in imported(file):
        assert (
            module == "tests.reader"
            or module.startswith("tests.reader.")
            or (module.partition(".")[0] in ALLOWED)
        )


@pytest.mark.parametrize("file", sorted(READER.glob("*.py")), ids=lambda file: file.name)
def test_the_reader_loads_nothing_by_name(file):
    names = {n.id for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Name)}
    assert not names & {"__import__", "importlib", "exec", "eval"}


def test_the_seal_of_the_page_opens():
    vault, dossier = bytes(range(16)), bytes(range(16, 32))
    sealed = bytes(12) + bytes.fromhex(
        "b896915778fe71e9a98071f053da3dd63bd1fb423268f646d0818db3ea169bb4"
        "7e1338ef0a1ca48280f70de5b191da49"
    )
    data = associated(vault, "entry.sealed", dossier, 258)
    assert len(data) == 65
    assert unsealed(kdf(UP_TO_1F, b"entry"), data, sealed) == b"{}"
    commitment = kdf(UP_TO_1F, b"commitment")
    assert commitment.hex() in FORMAT.read_text()
    assert leaf_hash(dossier, commitment, sealed).hex() in FORMAT.read_text()
    with pytest.raises(Broken):
        unsealed(kdf(UP_TO_1F, b"entry"), associated(vault, "entry.sealed", dossier, 259), sealed)


def test_padding_is_that_of_the_page():
    wanted = {31: 32, 32: 36, 64: 72, 80: 88, 88: 96, 100: 104, 300: 304, 1000: 1024, 1024: 1088}
    assert {length: padded(length) for length in wanted} == wanted
    assert (padded(5000), padded(100000)) == (5120, 100352)


def test_the_slot_of_the_page_is_found():
    text = "argon2id$v=19$m=65536,t=3,p=4$AAECAwQFBgcICQoLDA0ODw=="
    spec, name, passphrase = Spec.parse(text), " \u00c9VA  Stra\u00dfe ", "test velvet"
    assert slots.login(name).encode().hex() == "c3a976612073747261737365"
    plain = spec.stretched(name, passphrase)
    check = sha256(b"secterm/1 key file\0" + UP_TO_1F)[:4].hex()
    line = f"secterm-key-1 {UP_TO_1F.hex()} {check}\n".encode()
    for value in (plain, kdf(plain, b"slot tag")[:16], spec.stretched(name, passphrase, line)):
        assert value.hex() in FORMAT.read_text()


def test_the_sealing_key_of_the_page_is_made():
    key = Holder(bytes(16), bytes(32), UP_TO_1F).sealing_key
    assert len(key) == 1216
    assert hashlib.sha256(key).hexdigest() in FORMAT.read_text()
    assert key[-32:].hex() in FORMAT.read_text()


@pytest.mark.parametrize(
    "cost", ["m=65535,t=3", "m=65536,t=2", "m=2097153,t=1", "m=131072,t=65", "m=065536,t=3"]
)
def test_a_cost_out_of_bounds_is_refused(cost):
    with pytest.raises(Refused):
        Spec.parse(f"argon2id$v=19${cost},p=4$AAECAwQFBgcICQoLDA0ODw==")


def test_the_command_prints_dossiers_and_their_entries(tmp_path, capsys):
    vector = VECTOR["rekeyed"]
    assert main(given(vector, tmp_path)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["dossiers"] == vector.told["dossiers"]
    assert told["faults"] == []


def test_the_command_tells_what_does_not_hold(tmp_path, capsys):
    assert main(given(VECTOR["broken_by_auditor"], tmp_path)) == 1
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert fault.startswith("entry.sealed 11: ")


def test_the_command_refuses_another_file(tmp_path, capsys):
    (tmp_path / "other").write_bytes(b"no vault")
    arguments = given(VECTOR["fresh"], tmp_path)[1:]
    assert main([str(tmp_path / "other"), *arguments]) == 2
    assert capsys.readouterr().err == "reader: this is no vault\n"


def test_an_earlier_checkpoint_is_continued_or_not(tmp_path, capsys):
    vector = VECTOR["fresh"]
    line = vector.told["checkpoint"]
    other = line[:-1] + ("0" if line[-1] != "0" else "1")
    assert main([*given(vector, tmp_path), "--checkpoint", line.upper()]) == 0
    assert main([*given(vector, tmp_path), "--checkpoint", other]) == 1


def test_an_erased_dossier_cannot_be_read():
    way = VECTOR["erased"].told["ways"][0]
    secret = slots.passphrase(way["officer"], way["passphrase"])
    with Vault(VECTOR["erased"].path, secret) as vault, pytest.raises(Broken):
        vault.strand_key(bytes.fromhex(VECTOR["erased"].told["erased"][0]))
