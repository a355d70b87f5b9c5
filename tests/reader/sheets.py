"""Sheets: many cards sealed together, of section 13."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tests.reader.basics import Broken, Fault, number
from tests.reader.dossiers import CARD
from tests.reader.registry import Registry
from tests.reader.vault import Vault
from tests.reader.walk import Log

LONGEST_ROW, LONGEST = 4325404, 4194304  # bytes of a row, and of the JSON in it
MOST = 1000  # cards
TEXTS = ("id", "name", "since", "opened", "identity_number")
ALIKE = (
    ("posts", "post", ("post", "department")),
    ("kinds", "kind", ("stage", "owed", "lapses_on", "category")),
)
MEMBERS = (*TEXTS, *(name for shared, place, _ in ALIKE for name in (shared, place)))


@dataclass
class Sheets:
    """What the sheets say, read once: by place the size, and each id's card."""

    sizes: dict[int, int] = field(default_factory=dict)
    cards: dict[int, dict[str, dict[str, str]]] = field(default_factory=dict)

    def told(self) -> dict[str, dict[str, object]]:
        """Of each place the size and the ids."""
        return {
            str(place): {"size": size, "ids": sorted(self.cards[place])}
            for place, size in self.sizes.items()
        }


def read(vault: Vault, registry: Registry, log: Log, faults: list[Fault]) -> Sheets:
    """All that are as the page says, with a fault for each thing that is not."""
    sheets, latest = Sheets(), {}
    there = {id.hex() for id in {*log.strands} - {vault.id, *registry.officers, *registry.origins}}
    there -= {id.hex() for id in registry.erased}
    for place, sealed in vault.db.execute("SELECT place, sealed FROM sheet ORDER BY place"):
        try:
            size, cards = _sheet(vault, place, sealed, len(log.leaves))
        except Broken as broken:
            faults.append(Fault("sheet", str(place), "sealed", str(broken)))
            continue
        sheets.sizes[place], sheets.cards[place] = size, cards
        latest.update(dict.fromkeys(cards, place))
        for id in cards.keys() - there:
            what = f"names a dossier that is not there: {id}"
            faults.append(Fault("sheet", str(place), "sealed", what))
    for id, place in latest.items():
        if id not in there:
            continue
        numbers = log.strands[bytes.fromhex(id)]
        if any(n >= sheets.sizes[place] for n in numbers):
            continue
        own = _own(vault, bytes.fromhex(id))
        if own is not None and sheets.cards[place][id] != own:
            what = f"says something else than the card of {id}"
            faults.append(Fault("sheet", str(place), "sealed", what))
    return sheets


def _sheet(vault: Vault, place: int, sealed: object, entries: int) -> tuple[int, dict]:
    """Size, and cards by id; Broken for anything else."""
    if not isinstance(sealed, bytes) or place < 0:
        raise Broken("is no seal in a place")
    if len(sealed) > LONGEST_ROW:
        raise Broken("is longer than a sheet may be")
    plain = vault.sheet(place, sealed)
    if len(plain) < 8:
        raise Broken("has no size")
    if number(plain[:8]) > entries:
        raise Broken("is of more entries than there are")
    if len(plain) > 8 + LONGEST:
        raise Broken("is longer than a sheet may be")
    return number(plain[:8]), _cards(plain[8:])


def _cards(text: bytes) -> dict[str, dict[str, str]]:
    """The cards in a body, by id."""
    try:
        told = json.loads(text.decode())
    except ValueError:
        raise Broken("is no JSON") from None
    if not isinstance(told, dict) or tuple(told) != MEMBERS:
        raise Broken("has other members than a sheet")
    if json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() != text:
        raise Broken("is JSON that is written otherwise")
    columns = {member: told[member] for member in (*TEXTS, *(place for _, place, _ in ALIKE))}
    if not all(isinstance(each, list) and 1 <= len(each) <= MOST for each in columns.values()):
        raise Broken("has another number of cards")
    if len({len(each) for each in columns.values()}) > 1:
        raise Broken("has more of one member than of another")
    if not all(isinstance(value, str) for member in TEXTS for value in columns[member]):
        raise Broken("has something else than texts")
    cards = [dict(zip(TEXTS, row, strict=True)) for row in zip(*map(told.get, TEXTS), strict=True)]
    for shared, place, members in ALIKE:
        for card, texts in zip(cards, _alike(told[shared], told[place], members), strict=True):
            card.update(zip(members, texts, strict=True))
    if len({card["id"] for card in cards}) != len(cards):
        raise Broken("has one id twice")
    return {card["id"]: {member: card[member] for member in CARD} for card in cards}


def _alike(shared: object, places: list[object], members: tuple[str, ...]) -> list[list[str]]:
    """What each card has of what several have alike."""
    if not isinstance(shared, list) or not all(
        isinstance(texts, list)
        and len(texts) == len(members)
        and all(isinstance(text, str) for text in texts)
        for texts in shared
    ):
        raise Broken("has something else than texts")
    if len({tuple(texts) for texts in shared}) != len(shared):
        raise Broken("says twice what cards have alike")
    met = 0
    for place in places:
        if type(place) is not int or not 0 <= place <= met or place >= len(shared):
            raise Broken("names what cards have alike in another order, or what is not there")
        met = max(met, place + 1)
    if met != len(shared):
        raise Broken("says what no card has")
    return [shared[place] for place in places]


def _own(vault: Vault, strand: bytes) -> dict[str, str] | None:
    """What a dossier's own card says; None where it does not, which is told with the card."""
    (sealed,) = vault.db.execute("SELECT card FROM dossier WHERE id = ?", (strand,)).fetchone()
    try:
        told = json.loads(vault.card(strand, sealed)[8:])
    except (Broken, ValueError):
        return None
    return {member: told.get(member, "") for member in CARD} if isinstance(told, dict) else None
