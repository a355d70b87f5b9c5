"""What was left unfinished at a dossier: one sealed row each, under a key of the
dossier's own, so that erasing it takes this too. It is no entry: written over,
taken away, and signed by nobody.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import peewee

from secterm.vault import commit, keys
from secterm.vault.errors import SealBroken, VaultError
from secterm.vault.seal import NONCE_SIZE, TAG_SIZE, padded_size, seal, unseal

if TYPE_CHECKING:
    from secterm.vault.vault import Vault

LONGEST: Final = 1 << 16  # bytes of what is kept; a page of texts comes nowhere near
LONGEST_SEALED: Final = NONCE_SIZE + padded_size(LONGEST + 1) + TAG_SIZE


def read(vault: Vault, dossier: bytes) -> bytes:
    """The dossier's draft; empty for none. Raises `SealBroken` also where it is too long."""
    table, strand = vault.file.tables.draft, vault.file.tables.dossier
    beginning = peewee.fn.SUBSTR(table.sealed, 1, LONGEST_SEALED + 1)  # of whatever length it is
    query = (
        table.select(beginning, strand.key)
        .join(strand, peewee.JOIN.LEFT_OUTER, on=(strand.id == table.dossier))
        .where(table.dossier == dossier)
    )
    for sealed, wrapped in vault.file.rows(query):
        return unsealed(vault, dossier, vault.unwrap(dossier, wrapped), sealed)
    return b""


def unsealed(vault: Vault, dossier: bytes, key: bytes, sealed: object) -> bytes:
    """A row's draft under its dossier's key. Raises `SealBroken`."""
    place = keys.draft_place(vault.id, dossier)
    if not isinstance(sealed, bytes) or len(sealed) > LONGEST_SEALED:
        raise SealBroken(str(place))
    return unseal(keys.draft_key(key), place, sealed)


def keep(vault: Vault, plain: Mapping[bytes, bytes]) -> None:
    """Writes those that are others than what is there, in one durable transaction."""
    if vault.doubts:
        return
    if any(len(text) > LONGEST for text in plain.values()):
        raise ValueError(f"more than {LONGEST} bytes")
    changed = {dossier: text for dossier, text in plain.items() if _kept(vault, dossier) != text}
    sealed = {dossier: _sealed(vault, dossier, text) for dossier, text in changed.items()}
    if not sealed:
        return
    table = vault.file.tables.draft
    with vault.file.writing():
        commit.unchanged(vault, outside=False)
        for dossier, row in sealed.items():
            here = table.dossier == dossier
            if row is None:
                table.delete().where(here).execute()
            elif not table.update(sealed=row).where(here).execute():
                table.insert(dossier=dossier, sealed=row).execute()


def _kept(vault: Vault, dossier: bytes) -> bytes | None:
    """What is there; None where it does not open, and is written over."""
    with contextlib.suppress(VaultError):
        return read(vault, dossier)
    return None


def _sealed(vault: Vault, dossier: bytes, text: bytes) -> bytes | None:
    if not text:
        return None
    key = keys.draft_key(vault.dossier_key(dossier))
    return seal(key, keys.draft_place(vault.id, dossier), text)
