"""What a verification found, for a layperson and for a program."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import msgspec

from secterm.words import _, ngettext


class Touched(msgspec.Struct, frozen=True, kw_only=True):
    """What the faults are about: the file or the journal as a whole, the entries and
    slots of the vault itself and of its officers, and how many dossiers.
    """

    file: bool = False
    officers: bool = False
    dossiers: int = 0


class Recovered(msgspec.Struct, frozen=True, kw_only=True):
    """That recovery shares opened the vault, when, and whom they made an administrator."""

    at: str
    administrator: str

    def told(self) -> str:
        """What every officer must know until new shares are made."""
        return _(
            "On {day} this vault was opened with recovery shares, and {name} made an "
            "administrator. New shares should be made."
        ).format(day=self.at[:10], name=self.administrator)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Which checkpoint of the journal a witness cosigned last, when, and what came since."""

    witness: str
    checkpoint: str
    on: str  # date, by the witness's clock
    since: int  # entries

    def told(self) -> str:
        """All of it, as one sentence."""
        since = ngettext("{n} entry since", "{n} entries since", self.since).format(n=self.since)
        return _("Witnessed by {name} at {line} on {day}; {since}.").format(
            name=self.witness, line=self.checkpoint, day=self.on, since=since
        )


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Faults with their places, and what was walked."""

    holds: bool
    faults: list[str]
    entries: int
    dossiers: int  # those erased apart
    erased: int = 0
    recovered: list[Recovered] = []  # since recovery shares were last made
    witnessed: list[Seen] = []  # of each witness the last
    touched: Touched = Touched()
    checkpoint: str
    continues: str = ""  # the earlier checkpoint that it was proven to continue
    rewritten: bool = False  # an earlier checkpoint was given, and it does not continue it

    def summary(self) -> str:
        """One paragraph that a layperson understands."""
        said = [self._walked(), self._verdict() if self.holds else self._broken()]
        said += [recovered.told() for recovered in self.recovered]
        return " ".join(said)

    def _walked(self) -> str:
        walked = _(
            "All {entries} entries of {dossiers} dossiers and of the vault itself were opened, "
            "hashed and checked against the officers' signatures and roles."
        ).format(entries=self.entries, dossiers=self.dossiers)
        if self.erased:
            walked += " " + ngettext(
                "{n} dossier was erased; of it only hashes are left, which were checked too.",
                "{n} dossiers were erased; of them only hashes are left, which were checked too.",
                self.erased,
            ).format(n=self.erased)
        return walked

    def _verdict(self) -> str:
        if self.continues:
            return _(
                "The vault holds, and today's journal continues the checkpoint given: nothing "
                "was changed, moved, taken away or put back since."
            )
        return _(
            "The vault holds: nothing was changed, moved or taken away since it was recorded. "
            "A whole vault put back from an earlier day can only be found by comparing the "
            "checkpoint with one that was kept elsewhere."
        )

    def _broken(self) -> str:
        if self.rewritten and len(self.faults) == 1:
            return _(
                "The vault agrees with itself, but not with the checkpoint given. Compare what was "
                "given with the paper first, digit by digit. If it is the same, do not rely on the "
                "records before it is explained: history was cut or rewritten."
            )
        count = ngettext(
            "{n} thing does not hold. It touches {what}.",
            "{n} things do not hold. They touch {what}.",
            len(self.faults),
        ).format(n=len(self.faults), what=_("; ").join(self._parts()))
        if not self.touched.dossiers and not self.touched.file and not self.rewritten:
            count += " " + _("No dossier is touched.")
        rely = ngettext(
            "Do not rely on the records before it is explained.",
            "Do not rely on the records before they are explained.",
            len(self.faults),
        )
        return f"{count} {rely}"

    def _parts(self) -> Iterator[str]:
        touched = self.touched
        if self.rewritten:
            yield _("the journal's history since the checkpoint given")
        if touched.file:
            yield _("the file or the journal as a whole")
        if touched.officers:
            yield _("what the vault says of its officers and itself")
        if touched.dossiers:
            yield ngettext(
                "{n} of {all} dossier", "{n} of {all} dossiers", self.dossiers + self.erased
            ).format(n=touched.dossiers, all=self.dossiers + self.erased)

    def text(self) -> str:
        """Summary, faults, witnesses and checkpoint in lines of at most 79 columns."""
        faults = [f"- {fault}" for fault in self.faults]
        witnessed = [line for seen in self.witnessed for line in textwrap.wrap(seen.told(), 79)]
        told = [*textwrap.wrap(self.summary(), 79), *faults, *witnessed]
        return "\n".join([*told, _("Checkpoint ") + self.checkpoint])
