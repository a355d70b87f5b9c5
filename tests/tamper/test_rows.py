"""Rows exchanged, put back from an older copy, or taken away."""

import contextlib

import pytest

from secterm.dossier import entries as acts
from secterm.dossier.permit import NotAllowed
from secterm.vault.errors import SealBroken, VaultDamaged
from tests.tamper.thief import change, exchange, found, numbers, put_back, rows, with_checksum
from tests.tamper.vault import ALIX, BEX, CY, at


def opens(path, dossier):
    """Whether an officer can open this dossier."""
    with at(path) as desk:
        try:
            return bool(desk.dossier(dossier).entries)
        except SealBroken:
            return False


def appends(path, dossier):
    """Whether an officer can go on with this dossier."""
    with at(path) as desk:
        with contextlib.suppress(VaultDamaged):
            desk.act(dossier, acts.Withdrawn(reason="Took up another post."))
            return True
        return False


# -- exchanged ------------------------------------------------------------------


def test_entries_exchanged_within_a_dossier_do_not_open(past):
    one, two, *_ = numbers(past.today, past.quiet)
    exchange(past.today, "entry", "sealed", one, two)
    told = found(past.today)
    for number in (one, two):
        assert f"entry.sealed {past.quiet} #{number}: does not open" in told
    assert not opens(past.today, past.quiet)
    assert opens(past.today, past.busy)


@pytest.mark.parametrize("column", ["sealed", "dossier"])
def test_entries_exchanged_across_dossiers_do_not_open(past, column):
    one, two = numbers(past.today, past.quiet)[-1], numbers(past.today, past.busy)[-1]
    exchange(past.today, "entry", column, one, two)
    told = found(past.today)
    for number in (one, two):
        assert f"#{number}: does not open" in told
    assert not opens(past.today, past.quiet)
    assert not opens(past.today, past.busy)
    assert opens(past.today, past.third)


def test_cards_exchanged_do_not_open_and_the_list_is_made_of_the_entries(past):
    one, two = bytes.fromhex(past.quiet), bytes.fromhex(past.busy)
    with at(past.today) as desk:
        listed = desk.cards()
    exchange(past.today, "dossier", "card", one, two)
    told = found(past.today)
    assert f"dossier.card {past.quiet}: does not open" in told
    assert f"dossier.card {past.busy}: does not open" in told
    with at(past.today) as desk:
        assert desk.cards() == listed


@pytest.mark.parametrize("columns", [("key",), ("key", "commitment")])
def test_dossier_keys_exchanged_do_not_open(past, columns):
    for column in columns:
        exchange(past.today, "dossier", column, bytes.fromhex(past.quiet), bytes.fromhex(past.busy))
    told = found(past.today)
    for dossier in (past.quiet, past.busy):
        assert f"dossier.key {dossier}: the wrapped key does not open" in told
        assert not opens(past.today, dossier)
    assert opens(past.today, past.third)


def test_commitments_exchanged_are_told(past):
    one, two = bytes.fromhex(past.quiet), bytes.fromhex(past.busy)
    exchange(past.today, "dossier", "commitment", one, two)
    told = found(past.today)
    for dossier in (past.quiet, past.busy):
        assert f"dossier.commitment {dossier}: is not that of its key" in told


def test_two_dossiers_under_each_others_id_do_not_open(past):
    one, two, between = bytes.fromhex(past.quiet), bytes.fromhex(past.busy), bytes(16)
    rename = "UPDATE dossier SET id = ? WHERE id = ?"
    change(past.today, (rename, between, one), (rename, one, two), (rename, two, between))
    told = found(past.today)
    for dossier in (past.quiet, past.busy):
        assert f"dossier.key {dossier}: the wrapped key does not open" in told
        assert not opens(past.today, dossier)


def test_drafts_exchanged_do_not_open(past):
    one, two = bytes.fromhex(past.busy), bytes.fromhex(past.third)
    exchange(past.today, "draft", "sealed", one, two)
    told = found(past.today)
    due = {f"draft.sealed {id}: does not open" for id in (past.busy, past.third)}
    assert set(told.splitlines()) == due
    with at(past.today) as desk:
        assert desk.left() is None
        assert desk.marked(past.third) == frozenset()
    assert opens(past.today, past.busy)


def test_a_draft_of_no_dossier_is_told(past):
    nobody = bytes(range(16))
    change(
        past.today,
        ("UPDATE draft SET dossier = ? WHERE dossier = ?", nobody, bytes.fromhex(past.third)),
    )
    assert found(past.today) == f"draft.sealed {nobody.hex()}: is of no dossier"


