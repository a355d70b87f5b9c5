"""What is given on the command line, and what is asked for at the terminal: the
vault, the officer, the passphrase, the key file. A passphrase never comes from an argument or
the environment.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, TypeVar

import click

from secterm.cli.ending import Refused
from secterm.cli.telling import complain, harmless
from secterm.host.private import usual_vault
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.desk.desk import Desk

C = TypeVar("C", bound=Callable[..., object])

ENVIRONMENT: Final = "SECTERM_VAULT"
STANDARD_INPUT: Final = Path("-")
LONGEST_LINE: Final = 200  # characters of a name
LONGEST_PASSPHRASE: Final = 4096  # bytes


class Command(click.Command):
    """A command that does not repeat an argument too many: it may be a passphrase."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it, but for the words."""
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if rest:
            count = ngettext("{n} argument too many.", "{n} arguments too many.", len(rest))
            raise click.UsageError(count.format(n=len(rest)), ctx)
        return rest


class Name(click.ParamType[str]):
    """One line of printable text that is not empty."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text without white space around it."""
        text = _as_utf8(value).strip()
        if not text:
            self.fail(_("it is empty."), param, ctx)
        if len(text) > LONGEST_LINE or text != harmless(text):
            self.fail(
                _("it must be one line of at most {n} characters.").format(n=LONGEST_LINE),
                param,
                ctx,
            )
        return text


def _as_utf8(argument: str) -> str:
    """An argument whose bytes the locale does not know, as the UTF-8 that it mostly is."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return os.fsencode(argument).decode(errors="surrogateescape")
    return argument


class FilePath(click.Path):
    """A path that is not empty, as an unset variable of a script would have it."""

    def __init__(self, *, exists: bool = False, file: bool = True, folder: bool = True) -> None:
        super().__init__(
            exists=exists, file_okay=file, dir_okay=folder, readable=False, path_type=Path
        )

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        """As click does it, once it is not empty."""
        if not os.fspath(value):
            self.fail(_("it is empty."), param, ctx)
        return super().convert(value, param, ctx)


@dataclass
class Given:
    """The common options, wherever they stand: before the command's name or after it."""

    vault: Path | None = None
    officer: str | None = None
    passphrase_file: Path | None = None
    key_file: Path | None = None
    _passphrase: str = field(default="", init=False, repr=False)

    @property
    def path(self) -> Path:
        """The vault's file: as named, else as the environment names it, else the usual one."""
        return self.named or usual_vault()

    @property
    def named(self) -> Path | None:
        """The vault's file where somebody named one."""
        if self.vault is None and os.environ.get(ENVIRONMENT):
            return Path(os.environ[ENVIRONMENT])
        return self.vault

    def who(self) -> str:
        """The officer's name, asked for where none was given."""
        if self.officer is not None:
            return self.officer
        if not can_ask():
            raise Refused(_("Say who you are with --officer."))
        with _asking():
            sys.stderr.write(_("Officer: "))
            sys.stderr.flush()
            name = sys.stdin.readline().strip()
            if not name:
                raise Refused(_("No officer was named."))
        self.officer = name
        return name

    def passphrase(self) -> str:
        """The officer's passphrase, asked for once."""
        if not self._passphrase:
            self._passphrase = passphrase(self.passphrase_file, _("Passphrase"))
        return self._passphrase


def _keep(context: click.Context, option: click.Parameter, value: object) -> None:
    given = context.ensure_object(Given)
    if value is None or option.name is None:
        return
    if getattr(given, option.name) not in (None, value):
        raise click.UsageError(
            _("{option} is given twice, and not the same.").format(option=option.opts[0]), context
        )
    setattr(given, option.name, value)


def common(command: C) -> C:
    """The options that every command on a vault has; they are kept in `Given`."""
    for option in (
        click.option(
            "--key-file",
            type=FilePath(folder=False),
            expose_value=False,
            callback=_keep,
            help=_("Your key file, where it is not found on a mounted medium."),
        ),
        click.option(
            "--passphrase-file",
            type=FilePath(folder=False),
            expose_value=False,
            callback=_keep,
            help=_("A file whose first line is your passphrase (- is standard input)."),
        ),
        click.option(
            "--officer",
            type=Name(),
            expose_value=False,
            callback=_keep,
            help=_("Your name as an officer of this vault."),
        ),
        click.option(
            "--vault",
            type=FilePath(folder=False),
            expose_value=False,
            callback=_keep,
            help=_("The vault's file (or {variable}).").format(variable=ENVIRONMENT),
        ),
    ):
        command = option(command)
    return command


