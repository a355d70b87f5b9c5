"""The command line: the other face. It asks the desk and decides nothing. The
screens are imported only by the commands that show them.
"""

from __future__ import annotations

import contextlib
import functools
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

import click

from secterm import __version__
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.desk.desk import Desk

P = ParamSpec("P")
T = TypeVar("T")

DOES_NOT_HOLD: Final = 1
UNUSABLE: Final = 2
NOT_OPEN: Final = 4


def default_vault() -> Path:
    """Where the vault is when nobody says."""
    import platformdirs

    return platformdirs.user_data_path("secterm") / "vault.db"


def _told(command: Callable[P, T]) -> Callable[P, T]:
    """Errors of the rooms below as one clear line and an exit status, never a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        from secterm import messages

        try:
            return command(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            told = messages.explain(error)
            click.echo(f"secterm: {told.what} {told.safe} {told.do}".strip(), err=True)
            sys.exit(told.status)

    return run


vault_option = click.option(
    "--vault",
    "vault",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="SECTERM_VAULT",
    default=default_vault,
    help=_("The vault's file (or SECTERM_VAULT)."),
)
officer_option = click.option("--officer", help=_("Your name as an officer of this vault."))
passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("A file whose first line is your passphrase; else it is asked for."),
)
json_option = click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))


def _passphrase(file: Path | None, prompt: str) -> str:
    """From a file's first line, else from the terminal; never from argv or the environment."""
    if file is not None:
        try:
            text = file.read_text(encoding="utf-8")
        except OSError as error:
            raise click.UsageError(
                _("The passphrase file cannot be read: {reason}.").format(reason=error.strerror)
            ) from None
        except UnicodeDecodeError:
            raise click.UsageError(_("The passphrase file is not UTF-8 text.")) from None
        lines = text.splitlines()
        if not lines or not lines[0]:
            raise click.UsageError(_("The passphrase file is empty."))
        return lines[0]
    if not sys.stdin.isatty():
        raise click.UsageError(_("There is no terminal to ask on; use --passphrase-file."))
    return getpass.getpass(f"{prompt}: ")


def _officer(name: str | None) -> str:
    if name:
        return name
    if not sys.stdin.isatty():
        raise click.UsageError(_("Say who you are with --officer."))
    return str(click.prompt(_("Officer"), err=True))


@contextlib.contextmanager
def _unlocked(vault: Path, officer: str | None, file: Path | None) -> Iterator[Desk]:
    import time

    from secterm.desk.desk import Desk
    from secterm.desk.model import failures_of, unlock_wait

    name = _officer(officer)
    passphrase = _passphrase(file, _("Passphrase"))
    wait = unlock_wait(failures_of(vault))
    if wait:
        click.echo(
            _("Attempts failed before: waiting {n} seconds.").format(n=round(wait)), err=True
        )
        time.sleep(wait)
    desk = Desk.open(vault, name, passphrase)
    try:
        for notice in desk.notices:
            click.echo(f"secterm: {notice}", err=True)
        yield desk
    finally:
        desk.close()


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="secterm")
@vault_option
@click.pass_context
@_told
def main(context: click.Context, vault: Path) -> None:
    """Onboarding to posts that handle secrets, on an air-gapped terminal.

    Without a command: the app. The first run creates a vault.
    """
    if context.invoked_subcommand is None:
        from secterm.tui import run

        vault.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        sys.exit(run(vault))


@main.command()
@_told
def demo() -> None:
    """The app on a throw-away vault with a dozen invented appointees."""
    from secterm.tui.demo import run_demo

    sys.exit(run_demo())


@main.command()
@vault_option
@click.option("--unit", required=True, help=_("The unit whose vault this is."))
@click.option("--officer", required=True, help=_("The first officer's name."))
@passphrase_option
@click.option(
    "--pack",
    type=click.Path(path_type=Path, file_okay=False),
    help=_("The policy pack's folder; else the one that comes with the program."),
)
@_told
def init(
    vault: Path, unit: str, officer: str, passphrase_file: Path | None, pack: Path | None
) -> None:
    """Create a vault with its first officer."""
    from secterm.desk.desk import Desk

    passphrase = _passphrase(passphrase_file, _("New passphrase"))
    if passphrase_file is None and _passphrase(None, _("Once more")) != passphrase:
        raise click.UsageError(_("The two passphrases are not the same."))
    desk = Desk.create(vault, unit=unit, officer=officer, passphrase=passphrase, pack=pack)
    try:
        click.echo(_("Created. Checkpoint {line}").format(line=desk.checkpoint_line()))
        click.echo(_("Fingerprint of the log keys: {f}").format(f=desk.log_fingerprint()))
    finally:
        desk.close()


@main.command()
@vault_option
@officer_option
@passphrase_option
@click.option("--appointees", type=click.IntRange(1, 1_000_000), required=True)
@_told
def sample(vault: Path, officer: str | None, passphrase_file: Path | None, appointees: int) -> None:
    """Fill the vault with invented appointees, by way of the desk."""
    from secterm.desk.sample import fill

    with _unlocked(vault, officer, passphrase_file) as desk:
        count = fill(desk, appointees)
        click.echo(
            ngettext("{n} invented appointee added.", "{n} invented appointees added.", count)
            .format(n=count)
        )  # fmt: skip


