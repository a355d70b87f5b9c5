"""Sheets as the vault's FORMAT.md has them, made of the cards of some dossiers."""

import json
from collections.abc import Iterable

from secterm.vault.vault import Vault

EACH = ("id", "name", "since", "opened", "identity_number")
ALIKE = (
    ("posts", "post", ("post", "department")),
    ("kinds", "kind", ("stage", "owed", "lapses_on", "category")),
)


def columns(cards: Iterable[dict[str, str]]) -> bytes:
    """The body of a sheet of these cards."""
    there = list(cards)
    told: dict[str, object] = {each: [card.get(each, "") for card in there] for each in EACH}
    for shared, place, fields in ALIKE:
        of_each = [[card.get(field, "") for field in fields] for card in there]
        told[shared] = once = [each for n, each in enumerate(of_each) if each not in of_each[:n]]
        told[place] = [once.index(each) for each in of_each]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def card(vault: Vault, id: str) -> dict[str, str]:
    """What a dossier's own card says."""
    return dict(json.loads(vault.card(bytes.fromhex(id)).body))


def lay(vault: Vault, place: int, *ids: str) -> None:
    """Writes a sheet of these dossiers' cards."""
    vault.write_sheet(place, columns(card(vault, id) for id in ids))
