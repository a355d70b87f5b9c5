"""The lock beside a vault: one process at a time, and the second hears who holds it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
from pathlib import Path

from secterm.vault.errors import VaultBusy, VaultUnreadable


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
        # Whoever can write in the folder could have put a link here, to have us
        # write our few words over a file of ours, the vault itself perhaps.
        flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            handle = os.open(self._path, flags, 0o600)
        except FileNotFoundError:
            raise VaultUnreadable("its folder does not exist") from None
        except OSError as error:
            raise VaultUnreadable(error.strerror or "its folder is read-only") from None
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            os.close(handle)
            raise VaultUnreadable("something else stands in the place of its lock file")
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


def _whoami() -> str:
    try:
        terminal = os.ttyname(0)
    except OSError:
        terminal = "no terminal"
    return f"process {os.getpid()} on {terminal}, since {time.strftime('%H:%M')}"
