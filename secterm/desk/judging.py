"""What a verification looks at in one dossier: entries that do not add up, acts that
its rules did not allow on their day, signatures on undertakings that do not hold,
cards that are not true. Who signed the entries is looked at elsewhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Final

import msgspec

from secterm.archive.context import Context
from secterm.archive.dossiers import by_whom, signed_by
from secterm.archive.origins import check_part
from secterm.archive.received import Unfolding
from secterm.desk import document
from secterm.desk.cards import card_of
from secterm.desk.registry import Registry
from secterm.dossier import entries as acts
from secterm.dossier import signatures
from secterm.dossier.entries import Numbered, Received
from secterm.dossier.fold import EntryOutOfPlace, State, apply
from secterm.dossier.gates import standing
from secterm.dossier.now import Now
from secterm.dossier.permit import NotAllowed, permit
from secterm.policy.model import Pack
from secterm.vault.errors import SealBroken, VaultDamaged
from secterm.vault.records import Card
from secterm.vault.vault import Vault
from secterm.vault.verify import Fault

# What entries of the right types but without sense may raise where they are reckoned with.
SENSELESS: Final = (
    msgspec.DecodeError,
    EntryOutOfPlace,
    ValueError,
    ArithmeticError,
    LookupError,
)


MOST: Final = 3  # faults of one part that are told


@dataclass(frozen=True)
class Judged:
    """One dossier (id: 32 hex digits): how many entries were looked at, and its faults."""

    id: str
    entries: int
    faults: list[Fault]


def ids(vault: Vault, registry: Registry, *, backward: bool = False) -> Iterator[str]:
    """The dossiers to be judged, in the order of their ids (32 hex digits each)."""
    others = {*registry.strands, *registry.erased}
    for id in vault.dossiers(backward=backward):
        if id.hex() not in others:
            yield id.hex()


def judge(vault: Vault, registry: Registry, id: str) -> Judged:
    """One dossier looked at."""
    return _Work(vault, registry, id).judged()


def due(pack: Pack, state: State, act: acts.Signed, unit: str) -> str:
    """The undertaking that was to be signed."""
    return document.undertaking(
        pack,
        state.particulars,
        unit=unit,
        officer=next((s.name for s in act.signatures if s.role == "officer"), ""),
        on=date.fromisoformat(act.on),
    )


class _Work:
    """One dossier while it is looked at."""

    def __init__(self, vault: Vault, registry: Registry, id: str) -> None:
        self._vault = vault
        self._registry = registry
        self._id = id
        self._count = 0
        self._elsewhere: dict[str, Context] = {}  # of the vaults that entries came from, by id
        self._now: Now | None = None  # how it stood before the last act
        self._doubtful = False  # something in it was not allowed
        self._at: str | None = None  # the last entry's time
        self._on = date.min  # and its day

    @cached_property
    def _own(self) -> Context:
        """What comes from other vaults is checked against this; made where something came."""
        return self._registry.context(self._vault)

    def judged(self) -> Judged:
        faults = [Fault(where, what, self._id) for where, what in self._faults()]
        return Judged(self._id, self._count, faults)

    def _faults(self) -> Iterator[tuple[str, str]]:
        state: State | None = None
        last: Numbered | None = None
        number, unfolding = 0, Unfolding(self._vault.id.hex(), self._look)
        raw = bytes.fromhex(self._id)
        try:
            key, card = self._key_and_card(raw)
            for number, plain in self._vault.entries(raw, key):
                self._count += 1
                last = Numbered(number=number, entry=acts.decode(plain))
                for one in unfolding.take(last):
                    for wrong in self._entry(state, one):
                        yield f"entry #{number}", wrong
                    state = apply(state, one)
        except (SealBroken, VaultDamaged):
            return  # the journal's walk names it
        except SENSELESS as error:
            yield f"entry #{number}", f"does not fit the dossier before it ({error})"
            return
        if state is not None and last is not None:
            with contextlib.suppress(SealBroken):  # the walk over the rows names it
                yield from self._card(state, last, self._vault.open_card(raw, key, card))

    def _key_and_card(self, raw: bytes) -> tuple[bytes, bytes | None]:
        """Where the card's column holds no card, the entries are looked at all the same."""
        try:
            return self._vault.key_and_card(raw)
        except VaultDamaged:
            return self._vault.dossier_key(raw), None

    def _look(self, act: Received, files: Mapping[str, bytes]) -> None:
        """What came from another vault is proven there. Raises `EntryOutOfPlace`."""
        wrong: list[str] = []
        found = check_part(self._own, act, files, wrong)
        if act.vault == self._vault.id.hex() and not self._vault.had(act.size, act.root):
            wrong.append("it tells of a journal of this vault that never was here")
        if found is None or wrong:
            raise EntryOutOfPlace(f"what it brought does not hold: {'; '.join(wrong[:MOST])}")
        self._elsewhere[act.vault] = found

    def _entry(self, state: State | None, one: Numbered) -> Iterator[str]:
        act = one.entry.act
        ref = act.pack if isinstance(act, acts.Opened) else state.pack if state else None
        pack = self._registry.packs.get(ref.digest) if ref else None
        if pack is None and state is None:  # said once, of the entry that chose it
            yield "rests on a policy pack that is not in the vault"
        elif pack is not None:
            try:
                on = self._day(one.entry.at)
                if self._doubtful and state is not None:
                    standing(state, pack, on)  # what makes no sense is told where it came in
                self._now = permit(state, act, pack, on, one.entry.officer, self._now)
            except NotAllowed as refused:
                self._doubtful = True
                yield f"was not allowed when it was recorded: {refused.reason}"
        if one.origin is not None:
            context = self._elsewhere[one.origin.vault]
            where = f"#{one.number} of {one.origin.vault[:8]}"
            yield from by_whom(context, where, one)
            if isinstance(act, acts.Signed):
                yield from signed_by(context, where, one.number, act, one.origin.dossier)
        elif isinstance(act, acts.Signed):
            yield from self._signed(one.number, act)
        if isinstance(act, acts.Signed) and pack is not None and state is not None:
            unit = one.origin.unit if one.origin else self._registry.unit
            if act.text != due(pack, state, act, unit):
                yield "the text signed is not the pack's for this appointee and day"

    def _day(self, at: str) -> date:
        """The day of an entry's time; in a transaction all have the same."""
        if at != self._at:
            self._at, self._on = at, datetime.fromisoformat(at).date()
        return self._on

    def _signed(self, number: int, act: acts.Signed) -> Iterator[str]:
        try:
            signatures.check(act, vault=self._vault.id.hex(), dossier=self._id)
        except signatures.BadSignature as bad:
            yield str(bad)
        for side in act.signatures:
            known = self._registry.officers.get(side.officer)
            if side.role == "appointee":
                continue
            if known is None or (known.history.public_key, known.history.name_at(number)) != (
                side.public_key,
                side.name,
            ):
                yield f"the {side.role}'s key is not that officer's"

    def _card(self, state: State, last: Numbered, card: Card) -> Iterator[tuple[str, str]]:
        where = f"dossier.card {self._id}"
        if card.number != last.number:
            yield where, f"is as of entry #{card.number}; the last is #{last.number}"
            return
        pack = self._registry.packs.get(state.pack.digest)
        if pack is not None:
            on = datetime.fromisoformat(last.entry.at).date()
            if card.body != msgspec.json.encode(
                card_of(self._id, state, standing(state, pack, on))
            ):
                yield where, "does not say what the entries say"
