"""Checks one strand of an archive, a dossier's or an officer's: every entry opens to what
is shown, stands in the journal, and was signed by who recorded it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from secterm.archive.context import Context
from secterm.archive.members import KeyFile, decoded
from secterm.archive.proven import Unproven, check_proofs
from secterm.vault import keys
from secterm.vault.errors import VaultError
from secterm.vault.merkle import leaf_hash
from secterm.vault.seal import unseal

Files: TypeAlias = Mapping[str, bytes]
Plain: TypeAlias = tuple[int, bytes]  # an entry that holds: its number and its JSON

# What values of a right type but without sense can raise where they are reckoned with.
SENSELESS: Final = (ValueError, ArithmeticError, LookupError, RecursionError)

_ENTRY: Final = re.compile(r".*/entries/([0-9]+)\.[a-z-]+", re.ASCII)


class _ByWhom(msgspec.Struct):
    """What every entry says, on whatever strand."""

    officer: str


def check_strand(context: Context, folder: str, files: Files, faults: list[str]) -> list[Plain]:
    """The entries under one folder, such as `dossiers/ID`, that hold; adds to `faults`."""
    try:
        key = decoded(files[f"{folder}/key.json"], KeyFile)
        id, secret = bytes.fromhex(key.dossier), bytes.fromhex(key.key)
    except (KeyError, ValueError):
        faults.append(f"{folder}/key.json: is missing or not of this format")
        return []
    if key.dossier != folder.rsplit("/", 1)[1] or key.vault != context.vault.hex():
        faults.append(f"{folder}/key.json: is another's")
    if keys.commitment(secret).hex() != key.commitment:
        faults.append(f"{folder}/key.json: the key is not the committed one")
        return []
    found = {int(m.group(1)) for m in map(_ENTRY.fullmatch, files) if m}
    good: list[Plain] = []
    for number in sorted(found):
        try:
            good.append((number, _proven(context, f"{folder}/entries/{number}", files, id, secret)))
        except Unproven as unproven:
            faults.append(str(unproven))
    return good


def _proven(context: Context, name: str, files: Files, id: bytes, secret: bytes) -> bytes:
    """An entry's JSON, when it is what was sealed and stands in the journal."""
    for ending in ("json", "sealed"):
        if f"{name}.{ending}" not in files:
            raise Unproven(f"{name}.{ending}: is missing")
    shown, sealed = files[f"{name}.json"], files[f"{name}.sealed"]
    number = int(name.rsplit("/", 1)[1])
    try:
        opened = unseal(keys.entry_key(secret), keys.entry_place(context.vault, id, number), sealed)
    except VaultError:
        raise Unproven(f"{name}.sealed: does not open") from None
    if opened != shown:
        raise Unproven(f"{name}.json: is not what was sealed")
    try:
        officer = msgspec.json.decode(shown, type=_ByWhom).officer
    except (ValueError, RecursionError):
        raise Unproven(f"{name}.json: is not of this format") from None
    leaf = leaf_hash(keys.leaf(id, keys.commitment(secret), sealed))
    check_proofs(context, name, files, leaf, officer)
    return shown
