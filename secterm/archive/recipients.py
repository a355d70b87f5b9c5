"""To whom an archive is encrypted: age recipients, or a passphrase alone. A text that
may be a secret key is refused, and never told again.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyrage

from secterm.archive.errors import RecipientInvalid
from secterm.archive.secret_keys import is_secret
from secterm.vault import checkpoints
from secterm.words import _

KEY: Final = "age1"
LARGEST_FILE: Final = 256 * 1024  # bytes, some thousand keys
GROUP: Final = 4  # digits that are read out at once

NEITHER: Final = _("recipient {n} is neither a name in the recipients' book nor an age1… key")

_COMMENT: Final = re.compile(r"#\s*(.*?)\s*")
_PUBLIC_KEY: Final = "public key:"  # what age-keygen writes before a key


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
            named += [key for _name, key in listed(file)]
        found = [canonical(key, number) for number, key in enumerate(named, 1)]
        return cls(tuple(dict.fromkeys(found)), passphrase)

    @property
    def named(self) -> tuple[str, ...]:
        """What a record may say of them: public keys, or that there is a passphrase."""
        return self.keys or ("passphrase",)


# -- one key -------------------------------------------------------------------------


def parse(key: str, number: int = 1) -> pyrage.x25519.Recipient:
    """An `age1…` key as age has it. Raises `RecipientInvalid`, which names the place only.

    Somebody may paste a secret key by mistake, so the text itself is never told.
    """
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except (pyrage.RecipientError, ValueError):
        raise RecipientInvalid(_fault(key).format(n=number)) from None


def canonical(key: str, number: int = 1) -> str:
    """The key as age writes it: a QR code may have it in capitals. Raises as `parse`."""
    return str(parse(key.strip(), number))


def _fault(key: str) -> str:
    """Why this is none of the keys that an archive can be for."""
    told = key.strip().lower()
    if is_secret(told):
        return _(
            "recipient {n} is a secret key, which nobody but its owner may have. Give the public "
            "key (age1…)"
        )
    if told.startswith("age1pq1"):
        return _(
            "recipient {n} is a post-quantum key (age1pq1…): this program cannot write to it, and "
            "no age before 1.3, Debian 12's and 13's among them, could open the archive. Give an "
            "X25519 key (age1… with 62 characters)"
        )
    if _of_a_plugin(told):
        return _(
            "recipient {n} is a key of a plugin or a device (such as age1yubikey1…): only that "
            "device and its plugin could open the archive. Give an X25519 key (age1… with 62 "
            "characters)"
        )
    return _("recipient {n} is not an age public key (age1…)")


def _of_a_plugin(key: str) -> bool:
    """Whether it is a whole key of a plugin; one mistyped is not."""
    try:
        pyrage.plugin.Recipient.from_str(key)
    except (pyrage.RecipientError, ValueError):
        return False
    return True


def is_key(text: str) -> bool:
    """Whether this is meant as a key, right or wrong, and no name."""
    return text.strip().lower().startswith(KEY)


def is_whole(text: str) -> bool:
    """Whether an archive can be for this key, to its last letter."""
    try:
        parse(text.strip())
    except RecipientInvalid:
        return False
    return True


def fingerprint(key: str) -> str:
    """What is compared by voice: the first 32 hex digits of SHA-256 over the key's text, in
    groups of four.
    """
    return checkpoints.grouped(hashlib.sha256(key.strip().lower().encode()).hexdigest())


def agrees(key: str, told: str) -> bool:
    """Whether this is how the key's fingerprint begins: one group at least, or all of it."""
    digits = checkpoints.digits(told)
    return len(digits) >= GROUP and fingerprint(key).replace(" ", "").startswith(digits)


# -- several -------------------------------------------------------------------------


def separated(typed: str) -> list[str]:
    """What was typed on one line: keys with white space or commas between, and names with
    commas.
    """
    found = []
    for part in typed.split(","):
        words = part.split()
        name = " ".join(word for word in words if not is_key(word))
        found += [*([name] if name else []), *(word for word in words if is_key(word))]
    return list(dict.fromkeys(found))


def listed(file: Path) -> list[tuple[str, str]]:
    """The keys in an age recipients file, each with the comment before it, if one stands there.

    Raises `RecipientInvalid`.
    """
    return lines(text_of(content(file)))


def text_of(content: bytes) -> str:
    """The text of a recipients' file. Raises `RecipientInvalid` for what is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RecipientInvalid(_("the file is not text")) from None
    if is_secret(text):
        raise RecipientInvalid(
            _("the file holds a secret key, which nobody but its owner may have")
        )
    return text


def content(file: Path, most: int = LARGEST_FILE) -> bytes:
    """The bytes of an ordinary file that has at most so many. Raises `RecipientInvalid`."""
    try:
        handle = os.open(file.expanduser(), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise RecipientInvalid(_("the file is no ordinary file"))
            found = stream.read(most + 1)
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or _("that is no name for a file")
        raise RecipientInvalid(
            _("the recipients' file cannot be read: {reason}").format(reason=reason)
        ) from None
    if len(found) > most:
        raise RecipientInvalid(_("the file is larger than {n} bytes").format(n=most))
    return found


def lines(text: str) -> list[tuple[str, str]]:
    """Keys and their comments in the text of a recipients file: a comment names the one key that
    follows it on the next line.
    """
    found, name = [], ""
    for line in (each.strip() for each in text.splitlines()):
        comment = _COMMENT.fullmatch(line)
        if comment is None and line:
            found.append((name, line))
        told = comment[1] if comment else ""
        name = "" if told.lower().startswith(_PUBLIC_KEY) else told
    return found
