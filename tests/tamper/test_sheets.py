"""Sheets: what stands in them is told where it is not the cards', by the second reader too."""

import pytest

from secterm.vault import keys
from secterm.vault.seal import seal
from tests.reader import slots
from tests.reader.vault import Vault
from tests.reader.verify import verified
from tests.support.sheets import card, columns, lay
from tests.tamper.insider import unlocked
from tests.tamper.thief import change, exchange, found, put_back, rows
from tests.tamper.vault import ALIX, at


def read(path):
    """What the second reader says, one fault a line."""
    with Vault(path, slots.passphrase(*ALIX), cheap=True) as vault:
        return "\n".join(map(str, verified(vault).faults))


def shown(path):
    """The sheets that count."""
    with at(path) as desk:
        return [place for place, _, _ in desk._vault.sheets()]


def names(path):
    with at(path) as desk:
        return {c.id: c.name for c in desk.cards()}


def put(path, place, body, size=None):
    """A sheet by somebody who holds a slot, of whatever body and size."""
    with unlocked(path) as vault:
        plain = (vault.size if size is None else size).to_bytes(8, "big") + body
        sealed = seal(vault.subkeys.sheets, keys.sheet_place(vault.id, place), plain)
    change(path, ("INSERT OR REPLACE INTO sheet VALUES (?, ?)", place, sealed))


def said(path, id):
    with unlocked(path) as vault:
        return card(vault, id)


def test_a_damaged_sheet_keeps_no_new_key_from_coming_and_goes_with_the_old_one(past):
    exchange(past.today, "sheet", "sealed", 0, 1)
    assert found(past.today).count("sheet.") == 2
    with at(past.today) as desk:
        desk.rekey("Somebody left.")
    assert found(past.today) == read(past.today) == ""
    assert rows(past.today, "SELECT place FROM sheet") == []


def test_sheets_exchanged_do_not_open(past):
    exchange(past.today, "sheet", "sealed", 0, 1)
    assert found(past.today) == "sheet.sealed 0: does not open\nsheet.sealed 1: does not open"
    assert read(past.today) == found(past.today)
    assert shown(past.today) == [2]


def test_a_sheet_in_another_place_does_not_open(past):
    change(past.today, ("UPDATE sheet SET place = 9 WHERE place = 2",))
    assert found(past.today) == read(past.today) == "sheet.sealed 9: does not open"
    assert shown(past.today) == [0, 1]


def test_a_sheet_in_a_place_that_cannot_be_is_told(past):
    change(past.today, ("UPDATE sheet SET place = -1 WHERE place = 2",))
    assert "sheet.place: holds a value of another type than the format has" in found(past.today)
    assert "sheet.place -1: is negative" in read(past.today)
    assert shown(past.today) == [0, 1]


def test_a_sheet_that_is_too_long_is_told_and_not_read(past):
    change(past.today, ("UPDATE sheet SET sealed = zeroblob(4325405) WHERE place = 2",))
    told = "sheet.sealed 2: is longer than a sheet may be"
    assert found(past.today) == read(past.today) == told
    assert shown(past.today) == [0, 1]


def test_a_sheet_taken_away_is_not_found_and_the_list_is_made_of_the_cards(past):
    before = names(past.today)
    change(past.today, ("DELETE FROM sheet",))
    assert found(past.today) == read(past.today) == ""
    assert names(past.today) == before


def test_an_older_sheet_of_the_same_place_put_back_is_still_true(past):
    before = names(past.today)
    with unlocked(past.today) as vault:
        lay(vault, 1, past.quiet, past.busy, past.third)
    put_back(past.today, past.yesterday, "sheet", "place = 1")
    assert found(past.today) == read(past.today) == ""
    assert names(past.today) == before


def test_a_sheet_of_before_the_rekey_does_not_open(past):
    put_back(past.today, past.first, "sheet", "place = 1")
    assert found(past.today) == read(past.today) == "sheet.sealed 1: does not open"


def test_a_sheet_of_before_an_erasure_put_back_is_told(past):
    """It opens, and has the name of somebody who was erased."""
    before = names(past.today)
    put_back(past.today, past.rekeyed, "sheet", "place = 1")
    told = f"sheet.sealed 1: names a dossier that is not there: {past.gone_after}"
    assert found(past.today) == read(past.today) == told
    assert names(past.today) == before


