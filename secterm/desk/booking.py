"""What an officer does with the recipients' book: whose keys archives may be for. Who
is in it reads every archive that is written to them, so only an administrator adds and
removes, and a key is added only once its fingerprint was compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from secterm.archive import pictures, recipients
from secterm.archive.errors import RecipientInvalid
from secterm.archive.secret_keys import is_secret
from secterm.desk import signing
from secterm.desk.book import Recipient
from secterm.desk.keeping import demand_reason
from secterm.desk.upkeep import Upkeep
from secterm.dossier import entries as acts
from secterm.dossier.demands import LONGEST_LINE, NotAllowed, legible, require
from secterm.dossier.entries import Source
from secterm.words import _

MOST_KEYS: Final = 50  # of one file, each of which is compared by somebody


class Booking(Upkeep):
    """What an officer does with the recipients' book."""

    def recipients(self) -> tuple[Recipient, ...]:
        """Who is in the book now, in the order they were added."""
        return tuple(r for r in self._registry.book.recipients if r.there)

    def former_recipients(self) -> tuple[Recipient, ...]:
        """Who was in the book, the latest removed first."""
        gone = (r for r in self._registry.book.recipients if not r.there)
        return tuple(sorted(gone, key=lambda r: r.removed, reverse=True))

    def recipient(self, text: str) -> Recipient | None:
        """Who has this key, or this name, in the book now."""
        book = self._registry.book
        return book.find(text.strip().lower()) or book.named(text)

    def recipient_keys(self, named: Iterable[str]) -> list[str]:
        """The keys of these, each a name in the book or an `age1…` key of its own.

        Raises `RecipientInvalid`, which names the place only.
        """
        found = []
        for number, text in enumerate(named, 1):
            known = self.recipient(text)
            if known is None and not (recipients.is_key(text) or is_secret(text)):
                raise RecipientInvalid(recipients.NEITHER.format(n=number))
            found.append(known.key if known else recipients.canonical(text, number))
        return list(dict.fromkeys(found))

    def demand_new_key(self, key: str) -> str:
        """The key as it would be recorded. Raises NotAllowed for one that is none, or is there."""
        try:
            key = recipients.canonical(key)
        except RecipientInvalid as error:
            raise NotAllowed(_("Not added: {reason}.").format(reason=error.reason)) from None
        known = self._registry.book.find(key)
        if known is not None:
            raise NotAllowed(_("This key is in the book already: {name}.").format(name=known.name))
        return key

    def demand_recipient_name(self, name: str) -> str:
        """The name as it would be recorded. Raises NotAllowed for one that cannot be, or is taken.

        A name may stand on one line with others and with keys, so it has no comma, and
        no word of it begins as a key does.
        """
        name = signing.one_line(name)
        require(bool(name), _("A recipient needs a name."))
        fits = legible(name) and len(name) <= LONGEST_LINE and not is_secret(name)
        require(fits, _("The recipient's name is too long, or holds what cannot be shown."))
        keyed = any(recipients.is_key(word) for word in name.split())
        require(not keyed, _("A name has no word that begins with age1: that would be a key."))
        require("," not in name, _("A name has no comma: it stands between names."))
        require(
            self._registry.book.named(name) is None,
            _("There is a recipient of that name already. Choose another name."),
        )
        return name

    def add_recipient(self, name: str, key: str, source: Source, compared: str) -> Recipient:
        """A key in the book from now on. `compared`: the first group of its fingerprint, or
        more of it, by whoever compared all of it with the owner's. Raises NotAllowed.
        """
        self._may("manage")
        key, name = self.demand_new_key(key), self.demand_recipient_name(name)
        require(recipients.agrees(key, compared), _NOT_COMPARED)
        with self._record() as record:
            added = acts.RecipientAdded(name=name, key=key, source=source)
            record.vault(self._vault.id, added)
        self._read_again()
        return self._registry.book.recipients[-1]

    def remove_recipient(self, key: str, reason: str) -> None:
        """The key is not in the book any more; archives written to it still open with it."""
        require(self._registry.book.find(key) is not None, _("This key is not in the book."))
        demand_reason(reason)
        with self._record() as record:
            record.vault(self._vault.id, acts.RecipientRemoved(key=key, reason=reason))
        self._read_again()


def keys_in(file: Path) -> tuple[Source, list[tuple[str, str]]]:
    """What a file is, and the keys in it, each with the name that stands there or none: a
    text in the form of age's recipients file, or a picture of QR codes.

    Raises NotAllowed.
    """
    try:
        content = recipients.content(file, pictures.LARGEST)
        if pictures.kind_of(content):
            return "picture", _listed("\n\n".join(pictures.codes(content)))
        return "file", _listed(recipients.text_of(content))
    except RecipientInvalid as error:
        raise NotAllowed(_("Not added: {reason}.").format(reason=error.reason)) from None


def _listed(text: str) -> list[tuple[str, str]]:
    found = {
        recipients.canonical(key, number): name
        for number, (name, key) in enumerate(recipients.lines(text), 1)
    }
    if len(found) > MOST_KEYS:
        raise RecipientInvalid(_("it has more than {n} keys").format(n=MOST_KEYS))
    if not found:
        raise RecipientInvalid(_("there is no age1… key in it"))
    return [(name, key) for key, name in found.items()]


_NOT_COMPARED: Final = _(
    "That is not how the key's fingerprint begins. If its owner reads out another, the key was "
    "exchanged on the way: do not add it."
)
