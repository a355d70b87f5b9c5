"""What a verification looks at beyond seals and hashes: entries that do not
add up to a dossier, acts signed by somebody else than they name, signatures on
undertakings that do not hold, cards that are not true.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from secterm.desk.cards import card_of
from secterm.desk.registry import Registry
from secterm.dossier import entries as acts
from secterm.dossier import signatures
from secterm.dossier.entries import Numbered
from secterm.dossier.fold import EntryOutOfPlace, State, apply
from secterm.dossier.gates import standing
from secterm.dossier.permit import NotAllowed, permit
from secterm.vault.errors import SealBroken
from secterm.vault.vault import Vault
from secterm.vault.verify import Fault


def dossier_faults(vault: Vault, registry: Registry, id: str) -> Iterator[Fault]:
    """Every fault of one dossier (id: 32 hex digits) that its entries and card show."""
    state: State | None = None
    last: Numbered | None = None
    try:
        for number, plain in vault.entries(bytes.fromhex(id)):
            last = Numbered(number=number, entry=acts.decode(plain))
            yield from _entry_faults(vault, registry, id, state, last)
            state = apply(state, last)
    except SealBroken:
        return  # the journal's walk names it
    except (msgspec.DecodeError, EntryOutOfPlace) as error:
        where = f"entry #{last.number if last else '?'}"
        yield Fault(where, f"does not fit the dossier before it ({error})")
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
        try:
            signatures.check(act, vault=vault.id.hex(), dossier=id)
        except signatures.BadSignature as bad:
            yield Fault(where, str(bad))
        for side in act.signatures:
            known = registry.officers.get(side.officer)
            if side.officer and (known is None or known.public_key.hex() != side.public_key):
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
