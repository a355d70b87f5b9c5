"""One officer: who they are, their keys, what happened to them, and what can be done."""

from __future__ import annotations

import hashlib

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from secterm.desk.registry import Officer
from secterm.dossier import entries as acts
from secterm.dossier.entries import VaultAct
from secterm.tui import dates
from secterm.tui.screens import managing
from secterm.tui.screens.room import Room
from secterm.tui.wording import ROLES
from secterm.words import _


class OfficerRoom(Room[None]):
    """An officer's page. It offers what the one who unlocked may do with them."""

    HELP_TEXT = _(
        "The officer's number and keys, to be compared with those in an archive, and what "
        "happened to them, the latest first. Another name takes the officer's own passphrase. "
        "Taking an administrator's role, or disabling one, takes a second person."
    )
    RULE = _(
        "The last administrator cannot be disabled, and an administrator's fall takes two persons."
    )
    BINDINGS = [
        Binding("enter", "go_on", _("Go on")),
        Binding("f2", "rename", _("Rename")),
        Binding("f3", "role", _("Role")),
        Binding("f5", "passphrase", _("My passphrase")),
        Binding("f8", "disable", _("Disable")),
    ]
    NEEDS = {"rename": "manage", "role": "manage", "disable": "manage"}

    def __init__(self, id: str) -> None:
        super().__init__(_("Officer"))
        self.officer_id = id

    @property
    def officer(self) -> Officer:
        """The officer as they are now."""
        return next(o for o in self.desk.officers() if o.id == self.officer_id)

    @property
    def own(self) -> bool:
        """Whether it is the page of the officer who unlocked."""
        return self.desk.officer.id == self.officer_id

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is done with a disabled officer, and a passphrase is one's own."""
        if self.shell.desk is not None:
            if action in self.NEEDS and not self.officer.active:
                return False
            if action == "passphrase" and not self.own:
                return False
        return super().check_action(action, parameters)

    def body(self) -> ComposeResult:
        """Who, and the rest under it."""
        yield Static("", id="who", classes="text", markup=False)
        with VerticalScroll(id="page"):
            yield Static("", id="told", markup=False)

    def on_mount(self) -> None:
        """The arrows move the page."""
        self.set_focus(self.query_one("#page"))

    def refill(self) -> None:
        """The officer as they are now."""
        officer = self.officer
        self.rename(_("Officer: {name}").format(name=officer.name))
        self.query_one("#who", Static).update(self._who(officer))
        happened = []
        for number, entry in reversed(self.desk.officer_entries(officer.id)):
            by = self.desk.officer_name(entry.officer)
            happened.append(f"#{number}  {dates.moment(entry.at)}  {by}\n  {said(entry.act)}")
        told = _(
            "Number\n  {id}\nSigning key (Ed25519)\n  {signing}\n"
            "Sealing key (ML-KEM-768 and X25519), its SHA-256\n  {sealing}\n\n{happened}"
        ).format(
            id=officer.id,
            signing=officer.public_key.hex(),
            sealing=hashlib.sha256(officer.sealing_key).hexdigest(),
            happened="\n".join(happened),
        )
        self.query_one("#told", Static).update(told)

    def _who(self, officer: Officer) -> str:
        if officer.active:
            line = _("{name}, {role}, since {day}.").format(
                name=officer.name, role=ROLES[officer.role], day=dates.told(officer.since)
            )
        else:
            line = _("{name}, since {day}, disabled on {end}.").format(
                name=officer.name, day=dates.told(officer.since), end=dates.told(officer.until)
            )
        return f"{line} {_('This is you.')}" if self.own else line

    # -- what a lock interrupts -----------------------------------------------

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """What was begun with this officer, where it can still be done."""
        if not word or not self.check_action(word, ()):
            return
        match word:
            case "rename":
                self.action_rename()
            case "role":
                self.action_role()
            case "disable":
                self.action_disable()

    # -- what can be done -------------------------------------------------------

    def action_go_on(self) -> None:
        """Enter leaves it too."""
        self.action_back()

    @work(exit_on_error=False)
    async def action_rename(self) -> None:
        """Another name."""
        self.doing = "rename"
        await managing.rename(self, self.officer)

    @work(exit_on_error=False)
    async def action_role(self) -> None:
        """Another role."""
        self.doing = "role"
        await managing.give_role(self, self.officer)

    @work(exit_on_error=False)
    async def action_passphrase(self) -> None:
        """One's own passphrase; after a lock it is not asked for again by itself."""
        self.doing = ""
        await managing.change_passphrase(self)

    @work(exit_on_error=False)
    async def action_disable(self) -> None:
        """Disables the officer."""
        self.doing = "disable"
        await managing.disable(self, self.officer)


def said(act: VaultAct) -> str:
    """What an officer's entry says, in one sentence."""
    match act:
        case acts.OfficerAdded():
            return _("Added as {name}, {role}").format(name=act.name, role=ROLES[act.role])
        case acts.OfficerRenamed():
            return _("Renamed: {name}").format(name=act.name)
        case acts.RoleGiven():
            told = _("Role given: {role}. {reason}").format(role=ROLES[act.role], reason=act.reason)
            return told + _proposed(act.proposed)
        case acts.OfficerDisabled():
            return _("Disabled. {reason}").format(reason=act.reason) + _proposed(act.proposed)
        case acts.SlotRenewed(why="cost"):
            return _("The way in was made harder to guess; the passphrase stayed")
        case acts.SlotRenewed():
            return _("Passphrase or key file changed")
        case _:
            return ""


def _proposed(number: int) -> str:
    return " " + _("(second person; proposed in #{n})").format(n=number) if number else ""