def test_a_sheet_from_the_future_is_told_and_passed_over(past):
    """It is left where entries were cut from the end."""
    change(
        past.today,
        ("DELETE FROM entry WHERE number > 255",),
        ("DELETE FROM signature WHERE size > 256",),
    )
    put_back(past.today, past.yesterday, "head")
    put_back(past.today, past.yesterday, "dossier")
    assert found(past.today) == "sheet.sealed 2: is as of 258 entries, and 256 are there"
    assert "sheet.sealed 2: is of more entries than there are" in read(past.today)
    assert shown(past.today) == [0, 1]


def test_a_sheet_that_says_another_name_than_the_card_is_told(past):
    other = said(past.today, past.quiet) | {"name": "Somebody Else"}
    put(past.today, 2, columns([other]))
    told = f"sheet.sealed 2: says something else than the card of {past.quiet}"
    assert found(past.today) == read(past.today) == told


def test_what_an_insider_says_in_a_sheet_that_does_not_count_is_not_told(past):
    """Something happened to the busy one since, and a later place has the quiet one."""
    busy, quiet = (said(past.today, id) | {"name": "X"} for id in (past.busy, past.quiet))
    put(past.today, 1, columns([busy, said(past.today, past.third)]), 256)
    put(past.today, 0, columns([quiet]))
    put(past.today, 3, columns([said(past.today, past.quiet)]))
    assert found(past.today) == read(past.today) == ""


@pytest.mark.parametrize("id", ["ab" * 16, "no id", ""])
def test_a_sheet_that_names_a_dossier_that_is_not_there_is_told(past, id):
    put(past.today, 2, columns([said(past.today, past.quiet) | {"id": id}]))
    assert (
        found(past.today)
        == read(past.today)
        == f"sheet.sealed 2: names a dossier that is not there: {id}"
    )


def test_a_sheet_that_names_an_officer_as_a_dossier_is_told(past):
    officer = next(iter(past.officers.values()))
    put(past.today, 2, columns([said(past.today, past.quiet) | {"id": officer}]))
    assert (
        found(past.today)
        == read(past.today)
        == f"sheet.sealed 2: names a dossier that is not there: {officer}"
    )


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "is no JSON"),
        (b"\xff", "is no JSON"),
        (b"[]", "has other members than a sheet"),
        (b"{}", "has other members than a sheet"),
        (columns([]), "has another number of cards"),
        (columns([{"id": f"{n:032x}"} for n in range(1001)]), "has another number of cards"),
        (columns([{"id": "a"}, {"id": "a"}]), "has one id twice"),
        (columns([{"id": "a"}]).replace(b'[""]', b'["",""]', 1), "has more of one member"),
        (columns([{"id": "a"}]).replace(b'[""]', b"[1]", 1), "has something else than texts"),
        (columns([{"id": "a"}]).replace(b":", b": ", 1), "is JSON that is written otherwise"),
        (columns([{"id": "a"}]).replace(b'"post"', b'"past"'), "has other members than a sheet"),
        (columns([{"id": "a"}]).replace(b'["",""]', b'[""]'), "has something else than texts"),
        (columns([{"id": "a"}]).replace(b'["",""]', b"3"), "has something else than texts"),
        (columns([{"id": "a"}]).replace(b'[["",""]]', b'[["",""],["",""]]'), "says twice"),
        (columns([{"id": "a"}]).replace(b'[["",""]]', b'[["",""],["x",""]]'), "says what no card"),
        (
            columns([{"id": "a"}]).replace(b"[0]", b"[1]", 1),
            "names what cards have alike in another order",
        ),
        (
            columns([{"id": "a"}]).replace(b"[0]", b"[-1]", 1),
            "names what cards have alike in another order",
        ),
        (
            columns([{"id": "a"}]).replace(b"[0]", b"[false]", 1),
            "names what cards have alike in another order",
        ),
        (
            columns([{"id": "a", "post": "x"}, {"id": "b"}]).replace(
                b'[["x",""],["",""]],"post":[0,1]', b'[["",""],["x",""]],"post":[1,0]'
            ),
            "names what cards have alike in another order",
        ),
    ],
)
def test_a_sheet_that_is_no_cards_is_told(past, body, what):
    put(past.today, 2, body)
    assert f"sheet.sealed 2: {what}" in read(past.today)
    assert "sheet.sealed 2: is no cards as the format has them" in found(past.today)


def test_an_erasure_leaves_no_sheet_and_a_new_key_none_of_before(past):
    assert rows(past.first, "SELECT place FROM sheet") == [(1,)]
    assert rows(past.rekeyed, "SELECT place FROM sheet") == [(0,), (1,)]
    with at(past.rekeyed) as desk:
        desk.rekey("Once more.")
        assert rows(past.rekeyed, "SELECT place FROM sheet") == []
