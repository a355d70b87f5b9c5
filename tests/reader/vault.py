"""Opening a vault and reading its strands: section 5."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tests.reader import acts, schema, slots
from tests.reader.acts import Entry
from tests.reader.basics import (
    Broken,
    Fault,
    Refused,
    associated,
    kdf,
    number,
    unsealed,
)


class Vault:
    """A vault that a secret opened.

    `cheap` lifts the lower bound of section 4, as tests have it. Refused where nothing can be
    read; whatever else does not hold is a fault and is gathered by `verify`.
    """

    def __init__(self, path: Path, secret: slots.Secret, *, cheap: bool = False) -> None:
        self.cheap = cheap
        try:
            self.db = schema.connected(path)
            try:
                self._open(secret)
            except BaseException:
                self.db.close()
                raise
        except sqlite3.DatabaseError:
            raise Refused("the file is damaged") from None
        except Broken as broken:
            raise Refused(f"the slot {broken}") from None

    def _open(self, secret: slots.Secret) -> None:
        rows = self.db.execute("SELECT vault, log_keys, failures, checksum FROM vault").fetchall()
        if len(rows) != 1 or not all(isinstance(value, bytes) for value in rows[0]):
            raise Refused("the row of the vault is not there")
        self.id, self.log_keys, self.failures, self.checksum = rows[0]
        found = self.db.execute("SELECT id, kdf, tag, sealed, wrapped FROM slot ORDER BY id")
        self.slots = [slots.Slot(*row) for row in found]
        for slot in self.slots:
            parts = (slot.id, slot.tag, slot.sealed, slot.wrapped)
            if not isinstance(slot.kdf, str) or not all(isinstance(p, bytes) for p in parts):
                raise Refused("a slot is of other types")
        self.slot, stretched = slots.find(self.slots, secret, self.cheap)
        self.holder = slots.opened(self.id, self.slot, stretched)
        self.key = self.holder.vault_key(self.id, self.slot)
        self._keys: dict[bytes, bytes] = {}

    def __enter__(self) -> Vault:
        return self

    def __exit__(self, *_: object) -> None:
        self.db.close()

    @property
    def origin(self) -> str:
        return f"secterm/{self.id.hex()}"

    def subkey(self, label: str) -> bytes:
        return kdf(self.key, label.encode(), self.id)

    def head(self) -> tuple[int, int, bytes, list[bytes]]:
        """Size, mark, outside digest and hashes; Broken where the head does not open."""
        rows = self.db.execute("SELECT sealed FROM head").fetchall()
        if len(rows) != 1 or not isinstance(rows[0][0], bytes):
            raise Broken("is not there")
        plain = unsealed(self.subkey("head"), associated(self.id, "head.sealed"), rows[0][0])
        size = number(plain[:8])
        if len(plain) != 48 + 32 * size.bit_count():
            raise Broken("has another number of hashes")
        hashes = [plain[at : at + 32] for at in range(48, len(plain), 32)]
        return size, number(plain[8:16]), plain[16:48], hashes

    def strand_key(self, strand: bytes) -> bytes:
        """The dossier key of a strand; Broken where it does not open or was erased."""
        if strand not in self._keys:
            row = self.db.execute("SELECT key FROM dossier WHERE id = ?", (strand,)).fetchone()
            if row is None or not isinstance(row[0], bytes):
                raise Broken("has no key")
            label = "vault entries" if strand == self.id else "dossier keys"
            data = associated(self.id, "dossier.key", strand)
            self._keys[strand] = unsealed(self.subkey(label), data, row[0], 32)
        return self._keys[strand]

    def plain(self, number: int, strand: bytes, sealed: bytes) -> bytes:
        """An entry's bytes; Broken where it does not open."""
        data = associated(self.id, "entry.sealed", strand, number)
        return unsealed(kdf(self.strand_key(strand), b"entry"), data, sealed)

    def card(self, strand: bytes, sealed: bytes) -> bytes:
        """A card's bytes; Broken where it does not open."""
        data = associated(self.id, "dossier.card", strand)
        return unsealed(kdf(self.strand_key(strand), b"card"), data, sealed)

    def draft(self, strand: bytes, sealed: bytes) -> bytes:
        """A draft's bytes; Broken where it does not open."""
        data = associated(self.id, "draft.sealed", strand)
        return unsealed(kdf(self.strand_key(strand), b"draft"), data, sealed)

    def sheet(self, place: int, sealed: bytes) -> bytes:
        """A sheet's bytes; Broken where it does not open."""
        data = associated(self.id, "sheet.sealed", b"", place)
        return unsealed(self.subkey("sheets"), data, sealed)

    def strand(self, strand: bytes, known: dict[str, dict], faults: list[Fault]) -> list[Entry]:
        """The entries of a strand that can be read, by number; a fault for each other one."""
        return [*self._strand(strand, known, faults)]

    def _strand(
        self, strand: bytes, known: dict[str, dict], faults: list[Fault]
    ) -> Iterator[Entry]:
        rows = self.db.execute(
            "SELECT number, sealed FROM entry WHERE dossier = ? ORDER BY number", (strand,)
        )
        for at, sealed in rows.fetchall():
            try:
                self.strand_key(strand)
            except Broken:
                return  # told once, of the strand's row
            try:
                yield acts.read(at, strand, self.plain(at, strand, sealed), known)
            except (Broken, OverflowError, TypeError) as broken:
                faults.append(Fault("entry", str(at), "sealed", str(broken)))
