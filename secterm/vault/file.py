"""What is SQLite's alone: the pragmas, the transactions, the file itself. One
thread at a time is let in, and nobody once it is closed. Nothing above this
module writes SQL.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
import stat
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import peewee

from secterm.vault.disk import Place, place_of, scrub_journal, sync_folder
from secterm.vault.errors import (
    NewerFormat,
    NotAVault,
    NoVault,
    VaultClosed,
    VaultDamaged,
    VaultError,
    VaultExists,
    VaultMoved,
    VaultUnreadable,
)
from secterm.vault.lock import Lock
from secterm.vault.prepared import Prepared, Statements
from secterm.vault.reading import BATCH_SIZE, Reading
from secterm.vault.tables import FORMAT, SCHEMA, Expected, Tables, check_row
from secterm.vault.troubles import told

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
# What one query may give: this many times the file's length, which is more than rows and
# what Python adds to them. In a file that somebody made, all rows may share their pages.
MOST_TIMES: Final = 4
READING: Final = {k: v for k, v in PRAGMAS.items() if k not in ("journal_mode", "synchronous")}


class VaultFile:
    """The open file: its lock, its database, its tables."""

    def __init__(self, path: Path, lock: Lock | None, *, writes: bool = True) -> None:
        self.path = path
        self._lock = lock
        self._turn = threading.RLock()
        self._closed = False
        self._reading: weakref.WeakSet[Reading] = weakref.WeakSet()
        self._place: Place | None = None  # which file ours is, once it is open
        self._lock_place: Place | None = None
        self._copy: Path | None = None  # made when the file had lost its last name
        self.database = peewee.SqliteDatabase(
            str(path) if writes else f"{path.as_uri()}?mode=ro",
            uri=not writes,
            pragmas=PRAGMAS if writes else READING,
            check_same_thread=False,
            thread_safe=False,
            autoconnect=False,
            timeout=0,
        )
        self.tables = Tables(self.database)
        self.statements = Statements(self.tables)

    @classmethod
    def create(cls, path: Path) -> VaultFile:
        """A new, empty, locked file with its tables.

        Raises `VaultExists`, `VaultBusy` or `VaultUnreadable`. Until `settle`
        it stands under a temporary name and is no vault.
        """
        path = path.resolve()
        file = cls(path.with_name(path.name + ".new"), Lock(path))
        try:
            with told():
                if path.exists():
                    raise VaultExists(str(path))
                file.path.unlink(missing_ok=True)
                os.close(os.open(file.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
                file._connect()
                file.database.execute_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                file.database.execute_sql(f"PRAGMA user_version = {FORMAT}")
                for _type, _name, sql in SCHEMA:
                    file.database.execute_sql(sql)
        except BaseException:
            file.discard()
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
            try:
                sync_folder(path.parent)
                file = VaultFile(path, self._lock)
                file._connect()
                file._lock_place = place_of(file._lock_path)
            except BaseException:
                path.unlink(missing_ok=True)  # what is told as failed is not there
                raise
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
            _no_link(path.with_name(path.name + "-journal"))
            file = cls(path, lock)
            with told():
                file._connect()
                file._lock_place = place_of(file._lock_path)
                file._check_whole()
                with contextlib.suppress(OSError):  # what a power cut left of one that was to be
                    scrub_journal(file._journal)
        except BaseException:
            lock.release()
            raise
        return file

    @classmethod
    def beside(cls, path: Path) -> VaultFile:
        """A file that another process has locked, to read only. Raises as `open`."""
        file = cls(path.resolve(), None, writes=False)
        try:
            with told():
                file.database.connect()
                file._check_whole()
        except BaseException:
            file.close()
            raise
        return file

    def close(self) -> None:
        """Lets go of the file and its lock, once nobody is at it. May be called twice."""
        with self._turn:
            with contextlib.suppress(VaultError, OSError):
                if not self._closed and self._moved() and self.path.exists():
                    self._keep()  # whoever put another file there did not know of us
            self._shut()
            with contextlib.suppress(OSError):
                if self._lock_place and place_of(self._lock_path) not in (None, self._lock_place):
                    return  # the name that goes would be somebody else's lock
            if self._lock is not None:
                self._lock.release()

    def discard(self) -> None:
        """Removes a file that was never settled, and lets go."""
        with self._turn:
            self._shut()
            with contextlib.suppress(OSError):  # what failed before is what is told
                self.path.unlink(missing_ok=True)
            if self._lock is not None:
                self._lock.release()

    def _shut(self) -> None:
        self._closed = True
        for reading in list(self._reading):
            reading.close()  # or SQLite would keep the file until somebody forgets it
        self.database.close()

    def rows(self, query: Any, *given: object) -> Iterator[Any]:  # noqa: ANN401 - peewee has no types
        """A select's rows one by one, each value of its column's type.

        `given` are the values of a `Prepared` one.
        Raises `VaultDamaged`, `VaultUnreadable`, or `VaultClosed` where it was closed meanwhile.
        """
        return itertools.chain.from_iterable(self.some_rows(query, *given))

    def some_rows(self, query: Any, *given: object) -> Iterator[list[Any]]:  # noqa: ANN401
        """The same some at a time, fewer where they are large."""
        prepared = query if isinstance(query, Prepared) else None
        columns = prepared.columns if prepared else tuple(query.selected_columns)
        expected, total = Expected(columns), 0
        with self._at_it():
            cursor = (
                self.database.execute_sql(prepared.sql, given)
                if prepared
                else self.database.execute(query)
            )
            reading = Reading(cursor)
            batch, size = reading.batch()
            if not reading.ended:
                self._reading.add(reading)
        while True:
            total += size
            if total > BATCH_SIZE:
                with self._at_it():
                    length = self._length()
                if total > MOST_TIMES * length:
                    raise VaultDamaged("the file", "holds more than it is long")
            right = expected.right(batch)
            yield batch[:right] if right < len(batch) else batch
            if right < len(batch):
                check_row(columns, batch[right])
            if reading.ended:
                return
            with self._at_it():
                batch, size = reading.batch()

    def write(self, change: Prepared, *rows: tuple[object, ...]) -> None:
        """Makes a prepared change with each of these rows of values; belongs inside `writing()`."""
        self.database.connection().executemany(change.sql, rows)

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
        the journal goes. Raises `VaultMoved` where the file does not stand under its
        name before or after; after, all of it may be there.
        """
        with self._at_it():
            self._in_place()
            self._hold_lock()
            if scrub:
                self.database.execute_sql("PRAGMA journal_mode = persist")
            try:
                with self.database.atomic("IMMEDIATE"):
                    yield
                    self._in_place()
            finally:
                if scrub:
                    # Where this fails, the journal stays, and the next opening does it:
                    # SQLite would take it away as it is. What was committed is committed.
                    with contextlib.suppress(OSError, peewee.PeeweeException, sqlite3.Error):
                        if not self._moved():
                            scrub_journal(self._journal)
                        self.database.execute_sql("PRAGMA journal_mode = delete")
                self._in_place()

    def rebuild(self, *names: str) -> None:
        """Copies these tables' rows onto other pages; belongs inside `writing(scrub=True)`.

        SQLite zeroes what it deletes, not what it moved to another page before; a
        page that it gives up it zeroes whole.
        """
        for reading in list(self._reading):
            reading.finish()  # SQLite drops no table while it reads
        run = self.database.execute_sql
        for kind, name, sql in SCHEMA:
            if kind == "table" and name in names:
                run(sql.replace(f'"{name}"', f'"{name} anew"', 1))
                run(f'INSERT INTO "{name} anew" SELECT * FROM "{name}"')  # noqa: S608 - names of ours
                # Emptied first: dropping a full one would keep all its pages in memory.
                run(f'DELETE FROM "{name}"')  # noqa: S608
                run(f'DROP TABLE "{name}"')
                run(f'ALTER TABLE "{name} anew" RENAME TO "{name}"')
        there = {name for (name,) in run("SELECT name FROM sqlite_master").fetchall()}
        for kind, name, sql in SCHEMA:
            if kind == "index" and name not in there:
                run(sql)

    @contextlib.contextmanager
    def _at_it(self) -> Iterator[None]:
        """One thread's turn at the open file, SQLite's troubles told as ours."""
        with self._turn, told():
            if self._closed:
                raise VaultClosed
            if self._moved() and self._journal.exists():
                # It belongs to another file, and SQLite would play it back into ours.
                raise VaultMoved(copy="", elsewhere=self._named())
            yield

    # -- where the file is ------------------------------------------------

    @property
    def _journal(self) -> Path:
        return self.path.with_name(self.path.name + "-journal")

    @property
    def _lock_path(self) -> Path:
        return self.path.with_name(self.path.name + ".lock")

    def _connect(self) -> None:
        self.database.connect()
        self._place = place_of(self.path)

    def _moved(self) -> bool:
        """Whether the open file is no longer the one under its name.

        What SQLite then wrote would go where nobody looks for it, its journal
        beside a file that it is not of (sqlite.org/howtocorrupt.html, 2.4).
        """
        return self._place is not None and place_of(self.path) != self._place

    def _in_place(self) -> None:
        if not self._moved():
            return
        elsewhere = self._named()
        copy = ""
        if not elsewhere:
            with contextlib.suppress(VaultError):
                copy = self._keep()
        raise VaultMoved(copy=copy, elsewhere=elsewhere)

    def _named(self) -> bool:
        """Whether the open file still has a name somewhere."""
        with contextlib.suppress(OSError):
            for handle in os.scandir("/proc/self/fd"):
                with contextlib.suppress(OSError):
                    found = handle.stat()
                    if (found.st_dev, found.st_ino) == self._place:
                        return found.st_nlink > 0
        return False

    def _keep(self) -> str:
        """Copies a file that has no name any more to one beside where it was; its name.

        Raises `VaultUnreadable` where there is no room for it, and `VaultDamaged`.
        """
        if self._named() or self._journal.exists() or self.database.in_transaction():
            return ""  # what is not committed did not happen
        if self._copy is not None and self._copy.exists():
            return self._copy.name
        with told():
            for number in itertools.count(1):
                copy = self.path.with_name(f"{self.path.name}.kept-{number}")
                with contextlib.suppress(FileExistsError):
                    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
                    break
            try:
                with contextlib.closing(sqlite3.connect(copy)) as target:
                    self.database.connection().backup(target)
                sync_folder(copy.parent)
            except BaseException:
                copy.unlink(missing_ok=True)
                raise
        self._copy = copy
        return copy.name

    def _hold_lock(self) -> None:
        """Takes the lock again where somebody removed or replaced its file. Raises `VaultBusy`."""
        if self._lock_place is not None and place_of(self._lock_path) != self._lock_place:
            self._lock = Lock(self.path)
            self._lock_place = place_of(self._lock_path)

    def _check_whole(self) -> None:
        """Before the first query: a file cut short, or a schema that could act on it."""
        if self.path.stat().st_size != self._length():
            raise VaultDamaged("the file", "is not as long as it says")
        query = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        found = self.database.execute_sql(query).fetchall()
        if sorted(found) != sorted(SCHEMA):
            raise VaultDamaged("the file", "its tables are not those of the format")

    def _length(self) -> int:
        """The file's length in bytes as SQLite has it, with what is not committed yet."""
        (pages,), (size,) = (
            self.database.execute_sql(f"PRAGMA {name}").fetchone()
            for name in ("page_count", "page_size")
        )
        return int(pages * size)


def _no_link(journal: Path) -> None:
    """Raises `VaultUnreadable` where SQLite would write its journal into something else."""
    with told():
        try:
            found = journal.lstat()
        except FileNotFoundError:
            return
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            raise VaultUnreadable("something else stands in the place of its journal")


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
