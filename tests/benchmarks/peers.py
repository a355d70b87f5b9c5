"""What the vault is compared with: the same rows in SQLCipher through peewee, and the same
cards sealed by the thousand, which is the least that a list of sealed cards can cost.

SQLCipher's key is given raw, and KeePass's derived before: no derivation is measured.
"""

import importlib.util
import os
import sqlite3
import time

import msgspec
import peewee
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from secterm.desk.cards import Card

PACKED = 1000  # cards sealed together
NONCE = bytes(12)
AT_ONCE = 500  # rows in a statement
MISSING = "needs `pip install --require-hashes -r requirements-bench.lock`"


def there(*modules):
    """Whether these peers are installed."""
    return all(importlib.util.find_spec(module) is not None for module in modules)


def sqlcipher(path):
    """An open SQLCipher database with a key of its own, through peewee."""
    from playhouse.sqlcipher_ext import SqlCipherDatabase

    class Raw(SqlCipherDatabase):
        """A key as it is: none is derived."""

        def _connect(self):
            self.connect_params.pop("passphrase", None)
            connection = super()._connect()
            connection.execute(f"PRAGMA key = \"x'{'ab' * 32}'\"")
            return connection

    database = Raw(str(path), passphrase="")
    database.connect()
    return database


def rows_of(database):
    """A table of cards in it, as a peewee model."""

    class Row(peewee.Model):
        """A card, a column for each field."""

        id = peewee.CharField(primary_key=True)

        class Meta:
            """Where it is."""

    for name in Card.__struct_fields__[1:]:
        Row._meta.add_field(name, peewee.TextField())
    Row._meta.set_database(database)
    return Row


def keep_cards(path, cards):
    """A SQLCipher database of these cards; its table."""
    database = sqlcipher(path)
    table = rows_of(database)
    database.create_tables([table])
    given = [msgspec.structs.asdict(card) for card in cards]
    with database.atomic():
        for start in range(0, len(given), AT_ONCE):
            table.insert_many(given[start : start + AT_ONCE]).execute()
    return table


def keep_entries(path, entries):
    """Seconds to insert entries (number, dossier, text) into SQLCipher, durably."""
    database = sqlcipher(path)

    class Entry(peewee.Model):
        """An entry in plaintext."""

        number = peewee.IntegerField(primary_key=True)
        dossier = peewee.BlobField(index=True)
        body = peewee.BlobField()

        class Meta:
            """Where it is."""

    Entry._meta.set_database(database)
    database.create_tables([Entry])
    fields = [Entry.number, Entry.dossier, Entry.body]
    began = time.perf_counter()
    with database.atomic():
        for start in range(0, len(entries), AT_ONCE):
            Entry.insert_many(entries[start : start + AT_ONCE], fields).execute()
    return time.perf_counter() - began


class Packed:
    """The cards, sealed by the thousand, in a plain SQLite file."""

    def __init__(self, path, cards):
        self._key = os.urandom(32)
        self._path = path
        aead = AESGCMSIV(self._key)
        with sqlite3.connect(path) as made:
            made.execute("CREATE TABLE packed (place INTEGER PRIMARY KEY, sealed BLOB)")
            for start in range(0, len(cards), PACKED):
                body = msgspec.json.encode(cards[start : start + PACKED])
                sealed = aead.encrypt(NONCE, body, None)
                made.execute("INSERT INTO packed VALUES (?, ?)", (start, sealed))
        made.close()

    def read(self):
        """All cards: read, opened and decoded; nothing else."""
        found, aead = [], AESGCMSIV(self._key)
        decoder = msgspec.json.Decoder(list[Card])
        there = sqlite3.connect(self._path)
        for (sealed,) in there.execute("SELECT sealed FROM packed ORDER BY place"):
            found += decoder.decode(aead.decrypt(NONCE, sealed, None))
        there.close()
        return found
