"""What an officer does with officers: who they are, their roles, passphrases and
slots. What takes two persons is proposed by the first and signed by the second.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from secterm.desk import passphrases, signing
from secterm.desk.cards import Card
from secterm.desk.index import Index
from secterm.desk.model import Clock, ClockIsBehind, SameOfficer
from secterm.desk.recording import Recording, Together, officer_name
from secterm.desk.registry import Officer, Registry, read_registry
from secterm.desk.sheets import Sheets
from secterm.desk.shelf import Shelf
from secterm.desk.watch import Watch
from secterm.dossier import entries as acts
from secterm.dossier import roles
from secterm.dossier.demands import NotAllowed, a_text, legible, require
from secterm.dossier.entries import Role, VaultEntry
from secterm.dossier.roles import Power
from secterm.vault import kdf
from secterm.vault.errors import VaultDamaged, VaultError, WrongPassphrase
from secterm.vault.signer import Signer
from secterm.vault.vault import Vault
from secterm.words import _


class Keeping:
    """An unlocked vault and the officer who unlocked it, and what they do with officers."""

    def __init__(self, vault: Vault, registry: Registry, clock: Clock) -> None:
        self._vault = vault
        self._registry = registry
        last = datetime.fromtimestamp(vault.head.mark).astimezone()
        self._watch = Watch(clock, last)
        self._together: Together | None = None
        self._shelf = Shelf(vault, registry, self._settle)
        self._sheets = Sheets(vault)
        self._index = Index(
            lambda today: self._shelf.sheets(today, self._sheets), lambda: self._shelf.count()
        )

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

    def officer_name(self, id: str, at: int | None = None) -> str:
        """An officer's name, or their id where nobody has it.

        `at`: as it was when the journal had this many entries, else as it is now.
        """
        return self._registry.name(id, at) or id

    def may(self, power: Power) -> bool:
        """Whether the officer who unlocked has this power."""
        return roles.may(self.officer.role, power)

    # -- officers ---------------------------------------------------------

    def add_officer(
        self, name: str, passphrase: str, role: Role = "officer", *, key_file: bytes = b""
    ) -> Officer:
        """A further officer. Raises `WeakPassphrase`, or NotAllowed for a name that is taken."""
        name = signing.one_line(name)
        self.demand_free_name(name)
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
        self.demand_free_name(name, of=id)
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
        demand_reason(reason)
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
        demand_reason(reason)
        slot = officer.history.slot
        if [digest for digest, _key in self._registry.holders()].count(slot) > 1:
            raise VaultDamaged("slot", "two officers' entries name the same")
        proposed = self._proposed("disable", officer, reason, second)
        with self._record(second if proposed else None) as record:
            record.vault(bytes.fromhex(id), acts.OfficerDisabled(reason=reason, proposed=proposed))
            record.work.remove_slot(slot)
        self._read_again()
        self._dismiss(id)

    def _dismiss(self, officer: str) -> None:
        """What a disabled officer left unfinished is nobody's now."""

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

    # -- slots ------------------------------------------------------------

    def _raise_cost(self, passphrase: str) -> bool:
        """The slot's key takes longer to derive, where this machine or the policy can have
        it; whether it was made so.
        """
        opened = self._vault.opened
        if opened is None or self._watch.behind is not None or self._vault.doubts:
            return False
        cost = kdf.Spec.parse(opened.slot.kdf).cost
        least = self._registry.pack.head.passphrase_memory * kdf.MIB
        raised = kdf.raised(cost, opened.seconds, least)
        if raised == cost:
            return False
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
            return False  # a full disk or too little memory must not keep an officer out
        return True

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

    # -- recording --------------------------------------------------------

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """What is recorded of dossiers within becomes durable in the end, in one transaction;
        where something else is recorded, or another officer signs, what was before it does first.
        Where it fails, nothing of what was not yet durable has happened.
        """
        before = self._vault.size
        self._together = Together(self._vault, lambda: self._not_recorded(before))
        try:
            yield
            self._settle()
        except BaseException:
            self._together.leave()
            raise
        finally:
            self._together = None

    def _settle(self) -> None:
        """What was recorded so far is durable."""
        if self._together is not None:
            self._together.commit()

    def _record(self, signer: Signer | None = None, *, joins: bool = False) -> Recording:
        if not joins:
            self._settle()
        who = signer or self._vault.signer
        officer = self._registry.known(who)
        before = self._vault.size
        return Recording(
            self._vault,
            who,
            officer.role,
            self._watch.read(),
            lambda: self._not_recorded(before),
            self._together if joins else None,
        )

    def _not_recorded(self, before: int) -> None:
        """What was about to be recorded, when the journal had so many entries, was not."""
        self._shelf.clear()
        self._index.clear()
        if self._vault.size != before:  # the disk took it, although it told of trouble
            with contextlib.suppress(VaultError):
                self._read_again()

    def _note(self, card: Card) -> None:
        """A dossier's card is another now."""
        self._index.note(card)
        self._sheets.note(card.id)

    def keep_sheets(self, seconds: float) -> bool:
        """Goes on for about so long at writing sheets, from which the next unlocking reads the
        list; whether there is nothing more to do. Of whoever may not record nothing is written.
        """
        if not self.may("record") or self._vault.doubts:
            return True
        try:
            read = self._index.read(self._watch.today, seconds)
        except VaultError:  # told to whoever reads the list
            return True
        return read and self._sheets.write(seconds, len(self._index), self._index.latest)

    def _read_again(self) -> None:
        self._registry = read_registry(self._vault)
        self._shelf = Shelf(self._vault, self._registry, self._settle)

    def _may(self, power: Power, who: Signer | None = None) -> None:
        officer = self._registry.known(who or self._vault.signer)
        require(roles.may(officer.role, power), roles.not_your_role(officer.role))

    def _active(self, id: str) -> Officer:
        found = self._registry.officers.get(id)
        if found is None or not found.active:
            raise NotAllowed(_("There is no such officer."))
        return found

    def demand_free_name(self, name: str, of: str = "") -> None:
        """Raises NotAllowed where the name cannot be an officer's, or is another's than `of`'s."""
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


def demand_reason(reason: str) -> None:
    """Raises NotAllowed unless it says something that can be shown."""
    a_text(reason, _("The reason"))
    require(legible(reason), _("The reason holds what cannot be shown."))
