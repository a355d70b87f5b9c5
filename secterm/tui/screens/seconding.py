"""A second officer at the same screen: their own name, passphrase and word."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from secterm import messages
from secterm.desk import keyfiles
from secterm.desk.model import SameOfficer
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.keyed import Keyed, named
from secterm.tui.widgets.choices import Choice
from secterm.vault.errors import WrongPassphrase
from secterm.vault.signer import Signer
from secterm.words import _

if TYPE_CHECKING:
    from secterm.desk.model import Dossier
    from secterm.tui.screens.room import Room


async def identify(
    room: Room[None],
    form: Callable[[str, Values], Form],
    *,
    other_than: str | None = None,
    act: Callable[[Signer, Values], object] = lambda signer, values: None,
) -> tuple[Signer, Values] | None:
    """Asks until the second officer is who they say; None where it was left.

    They are another than the one who unlocked, or than `other_than` (an id). `act`
    is done with their key before anything else is; where it is refused, that is
    told and asked again.
    """
    told, kept = "", Values()
    while True:
        values = await room.shell.push_screen_wait(form(told, kept))
        if values is None:
            return None
        kept = values
        try:
            signer = await room.shell.working(
                _("Checking the passphrase"), _second(room, values, other_than, act)
            )
        except WrongPassphrase as wrong:
            told = _(
                "The name and passphrase are not those of an officer. Where a key file is needed "
                "too, mount its medium, or name its path with F3. Nothing was recorded."
            )
            await room.shell.wait_after(wrong.failures)
            continue
        except Exception as error:
            told = messages.explain(error).text()
            if isinstance(error, SameOfficer):
                kept = {**values, "officer": ""}
            continue
        return signer, values


def _second(
    room: Room[None],
    values: Values,
    other_than: str | None,
    act: Callable[[Signer, Values], object],
) -> Callable[[Callable[[str], None]], Signer]:
    desk = room.desk

    def second(tell: Callable[[str], None]) -> Signer:
        signer = desk.second(
            values["officer"],
            values["passphrase"],
            key_files=keyfiles.at_hand(named(values)),
            other_than=other_than,
        )
        act(signer, values)
        return signer

    return second


def who(kept: Values, name: str = "") -> list[Entry]:
    """The entries that say who the second officer is; `name` is who it may well be."""
    return [
        Entry("officer", _("Second officer"), value=kept.get("officer", name)),
        Entry("passphrase", _("Their own passphrase"), "secret"),
    ]


async def word(
    room: Room[None],
    title: str,
    about: str,
    record: Callable[[bool, str, Signer], Dossier],
    *,
    first: str,
) -> bool:
    """The second officer agrees or not, with a reason; whether it was recorded.

    `first` is the id of the officer whose word it is about.
    """
    here = room.desk.officer
    name = here.name if here.id != first and room.desk.may("second") else ""

    def form(told: str, kept: Values) -> Form:
        return Keyed(
            title,
            [
                Entry(
                    "agrees",
                    _("Second officer's word"),
                    "choice",
                    value=kept.get("agrees", ""),
                    choices=(Choice("yes", _("I agree")), Choice("no", _("I do not agree"))),
                ),
                Entry(
                    "reason",
                    _("Reason"),
                    "text",
                    value=kept.get("reason", ""),
                    when=lambda v: v["agrees"] == "no",
                ),
                *who(kept, name),
            ],
            kept,
            intro=about,
            told=told,
            records=True,
        )

    found = await identify(room, form, other_than=first)
    if found is None:
        return False
    signer, values = found
    return (
        room.tried(lambda: record(values["agrees"] == "yes", values["reason"], signer)) is not None
    )
