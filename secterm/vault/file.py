"""What is SQLite's alone: the tables, the pragmas, the lock, the file itself.

Rows hold random ids, ciphertext and sequence numbers, nothing that says who,
what or when. Nothing above this module writes SQL.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import peewee

from secterm.vault.errors import (
    NewerFormat,
    NotAVault,
    NoVault,
    VaultBusy,
    VaultDamaged,
    VaultError,
    VaultExists,
    VaultUnreadable,
)
from secterm.vault.seal import FORMAT

APPLICATION_ID: Final = 0x53454354  # "SECT"
# One file at rest and after a crash: a rollback journal, not a WAL whose last
# commits a person who copies "the file" would leave behind. EXTRA also syncs
# the folder after the journal is unlinked, so that a commit survives a power
# cut. Freed pages are zeroed. Temporary tables never reach a disk.
PRAGMAS: Final = {
    "journal_mode": "delete",
    "synchronous": "extra",
    "secure_delete": "on",
    "foreign_keys": "on",
    "temp_store": "memory",
    "trusted_schema": "off",
    "cell_size_check": "on",
}


class Lock:
    """The lock beside a vault; the kernel frees it when its holder dies.

    Raises `VaultBusy` with the holder's own words, or `VaultUnreadable`.
    """

    def __init__(self, vault: Path) -> None:
        self._path = vault.with_name(vault.name + ".lock")
        while True:
            self._handle = self._take()
            # A lock that was released between our open and our lock has no
            # name any more, and the next to come would not see it.
            with contextlib.suppress(OSError):
                if os.stat(self._path).st_ino == os.fstat(self._handle).st_ino:
                    break
            os.close(self._handle)
        with contextlib.suppress(OSError):  # a full disk must not keep an officer out
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, f"{_whoami()}\n".encode(), 0)

    def _take(self) -> int:
        try:
            handle = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            raise VaultUnreadable("its folder does not exist") from None
        except OSError as error:
            raise VaultUnreadable(error.strerror or "its folder is read-only") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(handle, 200, 0).decode(errors="replace").strip()
            os.close(handle)
            raise VaultBusy(holder or "another program") from None
        return handle

    def release(self) -> None:
        """Lets go. May be called twice."""
        if self._handle < 0:
            return
        # The name goes before the lock, so that nobody holds a file that has none.
        with contextlib.suppress(OSError):
            self._path.unlink()
        os.close(self._handle)
        self._handle = -1


class Tables:
    """The peewee models of one open file."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        class Row(peewee.Model):
            class Meta:
                pass

        class Vault(Row):
            """One row: id, sealed log keys, the count of failed unlocks, a checksum."""

            id = peewee.IntegerField(primary_key=True, constraints=[peewee.Check("id = 1")])
            vault = peewee.BlobField()
            log_keys = peewee.BlobField()
            failures = peewee.BlobField()
            checksum = peewee.BlobField()

        class Slot(Row):
            """A way in: how its key is derived, a tag to find it by, what it wraps."""

            id = peewee.BlobField(primary_key=True)
            kdf = peewee.TextField()
            tag = peewee.BlobField()
            sealed = peewee.BlobField()

        class Dossier(Row):
            """A wrapped key, the commitment to it, and the sealed summary for lists."""

            id = peewee.BlobField(primary_key=True)
            key = peewee.BlobField(null=True)
            commitment = peewee.BlobField()
            card = peewee.BlobField(null=True)

        class Entry(Row):
            """What happened, sealed and numbered from 0."""

            number = peewee.IntegerField(primary_key=True)
            dossier = peewee.BlobField(index=True)
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

            id = peewee.IntegerField(primary_key=True, constraints=[peewee.Check("id = 1")])
            sealed = peewee.BlobField()

        self.vault = Vault
        self.slot = Slot
        self.dossier = Dossier
        self.entry = Entry
        self.tile = Tile
        self.signature = Signature
        self.head = Head
        self.all = (Vault, Slot, Dossier, Entry, Tile, Signature, Head)
        database.bind(list(self.all), bind_refs=False, bind_backrefs=False)


