"""The command that takes archives back: into a new vault, or into one that is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from secterm.cli.archives import by_passphrase, only_one
from secterm.cli.ending import Refused
from secterm.cli.given import (
    STANDARD_INPUT,
    Command,
    FilePath,
    Given,
    Name,
    asked,
    common,
    json_option,
    passphrase,
    unlocked,
)
from secterm.cli.telling import Progress, complain, say, say_json
from secterm.cli.vaults import create, demand_new
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.desk.desk import Desk
    from secterm.desk.restoring import Looked, Restored


@click.command(
    cls=Command,
    help=_(
        "Take the dossiers of archives back, with all their history: into a new vault, or into "
        "one that is there. Nothing of an archive is used unless all of it holds."
    ),
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FilePath(folder=False))
@common
@click.option(
    "--into",
    type=FilePath(exists=True, folder=False),
    help=_("The vault that takes them in. Else a new one is made."),
)
@click.option(
    "--identity",
    type=FilePath(folder=False),
    help=_("A file with the recipient's AGE-SECRET-KEY-1… line."),
)
@by_passphrase
@click.option(
    "--fingerprint",
    "fingerprints",
    multiple=True,
    help=_("The log keys' fingerprint, as the archive's unit tells it; once for each unit."),
)
@click.option("--unit", type=Name(), help=_("Whose the new vault is; else the archive's unit."))
@click.option(
    "--pack",
    type=FilePath(exists=True, file=False),
    help=_("The policy pack of the new vault; else the archive's newest."),
)
@json_option
@click.pass_obj
def restore(
    given: Given,
    files: tuple[Path, ...],
    into: Path | None,
    identity: Path | None,
    ask: bool,
    secret_file: Path | None,
    fingerprints: tuple[str, ...],
    unit: str | None,
    pack: Path | None,
    as_json: bool,
) -> int:
    """Ends with 1 where a history went another way than the one that is there."""
    from secterm.archive.errors import ArchiveError
    from secterm.messages import DOES_NOT_HOLD
    from secterm.vault.errors import VaultError

    only_one(ask, secret_file)
    if secret_file == given.passphrase_file == STANDARD_INPUT:
        raise Refused(_("Only one passphrase can come from standard input."))
    if into is not None and (unit is not None or pack is not None):
        raise Refused(_("--unit and --pack are for a new vault, and not together with --into."))
    if into is not None and given.vault not in (None, into):
        raise Refused(_("Give --into or --vault, not both."))
    if identity is not None and not os.access(identity, os.R_OK):
        raise Refused(_("The identity file cannot be read."))
    if into is None and given.path.exists():
        raise Refused(
            _(
                "{path}: There is a file already. To take an archive into a vault, say --into."
            ).format(path=given.path)
        )
    if into is None:
        demand_new(given)
    else:
        given.vault = into
    secret = ""
    if ask or secret_file is not None:
        secret = passphrase(secret_file, _("Passphrase of the archive"))
    found = list(_looked(files, identity, secret))
    if into is None:
        told = [_fingerprint(one, fingerprints) for one in found]
        desk = create(
            given, unit or found[0].manifest.unit, pack, _newest(found) if pack is None else {}
        )
        try:
            made = [_taken(desk, *each) for each in zip(found, told, strict=True)]
            _say(desk, made, as_json)
        except (ArchiveError, VaultError):
            complain(
                _(
                    "The new vault is there, with what was taken in. Go on with --into {vault}."
                ).format(vault=given.path)
            )
            raise
        finally:
            desk.close()
    else:
        with unlocked(given) as desk:
            told = [_fingerprint(one, fingerprints, desk) for one in found]
            made = [_taken(desk, *each) for each in zip(found, told, strict=True)]
            _say(desk, made, as_json)
    return DOES_NOT_HOLD if any(one.apart for one in made) else 0


def _looked(files: tuple[Path, ...], identity: Path | None, secret: str) -> Iterator[Looked]:
    """Every archive walked, before anything of one is used."""
    from secterm.desk.restoring import look

    for file in files:
        with Progress() as shown:
            yield look(
                file,
                identity=identity,
                passphrase=secret,
                progress=_counted(shown, _("Checking {file}: dossier {n}"), file),
            )


def _counted(shown: Progress, text: str, file: Path) -> Callable[[str], None]:
    """Tells how many dossiers were met, by members' names or by ids."""
    seen: set[str] = set()

    def progress(name: str) -> None:
        kind, _slash, rest = name.partition("/")
        if kind == "dossiers" or not _slash:
            seen.add(rest.partition("/")[0] or name)
            shown.tell(text.format(file=file.name, n=len(seen)))

    return progress


def _fingerprint(archive: Looked, given: tuple[str, ...], desk: Desk | None = None) -> str:
    """That which the unit told, asked for where it was not given and is needed."""
    if given:
        text = next(filter(archive.is_of, given), given[0])
        archive.demand(text)
        return text
    if desk is not None and desk.knows(archive):
        return ""
    text = asked(
        _("Fingerprint of the log keys of {unit}, as they tell it").format(
            unit=archive.manifest.unit
        ),
        _("Say with --fingerprint which log keys the archive must have, as its unit tells it."),
    )
    archive.demand(text)
    return text


def _newest(found: list[Looked]) -> Mapping[str, bytes]:
    """The files of the pack that the first archive's vault adopted last, where it is one still."""
    from secterm.policy import reader

    newest = [*found[0].packs.values()][-1]
    try:
        reader.parse(newest)
    except reader.PackInvalid:
        return {}
    return newest


def _taken(desk: Desk, archive: Looked, fingerprint: str) -> Restored:
    with Progress() as shown:
        progress = _counted(shown, _("Taking in {file}: dossier {n}"), archive.file)
        return desk.restore(archive, fingerprint, progress)


def _say(desk: Desk, made: list[Restored], as_json: bool) -> None:
    if as_json:
        say_json(made)
        return
    for one in made:
        count = ngettext("{n} dossier", "{n} dossiers", one.all).format(n=one.all)
        say(
            _(
                "{dossiers} of {unit}, vault {vault}: {new} new, {continued} continued, "
                "{same} here already."
            ).format(
                dossiers=count,
                unit=one.unit,
                vault=one.vault[:8],
                new=len(one.new),
                continued=len(one.continued),
                same=len(one.same),
            )
        )
        for id, kept in one.apart.items():
            complain(
                _(
                    "Dossier {id} goes on otherwise there than here; both are kept, the other "
                    "one as {kept}."
                ).format(id=id, kept=kept)
            )
        for id in one.erased:
            complain(_("Dossier {id} was erased here, and stays so.").format(id=id))
    say(_("Checkpoint {line}").format(line=desk.checkpoint_line()))
