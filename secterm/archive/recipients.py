"""To whom an archive is encrypted: age recipients, or a passphrase alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyrage

from secterm.archive.errors import RecipientInvalid
from secterm.words import _


@dataclass(frozen=True)
class Recipients:
    """Either keys (`age1…`), one or more, or a passphrase; never both, as age has it.

    Raises `RecipientInvalid` for both and for neither.
    """

    keys: tuple[str, ...] = ()
    passphrase: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.passphrase and self.keys:
            raise RecipientInvalid(_("an archive is for recipients or for a passphrase, not both"))
        if not self.passphrase and not self.keys:
            raise RecipientInvalid(_("nobody was named to encrypt to"))

    @classmethod
    def gather(
        cls, keys: Iterable[str] = (), file: Path | None = None, passphrase: str = ""
    ) -> Recipients:
        """Recipients from all that was given. Raises `RecipientInvalid`."""
        named = [key.strip() for key in keys if key.strip()]
        if file is not None:
            named += _from_file(file)
        for number, key in enumerate(named, 1):
            parse(key, number)
        return cls(tuple(dict.fromkeys(named)), passphrase)

    @property
    def named(self) -> tuple[str, ...]:
        """What a record may say of them: public keys, or that there is a passphrase."""
        return self.keys or ("passphrase",)


def parse(key: str, number: int = 1) -> pyrage.x25519.Recipient:
    """An `age1…` key as age has it. Raises `RecipientInvalid`, which names the place only.

    Somebody may paste a secret key by mistake, so the text itself is never told.
    """
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except (pyrage.RecipientError, ValueError):
        raise RecipientInvalid(
            _("recipient {n} is not an age public key (age1…)").format(n=number)
        ) from None


def _from_file(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise RecipientInvalid(
            _("the recipients' file cannot be read: {reason}").format(reason=error.strerror)
        ) from None
    except UnicodeDecodeError:
        raise RecipientInvalid(_("the recipients' file is not text")) from None
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
