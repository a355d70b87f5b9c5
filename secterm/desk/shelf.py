"""Finds and opens dossiers. Remembers the one at hand; all of them would be the vault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final

import msgspec

from secterm.archive.received import Unfolding
from secterm.desk.cards import DAMAGED, Card, Sheet, broken, card_of, erased, sheets
from secterm.desk.model import Dossier
from secterm.desk.registry import Registry
from secterm.desk.sheets import Sheets
from secterm.dossier import entries as acts
from secterm.dossier.entries import Numbered, PackRef
from secterm.dossier.fold import EntryOutOfPlace, State, fold
from secterm.dossier.gates import Standing, standing
from secterm.dossier.permit import NotAllowed
from secterm.policy.model import Pack
from secterm.vault.errors import VaultError
from secterm.vault.records import ID_SIZE
from secterm.vault.vault import Vault
from secterm.words import _

# What a dossier that was damaged or tampered with may raise when it is opened.
BROKEN: Final = (
    VaultError,
    NotAllowed,
    EntryOutOfPlace,
    msgspec.DecodeError,
    LookupError,
    ArithmeticError,
    RecursionError,
    ValueError,
)

AT_ONCE: Final = 64  # cards read one by one, until there is time for something else
SHORTEST_NAME: Final = 3  # letters of a word that says who it is


class Shelf:
    """The dossiers of an unlocked vault."""

    def __init__(
        self, vault: Vault, registry: Registry, settle: Callable[[], None] = lambda: None
    ) -> None:
        self._vault = vault
        self._registry = registry
        self._settle = settle  # what was recorded and is not durable yet, before it is read
        self._at_hand: tuple[str, State, list[Numbered]] | None = None
        self._stands: tuple[State, date, Standing] | None = None

    def clear(self) -> None:
        """Forgets the dossier at hand."""
        self._at_hand = self._stands = None

    def ids(self) -> list[str]:
        """The ids of all dossiers but the erased, 32 hex digits each."""
        others = {*self._registry.strands, *self._registry.erased}
        return [id.hex() for id in self._vault.dossiers() if id.hex() not in others]

    def identifying(self, id: str) -> list[str]:
        """What says whose dossier this is: names, their words, and identity numbers, also
        earlier ones.

        Nothing where it does not open. Raises NotAllowed where there is none.
        """
        told = set()
        try:
            entries = self.state(id)[1]
        except BROKEN:
            if id not in self.ids():
                raise
            entries = []
        for one in entries:
            if isinstance(one.entry.act, acts.Opened | acts.Corrected):
                who = one.entry.act.particulars
                words = (word.strip(",.") for word in who.name.split())
                told |= {who.name, who.identity_number}
                told |= {word for word in words if len(word) >= SHORTEST_NAME}
        return sorted(told - {""})

    def full_id(self, beginning: str) -> str:
        """The one dossier whose id begins so. Raises `NotAllowed` for none or several."""
        there = [*self.ids(), *self._registry.erased]
        found = [id for id in there if id.startswith(beginning.lower())]
        if not found or not beginning:
            raise NotAllowed(_("There is no dossier with this id."))
        if len(found) > 1:
            raise NotAllowed(_("Several dossiers have an id that begins so."))
        return found[0]

    def count(self) -> int:
        """How many dossiers there are, also those that were erased: their rows stay."""
        return self._vault.dossier_count() - len(self._registry.strands)

    def cards(self, today: date) -> list[Card]:
        """The summaries of all dossiers on a day, the latest opened first."""
        return sorted(self.each_card(today), key=lambda c: (c.opened, c.id), reverse=True)

    def each_card(self, today: date) -> Iterator[Card]:
        """The summaries of all dossiers on a day, one by one, in no order."""
        yield from self._erased()
        yield from self._by_the_row(today)

    def sheets(self, today: date, kept: Sheets) -> Iterator[Sheet | None]:
        """The same, some at a time: first what is kept in sheets, then each of the others. None:
        what came so far was not true, and all of it comes after this.
        """
        yield from sheets(self._erased(), AT_ONCE)
        others = [self._vault.id.hex(), *self._registry.strands, *self._registry.erased]
        for sheet in kept.read(others, today):
            yield sheet
            if sheet is None:
                yield from sheets(self._erased(), AT_ONCE)
        for some in sheets(self._by_the_row(today, kept.left), AT_ONCE):
            for id, kind in zip(some.id, some.kind, strict=True):
                if some.kinds[kind][0] == DAMAGED:
                    kept.settle(id)
            yield some

    def _erased(self) -> Iterator[Card]:
        return (erased(id, erasure.at) for id, erasure in self._registry.erased.items())

    def _by_the_row(self, today: date, ids: Sequence[bytes] | None = None) -> Iterator[Card]:
        """The cards of these dossiers, or of all that were not erased."""
        others = {*self._registry.strands, *self._registry.erased}
        for id, sealed in self._vault.cards(ids):
            if id.hex() in others:
                continue
            try:
                card = msgspec.json.decode(sealed.body, type=Card) if sealed else None
                if card is None or card.stale(today):
                    opened = self._opened(id.hex())
                    pack = self.pack(opened[0].pack)
                    card = card_of(id.hex(), opened[0], standing(opened[0], pack, today))
            except BROKEN:
                card = broken(id.hex())
            yield card

    def dossier(self, id: str, today: date) -> Dossier:
        """A dossier by its id. Raises NotAllowed where there is none."""
        state, numbered = self.state(id)
        pack = self.pack(state.pack)
        return Dossier(id, state, self.standing(state, today), pack, tuple(numbered))

    def state(self, id: str) -> tuple[State, list[Numbered]]:
        """A dossier's state and entries. Raises NotAllowed where there is none."""
        if self._at_hand is None or self._at_hand[0] != id:
            self.remember(id, *self._opened(id))
        assert self._at_hand is not None  # noqa: S101 - remembered above
        return self._at_hand[1:]

    def standing(self, state: State, today: date) -> Standing:
        """Where a dossier in this state stands on a day; reckoned once for one after the other."""
        known = self._stands
        if known is None or known[0] is not state or known[1] != today:
            known = self._stands = state, today, standing(state, self.pack(state.pack), today)
        return known[2]

    def remember(self, id: str, state: State, numbered: list[Numbered]) -> None:
        """Makes this the dossier at hand."""
        self._at_hand = (id, state, numbered)

    def pack(self, ref: PackRef) -> Pack:
        """The pack that an act rests on."""
        return self._registry.packs[ref.digest]

    def _opened(self, id: str) -> tuple[State, list[Numbered]]:
        if id in self._registry.erased:
            day = self._registry.erased[id].at[:10]
            raise NotAllowed(_("This dossier was erased on {day}.").format(day=day))
        self._settle()
        numbered = self._read(id)
        if not numbered:
            raise NotAllowed(_("There is no dossier with this id."))
        return fold(numbered), numbered

    def _read(self, id: str) -> list[Numbered]:
        try:
            raw = bytes.fromhex(id)
        except ValueError:
            return []
        if len(raw) != ID_SIZE or raw == self._vault.id or id in self._registry.strands:
            return []
        if not self._vault.has_dossier(raw):
            return []
        unfolding = Unfolding(self._vault.id.hex())
        return [
            one
            for number, plain in self._vault.entries(raw)
            for one in unfolding.take(Numbered(number=number, entry=acts.decode(plain)))
        ]
