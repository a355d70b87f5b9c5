"""Who may unlock this vault."""

from __future__ import annotations

from collections.abc import Callable

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from secterm import messages
from secterm.tui.screens import passwords
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.reader import Reader
from secterm.tui.screens.room import Room
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.rows import Row, Rows
from secterm.tui.widgets.standing import Standing
from secterm.words import _


class Officers(Room[None]):
    """The officers, and adding one."""

    HELP_TEXT = _(
        "All officers who can unlock this vault, each with their own passphrase and signing "
        "key. A core post needs two of them. Enter shows an officer's key in full. F2 adds an "
        "officer, who types their own passphrase."
    )
    BINDINGS = [Binding("f2", "add", _("Add an officer"))]

    def __init__(self) -> None:
        super().__init__(_("Officers"))

    def body(self) -> ComposeResult:
        """One row for each."""
        yield Static(_("Officers of this vault"), classes="title", markup=False)
        yield Standing(self.desk.recovered)
        yield Rows()

    def on_mount(self) -> None:
        """Shows them."""
        self._show()

    def _show(self) -> None:
        rows = [
            Row(o.id, f"{fit(o.name, 32)} {_('since')} {o.since[:10]}  {o.public_key.hex()[:16]}")
            for o in self.desk.officers()
        ]
        self.query_one(Rows).show(rows)
        self.set_focus(self.query_one(Rows))

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """The officer's signing key, to be compared with an archive's."""
        officer = next(o for o in self.desk.officers() if o.id == event.row.key)
        told = _("Since\n  {day}\n\nNumber\n  {id}\n\nPublic key (Ed25519)\n  {key}").format(
            day=officer.since[:10], id=officer.id, key=officer.public_key.hex()
        )
        self.app.push_screen(Reader(_("Officer"), officer.name, told))

    @work(exit_on_error=False)
    async def action_add(self) -> None:
        """A further officer, who types their own passphrase."""
        told, kept = "", ""
        while True:
            values = await self.shell.push_screen_wait(
                Form(
                    _("Add an officer"),
                    [
                        Entry("name", _("New officer's name"), value=kept),
                        *passwords.entries("name"),
                    ],
                    intro=_("The new officer sits down here and types their own passphrase."),
                    live=passwords.meter("name"),
                    told=told,
                )
            )
            if values is None:
                return
            kept = values["name"]
            try:
                await self.shell.working(_("Adding the officer"), self._add(values))
            except Exception as error:
                told = messages.explain(error).text()
                continue
            self._show()
            self.say(_("{name} can unlock this vault now.").format(name=kept), good=True)
            return

    def _add(self, values: Values) -> Callable[[Callable[[str], None]], object]:
        desk = self.desk
        return lambda tell: desk.add_officer(values["name"], values["passphrase"])
