"""The commands on archives: to write one, and to look into one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

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
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.archive.errors import ArchiveNotWritten
    from secterm.archive.inspect import Inspection
    from secterm.archive.outside import Outside
    from secterm.archive.recipients import Recipients
    from secterm.desk.desk import Desk
    from secterm.desk.exporting import Chosen

C = TypeVar("C", bound=Callable[..., object])

SHORT: Final = 8  # hex digits of an id, which name one dossier among many


def by_passphrase(command: C) -> C:
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


def only_one(ask: bool, secret_file: Path | None) -> None:
    """Raises `Refused` where the archive's passphrase is given in both ways."""
    if ask and secret_file is not None:
        raise Refused(_("Give --passphrase or --archive-passphrase-file, not both."))


def by_key(command: C) -> C:
    """The ways to open an archive: the recipient's identity, or its passphrase."""
    return click.option(
        "--identity",
        type=FilePath(folder=False),
        help=_("A file with the recipient's AGE-SECRET-KEY-1… line."),
    )(by_passphrase(command))


def secret_of(
    identity: Path | None, ask: bool, secret_file: Path | None, given: Given | None = None
) -> str:
    """The archive's passphrase, empty where it is opened otherwise; `given` has another that
    may not come from standard input as well. Raises `Refused`.
    """
    only_one(ask, secret_file)
    if identity is not None and not os.access(identity, os.R_OK):
        raise Refused(_("The identity file cannot be read."))
    if given is not None and secret_file == given.passphrase_file == STANDARD_INPUT:
        raise Refused(_("Only one passphrase can come from standard input."))
    if not ask and secret_file is None:
        return ""
    return passphrase(secret_file, _("Passphrase of the archive"))


