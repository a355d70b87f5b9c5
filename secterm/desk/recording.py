"""One transaction of the desk: entries stamped with one time and one officer,
and what the desk remembers of them once they are committed, not before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from secterm.desk import signing
from secterm.dossier import entries as acts
from secterm.dossier import roles
from secterm.dossier.demands import LONGEST_LINE, NotAllowed, legible, require
from secterm.dossier.entries import Entry, Particulars, Role, VaultAct, VaultEntry
from secterm.vault.signer import Signer
from secterm.vault.transaction import Transaction
from secterm.vault.vault import Vault
from secterm.words import _


class Recorder:
    """Entries of one transaction: stamped with the same time and officer."""

    def __init__(self, work: Transaction, officer: bytes, at: datetime, role: Role | None) -> None:
        self.work = work
        self.officer_id = officer.hex()
        self._role = role
        self.at = at
        self.settled: list[Callable[[], None]] = []
        self.at_hand: Callable[[], None] = lambda: None  # of the dossier appended to last
        work.mark = max(work.mark, int(at.timestamp()))

    def append(self, dossier: bytes, entry: Entry | VaultEntry) -> int:
        """An entry of this dossier; its number. Raises `NotAllowed` for the officer's role."""
        require(roles.may(self._role, roles.power_for(entry.act)), roles.not_your_role(self._role))
        return self.work.append(dossier, acts.encode(entry))

    def vault(self, strand: bytes, act: VaultAct) -> int:
        """A vault-level entry, on the vault's own strand or an officer's; its number."""
        return self.append(
            strand, VaultEntry(at=self.at.isoformat(), officer=self.officer_id, act=act)
        )

    def officer(self, vault: bytes, signer: Signer, name: str, role: Role) -> None:
        """A new officer: an entry of their own, and the vault's that there is one."""
        id = self.work.create_dossier(signer.officer)
        added = acts.OfficerAdded(
            officer=id.hex(),
            name=signing.one_line(name),
            role=role,
            public_key=signer.public_key.hex(),
            sealing_key=signer.sealing_key.hex(),
            slot=signer.slot,
        )
        self.vault(id, added)
        self.vault(vault, acts.OfficerJoined(officer=id.hex()))


class Recording:
    """A transaction whose entries the desk's memory follows once it is committed."""

    def __init__(
        self,
        vault: Vault,
        signer: Signer,
        role: Role | None,
        at: datetime,
        failed: Callable[[], None],
    ) -> None:
        self._failed = failed
        self._role = role
        self._transaction = vault.transaction(signer)
        self._signer = signer
        self._at = at

    def __enter__(self) -> Recorder:
        work = self._transaction.__enter__()
        self._recorder = Recorder(work, self._signer.officer, self._at, self._role)
        return self._recorder

    def __exit__(self, *error: object) -> None:
        try:
            self._transaction.__exit__(*error)  # type: ignore[arg-type]
        except BaseException:
            self._failed()
            raise
        if error[0] is None:
            self._recorder.at_hand()
            for settle in self._recorder.settled:
                settle()


def officer_name(name: str) -> None:
    """Raises `NotAllowed` unless an officer can be called so."""
    require(bool(name), _("An officer needs a name."))
    fits = legible(name) and len(name) <= LONGEST_LINE
    require(fits, _("The officer's name is too long, or holds what cannot be shown."))


def tidy(who: Particulars) -> Particulars:
    """Particulars with every text on one line, as one person's name is one name."""
    fields = msgspec.structs.asdict(who)
    return msgspec.structs.replace(who, **{k: signing.one_line(v) for k, v in fields.items()})


def as_recorded(entry: Entry) -> Entry:
    """The entry as it will be read back. Raises `NotAllowed` where it would not be."""
    try:
        return acts.decode(acts.encode(entry))
    except (msgspec.MsgspecError, UnicodeEncodeError, OverflowError, TypeError):
        raise NotAllowed(
            _("That cannot be recorded: it is not of the kind that is asked.")
        ) from None
