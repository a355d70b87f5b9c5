"""What can go wrong with a vault, by name. No message carries a secret or a name."""

from __future__ import annotations


class VaultError(Exception):
    """Any of the named troubles below."""


class NoVault(VaultError):
    """There is no file at this path."""


class VaultExists(VaultError):
    """There is a file at this path already; nothing was written over it."""


class NotAVault(VaultError):
    """The file is something else."""


class NewerFormat(VaultError):
    """The file was written by a later program; `format` is what it says."""

    def __init__(self, format: int) -> None:
        super().__init__(f"format {format}")
        self.format = format


class VaultBusy(VaultError):
    """Another process holds the vault; `holder` says which, as far as known."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class VaultUnreadable(VaultError):
    """The file cannot be read or written; `reason` is the system's word for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class VaultMoved(VaultError):
    """The file no longer stands under its name, so nothing more is written.

    `elsewhere`: it has another name now. Where it has none, `copy` is the name of
    one that was made beside where it stood, or empty where none could be made.
    """

    def __init__(self, *, copy: str, elsewhere: bool) -> None:
        super().__init__("moved" if elsewhere else "deleted or replaced")
        self.copy = copy
        self.elsewhere = elsewhere


class VaultClosed(VaultError):
    """The vault was locked meanwhile; nothing more is read or written."""


class WrongPassphrase(VaultError):
    """No slot opens; `failures` counts the attempts since the last unlock."""

    def __init__(self, failures: int) -> None:
        super().__init__(f"{failures} failed attempts")
        self.failures = failures


class SlotRefused(VaultError):
    """A slot's stored parameters are out of bounds; nothing was derived from them."""


class SealBroken(VaultError):
    """Something does not open where it stands; `where` is table and row."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


class VaultDamaged(VaultError):
    """The vault contradicts itself; `where` is the place, `what` what does not hold."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where = where
        self.what = what


class ShareRefused(VaultError):
    """A recovery share that is none, or that does not go with the others.

    `kind`: `word` (this one at this place is wrong), `length` (`place` words were
    typed), `checksum` (several words are wrong), `set` (of another set than those
    before), `again` (typed already), `few` (`more` are needed), `foreign` (of
    another program), `useless` (they do not open this vault).
    """

    def __init__(self, kind: str, *, word: str = "", place: int = 0, more: int = 0) -> None:
        super().__init__(kind)
        self.kind = kind
        self.word = word
        self.place = place
        self.more = more


class KeyFileRefused(VaultError):
    """A key file that is none, or cannot be read or made; `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
