"""What an officer does with the vault as a whole: its key, the recovery shares, the
erasure of a dossier; and the recovery itself, for who has shares and no passphrase.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from secterm.desk import audit, cards, passphrases, printing, signing
from secterm.desk.keeping import Keeping, demand_reason
from secterm.desk.model import Clock, now
from secterm.desk.recording import Recorder, officer_name
from secterm.desk.registry import Erasure, read_registry
from secterm.dossier import entries as acts
from secterm.dossier.demands import NotAllowed, require
from secterm.host import doctor, machine
from secterm.host.machine import Machine
from secterm.vault import checkpoints, kdf, shares
from secterm.vault.errors import ShareRefused, VaultDamaged, WrongPassphrase
from secterm.vault.shares import Collected
from secterm.vault.signer import Signer
from secterm.vault.vault import Vault
from secterm.words import _


@dataclass(frozen=True)
class Shares:
    """Recovery shares that were drawn, and open nothing until they are adopted."""

    needed: int
    words: tuple[str, ...] = field(repr=False)  # 33 words each
    secret: bytes = field(repr=False)


SHEET: Final = "sheet."  # where faults of sheets are


class Upkeep(Keeping):
    """What an officer does with the vault as a whole."""

    # -- the vault's key ----------------------------------------------------

    def rekey(
        self, reason: str, progress: Callable[[int, int], None] = lambda done, total: None
    ) -> None:
        """A new vault key: whoever has an old copy of a slot reads nothing of the vault with it.

        All passphrases, key files and recovery shares stay. The vault is verified first,
        because the new key goes to whom its entries name. `progress` is told how much is
        done and of how much; it may raise to give up, and nothing has happened. Raises
        `VaultDamaged` where the vault does not hold; sheets may be damaged, as all of them go.
        """
        demand_reason(reason)
        self._may("manage")
        size = self._vault.size
        checked = audit.report(
            self._vault, self._registry, lambda done, _of: progress(done, 2 * size), ""
        )
        for fault in checked.faults:
            where, _colon, what = fault.partition(": ")
            if not where.startswith(SHEET):
                raise VaultDamaged(where, what)
        holders = dict(self._registry.holders())
        if sorted(self._vault.slot_digests()) != sorted(holders):
            raise VaultDamaged("slot", "the slots are not those of the entries")
        with self._record() as record:
            record.vault(self._vault.id, acts.Rekeyed(reason=reason))
            self._vault.rekey(
                record.work,
                holders,
                lambda done, of: progress(size + size * done // max(of, 1), 2 * size),
            )
        self._sheets.forget()  # they were sealed under the key before

    # -- recovery ---------------------------------------------------------

    def draw_shares(self, needed: int, count: int) -> Shares:
        """Recovery shares to be written down; they open nothing until `adopt_shares`.

        Whole: 1 of 1; else 2 to 16 of up to 16. Raises NotAllowed.
        """
        self._may("manage")
        secret = os.urandom(kdf.KEY_SIZE)
        try:
            return Shares(needed, shares.split(secret, needed, count), secret)
        except ValueError:
            raise NotAllowed(
                _("Either one whole share, or at least 2 needed of at most 16.")
            ) from None

    def adopt_shares(self, drawn: Shares) -> None:
        """The vault can be recovered with these shares from now on; earlier ones are void."""
        before = self._registry.recovery
        with self._record() as record:
            who = record.work.add_recovery(drawn.secret, Signer.new())
            if before is not None:
                record.work.remove_slot(before.made.slot)
            made = acts.RecoveryMade(
                recovery=who.officer.hex(),
                public_key=who.public_key.hex(),
                sealing_key=who.sealing_key.hex(),
                slot=who.slot,
                needed=drawn.needed,
                shares=len(drawn.words),
            )
            record.vault(self._vault.id, made)
        self._read_again()

    def print_sheets(self, needed: int, count: int, place: printing.Place) -> printing.Put:
        """A sheet for each custodian to write their recovery share on; no word is on it.

        Raises `NotPrinted`. Nothing is recorded.
        """
        self._may("manage")
        made = printing.sheets(
            needed,
            count,
            unit=self.unit,
            vault=self._vault.id.hex(),
            checkpoint=checkpoints.short(self._vault.checkpoint()),
            pack=self._registry.pack,
            on=self._watch.today,
        )
        return place.take(made, "recovery-sheets")

    @property
    def shares_made(self) -> tuple[str, int, int] | None:
        """When the recovery shares were made, how many are needed, and of how many."""
        found = self._registry.recovery
        return (found.at, found.made.needed, found.made.shares) if found else None

    @property
    def recovered(self) -> tuple[str, ...]:
        """What every officer must know until new shares are made, a sentence a recovery."""
        return tuple(recovered.told() for recovered in self._registry.recoveries_told())

    # -- erasure ----------------------------------------------------------

    def erase(self, id: str, reason: str, second: Signer) -> None:
        """Destroys a dossier's key and all that it sealed; the journal still verifies.

        The reason stays, so it must not say who it was. Raises NotAllowed, `SameOfficer`.
        """
        self.demand_nameless(id, reason)
        names = self._shelf.identifying(id)
        if id not in self._shelf.ids():
            raise NotAllowed(_("There is no dossier with this id."))
        number = self._propose(acts.Proposed(what="erase", about=id, reason=reason), second)
        self._forget(names)
        with self._record(second) as record:
            had = self._vault.entries_digest(bytes.fromhex(id))
            erased = acts.Erased(dossier=id, entries=had, reason=reason, proposed=number)
            record.vault(self._vault.id, erased)
            record.work.erase(bytes.fromhex(id))
        self._read_again()
        self._sheets.forget()  # they went with it
        self._index.note(cards.erased(id, self._registry.erased[id].at))

    def demand_nameless(self, id: str, reason: str) -> None:
        """Raises NotAllowed where the reason for erasing a dossier tells whose it is."""
        demand_reason(reason)
        for told in self._shelf.identifying(id):
            require(
                not tells(reason, told),
                _("The reason stays in the journal. Leave out the name and the identity number."),
            )

    def _forget(self, names: list[str]) -> None:
        """What tells these names, and is no dossier's own, does not any more."""

    def erasure(self, id: str) -> Erasure | None:
        """When, by which entry and why this dossier was erased; None where it was not."""
        return self._registry.erased.get(id)


