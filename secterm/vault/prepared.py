"""Queries as text, for what is asked of every vault again and again: peewee takes longer to
write one than SQLite to run it.
"""

from __future__ import annotations

from typing import Any

from secterm.vault.tables import Tables


class Prepared:
    """A query whose values are left open, whichever they were; they are given in the order in
    which its text names their columns: of an insert, that of the table.
    """

    def __init__(self, query: Any) -> None:  # noqa: ANN401 - peewee has no types
        self.columns: tuple[object, ...] = tuple(getattr(query, "selected_columns", ()))
        self.sql: str = query.sql()[0]


class Statements:
    """What a commit asks and writes, a row at a time, each of them as `Prepared`."""

    def __init__(self, tables: Tables) -> None:
        head, dossier = tables.head, tables.dossier
        self.there = Prepared(head.select(head.sealed))
        self.dossier = Prepared(dossier.insert(id=b"", key=b"", commitment=b""))
        self.entry = Prepared(tables.entry.insert(number=0, dossier=b"", sealed=b""))
        self.card = Prepared(dossier.update(card=b"").where(dossier.id == b""))
        self.tile = Prepared(tables.tile.insert(level=0, place=0, hashes=b""))
        self.signature = Prepared(tables.signature.insert(size=0, sealed=b""))
        self.head = Prepared(head.replace(id=1, sealed=b""))
