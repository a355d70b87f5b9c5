"""The screens: a face. It asks the desk and decides nothing."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from secterm import messages
from secterm.tui import quiet
from secterm.words import _

if TYPE_CHECKING:
    from secterm.settings import Settings


def run(vault: Path, *, hint: str = "", tour: bool = False) -> int:
    """Runs the app on this vault's file until it is left; the exit status.

    `tour` offers one after the first unlocking.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        sys.stderr.write(_("secterm: the app needs a terminal; see secterm --help.") + "\n")
        return messages.UNUSABLE
    if os.environ.get("TERM") == "dumb":
        sys.stderr.write(
            _(
                "secterm: this terminal says that it cannot move its cursor (TERM=dumb). Nothing "
                "was opened. Where it can, set TERM to what it is, as in TERM=linux."
            )
            + "\n"
        )
        return messages.UNUSABLE
    quiet.settle()
    with quiet.unechoed():
        gc.disable()  # what is imported is set aside whole
        from secterm.tui.app import SectermApp
        from secterm.tui.sealed import set_aside

        set_aside()
        settings, told = settings_of(vault)
        app = SectermApp(vault, hint=hint, tour=tour, settings=settings, told=told)
        try:
            app.run(mouse=False)
        finally:
            app.guide.leave()
        sys.stdout.write(quiet.wiping() if quiet.alone() else "")
        sys.stdout.flush()
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