def test_a_draft_that_is_too_long_is_told_and_not_read(past):
    put = "UPDATE draft SET sealed = zeroblob(70000) WHERE dossier = ?"
    change(past.today, (put, bytes.fromhex(past.third)))
    assert found(past.today) == f"draft.sealed {past.third}: is longer than a draft may be"
    with at(past.today) as desk:
        assert desk.marked(past.third) == frozenset()


def test_a_draft_taken_away_is_not_found(past):
    change(past.today, ("DELETE FROM draft",))
    assert found(past.today) == ""
    with at(past.today) as desk:
        assert desk.left() is None


def test_an_older_draft_put_back_opens_and_is_not_found(past):
    put_back(past.today, past.first, "draft", "dossier = ?", bytes.fromhex(past.busy))
    assert found(past.today) == ""
    with at(past.today) as desk:
        assert desk.marked(past.busy)
        assert desk.left() is None


def test_signatures_exchanged_do_not_open(past):
    exchange(past.today, "signature", "sealed", 257, 258)
    told = found(past.today)
    assert "signature #257: does not open" in told
    assert "signature #258: does not open" in told


def test_hashes_exchanged_within_a_tile_are_told(past):
    ((hashes,),) = rows(past.today, "SELECT hashes FROM tile")
    swapped = hashes[32:64] + hashes[:32] + hashes[64:]
    change(past.today, ("UPDATE tile SET hashes = ?", swapped))
    assert found(past.today) == "tile 0/0: is not the 256 hashes it was"


@pytest.mark.parametrize("place", [(1, 0), (0, 1)])
def test_a_tile_in_anothers_place_is_told(past, place):
    change(past.today, ("UPDATE tile SET level = ?, place = ?", *place))
    told = found(past.today)
    assert f"tile {place[0]}/{place[1]}: is not" in told
    assert "tile 0/0: is missing" in told


# -- put back -------------------------------------------------------------------


def test_there_is_no_older_entry_to_put_back(past):
    query = "SELECT number, dossier, sealed FROM entry WHERE dossier NOT IN (?, ?)"
    gone = bytes.fromhex(past.gone_before), bytes.fromhex(past.gone_after)
    now = set(rows(past.today, query, *gone))
    for day in (past.first, past.rekeyed, past.yesterday):
        assert set(rows(day, query, *gone)) <= now


def test_an_older_card_put_back_is_told_and_the_list_is_made_of_the_entries(past):
    with at(past.today) as desk:
        listed = desk.cards()
    put_back(past.today, past.yesterday, "dossier", "id = ?", bytes.fromhex(past.busy))
    assert found(past.today) == f"dossier.card {past.busy}: is as of entry #237; the last is #257"
    with at(past.today) as desk:
        assert desk.cards() == listed


def test_a_dossiers_row_of_before_the_rekey_does_not_open(past):
    put_back(past.today, past.first, "dossier", "id = ?", bytes.fromhex(past.quiet))
    assert f"dossier.key {past.quiet}: the wrapped key does not open" in found(past.today)
    assert not opens(past.today, past.quiet)
    assert opens(past.today, past.busy)


@pytest.mark.parametrize("erased", ["gone_before", "gone_after"])
def test_the_key_of_an_erased_dossier_put_back_is_told_and_opens_nothing(past, erased):
    id, older = getattr(past, erased), {"gone_before": "first", "gone_after": "rekeyed"}[erased]
    for table, key in (("dossier", "id"), ("entry", "dossier")):
        put_back(past.today, getattr(past, older), table, f"{key} = ?", bytes.fromhex(id))
    assert f"dossier.key {id}: is there, though the dossier was erased" in found(past.today)
    with at(past.today) as desk:
        with pytest.raises(NotAllowed, match="was erased on"):
            desk.dossier(id)
        assert {card.id: card.stage for card in desk.cards()}[id] == "erased"


def test_a_signature_of_before_the_rekey_does_not_open(past):
    put_back(past.today, past.first, "signature", "size = 247")
    assert "signature #247: does not open" in found(past.today)


def test_an_older_head_put_back_is_told_at_once_and_nothing_is_built_upon_it(past):
    put_back(past.today, past.yesterday, "head")
    with at(past.today) as desk:
        assert "entry: 258 are there, the head says 256" in desk.notices[0]
    assert "head.sealed: says 256 entries with another root" in found(past.today)
    assert not appends(past.today, past.quiet)


