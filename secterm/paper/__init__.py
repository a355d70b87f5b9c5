"""Printable documents (PDF) of what is recorded. They read fonts and nothing else of the
disk, hold no key, and never write: whoever asks gets bytes.

This face of the package is light; what draws is imported where something is drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from secterm.dossier.entries import Document, Numbered
from secterm.dossier.fold import State
from secterm.policy.model import Pack
from secterm.words import _

# An officer's name by id: as the journal had it with so many entries, or (None) now.
Names: TypeAlias = Callable[[str, int | None], str]

TITLES: dict[Document, str] = {
    "undertaking": _("The undertaking, as read and signed"),
    "rules": _("The rules, as acknowledged"),
    "training": _("The training record"),
    "screening": _("The screening report"),
    "decision": _("The decision"),
    "receipt": _("The receipt of an archive"),
}


@dataclass(frozen=True)
class Paper:
    """A document: its title, the PDF's bytes, its pages, and the letters no font here has."""

    title: str
    data: bytes
    pages: int
    unshown: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Of the bytes, hex."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Matter:
    """A dossier as its papers need it. Ids are hex; `checkpoint` is the short line; `receipt`
    is of the archive that it went into last, where the vault has one.
    """

    unit: str
    vault: str
    id: str
    state: State
    entries: tuple[Numbered, ...]
    pack: Pack
    checkpoint: str
    names: Names
    receipt: Receipt | None = None


@dataclass(frozen=True)
class Receipt:
    """An archive that was written: what its receipt says. What is not known is left empty.

    `size` is bytes, `at` ISO 8601, `checkpoint` the short line that stands in the archive,
    `medium` how people know it, `recipients` age public keys, `volume` which it is of several.
    """

    file: str
    sha256: str
    at: str
    officer: str
    size: int | None = None
    checkpoint: str = ""
    medium: str = ""
    recipients: tuple[str, ...] = ()
    volume: str = ""


def there(state: State) -> tuple[Document, ...]:
    """The documents that a dossier already has."""
    has: dict[Document, bool] = {
        "undertaking": state.signed is not None,
        "rules": bool(state.acknowledged or state.rules_refused),
        "training": bool(state.taught or state.quizzes),
        "screening": bool(state.answers or state.findings),
        "decision": state.decision is not None,
        "receipt": state.archived is not None,
    }
    return tuple(document for document, is_there in has.items() if is_there)
