"""The commands on a vault: to make one, to fill it, to read it, to verify it."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from secterm.cli.ending import Refused
from secterm.cli.folders import make_usual_folder, refuse_missing_folder
from secterm.cli.given import (
    Command,
    FilePath,
    Given,
    Name,
    common,
    json_option,
    new_passphrase,
    unlocked,
)
from secterm.cli.telling import Progress, complain, say, say_all, say_json, tame
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.desk.desk import Desk
    from secterm.desk.registry import Erasure
    from secterm.vault import kdf

LARGEST_CHECKPOINT: Final = 64 * 1024  # bytes; a signed note has about 4,000
_SHORT: Final = re.compile(r"\b\d{1,18}:[0-9a-fA-F]{4}(?:-[0-9a-fA-F]{4}){4}\b")


@click.command(cls=Command, help=_("Create a vault with its first officer."))
@common
@click.option(
    "--unit", type=Name(), required=True, help=_("The unit (organisation) whose vault this is.")
)
@click.option(
    "--pack",
    type=FilePath(exists=True, file=False),
    help=_("The policy pack's folder; else the one that comes with the program."),
)
@click.pass_obj
def init(given: Given, unit: str, pack: Path | None) -> None:
    """Refuses before anything is asked, where a vault cannot be made there."""
    demand_new(given)
    desk = create(given, unit, pack)
    try:
        say(_("Created. Checkpoint {line}").format(line=desk.checkpoint_line()))
        say(_("Fingerprint of the log keys: {f}").format(f=desk.log_fingerprint()))
    finally:
        desk.close()


def demand_new(given: Given) -> None:
    """Raises `VaultExists` or `Refused` where no vault can be made."""
    from secterm.vault.errors import VaultExists

    path = given.path
    if path.exists():
        raise VaultExists(str(path))
    if given.named is not None:
        refuse_missing_folder(path)


def create(
    given: Given, unit: str, pack: Path | None, files: Mapping[str, bytes] | None = None
) -> Desk:
    """A new vault with its first officer, by this pack's folder or files, unlocked."""
    from secterm.desk.desk import Desk
    from secterm.host import doctor, machine
    from secterm.vault import keyfile

    doctor.demand(machine.here, given.path)
    key = b"" if given.key_file is None else keyfile.read(given.key_file)
    officer = given.who()
    secret = new_passphrase(given.passphrase_file, _("New passphrase"))
    with _usual_folder(given), Progress() as shown:
        if shown.shown:
            complain(_("Measuring this machine, so that each guess at a passphrase is slow ..."))

        def measured(cost: kdf.Cost, seconds: float) -> None:
            shown.tell(
                _("{m} MiB of memory take {s:.1f} seconds").format(m=cost.m // 1024, s=seconds)
            )

        desk = Desk.create(
            given.path,
            unit=unit,
            officer=officer,
            passphrase=secret,
            pack=pack,
            files=files,
            key_file=key,
            progress=measured,
        )
    for notice in desk.notices:
        complain(notice)
    return desk


@contextlib.contextmanager
def _usual_folder(given: Given) -> Iterator[None]:
    """The usual vault's folder is there within, and stays where a vault came to be."""
    made = make_usual_folder(given.path) if given.named is None else []
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            for folder in made:
                folder.rmdir()
        raise


@click.command(cls=Command, help=_("Add invented appointees to the vault, by way of the desk."))
@common
@click.option(
    "--appointees", type=click.IntRange(1, 1_000_000), required=True, help=_("How many to add.")
)
@click.pass_obj
def sample(given: Given, appointees: int) -> None:
    """May be called again and adds more."""
    from secterm.desk.sample import TOGETHER, fill

    def progress(added: int) -> None:
        shown.tell(_("Adding: {n} of {all} appointees").format(n=added, all=appointees))

    with unlocked(given) as desk, Progress() as shown:
        added = fill(desk, appointees, together=TOGETHER, progress=progress)
        desk.keep_sheets(math.inf)
    said = ngettext("{n} invented appointee added.", "{n} invented appointees added.", added)
    say(said.format(n=added))


@click.command("list", cls=Command, help=_("List the dossiers, the latest opened first."))
@common
@json_option
@click.pass_obj
def list_(given: Given, as_json: bool) -> None:
    """One line a dossier, or a JSON list of cards."""
    with unlocked(given) as desk:
        cards = desk.cards()
    if as_json:
        say_json(cards)
        return
    for card in cards:
        category = "-" if card.stage == "erased" else card.category
        who = ", ".join(part for part in (card.name, card.post) if part)
        say(f"{card.id}  {card.stage:<12} {category:<8} {who}")


@click.command(cls=Command, help=_("Show one dossier by its ID, or by the beginning of it."))
@click.argument("id")
@common
@json_option
@click.pass_obj
def show(given: Given, id: str, as_json: bool) -> None:
    """The readable record, in lines or as JSON; of an erased dossier, what stayed."""
    from secterm.dossier.record import lines

    with unlocked(given) as desk:
        whole = full_id(desk, id)
        erasure = desk.erasure(whole)
        if erasure is not None:
            _show_erased(whole, erasure, as_json)
            return
        made = desk.record(whole)
    if as_json:
        say_json(made)
        return
    for line in lines(made):
        say(line)


def _show_erased(id: str, erasure: Erasure, as_json: bool) -> None:
    if as_json:
        told = {"id": id, "stage": "erased", "erased": erasure.at}
        say_json({**told, "reason": erasure.reason, "entry": erasure.number})
        return
    say(_("Dossier {id}").format(id=id))
    say(
        _("Erased on {day}, entry #{number}. Reason: {reason}").format(
            day=erasure.at[:10], number=erasure.number, reason=erasure.reason
        )
    )


def full_id(desk: Desk, beginning: str) -> str:
    """The one dossier whose id begins so; for none or several the argument is unusable."""
    from secterm.dossier.permit import NotAllowed

    try:
        return desk.full_id(beginning)
    except NotAllowed as refused:
        raise Refused(refused.reason) from None


@click.command(cls=Command, help=_("Walk the whole vault and say what holds and what does not."))
@common
@click.option(
    "--checkpoint",
    help=_("An earlier checkpoint that history must continue: the short line, or a file."),
)
@json_option
@click.pass_obj
def verify(given: Given, checkpoint: str | None, as_json: bool) -> int:
    """Ends with 1 where something does not hold."""
    from secterm.desk import audit, keyfiles
    from secterm.messages import DOES_NOT_HOLD
    from secterm.vault.errors import VaultDamaged

    earlier = "" if checkpoint is None else _checkpoint(checkpoint)
    with Progress() as shown:

        def walked(done: int, total: int) -> None:
            shown.tell(_("Verifying: {n} of {all}").format(n=done, all=total))

        try:
            with unlocked(given) as desk:
                report = desk.verify(walked, earlier=earlier)
        except VaultDamaged:  # it may open, though nobody can work with it
            keys = keyfiles.at_hand(given.key_file)
            report = audit.report_of(
                given.path, given.who(), given.passphrase(), walked, earlier, key_files=keys
            )
    if as_json:
        say_json(report)
    else:
        say_all(tame(report).text())
    return 0 if report.holds else DOES_NOT_HOLD


def _checkpoint(given: str) -> str:
    """A checkpoint's text: the argument itself, or what the file of this name holds."""
    from secterm.vault.checkpoints import parse_short
    from secterm.vault.note import Checkpoint, Note, NoteMalformed

    text = given
    with contextlib.suppress(OSError, ValueError), open(given, "rb") as stream:
        text = stream.read(LARGEST_CHECKPOINT).decode()
    if parse_short(text):
        return text
    try:
        Checkpoint.parse(Note.parse(text.encode()).text if "\n\n" in text else text)
    except (NoteMalformed, UnicodeEncodeError):
        lines: set[str] = set(_SHORT.findall(text))
        if len(lines) != 1:
            raise Refused(
                _("--checkpoint is neither a checkpoint nor a file that holds one.")
            ) from None
        return lines.pop()
    return text
