"""One flipped byte, anywhere in the vault: it is told, and its place named."""

import contextlib
import sqlite3

import pytest

from tests.support.flips import cells
from tests.tamper.thief import found, rows

COLUMNS = {
    "vault": ("vault", "log_keys", "failures", "checksum"),
    "slot": ("id", "kdf", "tag", "sealed", "wrapped"),
    "dossier": ("id", "key", "commitment", "card"),
    "entry": ("number", "dossier", "sealed"),
    "draft": ("dossier", "sealed"),
    "sheet": ("place", "sealed"),
    "tile": ("level", "place", "hashes"),
    "signature": ("size", "sealed"),
    "head": ("sealed",),
}
EVERY = [(table, column) for table, columns in COLUMNS.items() for column in columns]
BITS = (0, 12, 40)  # of a number


class Places:
    """What a verification may say of a flipped value, by the row as it was."""

    def __init__(self, past):
        self.entries = dict(rows(past.today, "SELECT number, dossier FROM entry"))
        self.sizes = [s for (s,) in rows(past.today, "SELECT size FROM signature ORDER BY 1")]
        self.erased = {bytes.fromhex(past.gone_before), bytes.fromhex(past.gone_after)}

    def of(self, table, column, rowid, key):
        """Texts of which one must be told."""
        match table, column:
            case "slot", "wrapped":
                return "vault and slot: a row is not as it was written", f"slot.wrapped {key.hex()}"
            case "vault" | "slot", _:
                return ("vault and slot: a row is not as it was written",)
            case "dossier", "id":
                first = min(n for n, dossier in self.entries.items() if dossier == key)
                gone = f"entry #{first}: belongs to a dossier that is not there"
                return gone, f"dossier.key {key.hex()}", "the vault's own entries: "
            case "dossier", _:
                return (f"dossier.{column} {key.hex()}: ",)
            case "entry", "sealed" if self.entries[rowid] in self.erased:
                ending = min(size for size in self.sizes if size > rowid)
                return (f"signature #{ending}: does not hold",)
            case "entry", "sealed":
                return (f"entry.sealed {self.entries[rowid].hex()}{f' #{rowid}' * (rowid > 0)}: ",)
            case "entry", "dossier":
                gone = f"entry #{rowid}: belongs to a dossier that is not there"
                return gone, "the vault's own entries: ", "names an officer who has no entry"
            case "entry", _:
                moved = f"entry.sealed {self.entries[rowid].hex()} #"
                return f"entry #{rowid}: ", moved, "entry: ", "the vault's own entries: "
            case "draft", "dossier":
                return (": is of no dossier",)
            case "draft", _:
                return (f"draft.sealed {key.hex()}: does not open",)
            case "sheet", "place":
                return ("sheet.sealed ",)  # it does not open in its new place
            case "sheet", _:
                return (f"sheet.sealed {rowid}: does not open",)
            case "tile", _:
                return ("tile 0/0: ",)
            case "signature", "size":
                return f"signature #{rowid}: ", f"follows one at {rowid}, which is not there"
            case "signature", _:
                return (f"signature #{rowid}: ",)
            case _:
                return ("head.sealed: ", "head.sealed.")


def values(past, table, column):
    """A column's values that are there: rowid, the row's first column, value."""
    found = rows(past.today, f"SELECT rowid, * FROM {table} ORDER BY 1")
    names = [row[1] for row in rows(past.today, f"PRAGMA table_info({table})")]
    picked = [(row[0], row[1], row[1 + names.index(column)]) for row in found]
    if (table, column) == ("dossier", "commitment"):
        # Nothing is left that an erased dossier's would have to fit.
        gone = {bytes.fromhex(past.gone_before), bytes.fromhex(past.gone_after)}
        picked = [one for one in picked if one[1] not in gone]
    return [one for one in picked if one[2] is not None]


def flipped(value, place):
    """The value with a bit of this byte (of a number: this bit of three) changed."""
    if isinstance(value, int):
        return value ^ (1 << BITS[place % len(BITS)])
    data = bytearray(value.encode() if isinstance(value, str) else value)
    data[place % len(data)] ^= 1
    return data.decode() if isinstance(value, str) else bytes(data)


def flip(past, table, column, cells):
    """Flips byte after byte; asserts of each that its place is told. How many there were."""
    places, good, tried = Places(past), past.today.read_bytes(), 0
    for rowid, key, value, place in cells:
        with contextlib.closing(sqlite3.connect(past.today)) as db:
            statement = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"
            try:
                db.execute(statement, (flipped(value, place), rowid))
            except sqlite3.IntegrityError:
                continue  # a number that another row has: no file can hold this
            db.commit()
        told = found(past.today)
        due = places.of(table, column, rowid, key)
        assert any(text in f"{told}:" for text in due), (table, column, rowid, place, due, told)
        past.today.write_bytes(good)
        tried += 1
    return tried


def test_the_columns_are_all_that_there_are(past):
    there = {(table, column) for table, column, _ in cells(past.today)}
    assert there - set(EVERY) == {("vault", "id"), ("head", "id")}  # that can only be 1
    assert set(EVERY) <= there


@pytest.mark.parametrize(("table", "column"), EVERY)
def test_one_flipped_byte_in_a_column_is_told_with_its_place(past, table, column):
    assert flip(past, table, column, [(*values(past, table, column)[-1], 1)]) == 1


@pytest.mark.long
@pytest.mark.parametrize(("table", "column"), EVERY)
def test_one_flipped_byte_in_any_value_is_told_with_its_place(past, table, column):
    cells = [(*one, 7 * number) for number, one in enumerate(values(past, table, column))]
    assert flip(past, table, column, cells) > len(cells) // 3


@pytest.mark.long
@pytest.mark.parametrize(("table", "column"), EVERY)
def test_every_byte_of_one_value_is_told_with_its_place(past, table, column):
    """Of a tile, one byte of every second hash in it; of a sheet, every fourth."""
    there = values(past, table, column)
    rowid, key, value = there[-1] if table != "slot" else there[0]
    if isinstance(value, int):
        ways, possible = range(len(BITS)), 2  # one may be a number that another row has
    else:
        ways = range(0, len(value), {"tile": 64, "sheet": 4}.get(table, 1))
        possible = len(ways)
    tried = flip(past, table, column, [(rowid, key, value, place) for place in ways])
    assert tried >= possible
