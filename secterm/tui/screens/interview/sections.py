"""What tells how far the interview is: the map of its sections beside the page,
or, where there is no room for it, one line over the page. Signs and numbers say
it all; colour says nothing.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from secterm.tui.screens.dialogs import bar
from secterm.tui.screens.interview.progress import Part, Progress
from secterm.tui.widgets.cells import fit
from secterm.words import _

ROOM: Final = 110  # columns of the terminal from which the map has room beside the page,
WIDE: Final = 130  # and from which every title has
NARROW_MAP, WIDE_MAP = 40, 46
LONGEST_BAR: Final = 20
OPEN, ANSWERED, ADVERSE, MARKED = "·", "•", "!", "f"


@dataclass(frozen=True)
class _Drawn:
    """One line of the map."""

    text: str
    strong: bool = False


class SectionMap(Widget):
    """Each section with what is done of it; under the current one its questions as signs.

    Of an answer to the next few lines change, and only those are drawn anew.
    """

    DEFAULT_CSS = """
    SectionMap { height: 1fr; padding-left: 3; }
    """

    def __init__(self) -> None:
        super().__init__(id="map")
        self._lines: list[_Drawn] = []

    def show(self, progress: Progress, at: int | None) -> None:
        """The progress now, with the question at this place on the page, or none."""
        width = (NARROW_MAP if self.app.size.width < WIDE else WIDE_MAP) - 3
        self.styles.width = width + 3
        before, self._lines = self._lines, _map(progress, at, width)
        pairs = enumerate(itertools.zip_longest(before, self._lines))
        changed = [Region(0, y, width, 1) for y, (old, new) in pairs if old != new]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """What stands on line `y`."""
        width, style = self.size.width, self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, style)
        line = self._lines[y]
        if line.strong:
            style += Style(bold=True)
        return Strip([Segment(fit(line.text, width), style)], width)


def _map(progress: Progress, at: int | None, width: int) -> list[_Drawn]:
    lines = [_Drawn(_("Sections"), strong=True), _Drawn("")]
    for part in progress.parts:
        here = at is not None and part.holds(at)
        lines.append(_section(part, here, width))
        if here and at is not None:
            lines += _questions(progress, part, at, width)
    done, total = progress.done, len(progress)
    across = max(width - len(f" {total}/{total}"), 4)
    return [
        *lines,
        _Drawn(""),
        _Drawn(_("All questions"), strong=True),
        _Drawn(bar(done, total, across)),
        _Drawn(""),
        _Drawn(f"{ANSWERED} {_('answered')}  {OPEN} {_('open')}  {ADVERSE} {_('adverse')}"),
        _Drawn(f"{MARKED} {_('marked to come back to')}"),
    ]


def _section(part: Part, here: bool, width: int) -> _Drawn:
    flags = (ADVERSE if part.adverse else " ") + (MARKED if part.marked else " ")
    right = f" {part.done:>2}/{part.total:<2} {flags}"
    title = ("> " if here else "  ") + part.section.title
    return _Drawn(fit(title, width - len(right)) + right, strong=here)


def _questions(progress: Progress, part: Part, at: int, width: int) -> list[_Drawn]:
    """The section's questions by number and sign, the one on the page in brackets."""
    signs = []
    for place in range(part.first, part.first + part.total):
        sign = OPEN if not progress.is_answered(place) else ANSWERED
        sign = ADVERSE if progress.is_adverse(place) else sign
        said = f"{place + 1}{sign}" + (MARKED if progress.is_marked(place) else "")
        signs.append(f"[{said}]" if place == at else f" {said} ")
    lines, line = [], "   "
    for sign in signs:
        if len(line) + len(sign) > width:
            lines.append(line)
            line = "   "
        line += sign
    return [_Drawn(each) for each in [*lines, line]]


def section_line(progress: Progress, at: int) -> str:
    """Where the question stands: section, and how far it is."""
    part = progress.part(at)
    return _("Section {n} of {of}: {title}, {done}/{total} done").format(
        n=progress.parts.index(part) + 1,
        of=len(progress.parts),
        title=part.section.title,
        done=part.done,
        total=part.total,
    )


def one_line(progress: Progress, left: str, width: int) -> str:
    """That, and the bar of all questions, in `width` columns."""
    right = f" {progress.done}/{len(progress)}"
    marked = len(progress.marked)
    if marked:
        right += ", " + _("{n} marked").format(n=marked)
    free = width - cell_len(left) - cell_len(right) - 3
    if free < 4:
        return fit(left, max(width - cell_len(right) - 1, 0)) + right
    across = min(free, LONGEST_BAR)
    drawn = bar(progress.done, len(progress), across).split(" ")[0]
    return f"{left}   {' ' * (free - across)}{drawn}{right}"
