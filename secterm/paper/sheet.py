"""A document on A4: what stands at the head and foot of each page, and how text, tables
and lines for ink are set on it. Nothing is cut off: a long word is broken, and a row
that is longer than a page goes on on the next one. The same input gives the same bytes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fpdf import FPDF
from fpdf.bidi import BidiParagraph

from secterm.paper import Paper
from secterm.paper.fonts import Fonts
from secterm.policy.model import Pack
from secterm.words import _

LEFT: Final = 25.0  # millimetres, as all lengths here; room for a binder's holes
RIGHT: Final = 20.0
EDGE: Final = 12.0  # over the first line of a page, and under its last
TALL: Final = 297.0
FRAME: Final = 3.9  # from line to line at head and foot
WIDTH: Final = 210.0 - LEFT - RIGHT
POINT: Final = 25.4 / 72
LEADING: Final = 1.42  # of the size
BODY: Final = 9.5  # points
SMALL: Final = 8.0
HEADING: Final = 11.5
TITLE: Final = 17.0
BLACK: Final = 0
GREY: Final = 85
RULE: Final = 150
TOGETHER: Final = 70.0  # a row up to this height is not broken
LABEL: Final = 42.0
BETWEEN: Final = 4.0  # two columns of a table
FROM_RIGHT: Final = ("R", "AL", "AN")
MIRRORED: Final = dict(zip("()[]{}<>«»‹›", ")(][}{><»«›‹", strict=True))
CLOSING: Final = ("Pe", "Pf", "Po", "Mn", "Mc", "Me")  # never first on a line
OPENING: Final = ("Ps", "Pi")  # never last


@dataclass(frozen=True)
class Head:
    """What stands on each page. `about` says of what it is a document; `made` is its date."""

    unit: str
    title: str
    about: str
    checkpoint: str
    made: datetime
    pack: str = ""
    level: str = ""
    notice: str = ""  # whom it is for, where not for everybody
    language: str = "en"


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and its share of the width."""

    heading: str
    share: float
    bold: bool = False


@dataclass(frozen=True)
class Cell:
    """A text in a column of its own."""

    x: float
    width: float
    text: str
    style: str = ""
    size: float = BODY
    colour: int = BLACK


@dataclass(frozen=True)
class _Line:
    x: float
    text: str
    style: str
    size: float
    colour: int


class _Pages(FPDF):
    """Pages whose head and foot are drawn once it is known how many there are."""

    def __init__(self) -> None:
        super().__init__(unit="mm", format="A4")
        self.set_auto_page_break(False)
        self.set_margins(0, 0, 0)
        self.c_margin = 0
        self.alias_nb_pages("")  # or a text that is written so would become a number


