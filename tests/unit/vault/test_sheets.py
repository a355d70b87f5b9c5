"""A sheet: a sealed body that is a cache, written over and taken away, and never an entry."""

import contextlib
import os
import sqlite3

import pytest

from secterm.vault import errors, kdf, keys, sheets, verify
from secterm.vault.seal import seal
from secterm.vault.tables import LARGEST_INTEGER
from secterm.vault.vault import Vault

CHEAP = kdf.Cost(t=1, m=32, p=1)
ALICE = ("alice", "test correct horse")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "v.db"


@pytest.fixture
def vault(path):
    with Vault.create(path, *ALICE, CHEAP) as (vault, work):
        work.append(vault.id, b"the vault begins")
    yield vault
    vault.close()


def dossier(vault, *texts):
    with vault.transaction() as work:
        id = work.create_dossier()
        for text in texts or (b"opened",):
            work.set_card(id, work.append(id, text), b"card")
    return id


def rekey(vault):
    with vault.transaction() as work:
        work.append(vault.id, b"rekeyed")
        vault.rekey(work, {vault.signer.slot: vault.signer.sealing_key})


def erase(vault, id):
    with vault.transaction() as work:
        work.append(vault.id, b"erased")
        work.erase(id)


def stood(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        return dict(database.execute("SELECT place, sealed FROM sheet").fetchall())


def run(path, sql, *values):
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute(sql, values)


def faults(vault):
    known = {vault.signer.officer: vault.signer.public_key}
    return [str(fault) for fault in verify.verify(vault, known)]


@pytest.mark.parametrize(
    "body", [b"", b"\0" * 40, os.urandom(sheets.LONGEST)], ids=["empty", "zeros", "longest"]
)
def test_what_is_written_is_there_after_unlocking_again(vault, path, body):
    vault.write_sheet(7, body)
    vault.close()
    with contextlib.closing(Vault.open(path, *ALICE)) as again:
        assert list(again.sheets()) == [(7, 1, body)]
        assert faults(again) == []


def test_sheets_come_by_their_places_each_with_the_size_that_it_was_written_at(vault):
    vault.write_sheet(LARGEST_INTEGER, b"last")
    dossier(vault)
    vault.write_sheet(0, b"first")
    dossier(vault)
    vault.write_sheet(3, b"as of before", 1)
    assert list(vault.sheets()) == [
        (0, 2, b"first"),
        (3, 1, b"as of before"),
        (LARGEST_INTEGER, 1, b"last"),
    ]
    assert faults(vault) == []


def test_a_sheet_is_written_over_by_the_next_in_its_place(vault, path):
    vault.write_sheet(0, b"one")
    vault.write_sheet(0, b"another")
    assert [body for _, _, body in vault.sheets()] == [b"another"]
    assert len(stood(path)) == 1


def test_sheets_go_by_their_places_or_all_at_once(vault, path):
    for place in range(4):
        vault.write_sheet(place, b"body")
    vault.drop_sheets([1, 3, 9])
    assert [place for place, _, _ in vault.sheets()] == [0, 2]
    vault.drop_sheets()
    vault.drop_sheets()
    assert stood(path) == {}


def test_a_sheet_is_no_entry_and_no_other_head(vault):
    before = vault.checkpoint(), vault.sealed_head
    vault.write_sheet(0, b"body")
    vault.drop_sheets()
    assert (vault.checkpoint(), vault.sealed_head) == before
    dossier(vault)
    assert faults(vault) == []


@pytest.mark.parametrize(
    ("place", "body", "size"),
    [(-1, b"", None), (2**63, b"", None), (0, b"", 2), (0, b"", -1)],
)
def test_what_can_be_no_sheet_is_not_written(vault, path, place, body, size):
    with pytest.raises(ValueError, match=r"as of|a place"):
        vault.write_sheet(place, body, size)
    assert stood(path) == {}


def test_a_body_that_is_too_long_is_not_written(vault, path):
    with pytest.raises(ValueError, match=str(sheets.LONGEST)):
        vault.write_sheet(0, bytes(sheets.LONGEST + 1))
    assert stood(path) == {}


def test_a_row_that_is_too_long_is_passed_over_and_told(vault, path):
    vault.write_sheet(1, b"body")
    run(path, "INSERT INTO sheet VALUES (0, zeroblob(?))", sheets.LONGEST_SEALED + 1)
    assert list(vault.sheets()) == [(1, 1, b"body")]
    assert faults(vault) == ["sheet.sealed 0: is longer than a sheet may be"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (b"", "sheet.sealed 0: does not open"),
        (bytes(60), "sheet.sealed 0: does not open"),
        ("text", "sheet.sealed: holds a value of another type than the format has"),
        (7, "sheet.sealed: holds a value of another type than the format has"),
    ],
)
def test_a_row_that_is_no_seal_is_passed_over_and_told(vault, path, value, told):
    vault.write_sheet(1, b"body")
    run(path, "INSERT INTO sheet VALUES (0, ?)", value)
    assert list(vault.sheets()) == [(1, 1, b"body")]
    assert faults(vault) == [told]


