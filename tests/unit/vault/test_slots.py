"""The ways into a vault: each opens to its holder, and for nobody else."""

import os
from dataclasses import replace

import pytest

from secterm.vault import kdf, slots
from secterm.vault.errors import SealBroken, SlotRefused
from secterm.vault.signer import Signer
from secterm.vault.slots import Slot
from secterm.vault.vault import Vault

CHEAP = kdf.Cost(t=1, m=32, p=1)
VAULT = b"v" * 16
KEY = bytes(range(32))
SPEC = kdf.Spec(CHEAP, b"s" * 16)
STICK = b"k" * 32
ALICE = ("alice", "test correct horse")


@pytest.fixture(scope="module")
def who():
    return Signer.new()


@pytest.fixture
def slot(who):
    return slots.make(VAULT, SPEC, *ALICE, who, KEY)


def test_a_slot_opens_to_its_holder_and_gives_the_vaults_key(slot, who):
    found, signer = slots.open_one(VAULT, [slot], *ALICE)
    assert (found, signer.officer, signer.public_key) == (slot, who.officer, who.public_key)
    assert (signer.sealing_key, signer.slot) == (who.sealing_key, slot.digest())
    assert slots.vault_key(VAULT, found, signer) == KEY


@pytest.mark.parametrize(
    ("login", "passphrase"),
    [("alice", "test correct horsf"), ("alicf", "test correct horse"), ("", ""), ("alice", "")],
)
def test_another_name_or_passphrase_opens_nothing(slot, login, passphrase):
    assert slots.open_one(VAULT, [slot], login, passphrase) is None


def test_with_a_key_file_both_are_needed(who):
    slot = slots.make(VAULT, SPEC, *ALICE, who, KEY, STICK)
    assert slots.open_one(VAULT, [slot], *ALICE) is None
    assert slots.open_one(VAULT, [slot], *ALICE, [b"x" * 32]) is None
    assert slots.open_one(VAULT, [slot], "alice", "wrong", [STICK]) is None
    _found, signer = slots.open_one(VAULT, [slot], *ALICE, [b"x" * 32, STICK])
    assert signer.key_file == STICK


def test_a_key_file_at_hand_does_not_keep_out_who_has_none(slot):
    _found, signer = slots.open_one(VAULT, [slot], *ALICE, [STICK])
    assert signer.key_file == b""


def test_recovery_opens_by_its_secret_and_by_no_passphrase(slot, who):
    recovery = slots.make_recovery(VAULT, b"r" * 32, who, KEY)
    both = [slot, recovery]
    assert slots.open_recovery(VAULT, both, b"r" * 32)[0] == recovery
    assert slots.open_recovery(VAULT, both, b"q" * 32) is None
    assert slots.open_one(VAULT, [recovery], *ALICE) is None


def test_a_secret_is_not_taken_for_a_stretched_passphrase(who):
    """A passphrase slot whose specification was changed to recovery's opens to neither."""
    slot = slots.make(VAULT, SPEC, *ALICE, who, KEY)
    bent = replace(slot, kdf=slots.RECOVERY)
    with pytest.raises(SealBroken):
        slots.open_recovery(VAULT, [bent], kdf.stretch(SPEC, *ALICE))


@pytest.mark.parametrize("field", ["id", "sealed"])
def test_a_flipped_byte_in_the_holders_part_is_refused(slot, field):
    value = getattr(slot, field)
    for at in range(len(value)):
        bad = replace(slot, **{field: value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]})
        with pytest.raises(SealBroken):
            slots.open_one(VAULT, [bad], *ALICE)


def test_a_flipped_tag_finds_nothing(slot):
    for at in range(len(slot.tag)):
        bad = slot.tag[:at] + bytes([slot.tag[at] ^ 1]) + slot.tag[at + 1 :]
        assert slots.open_one(VAULT, [replace(slot, tag=bad)], *ALICE) is None


def test_another_cost_of_the_same_salt_opens_nothing(slot):
    dearer = replace(slot, kdf=kdf.Spec(replace(CHEAP, m=64), SPEC.salt).text())
    assert slots.open_one(VAULT, [dearer], *ALICE) is None


def test_a_slot_of_another_vault_does_not_open(slot):
    with pytest.raises(SealBroken):
        slots.open_one(b"w" * 16, [slot], *ALICE)


def test_the_vaults_key_of_one_slot_stands_in_no_other(who, slot):
    other = slots.make(VAULT, SPEC, "bob", "test battery staple", who, bytes(32))
    with pytest.raises(SealBroken):
        slots.vault_key(VAULT, replace(slot, wrapped=other.wrapped), who)


def test_a_digest_says_all_of_a_slot_but_the_key_it_wraps(slot):
    assert replace(slot, wrapped=b"").digest() == slot.digest()
    for field in ("id", "tag", "sealed"):
        assert replace(slot, **{field: b"x" + getattr(slot, field)[1:]}).digest() != slot.digest()
    assert replace(slot, kdf="slip39").digest() != slot.digest()


def test_fields_cannot_lend_each_other_bytes(slot):
    bent = Slot(slot.id, slot.kdf, slot.tag + slot.sealed[:1], slot.sealed[1:], slot.wrapped)
    assert bent.digest() != slot.digest()


def test_a_slot_out_of_bounds_keeps_nobody_else_out(slot):
    bomb = replace(
        slot, id=os.urandom(16), kdf="argon2id$v=19$m=99999999,t=1,p=1$" + "A" * 22 + "=="
    )
    assert slots.open_one(VAULT, [bomb, slot], *ALICE) is not None
    with pytest.raises(SlotRefused):
        slots.open_one(VAULT, [bomb, slot], "bob", "test battery staple")


def test_more_specifications_than_a_vault_has_are_not_all_tried(slot):
    many = [
        replace(slot, kdf=kdf.Spec(CHEAP, bytes([n]) * 16).text())
        for n in range(slots.MOST_SPECS + 1)
    ]
    with pytest.raises(SlotRefused):
        slots.open_one(VAULT, many, *ALICE)


def test_a_ninth_cost_keeps_nobody_out(tmp_path):
    path = tmp_path / "v.db"
    with Vault.create(path, *ALICE, CHEAP) as (vault, work):
        work.append(vault.id, b"the vault begins")
    people = [(f"officer {n}", f"test passphrase {n}") for n in range(slots.MOST_SPECS + 3)]
    for n, person in enumerate(people):
        with vault.transaction() as work:
            work.add_slot(*person, replace(CHEAP, m=40 + 8 * n), Signer.new())
            work.append(vault.id, b"joins")
    vault.close()
    for person in (ALICE, *people):
        Vault.open(path, *person).close()


def test_a_signer_shows_none_of_their_keys(who):
    shown = repr(replace(who, key_file=STICK))
    assert who.sealing_seed.hex() not in shown
    assert repr(who.sealing_seed) not in shown
    assert repr(STICK) not in shown
