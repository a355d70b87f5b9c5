"""An archive says what its JSON looks like: the schemas in it are those of its own members."""

import json
import os
import re
import subprocess
import sys

import pytest

from secterm.archive import schemas
from tests.support import archives, schema

# The members that each schema is of.
OF = {
    "consistency": r"consistency\.json",
    "officers": r"officers\.json",
    "recoveries": r"recoveries\.json",
    "manifest": r"manifest\.json",
    "manifest-sig": r"manifest\.sig",
    "key": r"(officers|origins|dossiers)/[0-9a-f]+/key\.json",
    "officer-entry": r"(officers|origins)/[0-9a-f]+/entries/[0-9]+\.json",
    "dossier-entry": r"dossiers/[0-9a-f]+/entries/[0-9]+\.json",
    "dossier": r"dossiers/[0-9a-f]+/dossier\.json",
    "decision": r"dossiers/[0-9a-f]+/decision\.json",
}


@pytest.fixture(scope="session")
def kinds(house, journey):
    """An archive of each kind, taken apart; also of a dossier that came through other vaults."""
    found = {}
    for came, of in (("", house), (" that came", journey.third)):
        found |= {f"whole{came}": of.opened, f"decision{came}": archives.opened(of.decisions)}
    return found


@pytest.fixture(params=["whole", "decision", "whole that came", "decision that came"])
def opened(kinds, request):
    return kinds[request.param]


def schema_of(opened, name):
    return json.loads(opened[f"schemas/{name}.schema.json"])


def test_every_json_member_is_as_exactly_one_schema_in_the_archive_has_it(opened):
    published = {
        n.split("/")[1].removesuffix(".schema.json") for n in opened.names("schemas/", ".json")
    }
    for name in opened.names():
        if name.startswith("schemas/") or not name.endswith((".json", ".sig")):
            continue
        (own,) = (each for each in published if re.fullmatch(OF[each], name))
        told = schema_of(opened, own)
        assert list(schema.faults(json.loads(opened[name]), told, told)) == [], name
    assert published == {
        each for each in OF if any(re.fullmatch(OF[each], n) for n in opened.names())
    }


def test_each_is_a_schema_of_2020_12_that_says_what_it_is_of(opened):
    for name in opened.names("schemas/", ".json"):
        told = json.loads(opened[name])
        assert told["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        main = told["$defs"][(told.get("items") or told)["$ref"].rsplit("/", 1)[1]]
        assert main["description"].endswith(".")


@pytest.mark.parametrize(
    ("name", "member", "change"),
    [
        ("manifest", "manifest.json", lambda told: told | {"size": "many"}),
        ("manifest", "manifest.json", lambda told: told | {"kind": "half"}),
        ("officers", "officers.json", lambda told: [*told, {"id": "00"}]),
        ("manifest-sig", "manifest.sig", lambda told: told | {"signature": None}),
    ],
)
def test_what_is_otherwise_is_found_by_them(kinds, name, member, change):
    told = schema_of(kinds["whole"], name)
    changed = change(json.loads(kinds["whole"][member]))
    assert list(schema.faults(changed, told, told))


def test_an_act_that_nobody_knows_is_found_by_them(kinds):
    opened = kinds["whole"]
    told = schema_of(opened, "dossier-entry")
    entry = json.loads(opened[opened.name("dossiers/", ".json")])
    entry["act"] = {"act": "promoted"}
    assert list(schema.faults(entry, told, told))


def test_they_are_the_same_bytes_in_every_run():
    say = (
        "import hashlib; from secterm.archive import schemas; "
        "print(hashlib.sha256(repr([*schemas.members('whole')]).encode()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", say],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_those_of_an_extract_describe_nothing_of_the_screening():
    told = b"".join(data for _name, data in schemas.members("decision"))
    for word in (b"nswer", b"uestion", b"inding", b"hecked", b"note", b'"reason"', b'"conditions"'):
        assert word not in told
