"""What an officer does with the vault itself and not with one appointee: officers
and their roles, passphrases and slots, the vault's key, recovery shares, and the
erasure of a dossier. What takes two persons is proposed by the first and signed
by the second.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from secterm.desk import audit, passphrases, signing
from secterm.desk.model import Clock, ClockIsBehind, SameOfficer, now
from secterm.desk.recording import Recorder, Recording, not_your_role, officer_name
from secterm.desk.registry import Erasure, Officer, Registry, read_registry
from secterm.desk.shelf import Shelf
from secterm.desk.watch import Watch
from secterm.dossier import entries as acts
from secterm.dossier import roles
from secterm.dossier.demands import NotAllowed, a_text, legible, require
from secterm.dossier.entries import Role, VaultEntry
from secterm.dossier.roles import Power
from secterm.vault import kdf, shares
from secterm.vault.errors import ShareRefused, VaultDamaged, VaultError, WrongPassphrase
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


class Keeping:
    """An unlocked vault and the officer who unlocked it, and what they do with it."""

    def __init__(self, vault: Vault, registry: Registry, clock: Clock) -> None:
        self._vault = vault
        self._registry = registry
        last = datetime.fromtimestamp(vault.head.mark).astimezone()
        self._watch = Watch(clock, last)
        self._shelf = Shelf(vault, registry)

    # -- who and what -----------------------------------------------------

    @property
    def unit(self) -> str:
        """The unit whose vault this is."""
        return self._registry.unit

    @property
    def officer(self) -> Officer:
        """The officer who unlocked."""
        return self._registry.officers[self._vault.signer.officer.hex()]

    def officers(self) -> tuple[Officer, ...]:
        """All officers, in the order they joined; also those who were disabled since."""
        return tuple(self._registry.officers.values())

    def officer_entries(self, id: str) -> list[tuple[int, VaultEntry]]:
        """What happened to an officer, in order: each entry's number, and the entry."""
        require(id in self._registry.officers, _("There is no such officer."))
        found = self._vault.entries(bytes.fromhex(id))
        return [(number, acts.decode_vault(plain)) for number, plain in found]

    def officer_name(self, id: str) -> str:
        """An officer's name, or their id where nobody has it."""
        known = self._registry.officers.get(id)
        return known.name if known else id

    def may(self, power: Power) -> bool:
        """Whether the officer who unlocked has this power."""
        return roles.may(self.officer.role, power)

    # -- officers ---------------------------------------------------------

    def add_officer(
        self, name: str, passphrase: str, role: Role = "officer", *, key_file: bytes = b""
    ) -> Officer:
        """A further officer. Raises `WeakPassphrase`, or NotAllowed for a name that is taken."""
        name = signing.one_line(name)
        self._name(name)
        require(role in roles.ROLES, _("There is no such role."))
        passphrases.demand(passphrase, (self.unit, name))
        with self._record() as record:
            added = record.work.add_slot(
                name, passphrase, self._vault.slot_cost(), Signer.new(), key_file
            )
            record.officer(self._vault.id, added, name, role)
        self._read_again()
        return self._registry.officers[added.officer.hex()]

    def rename_officer(
        self, id: str, name: str, passphrase: str, *, key_files: Sequence[bytes] = ()
    ) -> Officer:
        """Another name for an officer, whose passphrase this is: their slot is made anew.

        Raises `WrongPassphrase`, or NotAllowed for a name that is taken.
        """
        name, officer = signing.one_line(name), self._active(id)
        if name == officer.name:
            raise NotAllowed(_("That is their name already."))
        self._name(name, of=id)
        self._may("manage")
        who = self._identify(officer, passphrase, key_files)
        self._renew(who, name, passphrase, lambda slot: acts.OfficerRenamed(name=name, slot=slot))
        return self._registry.officers[id]

    def change_passphrase(
        self,
        old: str,
        new: str,
        *,
        key_files: Sequence[bytes] = (),
        key_file: bytes | None = None,
    ) -> None:
        """One's own passphrase; and `key_file`, where one is named: 32 bytes, or none (empty).

        Raises `WrongPassphrase`, `WeakPassphrase`.
        """
        who = self._identify(self.officer, old, key_files)
        passphrases.demand(new, (self.unit, self.officer.name))
        if key_file is not None:
            who = replace(who, key_file=key_file)
        self._renew(
            who,
            self.officer.name,
            new,
            lambda slot: acts.SlotRenewed(slot=slot, why="passphrase"),
        )

    def give_role(self, id: str, role: Role, reason: str, second: Signer | None = None) -> Officer:
        """Another role for an officer; a `second` person signs where they were administrator."""
        officer = self._active(id)
        require(role in roles.ROLES, _("There is no such role."))
        require(role != officer.role, _("They have that role already."))
        _reason(reason)
        proposed = self._proposed(role, officer, reason, second)
        with self._record(second if proposed else None) as record:
            given = acts.RoleGiven(role=role, reason=reason, proposed=proposed)
            record.vault(bytes.fromhex(id), given)
        self._read_again()
        return self._registry.officers[id]

    def disable_officer(self, id: str, reason: str, second: Signer | None = None) -> None:
        """An officer's slot opens nothing any more; a `second` signs for an administrator.

        What they signed stays. Raises NotAllowed, for the last administrator above all.
        """
        officer = self._active(id)
        require(
            id != self.officer.id,
            _("Nobody disables themselves: another administrator does it."),
        )
        _reason(reason)
        proposed = self._proposed("disable", officer, reason, second)
        with self._record(second if proposed else None) as record:
            record.vault(bytes.fromhex(id), acts.OfficerDisabled(reason=reason, proposed=proposed))
            record.work.remove_slot(officer.history.slot)
        self._read_again()

    def _proposed(
        self, what: Literal["disable"] | Role, officer: Officer, reason: str, second: Signer | None
    ) -> int:
        """The proposal that takes an administrator's role, where it does; else 0."""
        self._may("manage")
        if officer.role != "administrator":
            return 0
        administrators = [o for o in self._registry.active() if o.role == "administrator"]
        require(
            len(administrators) > 1,
            _("This is the last administrator. Make another one first."),
        )
        if second is None:
            raise NotAllowed(_("For an administrator a second person must agree."))
        require(second.officer.hex() != officer.id, _("Somebody else than themselves must agree."))
        return self._propose(acts.Proposed(what=what, about=officer.id, reason=reason), second)

    def _propose(self, proposal: acts.Proposed, second: Signer) -> int:
        if second.officer == self._vault.signer.officer:
            raise SameOfficer
        self._may("manage")
        self._may("second", second)
        with self._record() as record:
            return record.vault(self._vault.id, proposal)

    def second(
        self,
        officer: str,
        passphrase: str,
        *,
        key_files: Sequence[bytes] = (),
        other_than: str | None = None,
    ) -> Signer:
        """A second officer at the same screen.

        Raises `WrongPassphrase`, NotAllowed where their role is no second's, or
        `SameOfficer` where it is `other_than` (an id), else the one who unlocked.
        """
        signer = self._vault.identify(officer, passphrase, key_files)
        self._may("second", signer)
        first = self._vault.signer.officer.hex() if other_than is None else other_than
        if signer.officer.hex() == first:
            raise SameOfficer
        return signer

    def is_officers_passphrase(self, passphrase: str, key_files: Sequence[bytes] = ()) -> bool:
        """Whether this is the passphrase of the officer who unlocked (wrong ones are counted)."""
        signer = self._vault.identify(self.officer.name, passphrase, key_files)
        return signer.officer == self._vault.signer.officer

    # -- slots and the vault's key ----------------------------------------

    def rekey(
        self, reason: str, progress: Callable[[int, int], None] = lambda done, total: None
    ) -> None:
        """A new vault key: whoever has an old copy of a slot reads nothing of the vault with it.

        All passphrases, key files and recovery shares stay. The vault is verified first,
        because the new key goes to whom its entries name. `progress` is told how much is
        done and of how much; it may raise to give up, and nothing has happened. Raises
        `VaultDamaged` where the vault does not hold.
        """
        _reason(reason)
        self._may("manage")
        size = self._vault.size
        checked = audit.report(
            self._vault, self._registry, lambda done, _of: progress(done, 2 * size), ""
        )
        for fault in checked.faults:
            where, _colon, what = fault.partition(": ")
            raise VaultDamaged(where, what)
        holders = self._registry.holders()
        if sorted(self._vault.slot_digests()) != sorted(holders):
            raise VaultDamaged("slot", "the slots are not those of the entries")
        with self._record() as record:
            record.vault(self._vault.id, acts.Rekeyed(reason=reason))
            self._vault.rekey(
                record.work,
                holders,
                lambda done, of: progress(size + size * done // max(of, 1), 2 * size),
            )

    def _raise_cost(self, passphrase: str) -> None:
        """The slot's key takes longer to derive, where this machine or the policy can have it."""
        opened = self._vault.opened
        if opened is None or self._watch.behind is not None or self._vault.doubts:
            return
        cost = kdf.Spec.parse(opened.slot.kdf).cost
        least = self._registry.pack.head.passphrase_memory * kdf.MIB
        raised = kdf.raised(cost, opened.seconds, least)
        if raised == cost:
            return
        try:
            self._renew(
                self._vault.signer,
                self.officer.name,
                passphrase,
                lambda slot: acts.SlotRenewed(slot=slot, why="cost"),
                raised,
                signer=self._vault.signer,
            )
        except (VaultError, ClockIsBehind):
            return  # a full disk or too little memory must not keep an officer out

    def _renew(
        self,
        who: Signer,
        name: str,
        passphrase: str,
        act: Callable[[str], acts.VaultAct],
        cost: kdf.Cost | None = None,
        signer: Signer | None = None,
    ) -> None:
        """Another slot in the place of the one that `who` opened."""
        cost = cost or self._vault.slot_cost()
        renewed = who
        try:
            with self._record(signer) as record:
                renewed = record.work.add_slot(name, passphrase, cost, who, who.key_file)
                record.work.remove_slot(who.slot)
                record.vault(who.officer, act(renewed.slot))
        finally:  # a commit that told of trouble may have happened all the same
            if renewed.slot in self._vault.slot_digests():
                if who.officer == self._vault.signer.officer:
                    self._vault.take_signer(renewed)
                self._read_again()

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
        _reason(reason)
        for told in self._shelf.identifying(id):
            require(
                not _tells(reason, told),
                _("The reason stays in the journal. Leave out the name and the identity number."),
            )
        number = self._propose(acts.Proposed(what="erase", about=id, reason=reason), second)
        with self._record(second) as record:
            had = self._vault.entries_digest(bytes.fromhex(id))
            erased = acts.Erased(dossier=id, entries=had, reason=reason, proposed=number)
            record.vault(self._vault.id, erased)
            record.work.erase(bytes.fromhex(id))
        self._read_again()

    def erasure(self, id: str) -> Erasure | None:
        """When, by which entry and why this dossier was erased; None where it was not."""
        return self._registry.erased.get(id)

    # -- recording --------------------------------------------------------

    def _record(self, signer: Signer | None = None) -> Recording:
        who = signer or self._vault.signer
        officer = self._registry.known(who)
        before = self._vault.size

        def failed() -> None:
            self._shelf.clear()
            if self._vault.size != before:  # the disk took it, although it told of trouble
                with contextlib.suppress(VaultError):
                    self._read_again()

        return Recording(self._vault, who, officer.role, self._watch.read(), failed)

    def _read_again(self) -> None:
        self._registry = read_registry(self._vault)
        self._shelf = Shelf(self._vault, self._registry)

    def _may(self, power: Power, who: Signer | None = None) -> None:
        officer = self._registry.known(who or self._vault.signer)
        require(roles.may(officer.role, power), not_your_role(officer.role))

    def _active(self, id: str) -> Officer:
        found = self._registry.officers.get(id)
        if found is None or not found.active:
            raise NotAllowed(_("There is no such officer."))
        return found

    def _name(self, name: str, of: str = "") -> None:
        officer_name(name)
        for other in self._registry.active():
            if other.id != of and kdf.login_of(other.name) == kdf.login_of(name):
                raise NotAllowed(
                    _("There is an officer of that name already. Choose another name.")
                )

    def _identify(self, officer: Officer, passphrase: str, key_files: Sequence[bytes]) -> Signer:
        signer = self._vault.identify(officer.name, passphrase, key_files)
        if signer.officer.hex() != officer.id:
            raise WrongPassphrase(1)
        return signer


def _tells(text: str, told: str) -> bool:
    """Whether a text has this name or number in it, as words of their own."""
    name = re.escape(kdf.login_of(told))
    return re.search(rf"(?<!\w){name}(?!\w)", kdf.login_of(text)) is not None


def _reason(reason: str) -> None:
    a_text(reason, _("The reason"))
    require(legible(reason), _("The reason holds what cannot be shown."))


def recover(
    path: Path,
    collected: Collected,
    name: str,
    passphrase: str,
    *,
    key_file: bytes = b"",
    clock: Clock = now,
) -> None:
    """Opens a vault with recovery shares and makes a new administrator, nothing else.

    Raises `ShareRefused` (kind `useless`: they do not open this vault),
    `WeakPassphrase`, NotAllowed for a name that is taken, ClockIsBehind, or as
    `Vault.open`.
    """
    name = signing.one_line(name)
    officer_name(name)
    try:
        vault = Vault.recover(path, collected.secret())
    except WrongPassphrase:
        raise ShareRefused("useless") from None
    try:
        registry = read_registry(vault, recovering=True)
        keeping = Keeping(vault, registry, clock)
        keeping._name(name)
        passphrases.demand(passphrase, (registry.unit, name))
        at = keeping._watch.read()
        with vault.transaction() as work:
            record = Recorder(work, vault.signer.officer, at, "administrator")
            added = work.add_slot(name, passphrase, vault.slot_cost(), Signer.new(), key_file)
            record.vault(vault.id, acts.Recovered(officer=added.officer.hex()))
            record.officer(vault.id, added, name, "administrator")
            work.failures_told = True
    finally:
        vault.close()
