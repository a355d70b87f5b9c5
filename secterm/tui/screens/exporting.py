"""Writes an archive to a medium, and says what was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from secterm import messages
from secterm.archive.errors import ArchiveNotWritten
from secterm.archive.recipients import Recipients
from secterm.archive.write import Written
from secterm.tui.screens import addressing, folders, passwords
from secterm.tui.screens.dialogs import Cancelled
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.reader import Reader
from secterm.tui.widgets.choices import Choice
from secterm.words import _

if TYPE_CHECKING:
    from secterm.tui.screens.room import Room

INTRO = _(
    "An archive is a copy: whoever opens it reads everything in it, and erasing a "
    "dossier here later does not reach it."
)


def _title(room: Room[None], ids: list[str] | None) -> str:
    """Whose dossiers they are: one, or all, whatever the list shows."""
    if ids is None:
        return _("Export: all dossiers")
    names = [room.desk.dossier(id).state.particulars.name for id in ids]
    return _("Export: {name}").format(name=", ".join(names))


def _form(room: Room[None], title: str, told: str, kept: Values, at: str = "") -> Form:
    def to_keys(values: Mapping[str, str]) -> bool:
        return values["how"] == "keys"

    def to_passphrase(values: Mapping[str, str]) -> bool:
        return values["how"] == "passphrase"

    strength = passwords.meter()

    def live(values: Values) -> str:
        return (addressing.told(room, values) if to_keys(values) else "") or strength(values)

    return Form(
        title,
        [
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
            *addressing.entries(room, kept, to_keys),
            *passwords.entries(label=_("Archive's passphrase"), when=to_passphrase),
        ],
        intro=INTRO,
        live=live,
        told=told,
        at=at,
    )


def _recipients(room: Room[None], values: Values) -> Recipients:
    if values["how"] == "passphrase":
        return Recipients.gather(passphrase=values["passphrase"])
    return addressing.chosen(room.desk, values)


async def export(room: Room[None], ids: list[str] | None) -> None:
    """These dossiers, or all, into one archive; asks until it is written or left."""
    title, told, kept, at = _title(room, ids), "", Values(), ""
    while True:
        form = _form(room, title, told, kept, at)
        values = await room.shell.push_screen_wait(form)
        if values is None:
            return
        kept, at = values, ""
        try:
            to = _recipients(room, values)
            folder = Path(values["folder"]).expanduser()
            written = await room.shell.working(
                _("Writing the archive"), _write(room, folder, to, ids), stoppable=True
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
    room: Room[None], folder: Path, to: Recipients, ids: list[str] | None
) -> Callable[[Callable[[str], None]], Written]:
    desk = room.desk

    def write(tell: Callable[[str], None]) -> Written:
        seen: set[str] = set()
        total = len(ids) if ids is not None else len(desk.cards())

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

        return desk.export(folder, to, ids, progress=progress)

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
