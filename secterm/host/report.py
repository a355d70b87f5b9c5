"""What was seen of a machine, in values and in words for a person."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from secterm.policy.host import LEVELS, Found, Level
from secterm.words import _

COLUMNS: Final = 73  # of a page on a console, beside its scrollbar
HEADINGS: Final = {
    "stop": _("Nobody goes in before this is mended:"),
    "warn": _("To be mended:"),
    "note": _("To be known:"),
}


@dataclass(frozen=True)
class Finding:
    """Something about the machine: what was seen, why it matters, how to mend it. `brief` is
    what it is called where there is little room.
    """

    id: Found
    level: Level
    brief: str
    what: str
    why: str
    mend: str


@dataclass(frozen=True)
class Unseen:
    """What could not be seen, and why, or how to see it."""

    id: Found
    what: str


@dataclass(frozen=True)
class Report:
    """All that was looked for: found, the heaviest first, not seen, and not there."""

    findings: tuple[Finding, ...]
    unseen: tuple[Unseen, ...]
    absent: tuple[Found, ...]

    @property
    def pressing(self) -> tuple[Finding, ...]:
        """What is more than a note."""
        return tuple(each for each in self.findings if each.level != "note")

    def text(self) -> str:
        """All of it, in lines of a page."""
        return "\n".join(self._lines()).lstrip("\n")

    def _lines(self) -> Iterator[str]:
        if not self.pressing:
            yield _("Nothing is to be mended.")
        for level in reversed(LEVELS):
            found = [each for each in self.findings if each.level == level]
            if found:
                yield from _heading(HEADINGS[level])
                yield told(found)
        if self.unseen:
            yield from _heading(_("Not seen:"))
            for each in self.unseen:
                yield from _wrapped(f"  {each.id}: ", each.what)
        if self.absent:
            yield from _heading(_("Looked for, and not there:"))
            yield from _wrapped("  ", ", ".join(self.absent))


def told(findings: list[Finding] | tuple[Finding, ...]) -> str:
    """Findings with all that is to be said of each, in lines of a page."""
    lines = []
    for each in findings:
        mark = "  " if each.level == "note" else "! "
        lines += _wrapped(f"{mark}{each.id}: ", each.what)
        lines += _wrapped("    ", each.why)
        lines += _wrapped("    ", _("Do: {mend}").format(mend=each.mend))
    return "\n".join(lines)


def _heading(text: str) -> tuple[str, str]:
    return "", text


def _wrapped(begins: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, COLUMNS, initial_indent=begins, subsequent_indent="    ", break_on_hyphens=False
    )
