"""A second process of ours, which reads the vault beside this one and writes nothing.
It ends with this one, whatever happens; whoever starts it does without it where it cannot
start, or dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import IO, Final

import msgspec

from secterm.vault.keys import VaultKeys
from secterm.vault.vault import Vault

# Keys come by a pipe, never by an argument, the environment or a file.
CHILD: Final = """
import json, sys
sys.path[:] = json.loads(sys.stdin.buffer.readline())
from secterm.host import hardening
hardening.harden()
from secterm.desk.{module} import child
child()
"""
WORTH_IT: Final = 3000  # entries, from which a second process saves more than it costs
PATIENCE: Final = 60.0  # seconds in which one that lives says something
PIPE: Final = 1 << 20  # bytes; as much as the system gives anybody


def helps(entries: int, worth_it: int) -> bool:
    """Whether a second process is of use, for work on so many entries on this machine."""
    return entries >= worth_it and len(os.sched_getaffinity(0)) > 1


class Beside(msgspec.Struct, frozen=True):
    """What it must know to read the vault: where it is, and the keys that dossiers take (hex)."""

    path: str
    vault: str
    own: str
    wrapping: str
    signatures: str

    @classmethod
    def of(cls, vault: Vault) -> Beside:
        """A vault that is open here."""
        return cls(
            path=str(vault.file.path),
            vault=vault.id.hex(),
            own=vault.subkeys.own.hex(),
            wrapping=vault.subkeys.wrapping.hex(),
            signatures=vault.subkeys.signatures.hex(),
        )

    def open(self) -> Vault:
        """The same vault there. Raises as `Vault.beside`."""
        keys = VaultKeys(
            wrapping=bytes.fromhex(self.wrapping),
            own=bytes.fromhex(self.own),
            signatures=bytes.fromhex(self.signatures),
            head=b"",
            log=b"",
            sheets=b"",
        )
        return Vault.beside(Path(self.path), bytes.fromhex(self.vault), keys)


class Second:
    """The process, from its start on: `child` of a module of this package, which is given a
    line of JSON. Raises OSError where it cannot start.
    """

    def __init__(self, module: str, task: msgspec.Struct) -> None:
        self._child: subprocess.Popen[bytes] | None = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-I", "-c", CHILD.format(module=module)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        try:
            heard = self._pipes()[1].fileno()
            os.set_blocking(heard, False)
            with contextlib.suppress(OSError):
                fcntl.fcntl(heard, fcntl.F_SETPIPE_SZ, PIPE)
            self.tell(msgspec.json.encode(sys.path))
            self.tell(msgspec.json.encode(task))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Ends the process, wherever it is."""
        if self._child is None:
            return
        pipes = self._pipes()
        child, self._child = self._child, None
        child.kill()
        child.wait()
        for pipe in pipes:
            with contextlib.suppress(OSError):
                pipe.close()

    def tell(self, line: bytes) -> None:
        """Gives it a line more. Raises OSError where it is no more."""
        whole = memoryview(line + b"\n")
        stdin = self._pipes()[0]
        while whole:
            whole = whole[stdin.write(whole) :]

    def hear(self, *, wait: bool = False) -> bytes | None:
        """What it said meanwhile; empty for nothing, None where nothing comes any more, or, with
        `wait`, where nothing came in so long a time that it may have been stopped.
        """
        if self._child is None:
            return None
        heard = self._pipes()[1].fileno()
        if wait and not select.select([heard], [], [], PATIENCE)[0]:
            return None
        try:
            return os.read(heard, PIPE) or None
        except BlockingIOError:
            return b""

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._child is None:
            raise BrokenPipeError
        assert self._child.stdin is not None  # noqa: S101 - both are PIPE
        assert self._child.stdout is not None  # noqa: S101
        return self._child.stdin, self._child.stdout
