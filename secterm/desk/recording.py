"""One transaction of the desk: entries stamped with one time and one officer,
and what the desk remembers of them once they are committed, not before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
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


class Together:
    """What several recordings leave to one transaction, as long as one officer makes them.
    Before it is committed nothing of it is there; `failed` is told where that does not happen.
    """

    def __init__(self, vault: Vault, failed: Callable[[], None]) -> None:
        self._vault = vault
        self._failed = failed
        self._signer: Signer | None = None
        self._left = False
        self._open: AbstractContextManager[Transaction] | None = None
        self._settled: list[Callable[[], None]] = []

    @contextlib.contextmanager
    def part(self, signer: Signer) -> Iterator[Transaction]:
        """The transaction, for one recording more. Where that fails there is nothing of any, and
        nothing more can be recorded. Raises ValueError then.
        """
        self._goes_on()
        if self._open is not None and self._signer is not signer:
            self.commit()
        if self._open is None:
            self._open, self._signer = self._vault.transaction(signer), signer
            self._work = self._open.__enter__()
        try:
            yield self._work
        except BaseException:
            self.leave()
            raise

    def settle(self, settled: list[Callable[[], None]]) -> None:
        """What is done once all of it is committed."""
        self._settled += settled

    def commit(self) -> None:
        """Makes durable what was recorded so far. Raises as a vault's transaction, or ValueError
        where one recording failed.
        """
        self._goes_on()
        if self._open is None:
            return
        open, self._open = self._open, None
        settled, self._settled = self._settled, []
        try:
            open.__exit__(None, None, None)
        except BaseException:
            self._failed()
            raise
        for settle in settled:
            settle()

    def leave(self) -> None:
        """Nothing of what was not committed happened."""
        self._open, self._settled, self._left = None, [], True
        self._failed()

    def _goes_on(self) -> None:
        if self._left:
            raise ValueError("what was to be recorded together failed")


class Recording:
    """A transaction, or one recording of those that share one, whose entries the desk's memory
    follows once it is committed.
    """

    def __init__(
        self,
        vault: Vault,
        signer: Signer,
        role: Role | None,
        at: datetime,
        failed: Callable[[], None],
        together: Together | None = None,
    ) -> None:
        self._failed = failed
        self._role = role
        self._together = together
        self._transaction = together.part(signer) if together else vault.transaction(signer)
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
            if self._together is not None:
                self._together.settle(self._recorder.settled)
                return
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
