"""What a screen draws, cell by cell, as the terminal at hand would show it."""

import dataclasses

from rich.color import Color
from textual.strip import Strip

from secterm.tui import terminals

# Drawn, but no text: such need 3:1 only (WCAG 2.2, 1.4.11).
FRAMES = frozenset("─│┌┐└┘├┤┬┴┼═║╔╗╚╝█░")

# The kernel's, drivers/tty/vt/vt.c: what it makes of underlined and of dim.
UNDERLINED, DIM = 15, 8


@dataclasses.dataclass(frozen=True)
class Run:
    """Characters in one style; colours as red, green, blue, or None for the terminal's own."""

    line: int
    text: str
    sent: str  # the numbers between ESC [ and m
    front: tuple[int, int, int] | None
    ground: tuple[int, int, int] | None
    marks: frozenset[str]

    @property
    def contrast(self) -> float:
        return terminals.contrast(self.front, self.ground)


def runs(app) -> list[Run]:
    """All that the app draws now, screens under a box included."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    system = terminals.SYSTEMS[app.colours]
    return [
        _run(y, segment.text, Strip.render_ansi(segment.style, system), app.colours)
        for y, strips in enumerate(update.strips)
        for strip in strips
        for segment in strip
        if segment.text and not segment.control
    ]


def lines(app) -> list[str]:
    """The same as text, a string a line."""
    found = {}
    for run in runs(app):
        found[run.line] = found.get(run.line, "") + run.text
    return list(found.values())


def _run(line, text, sent, colours):
    marks, colour = set(), {"front": None, "ground": None}
    numbers = [int(n) for n in sent.split(";")] if sent else []
    while numbers:
        n = numbers.pop(0)
        where = "front" if n in range(30, 40) or n in range(90, 98) else "ground"
        if n in MARKS:
            marks.add(MARKS[n])
        elif n in (38, 48):
            kind = numbers.pop(0)
            if kind == 2:
                colour[where] = (numbers.pop(0), numbers.pop(0), numbers.pop(0))
            else:
                colour[where] = tuple(Color.from_ansi(numbers.pop(0)).get_truecolor())
        elif n in (39, 49):
            colour[where] = None
        elif n >= 90:
            colour[where] = n % 10 + 8
        else:
            colour[where] = n % 10
    front, ground = colour["front"], colour["ground"]
    if colours == "16":
        front, ground = console(front, ground, marks)
    elif colours != "none":
        front, ground = window(front, ground, marks)
    return Run(line, text, sent, front, ground, frozenset(marks))


MARKS = {1: "bold", 2: "dim", 3: "italic", 4: "underlined", 5: "blinking", 7: "reversed"}


def console(front, ground, marks):
    """As `build_attr` and `csi_m` of the kernel do: eight grounds; bold is bright."""
    front, ground = 7 if front is None else front, 0 if ground is None else ground & 7
    bold, low = "bold" in marks or front > 7, front & 7
    if "underlined" in marks:
        low = UNDERLINED
    elif "dim" in marks:
        low = DIM
    if "reversed" in marks:
        low, ground = ground | low & 8, low & 7
    if bold:
        low ^= 8
    return terminals.SIXTEEN[low], terminals.SIXTEEN[ground]


def window(front, ground, marks):
    """As a terminal emulator does."""
    if "reversed" in marks:
        front, ground = ground, front
    if "dim" in marks:
        front = tuple((a + b) // 2 for a, b in zip(front, ground, strict=True))
    return front, ground


def faint(app, but=frozenset()) -> list[str]:
    """What stands out too little: text under 7:1, frames under 3:1."""
    told = []
    for run in runs(app):
        text = set(run.text) - {" "}
        if text and run.contrast < (terminals.ENOUGH if text - FRAMES else 3.0):
            told.append(f"{run.contrast:.2f} {run.text.strip()!r} {run.front} on {run.ground}")
    return told


def lowest(app) -> float:
    """The lowest contrast of any text on the screen."""
    return min(run.contrast for run in runs(app) if set(run.text) - {" "} - FRAMES)