class VaultFile:
    """The open file: its lock, its database, its tables."""

    def __init__(self, path: Path, lock: Lock) -> None:
        self.path = path
        self._lock = lock
        self.database = peewee.SqliteDatabase(
            str(path), pragmas=PRAGMAS, check_same_thread=False, thread_safe=False, timeout=0
        )
        self.tables = Tables(self.database)

    @classmethod
    def create(cls, path: Path) -> VaultFile:
        """A new, empty, locked file with its tables.

        Raises `VaultExists`, `VaultBusy` or `VaultUnreadable`. Until `settle`
        it stands under a temporary name and is no vault.
        """
        lock = Lock(path)
        try:
            if path.exists():
                raise VaultExists(str(path))
            fresh = path.with_name(path.name + ".new")
            fresh.unlink(missing_ok=True)
            os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            file = cls(fresh, lock)
            with told():
                file.database.connect()
                file.database.execute_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                file.database.execute_sql(f"PRAGMA user_version = {FORMAT}")
                file.database.create_tables(list(file.tables.all))
        except BaseException as error:
            lock.release()
            if isinstance(error, OSError):
                raise VaultUnreadable(error.strerror or "cannot be written") from None
            raise
        return file

    def settle(self, path: Path) -> VaultFile:
        """The finished file under its own name, on the disk for good; reopened there."""
        with told():
            self.database.close()
            os.rename(self.path, path)
            sync_folder(path.parent)
            file = VaultFile(path, self._lock)
            file.database.connect()
        return file

    @classmethod
    def open(cls, path: Path) -> VaultFile:
        """An existing file, locked.

        Raises `NoVault`, `NotAVault`, `NewerFormat`, `VaultBusy`,
        `VaultDamaged` or `VaultUnreadable`.
        """
        try:
            found = path.exists()
            with contextlib.ExitStack() as stack:
                stream = stack.enter_context(path.open("rb")) if found else None
                start = stream.read(100) if stream else b""
        except OSError as error:
            raise VaultUnreadable(error.strerror or "cannot be read") from None
        if not found:
            raise NoVault(str(path))
        if (
            len(start) < 100
            or not start.startswith(b"SQLite format 3\0")
            or int.from_bytes(start[68:72], "big") != APPLICATION_ID
        ):
            raise NotAVault(str(path))
        format = int.from_bytes(start[60:64], "big")
        if format > FORMAT:
            raise NewerFormat(format)
        if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            raise VaultUnreadable("it is read-only")
        lock = Lock(path)
        try:
            file = cls(path, lock)
            with told():
                file.database.connect()
                file.database.execute_sql("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            lock.release()
            raise
        return file

    def close(self) -> None:
        """Lets go of the file and its lock. May be called twice."""
        self.database.close()
        self._lock.release()

    def discard(self) -> None:
        """Closes and removes a file that was never settled."""
        self.close()
        self.path.unlink(missing_ok=True)

    def rows(self, query: Any) -> Iterator[Any]:  # noqa: ANN401 - peewee has no types
        """A query's rows one by one, SQLite's troubles told as ours."""
        with told():
            yield from query.tuples().iterator()

    def complaints(self) -> Iterator[str]:
        """What SQLite itself finds wrong: pages, indexes, types, tables that are not ours."""
        with told():
            for (line,) in self.database.execute_sql("PRAGMA integrity_check(20)"):
                if line != "ok":
                    yield str(line)
            ours = {table._meta.table_name for table in self.tables.all}
            query = "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
            for kind, name in self.database.execute_sql(query).fetchall():
                if not (kind == "table" and name in ours) and name != "entry_dossier":
                    yield f"holds a {kind} that is not part of the format"

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One durable transaction: all of it is there afterwards, or nothing."""
        with told(), self.database.atomic("IMMEDIATE"):
            yield


@contextlib.contextmanager
def told() -> Iterator[None]:
    """SQLite's and the system's errors as `VaultUnreadable` or `VaultDamaged`."""
    try:
        yield
    except VaultError:
        raise
    except (peewee.DatabaseError, sqlite3.Error) as error:
        text = str(error)
        if "malformed" in text or "not a database" in text or "corrupt" in text:
            raise VaultDamaged("the file", "SQLite cannot read it") from None
        if "no such table" in text or "no such column" in text:
            raise VaultDamaged("the file", "a table is missing") from None
        if "disk is full" in text or "full" in text:
            raise VaultUnreadable("the disk is full") from None
        if "readonly" in text:
            raise VaultUnreadable("it is read-only") from None
        if "locked" in text:
            raise VaultBusy("another program") from None
        raise VaultUnreadable("the disk does not read or write") from None
    except OSError as error:
        raise VaultUnreadable(error.strerror or "the disk does not answer") from None


def sync_folder(folder: Path) -> None:
    """Makes a rename in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _whoami() -> str:
    try:
        terminal = os.ttyname(0)
    except OSError:
        terminal = "no terminal"
    return f"process {os.getpid()} on {terminal}, since {time.strftime('%H:%M')}"
