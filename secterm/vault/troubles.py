"""SQLite's and the system's errors, told as this package's own."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Final

import peewee

from secterm.vault.errors import VaultBusy, VaultDamaged, VaultError, VaultUnreadable

# In what SQLite says of a file that it cannot have written itself.
DAMAGED: Final = ("malformed", "not a database", "corrupt", "unsupported file", "not decode")


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
        if any(word in text for word in DAMAGED):
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
