"""What the documents of a dossier have in common: whom they are about, who recorded what
and when, and how keys, digests and times read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final, TypeVar

from secterm.dossier import gates
from secterm.dossier.days import in_full, told
from secterm.dossier.entries import Received
from secterm.dossier.fold import Told
from secterm.paper import Matter
from secterm.paper.sheet import Sheet
from secterm.words import _

T = TypeVar("T")

NO_BREAK: Final = "\u00a0"
FINGERPRINT: Final = 32  # hex digits of a key's SHA-256
ROLES: Final = {
    "appointee": _("appointee"),
    "officer": _("security officer, for the unit"),
    "witness": _("witness"),
}


class Setting:
    """What the documents of a dossier have in common."""

    def __init__(self, matter: Matter, sheet: Sheet) -> None:
        self.matter, self.sheet = matter, sheet
        self.state, self.pack = matter.state, matter.pack

    def name(self, id: str, at: int | None = None) -> str:
        """An officer's name then, and now where it is another."""
        then, now = self.matter.names(id, at), self.matter.names(id, None)
        if not then or then == now:
            return now
        return _("{name} (now {now})").format(name=then, now=now)

    def by(self, one: Told[T]) -> str:
        """Who recorded it, when, and as which entry."""
        return _("{officer}, {at}, entry {number}").format(
            officer=self.name(one.officer, one.number), at=moment(one.at), number=entry(one)
        )

    def who(self) -> None:
        """Whom it is about."""
        who, terms = self.state.particulars, gates.terms_of(self.state, self.pack)
        self.sheet.facts(
            [
                (_("Name"), who.name),
                (_("Date of birth"), told(who.born)),
                (_("Identity number"), who.identity_number),
                (_("Post"), who.post),
                (_("Department"), who.department),
                (
                    _("Category"),
                    _("{category}, up to {level}").format(category=terms.name, level=terms.level),
                ),
                *self._came(),
            ]
        )

    def _came(self) -> Iterator[tuple[str, str]]:
        """The vaults from whose archives entries were taken in, the last time of each."""
        last = {
            one.entry.act.vault: (one.entry.act.unit, one.entry.at)
            for one in self.matter.entries
            if isinstance(one.entry.act, Received) and one.origin is None
        }
        for vault, (unit, at) in last.items():
            said = _("{unit}, vault {vault}, on {day}").format(
                unit=unit, vault=vault[:8], day=told(at[:10])
            )
            yield _("Taken in from"), said

    def ink(self, *officers: tuple[str, str]) -> None:
        """Lines to sign on by hand."""
        self.sheet.heading(_("For signatures in ink"))
        self.sheet.small(
            _(
                "What was recorded holds by the entries and their electronic signatures; ink on "
                "this copy is a further mark of them."
            )
        )
        self.sheet.ink(officers)

    @property
    def appointee(self) -> tuple[str, str]:
        """The appointee as one who signs."""
        return self.state.particulars.name, ROLES["appointee"]


def entry(one: Told[T]) -> str:
    """An entry's number, and the vault in whose journal it is, where that is another."""
    number = f"#{one.number}"
    if one.origin is None:
        return number
    return _("{number} of vault {vault}").format(number=number, vault=one.origin.vault[:8])


def groups(digits: str) -> str:
    """Hex digits in groups of four, to be compared by eye or voice."""
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def fingerprint(public_key: str) -> str:
    """Of a key in hex: the first 32 hex digits of its SHA-256."""
    try:
        return groups(hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:FINGERPRINT])
    except ValueError:
        return _("none: this is no key")


def moment(text: str) -> str:
    """A recorded time in full, to the minute and with its distance from UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    day = in_full(at.date()).replace(" ", NO_BREAK)
    return f"{day}, {at:%H:%M} (UTC{at.isoformat(timespec='seconds')[19:]})"
