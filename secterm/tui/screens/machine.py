"""What is seen of this machine before anybody is let in: a strip under the form, a page with
all of it, and the page that stands in the way while something stops it.
"""

from __future__ import annotations

import asyncio
import textwrap
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.binding import Binding

from secterm.host import doctor, report
from secterm.host.doctor import HostStops
from secterm.host.report import COLUMNS, Report
from secterm.tui.screens.form import Form
from secterm.tui.screens.reader import Reader
from secterm.tui.widgets.changing import Changing
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.tui.screens.room import Room

PACE: Final = 3.0  # seconds between two looks
ROWS: Final = 2  # of the strip
STOPPED: Final = "stopped"  # what such a form is left with once something stops the way in


class Machine(Reader):
    """All that is seen of this machine, and what is not."""

    HELP_TEXT = _(
        "What on this machine endangers the vault: what was seen, why it matters, and how to mend "
        "it; and what could not be seen. secterm doctor says the same at a shell. Enter or Esc "
        "goes back."
    )
    RULE = _(
        "The levels are the program's own; a policy pack may raise them, which shows once its "
        "vault is unlocked."
    )

    def __init__(self, seen: Report) -> None:
        super().__init__(_("This machine"), _("This machine, as it is now"), seen.text())


class Stopped(Reader):
    """Why nobody goes in on this machine. Enter looks again."""

    HELP_TEXT = _(
        "Something about this machine stops the way into the vault, by the program's rules or by "
        "those of the vault's policy pack. Mend it, then press Enter. The vault's file is as it "
        "was, and opens on any other machine where nothing stops it."
    )
    RULE = _("What is the machine's is mended at the machine; no role and no key goes round it.")
    BINDINGS = [Binding("enter", "go_on", _("Try again"))]

    def __init__(self, stops: HostStops) -> None:
        super().__init__(
            _("This machine"),
            _("This machine stops the way in"),
            "\n\n".join(
                [
                    _("The vault is locked, and nothing was changed. Mend this, then press Enter:"),
                    report.told(stops.findings),
                ]
            ),
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to go back to."""
        return action != "back" and super().check_action(action, parameters)

    def action_go_on(self) -> None:
        """Whoever sent us here looks again."""
        self.dismiss(None)


async def until_fit(room: Room[None], stops: HostStops | None = None) -> None:
    """Stands in the way for as long as something about the machine stops it; what `stops` it
    was seen already, and is looked at again by the same levels.
    """
    machine, vault = room.shell.machine, room.shell.vault
    raised = stops.raised if stops else doctor.UNRAISED
    while True:
        if stops is not None:
            await room.shell.push_screen_wait(Stopped(stops))
            stops = None
        try:
            if raised:
                await asyncio.to_thread(doctor.demand, machine, vault, raised)
            else:  # a file of the kernel's is read, no disk asked
                doctor.demand(machine, vault)
        except HostStops as found:
            stops = found
        else:
            return


class Watching(Form):
    """A form with a strip that names what is to be mended on this machine, as it comes and
    goes. Where an appointee sits before it, the machine is none of their business.
    """

    BINDINGS = [Binding("f6", "machine", _("This machine"))]

    def body(self) -> ComposeResult:
        """The strip stands at the foot, wherever the form ends."""
        yield from super().body()
        strip = Changing(id="machine")
        strip.display = False
        yield strip

    def on_mount(self) -> None:
        """Looks at the machine for as long as it is asked."""
        if not self.shell.shut_in:
            self.run_worker(self._watch(), exit_on_error=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing of the machine for an appointee who locked."""
        if action == "machine" and self.shell.shut_in:
            return False
        return super().check_action(action, parameters)

    def action_machine(self) -> None:
        """All of it, on a page."""
        self.run_worker(self._all_of_it(), exit_on_error=False, group="machine", exclusive=True)

    async def _all_of_it(self) -> None:
        await self.shell.push_screen(Machine(await self._look()))

    async def _watch(self) -> None:
        await self.wait_for_refresh()  # the form shows before the machine is looked at
        while True:
            seen = await self._look()
            if any(each.level == "stop" for each in seen.findings) and self.is_current:
                self.dismiss({STOPPED: "yes"})
                return
            strip = self.query_one("#machine", Changing)
            told = strip_of(seen, self.query_one("#body").size.width or COLUMNS)
            strip.display = bool(told)
            strip.show(told)
            await asyncio.sleep(PACE)

    async def _look(self) -> Report:
        return await asyncio.to_thread(doctor.look, self.shell.machine, self.shell.vault)


def strip_of(seen: Report, width: int) -> str:
    """What is to be mended, in as many names as fit on the strip; empty where nothing is."""
    names = [each.brief for each in seen.pressing]
    for shown in range(len(names), 0, -1):
        left = len(names) - shown
        more = ngettext("and {n} more", "and {n} more", left).format(n=left) if left else ""
        told = _("! This machine: {names}. F6 says more.").format(
            names=", ".join([*names[:shown], *([more] if more else [])])
        )
        if len(textwrap.wrap(told, width)) <= ROWS:
            return told
    return ""
