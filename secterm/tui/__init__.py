"""The screens: a face. It asks the desk and decides nothing."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from secterm import messages
from secterm.words import _


def run(vault: Path, *, hint: str = "") -> int:
    """Runs the app on this vault's file until it is left; the exit status.

    A wrong line in its settings file locks nobody out: the defaults hold, and it is told.
    """
    from secterm.settings import Settings, reading
    from secterm.tui.app import SectermApp

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        sys.stderr.write(_("secterm: the app needs a terminal; see secterm --help.") + "\n")
        return messages.UNUSABLE
    settings, told = Settings(), ""
    try:
        settings = reading.read(reading.beside(vault))
    except reading.SettingsInvalid as error:
        told = messages.explain(error).text() + _(
            " Until then all defaults hold. F9 in the list of dossiers writes the file anew."
        )
    app = SectermApp(vault, hint=hint, settings=settings, told=told)
    app.run(mouse=False)
    _clear()
    if app.crash is not None:
        sys.stderr.write(f"secterm: {messages.explain(app.crash).text()}\n")
    return app.return_code or 0


def _clear() -> None:
    """Leaves nothing of the screens behind where a terminal has but one, as a bare console."""
    import curses

    with contextlib.suppress(curses.error):
        curses.setupterm()
        if curses.tigetstr("smcup"):
            return
    sys.stdout.write("\x1b[2J\x1b[3J\x1b[H")
    sys.stdout.flush()
