"""Textual with its ways out shut: no clipboard, no pictures, no files, no suspending,
no titles, no tracebacks. The screens are drawn, and keys read, and that is all.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import functools
import gc
import os
import re
import select
import signal
import sys
import termios
import tty
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, Final, TextIO

from textual._context import active_message_pump
from textual.app import App
from textual.widget import Widget

from secterm.tui import quiet
from secterm.tui.steady import Steady
from secterm.tui.typed import Typed

OURS: Final = "secterm."
DRAWING: Final = ("rich.", "textual.", "secterm.tui.glyphs")  # they remember texts that were drawn
SELDOM: Final = 5_000  # objects more than before, until the collector looks at the new ones
MOVES: Final = ("focus_next", "focus_previous")  # Textual's own, that a form needs
# Titles, the clipboard, links: all that a terminal remembers beside its screen.
REMEMBERED: Final = re.compile("(?:\x1b\\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?")
# A stop would leave the screens in the shell and the vault open. The others are heard once
# there is a loop to hear them.
IGNORED: Final = (signal.SIGTSTP, signal.SIGQUIT, signal.SIGINT)
LOOK: Final = 0.1  # seconds between two looks at what was typed, where nothing is
READ: Final = 4096  # bytes at once


def leaving() -> bool:
    """Whether what runs now belongs to a screen that was taken away."""
    part = active_message_pump.get(None)
    if not isinstance(part, Widget):
        return False
    return not set(part.ancestors_with_self) & set(part.app.screen_stack)


def _drawn(among: Iterable[object]) -> list[functools._lru_cache_wrapper[Any]]:
    """What remembers drawn texts."""
    remembering = [each for each in among if type(each) is functools._lru_cache_wrapper]
    return [r for r in remembering if str(getattr(r, "__module__", "")).startswith(DRAWING)]


_aside: list[object] = []  # the collector does not tell of them any more
_drawn_aside: list[functools._lru_cache_wrapper[Any]] = []


def set_aside() -> None:
    """Leaves all that is there before the first screen out of what the collector walks: it
    stays to the end and holds nothing of anybody. The rest it walks less often, as somebody
    waits at the keyboard meanwhile; a lock has it walk all. Until here it need not walk at all.
    """
    _aside.extend(gc.get_objects())
    gc.freeze()
    gc.set_threshold(SELDOM)
    gc.enable()


def sort_out() -> None:
    """Of what was set aside keeps in mind only what remembers drawn texts."""
    _drawn_aside.extend(_drawn(_aside))
    _aside.clear()


class Sealed(App[None]):
    """An app that does nothing but what we wrote, and puts nothing anywhere but on the screen."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Textual's own actions of an app, as pictures, the palette, suspending, are not there."""
        return action in MOVES or any(
            f"action_{action}" in vars(each) and each.__module__.startswith(OURS)
            for each in type(self).__mro__
        )

    def wipe(self) -> None:
        """Clears the terminal itself, and what it keeps of earlier screens."""
        if isinstance(self._driver, Terminal):
            self._driver.write(quiet.wiping())

    def forget(self) -> None:
        """Drops what holds texts beyond their screens: who watched the app from there, the
        widths of all that was shown or typed, and what only the collector would find.
        """
        for watching in getattr(self, "__watchers", {}).values():
            watching[:] = [(who, told) for who, told in watching if not who._closing]
        sort_out()
        for kept in (*_drawn_aside, *_drawn(gc.get_objects())):
            kept.cache_clear()
        gc.collect()

    def continued(self) -> None:
        """Stopped from outside for a while, and now going on."""

    def copy_to_clipboard(self, text: str) -> None:
        """Nothing: what is cut would outlast a lock, and the terminal would get to know it."""

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()  # a traceback quotes; what happened is told in words


class Terminal(Steady):
    """The terminal, never left before the app ends, whatever is typed or sent."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = sys.__stdout__  # the one known to be a terminal
        self._loop = asyncio.get_running_loop()
        for number in IGNORED:
            signal.signal(number, signal.SIG_IGN)

    @property
    def can_suspend(self) -> bool:
        """Never."""
        return False

    def write(self, data: str) -> None:
        """Writes to the terminal what changes its screen, and nothing that it would remember."""
        super().write(REMEMBERED.sub("", data) if "\x1b]" in data or "\x9d" in data else data)

    def stop_application_mode(self) -> None:
        """Leaves nothing on the screen, also where the terminal has but one."""
        self.write(quiet.wiping())
        super().stop_application_mode()

    def deliver_binary(
        self,
        binary: BinaryIO | TextIO,
        *,
        delivery_key: str,
        save_path: Path,
        open_method: object = "download",
        encoding: str | None = None,
        mime_type: str | None = None,
        name: str | None = None,
    ) -> None:
        """No file is written from a screen."""

    def open_url(self, url: str, new_tab: bool = True) -> None:
        """No browser is started."""

    def _sigcont_application(self, *_: object) -> None:
        # Stopped from outside, and a shell may have set the terminal to echo since.
        with contextlib.suppress(termios.error):
            now = termios.tcgetattr(self.fileno)
            now[tty.LFLAG] = self._patch_lflag(now[tty.LFLAG])
            now[tty.IFLAG] = self._patch_iflag(now[tty.IFLAG])
            termios.tcsetattr(self.fileno, termios.TCSANOW, now)
        self._loop.call_soon_threadsafe(self._again)

    def _again(self) -> None:
        self.write("\x1b[?1049h\x1b[?25l")
        self._app.refresh(layout=True)
        if isinstance(self._app, Sealed):
            self._app.continued()

    def run_input_thread(self) -> None:
        """Hands on what is typed, until the app ends or the terminal is gone."""
        typed, decode = Typed(), codecs.getincrementaldecoder("utf-8")().decode
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], LOOK)[0]:
                data = os.read(self.fileno, READ)
                if not data:
                    return
                for message in typed.feed(decode(data)):
                    self.process_message(message)
            for message in typed.tick():
                self.process_message(message)

    def _run_input_thread(self) -> None:
        # A byte that is no text, as a console with another keyboard sends, ends nothing.
        while not self.exit_event.is_set():
            try:
                self.run_input_thread()
            except OSError:
                return  # the terminal is gone; the app notices by itself
            except Exception:  # noqa: S112  (what was read is dropped, as a key nobody knows)
                continue
