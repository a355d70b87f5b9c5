"""What somebody with the file in hand and no passphrase can do, and what an officer is
told who opens it then.
"""

import contextlib
import sqlite3
from pathlib import Path

from secterm import messages
from secterm.desk.desk import Desk
from secterm.vault.file import VaultFile
from secterm.vault.outside import Outside
from tests.tamper.vault import ALIX

KEYS = {
    "slot": "id",
    "dossier": "id",
    "entry": "number",
    "draft": "dossier",
    "sheet": "place",
    "signature": "size",
}


def rows(path: Path, query: str, *values: object) -> list[tuple]:
    """What a query gives."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute(query, values).fetchall()


def change(path: Path, *statements: tuple) -> None:
    """Statements, each with its values."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        for statement, *values in statements:
            db.execute(statement, values)
        db.commit()


def with_checksum(path: Path) -> None:
    """The plain checksum made anew, as it has no key."""
    file = VaultFile.open(path)
    try:
        plain = Outside.read(file)
        plain.count(file, plain.failures)
    finally:
        file.close()


def put_back(path: Path, older: Path, table: str, where: str = "1", *values: object) -> None:
    """Rows as an older copy (or another vault) has them, over those that are there."""
    found = rows(older, f"SELECT * FROM {table} WHERE {where}", *values)
    assert found
    marks = ", ".join("?" * len(found[0]))
    change(path, *((f"INSERT OR REPLACE INTO {table} VALUES ({marks})", *row) for row in found))


def exchange(path: Path, table: str, column: str, one: object, two: object) -> None:
    """One column's values of two rows, each in the other's place."""
    key = KEYS[table]
    values = dict(rows(path, f"SELECT {key}, {column} FROM {table}"))
    assert values[one] != values[two]
    statement = f"UPDATE {table} SET {column} = ? WHERE {key} = ?"
    change(path, (statement, values[two], one), (statement, values[one], two))


def numbers(path: Path, dossier: str) -> list[int]:
    """The numbers of a dossier's entries."""
    query = "SELECT number FROM entry WHERE dossier = ? ORDER BY 1"
    return [n for (n,) in rows(path, query, bytes.fromhex(dossier))]


def found(path: Path, who: tuple[str, str] = ALIX, *, earlier: str = "") -> str:
    """What a verification says, one fault a line; where the vault does not open, why."""
    try:
        desk = Desk.open(path, *who)
    except Exception as error:
        return refused(error)
    try:
        report = desk.verify(earlier=earlier)
        assert report.holds == (not report.faults)
        return "\n".join(report.faults)
    finally:
        desk.close()


def refused(error: Exception) -> str:
    """An error as an officer reads it; it must be one that has words of its own."""
    told = messages.explain(error).what
    assert "unexpected" not in told, repr(error)
    return told
