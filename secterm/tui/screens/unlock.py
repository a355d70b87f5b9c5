"""The way in: name and passphrase. Wrong ones are counted, and the wait grows."""

from __future__ import annotations

from collections.abc import Callable

from textual import work

from secterm import messages
from secterm.desk.desk import Desk
from secterm.desk.model import failures_of
from secterm.tui.screens import recovering
from secterm.tui.screens.dialogs import Question
from secterm.tui.screens.form import Entry, Form
from secterm.tui.screens.reader import Reader
from secterm.tui.screens.room import Room
from secterm.tui.widgets.choices import Choice
from secterm.vault.errors import WrongPassphrase
from secterm.words import _


class Unlock(Room[None]):
    """Asks until the vault opens."""

    HELP_TEXT = _(
        "Your name and passphrase open the vault. Where nobody has one any more, F4 recovers it "
        "with the shares that custodians keep. Ctrl+Q ends the program."
    )

    def __init__(self) -> None:
        super().__init__(_("Unlock"))

    def on_mount(self) -> None:
        """Asks."""
        self.ask()

    @work(exit_on_error=False)
    async def ask(self) -> None:
        """Until the vault is open, or cannot be."""
        told, officer = "", ""
        while True:
            try:
                failures = failures_of(self.shell.vault)
            except Exception as error:
                await self._cannot(error)
                return
            await self.shell.wait_after(failures)
            values = await self.shell.push_screen_wait(self._form(told, officer))
            if values is None:
                return
            if recovering.RECOVER in values:
                told, officer = "", await recovering.recover(self) or officer
                continue
            officer = values["officer"]
            try:
                desk = await self.shell.working(
                    _("Unlocking"), self._open(officer, values["passphrase"])
                )
            except WrongPassphrase as wrong:
                told = messages.explain(wrong).text()
                continue
            except Exception as error:
                await self._cannot(error)
                return
            await self._enter(desk)
            return

    def _form(self, told: str, officer: str) -> Form:
        parts = [str(self.shell.vault)]
        if self.shell.farewell:
            parts.append(_("Locked. Checkpoint {line}").format(line=self.shell.farewell))
        if self.shell.hint:
            parts.append(self.shell.hint)
        return recovering.WayIn(
            _("Unlock"),
            [
                Entry("officer", _("Officer"), value=officer),
                Entry("passphrase", _("Passphrase"), "secret"),
            ],
            intro="\n\n".join(parts),
            told=told,
            leave=False,
            help=self.HELP_TEXT,
        )

    def _open(self, officer: str, passphrase: str) -> Callable[[Callable[[str], None]], Desk]:
        path, clock = self.shell.vault, self.shell.clock
        return lambda tell: Desk.open(path, officer, passphrase, clock=clock)

    async def _cannot(self, error: Exception) -> None:
        told = messages.explain(error)
        text = "\n\n".join(part for part in (told.safe, told.do, str(self.shell.vault)) if part)
        await self.shell.push_screen_wait(Reader(_("Unlock"), told.what, text))
        self.shell.exit(return_code=told.status)

    async def _enter(self, desk: Desk) -> None:
        if desk.behind is not None:
            answer = await self.shell.push_screen_wait(
                Question(
                    _("The clock is wrong"),
                    messages.explain(desk.behind).what,
                    [
                        Choice("stop", _("Lock, so that the clock can be set right")),
                        Choice("on", _("Go on; it is recorded that the clock was behind")),
                    ],
                )
            )
            if answer != "on":
                desk.close()
                self.shell.exit(return_code=messages.NOT_OPEN)
                return
            desk.accept_clock()
        self.shell.unlocked(desk)
