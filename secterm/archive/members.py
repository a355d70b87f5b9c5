"""The members of an archive: their names, and the values of those that are JSON. See
FORMAT.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final, Literal, TypeVar

import msgspec

from secterm.dossier.entries import Volume
from secterm.vault.note import Verifier

FORMAT: Final = 2
README: Final = "README.txt"
FOLDER_OF_SCHEMAS: Final = "schemas"
CHECKPOINT: Final = "checkpoint"
LOG_KEYS: Final = "log-keys"
CONSISTENCY: Final = "consistency.json"
OFFICERS: Final = "officers.json"
RECOVERIES: Final = "recoveries.json"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"

Kind = Literal["whole", "decision"]
What = Literal["named", "selection", "changed", "all"]

T = TypeVar("T")


class ContinuedLine(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier checkpoint, and the proof (RFC 9162) that the archive's own continues it; hex."""

    size: int
    root: str
    proof: list[str]


class OfficerLine(msgspec.Struct, frozen=True, kw_only=True):
    """An officer as `officers.json` names them; the key is Ed25519, hex."""

    id: str
    name: str
    public_key: str


class RecoveryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A set of recovery shares, which signs the officer that it makes; Ed25519, hex."""

    id: str
    public_key: str


class Covers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which dossiers an archive was to hold, and how many it does; and which volume it is,
    where the export took several, each an archive by itself.

    `left_out`: those of them that do not open in the vault, of all volumes together.
    """

    what: What
    dossiers: int
    left_out: int
    volume: Volume | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`manifest.json`: the SHA-256 of every other member that stands in no folder, its own
    signature apart, and of each folder's `SHA256SUMS`.
    """

    format: int
    kind: Kind
    unit: str
    covers: Covers
    origin: str
    size: int
    root: str
    created: str
    officer: str
    files: dict[str, str]


class ManifestSignature(msgspec.Struct, frozen=True, kw_only=True):
    """`manifest.sig`: signatures over the bytes of `manifest.json`, by the officer (Ed25519)
    and by both log keys; hex.
    """

    officer: str
    public_key: str
    signature: str
    log_ed25519: str
    log_mldsa44: str


class KeyFile(msgspec.Struct, frozen=True, kw_only=True):
    """`key.json`: what opens the sealed bytes of one dossier or officer; all hex."""

    vault: str
    dossier: str
    key: str
    commitment: str


def encoded(value: msgspec.Struct | list[Any]) -> bytes:
    """A value as JSON for people: indented, UTF-8, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def decoded(data: bytes, kind: type[T]) -> T:
    """What `encoded` was given. Raises ValueError for anything else, and for any other
    way to write it: two readers must not find two meanings.
    """
    try:
        value = msgspec.json.decode(data, type=kind)
    except RecursionError:
        raise ValueError("too deep") from None
    if encoded(value) != data:  # type: ignore[arg-type]
        raise ValueError("not the one way to write it")
    return value


def log_lines(verifiers: tuple[Verifier, ...]) -> bytes:
    """`log-keys`: a verifier key a line (C2SP signed-note)."""
    return "".join(f"{v.vkey()}\n" for v in verifiers).encode()


def log_digest(verifiers: tuple[Verifier, ...]) -> str:
    """SHA-256 (hex) over that member, of which the fingerprint is the beginning."""
    return hashlib.sha256(log_lines(verifiers)).hexdigest()


def counting(tell: Callable[[int], None]) -> Callable[[str], None]:
    """Tells how many dossiers were met so far, from the names of folders or their members."""
    seen: set[str] = set()

    def progress(name: str) -> None:
        kind, _slash, rest = name.partition("/")
        id = rest.partition("/")[0]
        if kind == "dossiers" and id not in seen:
            seen.add(id)
            tell(len(seen))

    return progress
