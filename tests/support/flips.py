"""One flipped byte after the other in a vault, and what is said of each."""

import contextlib
import sqlite3

from secterm import messages
from secterm.desk.desk import Desk
from tests.support.house import OFFICER, copied


def cells(path):
    """Every column of every row: table, column, rowid, value."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for column in [row[1] for row in db.execute(f"PRAGMA table_info({table})")]:
                rows = db.execute(f"SELECT rowid, {column} FROM {table} ORDER BY 1").fetchall()
                yield table, column, [row for row in rows if row[1] is not None]


def flipped(value, place):
    """The value with one byte changed: the first, the middle or the last."""
    if isinstance(value, int):
        return value ^ (1 << (0, 12, 40)[place])
    data = bytearray(value.encode() if isinstance(value, str) else value)
    at = (0, len(data) // 2, len(data) - 1)[place]
    data[at] ^= 1
    return data.decode() if isinstance(value, str) else bytes(data)


def said(path):
    """What an officer is told who verifies this vault: the faults, or why it does not open."""
    try:
        desk = Desk.open(path, *OFFICER)
    except Exception as error:
        told = messages.explain(error)
        assert "unexpected" not in told.what
        return told.what
    try:
        report = desk.verify()
        return "" if report.holds else "\n".join(report.faults)
    finally:
        desk.close()


def tried(vault, folder, rows, places):
    """Flips byte after byte; the columns in which one could be."""
    path = copied(vault, folder)
    good = path.read_bytes()
    assert said(path) == ""
    good = path.read_bytes()
    columns = set()
    for table, column, cells_ in list(cells(path)):
        for rowid, value in rows(cells_):
            for place in places:
                bad = flipped(value, place)
                with contextlib.closing(sqlite3.connect(path)) as db:
                    try:
                        db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (bad, rowid))
                    except sqlite3.IntegrityError:
                        continue  # the format's own constraint: no file of it can hold this
                    db.commit()
                columns.add((table, column))
                told = said(path)
                assert table in told, (table, column, rowid, place, told)
                path.write_bytes(good)
    return columns


def every_column(vault):
    """All but the two ids that can only be 1."""
    return {(t, c) for t, c, _ in cells(vault)} - {("vault", "id"), ("head", "id")}