@pytest.mark.parametrize("place", [-1, 2**63 - 1])
def test_a_place_that_cannot_be_is_passed_over_and_told(vault, path, place):
    vault.write_sheet(1, b"body")
    run(path, "INSERT INTO sheet SELECT ?, sealed FROM sheet", place)
    assert list(vault.sheets()) == [(1, 1, b"body")]
    assert faults(vault) == ["sheet.place: holds a value of another type than the format has"]


def test_each_flipped_byte_of_a_sheet_is_told_and_the_sheet_passed_over(vault, path):
    vault.write_sheet(2, b"cards")
    sealed = stood(path)[2]
    for at in range(len(sealed)):
        bad = bytes([*sealed[:at], sealed[at] ^ 1, *sealed[at + 1 :]])
        run(path, "UPDATE sheet SET sealed = ?", bad)
        assert list(vault.sheets()) == []
        assert faults(vault) == ["sheet.sealed 2: does not open"]


def test_a_sheet_in_anothers_place_is_passed_over_and_told(vault, path):
    vault.write_sheet(1, b"body")
    run(path, "UPDATE sheet SET place = 2")
    assert list(vault.sheets()) == []
    assert faults(vault) == ["sheet.sealed 2: does not open"]


def test_a_sheet_from_the_future_is_passed_over_and_told(vault, path):
    """It was made when the journal was longer than it is, or by somebody with the key."""
    plain = (9).to_bytes(8, "big") + b"body"
    sealed = seal(vault.subkeys.sheets, keys.sheet_place(vault.id, 0), plain)
    run(path, "INSERT INTO sheet VALUES (0, ?)", sealed)
    assert list(vault.sheets()) == []
    assert faults(vault) == ["sheet.sealed 0: is as of 9 entries, and 1 are there"]


def test_a_seal_with_no_room_for_a_size_is_passed_over_and_told(vault, path):
    sealed = seal(vault.subkeys.sheets, keys.sheet_place(vault.id, 0), b"short")
    run(path, "INSERT INTO sheet VALUES (0, ?)", sealed)
    assert list(vault.sheets()) == []
    assert faults(vault) == ["sheet.sealed 0: does not open"]


def test_where_the_pages_of_sheets_are_damaged_there_are_none_and_it_is_told(vault, path):
    vault.write_sheet(0, os.urandom(500))
    vault.close()
    raw = path.read_bytes()
    page = raw.index(stood(path)[0]) & ~4095
    path.write_bytes(raw[:page] + b"\xff" * 4096 + raw[page + 4096 :])
    with contextlib.closing(Vault.open(path, *ALICE)) as again:
        assert list(again.sheets()) == []
        assert any(fault.startswith("the file: ") for fault in faults(again))


# -- which dossiers have entries since -----------------------------------------------


def test_who_was_touched_since_is_told_with_the_last_entry(vault):
    one, two = dossier(vault), dossier(vault, b"a", b"b")
    with vault.transaction() as work:
        work.append(one, b"more")
        work.append(two, b"more")
        work.append(one, b"and more")
    assert vault.touched(0) == {vault.id: 0, one: 6, two: 5}
    assert vault.touched(3) == {one: 6, two: 5}
    assert vault.touched(6) == {one: 6}
    assert vault.touched(vault.size) == {}


