"""The commands on archives: to write one, and to look into one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from secterm.cli.ending import Refused
from secterm.cli.given import (
    STANDARD_INPUT,
    Command,
    FilePath,
    Given,
    common,
    json_option,
    new_passphrase,
    passphrase,
    unlocked,
)
from secterm.cli.telling import Progress, aside, complain, say, say_all, say_json, tame
from secterm.cli.vaults import full_id
from secterm.words import _

if TYPE_CHECKING:
    from secterm.archive.inspect import Inspection
    from secterm.archive.outside import Outside
    from secterm.desk.desk import Desk

C = TypeVar("C", bound=Callable[..., object])


def _by_passphrase(command: C) -> C:
    """The two ways to give the archive's own passphrase."""
    for option in (
        click.option(
            "--passphrase", "ask", is_flag=True, help=_("Ask for the archive's passphrase.")
        ),
        click.option(
            "--archive-passphrase-file",
            "secret_file",
            type=FilePath(folder=False),
            help=_("A file whose first line is the archive's passphrase."),
        ),
    ):
        command = option(command)
    return command


def _only_one(ask: bool, secret_file: Path | None) -> None:
    if ask and secret_file is not None:
        raise Refused(_("Give --passphrase or --archive-passphrase-file, not both."))


@click.command(cls=Command, help=_("Write an encrypted archive to a folder, and verify it there."))
@common
@click.option(
    "--to",
    "folder",
    type=FilePath(),
    required=True,
    help=_("The folder on the medium. A relative one is made where its parent is there."),
)
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    help=_(
        "An age1… key, or a name of the recipients' book; may repeat. With nobody named: those of "
        "the settings file."
    ),
)
@click.option(
    "--recipients-file", type=FilePath(folder=False), help=_("A file of age1… keys, one a line.")
)
@_by_passphrase
@click.option("--id", "ids", multiple=True, help=_("Only this dossier; may repeat. Else all."))
@click.option(
    "--changed", is_flag=True, help=_("Only dossiers that changed since they were last archived.")
)
@click.option(
    "--decision-only",
    "alone",
    is_flag=True,
    help=_("The decision alone, for a personnel file: nothing of the screening, and no key."),
)
@click.pass_obj
def export(
    given: Given,
    folder: Path,
    recipients: tuple[str, ...],
    recipients_file: Path | None,
    ask: bool,
    secret_file: Path | None,
    ids: tuple[str, ...],
    changed: bool,
    alone: bool,
) -> None:
    """To recipients or to a passphrase, all dossiers or some, whole or the decision alone."""
    from secterm.archive.media import REMOVABLE
    from secterm.archive.recipients import Recipients

    _only_one(ask, secret_file)
    if ids and changed:
        raise Refused(_("Give --id or --changed, not both."))
    if secret_file == given.passphrase_file == STANDARD_INPUT:
        raise Refused(_("Only one passphrase can come from standard input."))
    secret = ""
    if ask or secret_file is not None:
        secret = new_passphrase(secret_file, _("Passphrase for the archive"))
    if not recipients and recipients_file is None and not secret:
        recipients = _from_settings(given.path)
    _check(recipients, recipients_file, secret)
    with unlocked(given) as desk, _made(folder), Progress() as shown:
        to = Recipients.gather(desk.recipient_keys(recipients), recipients_file, secret)
        _tell_names(desk, recipients)
        chosen = list(dict.fromkeys(full_id(desk, id) for id in ids)) or None
        written = desk.export(
            folder,
            to,
            chosen,
            what="changed" if changed else None,
            kind="decision" if alone else "whole",
            progress=_counted(shown, _many(desk, chosen, changed, alone) if shown.shown else 0),
        )
        line = desk.checkpoint_line()
        receipt = desk.receipts()[0]
        told = desk.told(receipt)
    say(_("Written: {path}").format(path=written.path))
    say(_("SHA-256: {digest}").format(digest=written.sha256))
    say_all(_("Recorded: {receipt}").format(receipt=told))
    if written.left_out:
        from secterm.messages import left_out

        complain(left_out(written.left_out))
    if receipt.told.medium.kind not in REMOVABLE:
        complain(_("The archive is not on a removable medium: {folder}").format(folder=folder))
    say(_("Checkpoint {line}").format(line=line))