def test_a_head_of_before_the_rekey_opens_nothing(past):
    put_back(past.today, past.first, "head")
    for who in (ALIX, BEX, CY):
        assert found(past.today, who) == "The vault is damaged or was changed: head.sealed."


@pytest.mark.parametrize("fixed", [False, True])
def test_a_vaults_row_of_before_the_rekey_is_told_and_nothing_is_built_upon_it(past, fixed):
    put_back(past.today, past.first, "vault")
    if fixed:
        with_checksum(past.today)
    told = found(past.today)
    assert "vault and slot: a row is not as it was written" in told
    assert "vault.log_keys: does not open" in told
    assert opens(past.today, past.quiet)
    assert not appends(past.today, past.quiet)


# -- taken away -----------------------------------------------------------------


def test_an_entry_taken_from_the_middle_is_told_at_once_and_nothing_is_built_upon_it(past):
    number = numbers(past.today, past.quiet)[3]
    change(past.today, ("DELETE FROM entry WHERE number = ?", number))
    with at(past.today) as desk:
        assert "entry: 257 are there, the head says 258" in desk.notices[0]
    assert f"entry #{number}: is missing; number {number + 1} comes next" in found(past.today)
    assert not appends(past.today, past.busy)


def test_an_entry_taken_from_the_middle_and_the_gap_closed_does_not_open(past):
    number = numbers(past.today, past.quiet)[-1]
    change(past.today, ("DELETE FROM entry WHERE number = ?", number))
    for later in range(number + 1, 258):
        change(past.today, ("UPDATE entry SET number = ? WHERE number = ?", later - 1, later))
    told = found(past.today)
    assert f"entry.sealed {past.busy} #{number}: does not open" in told
    assert "entry: 257 are there, the head says 258" in told


def test_entries_taken_from_the_end_are_told_at_once_and_nothing_is_built_upon_them(past):
    change(past.today, ("DELETE FROM entry WHERE number > 255",))
    with at(past.today) as desk:
        assert "entry: 256 are there, the head says 258" in desk.notices[0]
    told = found(past.today)
    assert "signature #257: signs entries that are not there" in told
    assert "head.sealed: says 258 entries" in told
    assert not appends(past.today, past.quiet)


def test_entries_taken_from_the_end_with_their_signatures_are_told(past):
    change(
        past.today,
        ("DELETE FROM entry WHERE number > 255",),
        ("DELETE FROM signature WHERE size > 256",),
    )
    assert "head.sealed: says 258 entries" in found(past.today)
    assert not appends(past.today, past.quiet)


def test_entries_taken_from_the_end_with_signatures_and_head_are_told_by_the_card(past):
    cut(past)
    assert found(past.today) == f"dossier.card {past.busy}: is as of entry #257; the last is #237"


def test_a_tail_taken_away_with_all_that_goes_with_it_is_found_by_a_checkpoint_only(past):
    cut(past)
    put_back(past.today, past.yesterday, "dossier")
    assert found(past.today) == ""
    told = found(past.today, earlier=past.lines["today"])
    assert told == "history was cut: it had 258 entries then and has 256 now"


def cut(past):
    """Takes the last two entries away, with today's sheet, and puts yesterday's head back."""
    change(
        past.today,
        ("DELETE FROM entry WHERE number > 255",),
        ("DELETE FROM signature WHERE size > 256",),
        ("DELETE FROM sheet WHERE place = 2",),
    )
    put_back(past.today, past.yesterday, "head")


def test_a_tile_taken_away_is_told(past):
    change(past.today, ("DELETE FROM tile",))
    assert found(past.today) == "tile 0/0: is missing"


def test_a_signature_taken_away_is_told(past):
    change(past.today, ("DELETE FROM signature WHERE size = 257",))
    assert "signature #258: follows one at 257, which is not there" in found(past.today)


def test_a_dossiers_row_taken_away_is_told_and_the_others_open(past):
    change(past.today, ("DELETE FROM dossier WHERE id = ?", bytes.fromhex(past.quiet)))
    number = numbers(past.today, past.quiet)[0]
    assert f"entry #{number}: belongs to a dossier that is not there" in found(past.today)
    assert opens(past.today, past.busy)


@pytest.mark.parametrize("table", ["head", "vault"])
def test_without_its_one_row_the_vault_does_not_open(past, table):
    change(past.today, (f"DELETE FROM {table}",))
    assert "its one row is missing" in found(past.today)
