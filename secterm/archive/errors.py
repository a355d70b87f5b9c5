"""What can go wrong with an archive, by name. No message carries a secret or a name."""

from __future__ import annotations


class ArchiveError(Exception):
    """Any of the named troubles below; `reason` is what happened, in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RecipientInvalid(ArchiveError):
    """Nobody, or nobody that age knows, was named to encrypt to."""


class ArchiveNotWritten(ArchiveError):
    """The archive is not on the medium, and the vault records none.

    Its reason ends a sentence, full stop or question mark included. `left` names the files
    that could not be taken away again, as where the medium is gone; `advice` is what helps.
    `volume` is its number, and of how many, where those before it are written and recorded.
    """

    def __init__(self, reason: str, *, left: tuple[str, ...] = (), advice: str = "") -> None:
        super().__init__(reason)
        self.left = left
        self.advice = advice
        self.volume: tuple[int, int] | None = None


class NoRoom(ArchiveNotWritten):
    """The medium has not as much room as it needs; nothing was written to it."""


class ArchiveUnreadable(ArchiveError):
    """The file is not an archive, or is damaged."""


class CosignatureInvalid(ArchiveError):
    """This is no witness's cosignature on a checkpoint of this vault, or it does not hold."""


class WrongIdentity(ArchiveError):
    """The archive does not open with this identity or passphrase."""


class NotRestored(ArchiveError):
    """An archive that does not go into this vault; the reason ends in a full stop.

    `faults` are those that were found in it; `begun`: some of its dossiers were taken in;
    `advice` is what helps.
    """

    def __init__(
        self,
        reason: str,
        faults: tuple[str, ...] = (),
        *,
        begun: bool = False,
        advice: str = "",
    ) -> None:
        super().__init__(reason)
        self.faults = faults
        self.begun = begun
        self.advice = advice
