"""The appointee has the keyboard: only their own page is reachable, and going
back takes the officer's passphrase.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from textual import events, work
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from secterm.desk.model import unlock_wait
from secterm.tui.screens.form import Entry, Form
from secterm.tui.screens.room import Room
from secterm.vault.errors import WrongPassphrase
from secterm.words import _


class Handover(Room[None]):
    """A page of the appointee's own."""

    HANDED_OVER = True
    BINDINGS = [Binding("escape", "back", _("Officer"))]

    def __init__(self, where: str, id: str) -> None:
        super().__init__(where)
        self.dossier_id = id
        self.over = False

    def who(self) -> str:
        """Whose page it is."""
        return self.desk.dossier(self.dossier_id).state.particulars.name

    def action_back(self) -> None:
        """Back to the officer, who shows that it is them."""
        self._give_back()

    @work(exclusive=True)
    async def _give_back(self) -> None:
        told = ""
        while True:
            form = Form(
                _("Back to the officer"),
                [Entry("passphrase", _("Officer's passphrase"), "secret")],
                intro=_("Only the officer {name} goes on from here. Esc returns.").format(
                    name=self.desk.officer.name
                ),
                told=told,
            )
            values = await self.shell.push_screen_wait(form)
            if values is None:
                return
            try:
                if await self.shell.working(_("Checking the passphrase"), self._check(values)):
                    self.dismiss(None)
                    return
                told = _("That is not the passphrase of {name}.").format(
                    name=self.desk.officer.name
                )
            except WrongPassphrase as wrong:
                told = _("That is not the passphrase of {name}.").format(
                    name=self.desk.officer.name
                )
                if unlock_wait(wrong.failures):
                    await self.shell.working(_("Wrong passphrase"), waiting(wrong.failures))

    def _check(self, values: dict[str, str]) -> Callable[[Callable[[str], None]], bool]:
        desk = self.desk
        return lambda tell: desk.is_officers_passphrase(values["passphrase"])

    async def finish(self, text: str) -> None:
        """Nothing is left to do for the appointee."""
        self.over = True
        self.set_focus(None)
        with self.app.batch_update():
            body = self.query_one("#body", Vertical)
            await body.remove_children()
            await body.mount(
                Static(_("Thank you."), classes="title", markup=False),
                Static(text, classes="text", markup=False),
                Static(
                    _("Give the keyboard back to the officer, who presses Enter."),
                    classes="asked",
                    markup=False,
                ),
            )

    async def on_key(self, event: events.Key) -> None:
        """Enter gives back once all is done; until then it goes on.

        Every class of a screen hears a key, so a room overrides `entered`, not this.
        """
        if event.key != "enter" or self.app.screen is not self:
            return
        if self.over:
            self.action_back()
        else:
            await self.entered()

    async def entered(self) -> None:
        """Enter was pressed, and nothing on the page took it."""


def waiting(failures: int) -> Callable[[Callable[[str], None]], None]:
    """The growing wait after a wrong passphrase, counted down."""

    def wait(tell: Callable[[str], None]) -> None:
        left = unlock_wait(failures)
        while left > 0:
            tell(_("The next attempt is possible in {n} seconds.").format(n=round(left + 0.4)))
            step = min(left, 1.0)
            time.sleep(step)
            left -= step

    return wait
