"""Beside each entry stands what its officer signed when it was recorded; in any other way it
does not hold, whoever signs the archive anew.
"""

import json
import shutil
from pathlib import Path

import pytest

from secterm.archive.errors import ArchiveUnreadable
from secterm.desk import upkeep
from secterm.desk.desk import Desk
from secterm.vault import checkpoints, kdf
from secterm.vault.errors import VaultDamaged
from secterm.vault.note import Checkpoint, Note, TlogProof, sign_ed25519
from secterm.vault.shares import Collected
from secterm.vault.vault import Vault
from tests.support import archives
from tests.support.archives import TO
from tests.support.house import OFFICER

THIRD = ("Dana Test", "test saffron window hammer")
ENDING = ".officer-proof"


@pytest.fixture
def one(house):
    """The name and the officer-proof of an entry by the first officer, not the journal's last."""
    name = house.opened.entry(house.opened.folder("admitted"), "trained")
    return f"{name}{ENDING}", TlogProof.parse(house.opened[f"{name}{ENDING}"])


def replaced(house, name, proof):
    data = proof if isinstance(proof, bytes) else proof.format()
    return house.opened.replaced(name, data).resigned(house.officer)


def noted(proof, text, *lines):
    return TlogProof(proof.index, proof.path, Note(text, lines or proof.note.signatures))


def test_every_entry_is_proven_in_what_its_own_officer_signed(house):
    names = house.opened.names(ending=ENDING)
    assert len(names) == len(house.opened.names(ending=".sealed"))
    by = set()
    for name in names:
        proof = TlogProof.parse(house.opened[name])
        entry = json.loads(house.opened[name.replace(ENDING, ".json")])
        (line,) = proof.note.signatures
        assert line.name.endswith(f"/officer/{entry['officer']}")
        assert proof.checkpoint.size > proof.index
        by.add(entry["officer"])
    assert by == {house.officer.officer.hex(), house.second.officer.hex()}


def test_one_that_is_missing_is_told(house, faults):
    name = house.opened.name("dossiers/", ENDING)
    assert f"{name}: is missing" in faults(house.opened.without(name).resigned(house.officer))


@pytest.mark.parametrize("data", [b"", b"\xff", b"c2sp.org/tlog-proof@v1\nindex 1\n\n"])
def test_what_is_none_is_told(house, one, faults, data):
    assert f"{one[0]}: is not of this format" in faults(replaced(house, one[0], data))


def test_that_of_another_entry_is_told(house, one, faults):
    name, _proof = one
    other = next(n for n in house.opened.names("dossiers/", ENDING) if n != name)
    changed = house.opened.replaced(name, house.opened[other]).replaced(other, house.opened[name])
    found = faults(changed.resigned(house.officer))
    told = "is about another entry or journal"
    assert {f"{name}: {told}", f"{other}: {told}"} <= set(found)


def test_the_path_of_another_entry_leads_nowhere(house, one, faults):
    name, proof = one
    other = TlogProof.parse(house.opened[house.opened.name("dossiers/", ENDING)])
    lent = TlogProof(proof.index, other.path, proof.note)
    assert f"{name}: does not lead to what the officer signed" in faults(
        replaced(house, name, lent)
    )


def test_the_proof_under_the_archives_own_checkpoint_is_none_of_an_officer(house, one, faults):
    name, _proof = one
    under = house.opened[name.replace(ENDING, ".tlog-proof")]
    assert f"{name}: is not signed by the entry's officer" in faults(replaced(house, name, under))


