"""What would let a secret out of the terminal before or after the screens: variables
that make Textual write logs, pictures or to a socket, the terminal's own echo, and
what it keeps of an earlier screen. Imported before Textual, and never imports it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import termios
from collections.abc import Iterator
from functools import cache
from typing import Final

LOUD: Final = ("TEXTUAL", "PYTHONASYNCIODEBUG")  # how the names begin
WIPED: Final = "\x1b[2J\x1b[H"
FORGOTTEN: Final = "\x1b[3J"  # what has scrolled off the screen


def settle() -> None:
    """Drops the variables, before Textual reads them."""
    for name in list(os.environ):
        if name.startswith(LOUD):
            del os.environ[name]


@contextlib.contextmanager
def unechoed() -> Iterator[None]:
    """What is typed before the screens are there, or after them, is not shown; nor is what
    was typed too late handed to whatever has the terminal next.
    """
    terminal = sys.stdin.fileno()
    try:
        before = termios.tcgetattr(terminal)
        silent = termios.tcgetattr(terminal)
        silent[3] &= ~termios.ECHO
        termios.tcsetattr(terminal, termios.TCSANOW, silent)
    except termios.error:
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(terminal, termios.TCSAFLUSH, before)


@cache
def alone() -> bool:
    """Whether the terminal has but one screen, as a bare console."""
    import curses

    with contextlib.suppress(curses.error):
        curses.setupterm(fd=1)
        return not curses.tigetstr("smcup")
    return True


def wiping() -> str:
    """What clears the terminal, and what scrolled off it where it has but one screen.

    Elsewhere that belongs to whoever used the terminal before.
    """
    return WIPED + FORGOTTEN if alone() else WIPED
