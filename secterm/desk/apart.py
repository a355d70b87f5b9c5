"""A second process that judges dossiers from the last to the first, while this one
goes on from the first; where they meet, all are judged. Signatures go to it too, as
many as it finds time for. It reads the vault and writes nothing, and it ends with this
one, whatever happens. What it had looked at counts where it dies; the rest is looked at here.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Final, TypeAlias

import msgspec

from secterm.desk import judging
from secterm.desk.judging import Judged
from secterm.desk.registry import gather
from secterm.desk.second import Beside, Second
from secterm.vault.errors import VaultError
from secterm.vault.signed import Stated
from secterm.vault.vault import Vault
from secterm.vault.verify import Fault

AT_ONCE: Final = 16  # signatures that are handed over together
AHEAD: Final = 2  # times so many that are there and not yet verified


class _Line(msgspec.Struct, frozen=True, array_like=True, tag="dossier"):
    """What the child says of one dossier; of each fault place and words."""

    id: str
    entries: int
    faults: list[tuple[str, str]]


class _Verified(msgspec.Struct, frozen=True, array_like=True, tag="signatures"):
    """What the child says of the signatures handed over as the first from this size on: the
    sizes of those that do not hold.
    """

    first: int
    wrong: list[int]


_Said: TypeAlias = _Line | _Verified


class Apart:
    """The second process, within a `with`; one that cannot start judges nothing."""

    def __init__(self, vault: Vault) -> None:
        self.entries = 0  # judged there so far
        self._vault = vault
        self._second: Second | None = None
        self._rest = b""
        self._lowest: str | None = None
        self._faulty: list[Judged] = []
        self._stated: list[Stated] = []  # signatures that nobody has looked at yet
        self._given: dict[int, list[Stated]] = {}  # those that are there, by the first one's size
        self._wrong: list[int] = []

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
                    self._take(msgspec.json.decode(line, type=_Said))
            except msgspec.DecodeError:  # something else than our own words
                heard = None
            if heard is None:
                self.close()

    def _take(self, line: _Said) -> None:
        if isinstance(line, _Verified):
            if self._given.pop(line.first, None) is not None:
                self._wrong += line.wrong
            return
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

    # -- a verifier of signatures (`secterm.vault.signed.Verifier`) ----------------

    def verify(self, stated: Stated) -> Iterable[int]:
        """What turned out not to hold, here or there."""
        self._stated.append(stated)
        if len(self._stated) == AT_ONCE:
            self.listen()
            if not self._hand_over():
                self._look(self._stated)
            self._stated = []
        return self._told()

    def rest(self) -> Iterable[int]:
        """The same. What the other process has not told by now is looked at here too."""
        self.listen()
        if self._second is not None:
            with contextlib.suppress(OSError):
                self._second.tell(b"")
        for given in (self._stated, *self._given.values()):
            self._look(given)
        self._stated, self._given = [], {}
        return self._told()

    def _hand_over(self) -> bool:
        """Whether the other process takes those at hand; a dead one takes none."""
        if self._second is None or len(self._given) >= AHEAD:
            return False
        try:
            self._second.tell(msgspec.json.encode(self._stated))
        except OSError:
            return False
        self._given[self._stated[0].size] = self._stated
        return True

    def _look(self, some: list[Stated]) -> None:
        self._wrong += _wrong(some)

    def _told(self) -> Iterable[int]:
        wrong, self._wrong = self._wrong, []
        return wrong


def _wrong(some: Iterable[Stated]) -> list[int]:
    return [stated.size for stated in some if not stated.holds()]


class _Inbox:
    """What the first process hands over, on a thread of its own: lines, the last one empty.
    Where the input ends, the first process has, and so does this one.
    """

    def __init__(self) -> None:
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._open = True
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin.buffer:
            self._lines.put(line.rstrip(b"\n"))
        os._exit(1)

    def answer(self, *, wait: bool) -> None:
        """Says of all that is there whether it holds; with `wait`, until nothing more comes."""
        while self._open and (wait or not self._lines.empty()):
            line = self._lines.get()
            if not line:
                self._open = False
                return
            some = msgspec.json.decode(line, type=list[Stated])
            _say(_Verified(some[0].size, _wrong(some)))


def _say(what: _Said) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(what) + b"\n")
    sys.stdout.buffer.flush()


def child() -> None:
    """What the second process does. Its input ends when the first one does."""
    beside = msgspec.json.decode(sys.stdin.buffer.readline(), type=Beside)
    inbox = _Inbox()
    with contextlib.suppress(VaultError, BrokenPipeError):
        vault = beside.open()
        registry = gather(vault)
        for each in judging.ids(vault, registry, backward=True):
            inbox.answer(wait=False)
            judged = judging.judge(vault, registry, each)
            _say(_Line(each, judged.entries, [(f.where, f.what) for f in judged.faults]))
        inbox.answer(wait=True)
    os._exit(0)  # Python would wait for who reads the input