class Size(click.ParamType[int]):
    """A size such as 700M, in bytes."""

    name = "size"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The bytes."""
        from secterm.archive import space

        try:
            return space.read(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


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
@by_passphrase
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
@click.option(
    "--volume-size",
    type=Size(),
    help=_(
        "Where all of it is larger than this, such as 700M or 4G: volumes, each an archive by "
        "itself."
    ),
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
    volume_size: int | None,
) -> None:
    """To recipients or to a passphrase, all dossiers or some, whole or the decision alone."""
    from secterm.archive import volumes
    from secterm.archive.errors import ArchiveNotWritten
    from secterm.archive.media import REMOVABLE, machine
    from secterm.archive.recipients import Recipients

    only_one(ask, secret_file)
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
        parts = desk.planned(
            chosen,
            what="changed" if changed else None,
            kind="decision" if alone else "whole",
            limit=volumes.largest(machine.at(folder), volume_size),
        )
        for done, part in enumerate(parts):
            try:
                _write(desk, part, folder, to, shown)
            except ArchiveNotWritten as error:
                _go_on(error, parts[done:], named=bool(ids), sized=volume_size is not None)
                raise
        line = desk.checkpoint_line()
        medium = desk.receipts()[0].told.medium
    if parts[0].covers.left_out:
        from secterm.messages import left_out

        complain(left_out(parts[0].covers.left_out))
    if medium.kind not in REMOVABLE:
        complain(_("The archive is not on a removable medium: {folder}").format(folder=folder))
    say(_("Checkpoint {line}").format(line=line))


def _write(desk: Desk, part: Chosen, folder: Path, to: Recipients, shown: Progress) -> None:
    """One archive, and what was written and recorded."""
    written = desk.write_archive(part, folder, to, progress=_counted(shown, part))
    shown.wipe()
    say(_("Written: {path}").format(path=written.path))
    say(_("SHA-256: {digest}").format(digest=written.sha256))
    say_all(_("Recorded: {receipt}").format(receipt=desk.told(desk.receipts()[0])))


def _go_on(error: ArchiveNotWritten, left: Sequence[Chosen], *, named: bool, sized: bool) -> None:
    """Has it say how to go on with what is left: of volumes, those before it are recorded."""
    from secterm.archive.errors import NoRoom

    if error.volume is None:
        if isinstance(error, NoRoom) and not sized:
            error.advice += " " + _("Or divide it: --volume-size.")
        return
    if error.volume[0] == 1:
        return
    ids = [id for part in left for id in part.ids]
    many = ngettext(
        "{n} dossier is left. On another medium, go on with it:",
        "{n} dossiers are left. On another medium, go on with them:",
        len(ids),
    ).format(n=len(ids))
    if named:
        how = " ".join(f"--id {id[:SHORT]}" for id in ids)
    elif left[0].kind == "whole":
        how = "--changed"
    else:
        how = _("all once more, as of a decision alone the vault does not know what is archived")
    error.advice = f"{many} {how}"


def _check(named: tuple[str, ...], file: Path | None, secret: str) -> None:
    """Refuses, before a passphrase is asked for, what only the book's names can make right."""
    from secterm.archive import recipients
    from secterm.archive.recipients import Recipients
    from secterm.archive.secret_keys import is_secret

    keys = [
        recipients.canonical(text, number)
        for number, text in enumerate(named, 1)
        if recipients.is_key(text) or is_secret(text)
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


def _counted(shown: Progress, part: Chosen) -> Callable[[str], None]:
    """Tells how many dossiers are written, from the names of an archive's members."""
    from secterm.archive.members import counting

    done, volume = 0, part.covers.volume
    which = _("Volume {n} of {of}: ").format(n=volume.number, of=volume.of) if volume else ""

    def tell(n: int) -> None:
        nonlocal done
        done = n
        told = _("Writing: {n} of {all} dossiers").format(n=n, all=len(part.ids))
        shown.tell(which + told)

    count = counting(tell)

    def progress(member: str) -> None:
        count(member)
        if done and "/" not in member:
            shown.tell(which + member)

    return progress


@click.command(
    cls=Command,
    help=_(
        "Say what is in the archive FILE and whether it holds, and of several which volumes are "
        "missing. Without their key: what can be seen of a file from outside."
    ),
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FilePath(folder=False))
@by_key
@click.option("--fingerprint", help=_("The log keys' fingerprint that it must have."))
@json_option
def inspect(
    files: tuple[Path, ...],
    identity: Path | None,
    ask: bool,
    secret_file: Path | None,
    fingerprint: str | None,
    as_json: bool,
) -> int:
    """Ends with 1 where something does not hold, or of several a volume is missing."""
    from secterm.archive.inspect import inspect_archive
    from secterm.archive.outside import look
    from secterm.messages import DOES_NOT_HOLD

    secret = secret_of(identity, ask, secret_file)

    def whole(file: Path) -> Inspection:
        return inspect_archive(file, identity=identity, passphrase=secret, fingerprint=fingerprint)

    found: Inspection | Outside
    opens = identity is not None or bool(secret)
    if not opens and fingerprint is not None:
        raise Refused(_("The fingerprint is inside: give --identity or --passphrase as well."))
    if len(files) > 1:
        return _several(files, whole if opens else look, as_json)
    found = whole(files[0]) if opens else look(files[0])
    if as_json:
        say_json(found)
    else:
        say_all(tame(found).text())
    return 0 if found.holds else DOES_NOT_HOLD


def _several(
    files: Sequence[Path], look: Callable[[Path], Inspection | Outside], as_json: bool
) -> int:
    """Each archive, and which volumes are missing among those that hold; the exit status."""
    from secterm import messages
    from secterm.archive.errors import ArchiveError
    from secterm.archive.inspect import Inspection
    from secterm.archive.volumes import gathered, said

    found: list[Inspection | Outside] = []
    status = 0
    for file in files:
        try:
            one = look(file)
        except ArchiveError as error:
            told = messages.explain(error)
            complain(f"{file}: {told.text()}")
            status = status or told.status
            continue
        found.append(one)
        if not as_json:
            say(f"{file}:")
            say_all(f"{tame(one).text()}\n")
    inside = (one for one in found if isinstance(one, Inspection))
    sets = gathered(one.volume for one in inside if one.holds)
    if as_json:
        say_json({"archives": found, "sets": sets})
    else:
        say_all("\n".join(said(each) for each in sets))
    fails = not all(one.holds for one in found) or any(each.missing for each in sets)
    return status or (messages.DOES_NOT_HOLD if fails else 0)
