"""The command that takes archives back: into a new vault, or into one that is there."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from secterm.cli.archives import by_key, secret_of
from secterm.cli.ending import Refused
from secterm.cli.given import (
    Command,
    FilePath,
    Given,
    Name,
    asked,
    can_ask,
    common,
    json_option,
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
@by_key
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
    """Ends with 1 where a history went another way than the one that is there, or a volume is
    missing.
    """
    from secterm.archive.volumes import gathered, said
    from secterm.messages import DOES_NOT_HOLD

    if into is not None and (unit is not None or pack is not None):
        raise Refused(_("--unit and --pack are for a new vault, and not together with --into."))
    if into is not None and given.vault not in (None, into):
        raise Refused(_("Give --into or --vault, not both."))
    if into is not None:
        given.vault = into
    elif given.path.exists():
        raise Refused(
            _(
                "{path}: There is a file already. To take an archive into a vault, say --into."
            ).format(path=given.path)
        )
    else:
        demand_new(given)
    secret = secret_of(identity, ask, secret_file, given)
    opened = _Opened(identity, secret)
    found = [opened.look(file) for file in files]
    trust = _Trust(fingerprints)
    with _vault(given, found, trust, unit, pack) if into is None else unlocked(given) as desk:
        for one in found:
            trust.demand(one, desk)
        made = [_taken(desk, one, trust.demand(one, desk)) for one in found]
        while (file := _missing(found)) is not None:
            found.append(opened.look(file))
            made.append(_taken(desk, found[-1], trust.demand(found[-1], desk)))
        _say(desk, made, as_json)
        desk.keep_sheets(math.inf)
    sets = gathered(one.manifest.covers.volume for one in found)
    for each in sets:
        if each.missing:
            complain(said(each))
    whole = not any(one.apart for one in made) and not any(each.missing for each in sets)
    return 0 if whole else DOES_NOT_HOLD


@dataclass(frozen=True)
class _Opened:
    """What opens the archives."""

    identity: Path | None
    secret: str = field(repr=False)

    def look(self, file: Path) -> Looked:
        """An archive walked whole, before anything of it is used."""
        from secterm.archive.members import counting
        from secterm.desk.restoring import look

        with Progress() as shown:
            told = _("Checking {file}: dossier {n}")
            progress = counting(lambda n: shown.tell(told.format(file=file.name, n=n)))
            return look(file, identity=self.identity, passphrase=self.secret, progress=progress)


class _Trust:
    """The fingerprints of log keys that units told; asked for once where none was given."""

    def __init__(self, given: tuple[str, ...]) -> None:
        self._given = given
        self._asked: dict[str, str] = {}  # by vault

    def demand(self, archive: Looked, desk: Desk | None = None) -> str:
        """The one that this archive has, empty where its vault is known. Raises `NotRestored`."""
        if self._given:
            told = next(filter(archive.is_of, self._given), self._given[0])
        elif desk is not None and desk.knows(archive):
            return ""
        elif archive.vault in self._asked:
            told = self._asked[archive.vault]
        else:
            told = self._asked[archive.vault] = asked(
                _("Fingerprint of the log keys of {unit}, as they tell it").format(
                    unit=archive.manifest.unit
                ),
                _("Say with --fingerprint which log keys the archive must have, as its unit says."),
            )
        archive.demand(told)
        return told


@contextlib.contextmanager
def _vault(
    given: Given, found: list[Looked], trust: _Trust, unit: str | None, pack: Path | None
) -> Iterator[Desk]:
    """A new vault for these archives, once each is of whom it should be."""
    from secterm.archive.errors import ArchiveError
    from secterm.vault.errors import VaultError

    for one in found:
        trust.demand(one)
    files = _newest(found) if pack is None else {}
    desk = create(given, unit or found[0].manifest.unit, pack, files)
    try:
        yield desk
    except (ArchiveError, VaultError):
        complain(
            _("The new vault is there, with what was taken in. Go on with --into {vault}.").format(
                vault=given.path
            )
        )
        raise
    finally:
        desk.close()


def _missing(found: list[Looked]) -> Path | None:
    """The file of a volume that is missing, asked for where there is a terminal; None for none."""
    from secterm.archive.volumes import gathered, said

    if not can_ask():
        return None
    for each in gathered(one.manifest.covers.volume for one in found):
        if each.missing:
            text = asked(
                _("{missing} Its file, or nothing to go on without it").format(missing=said(each)),
                "",
            )
            return Path(text) if text else None
    return None


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
    from secterm.archive.members import counting

    with Progress() as shown:
        told = _("Taking in {file}: dossier {n}")
        progress = counting(lambda n: shown.tell(told.format(file=archive.file.name, n=n)))
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
