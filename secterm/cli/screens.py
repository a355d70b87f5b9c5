"""What shows the screens: the app, and the demo."""

from __future__ import annotations

import sys

import click

from secterm.cli.folders import make_usual_folder, refuse_missing_folder
from secterm.cli.given import Command, Given
from secterm.words import _


def app(given: Given) -> int:
    """The app on the vault that is named, or on the usual one."""
    from secterm import tui

    if any(each is not None for each in (given.officer, given.passphrase_file, given.key_file)):
        raise click.UsageError(
            _("The app asks for name and passphrase itself, and with F3 for a key file.")
        )
    if given.named is not None:
        refuse_missing_folder(given.path)
    elif sys.stdin.isatty() and sys.stdout.isatty():
        make_usual_folder(given.path)
    return tui.run(given.path)


@click.command(
    cls=Command, help=_("The app on a throw-away vault with a dozen invented appointees.")
)
def demo() -> int:
    """Leaves nothing behind."""
    from secterm.tui.demo import run_demo

    return run_demo()
