"""Somebody who holds a slot, and with it the vault key, and writes past the desk."""

import os
from dataclasses import replace

import msgspec
import pytest

from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from secterm.vault import commit, kdf, keys, slots
from secterm.vault.errors import VaultDamaged
from secterm.vault.outside import Outside
from secterm.vault.seal import seal
from secterm.vault.signer import Signer
from tests.tamper.insider import unlocked, write, write_head, write_own
from tests.tamper.thief import found, numbers
from tests.tamper.vault import BEX, at

FAY = ("Fay Test", "test umbrella tundra cello")


def test_an_entry_in_another_officers_name_is_told(past):
    with unlocked(past.today) as vault:
        named = past.officers[BEX[0]]
        write(vault, past.third, acts.Withdrawn(reason="So."), vault.signer, named=named)
    assert "entry #258: names another officer than the one who signed it" in found(past.today)


def test_a_signature_in_another_officers_name_is_told(past):
    with unlocked(past.today) as vault:
        forged = replace(vault.signer, officer=bytes.fromhex(past.officers[BEX[0]]))
        write(vault, past.third, acts.Withdrawn(reason="So."), forged)
    told = found(past.today)
    assert "signature #259: does not hold: these entries are not what was signed" in told


def test_a_signature_by_nobody_is_told(past):
    with unlocked(past.today) as vault:
        write(vault, past.third, acts.Withdrawn(reason="So."), Signer.new())
    told = found(past.today)
    assert "signature #259: is by nobody who is an officer here" in told
    assert "entry #258: names an officer who is not one here" in told


def add_slot(vault, *, sealed_over):
    """A slot for somebody of no entry; with `sealed_over`, the head says that it is there."""
    spec = vault.spec_for(vault.slot_cost())
    slot = slots.make(vault.id, spec, *FAY, Signer.new(), vault.reveal_key())
    with vault.file.writing():
        commit.insert_slot(vault.file, slot)
        plain = Outside.read(vault.file)
        plain.write(vault.file, 0)
        if sealed_over:
            write_head(vault, replace(vault.head, outside=plain.digest()))


@pytest.mark.parametrize("sealed_over", [False, True])
def test_a_slot_that_no_entry_tells_of_is_told_and_lets_nobody_in(past, sealed_over):
    with unlocked(past.today) as vault:
        add_slot(vault, sealed_over=sealed_over)
    assert "slot: one is there that no entry tells of" in found(past.today)
    assert "they do not know the officer of this slot" in found(past.today, FAY)
    with at(past.today) as desk, pytest.raises(VaultDamaged):
        desk.second(*FAY)


def test_a_vault_with_a_slot_that_no_entry_tells_of_gets_no_new_key(past):
    with unlocked(past.today) as vault:
        add_slot(vault, sealed_over=True)
    with at(past.today) as desk, pytest.raises(VaultDamaged, match="no entry tells of"):
        desk.rekey("To be safe.")


def test_log_keys_that_are_not_those_of_the_beginning_are_told(past):
    with unlocked(past.today) as vault:
        sealed = seal(vault.subkeys.log, keys.log_place(vault.id), os.urandom(64))
        with vault.file.writing():
            vault.file.tables.vault.update(log_keys=sealed).execute()
            plain = Outside.read(vault.file)
            plain.write(vault.file, 0)
            write_head(vault, replace(vault.head, outside=plain.digest()))
    assert "vault.log_keys: are not those that the vault began with" in found(past.today)


def test_a_dossier_sealed_anew_under_another_key_is_told(past):
    id, key = bytes.fromhex(past.quiet), os.urandom(32)
    with unlocked(past.today) as vault:
        before = list(vault.entries(id))
        card = vault.card(id)
        tables = vault.file.tables
        with vault.file.writing():
            wrapped = seal(vault.subkeys.wraps(vault.id, id), keys.key_place(vault.id, id), key)
            tables.dossier.update(key=wrapped, commitment=keys.commitment(key)).where(
                tables.dossier.id == id
            ).execute()
            commit._write_card(vault, card, {id: key})
            for number, plain in before:
                sealed = seal(keys.entry_key(key), keys.entry_place(vault.id, id, number), plain)
                tables.entry.update(sealed=sealed).where(tables.entry.number == number).execute()
    first = numbers(past.today, past.quiet)[0] + 1
    told = found(past.today)
    assert f"signature #{first}: does not hold: these entries are not what was signed" in told
    assert "head.sealed: says 258 entries with another root" in told


def test_an_officer_of_an_insiders_making_is_there_for_all_to_see(past):
    """The limit: an officer can add officers of their own making, and the journal shows it."""
    with unlocked(past.today) as vault:

        def fill(record, work):
            added = work.add_slot(*FAY, kdf.floors[0], Signer.new())
            record.officer(vault.id, added, FAY[0], "officer")

        write_own(vault, vault.signer, fill)
    with at(past.today) as desk:
        assert FAY[0] in {officer.name for officer in desk.officers()}
    Desk.open(past.today, *FAY).close()


def test_a_colleagues_sealing_key_exchanged_gets_no_new_vault_key(past):
    """Who is no officer any more, but had the key, would be given the next one in their name."""
    with unlocked(past.today) as vault:
        strand = bytes.fromhex(past.officers[BEX[0]])
        number, plain = next(vault.entries(strand))
        entry = acts.decode_vault(plain)
        act = msgspec.structs.replace(entry.act, sealing_key=Signer.new().sealing_key.hex())
        forged = acts.encode(msgspec.structs.replace(entry, act=act))
        place = keys.entry_place(vault.id, strand, number)
        sealed = seal(keys.entry_key(vault.dossier_key(strand)), place, forged)
        with vault.file.writing():
            table = vault.file.tables.entry
            table.update(sealed=sealed).where(table.number == number).execute()
    with at(past.today) as desk:
        before = past.today.read_bytes()
        with pytest.raises(VaultDamaged, match="signature"):
            desk.rekey("As every year.")
        assert past.today.read_bytes() == before
    assert "does not hold: these entries are not what was signed" in found(past.today)
