"""Officers at work, to be killed. One process that has loaded the program waits for
orders and lets a child of its own carry out each: the child unlocks, does what it was
told to, and tells each thing on standard output only once the desk has confirmed it.
"""

import os
import resource
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import msgspec

from secterm import messages
from secterm.desk.desk import Desk
from secterm.vault import kdf
from tests.faults import kinds
from tests.support.calls import fails_from_now_on
from tests.support.house import OFFICER

CREATION = "creation"  # it alone begins without a vault
CHANGES = {"open", "os.link", "os.rename", "os.remove", "os.truncate"}


@dataclass(frozen=True)
class Order:
    """What to do in this folder, and how to die of it.

    `moment` is the statement of SQL, or the change of a file's name, before which the
    power goes, or before which each call that does what `fails` says begins to fail: 1
    is the first. `size` is the size beyond which a file that is written to takes the
    process with it, in bytes. Either asks for one act alone.
    """

    kind: str
    folder: str
    moment: int = 0
    size: int = -1
    fails: str = ""


def tell(*what: str) -> None:
    os.write(1, (" ".join(what) + "\n").encode())


def power_goes() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Moments:
    """Counts what a process does to its disk; something happens at one of these moments."""

    def __init__(self, happens: Callable[[], None]) -> None:
        self._left = 0
        self._happens = happens
        self._connect = sqlite3.connect
        sqlite3.connect = self._connected
        sys.addaudithook(self._heard)

    def last(self, moments: int) -> None:
        self._left = moments

    def _connected(self, *arguments, **named) -> sqlite3.Connection:
        made = self._connect(*arguments, **named)
        made.set_trace_callback(lambda statement: self._pass())
        return made

    def _heard(self, event: str, arguments: tuple) -> None:
        if event in CHANGES:
            self._pass()

    def _pass(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._happens()


def creation(folder: Path) -> Iterator[kinds.Words]:
    desk = kinds.made(folder)
    yield (desk.vault_id,)
    desk.close()


def at_work(order: Order) -> None:
    folder = Path(order.folder)
    moments = Moments(lambda: fails_from_now_on(order.fails) if order.fails else power_goes())
    if order.kind == CREATION:
        work = creation(folder)
    else:
        desk = Desk.open(folder / "v.db", *OFFICER)
        work = kinds.KINDS[order.kind].work(desk, folder)
    tell("unlocked")
    if order.size >= 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order.size, resource.RLIM_INFINITY))
    moments.last(order.moment)
    try:
        for words in work:
            tell("done", *words)
            if order.moment or order.size >= 0:
                break
        else:
            tell("through")
    except Exception as error:
        if not order.fails:
            raise
        tell("refused", messages.explain(error).text())


def carry_out(order: Order) -> NoReturn:
    status = 1
    try:
        at_work(order)
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(status)


def main() -> None:
    tell("ready")
    for line in sys.stdin.buffer:
        order = msgspec.json.decode(line, type=Order)
        child = os.fork()
        if child == 0:
            carry_out(order)
        tell("started", str(child))
        _, status = os.waitpid(child, 0)
        tell("gone", str(os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    kdf.floors, kdf.TARGET_SECONDS = (kdf.Cost(t=1, m=32, p=1),), 0.0
    main()