@main.command("list")
@vault_option
@officer_option
@passphrase_option
@json_option
@_told
def list_(vault: Path, officer: str | None, passphrase_file: Path | None, as_json: bool) -> None:
    """List the dossiers."""
    import msgspec

    with _unlocked(vault, officer, passphrase_file) as desk:
        cards = desk.cards()
        if as_json:
            click.echo(msgspec.json.format(msgspec.json.encode(cards), indent=2).decode())
            return
        for card in cards:
            click.echo(f"{card.id}  {card.stage:<12} {card.category:<8} {card.name}, {card.post}")


@main.command()
@click.argument("id")
@vault_option
@officer_option
@passphrase_option
@json_option
@_told
def show(
    id: str, vault: Path, officer: str | None, passphrase_file: Path | None, as_json: bool
) -> None:
    """Show one dossier by its ID, or by the beginning of it."""
    import msgspec

    from secterm.dossier.record import lines

    with _unlocked(vault, officer, passphrase_file) as desk:
        made = desk.record(desk.full_id(id))
        if as_json:
            click.echo(msgspec.json.format(msgspec.json.encode(made), indent=2).decode())
            return
        for line in lines(made):
            click.echo(line)


@main.command()
@vault_option
@officer_option
@passphrase_option
@click.option("--checkpoint", help=_("An earlier checkpoint: the short line, or a file."))
@json_option
@_told
def verify(
    vault: Path,
    officer: str | None,
    passphrase_file: Path | None,
    checkpoint: str | None,
    as_json: bool,
) -> None:
    """Walk the whole vault and say what holds and what does not."""
    import msgspec

    earlier = _checkpoint(checkpoint) if checkpoint else ""
    with _unlocked(vault, officer, passphrase_file) as desk:
        report = desk.verify(earlier=earlier)
        if as_json:
            click.echo(msgspec.json.encode(report).decode())
        else:
            click.echo(report.text())
    if not report.holds:
        sys.exit(DOES_NOT_HOLD)


def _checkpoint(text: str) -> str:
    if os.path.isfile(text):
        try:
            return Path(text).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise click.UsageError(_("The checkpoint's file cannot be read.")) from None
    return text


@main.command()
@vault_option
@officer_option
@passphrase_option
@click.option("--to", "folder", type=click.Path(path_type=Path), required=True)
@click.option("--recipient", "recipients", multiple=True, help=_("An age1… key; may repeat."))
@click.option(
    "--recipients-file", type=click.Path(path_type=Path, dir_okay=False), help=_("One key a line.")
)
@click.option(
    "--archive-passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("Encrypt to the passphrase on this file's first line instead."),
)
@click.option("--passphrase", "ask", is_flag=True, help=_("Ask for the archive's passphrase."))
@click.option("--id", "ids", multiple=True, help=_("Only this dossier; may repeat. Else all."))
@_told
def export(
    vault: Path,
    officer: str | None,
    passphrase_file: Path | None,
    folder: Path,
    recipients: tuple[str, ...],
    recipients_file: Path | None,
    archive_passphrase_file: Path | None,
    ask: bool,
    ids: tuple[str, ...],
) -> None:
    """Write an encrypted archive to a folder, and verify it there."""
    from secterm.archive.recipients import Recipients

    secret = ""
    if archive_passphrase_file is not None or ask:
        secret = _passphrase(archive_passphrase_file, _("Passphrase for the archive"))
    to = Recipients.gather(recipients, recipients_file, secret)
    with _unlocked(vault, officer, passphrase_file) as desk:
        chosen = [desk.full_id(id) for id in ids] or None
        written = desk.export(folder, to, chosen)
        click.echo(_("Written: {path}").format(path=written.path))
        click.echo(_("SHA-256: {digest}").format(digest=written.sha256))
        click.echo(_("Checkpoint {line}").format(line=desk.checkpoint_line()))


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("A file with the recipient's AGE-SECRET-KEY-1… line."),
)
@click.option(
    "--archive-passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("A file whose first line is the archive's passphrase."),
)
@click.option("--passphrase", "ask", is_flag=True, help=_("Ask for the archive's passphrase."))
@click.option("--fingerprint", help=_("The log keys' fingerprint that it must have."))
@json_option
@_told
def inspect(
    file: Path,
    identity: Path | None,
    archive_passphrase_file: Path | None,
    ask: bool,
    fingerprint: str | None,
    as_json: bool,
) -> None:
    """Say what is in an archive and whether it holds."""
    from secterm.archive.inspect import inspect_archive

    secret = ""
    if archive_passphrase_file is not None or ask:
        secret = _passphrase(archive_passphrase_file, _("Passphrase of the archive"))
    told = inspect_archive(file, identity=identity, passphrase=secret, fingerprint=fingerprint)
    click.echo(told.json() if as_json else told.text())
    if not told.holds:
        sys.exit(DOES_NOT_HOLD)


@main.group()
def pack() -> None:
    """Policy packs: what is asked, taught, signed and acknowledged."""


@pack.command("check")
@click.argument("folder", type=click.Path(path_type=Path))
@_told
def pack_check(folder: Path) -> None:
    """Validate the pack in FOLDER; name file, table, key and what is wrong."""
    from secterm.policy import reader

    try:
        found = reader.read(folder)
    except reader.PackInvalid as invalid:
        for fault in invalid.faults:
            click.echo(fault, err=True)
        sys.exit(DOES_NOT_HOLD)
    click.echo(
        _("The pack holds: {name} {version}, {digest}").format(
            name=found.head.name, version=found.head.version, digest=found.digest[:16]
        )
    )
