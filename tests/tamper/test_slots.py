"""The ways in: exchanged, changed, made dearer or cheaper, put back, taken away."""

import argon2.low_level
import pytest

from secterm.desk import upkeep
from secterm.desk.desk import Desk
from secterm.vault import kdf, keys, sealing, slots
from secterm.vault.errors import SealBroken, SlotRefused, VaultDamaged, VaultError, WrongPassphrase
from secterm.vault.file import VaultFile
from secterm.vault.keys import VaultKeys
from secterm.vault.outside import Outside
from secterm.vault.seal import unseal
from secterm.vault.shares import Collected
from secterm.vault.vault import Vault
from tests.tamper.thief import change, exchange, found, put_back, refused, rows, with_checksum
from tests.tamper.vault import ALIX, BEX, BEX_BEFORE, CY, DEX, EVE, at

NOT_AS_WRITTEN = "vault and slot: a row is not as it was written"


def slot_id(path, who):
    """The id of the slot that is an officer's."""
    with at(path, who) as desk:
        return desk._vault.opened.slot.id


def opens(path, who):
    """Whether the vault opens to an officer."""
    try:
        Desk.open(path, *who).close()
    except VaultError:
        return False
    return True


@pytest.fixture
def derived(monkeypatch):
    """The memory in KiB of each derivation that is begun, in order."""
    asked = []

    def begin(secret, salt, *, memory_cost, **rest):
        asked.append(memory_cost)
        return derive(secret, salt, memory_cost=memory_cost, **rest)

    derive = argon2.low_level.hash_secret_raw
    monkeypatch.setattr(argon2.low_level, "hash_secret_raw", begin)
    return asked


# -- exchanged ------------------------------------------------------------------


@pytest.mark.parametrize("column", ["sealed", "wrapped", "tag"])
def test_slots_exchanged_between_officers_open_to_neither(past, column):
    one, two = slot_id(past.today, ALIX), slot_id(past.today, BEX)
    exchange(past.today, "slot", column, one, two)
    with_checksum(past.today)
    assert not opens(past.today, ALIX)
    assert not opens(past.today, BEX)
    assert NOT_AS_WRITTEN in found(past.today, CY)


def test_slots_under_each_others_id_open_to_neither(past):
    one, two, between = slot_id(past.today, ALIX), slot_id(past.today, BEX), bytes(16)
    rename = "UPDATE slot SET id = ? WHERE id = ?"
    change(past.today, (rename, between, one), (rename, one, two), (rename, two, between))
    with_checksum(past.today)
    assert not opens(past.today, ALIX)
    assert not opens(past.today, BEX)
    assert NOT_AS_WRITTEN in found(past.today, CY)


# -- what a key costs -------------------------------------------------------------


COSTS = {
    "less memory": "m=8,t=1,p=1",
    "no memory": "m=0,t=1,p=1",
    "too much memory": f"m={2**21 + 1},t=1,p=1",
    "all memory there is": "m=4294967295,t=1,p=1",
    "too many passes": "m=32,t=65,p=1",
    "hours of work": f"m={2**21},t=5,p=4",
}


@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
def test_a_cost_out_of_bounds_is_refused_and_nothing_derived_with_it(past, derived, cost):
    id = slot_id(past.today, ALIX)
    ((text,),) = rows(past.today, "SELECT kdf FROM slot WHERE id = ?", id)
    head, _, salt = text.rpartition("$")
    changed = f"{head.rpartition('$')[0]}${cost}${salt}"
    change(past.today, ("UPDATE slot SET kdf = ? WHERE id = ?", changed, id))
    with_checksum(past.today)
    derived.clear()
    with pytest.raises(SlotRefused):
        Desk.open(past.today, *ALIX)
    assert NOT_AS_WRITTEN in found(past.today, BEX)
    assert set(derived) == {kdf.floors[0].m}


def test_a_cost_raised_within_bounds_opens_to_nobody_else_either(past):
    id = slot_id(past.today, ALIX)
    change(past.today, ("UPDATE slot SET kdf = replace(kdf, 'm=32', 'm=64') WHERE id = ?", id))
    with_checksum(past.today)
    with pytest.raises(WrongPassphrase):
        Desk.open(past.today, *ALIX)
    assert NOT_AS_WRITTEN in found(past.today, BEX)


def test_more_ways_to_derive_a_key_than_a_vault_has_are_refused_before_the_first(past, derived):
    for number in range(slots.MOST_SPECS):
        spec = kdf.Spec(kdf.floors[0], bytes([number]) * 16).text()
        row = (bytes([number]) * 16, spec, bytes(16), bytes(132), bytes(1180))
        change(past.today, ("INSERT INTO slot VALUES (?, ?, ?, ?, ?)", *row))
    with_checksum(past.today)
    with pytest.raises(SlotRefused):
        Desk.open(past.today, *ALIX)
    assert derived == []


