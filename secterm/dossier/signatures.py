"""The statement that all sides of an undertaking sign, and whether it holds:
checked with nothing but the text, the statement and the public keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from secterm.dossier.entries import PackRef, Signed

LINES: Final = 6  # of a statement, before the sides


class BadSignature(Exception):
    """A signature or its statement does not hold; the message says which."""


def sha256(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def statement(
    *,
    vault: str,
    dossier: str,
    text_sha256: str,
    pack: PackRef,
    on: str,
    sides: Iterable[tuple[str, str, str]],
) -> str:
    """What is signed, one `key: value` a line.

    Ids and digests are hex, `on` is a date; `sides` are role, public key in hex, name.
    """
    lines = [
        "secterm/1 undertaking",
        f"vault: {vault}",
        f"dossier: {dossier}",
        f"text-sha256: {text_sha256}",
        f"pack: {pack.id} {pack.version} {pack.digest}",
        f"date: {on}",
    ]
    lines += [f"{role}: {key} {name}" for role, key, name in sides]
    return "\n".join(lines) + "\n"


def check(signed: Signed, *, vault: str, dossier: str) -> None:
    """Checks text, statement and every signature. Raises `BadSignature`."""
    if sha256(signed.text) != signed.text_sha256:
        raise BadSignature("the text is not the one whose SHA-256 was signed")
    expected = statement(
        vault=vault,
        dossier=dossier,
        text_sha256=signed.text_sha256,
        pack=signed.pack,
        on=signed.on,
        sides=[(s.role, s.public_key, s.name) for s in signed.signatures],
    )
    if expected.count("\n") != LINES + len(signed.signatures):
        raise BadSignature("a value of the statement is more than one line")
    if expected != signed.statement:
        raise BadSignature("the statement is not about this text, these people or this day")
    for one in signed.signatures:
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(one.public_key))
            key.verify(bytes.fromhex(one.signature), signed.statement.encode())
        except (InvalidSignature, ValueError):
            raise BadSignature(f"the signature of the {one.role} does not hold") from None
