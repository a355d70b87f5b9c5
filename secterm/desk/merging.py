"""How a history of a dossier that came with an archive goes together with one that is here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from secterm.archive.received import Place, place
from secterm.dossier.entries import QUIET, Entry, Numbered, Received

Relation: TypeAlias = Literal["same", "goes on", "apart"]


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
    return "goes on" if news(here, came, vault) else "same"


def news(here: Iterable[Numbered], came: Iterable[Numbered], vault: str) -> set[Place]:
    """Where the entries stand for whose sake what came is taken in.

    That a vault whose entries are here took in once more what is here is no news: two that
    send each other what they have would never end.
    """
    known, strands = set[Place](), set[tuple[str, str]]()
    for one in here:
        known.add(place(one, vault))
        strands.add(_strand(one))
    return {
        place(one, vault)
        for one in came
        if place(one, vault) not in known
        and not (isinstance(one.entry.act, Received) and _strand(one) in strands)
    }


def _strand(one: Numbered) -> tuple[str, str]:
    return (one.origin.vault, one.origin.dossier) if one.origin else ("", "")


def _loud(told: Iterable[Numbered], vault: str) -> list[tuple[Place, Entry]]:
    return [(place(one, vault), one.entry) for one in told if not isinstance(one.entry.act, QUIET)]
