"""An export that was asked for, written: one archive, or one volume after the other, each of
which counts by itself. What fails is told and tried again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from secterm import messages
from secterm.archive import media, space, volumes, write
from secterm.archive.errors import ArchiveNotWritten, NoRoom
from secterm.archive.members import counting
from secterm.archive.recipients import Recipients
from secterm.archive.write import Written
from secterm.desk import receipts
from secterm.desk.exporting import Chosen
from secterm.desk.receipts import Receipt
from secterm.tui.drafts import Step
from secterm.tui.screens import addressing, dividing, onto
from secterm.tui.screens.dialogs import Cancelled, Question
from secterm.tui.screens.form import Doubt, Form, Values
from secterm.tui.screens.reader import Reader
from secterm.tui.screens.room import Locked
from secterm.tui.widgets.choices import Choice
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.tui.screens.extent import Extent
    from secterm.tui.screens.room import Room

TRY_AGAIN: Final = Choice("again", _("Try again, with everything as it was entered"))
CHANGE: Final = Choice("change", _("Change something first"))
OTHER: Final = Choice("other", _("Onto another medium"))
STOP: Final = Choice("stop", _("Leave what is not written yet"))


class Writing:
    """What was entered into an export's form, on its way onto the medium."""

    def __init__(
        self, room: Room[None], form: Form, values: Values, meant: set[Doubt], meaning: Extent
    ) -> None:
        self._room, self._form, self._meant, self._meaning = room, form, meant, meaning
        self._values = values
        self._parts: list[Chosen] = []  # planned before the first is written
        self._written: list[Written] = []
        self._left: list[str] = []  # of earlier attempts, on the medium perhaps

    async def until_done(self) -> None:
        """Tries until all of it is written, or the officer leaves what is not.

        Where nothing is, raises what keeps it from being so, and the officer would rather
        change something.
        """
        try:
            while not self._parts or len(self._written) < len(self._parts):
                if not await self._one_more():
                    return
        finally:
            self._room.void = ""

    async def _one_more(self) -> bool:
        """Writes the next archive, or has it tried again; False where the rest is left."""
        title = _("Writing the archive")
        if self._written:
            title = _("Writing volume {n} of {of}").format(
                n=len(self._written) + 1, of=len(self._parts)
            )
        try:
            to = self._recipients()
            work = self._work(to)
            self._written.append(await self._room.shell.working(title, work, stoppable=True))
        except Locked:
            raise
        except Exception as error:
            if self._written:
                return await self._of_the_rest(error)
            if not isinstance(error, ArchiveNotWritten) or not await self._first_again(error):
                raise
        else:
            self._room.void = self._so_far() if len(self._written) < len(self._parts) else ""
        return True

    # -- writing ----------------------------------------------------------------

    def _recipients(self) -> Recipients:
        if self._values["how"] == "passphrase":
            return Recipients.gather(passphrase=self._values["passphrase"])
        return addressing.chosen(self._room.desk, self._values)

    def _work(self, to: Recipients) -> Callable[[Callable[[str], None]], Written]:
        desk = self._room.desk

        def work(tell: Callable[[str], None]) -> Written:
            folder = onto.target(self._values, self._meant)
            for name in [name for name in self._left if name.endswith(".part")]:
                with contextlib.suppress(OSError):  # what a failed attempt left is in the way
                    (folder / name).unlink()
                    self._left.remove(name)
            if not self._written:
                ids, what, kind, many = self._meaning.chosen(self._values)
                limit = self._limit() if many > 1 else None
                self._parts = desk.planned(ids, what=what, kind=kind, limit=limit)
            part = self._parts[len(self._written)]
            return desk.write_archive(part, folder, to, progress=_counted(part, tell))

        return work

    def _limit(self) -> int | None:
        folder = onto.target(self._values, self._meant)
        try:
            free = space.free_in(folder)
        except OSError as error:
            raise write.not_written(error) from None
        given = dividing.size(self._values)
        return volumes.largest(media.machine.at(folder), min(free, given or free))

    # -- what fails -------------------------------------------------------------

    async def _first_again(self, error: ArchiveNotWritten) -> bool:
        """Whether the first archive is to be tried again as it is; nothing is recorded yet."""
        self._parts = []
        text = self._explained(error)
        return await self._asked(_("Not written"), text, TRY_AGAIN, CHANGE) == TRY_AGAIN.key

    async def _of_the_rest(self, error: Exception) -> bool:
        """What to do about a volume that is not written, while those before it are; False
        where the officer leaves it.
        """
        if isinstance(error, NoRoom):
            return await self._next_medium(full=True)
        number, of = len(self._written) + 1, len(self._parts)
        title = _("Volume {n} of {of} is not written").format(n=number, of=of)
        before = messages.written_before(number)
        if isinstance(error, Cancelled):
            text = _("Stopped. {before} Of this one nothing is on the medium.").format(
                before=before
            )
        elif isinstance(error, ArchiveNotWritten):
            error.volume = (number, of)
            text = self._explained(error)
        else:
            text = f"{self._explained(error)}\n\n{before}"
        answer = await self._asked(title, text, TRY_AGAIN, OTHER, STOP)
        if answer in (TRY_AGAIN.key, STOP.key):
            return answer == TRY_AGAIN.key
        return await self._next_medium(full=False)

    def _explained(self, error: Exception) -> str:
        if isinstance(error, ArchiveNotWritten):
            self._left += error.left
            error.left = tuple(self._left)
        told = messages.explain(error)
        return "\n\n".join(part for part in (told.what, told.safe, told.do) if part)

    async def _asked(self, title: str, text: str, *answers: Choice) -> str:
        question = Question(title, text, answers)
        question.stands_for = self._step()
        return await self._room.shell.push_screen_wait(question)

    async def _next_medium(self, *, full: bool) -> bool:
        """Asks for the medium of the next volume, as the one before is full, or would not do;
        False where the rest is left.
        """
        number = len(self._written) + 1
        desk = self._room.desk
        needs = desk.needs(self._parts[number - 1])
        form = dividing.NextMedium(
            number,
            len(self._parts),
            needs,
            self._values,
            desk.last_used,
            self._meant,
            self._step(),
            full=full,
        )
        values = await self._room.shell.push_screen_wait(form)
        if values is None:
            return False
        if values["medium"] != self._values["medium"]:
            self._left = []  # told already, and not on this one
        self._values = self._values | values
        return True

    def _step(self) -> Step:
        """What a lock leads back to: the form as it was, and once a volume is written, what is
        left.
        """
        kept = self._form.kept(self._values)
        if self._written and self._is_marked:
            kept["what"] = "changed"
        named = {id: self._form.called(id) for id in kept}
        return Step(self._form.kind, "medium", "", kept, named)

    @property
    def _is_marked(self) -> bool:
        """Whether what is left is what has changed since the last archive."""
        _ids, what, kind, _many = self._meaning.chosen(self._values)
        return kind == "whole" and what in ("all", "changed")

    # -- what is told -----------------------------------------------------------

    def _so_far(self) -> str:
        """Which volumes are written, and what becomes of the others."""
        n, of = len(self._written), len(self._parts)
        done = ngettext(
            "Volume {n} of {of} is written and recorded.",
            "Volumes 1 to {n} of {of} are written and recorded.",
            n,
        ).format(n=n, of=of)
        rest = sum(len(part.ids) for part in self._parts[n:])
        if self._is_marked:
            left = ngettext(
                "{n} dossier is left: export what changed since the last archive.",
                "{n} dossiers are left: export what changed since the last archive.",
                rest,
            )
        else:
            left = ngettext(
                "{n} dossier is left: export all of them once more.",
                "{n} dossiers are left: export all of them once more.",
                rest,
            )
        return f"{done} {left.format(n=rest)}"

    def result(self) -> Reader:
        """The page that says what was written, and of volumes what was not."""
        desk = self._room.desk
        left_out = self._parts[0].covers.left_out
        warned = f"{messages.left_out(left_out)}\n\n" if left_out else ""
        ends = _(
            "Checkpoint now\n  {line}\n\nFingerprint of the log keys\n  {fingerprint}\n\n"
            "Check it on any machine: secterm inspect FILE, or age and tar alone."
        ).format(line=desk.checkpoint_line(), fingerprint=desk.log_fingerprint())
        recorded = desk.receipts()[: len(self._written)]
        if len(self._parts) > 1:
            title = _("The {n} volumes are written, read back and compared.")
            told = "\n\n".join(_in_short(receipt) for receipt in recorded[::-1])
            more = _("F6 of the export lists all receipts.")
            return Reader(
                _("Export"),
                title.format(n=len(self._parts)) if self._is_whole else self._so_far(),
                f"{warned}{told}\n\n{more}\n\n{ends}",
            )
        (written,) = self._written
        told = _(
            "File, size and SHA-256\n  {path}\n  {told} ({size} bytes)\n  {digest}\n\n"
            "Receipt\n  entry #{number} of the journal; F6 of the export lists all\n\n"
        ).format(
            path=written.path,
            told=space.told(written.size),
            size=written.size,
            number=recorded[0].number,
            digest=written.sha256,
        )
        title = _("The archive is written, read back and compared.")
        return Reader(_("Export"), title, f"{warned}{told}{ends}")

    @property
    def _is_whole(self) -> bool:
        return len(self._written) == len(self._parts)


