"""The screens: a face. It asks the desk and decides nothing."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from secterm import messages
from secterm.words import _

if TYPE_CHECKING:
    from secterm.settings import Settings


def run(vault: Path, *, hint: str = "") -> int:
    """Runs the app on this vault's file until it is left; the exit status."""
    from secterm.tui.app import SectermApp

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        sys.stderr.write(_("secterm: the app needs a terminal; see secterm --help.") + "\n")
        return messages.UNUSABLE
    settings, told = settings_of(vault)
    app = SectermApp(vault, hint=hint, settings=settings, told=told)
    app.run(mouse=False)
    _clear()
    if app.crash is not None:
        sys.stderr.write(f"secterm: {messages.explain(app.crash).text()}\n")
    elif app.not_kept:
        sys.stderr.write(f"secterm: {app.not_kept}\n")
    return app.return_code or 0


def settings_of(vault: Path) -> tuple[Settings, str]:
    """The settings beside a vault, and what is wrong with them, else empty.

    A wrong line locks nobody out: the defaults hold then.
    """
    from secterm.settings import Settings, reading

    try:
        return reading.read(reading.beside(vault)), ""
    except reading.SettingsInvalid as error:
        until = _("Until then all defaults hold. F9 in the list of dossiers writes the file anew.")
        return Settings(), f"{messages.explain(error).text()} {until}"


def _clear() -> None:
    """Leaves nothing of the screens behind where a terminal has but one, as a bare console."""
    import curses

    with contextlib.suppress(curses.error):
        curses.setupterm()
        if curses.tigetstr("smcup"):
            return
    sys.stdout.write("\x1b[2J\x1b[3J\x1b[H")
    sys.stdout.flush()
