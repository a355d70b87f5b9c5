"""The file as SQLite has it: section 2."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tests.reader.basics import Fault, Refused

APPLICATION, FORMAT = 0x53454354, 1

# Type, length in bytes where the page fixes one, and whether NULL may stand there.
Column = tuple[str, int | None, bool]
TABLES: dict[str, dict[str, Column]] = {
    "vault": {
        "id": ("INTEGER", None, False),
        "vault": ("BLOB", 16, False),
        "log_keys": ("BLOB", 100, False),
        "failures": ("BLOB", 4, False),
        "checksum": ("BLOB", 32, False),
    },
    "slot": {
        "id": ("BLOB", 16, False),
        "kdf": ("TEXT", None, False),
        "tag": ("BLOB", 16, False),
        "sealed": ("BLOB", 116, False),
        "wrapped": ("BLOB", 1184, False),
    },
    "dossier": {
        "id": ("BLOB", 16, False),
        "key": ("BLOB", 64, True),
        "commitment": ("BLOB", 32, False),
        "card": ("BLOB", None, True),
    },
    "entry": {
        "number": ("INTEGER", None, False),
        "dossier": ("BLOB", 16, False),
        "sealed": ("BLOB", None, False),
    },
    "draft": {
        "dossier": ("BLOB", 16, False),
        "sealed": ("BLOB", None, False),
    },
    "sheet": {
        "place": ("INTEGER", None, False),
        "sealed": ("BLOB", None, False),
    },
    "tile": {
        "level": ("INTEGER", None, False),
        "place": ("INTEGER", None, False),
        "hashes": ("BLOB", 8192, False),
    },
    "signature": {
        "size": ("INTEGER", None, False),
        "sealed": ("BLOB", 124, False),
    },
    "head": {
        "id": ("INTEGER", None, False),
        "sealed": ("BLOB", None, False),
    },
}
KEYS = {
    "vault": ("id",),
    "slot": ("id",),
    "dossier": ("id",),
    "entry": ("number",),
    "draft": ("dossier",),
    "sheet": ("place",),
    "tile": ("level", "place"),
    "signature": ("size",),
    "head": ("id",),
}
INDEX = 'CREATE INDEX "entry_dossier" ON "entry" ("dossier")'


def _statement(table: str) -> str:
    columns = []
    for name, (type, _, empty) in TABLES[table].items():
        text = f'"{name}" {type}' + ("" if empty else " NOT NULL")
        if KEYS[table] == (name,):
            text += " PRIMARY KEY"
            text += " CHECK (id = 1)" if table in ("vault", "head") else ""
        columns.append(text)
    if len(KEYS[table]) > 1:
        columns.append("PRIMARY KEY ({})".format(", ".join(f'"{k}"' for k in KEYS[table])))
    return f'CREATE TABLE "{table}" ({", ".join(columns)})'


def connected(path: Path) -> sqlite3.Connection:
    """A connection that only reads; Refused where the file is no vault of this format."""
    head = path.read_bytes()[:100]
    if head[:16] != b"SQLite format 3\0" or int.from_bytes(head[68:72], "big") != APPLICATION:
        raise Refused("this is no vault")
    if int.from_bytes(head[60:64], "big") != FORMAT:
        raise Refused("this vault is of another format")
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    db.execute("PRAGMA trusted_schema = off")
    db.execute("PRAGMA cell_size_check = on")
    rows = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    automatic = [name for _, name, _, sql in rows if sql is None]
    if not all(name.startswith("sqlite_autoindex_") for name in automatic):
        raise Refused("the schema is another")
    wanted = {("table", t, t, _statement(t)) for t in TABLES}
    wanted.add(("index", "entry_dossier", "entry", INDEX))
    if {row for row in rows if row[3] is not None} != wanted:
        raise Refused("the schema is another")
    return db


def row_name(table: str, key: tuple[int | bytes | str, ...]) -> str:
    """How a place names a row: its key, hex where it is bytes."""
    return "/".join(k.hex() if isinstance(k, bytes) else str(k) for k in key)


def faults(db: sqlite3.Connection) -> Iterator[Fault]:
    """Values of another type or length than the page has."""
    for (line,) in db.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield Fault("file", "", "", str(line))
    for table, columns in TABLES.items():
        keys = KEYS[table]
        for row in db.execute(f"SELECT {', '.join((*keys, *columns))} FROM {table}"):
            name = row_name(table, row[: len(keys)])
            for (column, kind), value in zip(columns.items(), row[len(keys) :], strict=True):
                told = _wrong(value, *kind)
                if told:
                    yield Fault(table, name, column, told)


def _wrong(value: int | str | bytes | float | None, type: str, length: int | None, empty: bool):
    if value is None:
        return "" if empty else "is missing"
    kind = {"INTEGER": int, "TEXT": str, "BLOB": bytes}[type]
    if not isinstance(value, kind):
        return "is of another type"
    if isinstance(value, int) and value < 0:
        return "is negative"
    if length is not None and isinstance(value, bytes) and len(value) != length:
        return "has another length"
    return ""
