"""What every act's texts and every appointee's particulars must be, whatever the
dossier's state: said once, so that each refusal reads the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import msgspec

from secterm.dossier import answering
from secterm.dossier.entries import Act, Particulars
from secterm.dossier.errors import NotAllowed as NotAllowed
from secterm.policy.model import Pack
from secterm.policy.texts import shown
from secterm.words import _

LONGEST_LINE: Final = 200  # characters of a name, a post and the like
LONGEST_TEXT: Final = 4000  # characters of an answer or a reason


def all_legible(act: Act) -> None:
    """Raises `NotAllowed` where any text of the act holds what cannot be seen."""
    if _plain(act):
        return
    for text in _texts(msgspec.to_builtins(act)):
        require(
            legible(text),
            _("A text holds a character that cannot be shown, such as a control character."),
        )


def _plain(act: Act) -> bool:
    """Whether its JSON is ASCII and escapes line ends and quotes alone, as that of most acts:
    then all its texts can be seen, and no look at each of them is needed.
    """
    try:
        told = msgspec.json.encode(act)
    except (UnicodeEncodeError, msgspec.MsgspecError, OverflowError, TypeError):
        return False
    left = told.replace(b"\\n", b"").replace(b'\\"', b"")  # of `\\n`, a backslash stays
    return left.isascii() and b"\\" not in left and b"\x7f" not in left


def legible(text: str) -> bool:
    """Whether a person sees all that a text holds; it may have several lines."""
    return text.replace("\n", " ").isprintable() or all(
        char == "\n" or shown(char) for char in text
    )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def require(holds: bool, reason: str) -> None:
    """Raises `NotAllowed` with this reason unless it holds."""
    if not holds:
        raise NotAllowed(reason)


def a_text(text: str, what: str) -> None:
    """A text that says something, within bounds. `what` names it at the head of a sentence."""
    if not text.strip():
        raise NotAllowed(_("{what} is missing.").format(what=what))
    short(text, what)


def short(text: str, what: str) -> None:
    """A text within bounds."""
    if len(text) > LONGEST_TEXT:
        told = _("{what} has more than {n} characters.")
        raise NotAllowed(told.format(what=what, n=LONGEST_TEXT))


def particulars(who: Particulars, pack: Pack, today: date) -> None:
    """Particulars that can be those of somebody alive on this day."""
    named = {
        _("The name"): who.name,
        _("The identity number"): who.identity_number,
        _("The post"): who.post,
        _("The department"): who.department,
    }
    for what, text in named.items():
        a_text(text, what)
    for what, text in {**named, _("The contact"): who.contact}.items():
        require(
            len(text) <= LONGEST_LINE and "\n" not in text,
            _("{what} must be one line of at most {n} characters.").format(
                what=what, n=LONGEST_LINE
            ),
        )
    born = answering.day(who.born)
    if born is None or not date(1900, 1, 1) <= born < today:
        raise NotAllowed(_("The date of birth must be a day in the past, as YYYY-MM-DD."))
    require(who.category in pack.head.categories, _("The pack has no such category."))
