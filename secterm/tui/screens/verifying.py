"""Verifies the vault, tells what holds and what does not, and puts the checkpoint
where paper can be made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding

from secterm import messages
from secterm.desk import slip
from secterm.desk.report import Report
from secterm.tui.screens import folders
from secterm.tui.screens.dialogs import Cancelled, bar
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.reader import Reader
from secterm.tui.screens.receipts import Receipts
from secterm.vault.checkpoints import parse_short
from secterm.words import _

if TYPE_CHECKING:
    from secterm.tui.screens.room import Room


class Verified(Reader):
    """A verification's result; its checkpoint can be taken away as a file to print."""

    HELP_TEXT = _(
        "What was verified, what does not hold and where. The arrows, PgUp and PgDn move "
        "through it. F2 writes the checkpoint as one short line into a small text file on a "
        "medium, to be printed elsewhere. F3 shows which archives were written so far; a "
        "witness's cosignature on one is taken in there. Enter or Esc goes back."
    )
    RULE = _(
        "A vault put back from an old copy holds by itself: only a checkpoint kept elsewhere "
        "shows it."
    )
    BINDINGS = [
        Binding("f2", "slip", _("Checkpoint to print")),
        Binding("f3", "receipts", _("Archives written")),
    ]

    def __init__(self, report: Report) -> None:
        title = _("The vault holds.") if report.holds else _("The vault does NOT hold.")
        parts = [
            report.summary(),
            "\n".join(f"- {fault}" for fault in report.faults),
            "\n".join(seen.told() for seen in report.witnessed),
            _("Checkpoint {line}").format(line=report.checkpoint),
        ]
        super().__init__(_("Verify"), title, "\n\n".join(part for part in parts if part))
        self._checkpoint = report.checkpoint

    @work(exit_on_error=False)
    async def action_receipts(self) -> None:
        """The receipts of all archives."""
        self.doing = "receipts"
        await self.shell.push_screen_wait(Receipts(self.desk))

    @work(exit_on_error=False)
    async def action_slip(self) -> None:
        """Asks for the folder until the file is written, or it is left."""
        self.doing = "slip"
        told, kept = "", Values()
        while True:
            values = await self.shell.push_screen_wait(_folder(told, kept))
            if values is None:
                return
            kept = values
            try:
                written = await self.shell.working(_("Writing the file"), self._write(values))
            except Exception as error:
                told = messages.explain(error).text()
                continue
            self.say(_("Written: {path}").format(path=written), good=True)
            return

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """What was begun is begun again; else the line at the top."""
        if word == "slip":
            self.action_slip()
        elif word == "receipts":
            self.action_receipts()
        else:
            super().take_up(word, typed)

    def _write(self, values: Values) -> Callable[[Callable[[str], None]], Path]:
        desk = self.desk
        text = slip.text(desk.unit, desk.today, self._checkpoint, desk.log_fingerprint())
        folder, on = Path(values["folder"]).expanduser(), desk.today
        return lambda tell: slip.write(folder, on, text)


def _folder(told: str, kept: Values) -> Form:
    return Form(
        _("Checkpoint to print"),
        [folders.entry(kept)],
        intro=_(
            "A small text file with the unit, the day, the checkpoint and the fingerprint of "
            "the log keys. It holds no secret. Print it and keep the paper away from the vault: "
            "with it, anybody can later tell whether history was cut or rewritten."
        ),
        told=told,
    )


def _not_one(values: Mapping[str, str]) -> str:
    if parse_short(values["checkpoint"]) is not None:
        return ""
    return _(
        "That is not a checkpoint. It looks like 1404:73df-950f-7c99-01ea-e4b3: how many entries, "
        "and 20 letters and digits."
    )


async def verify(room: Room[None]) -> None:
    """The whole vault, and optionally against an earlier checkpoint."""
    values = await room.shell.push_screen_wait(
        Form(
            _("Verify"),
            [
                Entry(
                    "checkpoint",
                    _("Earlier checkpoint"),
                    required=False,
                    check=_not_one,
                )
            ],
            intro=_(
                "Every entry is opened, hashed and checked against its signature. If you "
                "kept a checkpoint, write it here: then it is proven as well that "
                "history since was neither cut nor rewritten. Else just press Enter."
            ),
            help=_("The result has a key that writes the checkpoint to a file, to be printed."),
        )
    )
    if values is None:
        return
    try:
        report = await room.shell.working(
            _("Verifying the vault"), _walk(room, values["checkpoint"]), stoppable=True
        )
    except Cancelled:
        room.say(_("Stopped. Nothing was verified to its end."))
        return
    except Exception as error:
        room.trouble(error)
        return
    await room.shell.push_screen_wait(Verified(report))


def _walk(room: Room[None], earlier: str) -> Callable[[Callable[[str], None]], Report]:
    desk = room.desk

    def walk(tell: Callable[[str], None]) -> Report:
        return desk.verify(lambda done, total: tell(bar(done, total)), earlier=earlier)

    return walk
