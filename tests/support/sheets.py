"""Sheets as the vault's FORMAT.md has them, made of the cards of some dossiers."""

import json
from collections.abc import Iterable

from secterm.desk.cards import Card
from secterm.vault.vault import Vault


def columns(cards: Iterable[dict[str, str]]) -> bytes:
    """The body of a sheet of these cards."""
    there = list(cards)
    told = {field: [card.get(field, "") for card in there] for field in Card.__struct_fields__}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def card(vault: Vault, id: str) -> dict[str, str]:
    """What a dossier's own card says."""
    return dict(json.loads(vault.card(bytes.fromhex(id)).body))


def lay(vault: Vault, place: int, *ids: str) -> None:
    """Writes a sheet of these dossiers' cards."""
    vault.write_sheet(place, columns(card(vault, id) for id in ids))
