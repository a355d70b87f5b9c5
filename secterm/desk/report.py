"""What a verification found, for a layperson and for a program."""

from __future__ import annotations

import textwrap

import msgspec

from secterm.words import _, ngettext


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Faults with their places, and what was walked."""

    holds: bool
    faults: list[str]
    entries: int
    dossiers: int
    checkpoint: str
    continues: str = ""  # the earlier checkpoint that it was proven to continue

    def summary(self) -> str:
        """One paragraph that a layperson understands."""
        walked = _(
            "All {entries} entries of {dossiers} dossiers and of the vault itself were opened, "
            "hashed and checked against the officers' signatures."
        ).format(entries=self.entries, dossiers=self.dossiers)
        if not self.holds:
            count = ngettext(
                "{n} thing does not hold. Do not rely on the records before it is explained.",
                "{n} things do not hold. Do not rely on the records before they are explained.",
                len(self.faults),
            ).format(n=len(self.faults))
            return f"{walked} {count}"
        verdict = _(
            "The vault holds: nothing was changed, moved or taken away since it was recorded. "
            "A whole vault put back from an earlier day can only be found by comparing the "
            "checkpoint with one that was kept elsewhere."
        )
        if self.continues:
            verdict = _(
                "The vault holds, and today's journal continues the checkpoint given: nothing "
                "was changed, moved, taken away or put back since."
            )
        return f"{walked} {verdict}"

    def text(self) -> str:
        """Summary, faults and checkpoint in lines of at most 79 columns."""
        faults = [f"- {fault}" for fault in self.faults]
        return "\n".join(
            [*textwrap.wrap(self.summary(), 79), *faults, _("Checkpoint ") + self.checkpoint]
        )
