"""The commands on policy packs."""

from __future__ import annotations

from pathlib import Path

import click

from secterm.cli.given import Command, FilePath
from secterm.cli.telling import aside, say
from secterm.words import _


@click.group(
    no_args_is_help=False, help=_("Policy packs: what is asked, taught, signed, acknowledged.")
)
def pack() -> None:
    """Holds what can be done with a pack outside a vault."""


@pack.command(
    cls=Command, help=_("Validate the pack in FOLDER; name file, table, key and what is wrong.")
)
@click.argument("folder", type=FilePath(exists=True, file=False))
def check(folder: Path) -> int:
    """Ends with 1 where the pack does not hold, after one line for each fault."""
    from secterm.messages import DOES_NOT_HOLD
    from secterm.policy import reader

    try:
        found = reader.read(folder)
    except reader.PackInvalid as invalid:
        for fault in invalid.faults:
            aside(fault)
        return DOES_NOT_HOLD
    say(
        _("The pack holds: {name} {version}, {digest}").format(
            name=found.head.name, version=found.head.version, digest=found.digest[:16]
        )
    )
    return 0
