"""The screens: a face. It asks the desk and decides nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from secterm import messages
from secterm.tui import quiet
from secterm.words import _


def run(vault: Path, *, hint: str = "") -> int:
    """Runs the app on this vault's file until it is left; the exit status."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        sys.stderr.write(_("secterm: the app needs a terminal; see secterm --help.") + "\n")
        return messages.UNUSABLE
    quiet.settle()
    with quiet.unechoed():
        from secterm.tui.app import SectermApp

        app = SectermApp(vault, hint=hint)
        app.run(mouse=False)
        sys.stdout.write(quiet.wiping() if quiet.alone() else "")
        sys.stdout.flush()
    if app.crash is not None:
        sys.stderr.write(f"secterm: {messages.explain(app.crash).text()}\n")
    return app.return_code or 0