def tells(text: str, told: str) -> bool:
    """Whether a text has this name or number in it, as words of their own."""
    name = re.escape(kdf.login_of(told))
    return re.search(rf"(?<!\w){name}(?!\w)", kdf.login_of(text)) is not None


def recover(
    path: Path,
    collected: Collected,
    name: str,
    passphrase: str,
    *,
    key_file: bytes = b"",
    clock: Clock = now,
    host: Machine | None = None,
) -> None:
    """Opens a vault with recovery shares and makes a new administrator, nothing else.

    Raises `ShareRefused` (kind `useless`: they do not open this vault),
    `WeakPassphrase`, NotAllowed for a name that is taken, ClockIsBehind, or as
    `Desk.open`.
    """
    host = host or machine.here
    doctor.demand(host, path)
    name = signing.one_line(name)
    officer_name(name)
    try:
        vault = Vault.recover(path, collected.secret())
    except WrongPassphrase:
        raise ShareRefused("useless") from None
    try:
        registry = read_registry(vault, recovering=True)
        doctor.demand(host, path, registry.pack.head.host)
        keeping = Keeping(vault, registry, clock)
        keeping.demand_free_name(name)
        passphrases.demand(passphrase, (registry.unit, name))
        at = keeping._watch.read()
        with vault.transaction() as work:
            record = Recorder(work, vault.signer.officer, at, "administrator")
            added = work.add_slot(name, passphrase, vault.slot_cost(), Signer.new(), key_file)
            record.vault(vault.id, acts.Recovered(officer=added.officer.hex()))
            record.officer(vault.id, added, name, "administrator")
    finally:
        vault.close()
