"""Who may unlock this vault, with which role, and who might once."""

from __future__ import annotations

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from secterm.desk.registry import Officer
from secterm.tui import dates
from secterm.tui.screens import managing
from secterm.tui.screens.book import RecipientsBook
from secterm.tui.screens.officer import OfficerRoom
from secterm.tui.screens.room import Room
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.rows import Row, Rows
from secterm.tui.widgets.standing import Standing
from secterm.tui.wording import ROLES
from secterm.words import _


class Officers(Room[None]):
    """The officers, those who were disabled last, and what is done with all of them."""

    HELP_TEXT = _(
        "All officers of this vault, each with their own passphrase and keys. Enter opens an "
        "officer's page: keys, history, and what can be done. F2 adds an officer. F5 changes "
        "your own passphrase. F6 opens the recipients' book: whose keys archives are for. F8 "
        "makes a new vault key, as after an officer was disabled or a copy of the vault was lost."
    )
    RULE = _("An officer is disabled and never removed: what they recorded keeps their name.")
    BINDINGS = [
        Binding("f2", "add", _("Add officer")),
        Binding("f5", "passphrase", _("My passphrase")),
        Binding("f6", "recipients", _("Recipients")),
        Binding("f8", "rekey", _("New vault key")),
    ]
    NEEDS = {"add": "manage", "rekey": "manage"}

    def __init__(self) -> None:
        super().__init__(_("Officers"))

    def body(self) -> ComposeResult:
        """One row for each."""
        yield Static(_("Officers of this vault"), classes="title", markup=False)
        yield Standing(self.desk.recovered)
        yield Rows()

    def on_mount(self) -> None:
        """The rows have the keys."""
        self.set_focus(self.query_one(Rows))

    def refill(self) -> None:
        """The officers as they are now."""
        officers = sorted(self.desk.officers(), key=lambda officer: not officer.active)
        self.query_one(Rows).show([Row(o.id, self._line(o)) for o in officers])

    def _line(self, officer: Officer) -> str:
        when = (
            _("since {day}").format(day=dates.short(officer.since))
            if officer.active
            else _("on {day}").format(day=dates.short(officer.until))
        )
        you = _("(you)") if officer.id == self.desk.officer.id else ""
        return f"{fit(officer.name, 30)} {fit(ROLES[officer.role], 14)} {fit(when, 18)} {you}"

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """The officer's page."""
        self._open(event.row.key)

    def _open(self, id: str) -> None:
        """The page, where the officer's entries open."""
        if self.tried(lambda: self.desk.officer_entries(id)) is not None:
            self.doing = f"officer:{id}"
            self.app.push_screen(OfficerRoom(id))

    # -- what a lock interrupts -----------------------------------------------

    def place(self) -> str:
        """The officer under the cursor."""
        return self.query_one(Rows).key

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """An officer's page, or what was begun with all of them; else the row."""
        begun, _colon, id = word.partition(":")
        if begun == "officer":
            self._open(id)
        elif begun == "recipients":
            self.action_recipients()
        elif begun == "add" and self.allowed("manage"):
            self.action_add()
        elif begun == "rekey" and self.allowed("manage"):
            self.action_rekey()
        else:
            rows = self.query_one(Rows)
            rows.show(rows.rows, word)

    # -- what can be done -------------------------------------------------------

    @work(exit_on_error=False)
    async def action_add(self) -> None:
        """A further officer."""
        self.doing = "add"
        await managing.add(self)

    @work(exit_on_error=False)
    async def action_passphrase(self) -> None:
        """One's own passphrase; after a lock it is not asked for again by itself."""
        self.doing = ""
        await managing.change_passphrase(self)

    def action_recipients(self) -> None:
        """The recipients' book."""
        self.doing = "recipients"
        self.app.push_screen(RecipientsBook())

    @work(exit_on_error=False)
    async def action_rekey(self) -> None:
        """A new vault key."""
        self.doing = "rekey"
        await managing.rekey(self)
