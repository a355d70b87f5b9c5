"""An archive that was changed does not hold, and an inspection names the place.

`resigned` is a change by somebody who has an officer's key and signs the manifest
anew: then hashes and signature agree, and the proofs have to tell.
"""

import hashlib
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.sums import folder_of
from secterm.vault.note import (
    Checkpoint,
    Ed25519Verifier,
    MLDSA44Cosigner,
    Note,
    cosign_mldsa44,
    sign_ed25519,
)
from secterm.vault.signer import Signer
from tests.support import archives
from tests.support.house import OFFICER, SECOND


def test_taken_apart_and_packed_again_it_holds(house, tmp_path):
    assert house.opened.inspected(tmp_path).faults == []


def test_signed_anew_by_the_same_officer_it_holds(house, tmp_path):
    assert house.opened.resigned(house.officer).inspected(tmp_path).faults == []


# -- members, as the manifest has them ------------------------------------------


def test_a_member_of_any_kind_that_was_changed_is_named(house, tmp_path):
    for name in house.opened.one_of_each()[:-2]:
        changed = house.opened.changed(name, lambda data: data[:-1] + bytes([data[-1] ^ 1]))
        found = changed.inspected(tmp_path)
        where = archives.named_in(name)
        assert f"{name}: has another SHA-256 than {where} says" in found.faults


@pytest.mark.long
def test_a_member_of_any_kind_that_was_removed_is_named(house, tmp_path):
    for name in house.opened.one_of_each():
        try:
            told = " ".join(house.opened.without(name).inspected(tmp_path).faults)
        except ArchiveUnreadable as unreadable:
            told = unreadable.reason
        assert name in told


def test_a_member_that_was_added_is_named(house, faults):
    for after in (house.opened.names()[-3], house.opened.name("dossiers/"), "recoveries.json"):
        for folder in ("dossiers/" + "0" * 32, house.opened.folder("admitted")):
            name = f"{folder}/entries/0.json"
            found = faults(house.opened.adding(name, b"{}", after))
            assert f"{name}: is not in {folder}/SHA256SUMS" in found


@pytest.mark.parametrize(
    "name",
    [
        *("evil.txt", "README", "readme.txt", "manifest.json.bak", "dossiers/notes.txt"),
        *("../README.txt", "/etc/passwd", "dossiers/../../README.txt", "./README.txt"),
        *(f"packs/{'0' * 64}/../pack.toml", f"dossiers/{'A' * 32}/key.json", "a" * 100),
        *(f"dossiers/{'0' * 32}/entries/007.json", f"dossiers/{'0' * 32}/entries/-1.json"),
        f"dossiers/{'0' * 32}/entries/{'9' * 30}.json",
    ],
)
def test_what_is_no_part_of_an_archive_is_named_though_an_officer_signed_for_it(
    house, faults, name
):
    digest, files = hashlib.sha256(b"anything").hexdigest(), {}
    for each, told in json.loads(house.opened["manifest.json"])["files"].items():
        files |= {each: told, name: digest} if each == "README.txt" else {each: told}
    added = house.opened.resigned(house.officer, files=files).adding(
        name, b"anything", "README.txt"
    )
    assert faults(added) == [f"{name}: is no part of an archive"]


def test_what_is_no_part_of_an_archive_is_named_though_its_folder_lists_it(house, faults):
    folder = house.opened.folder("admitted")
    for name in (f"{folder}/notes.txt", f"{folder}/entries/007.json"):
        added = house.opened.adding(name, b"anything", f"{folder}/dossier.json")
        assert f"{name}: is no part of an archive" in faults(added.resigned(house.officer))


def test_a_member_that_is_there_twice_is_named(house, faults):
    name = house.opened.name("dossiers/", ".sealed")
    twice = house.opened.adding(name, house.opened[name], name)
    assert f"{name}: is there twice" in faults(twice)


def test_a_second_member_of_a_name_is_named_though_it_comes_after_the_signature(house, faults):
    late = house.opened.adding("README.txt", b"Call this number.", "manifest.sig")
    assert "README.txt: is there twice" in faults(late)


def test_a_member_under_another_name_is_named_by_both(house, faults):
    old = house.opened.name("dossiers/", ".sealed")
    new = old.replace("dossiers/", "officers/")
    found = faults(house.opened.renamed(old, new))
    assert f"{old}: is missing" in found
    assert f"{new}: is not in {archives.named_in(new)}" in found


