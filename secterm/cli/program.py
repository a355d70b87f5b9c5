"""All commands put together, and the app where none is named. The screens are imported only
by the commands that show them.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from secterm import __version__
from secterm.cli import archives, machine, packs, papers, recipients, restoring, vaults, witnessing
from secterm.cli.ending import status_of, stoppable
from secterm.cli.given import Command, Given, common
from secterm.words import _


@click.group(
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
@click.version_option(__version__, prog_name="secterm")
@common
@click.pass_context
def commands(context: click.Context) -> int | None:
    """The app, where no command is named; what all commands share, where one is."""
    if context.invoked_subcommand is None:
        return _app(context.ensure_object(Given))
    if context.invoked_subcommand != demo.name:  # the screens have their own way with signals
        context.with_resource(stoppable())
    return None


def _app(given: Given) -> int:
    from secterm import tui

    if any(each is not None for each in (given.officer, given.passphrase_file, given.key_file)):
        raise click.UsageError(
            _("The app asks for name and passphrase itself, and with F3 for a key file.")
        )
    if given.named is not None:
        vaults.refuse_missing_folder(given.path)
    elif sys.stdin.isatty() and sys.stdout.isatty():
        vaults.make_usual_folder(given.path)
    return tui.run(given.path)


@click.command(
    cls=Command, help=_("The app on a throw-away vault with a dozen invented appointees.")
)
def demo() -> int:
    """Leaves nothing behind."""
    from secterm.tui.demo import run_demo

    return run_demo()


for command in (
    demo,
    vaults.init,
    vaults.sample,
    vaults.list_,
    vaults.show,
    vaults.verify,
    archives.export,
    papers.print_,
    archives.inspect,
    restoring.restore,
    witnessing.witness,
    witnessing.cosigned,
    recipients.recipient,
    packs.pack,
    machine.doctor,
):
    commands.add_command(command)


def run() -> NoReturn:
    """From the arguments to the exit status."""

    def invoked() -> object:
        with commands.make_context("secterm", sys.argv[1:]) as context:
            return commands.invoke(context)

    sys.exit(status_of(invoked))
