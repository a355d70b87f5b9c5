"""Checks the two proofs of an entry: under the archive's checkpoint, and in the tree
that was signed by the officer who recorded it.
"""

from __future__ import annotations

from collections.abc import Mapping

from secterm.archive.context import Context
from secterm.vault.errors import VaultError
from secterm.vault.merkle import verify_inclusion
from secterm.vault.note import TlogProof


class Unproven(Exception):
    """An entry that does not hold; the message says where and what."""


def check_proofs(
    context: Context, name: str, files: Mapping[str, bytes], leaf: bytes, officer: str
) -> None:
    """Both proofs of one entry, such as `dossiers/ID/entries/7`, for its 32-byte leaf hash.

    `officer` is the id of who recorded it, as the entry has it. Raises `Unproven`.
    """
    number, point = int(name.rsplit("/", 1)[1]), context.checkpoint
    where, proof = f"{name}.tlog-proof", _proof(f"{name}.tlog-proof", files)
    if proof != TlogProof(number, proof.path, context.proof_note):
        raise Unproven(f"{where}: is about another entry or checkpoint")
    if not verify_inclusion(leaf, number, point.size, proof.path, point.root):
        raise Unproven(f"{where}: does not lead to the checkpoint")
    where, proof = f"{name}.officer-proof", _proof(f"{name}.officer-proof", files)
    then = proof.checkpoint
    if (
        proof.index != number
        or proof.extra
        or then.origin != point.origin
        or then.extensions
        or not number < then.size <= point.size
    ):
        raise Unproven(f"{where}: is about another entry or journal")
    if context.verifier(officer) is None:
        raise Unproven(f"{where}: the entry is by nobody whom officers.json names")
    if not _signed(context, proof, officer):
        raise Unproven(f"{where}: is not signed by the entry's officer")
    if not verify_inclusion(leaf, number, then.size, proof.path, then.root):
        raise Unproven(f"{where}: does not lead to what the officer signed")


def _proof(where: str, files: Mapping[str, bytes]) -> TlogProof:
    if where not in files:
        raise Unproven(f"{where}: is missing")
    try:
        return TlogProof.parse(files[where])
    except VaultError:
        raise Unproven(f"{where}: is not of this format") from None


def _signed(context: Context, proof: TlogProof, officer: str) -> bool:
    """Whether the note has one signature, and that is this officer's."""
    if proof.note in context.verified:
        return context.verified[proof.note] == officer
    verifier = context.verifier(officer)
    if verifier is None or len(proof.note.signatures) != 1:
        return False
    try:
        signed = verifier.verify(proof.note) is not None
    except (VaultError, ValueError):
        return False
    if signed:
        context.verified.clear()  # entries of one transaction follow each other
        context.verified[proof.note] = officer
    return signed