def test_members_in_another_order_are_told(house, faults):
    members = list(house.opened.members)
    at = house.opened.names().index(house.opened.name("dossiers/", ".sealed"))
    members[at : at + 2] = members[at + 1 : at - 1 : -1]
    found = faults(archives.Opened(tuple(members)))
    (sealed, _), _ = house.opened.members[at : at + 2]
    assert found == [f"{archives.named_in(sealed)}: lists the members in another order"]


def test_folders_in_another_order_are_told(house, faults):
    first = house.opened.names(folder_of(house.opened.name("dossiers/")) + "/")
    kept = house.opened.without(*first).members
    moved = tuple(m for m in house.opened.members if m[0] in first)
    turned = archives.Opened((*kept[:-2], *moved, *kept[-2:]))
    assert faults(turned) == ["manifest.json: lists the members in another order"]


def test_a_manifest_in_the_first_place_is_told(house, faults):
    members = house.opened.members
    assert faults(archives.Opened((*members[-2:], *members[:-2]))) == [
        "manifest.json: does not come last"
    ]


def test_a_manifest_that_does_not_come_last_is_told(house, faults):
    members = house.opened.members
    turned = archives.Opened((*members[:-2], members[-1], members[-2]))
    assert faults(turned) == ["manifest.json: does not come last"]


# -- the manifest and its signature ------------------------------------------------


def test_a_manifest_signed_by_another_key_does_not_hold(house, faults):
    stranger = Signer(house.officer.officer, Ed25519PrivateKey.generate(), bytes(32))
    assert faults(house.opened.resigned(stranger)) == [
        "manifest.sig: the officer's signature does not hold"
    ]


def test_a_manifest_signed_by_nobody_known_does_not_hold(house, faults):
    stranger = Signer(bytes(16), Ed25519PrivateKey.generate(), bytes(32))
    assert faults(house.opened.resigned(stranger)) == [
        "manifest.sig: the officer's signature does not hold"
    ]


def test_a_manifest_signed_by_an_officer_who_did_not_sign_the_checkpoint_does_not_hold(
    house, faults
):
    for claims in ({}, {"officer": house.second.officer.hex()}):
        assert faults(house.opened.resigned(house.second, **claims)) == [
            "manifest.sig: is by another officer than checkpoint and manifest name"
        ]


def test_a_signature_that_names_another_key_than_the_officers_is_told(house, faults):
    key = house.second.public_key.hex()
    own = json.loads(house.opened["manifest.sig"])["public_key"]
    assert faults(house.opened.reworded("manifest.sig", own, key)) == [
        "manifest.sig: is by another officer than checkpoint and manifest name"
    ]


@pytest.mark.parametrize("field", ["officer", "public_key", "signature", *archives.LOGS])
def test_a_signature_that_is_written_otherwise_is_told(house, faults, field):
    for changed in house.opened.written_otherwise(field):
        assert [fault for fault in faults(changed) if fault.startswith("manifest.sig: ")]


def test_a_signature_over_another_manifest_does_not_hold(house, faults):
    changed = house.opened.changed("manifest.json", lambda data: data.replace(b"\n}", b" \n}"))
    assert "manifest.json: is missing or not of this format" in faults(changed)


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        ({"format": 1}, "manifest.json: is of format 1; this program reads 2"),
        ({"format": 3}, "manifest.json: is of format 3; this program reads 2"),
        ({"origin": "secterm/" + "0" * 32}, "manifest.json: names another checkpoint"),
        ({"size": 1}, "manifest.json: names another checkpoint"),
        ({"root": "0" * 64}, "manifest.json: names another checkpoint"),
    ],
)
def test_a_manifest_about_another_journal_or_format_is_told(house, faults, claims, fault):
    assert faults(house.opened.resigned(house.officer, **claims)) == [fault]


def test_an_archive_of_the_first_format_is_refused_by_that_alone(house, faults):
    newer = [n for n in house.opened.names() if n.endswith(".officer-proof") or "schemas" in n]
    old = house.opened.without("recoveries.json", *newer)
    told = json.loads(house.opened["manifest.json"]) | {"format": 1}
    told["files"] = {n: d for n, d in told["files"].items() if n in old.names()}
    del told["kind"], told["covers"]
    old = old.replaced("manifest.json", json.dumps(told, indent=1).encode() + b"\n")
    assert faults(old) == ["manifest.json: is of format 1; this program reads 2"]


