"""The first run: there is no vault yet, and one is made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from textual import work
from textual.binding import Binding

from secterm import messages
from secterm.desk.desk import Desk
from secterm.tui.screens import machine, passwords, sharing
from secterm.tui.screens.dialogs import Cancelled
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.reader import Reader
from secterm.tui.screens.room import Room
from secterm.vault import kdf
from secterm.words import _

INTRO = _(
    "There is no vault yet, so we make one. It holds everything that you will record, "
    "encrypted. Nobody opens it without a passphrase, and nobody can restore a "
    "passphrase that is forgotten: add a second officer soon."
)


TOUR: Final = "tour"  # what the form gives where a tour is wanted instead


class _Form(Form):
    """The first run's questions, or a look at the sample vault first."""

    RULE = _(
        "A passphrase is stored nowhere and cannot be restored: a vault that matters has two "
        "officers, and recovery shares."
    )
    BINDINGS = [Binding("f2", "tour", _("Tour of two minutes"))]

    def action_tour(self) -> None:
        """The tour, instead of a vault."""
        self.dismiss({TOUR: TOUR})


class FirstRun(Room[None]):
    """Asks for unit, officer and passphrase, and makes the vault."""

    HELP_TEXT = _(
        "This makes a new vault and its first officer. F2 shows the program first, in a vault "
        "of invented people that is removed again. Ctrl+Q ends the program."
    )

    def __init__(self) -> None:
        super().__init__(_("First run"))

    def on_mount(self) -> None:
        """Asks."""
        self.ask()

    @work(exit_on_error=False)
    async def ask(self) -> None:
        """Until there is a vault."""
        told, kept = "", {"unit": "", "officer": ""}
        while True:
            await machine.until_fit(self)
            values = await self.shell.push_screen_wait(self._form(told, kept))
            if values is None:
                return
            if TOUR in values:
                await self._tour()
                return
            kept = values
            try:
                desk, key = await self.shell.working(
                    _("Making the vault"), self._make(values), stoppable=True
                )
            except Cancelled:
                told = _("Stopped. There is no vault yet.")
                continue
            except Exception as error:
                told = messages.explain(error).text()
                continue
            self.shell.unlocked(desk)
            if key.path is not None:
                self.shell.key_file = key.path
                await self.shell.push_screen_wait(passwords.made(_("First run"), key.path))
            await self.shell.push_screen_wait(self._made(desk))
            answer = await self.shell.push_screen_wait(sharing.offer())
            if answer == "now" and self.shell.home is not None:
                self.shell.home.take_up("recovery", {})
            return

    async def _tour(self) -> None:
        from secterm.tui import demo

        def make(path: Path) -> str:
            demo.build(path)
            return demo.told()

        await self.shell.working(_("Making the sample vault"), self.shell.guide.build(make))
        name, passphrase = demo.OFFICERS[0]
        self.shell.unlocked(Desk.open(self.shell.vault, name, passphrase, clock=self.shell.clock))
        self.shell.guide.begin()

    def _form(self, told: str, kept: Values) -> Form:
        parts = [INTRO, _("Vault: {path}").format(path=self.shell.vault)]
        if self.shell.told:
            parts.append(f"! {self.shell.told}")
        return _Form(
            _("First run"),
            [
                Entry("unit", _("Unit"), value=kept["unit"], help=_("Your organisation's name.")),
                Entry(
                    "officer",
                    _("Your name"),
                    value=kept["officer"],
                    help=_("The security officer's name, as records will show it."),
                ),
                *passwords.entries("unit", "officer"),
                *passwords.key_entries(kept),
            ],
            intro="\n\n".join(parts),
            live=passwords.meter("unit", "officer"),
            told=told,
            leave=False,
            help=self.HELP_TEXT,
            tight=True,
        )

    def _make(
        self, values: Values
    ) -> Callable[[Callable[[str], None]], tuple[Desk, passwords.KeyFile]]:
        path, clock, host = self.shell.vault, self.shell.clock, self.shell.machine

        def make(tell: Callable[[str], None]) -> tuple[Desk, passwords.KeyFile]:
            def progress(cost: kdf.Cost, seconds: float) -> None:
                tell(
                    _("Measuring this machine: {m} MiB, {s:.1f} seconds").format(
                        m=cost.m // 1024, s=seconds
                    )
                )

            with passwords.key_file(values) as key:
                desk = Desk.create(
                    path,
                    unit=values["unit"],
                    officer=values["officer"],
                    passphrase=values["passphrase"],
                    clock=clock,
                    key_file=key.key or b"",
                    progress=progress,
                    host=host,
                )
            return desk, key

        return make

    def _made(self, desk: Desk) -> Reader:
        return Reader(
            _("First run"),
            _("The vault is made. Write this down and keep it elsewhere:"),
            _(
                "Checkpoint\n  {line}\n\n"
                "Fingerprint of the log keys\n  {fingerprint}\n\n"
                "The checkpoint is shown again at each lock and unlock. With a written one, "
                "anybody can later tell whether history was cut or rewritten. The fingerprint "
                "is what a stranger needs to check an archive.\n\n"
                "Next, in the list of dossiers: F4 shows the officers, where F2 adds a second one; "
                "F2 in the list opens the first dossier."
            ).format(line=desk.checkpoint_line(), fingerprint=desk.log_fingerprint()),
        )