def test_that_of_another_vault_is_told(house, one, faults, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    vault = archives.build(folder, ("opened", "general"))
    foreign = archives.opened(archives.exported(vault, folder))
    name = foreign.entry(foreign.folder("screening"), "opened") + ENDING
    told = TlogProof.parse(foreign[name])
    moved = TlogProof(one[1].index, told.path, told.note)
    assert f"{one[0]}: is about another entry or journal" in faults(replaced(house, one[0], moved))


def signed(house, proof, by, *, size=None, root=None):
    point = proof.checkpoint
    size = point.size if size is None else size
    text = Checkpoint(point.origin, size, root or point.root).text()
    line = sign_ed25519(text, checkpoints.officer_name(point.origin, by.officer), by.key)
    return noted(proof, text, line)


def test_one_signed_by_another_officer_is_told(house, one, faults):
    name, proof = one
    found = faults(replaced(house, name, signed(house, proof, house.second)))
    assert f"{name}: is not signed by the entry's officer" in found


def test_one_whose_signature_is_of_another_checkpoint_is_told(house, one, faults):
    name, proof = one
    changed = noted(proof, Checkpoint(proof.note.text.split("\n")[0], 999, bytes(32)).text())
    smaller = noted(proof, Checkpoint(proof.checkpoint.origin, proof.index + 1, bytes(32)).text())
    assert f"{name}: is about another entry or journal" in faults(replaced(house, name, changed))
    assert f"{name}: is not signed by the entry's officer" in faults(replaced(house, name, smaller))


def test_one_with_two_signatures_or_with_more_than_a_proof_is_told(house, one, faults):
    name, proof = one
    twice = noted(proof, proof.note.text, *proof.note.signatures, *proof.note.signatures)
    assert f"{name}: is not signed by the entry's officer" in faults(replaced(house, name, twice))
    more = TlogProof(proof.index, proof.path, proof.note, extra=b"x")
    assert f"{name}: is about another entry or journal" in faults(replaced(house, name, more))


@pytest.mark.parametrize("less", [0, 1])
def test_one_of_before_the_entry_is_told(house, one, faults, less):
    """A tree of N leaves has no leaf N, also where the officer signs that it has."""
    name, proof = one
    earlier = signed(house, proof, house.officer, size=proof.index - less)
    assert f"{name}: is about another entry or journal" in faults(replaced(house, name, earlier))


def test_one_of_after_the_archive_is_told(house, one, faults):
    name, proof = one
    size = Checkpoint.parse(Note.parse(house.opened["checkpoint"]).text).size
    later = signed(house, proof, house.officer, size=size + 1)
    assert f"{name}: is about another entry or journal" in faults(replaced(house, name, later))


def test_a_root_of_the_officers_own_making_does_not_carry_the_entry(house, one, faults):
    name, proof = one
    made = signed(house, proof, house.officer, root=bytes(32))
    assert f"{name}: does not lead to what the officer signed" in faults(
        replaced(house, name, made)
    )


def test_an_archive_cut_short_before_or_after_any_kind_of_member_is_none(house, tmp_path):
    names = house.opened.names()
    cut = {names.index(name) for name in house.opened.one_of_each()}
    for at in sorted({place + more for place in cut for more in (0, 1)} - {0, len(names)}):
        short = archives.Opened(house.opened.members[:at])
        try:
            found = short.inspected(tmp_path)
        except ArchiveUnreadable:
            assert "officers.json" not in short.names()
            continue
        assert not found.holds
        assert any("manifest.json: " in f or "manifest.sig: " in f for f in found.faults)


@pytest.fixture(scope="session")
def recovered(house, tmp_path_factory):
    """An archive of a vault whose third officer was made by recovery shares, and that officer."""
    folder = tmp_path_factory.mktemp("recovered")
    vault = Path(shutil.copy(house.vault, folder / "vault.db"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        desk = Desk.open(vault, *OFFICER)
        drawn = desk.draw_shares(1, 1)
        desk.adopt_shares(drawn)
        desk.close()
        collected = Collected()
        collected.add(drawn.words[0])
        upkeep.recover(vault, collected, *THIRD)
        desk = Desk.open(vault, *THIRD)
        written = desk.export(folder, TO)
        desk.close()
        return archives.opened(written.path), archives.signer(vault, THIRD)


def test_who_was_made_by_recovery_shares_is_proven_by_their_signature(recovered, tmp_path):
    opened, third = recovered
    (shares,) = json.loads(opened["recoveries.json"])
    name = f"{opened.entry(f'officers/{third.officer.hex()}', 'officer_added')}{ENDING}"
    assert TlogProof.parse(opened[name]).note.signatures[0].name.endswith(shares["id"])
    assert opened.inspected(tmp_path).faults == []


def test_recovery_shares_with_another_key_or_id_prove_nobody(recovered, faults):
    opened, third = recovered
    (shares,) = json.loads(opened["recoveries.json"])
    for old in (shares["id"], shares["public_key"]):
        changed = opened.reworded("recoveries.json", old, "0" * len(old)).resigned(third)
        told = " ".join(faults(changed))
        assert "officer-proof: " in told
        assert f"officers.json: {THIRD[0]} is not proven by an entry" in told


@pytest.mark.parametrize("twice", ["recoveries.json", "officers.json"])
def test_recovery_shares_of_an_id_that_is_taken_are_told(recovered, faults, twice):
    opened, third = recovered
    other = json.loads(opened[twice])[0]
    listed = json.loads(opened["recoveries.json"])
    listed.append({"id": other["id"], "public_key": other["public_key"]})
    data = json.dumps(listed, indent=1).encode() + b"\n"
    found = faults(opened.replaced("recoveries.json", data).resigned(third))
    assert "recoveries.json: one has another's id" in found


def test_recoveries_that_are_missing_or_none_are_told(house, faults):
    gone = house.opened.without("recoveries.json").resigned(house.officer)
    assert faults(gone) == ["recoveries.json: is missing"]
    for data in (b"", b"{}\n", b"[ ]\n", b'[{"id":""}]'):
        found = faults(house.opened.replaced("recoveries.json", data).resigned(house.officer))
        assert "recoveries.json: is not of this format" in found


# -- what the vault's own rows do not prove is not written ----------------------------------


def test_a_signature_that_does_not_hold_is_not_written(vault, medium, monkeypatch):
    real, first = Vault.open_signature, []

    def exchanged(self, size, sealed):
        first.append(real(self, size, sealed))
        return first[0]

    monkeypatch.setattr(Vault, "open_signature", exchanged)
    with pytest.raises(VaultDamaged, match="does not hold"):
        archives.exported(vault, medium)
    assert list(medium.iterdir()) == []


def test_entries_of_one_transaction_share_one_signature(vault, medium):
    desk = Desk.open(vault, *OFFICER)
    desk.export(medium, TO)  # one transaction, an entry in each dossier
    written = desk.export(medium, TO)
    desk.close()
    opened = archives.opened(written.path)
    last = [
        TlogProof.parse(opened[opened.names(f"{folder}/", ENDING)[-1]]).note
        for folder in {n.rpartition("/")[0] for n in opened.names("dossiers/", "/dossier.json")}
    ]
    assert len(last) == 3
    assert len(set(last)) == 1
