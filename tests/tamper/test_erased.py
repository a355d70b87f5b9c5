"""What is left of an erased dossier, and what somebody makes of it."""

import pytest

from tests.tamper.insider import unlocked
from tests.tamper.thief import change, found, numbers, put_back, rows
from tests.tamper.vault import at


def test_an_erased_dossiers_commitment_put_back_is_told(past):
    put = "UPDATE dossier SET commitment = randomblob(32) WHERE id = ?"
    change(past.today, (put, bytes.fromhex(past.gone_after)))
    told = found(past.today)
    assert f"dossier.commitment {past.gone_after}: is there, though the dossier was erased" in told


@pytest.mark.parametrize("erased", ["gone_before", "gone_after"])
def test_a_draft_of_an_erased_dossier_put_back_is_told_and_opens_nothing(past, erased):
    id = getattr(past, erased)
    put_back(past.today, past.first, "draft", "dossier = ?", bytes.fromhex(id))
    assert found(past.today) == f"draft.sealed {id}: is there, though the dossier was erased"
    with at(past.today) as desk:
        assert desk.marked(id) == frozenset()


def test_a_draft_of_an_erased_dossier_put_back_with_its_key_opens_nothing(past):
    for table, key in (("dossier", "id"), ("draft", "dossier")):
        put_back(past.today, past.rekeyed, table, f"{key} = ?", bytes.fromhex(past.gone_after))
    told = found(past.today)
    assert f"draft.sealed {past.gone_after}: is there, though the dossier was erased" in told
    with at(past.today) as desk:
        assert desk.marked(past.gone_after) == frozenset()


def test_entries_of_two_erased_dossiers_exchanged_are_told(past):
    """A leaf hash alone does not say whose it was; the entry that erased it does."""
    one, other = past.gone_after, past.gone_before
    put = "UPDATE entry SET dossier = ? WHERE number = ?"
    change(
        past.today,
        (put, bytes.fromhex(other), numbers(past.today, one)[-1]),
        (put, bytes.fromhex(one), numbers(past.today, other)[-1]),
    )
    told = found(past.today)
    for each in (one, other):
        assert f"dossier {each}: had other entries when it was erased" in told


def test_a_leaf_in_the_place_of_a_live_entry_does_not_pass_for_an_erased_one(past):
    number = numbers(past.today, past.quiet)[-1]
    with unlocked(past.today) as vault:
        (leaf,) = vault.leaf_hashes(number, number + 1)
    change(past.today, ("UPDATE entry SET sealed = ? WHERE number = ?", leaf, number))
    told = found(past.today)
    assert f"#{number}: " in told
    assert "signature" not in told  # the tree is as it was


def test_a_live_dossier_made_to_look_erased_is_told(past):
    with unlocked(past.today) as vault:
        leaves = {n: vault.leaf_hashes(n, n + 1)[0] for n in numbers(past.today, past.quiet)}
    change(
        past.today,
        *(("UPDATE entry SET sealed = ? WHERE number = ?", h, n) for n, h in leaves.items()),
        (
            "UPDATE dossier SET key = NULL, card = NULL WHERE id = ?",
            bytes.fromhex(past.quiet),
        ),
    )
    assert f"dossier.key {past.quiet}" in found(past.today)
    with at(past.today) as desk:
        assert {c.id: c.stage for c in desk.cards()}[past.quiet] == "damaged"


def test_entries_of_an_erased_dossier_put_back_are_told(past):
    put_back(past.today, past.rekeyed, "entry", "dossier = ?", bytes.fromhex(past.gone_after))
    told = found(past.today)
    for number in numbers(past.today, past.gone_after):
        assert f"entry #{number}: is there whole, though its dossier was erased" in told


def test_the_card_of_an_erased_dossier_put_back_is_told_and_not_shown(past):
    id = bytes.fromhex(past.gone_after)
    ((card,),) = rows(past.rekeyed, "SELECT card FROM dossier WHERE id = ?", id)
    change(past.today, ("UPDATE dossier SET card = ? WHERE id = ?", card, id))
    told = found(past.today)
    assert f"dossier.card {past.gone_after}: is there, though the dossier was erased" in told
    with at(past.today) as desk:
        assert {c.id: c.stage for c in desk.cards()}[past.gone_after] == "erased"
