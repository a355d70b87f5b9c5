"""The recipients' book: whose keys archives may be for, and what is done with them."""

from __future__ import annotations

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from secterm.desk.book import Recipient
from secterm.tui import dates
from secterm.tui.screens import enlisting
from secterm.tui.screens.room import Room
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.rows import Row, Rows
from secterm.words import _

SOURCES = {
    "typed": _("typed"),
    "file": _("from a file"),
    "picture": _("from a picture of a QR code"),
}
NAMED = 20  # columns of a name
EMPTY = _("Nobody is in the book yet. F2 adds the registry's public key.")


class RecipientsBook(Room[None]):
    """Who is in the book, then who was; Enter shows one, with the whole key."""

    HELP_TEXT = _(
        "Public keys with names: an export offers them, and whoever has a recipient's secret key "
        "reads every archive that is written to it. Beside each name stands the fingerprint of "
        "its key, to be compared by voice. Enter shows one, F2 adds one, F8 removes one."
    )
    RULE = _(
        "A key is added only once its fingerprint was compared with its owner's, and by an "
        "administrator: a wrong one reads everything."
    )
    BINDINGS = [
        Binding("f2", "add", _("Add a recipient")),
        Binding("f8", "remove", _("Remove one")),
    ]
    NEEDS = {"add": "manage", "remove": "manage"}

    def __init__(self) -> None:
        super().__init__(_("Recipients"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only who is in the book can be removed."""
        if action == "remove" and self.shell.desk is not None and self._here() is None:
            return False
        return super().check_action(action, parameters)

    def body(self) -> ComposeResult:
        """One row for each."""
        yield Static(_("Recipients' book of this vault"), classes="title", markup=False)
        yield Static("", id="none", classes="text", markup=False)
        yield Rows()

    def on_mount(self) -> None:
        """The rows have the keys."""
        self.set_focus(self.query_one(Rows))

    def refill(self) -> None:
        """The book as it is now."""
        there, gone = self.desk.recipients(), self.desk.former_recipients()
        self.query_one("#none", Static).update("" if there else EMPTY)
        self.query_one("#none").display = not there
        rows = [Row(f"{each.number}", self._line(each)) for each in (*there, *gone)]
        self.query_one(Rows).show(rows)
        self.refresh_bindings()

    def _line(self, each: Recipient) -> str:
        if not each.there:
            return _("{name} removed on {day}").format(
                name=fit(each.name, NAMED), day=dates.short(each.removed)
            )
        return f"{fit(each.name, NAMED)} {each.fingerprint} {dates.short(each.at)}"

    def _at(self, number: str) -> Recipient | None:
        every = (*self.desk.recipients(), *self.desk.former_recipients())
        return next((each for each in every if f"{each.number}" == number), None)

    def _here(self) -> Recipient | None:
        """Who is under the cursor, if they are in the book."""
        found = self._at(self.query_one(Rows).key) if self.is_mounted else None
        return found if found is not None and found.there else None

    def on_rows_moved(self) -> None:
        """What can be done with one that was removed is less."""
        self.refresh_bindings()

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """All of one recipient."""
        self._open(event.row.key)

    def _open(self, number: str) -> None:
        found = self._at(number)
        if found is not None:
            self.doing = f"recipient:{number}"
            self.app.push_screen(RecipientRoom(found))

    # -- what a lock interrupts -----------------------------------------------

    def place(self) -> str:
        """The recipient under the cursor."""
        return self.query_one(Rows).key

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """A recipient's page, or what was begun; else the row."""
        begun, _colon, number = word.partition(":")
        if begun == "recipient":
            self._open(number)
        elif begun == "add" and self.allowed("manage"):
            self.action_add()
        elif begun == "remove" and self.allowed("manage"):
            rows = self.query_one(Rows)
            rows.show(rows.rows, number)
            self.action_remove()
        else:
            rows = self.query_one(Rows)
            rows.show(rows.rows, word)

    # -- what can be done -------------------------------------------------------

    @work(exit_on_error=False)
    async def action_add(self) -> None:
        """A further recipient."""
        self.doing = "add"
        await enlisting.add(self)

    @work(exit_on_error=False)
    async def action_remove(self) -> None:
        """The one under the cursor."""
        found = self._here()
        if found is not None:
            self.doing = f"remove:{found.number}"
            await enlisting.remove(self, found)


class RecipientRoom(Room[None]):
    """One recipient: the whole key, its fingerprint, and how it came into the book."""

    HELP_TEXT = _(
        "The fingerprint is the beginning of SHA-256 over the key as it is written, and anybody "
        "can make it with sha256sum, as shown. Enter or Esc goes back."
    )
    RULE = _("An entry of the journal says who added a key and when, and who removed it.")
    BINDINGS = [Binding("enter", "go_on", _("Go on"))]

    def __init__(self, recipient: Recipient) -> None:
        super().__init__(_("Recipient: {name}").format(name=recipient.name))
        self._recipient = recipient

    def body(self) -> ComposeResult:
        """What is known of them."""
        yield Static(self._recipient.name, classes="title", markup=False)
        with VerticalScroll(id="page"):
            yield Static("", id="told", markup=False)

    def on_mount(self) -> None:
        """The arrows move the page."""
        self.set_focus(self.query_one("#page"))

    def action_go_on(self) -> None:
        """Enter leaves it too."""
        self.action_back()

    def refill(self) -> None:
        """All of it."""
        who = self._recipient
        by = self.desk.officer_name(who.officer, who.number)
        told = _(
            "Public key (age, X25519)\n  {key}\n\n"
            "Fingerprint: the first 32 hex digits of SHA-256 over the key\n  {fingerprint}\n"
            "  printf %s KEY | sha256sum\n\n"
            "In the book\n  since {since}, by {by}, {source}, entry #{number}"
        ).format(
            key=who.key,
            fingerprint=who.fingerprint,
            since=dates.moment(who.at),
            by=by,
            source=SOURCES[who.source],
            number=who.number,
        )
        if not who.there:
            told += "\n" + _("  removed {at}: {reason}").format(
                at=dates.moment(who.removed), reason=who.reason
            )
        self.query_one("#told", Static).update(told)