json_option = click.option("--json", "as_json", is_flag=True, help=_("JSON on standard output."))


# -- passphrases ------------------------------------------------------------------


def passphrase(file: Path | None, prompt: str) -> str:
    """From a file's first line, else asked for at the terminal."""
    return _ask(prompt) if file is None or _is_terminal(file) else _first_line(file)


def new_passphrase(file: Path | None, prompt: str) -> str:
    """One that is being chosen: asked for twice, and without white space around it."""
    chosen = passphrase(file, prompt)
    if (file is None or _is_terminal(file)) and _ask(_("Once more")) != chosen:
        raise Refused(_("The two passphrases are not the same."))
    if chosen != chosen.strip():
        raise Refused(
            _("The passphrase begins or ends with a space, which nobody would see. Remove it.")
        )
    return chosen


def _is_terminal(file: Path) -> bool:
    """Whether it is a standard input that would show what is typed."""
    return file == STANDARD_INPUT and can_ask()


def _first_line(file: Path) -> str:
    """Without a byte order mark and the line's end; everything else counts, spaces too."""
    try:
        if file == STANDARD_INPUT and sys.stdin is not None:
            line = _read_line(sys.stdin.buffer)
        else:
            with file.open("rb") as stream:
                line = _read_line(stream)
    except OSError as error:
        raise Refused(
            _("The passphrase file cannot be read: {reason}.").format(reason=error.strerror)
        ) from None
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(_("The passphrase file is not UTF-8 text.")) from None
    if not text:
        raise Refused(_("The first line of the passphrase file is empty."))
    return text


def _read_line(stream: IO[bytes]) -> bytes:
    line = stream.readline(LONGEST_PASSPHRASE + 1)
    if len(line) > LONGEST_PASSPHRASE:
        raise Refused(
            _("The first line of the passphrase file is longer than {n} bytes.").format(
                n=LONGEST_PASSPHRASE
            )
        )
    return line.removesuffix(b"\n").removesuffix(b"\r")


def can_ask() -> bool:
    """Whether there is a terminal to ask on."""
    return sys.stdin is not None and sys.stdin.isatty()


def _ask(prompt: str) -> str:
    if not can_ask():
        raise Refused(_("There is no terminal to ask on; use a passphrase file."))
    with _asking():
        try:
            typed = getpass.getpass(f"{prompt}: ")
        except EOFError:
            typed = ""
        except UnicodeDecodeError:
            raise Refused(_("What was typed is not text of this terminal.")) from None
        if not typed:
            raise Refused(_("No passphrase was given."))
    return typed


@contextlib.contextmanager
def _asking() -> Iterator[None]:
    """What goes wrong while a question stands there is told on the next line."""
    try:
        yield
    except BaseException:
        sys.stderr.write("\n")
        raise


def asked(prompt: str, otherwise: str) -> str:
    """One line that is no secret, asked for at the terminal; `otherwise` where there is none."""
    if not can_ask():
        raise Refused(otherwise)
    with _asking():
        sys.stderr.write(f"{prompt}: ")
        sys.stderr.flush()
        return sys.stdin.readline().strip()


# -- the way in --------------------------------------------------------------------


@contextlib.contextmanager
def unlocked(given: Given) -> Iterator[Desk]:
    """The vault, unlocked. Raises as `Desk.open`, before anything is asked where it can."""
    import time

    from secterm import messages
    from secterm.desk import keyfiles
    from secterm.desk.desk import Desk
    from secterm.desk.model import failures_of, unlock_wait
    from secterm.host import doctor, machine
    from secterm.vault.errors import WrongPassphrase

    doctor.demand(machine.here, given.path)
    wait = unlock_wait(failures_of(given.path))
    keys = keyfiles.at_hand(given.key_file)
    officer, secret = given.who(), given.passphrase()
    if wait:
        told = ngettext(
            "Attempts have failed: waiting {n} second.",
            "Attempts have failed: waiting {n} seconds.",
            round(wait),
        )
        complain(told.format(n=round(wait)))
        time.sleep(wait)
    try:
        desk = Desk.open(given.path, officer, secret, key_files=keys)
    except WrongPassphrase as wrong:
        if secret != secret.strip():
            wrong.add_note(_("The passphrase given begins or ends with a space, which counts."))
        raise
    try:
        for notice in desk.notices:
            complain(notice)
        if desk.behind is not None:
            complain(messages.explain(desk.behind).what)
        yield desk
    finally:
        desk.close()