@pytest.mark.parametrize(
    "created",
    ["2001-01-01T00:00:00+00:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "yesterday", ""],
)
def test_a_manifest_of_another_time_than_the_checkpoints_is_told(house, faults, created):
    found = faults(house.opened.resigned(house.officer, created=created))
    assert found[0] == ("manifest.json: names another time than that of the checkpoint's signature")


# -- the checkpoint, the log keys, the fingerprint ----------------------------------


def test_another_fingerprint_than_the_known_one_is_told(house, faults):
    assert faults(house.opened, fingerprint="0123 4567 89ab cdef 0123 4567 89ab cdef") == [
        "log-keys: have another fingerprint than the one you know"
    ]


def unsigned(house, *kept):
    """The archive whose checkpoint carries only these of its three signatures."""
    note = Note.parse(house.opened["checkpoint"])
    left = Note(note.text, tuple(note.signatures[k] for k in kept))
    return house.opened.replaced("checkpoint", left.format()).resigned(house.officer)


@pytest.mark.parametrize("kept", [(2,), (0, 2), (1, 2), (1, 0, 2), (0, 0, 2)])
def test_a_checkpoint_without_both_log_signatures_in_their_places_does_not_hold(
    house, faults, kept
):
    assert "checkpoint: is not signed by both keys in log-keys" in faults(unsigned(house, *kept))


def test_a_log_signature_under_another_name_does_not_hold(house, faults):
    note = Note.parse(house.opened["checkpoint"])
    for place in (0, 1):
        lines = list(note.signatures)
        lines[place] = replace(lines[place], name="secterm/another")
        renamed = Note(note.text, tuple(lines)).format()
        found = faults(house.opened.replaced("checkpoint", renamed).resigned(house.officer))
        assert "checkpoint: is not signed by both keys in log-keys" in found


def test_log_keys_of_another_name_than_the_journals_do_not_hold(house, faults):
    note = Note.parse(house.opened["checkpoint"])
    point, name = Checkpoint.parse(note.text), "secterm/another"
    short, long = Ed25519PrivateKey.generate(), MLDSA44PrivateKey.generate()
    keys_ = (
        Ed25519Verifier(name, short.public_key().public_bytes_raw()),
        MLDSA44Cosigner(name, long.public_key().public_bytes_raw()),
    )
    lines = (
        sign_ed25519(note.text, name, short),
        cosign_mldsa44(point, name, long, 1_900_000_000),
        note.signatures[2],
    )
    forged = house.opened.replaced("checkpoint", Note(note.text, lines).format())
    forged = forged.replaced("log-keys", "".join(f"{key.vkey()}\n" for key in keys_).encode())
    found = faults(forged.resigned(house.officer))
    assert "checkpoint: is not signed by both keys in log-keys" in found


def test_a_checkpoint_that_no_officer_signed_does_not_hold(house, faults):
    found = faults(unsigned(house, 0, 1))
    assert "checkpoint: is not signed by an officer in officers.json" in found


def test_a_signature_more_than_three_is_told(house, faults):
    found = faults(unsigned(house, 0, 1, 2, 2))
    assert "checkpoint: is not signed by both keys in log-keys" in found


def test_log_signatures_from_another_checkpoint_do_not_hold(house, faults):
    note = Note.parse(house.opened["checkpoint"])
    point = Checkpoint.parse(note.text)
    text = Checkpoint(point.origin, point.size, bytes(32)).text()
    officer = sign_ed25519(text, note.signatures[2].name, house.officer.key)
    forged = Note(text, (*note.signatures[:2], officer))
    found = faults(
        house.opened.replaced("checkpoint", forged.format()).resigned(
            house.officer, root=bytes(32).hex()
        )
    )
    assert "checkpoint: is not signed by both keys in log-keys" in found


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:1],
        lambda lines: lines[::-1],
        lambda lines: [lines[0], lines[0]],
        lambda lines: [*lines, lines[1]],
        lambda lines: [],
        lambda lines: [lines[0].replace(b"+", b"-"), lines[1]],
        lambda lines: [*lines, b""],
        lambda lines: [b"\xff", b"\xfe"],
        lambda lines: [line + b"\r" for line in lines],
        lambda lines: [b"\x0b".join(lines)],
    ],
)
def test_log_keys_that_are_not_one_of_each_kind_are_told(house, faults, change):
    data = b"".join(line + b"\n" for line in change(house.opened["log-keys"].splitlines()))
    found = faults(house.opened.replaced("log-keys", data).resigned(house.officer))
    assert found == ["log-keys: are not an Ed25519 and an ML-DSA-44 key, a line each"]


