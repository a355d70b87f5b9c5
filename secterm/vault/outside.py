"""What stands outside the journal and can be read without a key: the vault's
id, its sealed log keys, the slots, the count of failed unlocks. A plain
checksum tells damage from a wrong passphrase; the head's digest, under seal,
tells tampering.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from secterm.vault import keys
from secterm.vault.errors import (
    VaultBusy,
    VaultDamaged,
    VaultError,
    VaultUnreadable,
    WrongPassphrase,
)
from secterm.vault.file import VaultFile
from secterm.vault.records import ID_SIZE
from secterm.vault.signer import Signer
from secterm.vault.slots import Slot, open_one, open_recovery


@dataclass(frozen=True)
class Opened:
    """A slot that opened, whose it is, and how long its key took to derive."""

    slot: Slot
    signer: Signer
    seconds: float


@dataclass(frozen=True)
class Outside:
    """What stands outside the journal and can be read without a key."""

    vault: bytes
    log_keys: bytes
    failures: int
    check: bytes
    slots: list[Slot]

    @classmethod
    def read(cls, file: VaultFile) -> Outside:
        """As the rows have it. Raises `VaultDamaged`."""
        t = file.tables
        rows = list(file.rows(t.vault.select()))
        if len(rows) != 1 or rows[0][0] != 1:
            raise VaultDamaged("vault", "its one row is missing")
        _, vault, log_keys, failures, check = rows[0]
        if len(vault) != ID_SIZE or len(failures) != 4:
            raise VaultDamaged("vault", "its one row is not of this format")
        found = [Slot(*row) for row in file.rows(t.slot.select())]
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
        return self.check == self.checksum(self.failures)

    def write(self, file: VaultFile, failures: int) -> None:
        """Writes count and checksum; belongs inside `file.writing()`."""
        file.tables.vault.update(
            failures=failures.to_bytes(4, "big"), checksum=self.checksum(failures)
        ).execute()

    def open_slot(
        self, file: VaultFile, login: str, passphrase: str, key_files: Sequence[bytes] = ()
    ) -> Opened:
        """The slot that these open.

        The attempt is counted before the key is derived, and the count taken back
        where it opened: pulling the plug does not save a guess. Raises
        `WrongPassphrase`, `SlotRefused`, `SealBroken`, or `VaultDamaged` where the
        rows are not as they were written.
        """
        return self._open(
            file, lambda: open_one(self.vault, self.slots, login, passphrase, key_files)
        )

    def open_recovery(self, file: VaultFile, secret: bytes) -> Opened:
        """The recovery slot, by the secret (32 bytes) of the shares. Raises as `open_slot`."""
        return self._open(file, lambda: open_recovery(self.vault, self.slots, secret))

    def _open(self, file: VaultFile, derive: Callable[[], tuple[Slot, Signer] | None]) -> Opened:
        holds = self.holds()
        damaged = VaultDamaged("vault and slot", "a row is not as it was written")
        if holds:
            self._try_to_count(file, self.failures + 1)
        began = time.perf_counter()
        try:
            found = derive()
        except VaultError:
            if not holds:
                raise damaged from None
            raise
        if found is None:
            raise WrongPassphrase(self.failures + 1) if holds else damaged
        if holds:
            self._try_to_count(file, self.failures)
        return Opened(*found, time.perf_counter() - began)

    def _try_to_count(self, file: VaultFile, failures: int) -> None:
        """A full disk, or somebody who reads the file meanwhile, must not keep an officer out."""
        with contextlib.suppress(VaultUnreadable, VaultBusy):
            self.count(file, failures)

    def count(self, file: VaultFile, failures: int) -> None:
        """Says durably how many attempts failed. Raises `VaultUnreadable`."""
        with file.writing():  # over the rows as they are now: slots may have changed meanwhile
            Outside.read(file).write(file, min(failures, 2**32 - 1))