def test_as_many_ways_to_derive_a_key_as_a_vault_may_have_keep_nobody_out(past, derived):
    for number in range(slots.MOST_SPECS - 1):
        spec = kdf.Spec(kdf.floors[0], bytes([number]) * 16).text()
        row = (bytes([number]) * 16, spec, bytes(16), bytes(132), bytes(1180))
        change(past.today, ("INSERT INTO slot VALUES (?, ?, ?, ?, ?)", *row))
    with_checksum(past.today)
    assert NOT_AS_WRITTEN in found(past.today)
    assert len(derived) <= slots.MOST_SPECS


# -- put back -------------------------------------------------------------------


def test_the_slot_of_an_earlier_passphrase_put_back_is_told_and_lets_nobody_in(past):
    id = slot_id(past.rekeyed, BEX_BEFORE)
    put_back(past.today, past.rekeyed, "slot", "id = ?", id)
    with_checksum(past.today)
    told = found(past.today, BEX_BEFORE)
    assert "they do not know the officer of this slot" in told
    for who in (ALIX, BEX):
        told = found(past.today, who)
        assert NOT_AS_WRITTEN in told
        assert "slot: one is there that no entry tells of" in told


def test_the_slot_of_an_earlier_passphrase_in_the_place_of_todays_lets_nobody_in(past):
    change(past.today, ("DELETE FROM slot WHERE id = ?", slot_id(past.today, BEX)))
    put_back(past.today, past.rekeyed, "slot", "id = ?", slot_id(past.rekeyed, BEX_BEFORE))
    with_checksum(past.today)
    told = found(past.today)
    assert "slot: one is there that no entry tells of" in told
    assert "slot: one that the entries tell of is missing" in told
    assert "they do not know the officer of this slot" in found(past.today, BEX_BEFORE)
    assert not opens(past.today, BEX)


def test_a_disabled_officers_slot_put_back_is_told_and_lets_nobody_in(past):
    put_back(past.today, past.rekeyed, "slot", "id = ?", slot_id(past.rekeyed, EVE))
    with_checksum(past.today)
    assert "they do not know the officer of this slot" in found(past.today, EVE)
    told = found(past.today)
    assert NOT_AS_WRITTEN in told
    assert "slot: one is there that no entry tells of" in told
    with at(past.today) as desk, pytest.raises(VaultDamaged):
        desk.second(*EVE)


def test_a_disabled_officers_slot_of_before_the_rekey_lets_nobody_in(past):
    put_back(past.today, past.first, "slot", "id = ?", slot_id(past.first, DEX))
    with_checksum(past.today)
    assert found(past.today, DEX) == "The vault is damaged or was changed: head.sealed."
    assert NOT_AS_WRITTEN in found(past.today)


def test_every_slot_of_before_the_rekey_put_back_lets_nobody_in(past):
    change(past.today, ("DELETE FROM slot",))
    put_back(past.today, past.first, "slot")
    with_checksum(past.today)
    for who in (ALIX, CY, DEX, EVE):
        assert found(past.today, who) == "The vault is damaged or was changed: head.sealed."


def recovered(path, words):
    """What is said to whoever comes with these shares."""
    collected = Collected()
    for share in words:
        collected.add(share)
    try:
        upkeep.recover(path, collected, "Gus Test", "test umbrella tundra cello")
    except VaultError as error:
        return refused(error)
    return ""


def test_void_recovery_shares_with_their_slot_put_back_recover_nothing(past):
    with at(past.today) as desk:
        desk.adopt_shares(desk.draw_shares(1, 1))
    put_back(past.today, past.yesterday, "slot", "kdf = ?", slots.RECOVERY)
    with_checksum(past.today)
    assert "slot: one is there that no entry tells of" in found(past.today)
    assert "do not know these recovery shares" in recovered(past.today, past.shares)


def test_recovery_shares_of_before_the_rekey_open_nothing_by_their_old_slot(past):
    put_back(past.today, past.first, "slot", "kdf = ?", slots.RECOVERY)
    with_checksum(past.today)
    assert "damaged or was changed: head.sealed" in recovered(past.today, past.shares)


def test_nobody_is_made_administrator_by_shares_on_a_vault_whose_slots_were_changed(past):
    change(past.today, ("DELETE FROM slot WHERE id = ?", slot_id(past.today, BEX)))
    with_checksum(past.today)
    assert NOT_AS_WRITTEN in recovered(past.today, past.shares)


