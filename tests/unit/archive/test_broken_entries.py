"""An entry, a record or an undertaking that is not what was recorded does not hold, though
an officer signs for it anew; and what the vault does not prove is not written.
"""

import contextlib
import json
import shutil
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from secterm.archive.inspect import inspect_archive
from secterm.archive.members import encoded
from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from secterm.dossier import record as records
from secterm.policy import reader
from secterm.vault import kdf, keys
from secterm.vault.errors import VaultDamaged
from secterm.vault.note import (
    TlogProof,
)
from secterm.vault.seal import seal
from tests.support import archives
from tests.support.archives import identity_file
from tests.support.house import OFFICER

# -- entries and their proofs ---------------------------------------------------------


def test_an_entry_that_says_something_else_does_not_hold_whoever_signed(house, faults):
    folder = house.opened.folder("refused")
    name = house.opened.entry(folder, "decided")
    changed = house.opened.reworded(f"{name}.json", '"refuse"', '"admit"')
    found = faults(changed.resigned(house.officer))
    assert f"{name}.json: is not what was sealed" in found


def test_an_entry_sealed_anew_is_not_in_the_journal(house, faults):
    folder = house.opened.folder("refused")
    name = house.opened.entry(folder, "decided")
    key = json.loads(house.opened[f"{folder}/key.json"])
    vault, id = bytes.fromhex(key["vault"]), bytes.fromhex(key["dossier"])
    plain = house.opened[f"{name}.json"].replace(b'"refuse"', b'"admit"')
    number = int(name.rsplit("/", 1)[1])
    sealing = keys.entry_key(bytes.fromhex(key["key"]))
    sealed = seal(sealing, keys.entry_place(vault, id, number), plain)
    forged = house.opened.replaced(f"{name}.json", plain).replaced(f"{name}.sealed", sealed)
    found = faults(forged.resigned(house.officer))
    assert f"{name}.tlog-proof: does not lead to the checkpoint" in found


def test_the_proof_of_another_entry_does_not_hold(house, faults):
    folder = house.opened.folder("admitted")
    one, two = house.opened.names(f"{folder}/", ".tlog-proof")[:2]
    other = TlogProof.parse(house.opened[two])
    own = TlogProof(TlogProof.parse(house.opened[one]).index, other.path, other.note)
    for proof, fault in (
        (other, "is about another entry or checkpoint"),
        (own, "does not lead to the checkpoint"),
    ):
        changed = house.opened.replaced(one, proof.format()).resigned(house.officer)
        assert f"{one}: {fault}" in faults(changed)


def test_a_proof_that_carries_more_than_a_proof_is_told(house, faults):
    name = house.opened.name("dossiers/", ".tlog-proof")
    proof = TlogProof.parse(house.opened[name])
    more = TlogProof(proof.index, proof.path, proof.note, extra=b"something else")
    found = faults(house.opened.replaced(name, more.format()).resigned(house.officer))
    assert f"{name}: is about another entry or checkpoint" in found


def test_entries_that_changed_places_do_not_open(house, faults):
    folder = house.opened.folder("admitted")
    one, two = (n.removesuffix(".sealed") for n in house.opened.names(f"{folder}/", ".sealed")[:2])
    turned = house.opened
    for ending in (".json", ".sealed"):
        turned = turned.replaced(one + ending, house.opened[two + ending])
        turned = turned.replaced(two + ending, house.opened[one + ending])
    found = faults(turned.resigned(house.officer))
    assert {f"{one}.sealed: does not open", f"{two}.sealed: does not open"} <= set(found)


def test_a_key_that_is_not_the_committed_one_is_told(house, faults):
    folder = house.opened.folder("admitted")
    name = f"{folder}/key.json"
    key = json.loads(house.opened[name])["key"]
    found = faults(house.opened.reworded(name, key, "00" * 32).resigned(house.officer))
    assert f"{name}: the key is not the committed one" in found


def test_a_dossier_under_another_id_is_told(house, faults):
    folder, moved = house.opened.folder("admitted"), house.opened
    for name in house.opened.names(f"{folder}/"):
        moved = moved.renamed(name, name.replace(folder, f"dossiers/{'0' * 32}"))
    found = faults(moved.resigned(house.officer))
    assert f"dossiers/{'0' * 32}/key.json: is another's" in found


def test_an_entry_that_was_taken_out_is_missed_by_the_record(house, faults):
    folder = house.opened.folder("refused")
    name = house.opened.entry(folder, "decided")
    parts = [f"{name}.{ending}" for ending in ("json", "sealed", "tlog-proof", "officer-proof")]
    found = faults(house.opened.without(*parts).resigned(house.officer))
    assert found == [f"{folder}/dossier.json: does not say what the entries say"]


def test_an_entry_taken_out_before_others_that_need_it_is_missed(house, faults):
    folder = house.opened.folder("admitted")
    name = house.opened.entry(folder, "trained")
    parts = [f"{name}.{ending}" for ending in ("json", "sealed", "tlog-proof", "officer-proof")]
    found = faults(house.opened.without(*parts).resigned(house.officer))
    assert len(found) == 1
    assert "does not follow those before it" in found[0]


