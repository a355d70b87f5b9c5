"""What the list of dossiers shows, in words: where in it an officer is, and how many
of whom there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from secterm.desk.index import Index, Wanted
from secterm.settings import View
from secterm.tui.screens.overview import Picked
from secterm.tui.wording import CATEGORIES, SHORT, STAGES
from secterm.words import _, ngettext

DAMAGED: Final = Wanted(stages=frozenset({"damaged"}))


@dataclass(frozen=True)
class Place:
    """Where in the list an officer is: the view, or what they picked elsewhere; the stage
    that it is narrowed to; the dossier under the cursor.
    """

    view: int = 0
    picked: Picked | None = None
    stage: str = ""
    dossier: str = ""


def wanted(view: View) -> Wanted:
    """Whom a view shows; its words are for the filter."""
    return Wanted(
        stages=frozenset(view.stages),
        owed=frozenset(view.owed),
        within=view.within,
        order=view.order,
    )


def sought(stage: str, owed: str, category: str) -> str:
    """By which words a dossier is found, besides what its card says itself."""
    kind = "" if stage == "erased" else CATEGORIES[category]
    return f"{kind} {STAGES[stage]} {SHORT[owed]}"


def reading(index: Index) -> str:
    """How far the reading is."""
    return _("Reading {done} of {total}").format(done=f"{len(index):,}", total=f"{index.total:,}")


def how_many(index: Index, shown: int, place: Place, words: str, *, outside: bool) -> str:
    """How many there are, and why not all of them show; `outside`: none fits in the view."""
    told = ngettext("{n} dossier", "{n} dossiers", len(index)).format(n=f"{len(index):,}")
    if shown < len(index):
        told = f"{shown:,} / {told}"
    if place.picked:
        told += _(", only: {what}").format(what=place.picked.name)
    if place.stage:
        told += _(", only: {stage} (F3 changes)").format(stage=STAGES[place.stage])
    if outside and shown:
        told += _(", none of them in this view")
    elif not shown:
        told += _(". Esc clears the filter.") if words else _(". Nobody is in this view.")
    return told


def damage(index: Index) -> str:
    """That dossiers do not open, where some do not."""
    damaged = index.count(DAMAGED)
    if not damaged:
        return ""
    told = ngettext(
        ". ! {n} does not open: F6 verifies", ". ! {n} do not open: F6 verifies", damaged
    )
    return told.format(n=damaged)
