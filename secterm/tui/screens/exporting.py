"""Writes an archive to a medium, of all or some and of all or little of each, and says
what was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from secterm import messages
from secterm.archive.errors import ArchiveNotWritten
from secterm.archive.members import Kind, What
from secterm.archive.recipients import Recipients
from secterm.archive.write import Written
from secterm.settings import reading
from secterm.tui.screens import extent, folders, passwords
from secterm.tui.screens.dialogs import Cancelled
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.reader import Reader
from secterm.tui.widgets.choices import Choice
from secterm.words import _

if TYPE_CHECKING:
    from secterm.tui.app import SectermApp
    from secterm.tui.screens.room import Room

INTRO = _(
    "An archive is a copy: whoever opens it reads everything in it, and erasing a "
    "dossier here later does not reach it."
)


FROM_SETTINGS: Final = _(
    "From the settings file {file}, which is neither sealed nor signed. Whoever has these "
    "keys reads the archive, so compare them:"
)
MOST_SHOWN: Final = 6  # keys, on 24 lines


def _taken(shell: SectermApp, values: Values) -> str:
    """The keys that come from the settings file, so that a changed file is seen."""
    typed = _keys(values["keys"]) if values["how"] == "keys" else []
    taken = [key for key in typed if key in shell.settings.recipients]
    if not taken:
        return ""
    more = len(taken) - MOST_SHOWN
    return "\n".join(
        (
            FROM_SETTINGS.format(file=reading.beside(shell.vault).name),
            *(f"  {key}" for key in taken[:MOST_SHOWN]),
            *([_("  ({n} more)").format(n=more)] if more > 0 else []),
        )
    )


def _title(room: Room[None], ids: list[str] | None) -> str:
    """Whose dossiers they are: one, or those that are chosen of all."""
    if ids is None:
        return _("Export: dossiers")
    names = [room.desk.dossier(id).state.particulars.name for id in ids]
    return _("Export: {name}").format(name=", ".join(names))


def _form(
    shell: SectermApp, title: str, asked: extent.Asked, told: str, kept: Values, at: str = ""
) -> Form:
    def to_keys(values: Mapping[str, str]) -> bool:
        return values["how"] == "keys"

    def to_passphrase(values: Mapping[str, str]) -> bool:
        return values["how"] == "passphrase"

    strength = passwords.meter()

    def live(values: Values) -> str:
        said = (asked.told(values), _taken(shell, values) or strength(values))
        return "\n".join(part for part in said if part)

    return Form(
        title,
        [
            *asked.entries(kept),
            folders.entry(kept),
            Entry(
                "how",
                _("Encrypt to"),
                "choice",
                value=kept.get("how", "keys"),
                choices=(
                    Choice("keys", _("Recipients (age1… keys)")),
                    Choice("passphrase", _("A passphrase")),
                ),
            ),
            Entry(
                "keys",
                _("Recipients"),
                value=kept.get("keys", " ".join(shell.settings.recipients)),
                help=_("One or more age1… keys with spaces between, or a file that lists them."),
                when=to_keys,
            ),
            *passwords.entries(label=_("Archive's passphrase"), when=to_passphrase),
        ],
        intro=INTRO,
        live=live,
        help=extent.HELP if not asked.one else "",
        told=told,
        at=at,
    )


def _recipients(values: Values) -> Recipients:
    if values["how"] == "passphrase":
        return Recipients.gather(passphrase=values["passphrase"])
    if values["keys"].startswith("age1"):
        return Recipients.gather(_keys(values["keys"]))
    return Recipients.gather(file=Path(values["keys"]).expanduser())


def _keys(typed: str) -> list[str]:
    return typed.replace(",", " ").split()


async def export(room: Room[None], ids: list[str] | None, shown: Sequence[str] = ()) -> None:
    """This dossier, or those chosen of all, into one archive; asks until it is written or left.

    `shown` are those that the list shows.
    """
    asked = await extent.asked(room, ids, shown)
    title, told, kept, at = _title(room, ids), "", Values(), "folder"
    while True:
        form = _form(room.shell, title, asked, told, kept, at)
        values = await room.shell.push_screen_wait(form)
        if values is None:
            return
        kept, at = values, ""
        try:
            to = _recipients(values)
            folder = Path(values["folder"]).expanduser()
            written = await room.shell.working(
                _("Writing the archive"), _write(room, folder, to, asked, values), stoppable=True
            )
        except Cancelled:
            told = _("Stopped. Nothing is on the medium and nothing was recorded.")
            continue
        except Exception as error:
            told = messages.explain(error).text()
            at = "folder" if isinstance(error, ArchiveNotWritten) else ""
            continue
        room.doing = ""
        await room.shell.push_screen_wait(_result(room, written))
        return


def _write(
    room: Room[None], folder: Path, to: Recipients, asked: extent.Asked, values: Values
) -> Callable[[Callable[[str], None]], Written]:
    desk, chosen = room.desk, values.get("what", "")
    kind: Kind = "decision" if values.get("contents") == "decision" else "whole"
    what: What = next((known for known in get_args(What) if known == chosen), "named")
    ids = [asked.one] if asked.one else list(asked.shown) if what == "selection" else None
    total = asked.decided(what) if kind == "decision" else len(asked.meant(what))

    def write(tell: Callable[[str], None]) -> Written:
        seen: set[str] = set()

        def progress(member: str) -> None:
            folder, _slash, rest = member.partition("/")
            part = f"{folder}/{rest.partition('/')[0]}"
            if part in seen:
                return
            seen.add(part)
            if folder == "dossiers":
                done = sum(each.startswith("dossiers/") for each in seen)
                tell(_("Dossier {n} of {all}").format(n=done, all=total))
            else:
                tell(member if not rest else _("Officers and policy packs"))

        return desk.export(folder, to, ids, what=what, kind=kind, progress=progress)

    return write


def _result(room: Room[None], written: Written) -> Reader:
    left_out = f"{messages.left_out(written.left_out)}\n\n" if written.left_out else ""
    return Reader(
        _("Export"),
        _("The archive is written, read back and compared."),
        left_out
        + _(
            "File\n  {path}\n\nSize\n  {size} bytes\n\nSHA-256\n  {digest}\n\n"
            "Checkpoint now\n  {line}\n\nFingerprint of the log keys\n  {fingerprint}\n\n"
            "Check it on any machine: secterm inspect FILE, or age and tar alone."
        ).format(
            path=written.path,
            size=written.size,
            digest=written.sha256,
            line=room.desk.checkpoint_line(),
            fingerprint=room.desk.log_fingerprint(),
        ),
    )