def vault_key(path, who):
    """The vault key that a file's slot gives to whoever has its passphrase and no program."""
    file = VaultFile.open(path)
    try:
        plain = Outside.read(file)
        slot, signer = slots.open_one(plain.vault, plain.slots, *who)
        return plain.vault, slots.vault_key(plain.vault, slot, signer)
    finally:
        file.close()


def test_the_vault_key_of_before_a_rekey_opens_no_row_of_after(past):
    vault, key = vault_key(past.first, DEX)
    old = VaultKeys.of(key, vault)
    sealed = [
        (old.wraps(vault, id), keys.key_place(vault, id), wrapped)
        for id, wrapped in rows(past.today, "SELECT id, key FROM dossier WHERE key NOT NULL")
    ]
    sealed += [
        (old.signatures, keys.signature_place(vault, size), row)
        for size, row in rows(past.today, "SELECT size, sealed FROM signature")
    ]
    sealed += [
        (old.head, keys.head_place(vault), rows(past.today, "SELECT sealed FROM head")[0][0]),
        (old.log, keys.log_place(vault), rows(past.today, "SELECT log_keys FROM vault")[0][0]),
    ]
    assert len(sealed) > 30
    for key, place, row in sealed:
        with pytest.raises(SealBroken):
            unseal(key, place, row)


def test_an_old_sealing_key_opens_no_slot_of_after_the_rekey(past):
    with at(past.first, DEX) as desk:
        vault, seed = desk._vault.id, desk._vault.signer.sealing_seed
    for id, wrapped in rows(past.today, "SELECT id, wrapped FROM slot"):
        with pytest.raises(SealBroken):
            sealing.unwrap(seed, slots.wrapped_place(vault, id), wrapped)


def test_without_a_rekey_a_disabled_officers_old_slot_still_yields_the_vault_key(past):
    """The limit that a rekey is for: a program of one's own asks no entry."""
    assert vault_key(past.rekeyed, EVE) == vault_key(past.today, ALIX)
    assert vault_key(past.first, DEX) != vault_key(past.today, ALIX)


def test_an_old_copy_and_passphrase_still_open_later_entries_of_the_dossiers_it_had(past):
    """The limit of a rekey: it gives the vault another key, and no dossier."""
    vault = Vault.open(past.first, *DEX)
    try:
        key = vault.dossier_key(bytes.fromhex(past.busy))
    finally:
        vault.close()
    query = "SELECT sealed FROM entry WHERE number = 256"
    place = keys.entry_place(vault.id, bytes.fromhex(past.busy), 256)
    assert b"withdrawn" in unseal(keys.entry_key(key), place, rows(past.today, query)[0][0])


# -- taken away, and added --------------------------------------------------------


def test_a_slot_taken_away_is_told_and_nothing_is_built_upon_it(past):
    change(past.today, ("DELETE FROM slot WHERE id = ?", slot_id(past.today, BEX)))
    with_checksum(past.today)
    told = found(past.today)
    assert NOT_AS_WRITTEN in told
    assert "slot: one that the entries tell of is missing" in told
    with at(past.today) as desk, pytest.raises(VaultDamaged):
        desk.rekey("A slot is gone.")
    assert not opens(past.today, BEX)


@pytest.mark.parametrize("id", [b"\0" * 16, b"\xff" * 16])
def test_a_slot_with_an_officers_tag_that_does_not_open_keeps_nobody_out(past, id):
    ((spec, tag),) = rows(
        past.today, "SELECT kdf, tag FROM slot WHERE id = ?", slot_id(past.today, ALIX)
    )
    values = (id, spec, tag, bytes(132), bytes(1180))
    change(past.today, ("INSERT INTO slot VALUES (?, ?, ?, ?, ?)", *values))
    with_checksum(past.today)
    assert "slot: one is there that no entry tells of" in found(past.today, ALIX)


def test_a_slot_that_no_passphrase_opens_is_told(past):
    row = slot_id(past.today, BEX)
    ((spec,),) = rows(past.today, "SELECT kdf FROM slot WHERE id = ?", row)
    values = (b"\x07" * 16, spec, bytes(16), bytes(132), bytes(1180))
    change(past.today, ("INSERT INTO slot VALUES (?, ?, ?, ?, ?)", *values))
    with_checksum(past.today)
    told = found(past.today)
    assert NOT_AS_WRITTEN in told
    assert "slot: one is there that no entry tells of" in told


def test_the_count_of_failures_set_back_is_found_by_nobody(past):
    """The count has no key: it is for the officer's own eyes and stops no guessing."""
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            Desk.open(past.today, ALIX[0], "test wrong")
    put_back(past.today, past.yesterday, "vault")
    with at(past.today) as desk:
        assert desk.notices == ()
    assert found(past.today) == ""
