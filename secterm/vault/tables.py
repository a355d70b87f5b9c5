"""The tables of format 1: their DDL to the letter, and the models that query them.

Rows hold random ids, ciphertext and sequence numbers, nothing that says who,
what or when.
"""

from __future__ import annotations

from typing import Any, Final

import peewee

from secterm.vault.errors import VaultDamaged

FORMAT: Final = 1  # of the file: SQLite's user_version. Seals have a format of their own.
# Type, name, SQL. A file whose schema says one word more or less is refused: a
# trigger would act inside our transactions, a column would hold what nobody sealed.
SCHEMA: Final = (
    (
        "table",
        "vault",
        'CREATE TABLE "vault" ("id" INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), '
        '"vault" BLOB NOT NULL, "log_keys" BLOB NOT NULL, "failures" BLOB NOT NULL, '
        '"checksum" BLOB NOT NULL)',
    ),
    (
        "table",
        "slot",
        'CREATE TABLE "slot" ("id" BLOB NOT NULL PRIMARY KEY, "kdf" TEXT NOT NULL, '
        '"tag" BLOB NOT NULL, "sealed" BLOB NOT NULL, "wrapped" BLOB NOT NULL)',
    ),
    (
        "table",
        "dossier",
        'CREATE TABLE "dossier" ("id" BLOB NOT NULL PRIMARY KEY, "key" BLOB, '
        '"commitment" BLOB NOT NULL, "card" BLOB)',
    ),
    (
        "table",
        "entry",
        'CREATE TABLE "entry" ("number" INTEGER NOT NULL PRIMARY KEY, '
        '"dossier" BLOB NOT NULL, "sealed" BLOB NOT NULL)',
    ),
    ("index", "entry_dossier", 'CREATE INDEX "entry_dossier" ON "entry" ("dossier")'),
    (
        "table",
        "draft",
        'CREATE TABLE "draft" ("dossier" BLOB NOT NULL PRIMARY KEY, "sealed" BLOB NOT NULL)',
    ),
    (
        "table",
        "sheet",
        'CREATE TABLE "sheet" ("place" INTEGER NOT NULL PRIMARY KEY, "sealed" BLOB NOT NULL)',
    ),
    (
        "table",
        "tile",
        'CREATE TABLE "tile" ("level" INTEGER NOT NULL, "place" INTEGER NOT NULL, '
        '"hashes" BLOB NOT NULL, PRIMARY KEY ("level", "place"))',
    ),
    (
        "table",
        "signature",
        'CREATE TABLE "signature" ("size" INTEGER NOT NULL PRIMARY KEY, "sealed" BLOB NOT NULL)',
    ),
    (
        "table",
        "head",
        'CREATE TABLE "head" ("id" INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), '
        '"sealed" BLOB NOT NULL)',
    ),
)
LARGEST_INTEGER: Final = 2**62  # no count of a vault comes near


class Tables:
    """The peewee models of one open file."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        class Row(peewee.Model):
            class Meta:
                pass

        class Vault(Row):
            """One row: id, sealed log keys, the count of failed unlocks, a checksum."""

            id = peewee.IntegerField(primary_key=True)
            vault = peewee.BlobField()
            log_keys = peewee.BlobField()
            failures = peewee.BlobField()
            checksum = peewee.BlobField()

        class Slot(Row):
            """A way in: how its key is derived, a tag to find it by, its holder's own
            keys, and the vault key sealed to those.
            """

            id = peewee.BlobField(primary_key=True)
            kdf = peewee.TextField()
            tag = peewee.BlobField()
            sealed = peewee.BlobField()
            wrapped = peewee.BlobField()

        class Dossier(Row):
            """A wrapped key, the commitment to it, and the sealed summary for lists."""

            id = peewee.BlobField(primary_key=True)
            key = peewee.BlobField(null=True)
            commitment = peewee.BlobField()
            card = peewee.BlobField(null=True)

        class Entry(Row):
            """What happened, sealed and numbered from 0; of an erased dossier its leaf hash."""

            number = peewee.IntegerField(primary_key=True)
            dossier = peewee.BlobField()
            sealed = peewee.BlobField()

        class Draft(Row):
            """What was left unfinished at a dossier, sealed; at most one row of each."""

            dossier = peewee.BlobField(primary_key=True)
            sealed = peewee.BlobField()

        class Sheet(Row):
            """Many cards, sealed together: a cache for lists."""

            place = peewee.IntegerField(primary_key=True)
            sealed = peewee.BlobField()

        class Tile(Row):
            """A full tile of 256 hashes of the Merkle tree."""

            level = peewee.IntegerField()
            place = peewee.IntegerField()
            hashes = peewee.BlobField()

            class Meta:
                primary_key = peewee.CompositeKey("level", "place")

        class Signature(Row):
            """The sealed signature on the checkpoint that ends a transaction."""

            size = peewee.IntegerField(primary_key=True)
            sealed = peewee.BlobField()

        class Head(Row):
            """One row: the sealed size, right edge and digest of the slots."""

            id = peewee.IntegerField(primary_key=True)
            sealed = peewee.BlobField()

        self.vault = Vault
        self.slot = Slot
        self.dossier = Dossier
        self.entry = Entry
        self.draft = Draft
        self.sheet = Sheet
        self.tile = Tile
        self.signature = Signature
        self.head = Head
        self.all = (Vault, Slot, Dossier, Entry, Draft, Sheet, Tile, Signature, Head)
        database.bind(list(self.all), bind_refs=False, bind_backrefs=False)


class Expected:
    """What each row of these columns must be; cheap where it is so, as of nearly every row."""

    def __init__(self, columns: tuple[object, ...]) -> None:
        self._columns = columns
        self._counted = [i for i, c in enumerate(columns) if isinstance(c, peewee.IntegerField)]
        self._met: list[list[type]] = []  # types of rows that were right; a few at most

    def right(self, rows: list[tuple[Any, ...]]) -> int:
        """How many of these, from the first on, are as `check_row` wants them."""
        for place, row in enumerate(rows):
            types = [*map(type, row)]  # no tuple: Python would lay aside the memory of 2,000
            if types in self._met:
                for counted in self._counted:
                    if not 0 <= row[counted] <= LARGEST_INTEGER:
                        return place
                continue
            try:
                check_row(self._columns, row)
            except VaultDamaged:
                return place
            self._met.append(types)
        return len(rows)


def check_row(columns: tuple[object, ...], row: tuple[object, ...]) -> None:
    """Raises `VaultDamaged` where a value is of another type than its column.

    SQLite keeps what it is given, whatever a column's type; a file that somebody
    changed may hold anything anywhere.
    """
    for column, value in zip(columns, row, strict=True):
        if not isinstance(column, peewee.Field):
            continue  # what SQLite counted itself
        if isinstance(column, peewee.IntegerField):
            fits = isinstance(value, int) and 0 <= value <= LARGEST_INTEGER
        elif isinstance(column, peewee.BlobField):
            fits = isinstance(value, bytes) or (value is None and column.null)
        else:
            fits = isinstance(value, str)
        if not fits:
            where = f"{column.model._meta.table_name}.{column.name}"
            raise VaultDamaged(where, "holds a value of another type than the format has")
