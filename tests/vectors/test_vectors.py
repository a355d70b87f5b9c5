"""Every vector, by the program and by the reader: both give exactly what is told of it."""

import json
import re

import pytest

from secterm.vault import shares as product_shares
from secterm.vault.errors import VaultError
from secterm.vault.vault import Vault as ProductVault
from tests.reader import slots
from tests.reader.basics import Refused
from tests.reader.vault import Vault
from tests.reader.verify import verified
from tests.vectors import vectors
from tests.vectors.make import given, opened

ALL = vectors()
WHOLE = [vector for vector in ALL if "fault" not in vector.told]
BROKEN = [vector for vector in ALL if "fault" in vector.told]


def each(those):
    return pytest.mark.parametrize("vector", those, ids=lambda vector: vector.name)


def secret(way):
    """A way in, for the reader."""
    if "shares" in way:
        return slots.shares(way["shares"])
    key_file = way["key_file"].encode() if "key_file" in way else None
    return slots.passphrase(way["officer"], way["passphrase"], key_file)


def read(vector, way):
    """The reader's report."""
    with Vault(vector.path, secret(way)) as vault:
        return verified(vault)


def tried(path, way):
    """The program's word on a way in."""
    if "shares" not in way:
        opened(path, way).close()
        return
    collected = product_shares.Collected()
    for words in way["shares"]:
        collected.add(words)
    ProductVault.recover(path, collected.secret()).close()


def places(faults):
    """Where the program found faults, as table and row."""
    return {place(fault.partition(": ")[0]) for fault in faults}


def place(where):
    """`entry.sealed STRAND #6` and `entry #6` are entry.6; the only row of a table is row 1."""
    table, _, row = where.partition(" ")
    table = table.partition(".")[0]
    if table in ("vault", "head"):
        return table if "and" in row else f"{table}.1"
    row = re.sub(r"^.*#", "", row)
    return f"{table}.{row}" if row else table


def agrees(fault, found):
    """Whether this fault is among those found; of a table alone any row will do."""
    return any(fault in (place, place.partition(".")[0]) for place in found)


@each(WHOLE)
def test_the_program_gives_what_is_told(vector, tmp_path):
    desk = opened(vector.copied(tmp_path), vector.told["ways"][0])
    try:
        found = given(desk)
        report = desk.verify()
    finally:
        desk.close()
    assert {name: vector.told[name] for name in found} == found
    assert report.faults == []


@pytest.mark.long
@each(WHOLE)
def test_the_reader_gives_what_is_told(vector):
    report = read(vector, vector.told["ways"][0])
    assert report.faults == ()
    assert report.checkpoint == vector.told["checkpoint"]
    assert report.fingerprint == vector.told["fingerprint"]
    assert report.officers() == vector.told["officers"]
    assert sorted(strand.hex() for strand in report.registry.erased) == vector.told["erased"]
    assert report.told_dossiers() == vector.told["dossiers"]
    assert {id.hex(): told for id, told in report.drafts.items()} == vector.told["drafts"]
    assert report.book == vector.told.get("recipients", {})
    assert report.sheets.told() == vector.told.get("sheets", {})


@each([vector for vector in WHOLE if "sheets" in vector.told])
def test_the_program_reads_the_sheets_that_are_told(vector, tmp_path):
    way = vector.told["ways"][0]
    vault = ProductVault.open(vector.copied(tmp_path), way["officer"], way["passphrase"])
    try:
        found = {
            str(place): {"size": size, "ids": sorted(json.loads(body)["id"])}
            for place, size, body in vault.sheets()
        }
    finally:
        vault.close()
    assert found == vector.told["sheets"]


@each([vector for vector in WHOLE if len(vector.told["ways"]) > 1])
def test_every_way_in_opens(vector, tmp_path):
    for way in vector.told["ways"][1:]:
        tried(vector.copied(tmp_path), way)
        assert read(vector, way).holds


@each([vector for vector in WHOLE if "refused" in vector.told])
def test_what_is_no_way_in_is_refused_by_both(vector, tmp_path):
    path = vector.copied(tmp_path)
    for way in vector.told["refused"]:
        with pytest.raises(VaultError):
            tried(path, way)
        with pytest.raises(Refused):
            read(vector, way)


@pytest.mark.long
@each(BROKEN)
def test_the_reader_finds_what_is_broken(vector):
    found = {fault.place for fault in read(vector, vector.told["ways"][0]).faults}
    assert agrees(vector.told["fault"], found)
    assert not vector.told.get("alone") or found == {vector.told["fault"]}


@each(BROKEN)
def test_the_program_finds_what_is_broken(vector, tmp_path):
    desk = opened(vector.copied(tmp_path), vector.told["ways"][0])
    try:
        found = places(desk.verify().faults)
    finally:
        desk.close()
    assert agrees(vector.told["fault"], found)
    assert not vector.told.get("alone") or found == {vector.told["fault"]}
