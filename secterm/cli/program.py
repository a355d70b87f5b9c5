"""From the arguments to the exit status. The version is told before anything else is imported:
scripts ask for it, and it takes no command line to be read.
"""

from __future__ import annotations

import sys
from typing import NoReturn

from secterm import __version__

VERSION = f"secterm, version {__version__}"


def run() -> NoReturn:
    """Ends the process with the command's exit status."""
    from secterm.cli.ending import status_of

    sys.exit(status_of(_version if sys.argv[1:] == ["--version"] else _invoked))


def _version() -> None:
    from secterm.cli.telling import say

    say(VERSION)


def _invoked() -> object:
    from secterm.cli.commands import commands

    with commands.make_context("secterm", sys.argv[1:]) as context:
        return commands.invoke(context)
