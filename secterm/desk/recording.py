"""One transaction of the desk: entries stamped with one time and one officer,
and what the desk remembers of them once they are committed, not before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from secterm.desk import signing
from secterm.dossier import entries as acts
from secterm.dossier.entries import Entry, VaultAct, VaultEntry
from secterm.vault.records import Signer
from secterm.vault.vault import Transaction, Vault


class Recorder:
    """Entries of one transaction: stamped with the same time and officer."""

    def __init__(self, work: Transaction, officer: bytes, at: datetime) -> None:
        self.work = work
        self.officer_id = officer.hex()
        self.at = at
        self.settled: list[Callable[[], None]] = []
        work.mark = max(work.mark, int(at.timestamp()))

    def append(self, dossier: bytes, entry: Entry | VaultEntry) -> int:
        """An entry of this dossier; its number."""
        return self.work.append(dossier, acts.encode(entry))

    def vault(self, strand: bytes, act: VaultAct) -> None:
        """A vault-level entry, on the vault's own strand or an officer's."""
        self.append(strand, VaultEntry(at=self.at.isoformat(), officer=self.officer_id, act=act))

    def officer(self, vault: bytes, signer: Signer, name: str) -> None:
        """A new officer: an entry of their own, and the vault's that there is one."""
        id = self.work.create_dossier(signer.officer)
        added = acts.OfficerAdded(
            officer=id.hex(), name=signing.one_line(name), public_key=signer.public_key.hex()
        )
        self.vault(id, added)
        self.vault(vault, acts.OfficerJoined(officer=id.hex()))


class Recording:
    """A transaction whose entries the desk's memory follows once it is committed."""

    def __init__(self, vault: Vault, signer: Signer, at: datetime) -> None:
        self._transaction = vault.transaction(signer)
        self._signer = signer
        self._at = at

    def __enter__(self) -> Recorder:
        self._recorder = Recorder(self._transaction.__enter__(), self._signer.officer, self._at)
        return self._recorder

    def __exit__(self, *error: object) -> None:
        self._transaction.__exit__(*error)  # type: ignore[arg-type]
        if error[0] is None:
            for settle in self._recorder.settled:
                settle()
