"""Checks what an archive's manifest says of its members, and who signed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from secterm.archive.context import Context
from secterm.archive.members import (
    FORMAT,
    MANIFEST,
    SIGNATURE,
    Manifest,
    ManifestSignature,
    decoded,
)
from secterm.archive.sums import differences
from secterm.vault.records import unhexed


class _Head(msgspec.Struct):
    """What a manifest of every format says."""

    format: int


def other_format(top: Mapping[str, bytes]) -> int | None:
    """The format that the manifest among these members names, where it is not ours."""
    try:
        told = msgspec.json.decode(top.get(MANIFEST, b""), type=_Head).format
    except (ValueError, RecursionError):
        return None
    return told if told != FORMAT else None


def read_manifest(top: Mapping[str, bytes]) -> Manifest | None:
    """The manifest among these members, None where there is none of this format."""
    try:
        return decoded(top.get(MANIFEST, b""), Manifest)
    except ValueError:
        return None


def member_faults(manifest: Manifest, digests: Mapping[str, str]) -> Iterator[str]:
    """Whether just these members are there; `digests` maps name to SHA-256, in order, of what
    stands in no folder, and of each folder's list.
    """
    there = {name: digest for name, digest in digests.items() if name not in (MANIFEST, SIGNATURE)}
    yield from differences(MANIFEST, manifest.files, there)
    if list(digests)[-2:] != [MANIFEST, SIGNATURE]:
        yield f"{MANIFEST}: does not come last"


def signature_faults(
    manifest: Manifest, top: Mapping[str, bytes], context: Context
) -> Iterator[str]:
    """Whether the manifest is about this checkpoint, and by the officer who signed both."""
    point = context.checkpoint
    told = (manifest.origin, manifest.size, manifest.root)
    if told != (point.origin, point.size, point.root.hex()):
        yield f"{MANIFEST}: names another checkpoint"
    if created_at(manifest) != context.signed_at:
        yield f"{MANIFEST}: names another time than that of the checkpoint's signature"
    try:
        signed = decoded(top.get(SIGNATURE, b""), ManifestSignature)
        by = context.officers[signed.officer]
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(by.public_key))
        key.verify(unhexed(signed.signature), top[MANIFEST])
    except (KeyError, ValueError, InvalidSignature):
        yield f"{SIGNATURE}: the officer's signature does not hold"
        return
    if {signed.officer, context.signer} != {manifest.officer} or by.public_key != signed.public_key:
        yield f"{SIGNATURE}: is by another officer than checkpoint and manifest name"
    short, long = (verifier.public_key for verifier in context.log)
    try:
        over = top[MANIFEST]
        Ed25519PublicKey.from_public_bytes(short).verify(unhexed(signed.log_ed25519), over)
        MLDSA44PublicKey.from_public_bytes(long).verify(unhexed(signed.log_mldsa44), over)
    except (ValueError, InvalidSignature):
        yield f"{SIGNATURE}: is not signed by both keys in log-keys"


def created_at(manifest: Manifest) -> int | None:
    """When the archive was made, in seconds since 1970; None where that is no time."""
    try:
        at = datetime.fromisoformat(manifest.created)
    except ValueError:
        return None
    return int(at.timestamp()) if at.tzinfo is not None else None
