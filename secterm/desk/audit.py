"""What a verification looks at beyond seals and hashes: entries that do not
add up to a dossier, acts signed by somebody else than they name, signatures on
undertakings that do not hold, cards that are not true.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from secterm.desk import document
from secterm.desk.cards import card_of
from secterm.desk.own import own_faults
from secterm.desk.registry import Registry
from secterm.desk.report import Report
from secterm.dossier import entries as acts
from secterm.dossier import signatures
from secterm.dossier.entries import Numbered
from secterm.dossier.fold import EntryOutOfPlace, State, apply
from secterm.dossier.gates import standing
from secterm.dossier.permit import NotAllowed, permit
from secterm.policy.model import Pack
from secterm.vault import checkpoints
from secterm.vault.errors import SealBroken
from secterm.vault.vault import Vault
from secterm.vault.verify import Fault, Progress, verify


def report(
    vault: Vault, registry: Registry, ids: list[str], progress: Progress, earlier: str
) -> Report:
    """The whole vault walked, and these dossiers (ids: 32 hex digits each) looked at.

    `earlier` is a checkpoint that the journal must continue, short or whole, or empty.
    """
    found = [str(fault) for fault in _faults(vault, registry, ids, progress)]
    broken = checkpoints.continues(vault, earlier) if earlier else ""
    if broken:
        found.append(broken)
    return Report(
        holds=not found,
        faults=found,
        entries=vault.size,
        dossiers=len(ids),
        checkpoint=checkpoints.short(vault.checkpoint()),
        continues="" if broken else earlier.strip(),
    )


def _faults(
    vault: Vault, registry: Registry, ids: list[str], progress: Progress
) -> Iterator[Fault]:
    known = registry.signing_keys()
    total, times = vault.size + len(ids), Times()
    yield from registry.faults
    gone = {bytes.fromhex(id) for id in registry.erased}
    yield from verify(vault, known, lambda done, _of: progress(done, total), times.judge, gone)
    yield from own_faults(vault, registry)
    for done, id in enumerate(ids, vault.size):
        progress(done, total)
        yield from dossier_faults(vault, registry, id)


class _Stamp(msgspec.Struct):
    """What every entry has, and the name of its act."""

    at: str
    act: dict[str, object]


class Times:
    """Whether entries follow each other in time. Give it every entry in the journal's order.

    Going back is allowed where an officer had said that the clock was behind.
    """

    def __init__(self) -> None:
        self._last: datetime | None = None
        self._stamp = msgspec.json.Decoder(_Stamp)

    def judge(self, plaintext: bytes) -> str:
        """What is wrong with this entry's time; empty where it fits."""
        try:
            stamp = self._stamp.decode(plaintext)
            at = datetime.fromisoformat(stamp.at)
            back = self._last is not None and at < self._last
        except (msgspec.DecodeError, ValueError, TypeError):
            return "has no time"
        self._last = at
        if back and stamp.act.get("act") != "clock_behind":
            return "is older than the entry before it"
        return ""


def dossier_faults(vault: Vault, registry: Registry, id: str) -> Iterator[Fault]:
    """Every fault of one dossier (id: 32 hex digits) that its entries and card show."""
    state: State | None = None
    last: Numbered | None = None
    number = 0
    try:
        for number, plain in vault.entries(bytes.fromhex(id)):
            last = Numbered(number=number, entry=acts.decode(plain))
            yield from _entry_faults(vault, registry, id, state, last)
            state = apply(state, last)
    except SealBroken:
        return  # the journal's walk names it
    except (msgspec.DecodeError, EntryOutOfPlace, ValueError) as error:
        yield Fault(f"entry #{number}", f"does not fit the dossier before it ({error})")
        return
    if state is not None and last is not None:
        yield from _card_faults(vault, registry, id, state, last)


def _entry_faults(
    vault: Vault, registry: Registry, id: str, state: State | None, one: Numbered
) -> Iterator[Fault]:
    where = f"entry #{one.number}"
    act, officer = one.entry.act, one.entry.officer
    if officer not in registry.officers:
        yield Fault(where, "names an officer who is not one here")
    try:
        if vault.signer_of(one.number).hex() != officer:
            yield Fault(where, "names another officer than the one who signed it")
    except SealBroken as broken:
        yield Fault(broken.where, "does not open")
    ref = act.pack if isinstance(act, acts.Opened) else state.pack if state else None
    pack = registry.packs.get(ref.digest) if ref else None
    if pack is None:
        yield Fault(where, "rests on a policy pack that is not in the vault")
    else:
        try:
            permit(state, act, pack, datetime.fromisoformat(one.entry.at).date(), officer)
        except NotAllowed as refused:
            yield Fault(where, f"was not allowed when it was recorded: {refused.reason}")
    if isinstance(act, acts.Signed):
        yield from _signed_faults(vault, registry, id, one.number, act)
        if pack is not None and state is not None and act.text != _due(registry, pack, state, act):
            yield Fault(where, "the text signed is not the pack's for this appointee and day")


def _due(registry: Registry, pack: Pack, state: State, act: acts.Signed) -> str:
    """The undertaking that was to be signed."""
    return document.undertaking(
        pack,
        state.particulars,
        unit=registry.unit,
        officer=next((s.name for s in act.signatures if s.role == "officer"), ""),
        on=date.fromisoformat(act.on),
    )


def _signed_faults(
    vault: Vault, registry: Registry, id: str, number: int, act: acts.Signed
) -> Iterator[Fault]:
    where = f"entry #{number}"
    try:
        signatures.check(act, vault=vault.id.hex(), dossier=id)
    except signatures.BadSignature as bad:
        yield Fault(where, str(bad))
    for side in act.signatures:
        known = registry.officers.get(side.officer)
        if side.role == "appointee":
            continue
        if known is None or (known.history.public_key, known.history.name_at(number)) != (
            side.public_key,
            side.name,
        ):
            yield Fault(where, f"the {side.role}'s key is not that officer's")


def _card_faults(
    vault: Vault, registry: Registry, id: str, state: State, last: Numbered
) -> Iterator[Fault]:
    where = f"dossier.card {id}"
    try:
        card = vault.card(bytes.fromhex(id))
    except SealBroken:
        return  # the journal's walk names it
    if card.number != last.number:
        yield Fault(where, f"is as of entry #{card.number}; the last is #{last.number}")
        return
    pack = registry.packs.get(state.pack.digest)
    if pack is not None:
        on = datetime.fromisoformat(last.entry.at).date()
        if card.body != msgspec.json.encode(card_of(id, state, standing(state, pack, on))):
            yield Fault(where, "does not say what the entries say")
