"""For whom an archive is, as its form asks it: recipients of the book, by name, and
keys that are not in it. Each is told with its fingerprint before anything is written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from secterm.archive import recipients
from secterm.archive.errors import RecipientInvalid
from secterm.archive.recipients import Recipients
from secterm.settings import reading
from secterm.tui.screens.form import Entry, Values
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.choices import Choice
from secterm.words import _

if TYPE_CHECKING:
    from secterm.desk.desk import Desk
    from secterm.tui.screens.room import Room

KEYS: Final = _("One or more age1… keys with spaces between, or a file that lists them.")
NO_BOOK: Final = _("Names to choose from come from the recipients' book: F4 and F6 in the list.")
READ: Final = _("Whoever has one of these keys reads the archive:")
FROM_SETTINGS: Final = _(
    "From the settings file {file}, which is neither sealed nor signed. Whoever has these "
    "keys reads the archive, so compare them:"
)
MOST_SHOWN: Final = 6  # keys, on 24 lines
NAMED: Final = 26  # columns of a name beside its fingerprint


def entries(
    room: Room[None], kept: Mapping[str, str], when: Callable[[Mapping[str, str]], bool]
) -> list[Entry]:
    """The book's recipients to mark, where there are any, and a line for other keys."""
    desk, own = room.desk, room.shell.settings.recipients
    there = desk.recipients()
    known = [found.key for found in map(desk.recipient, own) if found is not None]
    others = [text for text in own if desk.recipient(text) is None]
    line = Entry(
        "keys",
        _("Other keys") if there else _("Recipients"),
        value=kept.get("keys", ", ".join(others)),
        required=not there,
        help=KEYS if there else f"{KEYS} {NO_BOOK}",
        when=when,
    )
    book = Entry(
        "book",
        _("Recipients"),
        "several",
        value=kept.get("book", " ".join(known)),
        choices=tuple(Choice(each.key, each.name) for each in there),
        required=False,
        help=_("The space bar marks; all these are of the recipients' book."),
        when=when,
    )
    return [book, line] if there else [line]


def told(room: Room[None], values: Values) -> str:
    """Whom the archive will be for, each with a fingerprint to compare; and which keys come
    from the settings file, so that a changed file is seen.
    """
    readers, taken = [], []
    for text in _named(values):
        known = room.desk.recipient(text)
        if known is not None:
            readers.append((known.name, known.key))
        elif text in room.shell.settings.recipients:
            taken.append(text)
        elif recipients.is_whole(text):
            readers.append((_("(not in the book)"), text))
    lines = [READ] if readers else []
    lines += [f"  {fit(name, NAMED)} {recipients.fingerprint(key)}" for name, key in readers]
    if taken:
        lines.append(FROM_SETTINGS.format(file=reading.beside(room.shell.vault).name))
        lines += [f"  {key}" for key in taken[:MOST_SHOWN]]
        more = len(taken) - MOST_SHOWN
        lines += [_("  ({n} more)").format(n=more)] if more > 0 else []
    return "\n".join(lines)


def chosen(desk: Desk, values: Values) -> Recipients:
    """Whom the archive is for. Raises `RecipientInvalid`."""
    typed = recipients.separated(values["keys"])
    if typed and not any(desk.recipient(text) or recipients.is_key(text) for text in typed):
        return Recipients.gather(values.get("book", "").split(), _file(values["keys"]))
    return Recipients.gather(desk.recipient_keys(_named(values)))


def _file(typed: str) -> Path:
    with contextlib.suppress(OSError, RuntimeError, ValueError):  # no such user, or no name
        file = Path(typed).expanduser()
        if file.exists():
            return file
    raise RecipientInvalid(
        _("there is no file of that name, nor a recipient in the book, and it is no age1… key")
    )


def _named(values: Values) -> list[str]:
    return [*values.get("book", "").split(), *recipients.separated(values["keys"])]
