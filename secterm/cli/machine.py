"""The command that tells of this machine. It opens nothing and asks nobody."""

from __future__ import annotations

import click

from secterm.cli.given import Command, Given, common, json_option
from secterm.cli.telling import say_all, say_json
from secterm.words import _


@click.command(
    cls=Command,
    help=_(
        "Say what on this machine endangers a vault: networks, swap, clock, disks, packages. "
        "It takes no passphrase and no administrator. Ends with 1 where something is to be mended."
    ),
)
@common
@json_option
@click.pass_obj
def doctor(given: Given, as_json: bool) -> int:
    """By the program's own levels; a pack's are known once a vault is unlocked."""
    from dataclasses import asdict

    from secterm.host import doctor, machine

    report = doctor.look(machine.here, given.path)
    if as_json:
        say_json(asdict(report))
    else:
        say_all(report.text())
    return 1 if report.pressing else 0
