"""The way in: name and passphrase. Wrong ones are counted, and the wait grows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual import work
from textual.binding import Binding

from secterm import messages
from secterm.desk.model import failures_of
from secterm.host.doctor import HostStops
from secterm.tui import ahead
from secterm.tui.screens import machine
from secterm.tui.screens.dialogs import Question
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.keyed import Keyed, named
from secterm.tui.screens.reader import Reader
from secterm.tui.screens.room import Room
from secterm.tui.widgets.choices import Choice
from secterm.vault.errors import KeyFileRefused, WrongPassphrase
from secterm.words import _

if TYPE_CHECKING:
    from secterm.desk.desk import Desk

RECOVER: Final = "recover"
LOOK: Final = 0.005  # seconds between two looks at whether the form is there
LONGEST: Final = 1.0  # seconds


class WayIn(Form):
    """Name and passphrase; or, for those who have neither any more, shares."""

    BINDINGS = [Binding("f4", "recover", _("Recover with shares"))]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No other way in for an appointee who locked."""
        if action == "recover" and self.shell.shut_in:
            return False
        return super().check_action(action, parameters)

    def action_recover(self) -> None:
        """Not a name and a passphrase, but shares."""
        self.dismiss({RECOVER: "yes"})


class _UnlockForm(WayIn, machine.Watching, Keyed):
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
        self._looking: asyncio.Task[None] | None = None

    def on_mount(self) -> None:
        """Asks."""
        self.ask()

    def on_unmount(self) -> None:
        """Nobody waits here any more."""
        if self._looking is not None:
            self._looking.cancel()

    @work(exit_on_error=False)
    async def ask(self) -> None:
        """Until the vault is open, or cannot be."""
        told, kept = "", Values()
        self._looking = None
        while True:
            await machine.until_fit(self)
            form = self._form(told, kept)
            try:
                if self._looking is None:
                    self._looking = asyncio.create_task(self._look(form))
                if self.shell.farewell:
                    await self._looking
                values = await self.shell.push_screen_wait(form)
                if values is None:
                    return
                await self._looking
            except Exception as error:
                await self._cannot(error)
                return
            if machine.STOPPED in values:
                continue
            if RECOVER in values:
                from secterm.tui.screens import recovering  # few ever need it

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
                if isinstance(wrong, WrongPassphrase):
                    await self.shell.wait_after(wrong.failures)
                continue
            except Exception as error:
                await self._cannot(error)
                return
            self.shell.key_file = key_file
            await self._enter(desk)
            return

    async def _look(self, form: Form) -> None:
        """Looks at the vault's file, and waits where attempts at it failed. At the start what
        reads it takes longer to import than the form to show: that shows first, and goes where
        nothing opens. After a lock it is there already.
        """
        if not self.shell.farewell:
            await _shown(form)
        try:
            failures = await asyncio.to_thread(failures_of, self.shell.vault)
        except Exception:
            if form.is_current:
                form.dismiss(Values())
            raise
        self.shell.run_worker(ahead.fetch, thread=True, exit_on_error=False)
        await self.shell.wait_after(failures)

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

        def open_(tell: Callable[[str], None]) -> Desk:
            from secterm.desk import keyfiles  # both came while the form was shown
            from secterm.desk.desk import Desk

            return Desk.open(
                path,
                values["officer"],
                values["passphrase"],
                key_files=keyfiles.at_hand(key_file),
                clock=clock,
                host=host,
            )

        return open_

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


async def _shown(form: Form) -> None:
    """Waits until a form shows, or until it is gone again before it could."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST):
            while not form.is_running:
                await asyncio.sleep(LOOK)
            await form.wait_for_refresh()