@pytest.mark.parametrize("data", [b"", b"\xff", b"secterm/1\n", b"no note at all\n\n\n" * 3])
def test_what_is_no_checkpoint_is_told(house, faults, data):
    found = faults(house.opened.replaced("checkpoint", data).resigned(house.officer))
    assert found == ["checkpoint: is not a signed checkpoint"]


@pytest.mark.parametrize(
    "text", ["other/{id}\n{size}\n{root}\n", "secterm/{id}\n{size}\n{root}\nmore\n"]
)
def test_a_checkpoint_of_something_else_than_a_vault_is_told(house, faults, text):
    note = Note.parse(house.opened["checkpoint"])
    origin, size, root = note.text.splitlines()
    changed = text.format(id=origin.removeprefix("secterm/"), size=size, root=root)
    found = faults(
        house.opened.replaced("checkpoint", Note(changed, note.signatures).format()).resigned(
            house.officer
        )
    )
    assert found[0] == "checkpoint: is not a vault's"


# -- officers ---------------------------------------------------------------------


def officers(house, change):
    listed = json.loads(house.opened["officers.json"])
    change(listed)
    data = json.dumps(listed, indent=1, ensure_ascii=False).encode() + b"\n"
    return house.opened.replaced("officers.json", data).resigned(house.officer)


def test_a_swapped_officers_key_does_not_hold(house, faults):
    def swap(listed):
        listed[0]["public_key"], listed[1]["public_key"] = (
            listed[1]["public_key"],
            listed[0]["public_key"],
        )

    found = faults(officers(house, swap))
    for name in (OFFICER[0], SECOND[0]):
        assert f"officers.json: {name} is not proven by an entry" in found
    assert "checkpoint: is not signed by an officer in officers.json" in found
    assert "manifest.sig: the officer's signature does not hold" in found


def test_an_officer_under_another_name_is_told(house, faults):
    found = faults(officers(house, lambda listed: listed[1].update(name="Cyr Test")))
    assert "officers.json: Cyr Test is not proven by an entry" in found


def test_an_officer_who_was_added_is_told(house, faults):
    made = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    new = {"id": "0" * 32, "name": "Cyr Test", "public_key": made}
    assert faults(officers(house, lambda listed: listed.append(new))) == [
        "officers.json: Cyr Test is not proven by an entry"
    ]


def test_an_officer_who_was_left_out_is_missed(house, faults):
    found = faults(officers(house, lambda listed: listed.pop(1)))
    assert f"officers/{house.second.officer.hex()}: is nobody in officers.json" in found


def test_two_officers_of_one_id_are_told(house, faults):
    found = faults(officers(house, lambda listed: listed.append({**listed[0], "name": "Cyr Test"})))
    assert found == ["officers.json: Cyr Test has another's id"]


@pytest.mark.parametrize("key", ["", "00", "zz" * 32, "AB" * 32, " " * 64, "\u0661" * 64])
def test_an_officer_without_a_key_is_told(house, faults, key):
    found = faults(officers(house, lambda listed: listed[1].update(public_key=key)))
    assert f"officers.json: {SECOND[0]} has no id or key of this format" in found


@pytest.mark.parametrize("id", ["", "0", "zz" * 16, "AB" * 16, "../" * 10 + "ab"])
def test_an_officer_without_an_id_is_told(house, faults, id):
    found = faults(officers(house, lambda listed: listed[1].update(id=id)))
    assert f"officers.json: {SECOND[0]} has no id or key of this format" in found


def test_an_officers_list_that_can_be_read_in_two_ways_is_told(house, faults):
    twice = house.opened.reworded(
        "officers.json", f'"name": "{OFFICER[0]}"', f'"name": "Cyr Test", "name": "{OFFICER[0]}"'
    )
    assert "officers.json: is not of this format" in faults(twice.resigned(house.officer))
