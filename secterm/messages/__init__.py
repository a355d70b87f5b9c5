"""What a person reads when something went wrong: what happened, what is safe,
what to do. Made once, at the edge, for both faces; the rooms below only name
their errors. No message carries a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from secterm.words import ngettext

DOES_NOT_HOLD: Final = 1
UNUSABLE: Final = 2
WRONG_PASSPHRASE: Final = 3
NOT_OPEN: Final = 4


@dataclass(frozen=True)
class Message:
    """An error in words, and the exit status of the command line for it."""

    what: str
    safe: str
    do: str
    status: int

    def text(self) -> str:
        """All of it, as one paragraph."""
        return " ".join(part for part in (self.what, self.safe, self.do) if part)


def explain(error: BaseException) -> Message:
    """The message for any error that can reach a face."""
    from secterm.messages import errors  # knows every room's, and is needed where one happens

    return errors.message_of(error)


def left_out(count: int) -> str:
    """That an archive of everything is not of everything."""
    return ngettext(
        "{n} dossier does not open and is not in the archive. Run a verification.",
        "{n} dossiers do not open and are not in the archive. Run a verification.",
        count,
    ).format(n=count)


def unshown(letters: tuple[str, ...]) -> str:
    """Which letters no font here has; empty where all of them were shown."""
    if not letters:
        return ""
    return ngettext(
        "No font of this machine has {n} of its letters: {letters}. Its number in Unicode stands "
        "for it on the paper.",
        "No font of this machine has {n} of its letters: {letters}. Their numbers in Unicode "
        "stand for them on the paper.",
        len(letters),
    ).format(n=len(letters), letters=" ".join(f"U+{ord(letter):04X}" for letter in letters))


def written_before(number: int) -> str:
    """That the volumes before this one are safe, whatever comes of it; empty for the first."""
    if number == 1:
        return ""
    return ngettext(
        "Volume {n} is written and recorded.",
        "Volumes 1 to {n} are written and recorded.",
        number - 1,
    ).format(n=number - 1)
