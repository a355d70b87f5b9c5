"""How a history of a dossier that came with an archive goes together with one that is here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from secterm.dossier.entries import QUIET, Entry, Numbered, Received

Place: TypeAlias = tuple[str, int]  # the journal that an entry stands in (a vault's id), where
Relation: TypeAlias = Literal["same", "goes on", "apart"]


def place(one: Numbered, vault: str) -> Place:
    """Where an entry stands, in the vault with this id (hex)."""
    journal, number = one.stands
    return journal or vault, number


def relation(here: Sequence[Numbered], came: Sequence[Numbered], vault: str) -> Relation:
    """Whether what came brings nothing new, goes on from what is here, or goes another way.

    Entries that change nothing (exports, prints, notes) may stand in either alone, as every
    vault adds its own.
    """
    known = {place(one, vault): one.entry for one in here}
    if any(known.get(place(one, vault), one.entry) != one.entry for one in came):
        return "apart"
    ours, theirs = (_loud(told, vault) for told in (here, came))
    shared = min(len(ours), len(theirs))
    if ours[:shared] != theirs[:shared]:
        return "apart"
    return "goes on" if fresh(here, came, vault) else "same"


def fresh(here: Sequence[Numbered], came: Sequence[Numbered], vault: str) -> list[Numbered]:
    """What came and is not here. That another vault received what is here is nothing new:
    else dossiers that go to and fro would nest without end.
    """
    known = {place(one, vault) for one in here}
    return [
        one
        for one in came
        if place(one, vault) not in known and not isinstance(one.entry.act, Received)
    ]


def _loud(told: Iterable[Numbered], vault: str) -> list[tuple[Place, Entry]]:
    return [(place(one, vault), one.entry) for one in told if not isinstance(one.entry.act, QUIET)]
