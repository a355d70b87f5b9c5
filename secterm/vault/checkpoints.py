"""Checkpoints for people and for strangers: the short line that an officer
writes down, and the signed note that leaves the vault with an archive, signed
by an officer and twice by the vault's own log keys.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from secterm.vault.errors import VaultError
from secterm.vault.merkle import verify_consistency
from secterm.vault.note import (
    Checkpoint,
    Ed25519Verifier,
    MLDSA44Cosigner,
    Note,
    NoteMalformed,
    Verifier,
    cosign_mldsa44,
    sign_ed25519,
)
from secterm.vault.vault import Vault

SHORT_DIGITS: Final = 20  # hex digits of the root that people compare
ORIGIN: Final = re.compile(r"secterm/[0-9a-f]{32}", re.ASCII)  # a journal's name


def short(checkpoint: Checkpoint) -> str:
    """`SIZE:dddd-dddd-dddd-dddd-dddd`: the size and the root's first 20 hex digits."""
    return short_of(checkpoint.size, checkpoint.root)


def short_of(size: int, root: bytes) -> str:
    """The same of a size and a root, whosever journal it is."""
    digits = root.hex()[:SHORT_DIGITS]
    groups = [digits[i : i + 4] for i in range(0, SHORT_DIGITS, 4)]
    return f"{size}:{'-'.join(groups)}"


def parse_short(text: str) -> tuple[int, str] | None:
    """Size and 20 hex digits of what `short` wrote, however it is spaced; None for else."""
    compact = re.sub(r"[\s-]", "", text).lower()
    found = re.fullmatch(r"(\d{1,18}):([0-9a-f]{20})", compact)
    return (int(found.group(1)), found.group(2)) if found else None


def continues(vault: Vault, earlier: str) -> str:
    """Why the journal does not continue an earlier checkpoint; empty where it does.

    `earlier` is a short line or a whole signed note, whose text alone counts: the
    officer vouches for where they kept it.
    """
    wanted = parse_short(earlier)
    if wanted is None:
        try:
            note = Note.parse(earlier.encode()) if "\n\n" in earlier else None
            return _continues(vault, Checkpoint.parse(note.text if note else earlier))
        except (NoteMalformed, UnicodeEncodeError):
            return "that is not a checkpoint"
    size, digits = wanted
    if size > vault.size:
        return _cut(size, vault.size)
    try:
        root = vault.tree().root_at(size)
    except VaultError as error:
        return f"history cannot be read: {error}"
    if root.hex()[:SHORT_DIGITS] != digits:
        return _rewritten(size)
    return _continues(vault, Checkpoint(vault.origin, size, root))


def _cut(then: int, now: int) -> str:
    return f"history was cut: it had {then} entries then and has {now} now"


def _rewritten(size: int) -> str:
    return f"history was rewritten: its first {size} entries are not those of then"


def _continues(vault: Vault, earlier: Checkpoint) -> str:
    if earlier.origin != vault.origin:
        return "that checkpoint is another vault's"
    if earlier.size > vault.size:
        return _cut(earlier.size, vault.size)
    try:
        root = vault.tree().root_at(earlier.size)
        proof = vault.tree().consistency_proof(earlier.size, vault.size)
    except VaultError as error:
        return f"history cannot be read: {error}"
    now = vault.head.edge.root()
    holds = verify_consistency(earlier.size, vault.size, earlier.root, now, proof)
    return "" if root == earlier.root and holds else _rewritten(earlier.size)


def officer_name(origin: str, officer: bytes) -> str:
    """The name under which an officer signs notes."""
    return f"{origin}/officer/{officer.hex()}"


def signed(vault: Vault, timestamp: int) -> Note:
    """The journal's checkpoint now, signed by the officer and twice by the log keys.

    `timestamp` is seconds since 1970. Raises `SealBroken` where the log keys do not open.
    """
    checkpoint = vault.checkpoint()
    ed25519, mldsa = vault.log_keys()
    text = checkpoint.text()
    return Note(
        text,
        (
            sign_ed25519(text, vault.origin, ed25519),
            cosign_mldsa44(checkpoint, vault.origin, mldsa, timestamp),
            sign_ed25519(text, officer_name(vault.origin, vault.signer.officer), vault.signer.key),
        ),
    )


def short_note(note: Note) -> Note:
    """The checkpoint as proofs repeat it: with the log's own short signature alone."""
    return Note(note.text, note.signatures[:1])


def log_note(note: Note) -> Note:
    """The checkpoint as a witness gives it back: with both signatures of the log, and no
    officer's.
    """
    return Note(note.text, note.signatures[:2])


def log_verifiers(vault: Vault) -> tuple[Ed25519Verifier, MLDSA44Cosigner]:
    """The public halves of the log keys."""
    ed25519, mldsa = vault.log_keys()
    return _ed25519(vault.origin, ed25519), MLDSA44Cosigner(
        vault.origin, mldsa.public_key().public_bytes_raw()
    )


def _ed25519(name: str, key: Ed25519PrivateKey) -> Ed25519Verifier:
    return Ed25519Verifier(name, key.public_key().public_bytes_raw())


def fingerprint(verifiers: tuple[Verifier, ...]) -> str:
    """What a stranger must know of the log keys: SHA-256 over their vkeys, a line each,
    of it the first 32 hex digits in groups of four.
    """
    digest = hashlib.sha256("".join(f"{v.vkey()}\n" for v in verifiers).encode()).hexdigest()
    return grouped(digest)


def grouped(digest: str) -> str:
    """The fingerprint that is the beginning of a SHA-256 in hex."""
    return " ".join(digest[i : i + 4] for i in range(0, 32, 4))


def digits(told: str) -> str:
    """What somebody typed of a fingerprint that was told, without what stands between groups."""
    return "".join(told.lower().replace("-", " ").split())
