"""The command that prints a document of a dossier, or writes it to a folder as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import click

from secterm.cli.ending import Refused
from secterm.cli.given import Command, FilePath, Given, Name, common, unlocked
from secterm.cli.telling import complain, say
from secterm.cli.vaults import full_id
from secterm.words import _

if TYPE_CHECKING:
    from secterm.dossier.entries import Document

KINDS: Final = ("undertaking", "rules", "training", "screening", "decision", "receipt")


@click.command(
    "print",
    cls=Command,
    help=_(
        "Print a document of the dossier ID, or write it to a folder as PDF.\n\n"
        "KIND is one of: {kinds}. That it was printed is recorded."
    ).format(kinds=", ".join(KINDS)),
)
@click.argument("id")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@common
@click.option("--to", "folder", type=FilePath(), help=_("The folder on the medium."))
@click.option("--printer", type=Name(), help=_("A printer by its name, through lp."))
@click.pass_obj
def print_(given: Given, id: str, kind: str, folder: Path | None, printer: str | None) -> None:
    """To one place, and says what is there now."""
    from secterm.desk import printing
    from secterm.messages import unshown

    if (folder is None) == (printer is None):
        raise Refused(_("Give --to or --printer, one of them."))
    with unlocked(given) as desk:
        place: printing.Place = printing.Printer(printer or "")
        if folder is not None:
            place = printing.Folder(folder)
        put = desk.print(full_id(desk, id), cast("Document", kind), place)
        line = desk.checkpoint_line()
    if put.paper.unshown:
        complain(unshown(put.paper.unshown))
    if put.path is not None:
        say(_("Written: {path}").format(path=put.path))
    else:
        say(_("With the printer: {title}").format(title=put.paper.title))
    say(_("SHA-256: {digest}").format(digest=put.paper.sha256))
    say(_("Checkpoint {line}").format(line=line))
