"""Sheets: bodies that belong to whoever uses the vault, many cards in each, sealed under
the vault key so that a list is read without a dossier's key. They are a cache: what one
says of a dossier is true as long as that has no entry of the sheet's size or above.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import peewee

from secterm.vault import commit, keys
from secterm.vault.errors import SealBroken, VaultDamaged
from secterm.vault.records import COUNT_SIZE
from secterm.vault.seal import NONCE_SIZE, TAG_SIZE, padded_size, seal, unseal
from secterm.vault.tables import LARGEST_INTEGER

if TYPE_CHECKING:
    from secterm.vault.vault import Vault

# Bytes of a body. A thousand cards, each of their lines as long as one is taken and four
# bytes a letter, come to 3.5 MB.
LONGEST: Final = 1 << 22
FEW: Final = 16  # an entry is read from its row in as many times what it takes in an index
LONGEST_SEALED: Final = NONCE_SIZE + padded_size(COUNT_SIZE + LONGEST + 1) + TAG_SIZE


def read(vault: Vault, *, backward: bool) -> Iterator[tuple[int, int, bytes]]:
    """Place, size and body of every sheet that can count, by place; the others are passed over."""
    table = vault.file.tables.sheet
    query = (
        table.select(table.place, table.sealed)
        .where(table.place.between(0, LARGEST_INTEGER))
        .where(peewee.fn.TYPEOF(table.sealed) == "blob")
        .where(peewee.fn.LENGTH(table.sealed) <= LONGEST_SEALED)  # SQLite loads no other
        .order_by(table.place.desc() if backward else table.place)
    )
    with contextlib.suppress(VaultDamaged):  # a verification says where
        for place, sealed in vault.file.rows(query):
            with contextlib.suppress(SealBroken):
                size, body = unsealed(vault, place, sealed)
                if size <= vault.size:
                    yield place, size, body


def touched(vault: Vault, size: int) -> dict[bytes, int]:
    """Each strand with an entry of this number or above: its last entry's number."""
    table = vault.file.tables.entry
    if (vault.size - size) * FEW < vault.size:
        last = table.select(table.dossier, table.number).order_by(table.number)
    else:  # the index of strands, from end to end
        last = table.select(table.dossier, peewee.fn.MAX(table.number)).group_by(table.dossier)
    return dict(vault.file.rows(last.where(table.number >= size)))


def unsealed(vault: Vault, place: int, sealed: bytes) -> tuple[int, bytes]:
    """A row's size and body. Raises `SealBroken`."""
    where = keys.sheet_place(vault.id, place)
    plain = unseal(vault.subkeys.sheets, where, sealed)
    if len(plain) < COUNT_SIZE:
        raise SealBroken(str(where))
    return int.from_bytes(plain[:COUNT_SIZE], "big"), plain[COUNT_SIZE:]


def write(vault: Vault, place: int, body: bytes, size: int | None) -> None:
    """Puts a sheet in this place, in one durable transaction."""
    if vault.doubts:
        return
    if not 0 <= place <= LARGEST_INTEGER or len(body) > LONGEST:
        raise ValueError(f"a place that is none, or more than {LONGEST} bytes")
    table = vault.file.tables.sheet
    with vault.file.writing():
        commit.unchanged(vault, outside=False)
        as_of = vault.size if size is None else size
        if not 0 <= as_of <= vault.size:
            raise ValueError(f"as of {as_of} entries of {vault.size}")
        plain = as_of.to_bytes(COUNT_SIZE, "big") + body
        sealed = seal(vault.subkeys.sheets, keys.sheet_place(vault.id, place), plain)
        if not table.update(sealed=sealed).where(table.place == place).execute():
            table.insert(place=place, sealed=sealed).execute()


def drop(vault: Vault, places: Iterable[int] | None) -> None:
    """Takes sheets away, in one durable transaction."""
    if vault.doubts:
        return
    table = vault.file.tables.sheet
    with vault.file.writing():
        commit.unchanged(vault, outside=False)
        if places is None:
            table.delete().execute()
        for place in places or ():
            table.delete().where(table.place == place).execute()
