"""What stands outside the journal and can be read without a key: the vault's
id, its sealed log keys, the slots, the count of failed unlocks. A plain
checksum tells damage from a wrong passphrase; the head's digest, under seal,
tells tampering.
"""

from __future__ import annotations

from dataclasses import dataclass

from secterm.vault import keys, slots
from secterm.vault.errors import VaultDamaged
from secterm.vault.file import VaultFile


@dataclass(frozen=True)
class Outside:
    """What stands outside the journal and can be read without a key."""

    vault: bytes
    log_keys: bytes
    failures: int
    check: bytes
    slots: list[slots.Slot]

    @classmethod
    def read(cls, file: VaultFile) -> Outside:
        """As the rows have it. Raises `VaultDamaged`."""
        t = file.tables
        rows = list(file.rows(t.vault.select()))
        if len(rows) != 1 or rows[0][0] != 1:
            raise VaultDamaged("vault", "its one row is missing")
        _, vault, log_keys, failures, check = rows[0]
        found = [
            slots.Slot(bytes(i), str(k), bytes(g), bytes(s))
            for i, k, g, s in file.rows(t.slot.select())
        ]
        return cls(
            bytes(vault), bytes(log_keys), int.from_bytes(failures, "big"), bytes(check), found
        )

    def digest(self) -> bytes:
        """What the head repeats, 32 bytes."""
        return keys.outside_digest(self.vault, self.log_keys, self.slots)

    def checksum(self, failures: int) -> bytes:
        """What the row's `check` must be with this count of failures, 32 bytes."""
        return keys.outside_digest(self.digest(), failures.to_bytes(4, "big"), ())

    def holds(self) -> bool:
        """Whether the plain checksum fits: no row was damaged since it was written."""
        return self.failures < 2**32 and self.check == self.checksum(self.failures)

    def write(self, file: VaultFile, failures: int) -> None:
        """Writes count and checksum; belongs inside `file.writing()`."""
        file.tables.vault.update(
            failures=failures.to_bytes(4, "big"), checksum=self.checksum(failures)
        ).execute()

    def count_failure(self, file: VaultFile) -> int:
        """Counts one more failed attempt, durably; the count."""
        failures = min(self.failures + 1, 2**32 - 1)
        with file.writing():
            self.write(file, failures)
        return failures
