"""Another vault's rows pasted in: the same officers, the same passphrases."""

import contextlib
import shutil

import pytest

from secterm.vault import checkpoints
from tests.tamper.insider import unlocked
from tests.tamper.thief import change, found, put_back, rows, with_checksum
from tests.tamper.vault import ALIX, BEX, BEX_FIRST, at, create, lived


@pytest.fixture
def other(tmp_path):
    """Another vault of Alix's and Bex's, with one dossier."""
    path = tmp_path / "other.db"
    with contextlib.closing(create(path)) as desk:
        desk.add_officer(*BEX)
        lived(desk, "opened")
    return path


def test_another_vaults_head_opens_nothing(past, other):
    put_back(past.today, other, "head")
    assert found(past.today) == "The vault is damaged or was changed: head.sealed."


def test_another_vaults_dossier_does_not_open(past, other):
    put_back(past.today, other, "dossier", "card NOT NULL")
    ((id,),) = rows(other, "SELECT id FROM dossier WHERE card NOT NULL")
    told = found(past.today)
    assert f"dossier {id.hex()}: has no entry" in told
    with at(past.today) as desk:
        stages = {card.id: card.stage for card in desk.cards()}
    assert stages[id.hex()] == "damaged"
    assert "damaged" not in {stages[past.quiet], stages[past.busy]}


def test_another_vaults_dossier_with_its_entries_does_not_open(past, other):
    ((id,),) = rows(other, "SELECT id FROM dossier WHERE card NOT NULL")
    put_back(past.today, other, "dossier", "id = ?", id)
    pasted = rows(other, "SELECT sealed FROM entry WHERE dossier = ?", id)
    for number, (sealed,) in enumerate(pasted, 258):
        change(past.today, ("INSERT INTO entry VALUES (?, ?, ?)", number, id, sealed))
    told = found(past.today)
    assert f"dossier.key {id.hex()}: the wrapped key does not open" in told
    assert "entry: 259 are there, the head says 258" in told


@pytest.mark.parametrize("number", [0, 235, 257])
def test_another_vaults_entry_does_not_open(past, other, number):
    ((sealed,),) = rows(other, "SELECT sealed FROM entry WHERE number = 2")
    change(past.today, ("UPDATE entry SET sealed = ? WHERE number = ?", sealed, number))
    ((id,),) = rows(past.today, "SELECT dossier FROM entry WHERE number = ?", number)
    told = found(past.today)
    assert f"entry.sealed {id.hex()}{f' #{number}' if number else ''}" in told


def test_another_vaults_signature_does_not_open(past, other):
    ((sealed,),) = rows(other, "SELECT sealed FROM signature ORDER BY size LIMIT 1")
    change(past.today, ("UPDATE signature SET sealed = ? WHERE size = 258", sealed))
    assert "signature #258: does not open" in found(past.today)


def test_another_vaults_slots_beside_these_are_told_and_keep_nobody_out(past, other):
    put_back(past.today, other, "slot")
    with_checksum(past.today)
    for who in (ALIX, BEX):
        told = found(past.today, who)
        assert "vault and slot: a row is not as it was written" in told
        assert told.count("slot: one is there that no entry tells of") == 2


def test_another_vaults_slots_in_the_place_of_these_open_nothing(past, other):
    change(past.today, ("DELETE FROM slot",))
    put_back(past.today, other, "slot")
    with_checksum(past.today)
    for who in (ALIX, BEX):
        assert "slot.sealed" in found(past.today, who)


def test_another_vaults_own_row_opens_nothing(past, other):
    put_back(past.today, other, "vault")
    with_checksum(past.today)
    assert "slot.sealed" in found(past.today)


def test_another_vaults_slots_and_own_row_open_nothing_of_this_one(past, other):
    change(past.today, ("DELETE FROM slot",))
    put_back(past.today, other, "vault")
    put_back(past.today, other, "slot")
    assert found(past.today) == "The vault is damaged or was changed: head.sealed."


def test_another_vault_in_this_ones_place_opens_and_is_found_by_a_checkpoint_only(past, other):
    with unlocked(past.today) as vault:
        note = checkpoints.signed(vault, 1_800_000_000).format().decode()
    with at(past.today) as desk:
        fingerprint = desk.log_fingerprint()
    shutil.copy(other, past.today)
    assert found(past.today) == ""
    assert found(past.today, earlier=note) == "that checkpoint is another vault's"
    assert "history was cut" in found(past.today, earlier=past.lines["today"])
    with at(past.today) as desk:
        assert desk.log_fingerprint() != fingerprint


def test_a_passphrase_of_another_vault_opens_nothing_here(past, other):
    assert "does not open with this name and passphrase" in found(past.today, BEX_FIRST)