class Sheet:
    """A document that is being set, from its title down."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self._pdf = pdf = _Pages()
        self._fonts = Fonts(pdf)
        self._y = 0.0
        self._again: Callable[[], None] | None = None  # what a table repeats on a new page
        self._over = [
            Cell(0, WIDTH - RIGHT, head.unit, "B", SMALL),
            Cell(0, WIDTH, head.title, "", SMALL, GREY),
            Cell(0, WIDTH, head.notice, "B", SMALL),
        ]
        self._under = [
            Cell(0, WIDTH - 35, text, "", SMALL, GREY)
            for text in (head.about, head.pack, _("Checkpoint {line}").format(line=head.checkpoint))
        ]
        self._top = EDGE + FRAME * self._deep(self._over) + 7
        self._foot = TALL - EDGE - FRAME * self._deep(self._under) - 6
        shown = self._fonts.shown
        pdf.set_creation_date(head.made)
        pdf.set_title(shown(head.title))
        pdf.set_author(shown(head.unit))
        pdf.set_producer("secterm")
        pdf.set_lang(shown(head.language))
        self.new_page()
        self.text(head.title, "B", TITLE)
        self.gap(2)

    # -- what a document is made of ------------------------------------------

    def heading(self, text: str) -> None:
        """A heading, never alone at the foot of a page."""
        self.gap(4)
        self.together(28)
        self.text(text, "B", HEADING)
        self.gap(1)

    def text(
        self, text: str, style: str = "", size: float = BODY, *, x: float = 0, colour: int = BLACK
    ) -> None:
        """A paragraph over the whole width, `x` from the left."""
        self.row(Cell(x, WIDTH - x, text, style, size, colour))

    def small(self, text: str) -> None:
        """A remark in small print."""
        self.text(text, size=SMALL, colour=GREY)

    def gap(self, height: float) -> None:
        """Room between two parts, but not at the head of a page."""
        if self._y > self._top:
            self._y += height

    def facts(self, pairs: Iterable[tuple[str, str]], *, x: float = 0) -> None:
        """A name on the left and what it is beside it; what is empty is said to be so."""
        for name, said in pairs:
            self.row(
                Cell(x, LABEL - 3, name, colour=GREY),
                Cell(x + LABEL, WIDTH - x - LABEL, said if said.strip() else _("none")),
            )
            self.gap(0.7)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """Rows under headings that stand again on each page."""
        places = list(_places(columns))

        def headings() -> None:
            self.row(
                *(
                    Cell(x, width, column.heading, "B", SMALL, GREY)
                    for column, (x, width) in zip(columns, places, strict=True)
                )
            )
            self.rule()

        self.together(24)
        headings()
        self._again = headings
        for row in rows:
            self.row(
                *(
                    Cell(x, width, text, "B" if column.bold else "")
                    for column, (x, width), text in zip(columns, places, row, strict=True)
                )
            )
            self.rule()
        self._again = None
        self.gap(1.5)

    def rule(self) -> None:
        """A thin line over the whole width."""
        self._draw(0, WIDTH, self._y + 0.8)
        self._y += 2.0

    def line(self, start: float, end: float) -> None:
        """A line to write on, under what was set last."""
        self._draw(start, end, self._y)

    def ink(self, sides: Iterable[tuple[str, str]]) -> None:
        """For each side, its name and role, a line to sign on and one for place and date."""
        for name, role in sides:
            who = ", ".join(part for part in (name, role) if part)
            lines = list(self._lines(Cell(0, WIDTH, who)))
            self.together(17 + len(lines) * BODY * LEADING * POINT)
            self._y += 13
            self._draw(0, 92, self._y)
            self._draw(100, WIDTH, self._y)
            self._y += 0.8
            self.row(
                Cell(0, 92, _("Signature"), size=SMALL, colour=GREY),
                Cell(100, WIDTH - 100, _("Place and date"), size=SMALL, colour=GREY),
            )
            self.text(who)
        self.gap(3)

    def row(self, *cells: Cell) -> None:
        """Texts side by side. Kept on one page unless it is long."""
        columns = [list(self._lines(cell)) for cell in cells]
        tall = max((cell.size for cell in cells), default=BODY) * LEADING * POINT
        deep = max((len(column) for column in columns), default=0)
        if deep * tall <= TOGETHER:
            self.together(deep * tall)
        while deep > 0:
            self.together(tall)
            fits = min(max(int((self._foot - self._y) / tall + 0.001), 1), deep)
            for n, column in enumerate(columns):
                for down, line in enumerate(column[:fits]):
                    self._write(line, tall, down)
                columns[n] = column[fits:]
            self._y += fits * tall
            deep -= fits

    def finished(self) -> Paper:
        """The document, with the head and foot of all its pages."""
        unshown = tuple(sorted(self._fonts.unshown))
        if unshown:
            self.gap(4)
            self.small(
                _(
                    "No font of the machine that made this has some of the letters. Each stands "
                    "here as its number in Unicode, such as [U+5317]."
                )
            )
        pages = self._pdf.page
        for page in range(1, pages + 1):
            self._pdf.page = page
            self._frame(page, pages)
        data = bytes(self._pdf.output())
        return Paper(self._head.title, data, pages, unshown)

    # -- pages -----------------------------------------------------------------

    def new_page(self) -> None:
        """What comes next stands on a page of its own."""
        self._pdf.add_page()
        self._y = self._top

    def together(self, height: float) -> None:
        """On to the next page where so much does not fit on this one any more."""
        if self._y + height > self._foot and self._y > self._top:
            self.new_page()
            if self._again is not None:
                again, self._again = self._again, None
                again()
                self._again = again

    def _frame(self, page: int, pages: int) -> None:
        """The head and the foot of a page; what is too long there goes on in a second line."""
        self._y = EDGE
        self._aside(self._head.level, "B")
        self._framed(self._over)
        self._draw(0, WIDTH, self._top - 5)
        self._draw(0, WIDTH, self._foot + 3)
        self._y = self._foot + 5
        self._aside(_("Page {n} of {m}").format(n=page, m=pages), "")
        self._framed(self._under)

    def _aside(self, text: str, style: str) -> None:
        """At the right end of a line of the frame."""
        text = self._fonts.shown(text)
        at = WIDTH - self._measure(text, style, SMALL)
        self._write(_Line(at, text, style, SMALL, BLACK), FRAME)

    def _framed(self, cells: Iterable[Cell]) -> None:
        for cell in cells:
            for line in self._lines(cell) if cell.text else ():
                self._write(line, FRAME)
                self._y += FRAME

    def _deep(self, cells: Iterable[Cell]) -> int:
        return sum(len(list(self._lines(cell))) for cell in cells if cell.text)

    # -- lines -----------------------------------------------------------------

    def _lines(self, cell: Cell) -> Iterator[_Line]:
        text = self._fonts.shown(cell.text)
        for paragraph in text.split("\n"):
            for line in self._wrapped(paragraph, cell):
                yield _Line(cell.x, line, cell.style, cell.size, cell.colour)

    def _wrapped(self, text: str, cell: Cell) -> Iterator[str]:
        """A paragraph in lines: broken at spaces, between wide letters, else where it must."""
        line, used = "", 0.0
        for part in _parts(text):
            width = self._measure(part.rstrip(), cell.style, cell.size)
            if line and used + width > cell.width:
                yield line.rstrip()
                line, used = "", 0.0
            while width > cell.width and len(part.rstrip()) > 1:
                fits = self._fitting(part, cell)
                yield part[:fits]
                part = part[fits:]
                width = self._measure(part.rstrip(), cell.style, cell.size)
            line, used = line + part, used + self._measure(part, cell.style, cell.size)
        yield line.rstrip()

    def _fitting(self, word: str, cell: Cell) -> int:
        """How many letters of a word fill a line, without parting an accent from its letter."""
        used, count = 0.0, 0
        for char in word:
            used += self._measure(char, cell.style, cell.size)
            if used > cell.width:
                break
            count += 1
        while count > 1 and unicodedata.combining(word[count : count + 1] or " "):
            count -= 1
        return max(count, 1)

    def _measure(self, text: str, style: str, size: float) -> float:
        return sum(self._fonts.width(char, style) for char in text) * size * POINT

    def _write(self, line: _Line, tall: float, down: int = 0) -> None:
        pdf = self._pdf
        pdf.set_font(self._fonts.family, line.style, line.size)
        pdf.set_text_color(line.colour)
        pdf.set_xy(LEFT + line.x, self._y + down * tall)
        if line.text:
            pdf.cell(WIDTH, tall, _as_seen(line.text))

    def _draw(self, start: float, end: float, y: float) -> None:
        with self._pdf.local_context(draw_color=RULE, line_width=0.2):
            self._pdf.line(LEFT + start, y, LEFT + end, y)


def pack_line(pack: Pack) -> str:
    """A pack's name and version, for the foot of a page."""
    return _("Policy pack “{name}”, version {version}").format(
        name=pack.head.name, version=pack.head.version
    )


