"""The way in: name and passphrase. Wrong ones are counted, and the wait grows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual import work

from secterm import messages
from secterm.desk import keyfiles
from secterm.desk.desk import Desk
from secterm.desk.model import failures_of
from secterm.host.doctor import HostStops
from secterm.tui.screens import machine, recovering
from secterm.tui.screens.dialogs import Question
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.keyed import Keyed, named
from secterm.tui.screens.reader import Reader
from secterm.tui.screens.room import Room
from secterm.tui.widgets.choices import Choice
from secterm.vault.errors import KeyFileRefused, WrongPassphrase
from secterm.words import _


class _UnlockForm(recovering.WayIn, machine.Watching, Keyed):
    """Name and passphrase; a key file, or another way in; and what this machine is like."""

    RULE = _(
        "Each wrong passphrase is counted, the wait grows, and the next unlocking tells how "
        "many there were."
    )


class Unlock(Room[None]):
    """Asks until the vault opens."""

    HELP_TEXT = _(
        "Your name and passphrase open the vault. After a lock the name of who locked stands "
        "there; Shift+Tab leads to it. A key file is found by itself on a mounted medium; F3 asks "
        "for the path of one that is elsewhere. Where nobody has a passphrase any more, F4 "
        "recovers the vault with the shares that custodians keep. What is to be mended on this "
        "machine is named at the foot; F6 says all that is seen of it. Ctrl+Q ends the program."
    )

    def __init__(self) -> None:
        super().__init__(_("Unlock"))

    def on_mount(self) -> None:
        """Asks."""
        self.ask()

    @work(exit_on_error=False)
    async def ask(self) -> None:
        """Until the vault is open, or cannot be."""
        told, kept = "", Values()
        while True:
            await machine.until_fit(self)
            try:
                failures = failures_of(self.shell.vault)
            except Exception as error:
                await self._cannot(error)
                return
            await self.shell.wait_after(failures)
            values = await self.shell.push_screen_wait(self._form(told, kept))
            if values is None:
                return
            if machine.STOPPED in values:
                continue
            if recovering.RECOVER in values:
                name = await recovering.recover(self) or kept.get("officer", "")
                told, kept = "", {**kept, "officer": name}
                continue
            kept = values
            key_file = named(values)
            try:
                desk = await self.shell.working(_("Unlocking"), self._open(values, key_file))
            except HostStops as stops:
                await machine.until_fit(self, stops)
                told = ""
                continue
            except (WrongPassphrase, KeyFileRefused) as wrong:
                told = messages.explain(wrong).text()
                continue
            except Exception as error:
                await self._cannot(error)
                return
            self.shell.key_file = key_file
            await self._enter(desk)
            return

    def _form(self, told: str, kept: Values) -> Form:
        parts = [_("Vault: {path}").format(path=self.shell.vault)]
        if self.shell.farewell:
            parts.append(_("Locked. Checkpoint {line}").format(line=self.shell.farewell))
        if self.shell.not_kept:
            parts.append(f"! {self.shell.not_kept}")
        if self.shell.hint:
            parts.append(self.shell.hint)
        if self.shell.told:
            parts.append(f"! {self.shell.told}")
        officer = kept.get("officer", self.shell.left_by)
        return _UnlockForm(
            _("Unlock"),
            [
                Entry("officer", _("Officer"), value=officer),
                Entry("passphrase", _("Passphrase"), "secret"),
            ],
            kept,
            intro="\n\n".join(parts),
            told=told,
            at="passphrase" if officer else "officer",
            leave=False,
            help=self.HELP_TEXT,
        )

    def _open(
        self, values: Values, key_file: Path | None
    ) -> Callable[[Callable[[str], None]], Desk]:
        path, clock, host = self.shell.vault, self.shell.clock, self.shell.machine
        return lambda tell: Desk.open(
            path,
            values["officer"],
            values["passphrase"],
            key_files=keyfiles.at_hand(key_file),
            clock=clock,
            host=host,
        )

    async def _cannot(self, error: Exception) -> None:
        told = messages.explain(error)
        parts = (told.safe, told.do, str(self.shell.vault), self.shell.not_kept)
        text = "\n\n".join(part for part in parts if part)
        await self.shell.push_screen_wait(Reader(_("Unlock"), told.what, text))
        if self.shell.shut_in:
            self.ask()  # whoever sits here must not get behind the screens
        else:
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
