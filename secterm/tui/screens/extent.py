"""What goes into an archive, as its form asks it: which dossiers, and how much of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, get_args

from secterm.archive import volumes
from secterm.archive.members import Kind, What
from secterm.archive.volumes import Weight
from secterm.desk.exporting import SPOKEN, Offer
from secterm.dossier.extract import DECIDED
from secterm.tui.screens.form import Entry
from secterm.tui.widgets.choices import Choice
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.tui.screens.room import Room

NONE: Final = _("There is no dossier among them.")
NO_DECISION: Final = _("There is no decision on any of them yet.")
EXTRACT: Final = _(
    "Who takes up which post, the gates, the undertaking, the decision and how long it holds. "
    "Nothing of the screening, no reason, no note, no key."
)


@dataclass(frozen=True)
class Extent:
    """What can be exported from the screen where it was asked for: one's dossier, or all of
    the offer, those that changed, and those that the list shows.
    """

    offer: Offer
    one: str = ""
    shown: tuple[str, ...] = ()
    _needs: dict[tuple[str, Kind], int] = field(default_factory=dict)
    _parts: dict[tuple[str, Kind, int], int] = field(default_factory=dict)

    def meant(self, what: str) -> Sequence[str]:
        """The dossiers of a choice."""
        if self.one:
            return (self.one,)
        match what:
            case "changed":
                return tuple(self.offer.changed)
            case "selection":
                return self.shown
            case _:
                return self.offer.all

    def decided(self, what: str) -> int:
        """On how many of them a decision holds."""
        return len(self.offer.decided.intersection(self.meant(what)))

    def entries(self, kept: Mapping[str, str]) -> list[Entry]:
        """What is asked of them: which, and how much of each."""
        choices = [Choice("all", _("All dossiers ({n})").format(n=len(self.offer.all)))]
        if 0 < len(self.shown) < len(self.offer.all):
            told = _("The {n} that show now").format(n=len(self.shown))
            choices.append(Choice("selection", told))
        told = _("What changed since the last archive ({n})")
        choices.append(Choice("changed", told.format(n=len(self.offer.changed))))
        keys = [choice.key for choice in choices]
        what = kept.get("what", "all")
        which = Entry(
            "what",
            _("What"),
            "choice",
            value=what if what in keys else "all",
            choices=tuple(choices),
            check=lambda values: "" if self.meant(values["what"]) else NONE,
        )
        contents = Entry(
            "contents",
            _("How much of it"),
            "choice",
            value=kept.get("contents", "whole"),
            choices=(
                Choice("whole", _("All that was recorded")),
                Choice("decision", _("The decision alone, for a personnel file")),
            ),
            check=self._undecided,
        )
        if not self.one:
            return [which, contents]
        return [contents] if self.offer.decided else []

    def _undecided(self, values: Mapping[str, str]) -> str:
        alone = values["contents"] == "decision"
        return NO_DECISION if alone and not self.decided(values.get("what", "")) else ""

    def told(self, values: Mapping[str, str]) -> str:
        """What a choice of the decision alone means; empty where the whole is chosen."""
        if values.get("contents") != "decision":
            return ""
        if self.one:
            return EXTRACT
        n = self.decided(values["what"])
        many = ngettext(
            "There is a decision on {n} of them.", "There is a decision on {n} of them.", n
        )
        return f"{EXTRACT} {many.format(n=n)}"

    def needs(self, values: Mapping[str, str]) -> int:
        """About how many bytes it takes in one archive; 0 of one dossier, which is not divided."""
        what, kind = values.get("what", ""), _kind(values)
        if self.one or (what, kind) in self._needs:
            return self._needs.get((what, kind), 0)
        whole = volumes.whole_load(self.offer.bases[kind], self._weights(what, kind))
        self._needs[what, kind] = whole.bytes()
        return self._needs[what, kind]

    def parts(self, values: Mapping[str, str], limit: int) -> int:
        """In how many volumes of at most so many bytes it goes; 1 where it is not divided.

        Raises `ArchiveNotWritten` where it goes in none.
        """
        if self.needs(values) <= limit:
            return 1
        what, kind = values.get("what", ""), _kind(values)
        if (what, kind, limit) not in self._parts:
            each = self._weights(what, kind)
            counts = volumes.planned(self.offer.bases[kind], each, limit)
            self._parts[what, kind, limit] = len(counts)
        return self._parts[what, kind, limit]

    def _weights(self, what: str, kind: Kind) -> list[Weight]:
        if kind == "decision":
            return [SPOKEN] * self.decided(what)
        return [self.offer.weights[id] for id in self.meant(what)]

    def chosen(self, values: Mapping[str, str]) -> tuple[list[str] | None, What, Kind, int]:
        """The ids (None: of all) that a choice names, which they are, how much of each goes,
        and how many there are.
        """
        given, kind = values.get("what", ""), _kind(values)
        what: What = next((known for known in get_args(What) if known == given), "named")
        ids = [self.one] if self.one else list(self.shown) if what == "selection" else None
        many = self.decided(what) if kind == "decision" else len(self.meant(what))
        return ids, what, kind, many


def _kind(values: Mapping[str, str]) -> Kind:
    return "decision" if values.get("contents") == "decision" else "whole"


async def asked(room: Room[None], ids: list[str] | None, shown: Sequence[str]) -> Extent:
    """What can be exported: this dossier, or of all those that the officer chooses."""
    if ids is None:
        desk = room.desk
        offer = await room.shell.working(_("Looking what has changed"), lambda tell: desk.offer())
        there = set(offer.all)
        return Extent(offer, shown=tuple(id for id in shown if id in there))
    (one,) = ids
    stage = room.desk.dossier(one).standing.stage
    return Extent(Offer((one,), frozenset(), frozenset((one,) if stage in DECIDED else ())), one)
