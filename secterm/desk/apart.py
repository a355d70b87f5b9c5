"""A second process that judges dossiers from the last to the first, while this one
goes on from the first; where they meet, all are judged. It reads the vault and
writes nothing, and it ends with this one, whatever happens. What it had judged
counts where it dies; the rest is judged here.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from types import TracebackType

import msgspec

from secterm.desk import judging
from secterm.desk.judging import Judged
from secterm.desk.registry import gather
from secterm.desk.second import PIECE, Beside, Second
from secterm.vault.errors import VaultError
from secterm.vault.vault import Vault
from secterm.vault.verify import Fault


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
        self._second: Second | None = None
        self._rest = b""
        self._lowest: str | None = None
        self._faulty: list[Judged] = []

    def __enter__(self) -> Apart:
        with contextlib.suppress(OSError):
            self._second = Second("apart", Beside.of(self._vault))
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
        if self._second is not None:
            self._second.close()
            self._second = None

    def listen(self) -> None:
        """Takes in what was judged there meanwhile; waits for nothing."""
        while self._second is not None:
            heard = self._second.hear()
            if heard == b"":
                return
            *lines, self._rest = (self._rest + (heard or b"")).split(b"\n")
            try:
                for line in lines:
                    self._take(msgspec.json.decode(line, type=_Line))
            except msgspec.DecodeError:  # something else than our own words
                heard = None
            if heard is None:
                self.close()

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
    beside = msgspec.json.decode(sys.stdin.buffer.readline(), type=Beside)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(VaultError, BrokenPipeError):
        vault = beside.open()
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
