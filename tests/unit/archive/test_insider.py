"""An officer who seals, signs and logs nonsense can be read about too: an inspection ends in
faults with their places, whatever the proven entries say.
"""

import itertools
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secterm.dossier import entries as acts
from secterm.dossier import signatures
from secterm.dossier.entries import PackRef
from secterm.vault import kdf
from secterm.vault.vault import Vault
from tests.support import archives
from tests.support.house import OFFICER

QUICK = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
AT = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def insider(house, tmp_path_factory):
    """A vault whose officer will seal, sign and log whatever they like."""
    path = Path(shutil.copy(house.vault, tmp_path_factory.mktemp("insider") / "vault.db"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        vault = Vault.open(path, *OFFICER)
    yield vault
    vault.close()


def logged(house, vault, *entries, kind="dossiers", id=None):
    """An archive in which just these entries stand in a strand of their own, proven: each
    signed by its officer, whoever else has none of their passphrases.
    """
    id = id or os.urandom(16)
    second = b'"officer": "' + house.second.officer.hex().encode()
    runs = itertools.groupby(entries, lambda entry: second in entry.partition(b'"act"')[0])
    for number, (theirs, run) in enumerate(runs):
        with vault.transaction(house.second if theirs else None) as work:
            if number == 0:
                work.create_dossier(id)
            for entry in run:
                work.append(id, entry)
    officers = {f"officers/{o.hex()}": o for o in (house.officer.officer, house.second.officer)}
    return archives.pieced(house.opened, vault, {**officers, f"{kind}/{id.hex()}": id}, AT)


@pytest.mark.parametrize("kind", ["dossiers", "officers"])
@pytest.mark.parametrize("entry", archives.NASTY, ids=lambda d: repr(d[:24]))
def test_entries_that_are_none_are_told(house, insider, tmp_path, entry, kind):
    assert logged(house, insider, entry, kind=kind).inspected(tmp_path).faults


def lived(house, stage):
    folder = house.opened.folder(stage)
    names = house.opened.names(f"{folder}/entries/", ".json")
    return [json.loads(house.opened[name]) for name in names]


def test_entries_of_a_life_that_was_lived_add_up_elsewhere_too(house, insider, tmp_path):
    told = [json.dumps(entry).encode() for entry in lived(house, "refused")]
    found = logged(house, insider, *told).inspected(tmp_path)
    assert len(found.faults) == 1
    assert found.faults[0].endswith("/dossier.json: is missing")


def test_an_entry_by_nobody_who_is_an_officer_is_told(house, insider, tmp_path):
    (opened,) = lived(house, "screening")
    entry = json.dumps(opened | {"officer": "00" * 16}).encode()
    found = logged(house, insider, entry).inspected(tmp_path)
    assert any("by nobody whom officers.json names" in f for f in found.faults)


def test_a_pack_under_another_version_than_its_own_is_told(house, insider, tmp_path):
    (opened,) = lived(house, "screening")
    opened["act"]["pack"]["version"] = "2\ndate: 2001-01-01"
    found = logged(house, insider, json.dumps(opened).encode()).inspected(tmp_path)
    assert any("rests on a pack that is not in the archive" in f for f in found.faults)


def undersigned(house, vault, id, key_as_written):
    """The life of who was admitted up to the signing, signed anew for another dossier id."""
    told = lived(house, "admitted")
    while told[-1]["act"]["act"] != "signed":
        told.pop()
    act, appointee = told[-1]["act"], Ed25519PrivateKey.generate()
    keys = [appointee, house.officer.key, house.second.key]
    public = appointee.public_key().public_bytes_raw().hex()
    act["signatures"][0]["public_key"] = key_as_written(public)
    act["statement"] = signatures.statement(
        vault=vault.id.hex(),
        dossier=id.hex(),
        text_sha256=act["text_sha256"],
        pack=PackRef(**act["pack"]),
        on=act["on"],
        sides=[(s["role"], s["public_key"], s["name"]) for s in act["signatures"]],
    )
    for key, side in zip(keys, act["signatures"], strict=True):
        side["signature"] = key.sign(act["statement"].encode()).hex()
    return [json.dumps(entry).encode() for entry in told]


@pytest.mark.parametrize(
    ("key_as_written", "said"),
    [
        (lambda key: key, ["dossier.json: is missing", "undertaking.txt: is not the text"]),
        (lambda key: f"{key}\n", ["lines that nobody's signature accounts for"]),
    ],
)
def test_a_statement_with_lines_of_its_own_is_told(house, insider, tmp_path, key_as_written, said):
    id = os.urandom(16)
    entries = undersigned(house, insider, id, key_as_written)
    found = logged(house, insider, *entries, id=id).inspected(tmp_path).faults
    assert ("lines that nobody's signature" in " ".join(found)) == (len(said) == 1)
    assert all(any(one in fault for fault in found) for one in said)


def test_a_witness_whose_role_did_not_allow_it_is_told(house, tmp_path):
    vault = Vault.open(shutil.copy(house.vault, tmp_path / "vault.db"), *OFFICER)
    try:
        id, strand = os.urandom(16), house.second.officer
        given = acts.RoleGiven(role="auditor", reason="Only reads.")
        with vault.transaction() as work:
            officer = vault.signer.officer.hex()
            act = acts.VaultEntry(at=AT.isoformat(), officer=officer, act=given)
            work.append(strand, acts.encode(act))
        told = undersigned(house, vault, id, lambda key: key)
        found = logged(house, vault, *told, id=id).inspected(tmp_path)
    finally:
        vault.close()
    assert any("was witnessed by an officer whose role did not allow it" in f for f in found.faults)


def test_a_signature_that_does_not_hold_is_told(house, insider, tmp_path):
    id = os.urandom(16)
    entries = undersigned(house, insider, id, lambda key: key)
    told = json.loads(entries[-1])
    for side in told["act"]["signatures"]:
        side["signature"] = "00" * 64
    entries[-1] = json.dumps(told).encode()
    found = logged(house, insider, *entries, id=id).inspected(tmp_path).faults
    assert any("the signature of the appointee does not hold" in fault for fault in found)


def test_an_officers_signature_under_another_name_is_told(house, insider, tmp_path):
    id = os.urandom(16)
    entries = undersigned(house, insider, id, lambda key: key)
    for old, new in (("Bex Test", "Cyr Test"), ("Alix Test", "Cyr Test")):
        entry = entries[-1].replace(old.encode(), new.encode())
        found = logged(house, insider, *entries[:-1], entry, id=os.urandom(16)).inspected(tmp_path)
        assert any("key or name is not that officer's" in f for f in found.faults)


@pytest.mark.long
@settings(QUICK, max_examples=25)
@given(data=st.data())
def test_entries_with_a_value_that_makes_no_sense_end_in_a_word(house, insider, tmp_path, data):
    told = lived(house, data.draw(st.sampled_from(["admitted", "refused"])))
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(told) - 1))
        path = data.draw(st.sampled_from(list(archives.places(told[at]))))
        told[at] = archives.put(told[at], path, data.draw(st.sampled_from(archives.ODD)))
    made = logged(house, insider, *(json.dumps(entry).encode() for entry in told))
    folder = next(n for n in made.names("dossiers/", "/key.json")).rpartition("/")[0]
    record = house.opened[f"{house.opened.folder('refused')}/dossier.json"]
    shown = json.loads(record) | {"as_of": data.draw(st.sampled_from(["9999-12-31", "0001-01-01"]))}
    text = json.dumps(shown, indent=1).encode() + b"\n"
    with_record = made.adding(f"{folder}/dossier.json", text, made.names(f"{folder}/")[-1])
    assert with_record.resigned(insider.signer).inspected(tmp_path).faults
