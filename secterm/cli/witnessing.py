"""The commands of witnessing: at the registry an archive's checkpoint is cosigned, and at the
terminal the cosignature is taken in.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from secterm.cli.archives import by_key, secret_of
from secterm.cli.given import (
    Command,
    FilePath,
    Given,
    Name,
    asked,
    common,
    unlocked,
)
from secterm.cli.telling import Progress, complain, say, say_all, tame
from secterm.words import _

if TYPE_CHECKING:
    from secterm.archive.walk import Walk
    from secterm.desk.desk import Desk


@click.command(
    cls=Command,
    help=_(
        "Cosign the archive FILE, as a witness of its vault.\n\nAll of it must hold, and its "
        "checkpoint must continue the last one that was seen of that vault. The vault named with "
        "--vault is your own, the witness's."
    ),
)
@click.argument("file", type=FilePath(folder=False))
@common
@click.option(
    "--to",
    "folder",
    type=FilePath(),
    required=True,
    help=_("The folder on the medium that the cosignature is written to."),
)
@by_key
@click.option(
    "--fingerprint",
    help=_(
        "The fingerprint of the archive's log keys, as its vault's officers told it; else asked "
        "for, the first time."
    ),
)
@click.pass_obj
def witness(
    given: Given,
    file: Path,
    folder: Path,
    identity: Path | None,
    ask: bool,
    secret_file: Path | None,
    fingerprint: str | None,
) -> int:
    """Ends with 1 where the archive does not hold, or does not continue what was seen."""
    from secterm.archive.inspect import inspection, walked
    from secterm.messages import DOES_NOT_HOLD

    secret = secret_of(identity, ask, secret_file, given)
    with unlocked(given) as desk:
        with Progress() as shown:
            shown.tell(_("Walking through the archive"))
            walk = walked(file, identity=identity, passphrase=secret, fingerprint=fingerprint)
            found = inspection(walk, file)
        if not found.holds:
            say_all(tame(found).text())
            complain(_("Not witnessed: the archive does not hold."))
            return DOES_NOT_HOLD
        before = desk.demand_continues(walk)
        if before is None and fingerprint is None:
            fingerprint = _told(desk, walk)
        path = desk.witness(walk, found.sha256, folder, fingerprint or "")
        own = desk.log_fingerprint()
    if before is None:
        say(_("Nothing was seen of this vault before. Its log keys are known from now on."))
    else:
        say(
            _("It continues what was seen on {day}: {line}").format(
                day=before.at[:10], line=before.checkpoint
            )
        )
    say(_("Cosigned: {line}").format(line=found.checkpoint))
    say(_("Written: {path}").format(path=path))
    say(_("Fingerprint of your log keys, to be read out: {f}").format(f=own))
    return 0


def _told(desk: Desk, walk: Walk) -> str:
    """The fingerprint that the vault's officers tell; typed, and never shown to be confirmed."""
    told = asked(
        _(
            "Nothing was seen of this vault before. Have its officers read out the fingerprint of "
            "their log keys,\nby another way than the archive came, and type all of it"
        ),
        _("Nothing was seen of this vault before. Give --fingerprint, as its officers tell it."),
    )
    desk.demand_new_vault(walk, told)
    return told


@click.command(
    cls=Command,
    help=_(
        "Take in the witness's cosignature that is in FILE.\n\nThe journal must have in its past "
        "what the witness has seen; else this vault was put back or forked."
    ),
)
@click.argument("file", type=FilePath(folder=False))
@common
@click.option("--name", type=Name(), help=_("What you call the witness; the first time."))
@click.option(
    "--fingerprint",
    help=_("The fingerprint of the witness's log keys, as it told it; else asked for, once."),
)
@click.pass_obj
def cosigned(given: Given, file: Path, name: str | None, fingerprint: str | None) -> None:
    """Ends with 1 where it does not hold, or shows that the vault was put back or forked."""
    from secterm.desk.witnessing import read_cosignature

    found = read_cosignature(file)
    with unlocked(given) as desk:
        if desk.demand_cosignature(found) is None:
            if name is None:
                name = asked(
                    _("This witness is new here. What do you call it"),
                    _("This witness is new here. Give --name and --fingerprint."),
                )
            desk.demand_witness_name(name)
            if fingerprint is None:
                fingerprint = asked(
                    _(
                        "Have the witness read out the fingerprint of its log keys, by another way "
                        "than the file came,\nand type all of it"
                    ),
                    _("This witness is new here. Give --name and --fingerprint."),
                )
        made = desk.take_in(found, name or "", fingerprint or "")
        since = desk.since(made)
    say(since.told())
    say(_("Fingerprint of its log keys: {f}").format(f=made.fingerprint))
