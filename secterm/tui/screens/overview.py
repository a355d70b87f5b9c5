"""All dossiers in bars: how many stand where, what lapses when, who waits how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from secterm.desk.index import Wanted
from secterm.desk.tally import Tally, tally
from secterm.tui.dates import SHORT, in_full
from secterm.tui.screens.room import Room
from secterm.tui.widgets.bars import Bar, Bars
from secterm.tui.wording import STAGES
from secterm.words import _, ngettext

WAY: Final = (
    "screening",
    "training",
    "undertaking",
    "rules",
    "decision",
    "second",
    "deferred",
    "admitted",
    "lapsed",
)
OVER: Final = ("refused", "withdrawn", "left", "erased")
WAITED: Final = {
    0: _("today"),
    1: _("up to a week"),
    8: _("up to 30 days"),
    31: _("up to 90 days"),
    91: _("longer"),
}


@dataclass(frozen=True)
class Picked:
    """What the list shall show, and what that is called."""

    name: str
    wanted: Wanted


class Overview(Room[Picked | None]):
    """Bars, each of which leads to those whom it counts."""

    HELP_TEXT = _(
        "Everybody at one look: at which stage they are, what lapses in each month of the "
        "year to come, and how long those wait who wait for something. A bar's length is its "
        "share of the longest in its group; the number beside it is exact. The arrows choose a "
        "bar, Enter shows in the list whom it counts."
    )
    RULE = _("It counts what stands today; what has lapsed since it was admitted counts as lapsed.")
    BINDINGS = [
        Binding("enter", "pick", _("Show them")),
        Binding("up", "move(-1)", _("Up"), show=False),
        Binding("down", "move(1)", _("Down"), show=False),
        Binding("left,right", "across", _("The other side"), show=False),
        Binding("home", "to('stages', 0)", _("First"), show=False),
        Binding("end", "to('lapses', -1)", _("Last"), show=False),
    ]

    def __init__(self) -> None:
        super().__init__(_("Overview"))
        self._kept: dict[str, Picked] = {}

    def body(self) -> ComposeResult:
        """The totals, and three groups of bars in two columns."""
        yield Static("", id="totals", classes="title", markup=False)
        with VerticalScroll(id="sides", can_focus=False), Horizontal():
            with Vertical(id="left"):
                yield Bars(_("Where they stand"), id="stages")
                yield Bars(_("How long they wait"), id="waits", last=True)
            with Vertical():
                yield Bars(_("What lapses"), id="lapses", last=True)

    def on_mount(self) -> None:
        """The cursor is on the first bar."""
        self.query_one("#stages", Bars).to(0)

    def refill(self) -> None:
        """All numbers anew, spread over the lines there are."""
        room = self.query_one("#sides").size.height
        if not room:
            return  # the lines are not known yet; when they are, it is asked again
        today, index = self.desk.today, self.desk.index
        while not index.read(today, 1.0):
            pass
        cards = index.cards()
        numbers = tally(cards.many(), cards.waiting_since(), today)
        groups = {
            "stages": list(self._stages(numbers)),
            "waits": list(self._waits(numbers)),
            "lapses": list(self._lapses(numbers, today)),
        }
        self._kept = {bar.key: picked for made in groups.values() for bar, picked in made}
        left = Bars.lines_of(len(groups["stages"]) + len(groups["waits"]), 2) + 2
        right = Bars.lines_of(len(groups["lapses"]), 2)
        apart = 2 if max(left, right) <= room else 1
        for id, made in groups.items():
            self.query_one(f"#{id}", Bars).show([bar for bar, _picked in made], apart)
        told = ngettext("{n} dossier", "{n} dossiers", numbers.total).format(n=f"{numbers.total:,}")
        waiting = _("{n} waiting").format(n=f"{numbers.waiting:,}")
        lapsed = _("{n} lapsed").format(n=f"{numbers.stages.get('lapsed', 0):,}")
        self.query_one("#totals", Static).update(f"{in_full(today)}: {told}, {waiting}, {lapsed}")

    def on_resize(self) -> None:
        """Uses the room there is."""
        if self.shell.desk is not None:
            self.call_after_refresh(self.refill)

    @staticmethod
    def _stages(numbers: Tally) -> list[tuple[Bar, Picked]]:
        made = [_of_stage(stage, numbers) for stage in WAY]
        many = sum(numbers.stages.get(stage, 0) for stage in OVER)
        wanted = Wanted(stages=frozenset(OVER), order="opened")
        made.append((Bar(_("over"), many, "over"), Picked(_("over"), wanted)))
        if numbers.stages.get("damaged"):
            made.append(_of_stage("damaged", numbers))
        return made

    @staticmethod
    def _waits(numbers: Tally) -> list[tuple[Bar, Picked]]:
        made = []
        for (first, last), many in numbers.waits.items():
            picked = Picked(_("waiting"), Wanted(waits=(first, last)))
            made.append((Bar(WAITED[first], many, f"waits {first}"), picked))
        return made

    @staticmethod
    def _lapses(numbers: Tally, today: date) -> list[tuple[Bar, Picked]]:
        wanted = Wanted(stages=frozenset({"lapsed"}), order="lapse")
        name = _("have lapsed")
        made = [(Bar(name, numbers.stages.get("lapsed", 0), "gone"), Picked(name, wanted))]
        for month, many in numbers.months.items():
            year, of_year = month.split("-")
            name = f"{SHORT[int(of_year) - 1]} {year}"
            said = _("lapses in {month}").format(month=name)
            picked = Picked(said, Wanted(month=month, order="lapse"))
            made.append((Bar(name, many, month), picked))
        return made

    # -- moving about -----------------------------------------------------------

    @property
    def _here(self) -> Bars:
        """The bars among which the cursor is."""
        return next(bars for bars in self.query(Bars) if bars.cursor >= 0)

    def action_to(self, id: str, cursor: int) -> None:
        """To a bar of a group; -1 is the last."""
        self._here.to(-1)
        bars = self.query_one(f"#{id}", Bars)
        bars.to(cursor % len(bars.bars))
        sides = self.query_one("#sides")
        here = bars.line.translate(bars.region.offset - sides.region.offset + sides.scroll_offset)
        sides.scroll_to_region(here, animate=False, force=True)

    def action_move(self, by: int) -> None:
        """To the next bar, from the last of a group to the first of the one after it."""
        here, groups = self._here, list(self.query(Bars))
        to = here.cursor + by
        if 0 <= to < len(here.bars):
            self.action_to(str(here.id), to)
        else:
            after = groups[(groups.index(here) + by) % len(groups)]
            self.action_to(str(after.id), 0 if by > 0 else -1)

    def action_across(self) -> None:
        """To the bars on the other side."""
        self.action_to("stages" if self._here.id == "lapses" else "lapses", 0)

    def action_pick(self) -> None:
        """The list, with those whom the bar counts."""
        here = self._here
        self.dismiss(self._kept[here.bars[here.cursor].key])

    # -- what a lock interrupts -------------------------------------------------

    def place(self) -> str:
        """The bar under the cursor."""
        return f"{self._here.id}:{self._here.cursor}"

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """To the bar where the cursor was."""
        id, _colon, cursor = word.partition(":")
        if cursor.isdecimal() and any(bars.id == id for bars in self.query(Bars)):
            self.action_to(id, int(cursor))


def _of_stage(stage: str, numbers: Tally) -> tuple[Bar, Picked]:
    name = STAGES[stage]
    wanted = Wanted(stages=frozenset({stage}))
    return Bar(name, numbers.stages.get(stage, 0), stage), Picked(name, wanted)