def _check(named: tuple[str, ...], file: Path | None, secret: str) -> None:
    """Refuses, before a passphrase is asked for, what only the book's names can make right."""
    from secterm.archive import recipients
    from secterm.archive.recipients import Recipients

    keys = [
        recipients.canonical(text, number)
        for number, text in enumerate(named, 1)
        if recipients.is_key(text) or recipients.is_secret(text)
    ]
    if secret or len(keys) == len(named):
        Recipients.gather(named, file, secret)


def _tell_names(desk: Desk, named: tuple[str, ...]) -> None:
    """The fingerprint of each recipient of the book, to be compared before it is written."""
    for text in named:
        found = desk.recipient(text)
        if found is not None:
            aside(_("For {name}: {f}").format(name=found.name, f=found.fingerprint))


def _from_settings(vault: Path) -> tuple[str, ...]:
    """The recipients that the settings file names, told: it is neither sealed nor signed."""
    from secterm.settings import reading

    file = reading.beside(vault)
    found = reading.read(file).recipients
    if found:
        complain(
            _("The archive is for the keys in the settings file {file}: {keys}").format(
                file=file, keys=", ".join(found)
            )
        )
    return found


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    """A relative folder is made, and gone again where nothing was written to it.

    An absolute one is not: it may be where a medium should be mounted and is not.
    """
    new = not folder.is_absolute() and not folder.exists() and folder.parent.is_dir()
    if new:
        folder.mkdir(mode=0o700)
    try:
        yield
    except BaseException:
        if new:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def _many(desk: Desk, chosen: list[str] | None, changed: bool, alone: bool) -> int:
    """How many dossiers there will be in it."""
    offer = desk.offer()
    found = set(chosen or offer.all)
    found &= offer.changed if changed else found
    found &= offer.decided if alone else found
    return len(found)


def _counted(shown: Progress, total: int) -> Callable[[str], None]:
    """Tells how many dossiers are written, from the names of an archive's members."""
    seen: set[str] = set()

    def progress(member: str) -> None:
        kind, _slash, rest = member.partition("/")
        if kind == "dossiers":
            seen.add(rest.partition("/")[0])
            shown.tell(_("Writing: {n} of {all} dossiers").format(n=len(seen), all=total))
        elif seen and not rest:
            shown.tell(member)

    return progress


@click.command(
    cls=Command,
    help=_(
        "Say what is in the archive FILE and whether it holds. Without its key: what can be seen "
        "of the file from outside."
    ),
)
@click.argument("file", type=FilePath(folder=False))
@click.option(
    "--identity",
    type=FilePath(folder=False),
    help=_("A file with the recipient's AGE-SECRET-KEY-1… line."),
)
@_by_passphrase
@click.option("--fingerprint", help=_("The log keys' fingerprint that it must have."))
@json_option
def inspect(
    file: Path,
    identity: Path | None,
    ask: bool,
    secret_file: Path | None,
    fingerprint: str | None,
    as_json: bool,
) -> int:
    """Ends with 1 where something does not hold."""
    from secterm.archive.inspect import inspect_archive
    from secterm.archive.outside import look
    from secterm.messages import DOES_NOT_HOLD

    _only_one(ask, secret_file)
    if identity is not None and not os.access(identity, os.R_OK):
        raise Refused(_("The identity file cannot be read."))
    secret = ""
    if ask or secret_file is not None:
        secret = passphrase(secret_file, _("Passphrase of the archive"))
    found: Inspection | Outside
    if identity is not None or secret:
        found = inspect_archive(file, identity=identity, passphrase=secret, fingerprint=fingerprint)
    elif fingerprint is None:
        found = look(file)
    else:
        raise Refused(_("The fingerprint is inside: give --identity or --passphrase as well."))
    if as_json:
        say_json(found)
    else:
        say_all(tame(found).text())
    return 0 if found.holds else DOES_NOT_HOLD
