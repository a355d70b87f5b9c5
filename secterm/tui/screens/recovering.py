"""Recovers a vault that nobody can unlock: shares typed in one at a time, a new
administrator, and back to the way in. Nothing of the vault is reachable here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from secterm import messages
from secterm.desk import upkeep
from secterm.tui.screens import passwords
from secterm.tui.screens.dialogs import Question
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.reader import Reader
from secterm.tui.widgets.choices import Choice
from secterm.vault.errors import ShareRefused
from secterm.vault.shares import LENGTH, LETTERS, Collected
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.tui.screens.room import Room

TO_CORRECT: Final = ("word", "length", "checksum")  # else the next custodian would read it


class Sharing(Form):
    """One custodian's share, typed in from paper."""

    RULE = _(
        "Recovery takes as many shares as were asked for when they were made. Fewer tell nothing."
    )


async def recover(room: Room[None]) -> str:
    """Asks for shares and a new administrator; the new name, empty where it was left.

    What was typed in is forgotten where nobody is there any more.
    """
    room.shell.recovering = True
    try:
        told = ""
        while True:
            collected = await _collect(room, told)
            if collected is None:
                return ""
            values = await _administrator(room, collected)
            if values is None:
                return ""
            if isinstance(values, str):
                told = values
                continue
            await room.shell.push_screen_wait(_recovered(values["name"]))
            return values["name"]
    finally:
        room.shell.recovering = False


async def _collect(room: Room[None], told: str) -> Collected | None:
    """Shares until they are enough; None where it was left."""
    collected, kept = Collected(), ""
    while collected.missing:
        values = await room.shell.push_screen_wait(_share(collected, told, kept))
        if values is None:
            if await _leaves(room, collected):
                return None
            told, kept = "", ""
            continue
        try:
            collected.add(values["share"])
            told, kept = "", ""
            if not collected.missing:
                collected.secret()
        except ShareRefused as refused:
            told = messages.explain(refused).text()
            kept = values["share"] if refused.kind in TO_CORRECT else ""
            if not collected.missing:  # of one set by their words, and yet they do not fit
                collected, kept = Collected(), ""
    return collected


def _share(collected: Collected, told: str, kept: str) -> Form:
    def counted(values: Values) -> str:
        n = len(values["share"].split())
        return _("{n} of {of} words").format(n=n, of=LENGTH)

    still = _("Every custodian types their own share; the others turn away.")
    if collected.count:
        so_far = ngettext(
            "{n} share is accepted and cleared from the screen.",
            "{n} shares are accepted and cleared from the screen.",
            collected.count,
        ).format(n=collected.count)
        more = ngettext("{n} more is needed.", "{n} more are needed.", collected.missing).format(
            n=collected.missing
        )
        still = f"{so_far} {more} {still}"
    return Sharing(
        _("Recover with shares"),
        [
            Entry(
                "share",
                _("Share {n}").format(n=collected.count + 1),
                "text",
                value=kept,
                help=_(
                    "All {n} words in their order, with spaces between. The first {letters} "
                    "letters of each are enough."
                ).format(n=LENGTH, letters=LETTERS),
            )
        ],
        intro=_(
            "Recovery shares open the vault when nobody can unlock it. They make a new "
            "administrator and nothing else; nothing of the vault is shown here. An entry "
            "stays, and everybody who unlocks is told of it until new shares are made."
        )
        + f"\n\n{still}",
        live=counted,
        told=told,
        help=_("The shares that were made last, typed in one at a time."),
    )


async def _leaves(room: Room[None], collected: Collected) -> bool:
    """Whether it is to be left, with the shares that were typed in already."""
    if not collected.count:
        return True
    answer = await room.shell.push_screen_wait(
        Question(
            _("Leave the recovery?"),
            _("The shares typed in so far are forgotten, and the vault stays as it is."),
            [
                Choice("stay", _("Go on with the recovery")),
                Choice("leave", _("Leave it")),
            ],
        )
    )
    return answer == "leave"


async def _administrator(room: Room[None], collected: Collected) -> Values | str | None:
    """The new administrator, made; or None where it was left, or why to begin anew."""
    told, kept = "", ""
    while True:
        values = await room.shell.push_screen_wait(_form(told, kept))
        if values is None:
            if await _leaves(room, collected):
                return None
            continue
        kept = values["name"]
        try:
            await room.shell.working(_("Recovering the vault"), _recover(room, collected, values))
        except ShareRefused as refused:
            return messages.explain(refused).text()
        except Exception as error:
            told = messages.explain(error).text()
            continue
        return values


def _recover(
    room: Room[None], collected: Collected, values: Values
) -> Callable[[Callable[[str], None]], None]:
    path, clock, host = room.shell.vault, room.shell.clock, room.shell.machine
    return lambda tell: upkeep.recover(
        path, collected, values["name"], values["passphrase"], clock=clock, host=host
    )


def _form(told: str, kept: str) -> Form:
    return Form(
        _("New administrator"),
        [
            Entry(
                "name",
                _("Administrator's name"),
                value=kept,
                help=_("A name that no officer of this vault has now."),
            ),
            *passwords.entries("name"),
        ],
        intro=_(
            "The shares are complete. The new administrator sits down here, gives a name and "
            "types a passphrase of their own."
        ),
        live=passwords.meter("name"),
        told=told,
    )


def _recovered(name: str) -> Reader:
    return Reader(
        _("Recover with shares"),
        _("The vault is recovered."),
        _(
            "{name} is an administrator of this vault now. Unlock it with that name and the new "
            "passphrase.\n\n"
            "Then make new recovery shares (F7 in the list of dossiers), because these were "
            "seen; until then everybody who unlocks is told of the recovery. F4 shows the "
            "officers: disable those who are gone."
        ).format(name=name),
    )
