"""Secret keys that somebody typed, pasted or sent where all can read them."""

from __future__ import annotations

import re
from typing import Final

_SECRET: Final = re.compile(
    r"AGE-(SECRET-KEY|PLUGIN)-\S*|-----BEGIN [A-Z ]*PRIVATE KEY.*", re.IGNORECASE | re.DOTALL
)


def is_secret(text: str) -> bool:
    """Whether a secret key stands in this text, whole or in part."""
    return _SECRET.search(text) is not None


def without_secret(text: str) -> str:
    """The text without the secret keys that stand in it."""
    return _SECRET.sub("", text)
