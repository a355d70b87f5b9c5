"""All commands put together, and the app where none is named. A command's module is imported
when it is called or told of, and the screens only by the commands that show them.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, MutableMapping
from typing import Final

import click

from secterm import __version__
from secterm.cli.ending import stoppable
from secterm.cli.given import Given, common
from secterm.cli.program import VERSION
from secterm.words import _

PLACES: Final = {
    "demo": "screens:demo",
    "init": "vaults:init",
    "sample": "vaults:sample",
    "list": "vaults:list_",
    "show": "vaults:show",
    "verify": "vaults:verify",
    "export": "archives:export",
    "print": "papers:print_",
    "inspect": "archives:inspect",
    "restore": "restoring:restore",
    "witness": "witnessing:witness",
    "cosigned": "witnessing:cosigned",
    "recipient": "recipients:recipient",
    "pack": "packs:pack",
    "doctor": "machine:doctor",
}


class _Placed(MutableMapping[str, click.Command]):
    """Commands by name, each fetched from its module once it is asked for."""

    def __init__(self) -> None:
        self._there: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._there:
            module, _colon, called = PLACES[name].partition(":")
            command = getattr(importlib.import_module(f"secterm.cli.{module}"), called)
            self._there[name] = command
        return self._there[name]

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._there[name] = command

    def __delitem__(self, name: str) -> None:
        del self._there[name]


@click.group(
    commands=_Placed(),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=_(
        "Onboarding to posts that handle secrets, on an air-gapped terminal.\n\n"
        "Without a command: the app. The first run creates a vault.\n\n"
        "Exit status: 0 done, 1 the thing checked does not hold, 2 unusable arguments, "
        "3 wrong passphrase, 4 the vault is in use, unreadable, or not to be opened "
        "on this machine."
    ),
)
@click.version_option(__version__, message=VERSION)
@common
@click.pass_context
def commands(context: click.Context) -> int | None:
    """The app, where no command is named; what all commands share, where one is."""
    if context.invoked_subcommand is None:
        from secterm.cli.screens import app

        return app(context.ensure_object(Given))
    if context.invoked_subcommand != "demo":  # the screens have their own way with signals
        context.with_resource(stoppable())
    return None
