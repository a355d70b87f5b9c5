"""A select that is being read, a batch at a time, each of a bounded size."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from typing import Any, Final

BATCH: Final = 256  # rows fetched at a time
BATCH_SIZE: Final = 1 << 20  # bytes, after which no further row is fetched at once


class Reading:
    """One select's rows; `finish` it before its table goes, `close` it before the file does."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self._ahead: list[Any] = []
        self.ended = False

    def batch(self) -> tuple[list[Any], int]:
        """Some more rows, and how many bytes they take; then `ended` says whether these were
        the last.
        """
        if self._ahead:
            batch, self._ahead = self._ahead, []
            return batch, sum(sum(map(sys.getsizeof, row)) for row in batch)
        batch, size = [], 0
        while len(batch) < BATCH and size < BATCH_SIZE:
            row = self._cursor.fetchone()
            if row is None:
                self.ended = True
                break
            batch.append(row)
            size += sum(map(sys.getsizeof, row))
        return batch, size

    def finish(self) -> None:
        """Has SQLite read it to the end now."""
        with contextlib.suppress(sqlite3.ProgrammingError):  # it was closed before
            self._ahead += self._cursor.fetchall()

    def close(self) -> None:
        """What was not read yet is not read any more."""
        with contextlib.suppress(sqlite3.ProgrammingError):
            self._cursor.close()
