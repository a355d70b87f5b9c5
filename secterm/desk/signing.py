"""The signatures on an undertaking: one statement that all sides sign, each
with an Ed25519 key of their own, so that anyone can check them later with
nothing but the text, the statement and the public keys.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from secterm.dossier import signatures
from secterm.dossier.demands import NotAllowed
from secterm.dossier.entries import PackRef, PartySignature, Signed, SigningKey
from secterm.vault import kdf
from secterm.vault.seal import Place, seal, subkey
from secterm.vault.signer import Signer
from secterm.words import _, ngettext

SHORTEST_SECRET: Final = 8  # characters


@dataclass(frozen=True)
class Party:
    """An officer who signs or witnesses."""

    role: Literal["officer", "witness"]
    name: str
    signer: Signer


@dataclass(frozen=True)
class Wrapping:
    """What an appointee's new key is wrapped under: argon2id of name and signing secret."""

    spec: kdf.Spec
    key: bytes = field(repr=False)  # 32 bytes

    @classmethod
    def of(cls, cost: kdf.Cost, name: str, secret: str) -> Wrapping:
        """Takes as long as unlocking does."""
        spec = kdf.Spec(cost, os.urandom(kdf.SALT_SIZE))
        return cls(spec, subkey(kdf.stretch(spec, name, secret), "signing key"))


def one_line(text: str) -> str:
    """A name on one line: NFC, runs of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def same_name(typed: str, recorded: str) -> bool:
    """Whether the name typed is the one recorded, apart from case and spacing."""
    return one_line(typed).casefold() == one_line(recorded).casefold()


def demand_name(typed: str, recorded: str) -> None:
    """Raises `NotAllowed` unless the appointee typed their own recorded name."""
    if not same_name(typed, recorded):
        raise NotAllowed(
            _("The name typed is not {name}. Type the full name as it stands.").format(
                name=recorded
            )
        )


def demand_secret(secret: str) -> None:
    """Raises `NotAllowed` unless the signing secret is long enough."""
    if len(secret) < SHORTEST_SECRET:
        raise NotAllowed(
            ngettext(
                "A signing secret has at least {n} character.",
                "A signing secret has at least {n} characters.",
                SHORTEST_SECRET,
            ).format(n=SHORTEST_SECRET)
        )


def agree(typed: str, recorded: str, secret: str, text: str, due: str) -> None:
    """Raises `NotAllowed` unless the appointee typed their own recorded name, chose a
    secret that is long enough, and read the text that is due today.
    """
    demand_name(typed, recorded)
    demand_secret(secret)
    if text != due:
        raise NotAllowed(_("The text has changed since it was read. Read it again."))


def sign(
    *,
    vault: bytes,
    dossier: bytes,
    text: str,
    pack: PackRef,
    on: date,
    name: str,
    wrapping: Wrapping,
    parties: list[Party],
) -> Signed:
    """The act of signing, all sides at once.

    The appointee's key is new; its seed (32 bytes) is kept wrapped under
    argon2id of their signing secret and is nowhere else afterwards.
    """
    seed = os.urandom(32)
    appointee = Ed25519PrivateKey.from_private_bytes(seed)
    public = appointee.public_key().public_bytes_raw().hex()
    sides = [("appointee", public, one_line(name))]
    sides += [(p.role, p.signer.public_key.hex(), one_line(p.name)) for p in parties]
    text_sha256 = signatures.sha256(text)
    stated = signatures.statement(
        vault=vault.hex(),
        dossier=dossier.hex(),
        text_sha256=text_sha256,
        pack=pack,
        on=on.isoformat(),
        sides=sides,
    )
    made = [
        PartySignature(
            role="appointee",
            name=one_line(name),
            public_key=public,
            signature=appointee.sign(stated.encode()).hex(),
        )
    ]
    made += [
        PartySignature(
            role=party.role,
            name=one_line(party.name),
            officer=party.signer.officer.hex(),
            public_key=party.signer.public_key.hex(),
            signature=party.signer.key.sign(stated.encode()).hex(),
        )
        for party in parties
    ]
    place = Place(vault, "appointee.key", dossier)
    return Signed(
        text=text,
        text_sha256=text_sha256,
        pack=pack,
        on=on.isoformat(),
        statement=stated,
        signatures=tuple(made),
        appointee_key=SigningKey(
            kdf=wrapping.spec.text(), sealed=seal(wrapping.key, place, seed).hex()
        ),
    )
