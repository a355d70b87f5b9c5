"""What is SQLite's alone: the pragmas, the transactions, the file itself. One
thread at a time is let in, and nobody once it is closed. Nothing above this
module writes SQL.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import peewee

from secterm.vault.errors import (
    NewerFormat,
    NotAVault,
    NoVault,
    VaultBusy,
    VaultClosed,
    VaultDamaged,
    VaultError,
    VaultExists,
    VaultUnreadable,
)
from secterm.vault.lock import Lock
from secterm.vault.tables import FORMAT, SCHEMA, Tables, check_row

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
BATCH: Final = 256  # rows fetched at a time
JOURNAL_HEADER: Final = 28  # bytes; zeros once the transaction is over
SCRUBBED: Final = 1 << 20  # bytes overwritten at a time


class VaultFile:
    """The open file: its lock, its database, its tables."""

    def __init__(self, path: Path, lock: Lock) -> None:
        self.path = path
        self._lock = lock
        self._turn = threading.RLock()
        self._closed = False
        self._reading: weakref.WeakSet[Any] = weakref.WeakSet()  # cursors not read to their end
        self.database = peewee.SqliteDatabase(
            str(path),
            pragmas=PRAGMAS,
            check_same_thread=False,
            thread_safe=False,
            autoconnect=False,
            timeout=0,
        )
        self.tables = Tables(self.database)

    @classmethod
    def create(cls, path: Path) -> VaultFile:
        """A new, empty, locked file with its tables.

        Raises `VaultExists`, `VaultBusy` or `VaultUnreadable`. Until `settle`
        it stands under a temporary name and is no vault.
        """
        path = path.resolve()
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
                for _type, _name, sql in SCHEMA:
                    file.database.execute_sql(sql)
        except BaseException as error:
            lock.release()
            if isinstance(error, OSError):
                raise VaultUnreadable(error.strerror or "cannot be written") from None
            raise
        return file

    def settle(self, path: Path) -> VaultFile:
        """The finished file under its own name, on the disk for good; reopened there.

        Raises `VaultExists` where somebody else has put a file there meanwhile.
        """
        path = path.resolve()
        with told():
            self.database.close()
            try:
                os.link(self.path, path)
                os.unlink(self.path)
            except FileExistsError:
                raise VaultExists(str(path)) from None
            except OSError:  # a file system without links
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
        path = path.resolve()
        try:
            found = path.exists()
            if found and not path.is_file():
                raise NotAVault(str(path))
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
        if format != FORMAT:
            raise NotAVault(str(path))
        if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            raise VaultUnreadable("it is read-only")
        lock = Lock(path)
        try:
            _one_name(path)
            file = cls(path, lock)
            with told():
                file.database.connect()
                file._check_whole()
                file._scrub()  # what a power cut left of one that was to be
        except BaseException:
            lock.release()
            raise
        return file

    def close(self) -> None:
        """Lets go of the file and its lock, once nobody is at it. May be called twice."""
        with self._turn:
            self._shut()
            self._lock.release()

    def discard(self) -> None:
        """Removes a file that was never settled, and lets go."""
        with self._turn:
            self._shut()
            self.path.unlink(missing_ok=True)
            self._lock.release()

    def _shut(self) -> None:
        self._closed = True
        for cursor in list(self._reading):
            with contextlib.suppress(sqlite3.ProgrammingError):  # it was closed before
                cursor.close()  # or SQLite would keep the file until somebody forgets it
        self.database.close()

    def rows(self, query: Any) -> Iterator[Any]:  # noqa: ANN401 - peewee has no types
        """A select's rows one by one, each value of its column's type.

        Raises `VaultDamaged`, `VaultUnreadable`, or `VaultClosed` where it was closed meanwhile.
        """
        columns = tuple(query.selected_columns)
        with self._at_it():
            cursor = self.database.execute(query)
            self._reading.add(cursor)
        while True:
            with self._at_it():
                batch = cursor.fetchmany(BATCH)
            if not batch:
                return
            for row in batch:
                check_row(columns, row)
                yield row

    def complaints(self) -> Iterator[str]:
        """What SQLite itself finds wrong: pages, indexes, counts."""
        with self._at_it():
            found = self.database.execute_sql("PRAGMA integrity_check(20)").fetchall()
        for (line,) in found:
            if line != "ok":
                yield str(line)

    @contextlib.contextmanager
    def writing(self, *, scrub: bool = False) -> Iterator[None]:
        """One durable transaction: all of it is there afterwards, or nothing.

        With `scrub`, the earlier pages in its rollback journal are overwritten before
        the journal goes.
        """
        with self._at_it():
            if scrub:
                self.database.execute_sql("PRAGMA journal_mode = persist")
            try:
                with self.database.atomic("IMMEDIATE"):
                    yield
            finally:
                if scrub:
                    with contextlib.suppress(OSError):  # else the next opening does it
                        self._scrub()
                    self.database.execute_sql("PRAGMA journal_mode = delete")

    def _scrub(self) -> None:
        """Overwrites and removes a rollback journal that is over: its header is zeros then."""
        journal = self.path.with_name(self.path.name + "-journal")
        with contextlib.suppress(FileNotFoundError), journal.open("r+b") as stream:
            size = os.fstat(stream.fileno()).st_size
            if stream.read(JOURNAL_HEADER).strip(b"\0"):
                return  # it is needed: SQLite rolls back with it
            stream.seek(0)
            for start in range(0, size, SCRUBBED):
                stream.write(bytes(min(SCRUBBED, size - start)))
            stream.flush()
            os.fsync(stream.fileno())
            journal.unlink()

    @contextlib.contextmanager
    def _at_it(self) -> Iterator[None]:
        """One thread's turn at the open file, SQLite's troubles told as ours."""
        with self._turn, told():
            if self._closed:
                raise VaultClosed
            yield

    def _check_whole(self) -> None:
        """Before the first query: a file cut short, or a schema that could act on it."""
        (pages,), (size,) = (
            self.database.execute_sql(f"PRAGMA {name}").fetchone()
            for name in ("page_count", "page_size")
        )
        if self.path.stat().st_size != pages * size:
            raise VaultDamaged("the file", "is not as long as it says")
        query = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        found = self.database.execute_sql(query).fetchall()
        if sorted(found) != sorted(SCHEMA):
            raise VaultDamaged("the file", "its tables are not those of the format")


@contextlib.contextmanager
def told() -> Iterator[None]:
    """SQLite's and the system's errors as `VaultUnreadable` or `VaultDamaged`."""
    try:
        yield
    except VaultError:
        raise
    except (UnicodeDecodeError, OverflowError):
        raise VaultDamaged("the file", "holds what SQLite cannot have written") from None
    except (peewee.PeeweeException, sqlite3.Error) as error:
        text = _whole_story(error)
        if "malformed" in text or "not a database" in text or "corrupt" in text:
            raise VaultDamaged("the file", "SQLite cannot read it") from None
        if "no such table" in text or "no such column" in text:
            raise VaultDamaged("the file", "a table is missing") from None
        if "disk is full" in text:
            raise VaultUnreadable("the disk is full") from None
        if "readonly" in text:
            raise VaultUnreadable("it is read-only") from None
        if "locked" in text:
            raise VaultBusy("another program") from None
        raise VaultUnreadable("the disk does not read or write") from None
    except OSError as error:
        raise VaultUnreadable(error.strerror or "the disk does not answer") from None


def _whole_story(error: BaseException) -> str:
    """What SQLite said, from the first: after a full disk it also fails to roll back."""
    told = []
    story: BaseException | None = error
    while story is not None:
        told.append(str(story))
        story = story.__context__
    return "\n".join(told)


def _one_name(path: Path) -> None:
    """Raises `VaultUnreadable` for a file that has a second name, a hard link.

    It would have a second lock and a second journal beside it, and SQLite promises
    nothing then. The name that a vault was made under is taken away, where a power
    cut left it.
    """
    fresh = path.with_name(path.name + ".new")
    with told():
        if path.stat().st_nlink > 1 and fresh.exists() and fresh.samefile(path):
            fresh.unlink()
        if path.stat().st_nlink > 1:
            raise VaultUnreadable("it has a second name (a hard link), which has to go first")


def sync_folder(folder: Path) -> None:
    """Makes a rename in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
