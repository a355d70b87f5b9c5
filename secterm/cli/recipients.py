"""The commands on the recipients' book: whose keys archives may be for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from secterm.cli.ending import Refused
from secterm.cli.given import Command, FilePath, Given, Name, asked, common, json_option, unlocked
from secterm.cli.telling import say, say_json
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.desk.desk import Desk
    from secterm.dossier.entries import Source


@click.group(
    no_args_is_help=False,
    help=_("The recipients' book: whose keys archives are for."),
)
def recipient() -> None:
    """Holds what can be done with the book."""


@recipient.command("list", cls=Command, help=_("List the recipients in the book."))
@common
@json_option
@click.pass_obj
def list_(given: Given, as_json: bool) -> None:
    """One line a recipient: since when, the key's fingerprint, the name."""
    with unlocked(given) as desk:
        there = desk.recipients()
        by = {each.key: desk.officer_name(each.officer, each.number) for each in there}
    if as_json:
        say_json(
            [
                {
                    "name": each.name,
                    "key": each.key,
                    "fingerprint": each.fingerprint,
                    "source": each.source,
                    "since": each.at,
                    "officer": by[each.key],
                    "entry": each.number,
                }
                for each in there
            ]
        )
        return
    for each in there:
        say(f"{each.at[:10]}  {each.fingerprint}  {each.name}")


@recipient.command(
    cls=Command,
    help=_(
        "Add a public key (KEY, or the one in a file) under NAME. Its fingerprint is compared "
        "with its owner's first."
    ),
)
@click.argument("name", type=Name())
@click.argument("key", required=False)
@common
@click.option(
    "--file",
    type=FilePath(folder=False),
    help=_(
        "A file with the key: an age recipients file, or a PNG or JPEG picture of its QR code. Of "
        "several keys the one whose comment is NAME."
    ),
)
@click.option(
    "--fingerprint",
    help=_("The key's fingerprint as its owner tells it, or its first group; else asked for."),
)
@click.pass_obj
def add(
    given: Given, name: str, key: str | None, file: Path | None, fingerprint: str | None
) -> None:
    """Takes an administrator."""
    from secterm.archive import recipients
    from secterm.desk.booking import keys_in

    source: Source = "typed"
    if (key is None) == (file is None):
        raise Refused(_("Give the key itself or --file, one of the two."))
    if file is not None:
        source, found = keys_in(file)
        key = _one_of(found, name)
    with unlocked(given) as desk:
        key = desk.demand_new_key(key or "")
        if fingerprint is None:
            f = recipients.fingerprint(key)
            fingerprint = asked(
                _(
                    "Fingerprint of this key: {f}\nHave the key's owner read theirs out, by "
                    "another way than the key came.\nIts first group, once all are the same"
                ).format(f=f),
                _(
                    "Compare the key's fingerprint, {f}, with its owner's, and say so with "
                    "--fingerprint."
                ).format(f=f),
            )
        added = desk.add_recipient(name, key, source, fingerprint)
    say(_("Added: {name}, fingerprint {f}").format(name=added.name, f=added.fingerprint))


def _one_of(found: list[tuple[str, str]], name: str) -> str:
    """The only key, or the one that the file calls so."""
    if len(found) == 1:
        return found[0][1]
    called = [key for comment, key in found if comment.casefold() == name.casefold()]
    if len(called) != 1:
        raise Refused(
            ngettext(
                "The file has {n} key, and not one comment that is this name.",
                "The file has {n} keys, and not one comment that is this name.",
                len(found),
            ).format(n=len(found))
        )
    return called[0]


@recipient.command(cls=Command, help=_("Remove the recipient with this name or key."))
@click.argument("who", type=Name(), metavar="NAME|KEY")
@common
@click.option("--reason", required=True, help=_("Why; it stays in the journal."))
@click.pass_obj
def remove(given: Given, who: str, reason: str) -> None:
    """Takes an administrator. What was written for the key still opens with it."""
    with unlocked(given) as desk:
        found = _known(desk, who)
        desk.remove_recipient(found, reason)
    say(_("Removed. Archives that were written to this key still open with it."))


def _known(desk: Desk, who: str) -> str:
    found = desk.recipient(who)
    if found is None:
        raise Refused(_("There is no recipient of this name or key in the book."))
    return found.key