def test_who_was_touched_since_is_the_same_of_a_few_entries_as_of_many(vault):
    """They are sought in the rows, or in the index of strands."""
    ids = [dossier(vault, *[b"text"] * 9) for _ in range(4)]
    for size in range(vault.size + 1):
        due = {id: 9 * place + 9 for place, id in enumerate(ids) if 9 * place + 9 >= size}
        assert vault.touched(size) == due | ({} if size else {vault.id: 0})


# -- what takes all of them away -----------------------------------------------------


def test_an_erasure_takes_every_sheet_away(vault, path):
    id = dossier(vault)
    for place in range(3):
        vault.write_sheet(place, b"body")
    erase(vault, id)
    assert stood(path) == {}
    vault.write_sheet(0, b"anew")
    assert list(vault.sheets()) == [(0, vault.size, b"anew")]


def test_a_new_vault_key_takes_every_sheet_away(vault, path):
    vault.write_sheet(0, b"body")
    left = stood(path)
    rekey(vault)
    assert stood(path) == {}
    run(path, "INSERT INTO sheet VALUES (0, ?)", left[0])
    assert list(vault.sheets()) == []
    assert faults(vault) == ["sheet.sealed 0: does not open"]
    vault.write_sheet(0, b"anew")
    assert list(vault.sheets()) == [(0, vault.size, b"anew")]
    assert faults(vault) == []


@pytest.mark.parametrize("way", ["erase", "rekey"])
def test_no_bytes_of_a_sheet_are_left_in_the_file_by_what_takes_it_away(vault, path, way):
    id = dossier(vault)
    ever = []
    for length in (20_000, 40, 700, 3000, 9000, 60):
        for place in range(4):
            vault.write_sheet(place, os.urandom(length + 37 * place))
            ever.append(stood(path)[place])
    if way == "erase":
        erase(vault, id)
    else:
        rekey(vault)
    raw = path.read_bytes()
    assert not [sealed for sealed in ever if sealed[:24] in raw or sealed[-24:] in raw]


# -- where nothing is written --------------------------------------------------------


def test_a_vault_that_does_not_fit_has_no_sheet_written_or_taken_away(vault, path):
    dossier(vault)
    vault.write_sheet(0, b"before")
    before = stood(path)
    vault.close()
    run(path, "DELETE FROM entry WHERE number = 1")
    with contextlib.closing(Vault.open(path, *ALICE)) as doubtful:
        assert doubtful.doubts
        doubtful.write_sheet(0, b"after")
        doubtful.write_sheet(1, b"after")
        doubtful.drop_sheets()
    assert stood(path) == before


@pytest.mark.parametrize("act", [lambda v: v.write_sheet(0, b"after"), lambda v: v.drop_sheets()])
def test_over_another_programs_head_no_sheet_is_written_or_taken_away(vault, path, act):
    vault.write_sheet(0, b"before")
    before = stood(path)
    run(path, "UPDATE head SET sealed = zeroblob(100)")
    with pytest.raises(errors.VaultDamaged, match="changed while the vault was open"):
        act(vault)
    assert stood(path) == before


def test_on_a_full_disk_the_earlier_sheet_stays(vault):
    vault.write_sheet(0, b"before")
    database = vault.file.database
    (pages,) = database.execute_sql("PRAGMA page_count").fetchone()
    database.execute_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(errors.VaultUnreadable, match="the disk is full"):
        vault.write_sheet(0, os.urandom(30_000))
    assert [body for _, _, body in vault.sheets()] == [b"before"]
    database.execute_sql("PRAGMA max_page_count = 100000")
    vault.write_sheet(0, b"after")
    assert [body for _, _, body in vault.sheets()] == [b"after"]


def test_a_locked_vault_has_no_sheets(vault):
    vault.close()
    for act in (lambda: vault.write_sheet(0, b""), vault.drop_sheets, lambda: list(vault.sheets())):
        with pytest.raises(errors.VaultClosed):
            act()