def _places(columns: Sequence[Column]) -> Iterator[tuple[float, float]]:
    """Where each column begins, and how wide it is."""
    free, at = WIDTH - BETWEEN * (len(columns) - 1), 0.0
    total = sum(column.share for column in columns)
    for column in columns:
        width = free * column.share / total
        yield at, width
        at += width + BETWEEN


def _parts(text: str) -> Iterator[str]:
    """What stays together on a line: a word with the spaces after it, or one wide letter."""
    part = ""
    for char in text:
        if part.strip() and char != " " and (part.endswith(" ") or _between(part[-1], char)):
            yield part
            part = ""
        part += char
    if part:
        yield part


def _between(one: str, other: str) -> bool:
    """Whether a line may end between these two: beside a wide letter, but not before a comma."""
    wide = any(unicodedata.east_asian_width(char) in "WF" for char in (one, other))
    kind = unicodedata.category(other)
    return wide and kind not in CLOSING and unicodedata.category(one) not in OPENING


def _as_seen(line: str) -> str:
    """A line in the order in which it is drawn, from the left, where it runs from the right."""
    if not any(unicodedata.bidirectional(char) in FROM_RIGHT for char in line):
        return line
    drawn = BidiParagraph(line).get_reordered_characters()
    return "".join(
        MIRRORED.get(one.character, one.character) if one.embedding_level % 2 else one.character
        for one in drawn
    )
