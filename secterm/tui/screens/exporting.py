"""Writes an archive to a medium, of all or some and of all or little of each, and says
what was written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from textual import work
from textual.binding import Binding

from secterm import messages
from secterm.archive import media, space
from secterm.archive.errors import ArchiveNotWritten
from secterm.archive.recipients import Recipients
from secterm.archive.write import Written
from secterm.tui.drafts import Step
from secterm.tui.screens import addressing, extent, onto, passwords
from secterm.tui.screens.dialogs import Cancelled, Question
from secterm.tui.screens.form import Doubt, Entry, Values
from secterm.tui.screens.reader import Reader
from secterm.tui.screens.receipts import Receipts
from secterm.tui.widgets.choices import Choice
from secterm.words import _

if TYPE_CHECKING:
    from secterm.tui.screens.extent import Extent
    from secterm.tui.screens.room import Room

INTRO = _(
    "An archive is a copy: whoever opens it reads everything in it, and erasing a "
    "dossier here later does not reach it."
)


TRY_AGAIN: Final = Choice("again", _("Try again, with everything as it was entered"))
CHANGE: Final = Choice("change", _("Change something first"))


def _title(room: Room[None], ids: list[str] | None) -> str:
    """Whose dossiers they are: one, or those that are chosen of all."""
    if ids is None:
        return _("Export: dossiers")
    names = [room.desk.dossier(id).state.particulars.name for id in ids]
    return _("Export: {name}").format(name=", ".join(names))


class Exporting(onto.OnMedium):
    """What, onto which medium, and for whom."""

    HELP_TEXT = _(
        "Choose the medium, and for whom the archive is; Enter goes on. Shift+Tab leads up to "
        "what is exported: all dossiers, those that the list shows, or those that changed since "
        "the last archive; and to how much of it: all, or for a personnel file the decision "
        "alone, with nothing of the screening and no key. Media show by themselves as they come "
        "and go. A folder can be named instead; on a disk that stays in the machine it takes "
        "Enter twice. Where something fails, nothing was recorded, and Enter tries again. F6 "
        "shows which archives were written so far."
    )

    RULE = _(
        "What was written is read back from the medium and compared before it is called done; "
        "then the vault records a receipt of it."
    )
    BINDINGS = [Binding("f6", "receipts", _("Archives written"))]

    @work(exit_on_error=False)
    async def action_receipts(self) -> None:
        """The receipts of all archives."""
        self.doing = "receipts"
        await self.shell.push_screen_wait(Receipts(self.desk))

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """The receipts again; else what was typed."""
        if word == "receipts":
            self.action_receipts()
        else:
            super().take_up(word, typed)


def _form(
    room: Room[None],
    title: str,
    extent: Extent,
    told: str,
    kept: Values,
    meant: set[Doubt],
    at: str,
) -> Exporting:
    def to_keys(values: Mapping[str, str]) -> bool:
        return values["how"] == "keys"

    def to_passphrase(values: Mapping[str, str]) -> bool:
        return values["how"] == "passphrase"

    strength = passwords.meter()

    def live(values: Values) -> str:
        readers = addressing.told(room, values) if to_keys(values) else ""
        said = (extent.told(values), readers or strength(values))
        return "\n".join(part for part in said if part)

    return Exporting(
        title,
        [
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
        kept,
        media.machine.present(),
        room.desk.last_used,
        meant,
        before=extent.entries(kept),
        intro=INTRO,
        live=live,
        told=told,
        at=at,
    )


def _recipients(room: Room[None], values: Values) -> Recipients:
    if values["how"] == "passphrase":
        return Recipients.gather(passphrase=values["passphrase"])
    return addressing.chosen(room.desk, values)


async def export(room: Room[None], ids: list[str] | None, shown: Sequence[str] = ()) -> None:
    """This dossier, or those chosen of all, into one archive; asks until it is written or left.

    `shown` are those that the list shows.
    """
    meaning = await extent.asked(room, ids, shown)
    title, told, kept, at = _title(room, ids), "", Values(), "medium"
    meant: set[Doubt] = set()
    while True:
        form = _form(room, title, meaning, told, kept, meant, at)
        values = await room.shell.push_screen_wait(form)
        if values is None:
            return
        kept, at = values, ""
        try:
            written = await _until_written(room, form, values, meant, meaning)
        except Cancelled:
            told = _("Stopped. Nothing is on the medium and nothing was recorded.")
            continue
        except Exception as error:
            told = messages.explain(error).text()
            at = "medium" if isinstance(error, ArchiveNotWritten) else ""
            continue
        room.doing = ""
        await room.shell.push_screen_wait(_result(room, written))
        return


async def _until_written(
    room: Room[None], form: Exporting, values: Values, meant: set[Doubt], meaning: Extent
) -> Written:
    """Tries until it is written, or the officer would rather change something.

    Raises what keeps it from being written.
    """
    left: list[str] = []  # of earlier attempts, on the medium perhaps
    while True:
        try:
            to = _recipients(room, values)
            write = _write(room, values, meant, to, meaning, left)
            return await room.shell.working(_("Writing the archive"), write, stoppable=True)
        except ArchiveNotWritten as error:
            left += error.left
            error.left = tuple(left)
            told = messages.explain(error)
            text = "\n\n".join((told.what, told.safe, told.do))
            question = Question(_("Not written"), text, (TRY_AGAIN, CHANGE))
            kept = form.kept(values)
            named = {id: form.called(id) for id in kept}
            question.stands_for = Step(form.kind, "medium", "", kept, named)
            answer = await room.shell.push_screen_wait(question)
            if answer != TRY_AGAIN.key:
                raise


def _write(
    room: Room[None],
    values: Values,
    meant: set[Doubt],
    to: Recipients,
    meaning: Extent,
    left: list[str],
) -> Callable[[Callable[[str], None]], Written]:
    desk, (ids, what, kind, total) = room.desk, meaning.chosen(values)

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

        folder = onto.target(values, meant)
        for part in [name for name in left if name.endswith(".part")]:
            with contextlib.suppress(OSError):  # what a failed attempt left is in the way
                (folder / part).unlink()
                left.remove(part)
        return desk.export(folder, to, ids, what=what, kind=kind, progress=progress)

    return write


def _result(room: Room[None], written: Written) -> Reader:
    left_out = f"{messages.left_out(written.left_out)}\n\n" if written.left_out else ""
    return Reader(
        _("Export"),
        _("The archive is written, read back and compared."),
        left_out
        + _(
            "File, size and SHA-256\n  {path}\n  {told} ({size} bytes)\n  {digest}\n\n"
            "Receipt\n  entry #{number} of the journal; F6 of the export lists all\n\n"
            "Checkpoint now\n  {line}\n\nFingerprint of the log keys\n  {fingerprint}\n\n"
            "Check it on any machine: secterm inspect FILE, or age and tar alone."
        ).format(
            path=written.path,
            told=space.told(written.size),
            size=written.size,
            number=room.desk.receipts()[0].number,
            digest=written.sha256,
            line=room.desk.checkpoint_line(),
            fingerprint=room.desk.log_fingerprint(),
        ),
    )
