"""The appointee has the keyboard: only their own page is reachable, and going
back takes the officer's passphrase. It begins with a page that says so, and a
text is read to its end before anything follows from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from secterm import messages
from secterm.desk import keyfiles
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.room import Room
from secterm.tui.widgets.reading import Reading
from secterm.vault.errors import WrongPassphrase
from secterm.words import _

BRIEF: Final = 0.6  # of the page: a text that is shorter has its hint right under it
HELD = 0.3  # seconds; an Enter that follows another sooner is the same one, held down


class Handover(Room[None]):
    """Pages of the appointee's own. Subclasses `begin`, and say with `PURPOSE` what they are for.

    Where a lock interrupted it, `resumed` is the place to begin at.
    """

    HANDED_OVER = True
    PURPOSE = ""
    BINDINGS = [
        Binding("enter", "go_on", _("Go on")),
        Binding("escape", "back", _("Call the officer")),
    ]

    def __init__(self, where: str, id: str) -> None:
        super().__init__(where)
        self.add_class("quiet")
        self.dossier_id = id
        self.begun = False
        self.over = False
        self.resumed = ""
        self.again = False
        self.reading: Reading | None = None
        self._hint = ""
        self.drawn = False  # whether the page that stands here was on the screen
        self._entered = time.monotonic()

    def who(self) -> str:
        """Whose page it is."""
        return self.desk.dossier(self.dossier_id).state.particulars.name

    # -- its pages ----------------------------------------------------------------

    def body(self) -> ComposeResult:
        """The first page: whose turn it is, in as few words as will do."""
        yield Static("", id="turn", classes="text", markup=False)

    async def on_mount(self) -> None:
        """Says whose page it is; where the pages say that themselves, begins at once."""
        self.call_after_refresh(self._was_drawn)
        if self.begun:
            await self.begin()
        else:
            self._turn_over()

    def _turn_over(self) -> None:
        name = self.who()
        parts = [_("This page is for"), f"    {name}"]
        if self.again:
            parts += [
                _("The screen was locked. Officer: turn the keyboard to {name} again.").format(
                    name=name
                ),
                _("It goes on where it stopped."),
            ]
        else:
            parts += [_("The officer turns the keyboard to you now."), self.PURPOSE]
        parts += [
            _("What you do here is recorded. Take the time you need."),
            _("Enter begins.    Esc calls the officer."),
        ]
        self.query_one("#turn", Static).update("\n\n".join(parts))

    async def begin(self) -> None:
        """Shows the page at `resumed`, or the first one."""

    async def page(self, *parts: Widget, focus: Widget | None = None, hint: str = "") -> None:
        """Replaces what stands on the screen. `hint` stands under it once it was read."""
        self.reading = next((part for part in parts if isinstance(part, Reading)), None)
        self._hint, self.drawn = hint, False
        self.set_focus(None)
        body = self.query_one("#body", Vertical)
        with self.app.batch_update():
            await body.remove_children()
            await body.mount(
                *parts,
                Static("" if self.reading else hint, id="more", classes="soft", markup=False),
            )
        self.set_focus(focus)
        self.call_after_refresh(self._was_drawn)

    def on_screen_resume(self) -> None:
        """In front again: what was laid out under another screen is seen only now."""
        super().on_screen_resume()
        self.call_after_refresh(self._was_drawn)
        if self.reading is not None:
            self.call_after_refresh(self.reading.look)

    def _was_drawn(self) -> None:
        # A text tells itself how much of it was drawn: before that Enter would only turn it.
        self.drawn = self.drawn or (self.reading is None and self.app.screen is self)

    def on_reading_shown(self, event: Reading.Shown) -> None:
        """Says how much more there is, or what Enter does now."""
        event.stop()
        reading = event.reading
        if reading is not self.reading or not reading.is_attached:
            return
        self.drawn = True
        room = self.query_one("#body", Vertical).size.height
        reading.set_class(0 < reading.length < room * BRIEF, "brief")
        self.query_one("#more", Static).update(reading.told() or self._hint)

    def meant(self) -> bool:
        """Whether Enter was pressed anew, at a page that was on the screen."""
        now = time.monotonic()
        held, self._entered = now - self._entered < HELD, now
        return self.drawn and not held

    def action_go_on(self) -> None:
        """Enter shows more of a text, and then goes on; once all is done it gives back."""
        if self.over:
            self.action_back()
        elif self.meant():
            self.call_later(self._go_on)

    async def _go_on(self) -> None:
        if not self.begun:
            self.begun = True
            await self.begin()
        elif self.reading is None or not self.reading.turn():
            await self.entered()

    async def entered(self) -> None:
        """Enter was pressed, and nothing on the page took it: the next page is shown."""

    async def finish(self, text: str) -> None:
        """Nothing is left to do for the appointee."""
        self.over = True
        await self.page(
            Static(_("Thank you."), classes="title", markup=False),
            Static(text, classes="text", markup=False),
            Static(_("Give the keyboard back to the officer now."), classes="asked", markup=False),
            Static("", markup=False),
            hint=_("Officer: Enter asks for your passphrase."),
        )

    # -- a lock ---------------------------------------------------------------------

    @property
    def waits(self) -> bool:
        """Until the appointee is there, and presses Enter."""
        return not self.begun

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """Begins with its first page again, and from there goes to the place."""
        self.again, self.resumed = True, word
        if self.is_mounted and not self.begun:
            self._turn_over()

    # -- back to the officer ----------------------------------------------------------

    def action_back(self) -> None:
        """Back to the officer, who shows that it is them."""
        self.alone(self._give_back)

    def alone(self, flow: Callable[[], Coroutine[None, None, None]]) -> None:
        """Begins what puts forms over the page, unless something else has begun just now."""
        if all(worker.is_finished for worker in self.workers if worker.node is self):
            self.run_worker(flow(), exit_on_error=False)

    def ask(
        self,
        where: str,
        entries: list[Entry],
        *,
        intro: str,
        told: str = "",
        help: str = "",
        records: bool = False,
    ) -> Form:
        """A form of the appointee's own, as quiet as the pages."""
        form = Form(where, entries, intro=intro, told=told, help=help, records=records)
        form.add_class("quiet")
        return form

    async def _give_back(self) -> None:
        told = ""
        self.doing = self.place()
        while True:
            values = await self.shell.push_screen_wait(
                self.ask(
                    _("Back to the officer"),
                    [Entry("passphrase", _("Officer's passphrase"), "secret")],
                    intro=_("Only the officer who handed over goes on from here. Esc returns."),
                    told=told,
                )
            )
            if values is None:
                return
            told = _(
                "That is not the passphrase of the officer who handed over. Where it takes a key "
                "file, mount its medium."
            )
            try:
                if await self.shell.working(_("Checking the passphrase"), self._check(values)):
                    self.dismiss(None)
                    return
            except WrongPassphrase as wrong:
                await self.shell.wait_after(wrong.failures)
            except Exception as error:
                told = messages.explain(error).text()

    def _check(self, values: Values) -> Callable[[Callable[[str], None]], bool]:
        desk, named = self.desk, self.shell.key_file
        return lambda tell: desk.is_officers_passphrase(
            values["passphrase"], keyfiles.at_hand(named)
        )
