"""How a command ends: with an exit status, and where something went wrong with
one clear line, never a traceback. A signal ends it in good order.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from secterm.cli.telling import complain
from secterm.words import _

if TYPE_CHECKING:
    from types import FrameType

    import click

UNUSABLE: Final = 2
SIGNALLED: Final = 128  # plus the signal's number, as a shell has it
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Refused(Exception):
    """What the command line itself refuses, in one line; `status` is the exit status,
    2 for what was given and cannot be used.
    """

    def __init__(self, line: str, status: int = UNUSABLE) -> None:
        super().__init__(line)
        self.status = status


class Stopped(KeyboardInterrupt):
    """A signal asked for the end; `number` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Within it the first signal to end raises `Stopped`, so that everything is put
    away; none disturbs that afterwards. A signal that is ignored stays ignored.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    heard = {n: handler for n, handler in before.items() if handler is not signal.SIG_IGN}

    def stop(number: int, frame: FrameType | None) -> None:
        for one in heard:
            signal.signal(one, signal.SIG_IGN)
        heard.clear()
        raise Stopped(number)

    for number in list(heard):
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler)


def status_of(run: Callable[[], object]) -> int:
    """Runs a command and tells what went wrong; the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = run()
        if sys.stdout is not None:
            sys.stdout.flush()
    except BaseException as error:
        _let_go_of_output()
        return _told(error)
    return status if isinstance(status, int) else 0


def _let_go_of_output() -> None:
    """What cannot be written any more must not be tried again when Python ends."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _told(error: BaseException) -> int:
    import click  # it takes longer than all else that the version needs

    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.UsageError():
            complain(_usage(error))
            return error.exit_code
        case Refused():
            complain(str(error))
            return error.status
        case BrokenPipeError():
            return SIGNALLED + signal.SIGPIPE
        case KeyboardInterrupt():
            complain(_("Stopped. What was recorded before is safe; nothing is half-written."))
            number = error.number if isinstance(error, Stopped) else signal.SIGINT
            return SIGNALLED + number
        case Exception():
            return _explained(error)
        case _:
            raise error


def _usage(error: click.UsageError) -> str:
    command = error.ctx.command_path if error.ctx else "secterm"
    return _("{what} See: {command} --help").format(what=error.format_message(), command=command)


def _explained(error: Exception) -> int:
    from secterm import messages
    from secterm.vault.errors import NotAVault, NoVault, VaultExists

    told = messages.explain(error)
    parts = [told.text(), *getattr(error, "__notes__", ())]
    if isinstance(error, NoVault | NotAVault | VaultExists):
        parts.insert(0, f"{error}:")
    complain(" ".join(parts))
    return told.status
