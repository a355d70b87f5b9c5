"""What a verification says of sheets: that each is cards as FORMAT.md has them, of dossiers that
are there, and says where it counts what their own cards say. It holds few of them at a time.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from secterm.desk.cards import Card, Sheet
from secterm.desk.registry import Registry
from secterm.desk.sheets import opened
from secterm.vault.records import id_of
from secterm.vault.vault import Vault
from secterm.vault.verify import Fault


def sheet_faults(vault: Vault, registry: Registry) -> Iterator[Fault]:
    """Every fault of the sheets that open; of the others the walk over the rows tells."""
    gone = {*registry.strands, *registry.erased}
    for place, size, body in vault.sheets():
        where, sheet = f"sheet.sealed {place}", _exact(body)
        if sheet is None:
            yield Fault(where, "is no cards as the format has them")
            continue
        own = dict(_own(vault, sheet, size))
        for id in sheet.id:
            if id in gone or id not in own:
                yield Fault(where, f"names a dossier that is not there: {id}")
        doubted = [card.id for card in sheet if own.get(card.id) not in (None, card)]
        for id in _not_above(vault, place, doubted):
            if id not in gone:
                yield Fault(where, f"says something else than the card of {id}", id)


def _exact(body: bytes) -> Sheet | None:
    """What is in a body that is to the letter as FORMAT.md has it."""
    try:
        sheet = opened(body)
    except ValueError:
        return None
    exact = msgspec.json.encode(Sheet.of(list(sheet))) == body
    return sheet if exact and len(set(sheet.id)) == len(sheet.id) else None


def _own(vault: Vault, sheet: Sheet, size: int) -> Iterator[tuple[str, Card | None]]:
    """The own card of each dossier that is there; None where the sheet does not count, or
    where the card is one that something else is said of.
    """
    for id, sealed in vault.cards(raw for raw in map(id_of, sheet.id) if raw is not None):
        try:
            counts = sealed is not None and sealed.number < size
            card = msgspec.json.decode(sealed.body, type=Card) if sealed and counts else None
        except msgspec.DecodeError:
            card = None
        yield id.hex(), card


def _not_above(vault: Vault, place: int, ids: list[str]) -> list[str]:
    """Those of them that stand in no sheet with a higher place."""
    if ids:
        for above, _size, body in vault.sheets(backward=True):
            if above <= place:
                break
            sheet = _exact(body)
            there = set(sheet.id) if sheet is not None else set()
            ids = [id for id in ids if id not in there]
    return ids