def _in_short(receipt: Receipt) -> str:
    """A volume that was written: which, onto what, and its digest."""
    told = receipt.told
    which = volumes.called(told.volume) if told.volume else ""
    count = ngettext("{n} dossier", "{n} dossiers", told.dossiers).format(n=told.dossiers)
    return _("{volume}: {count}, {size}\n  {file}\n  {medium}\n  {digest}").format(
        volume=which[:1].upper() + which[1:],
        count=count,
        size=space.told(told.size),
        file=told.file,
        medium=receipts.medium(receipt),
        digest=told.sha256,
    )


def _counted(part: Chosen, tell: Callable[[str], None]) -> Callable[[str], None]:
    """Tells which dossier is being written, from the names of an archive's members."""
    volume, last = part.covers.volume, ""
    which = _("Volume {n} of {of}: ").format(n=volume.number, of=volume.of) if volume else ""
    dossier = _("Dossier {n} of {all}")
    count = counting(lambda n: tell(which + dossier.format(n=n, all=len(part.ids))))

    def progress(member: str) -> None:
        nonlocal last
        folder, _slash, rest = member.partition("/")
        if folder == "dossiers":
            count(member)
            return
        told = member if not rest else _("Officers and policy packs")
        if told != last:
            tell(which + told)
        last = told

    return progress