@pytest.fixture(scope="session")
def elsewhere(house, tmp_path_factory):
    """An archive of another vault, and its officer."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        vault = archives.build(folder, ("opened", "general"))
        return archives.opened(archives.exported(vault, folder))


def test_another_vaults_dossier_pasted_in_does_not_hold(house, elsewhere, faults):
    pasted, last = house.opened, house.opened.names()[-3]
    foreign = elsewhere.names("dossiers/")
    for name in reversed(foreign):
        pasted = pasted.adding(name, elsewhere[name], last)
    folder = foreign[0].rpartition("/")[0]
    found = faults(pasted.resigned(house.officer))
    assert f"{folder}/key.json: is another's" in found
    assert f"{folder}: has no entry that holds" in found


def test_another_vaults_checkpoint_does_not_hold(house, elsewhere, faults):
    swapped = house.opened
    for name in ("checkpoint", "log-keys"):
        swapped = swapped.replaced(name, elsewhere[name])
    found = faults(swapped.resigned(house.officer))
    assert "checkpoint: is not signed by an officer in officers.json" in found
    assert "manifest.json: names another checkpoint" in found


def test_a_later_journals_checkpoint_does_not_carry_these_proofs(house, tmp_path, faults):
    vault = Path(shutil.copy(house.vault, tmp_path / "later.db"))
    archives.exported(vault, tmp_path)
    later = archives.opened(archives.exported(vault, tmp_path))
    swapped = house.opened.replaced("checkpoint", later["checkpoint"])
    told = json.loads(later["manifest.json"])
    claims = {key: told[key] for key in ("size", "root", "created")}
    found = faults(swapped.resigned(house.officer, **claims))
    assert any("is about another entry or checkpoint" in fault for fault in found)


# -- packs, records, undertakings -------------------------------------------------------


def test_a_changed_pack_is_another_pack(house, faults):
    name = house.opened.name("packs/", "/rules.toml")
    folder = name.rpartition("/")[0]
    changed = house.opened.reworded(name, "Lock the door.", "Leave it open.")
    found = faults(changed.resigned(house.officer))
    assert f"{folder}: is another pack than its name says" in found
    assert any("rests on a pack that is not in the archive" in fault for fault in found)


def test_a_pack_that_is_none_is_told(house, faults):
    name = house.opened.name("packs/", "/rules.toml")
    for data in (b"[[rule]]\n", b"\xff", b"a=" + b"9" * 5000, b"a=" + b"[" * 5000):
        found = faults(house.opened.replaced(name, data).resigned(house.officer))
        assert f"{name.rpartition('/')[0]}: is not a valid pack" in found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"stage": "refused"', '"stage": "admitted"'),
        ('"name": "', '"name": "X'),
        ('"borne_out": true', '"borne_out": false'),
        ('"unit": "', '"more": 1, "unit": "'),
        ("Refused to sign", "Agreed to sign"),
    ],
)
def test_a_record_that_does_not_say_what_the_entries_say_is_told(house, faults, old, new):
    name = f"{house.opened.folder('refused')}/dossier.json"
    found = faults(house.opened.reworded(name, old, new).resigned(house.officer))
    assert len(found) == 1
    assert found[0].startswith(f"{name}: ")


def test_a_record_as_of_another_day_than_the_archive_is_told(house, faults):
    opened, folder = house.opened, house.opened.folder("admitted")
    told = [
        acts.Numbered(number=int(name.rsplit("/", 1)[1][:-5]), entry=acts.decode(opened[name]))
        for name in opened.names(f"{folder}/entries/", ".json")
    ]
    pack = reader.parse({n.rsplit("/", 1)[1]: opened[n] for n in opened.names("packs/")})
    names = {o["id"]: o["name"] for o in json.loads(opened["officers.json"])}
    lapsed = records.record(
        folder.rpartition("/")[2],
        told,
        pack,
        unit="Test unit",
        officers=names,
        as_of=date(2099, 1, 1),
    )
    assert lapsed.stage == "lapsed"
    forged = opened.replaced(f"{folder}/dossier.json", encoded(lapsed)).resigned(house.officer)
    assert faults(forged) == [f"{folder}/dossier.json: is as of another day than the archive"]


def test_another_undertaking_than_the_signed_one_is_told(house, faults):
    name = house.opened.name("dossiers/", "/undertaking.txt")
    changed = house.opened.reworded(name, "I keep", "I sell").resigned(house.officer)
    assert faults(changed) == [f"{name}: is not the text that was signed"]


def test_a_missing_undertaking_is_told_though_the_manifest_does_not_miss_it(house, faults):
    name = house.opened.name("dossiers/", "/undertaking.txt")
    found = faults(house.opened.without(name).resigned(house.officer))
    assert found == [f"{name}: is not the text that was signed"]


def test_an_undertaking_of_somebody_who_never_signed_is_told(house, faults):
    folder = house.opened.folder("refused")
    name = f"{folder}/undertaking.txt"
    added = house.opened.adding(name, b"I, who never signed.", f"{folder}/dossier.json")
    assert faults(added.resigned(house.officer)) == [f"{name}: is not the text that was signed"]


# -- what the vault's own rows do not prove is not written --------------------------------


def test_a_journal_that_was_changed_anywhere_gives_no_archive_of_what_is_left(vault, medium):
    desk = Desk.open(vault, *OFFICER)
    chosen, other = (card.id for card in desk.cards()[:2])
    number = desk.record(other).timeline[-1].number
    desk.close()
    with contextlib.closing(sqlite3.connect(vault)) as rows, rows:
        (sealed,) = rows.execute("SELECT sealed FROM entry WHERE number = ?", [number]).fetchone()
        changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
        rows.execute("UPDATE entry SET sealed = ? WHERE number = ?", [changed, number])
    with pytest.raises(VaultDamaged, match="is not in the journal that was signed"):
        archives.exported(vault, medium, ids=[chosen])
    assert list(medium.iterdir()) == []


def test_the_file_itself_is_not_judged_by_its_name(house, tmp_path):
    other = Path(shutil.copy(house.file, tmp_path / "anything.bin"))
    assert inspect_archive(other, identity=identity_file(tmp_path)).holds
