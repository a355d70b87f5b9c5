"""A second process that judges dossiers from the last to the first, while this one
goes on from the first; where they meet, all are judged. It reads the vault and
writes nothing, and it ends with this one, whatever happens. What it had judged
counts where it dies; the rest is judged here.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Final

import msgspec

from secterm.desk import judging
from secterm.desk.judging import Judged
from secterm.desk.registry import gather
from secterm.vault.errors import VaultError
from secterm.vault.keys import VaultKeys
from secterm.vault.vault import Vault
from secterm.vault.verify import Fault

# Keys come by a pipe, never by an argument, the environment or a file.
CHILD: Final = """
import json, sys
sys.path[:] = json.loads(sys.stdin.buffer.readline())
from secterm.desk.apart import child
child()
"""
PIECE: Final = 1 << 16  # bytes


class _Task(msgspec.Struct, frozen=True):
    """What the child must know: the vault, and the two keys that dossiers take (hex)."""

    path: str
    vault: str
    own: str
    wrapping: str


class _Line(msgspec.Struct, frozen=True, array_like=True):
    """What the child says of one dossier; of each fault place and words."""

    id: str
    entries: int
    faults: list[tuple[str, str]]


class Apart:
    """The second process, within a `with`; one that cannot start judges nothing."""

    def __init__(self, vault: Vault) -> None:
        self.entries = 0  # judged there so far
        self._vault = vault
        self._child: subprocess.Popen[bytes] | None = None
        self._rest = b""
        self._lowest: str | None = None
        self._faulty: list[Judged] = []

    def __enter__(self) -> Apart:
        task = _Task(
            path=str(self._vault.file.path),
            vault=self._vault.id.hex(),
            own=self._vault.subkeys.own.hex(),
            wrapping=self._vault.subkeys.wrapping.hex(),
        )
        told = msgspec.json.encode(sys.path) + b"\n" + msgspec.json.encode(task) + b"\n"
        try:
            self._child = subprocess.Popen(  # noqa: S603 - ourselves, with words of our own
                [sys.executable, "-I", "-c", CHILD],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
            stdin, stdout = self._pipes(self._child)
            os.set_blocking(stdout.fileno(), False)
            stdin.write(told)
        except OSError:
            self.close()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process, wherever it is."""
        if self._child is None:
            return
        child, self._child = self._child, None
        child.kill()
        child.wait()
        for pipe in self._pipes(child):
            with contextlib.suppress(OSError):
                pipe.close()

    @staticmethod
    def _pipes(child: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
        assert child.stdin is not None  # noqa: S101 - both are PIPE
        assert child.stdout is not None  # noqa: S101
        return child.stdin, child.stdout

    def listen(self) -> None:
        """Takes in what was judged there meanwhile; waits for nothing."""
        if self._child is None:
            return
        number = self._pipes(self._child)[1].fileno()
        while True:
            try:
                piece = os.read(number, PIECE)
            except BlockingIOError:
                return
            if not piece:
                self.close()
                return
            *lines, self._rest = (self._rest + piece).split(b"\n")
            try:
                for line in lines:
                    self._take(msgspec.json.decode(line, type=_Line))
            except msgspec.DecodeError:  # something else than our own words
                self.close()
                return

    def _take(self, line: _Line) -> None:
        self.entries += line.entries
        self._lowest = line.id
        if line.faults:
            faults = [Fault(where, what, line.id) for where, what in line.faults]
            self._faulty.append(Judged(line.id, line.entries, faults))

    def has(self, id: str) -> bool:
        """Whether this dossier and all after it were judged there."""
        self.listen()
        return self._lowest is not None and id >= self._lowest

    def faulty_from(self, id: str) -> Iterator[Judged]:
        """What was found there from this dossier on, in the order of ids."""
        return (judged for judged in reversed(self._faulty) if judged.id >= id)


def child() -> None:
    """What the second process does. Its input ends when the first one does."""
    take = sys.stdin.buffer
    task = msgspec.json.decode(take.readline(), type=_Task)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    id = bytes.fromhex(task.vault)
    own, wrapping = bytes.fromhex(task.own), bytes.fromhex(task.wrapping)
    subkeys = VaultKeys(wrapping=wrapping, own=own, signatures=b"", head=b"", log=b"")
    with contextlib.suppress(VaultError, BrokenPipeError):
        vault = Vault.beside(Path(task.path), id, subkeys)
        registry = gather(vault)
        for each in judging.ids(vault, registry, backward=True):
            judged = judging.judge(vault, registry, each)
            faults = [(fault.where, fault.what) for fault in judged.faults]
            line = msgspec.json.encode(_Line(each, judged.entries, faults))
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
    os._exit(0)  # Python would wait for who reads the input


def _end_with_parent() -> None:
    while os.read(0, PIECE):
        pass
    os._exit(1)
