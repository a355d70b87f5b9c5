"""The command line: the other face. It asks the desk and decides nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from secterm import __version__
from secterm.words import _


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="secterm")
def main() -> None:
    """Onboarding to posts that handle secrets, on an air-gapped terminal."""


@main.group()
def pack() -> None:
    """Policy packs: what is asked, taught, signed and acknowledged."""


@pack.command("check")
@click.argument("folder", type=click.Path(path_type=Path))
def pack_check(folder: Path) -> None:
    """Validate the pack in FOLDER; name file, table, key and what is wrong."""
    from secterm.policy import reader

    try:
        found = reader.read(folder)
    except reader.PackInvalid as invalid:
        for fault in invalid.faults:
            click.echo(fault, err=True)
        sys.exit(1)
    click.echo(
        _("The pack holds: {name} {version}, {digest}").format(
            name=found.head.name, version=found.head.version, digest=found.digest[:16]
        )
    )
