"""How a key comes into the recipients' book, and out of it: typed, or from a file or a
picture, and each confirmed by its fingerprint before it is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from secterm.archive import recipients
from secterm.desk.book import Recipient
from secterm.desk.booking import keys_in
from secterm.dossier.entries import Source
from secterm.tui.screens.form import Entry, Form, Values, refusal
from secterm.tui.screens.managing import asked
from secterm.tui.widgets.choices import Choice
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.tui.screens.room import Room

Found = tuple[Source, list[tuple[str, str]]]

INTRO: Final = _(
    "Whoever has the secret key to this one will read every archive written to it. Have its owner "
    "read out the fingerprint of theirs by another way than the key came, by telephone or in "
    "person; compare all of it, then type its first group."
)


async def add(room: Room[None]) -> None:
    """One recipient whose key is typed, or one after the other those in a file."""
    desk = room.desk

    def form(told: str, kept: Values) -> Form:
        def typed(values: Mapping[str, str]) -> bool:
            return values["how"] == "typed"

        return Form(
            _("Add a recipient"),
            [
                Entry(
                    "how",
                    _("The public key is"),
                    "choice",
                    value=kept.get("how", "typed"),
                    choices=(
                        Choice("typed", _("typed here")),
                        Choice("file", _("in a file, or in a picture of its QR code")),
                    ),
                ),
                Entry(
                    "key",
                    _("Public key"),
                    value=kept.get("key", ""),
                    help=_("age1… with 62 characters. A secret key has no business here."),
                    when=typed,
                    check=lambda values: refusal(lambda: desk.demand_new_key(values["key"])),
                ),
                Entry(
                    "file",
                    _("Path of the file"),
                    value=kept.get("file", ""),
                    help=_(
                        "A text with one or more age1… keys, each with its name in a comment "
                        "before it (# Registry), or a PNG or JPEG picture of a QR code."
                    ),
                    when=lambda values: not typed(values),
                ),
            ],
            told=told,
            help=_("Where the key is; its name and its fingerprint come next."),
        )

    def act(values: Values) -> Found:
        if values["how"] == "typed":
            return "typed", [("", desk.demand_new_key(values["key"]))]
        return keys_in(Path(values["file"]))

    found = await asked(room, form, _("Reading the key"), act)
    if found is None:
        return
    source, keys = found
    room.doing = ""
    known = [key for _name, key in keys if desk.recipient(key) is not None]
    new = [(name, key) for name, key in keys if key not in known]
    added = [
        who
        for n, (name, key) in enumerate(new, 1)
        if (who := await _confirm(room, source, name, key, (n, len(new))))
    ]
    room.freshen()
    room.say(_told(added, known), good=bool(added))


def _told(added: list[Recipient], known: list[str]) -> str:
    names = ", ".join(who.name for who in added)
    told = [_("In the book now: {names}.").format(names=names)] if added else []
    if known:
        told.append(
            ngettext(
                "{n} key is in the book already.", "{n} keys are in the book already.", len(known)
            ).format(n=len(known))
        )
    return " ".join(told) or _("Nobody was added.")


async def _confirm(
    room: Room[None], source: Source, name: str, key: str, place: tuple[int, int]
) -> Recipient | None:
    """Asks for the name, and that the fingerprint was compared; None where it was left."""
    desk = room.desk
    n, of = place
    many = " " + _("({n} of {of})").format(n=n, of=of) if of > 1 else ""

    def form(told: str, kept: Values) -> Form:
        return Form(
            _("Compare the key") + many,
            [
                Entry(
                    "name",
                    _("Name"),
                    value=kept.get("name", name),
                    help=_("Who it is, as an export offers it: the registry, an office."),
                    check=lambda values: refusal(
                        lambda: desk.demand_recipient_name(values["name"])
                    ),
                ),
                Entry(
                    "group",
                    _("First group"),
                    value=kept.get("group", ""),
                    help=_("Four digits or letters from a to f, as the owner reads them out."),
                ),
            ],
            intro=INTRO
            + "\n\n"
            + _("Key          {key}\nFingerprint  {fingerprint}").format(
                key=key, fingerprint=recipients.fingerprint(key)
            ),
            told=told,
            help=_("Esc leaves this key out of the book."),
            records=True,
        )

    def act(values: Values) -> Recipient:
        return desk.add_recipient(values["name"], key, source, values["group"])

    return await asked(room, form, _("Adding the recipient"), act)


async def remove(room: Room[None], who: Recipient) -> None:
    """Takes a key out of the book, with the reason."""

    def form(told: str, kept: Values) -> Form:
        return Form(
            _("Remove a recipient"),
            [Entry("reason", _("Reason"), "text", value=kept.get("reason", ""))],
            intro=_(
                "{name} is not offered for archives any more. Archives that were written to this "
                "key still open with it, and the journal keeps that it was in the book.\n\n"
                "Fingerprint  {fingerprint}"
            ).format(name=who.name, fingerprint=who.fingerprint),
            told=told,
            records=True,
        )

    def act(values: Values) -> bool:
        room.desk.remove_recipient(who.key, values["reason"])
        return True

    if await asked(room, form, _("Removing the recipient"), act):
        room.freshen()
        room.say(_("{name} is not in the book any more.").format(name=who.name), good=True)
