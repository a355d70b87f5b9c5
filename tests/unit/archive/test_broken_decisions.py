"""An extract that was changed does not hold, and an inspection names the place; what rests on
the officer's word alone, the officer can change, and nobody else.
"""

import contextlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secterm.archive.errors import ArchiveUnreadable
from secterm.vault.signer import Signer
from tests.support import archives
from tests.support.house import OFFICER


def test_an_outsider_cannot_make_one_of_another(extract, faults):
    """Without the log keys, though everything else fits their own key."""
    own = Signer(
        bytes.fromhex(json.loads(extract["manifest.json"])["officer"]),
        Ed25519PrivateKey.generate(),
        bytes(32),
    )
    officer = next(o for o in json.loads(extract["officers.json"]) if o["name"] == OFFICER[0])
    forged = extract.reworded("officers.json", officer["public_key"], own.public_key.hex())
    name = f"{forged.folder('refused')}/decision.json"
    forged = forged.reworded(name, '"decision": "refuse"', '"decision": "admit"').resigned(own)
    signature = json.loads(forged["manifest.sig"])
    before = json.loads(extract["manifest.sig"])
    for log in archives.LOGS:
        forged = forged.reworded("manifest.sig", signature[log], before[log])
    assert "manifest.sig: is not signed by both keys in log-keys" in faults(forged)


@pytest.mark.parametrize("log", archives.LOGS)
@pytest.mark.parametrize("kind", ["whole", "decision"])
def test_a_manifest_that_one_of_the_log_keys_did_not_sign_is_told(
    house, extract, faults, log, kind
):
    opened = house.opened if kind == "whole" else extract
    signed = json.loads(opened["manifest.sig"])[log]
    for other in ("00" * (len(signed) // 2), "", "zz"):
        changed = opened.reworded("manifest.sig", signed, other)
        assert "manifest.sig: is not signed by both keys in log-keys" in faults(changed)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"act": "decided"', '"act": "signed"', "lists other entries than it speaks of"),
        ('"id": "', '"id": "0', "is another dossier's"),
        ('"officer": "Bex Test"', '"officer": "Alix Test"', "names another officer of entry"),
        ('"unit": "', '"more": 1, "unit": "', "is not of this format"),
        ('"leaf": "', '"leaf": "0', "has no leaf of entry"),
        ("pack: small", "pack: other", "the statement is not about this text"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_told_though_an_officer_signs_for_it(
    house, extract, faults, old, new, fault
):
    name = f"{extract.folder('admitted')}/decision.json"
    changed = extract.changed(name, lambda data: data.replace(old.encode(), new.encode(), 1))
    assert changed != extract
    assert any(fault in each for each in faults(changed.resigned(house.officer)))


def test_a_leaf_that_is_not_the_entrys_is_told(house, extract, faults):
    folder = extract.folder("refused")
    (one,) = json.loads(extract[f"{folder}/decision.json"])["entries"]
    changed = extract.reworded(f"{folder}/decision.json", one["leaf"], "0" * 64)
    found = faults(changed.resigned(house.officer))
    where = f"{folder}/entries/{one['number']}"
    assert found == [f"{where}.tlog-proof: does not lead to the checkpoint"]


@pytest.mark.parametrize("ending", [".tlog-proof", ".officer-proof", "/undertaking.txt"])
def test_a_member_that_is_missing_is_told_though_an_officer_signs_for_it(
    house, extract, faults, ending
):
    name = extract.name(f"{extract.folder('admitted')}/", ending)
    found = faults(extract.without(name).resigned(house.officer))
    assert any(fault.startswith(f"{name}: is ") for fault in found)


def test_another_undertaking_than_the_one_that_was_signed_is_told(house, extract, faults):
    name = extract.name("dossiers/", "/undertaking.txt")
    found = faults(extract.reworded(name, "I keep", "I sell").resigned(house.officer))
    assert f"{name}: the text is not the one whose SHA-256 was signed" in found


def test_more_than_an_extract_holds_is_told(house, extract, faults):
    folder, whole = extract.folder("admitted"), house.opened
    entry = whole.entry(folder, "answered")
    for name in (
        f"{entry}.json",
        f"{entry}.sealed",
        f"{folder}/key.json",
        f"{folder}/dossier.json",
    ):
        added = extract.adding(name, whole[name], f"{folder}/decision.json")
        assert f"{name}: is no part of an extract" in faults(added.resigned(house.officer))


@pytest.mark.parametrize("beginning", ["officers/", "packs/", "recoveries.json"])
def test_what_belongs_to_a_whole_archive_is_told_in_one_of_decisions(
    house, extract, faults, beginning
):
    added = extract
    for name in reversed(house.opened.names(beginning)):
        added = added.adding(name, house.opened[name], "officers.json")
    found = faults(added.resigned(house.officer))
    assert any(fault.endswith("is no part of an archive of this kind") for fault in found)


def test_one_kind_does_not_pass_for_the_other(house, extract, faults):
    found = faults(extract.resigned(house.officer, kind="whole"))
    assert any(fault.endswith("is no part of an archive of this kind") for fault in found)
    found = faults(house.opened.resigned(house.officer, kind="decision"))
    assert any(fault.endswith("is no part of an archive of this kind") for fault in found)


def test_another_number_of_dossiers_than_it_covers_is_told(house, extract, faults):
    gone = extract.without(*extract.names(f"{extract.folder('refused')}/"))
    short = json.loads(gone.resigned(house.officer)["manifest.json"])["covers"]
    found = faults(gone.resigned(house.officer, covers=short | {"dossiers": 2}))
    assert "manifest.json: covers another number of dossiers" in found


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_value_in_an_extract_ends_in_a_word(house, extract, tmp_path, data):
    name = data.draw(st.sampled_from(extract.names("dossiers/", ".json")))
    value = json.loads(extract[name])
    path = data.draw(st.sampled_from(list(archives.places(value))))
    changed = archives.put(value, path, data.draw(st.sampled_from(archives.ODD)))
    text = json.dumps(changed, indent=1, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    found = extract.replaced(name, text).resigned(house.officer).inspected(tmp_path)
    assert found.text().strip()
    # What the entries and the undertaking do not prove is the officer's word.
    if path[0] in ("entries", "undertaking", "id") and changed != value:
        assert not found.holds


@pytest.mark.long
@pytest.mark.parametrize("data", archives.NASTY, ids=lambda d: repr(d[:24]))
def test_no_member_of_it_can_be_anything_else(house, extract, tmp_path, data):
    for name in extract.one_of_each():
        if name.startswith(("README.txt", "schemas/")) and name.endswith((".txt", ".json")):
            continue
        changed = extract.replaced(name, data)
        if name not in ("manifest.json", "manifest.sig"):
            changed = changed.resigned(house.officer, lists=not name.endswith("SHA256SUMS"))
        assert not changed.inspected(tmp_path).holds, name


def test_one_cut_short_at_any_border_of_a_member_is_none(extract, tmp_path):
    for at in range(5, len(extract.members)):
        short = archives.Opened(extract.members[:at])
        with contextlib.suppress(ArchiveUnreadable):
            assert not short.inspected(tmp_path).holds
