"""The appointee has the keyboard: only their own page is reachable, and going
back takes the officer's passphrase.
"""

from __future__ import annotations

from collections.abc import Callable

from textual import work
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from secterm import messages
from secterm.desk import keyfiles
from secterm.tui.screens.form import Entry, Form
from secterm.tui.screens.room import Room
from secterm.vault.errors import WrongPassphrase
from secterm.words import _


class Handover(Room[None]):
    """A page of the appointee's own."""

    HANDED_OVER = True
    BINDINGS = [
        Binding("enter", "go_on", _("Go on")),
        Binding("escape", "back", _("Officer")),
    ]

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

    @work(exclusive=True, exit_on_error=False)
    async def _give_back(self) -> None:
        told = ""
        while True:
            name = self.desk.officer.name
            form = Form(
                _("Back to the officer"),
                [Entry("passphrase", _("Officer's passphrase"), "secret")],
                intro=_("Only the officer {name} goes on from here. Esc returns.").format(
                    name=name
                ),
                told=told,
            )
            values = await self.shell.push_screen_wait(form)
            if values is None:
                return
            told = _(
                "That is not the passphrase of {name}. Where it takes a key file, mount its medium."
            ).format(name=name)
            try:
                if await self.shell.working(_("Checking the passphrase"), self._check(values)):
                    self.dismiss(None)
                    return
            except WrongPassphrase as wrong:
                await self.shell.wait_after(wrong.failures)
            except Exception as error:
                told = messages.explain(error).text()

    def _check(self, values: dict[str, str]) -> Callable[[Callable[[str], None]], bool]:
        desk, named = self.desk, self.shell.key_file
        return lambda tell: desk.is_officers_passphrase(
            values["passphrase"], keyfiles.at_hand(named)
        )

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

    def action_go_on(self) -> None:
        """Enter gives back once all is done; until then it goes on."""
        if self.over:
            self.action_back()
        else:
            self.call_later(self.entered)

    async def entered(self) -> None:
        """Enter was pressed, and nothing on the page took it: the next page is shown."""
