"""The dossiers of an archive, made from the vault by two processes: the second makes
those that come next, and this one, while it waits for them, some after those. Where the
second does not start, or dies, all are made here.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from secterm.archive.contents import Contents, Made, Source
from secterm.archive.members import Covers, Kind
from secterm.archive.proofs import Owed
from secterm.desk.registry import Registry, gather
from secterm.desk.second import WORTH_IT, Beside, Second
from secterm.vault.note import Note
from secterm.vault.vault import Vault

worth_it = WORTH_IT
AHEAD: Final = 32  # dossiers that the second one has to make
HELD: Final = 64  # dossiers that were made here before it was their turn
LENGTH: Final = 4  # bytes, before each dossier that the second one made


def source(
    vault: Vault, registry: Registry, ids: list[str], kind: Kind, covers: Covers, at: datetime
) -> Source:
    """What goes into an archive of these dossiers."""
    return Source(
        vault=vault,
        unit=registry.unit,
        officers=registry.officer_lines(),
        origins=registry.origins,
        recoveries=registry.recovery_lines(),
        packs=registry.packs,
        pack_files=registry.pack_files,
        dossiers=ids,
        at=at,
        kind=kind,
        covers=covers,
        earlier=registry.witnesses.earlier(registry.receipts),
    )


class _Task(msgspec.Struct, frozen=True):
    """What the second process must know."""

    beside: Beside
    note: bytes
    at: str


class _Frame(msgspec.Struct, frozen=True, array_like=True):
    """A dossier that was made there, and the signatures in it that are not verified yet."""

    made: Made
    owed: list[Owed]


class Together:
    """The second process, within a `with`, and this one."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._second: Second | None = None
        self._ready = False  # it said that it is
        self._heard = bytearray()
        self._todo: deque[str] = deque()
        self._asked: deque[str] = deque()
        self._made: dict[str, Made] = {}

    def __enter__(self) -> Together:
        task = _Task(
            beside=Beside.of(self._contents.source.vault),
            note=self._contents.note.format(),
            at=self._contents.source.at.isoformat(),
        )
        with contextlib.suppress(OSError):
            self._second = Second("making", task)
        return self

    def __exit__(self, *_error: object) -> None:
        self._close()

    def dossiers(self) -> Iterator[Made]:
        """Each dossier, in the order of the archive. Raises as `Contents.dossier`."""
        self._todo.extend(self._contents.source.dossiers)
        for id in self._contents.source.dossiers:
            self._listen()
            while id not in self._made:
                self._ask()
                if id in self._asked and not (self._todo and len(self._made) < HELD):
                    self._listen(wait=True)
                else:
                    mine = self._todo.popleft()
                    self._made[mine] = self._contents.dossier(mine)
                    self._listen()
            yield self._made.pop(id)

    def _ask(self) -> None:
        """Gives the second one more to make, where it has little left."""
        if self._second is None or not self._ready or 2 * len(self._asked) > AHEAD:
            return
        while self._todo and len(self._asked) < AHEAD:
            self._asked.append(self._todo.popleft())
            try:
                self._second.tell(self._asked[-1].encode())
            except OSError:
                self._close()
                return

    def _listen(self, *, wait: bool = False) -> None:
        """Takes in what was made there meanwhile."""
        while self._second is not None:
            heard = self._second.hear(wait=wait)
            if heard == b"":
                return
            try:
                self._take(heard or b"")
            except (msgspec.DecodeError, IndexError):  # something else than our own words
                heard = None
            if heard is None:
                self._close()
                return
            wait = False

    def _take(self, heard: bytes) -> None:
        self._heard += heard
        while len(self._heard) >= LENGTH:
            end = LENGTH + int.from_bytes(self._heard[:LENGTH], "big")
            if len(self._heard) < end:
                return
            data = bytes(self._heard[LENGTH:end])
            del self._heard[:end]
            if not self._ready:
                self._ready = True
                continue
            frame = msgspec.msgpack.decode(data, type=_Frame)
            self._contents.journal.owe(frame.owed)
            self._made[self._asked.popleft()] = frame.made

    def _close(self) -> None:
        """Ends the process; what it had still to make is made here."""
        if self._second is not None:
            self._second.close()
            self._second = None
        self._todo.extendleft(reversed(self._asked))
        self._asked.clear()


def child() -> None:
    """What the second process does: makes the dossiers that it is told, an id a line."""
    lines, say = sys.stdin.buffer, sys.stdout.buffer
    with contextlib.suppress(Exception):  # what is wrong is told where all is made
        task = msgspec.json.decode(lines.readline(), type=_Task)
        vault = task.beside.open()
        at = datetime.fromisoformat(task.at)
        covers = Covers(what="all", dossiers=0, left_out=0)
        whole = source(vault, gather(vault), [], "whole", covers, at)
        contents = Contents.under(Note.parse(task.note), whole)
        say.write(bytes(LENGTH))
        say.flush()
        for line in lines:
            made = contents.dossier(line.decode().rstrip("\n"))
            frame = msgspec.msgpack.encode(_Frame(made, contents.journal.owed()))
            say.write(len(frame).to_bytes(LENGTH, "big") + frame)
            say.flush()
    os._exit(0)
