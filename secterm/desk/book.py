"""The recipients' book: whose public keys archives may be for, by name, as the vault's
entries have it. What does not fit is told as a fault, and is not in the book.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from secterm.archive import recipients
from secterm.archive.errors import RecipientInvalid
from secterm.dossier import entries as acts
from secterm.dossier.entries import Source
from secterm.vault import kdf


@dataclass(frozen=True)
class Recipient:
    """A public key in the book, or one that was: since which entry, when and by whom."""

    name: str
    key: str  # age1…
    source: Source
    number: int
    at: str  # ISO time
    officer: str  # id
    removed: str = ""  # ISO time; empty while it is in the book
    until: int = 0  # by which entry it was removed
    reason: str = ""  # for which it was removed

    @property
    def there(self) -> bool:
        """Whether it is in the book now."""
        return not self.removed

    @property
    def fingerprint(self) -> str:
        """Of the key, in groups to compare by voice."""
        return recipients.fingerprint(self.key)


@dataclass
class Book:
    """All that were ever in it, in the order of their entries."""

    recipients: list[Recipient] = field(default_factory=list)

    def find(self, key: str) -> Recipient | None:
        """Who has this key, of those in the book now."""
        return next((r for r in self.recipients if r.there and r.key == key), None)

    def named(self, name: str) -> Recipient | None:
        """Who has this name, whatever its case and spacing, of those in the book now."""
        login = kdf.login_of(name)
        there = (r for r in self.recipients if r.there)
        return next((r for r in there if kdf.login_of(r.name) == login), None)

    def names(self, key: str, number: int) -> tuple[str, ...]:
        """The name that a key had at an entry; none where it was not in the book then."""
        had = (r for r in self.recipients if r.key == key and r.number < number)
        return tuple(r.name for r in had if r.there or r.until > number)

    def add(self, number: int, at: str, officer: str, act: acts.RecipientAdded) -> str:
        """Takes an entry in; what is wrong with it, else empty."""
        try:
            known = recipients.canonical(act.key) == act.key
        except RecipientInvalid:
            known = False
        if not known:
            return "adds a recipient whose key is none"
        if self.find(act.key) is not None:
            return "adds a recipient's key that is in the book"
        if self.named(act.name) is not None:
            return "gives a recipient the name that another has"
        self.recipients.append(Recipient(act.name, act.key, act.source, number, at, officer))
        return ""

    def remove(self, number: int, at: str, act: acts.RecipientRemoved) -> str:
        """Takes an entry in; what is wrong with it, else empty."""
        found = self.find(act.key)
        if found is None:
            return "removes a recipient's key that is not in the book"
        gone = replace(found, removed=at, until=number, reason=act.reason)
        self.recipients[self.recipients.index(found)] = gone
        return ""
