"""The list of dossiers, as an officer's day looks: who waits for what, the longest
first. Digits choose a view, typing narrows it down.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import msgspec
from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import Label

from secterm.desk.index import Found, Wanted
from secterm.desk.model import STRONGER
from secterm.settings import View
from secterm.tui.screens import erasing, exporting, particulars, sharing, verifying
from secterm.tui.screens.dossier import DossierRoom
from secterm.tui.screens.listed import (
    Place,
    damage,
    how_many,
    reading,
    sought,
    wanted,
)
from secterm.tui.screens.officers import Officers
from secterm.tui.screens.overview import Overview
from secterm.tui.screens.room import Room
from secterm.tui.screens.taking_in import TakingIn
from secterm.tui.widgets.carding import Lines
from secterm.tui.widgets.changing import Changing
from secterm.tui.widgets.rows import Drawn, Row, Rows
from secterm.tui.widgets.standing import Standing
from secterm.tui.widgets.views import MOST, Filter, Views
from secterm.tui.wording import STAGES
from secterm.words import _, ngettext

NOBODY: Final = _("There is no dossier here to open. Esc leads back to those there are.")
AT_ONCE: Final = 0.02  # seconds of reading before the list shows for the first time
SLICE: Final = 0.0015  # seconds of reading between two looks at what else there is to do
REST: Final = 0.005  # seconds between two such slices, where nobody waits for what is done
SHOWN_EVERY: Final = 0.25  # seconds
SOON: Final = 0.02  # seconds after a letter, in which what shows is painted


class People(Room[None]):
    """All dossiers."""

    HELP_TEXT = _(
        "Who waits for what, the longest first; Enter opens the dossier. A number chooses "
        "another view. Type any part of a name, a post, a department, an identity number, a "
        "stage or what is owed, or the beginning of an id, to see only those; / first where it "
        "begins with a digit. Esc takes that back, and once more leads to the first view. F8 "
        "shows everybody in bars, F9 the settings. An administrator's: F7 makes shares for when "
        "nobody can unlock, Ctrl+R takes an archive in."
    )
    RULE = _(
        "Nobody is admitted before all four gates are done, and an admission lapses on its day."
    )
    BINDINGS = [
        Binding("enter", "open", _("Open"), priority=True),
        Binding("f2", "new", _("New")),
        Binding("f3", "stage", _("Stage")),
        Binding("f4", "officers", _("Officers")),
        Binding("f5", "export", _("Export")),
        Binding("f6", "verify", _("Verify")),
        Binding("f7", "recovery", _("Recovery")),
        Binding("f8", "overview", _("Overview")),
        Binding("f9", "settings", _("Settings")),
        Binding("ctrl+r", "restore", _("Take an archive in")),
        Binding("escape", "clear", _("Clear the filter"), show=False),
        Binding("1", "view(1)", _("The first view; 2 to 9: the others"), show=False),
        *(Binding(str(n), f"view({n})", "", show=False) for n in range(2, MOST + 1)),
        Binding("slash", "seek", _("Filter by what begins with a digit"), show=False),
        Binding("up", "move(-1)", _("Up"), show=False),
        Binding("down", "move(1)", _("Down"), show=False),
        Binding("pageup", "page(-1)", _("Page up"), show=False),
        Binding("pagedown", "page(1)", _("Page down"), show=False),
        Binding("home", "end(-1)", _("First, while nothing is typed"), show=False, priority=True),
        Binding("end", "end(1)", _("Last, while nothing is typed"), show=False, priority=True),
    ]
    NEEDS = {"new": "record", "export": "record", "recovery": "manage", "restore": "manage"}

    def __init__(self) -> None:
        super().__init__(_("Dossiers"))
        self._place = Place()
        self._found = Found()
        self._rest: Timer | None = None  # when those that do not show yet are looked for
        self._made = False  # the dossier under the cursor is new: it must show
        self._damage = ""  # what is to be said of dossiers that do not open
        self._shown = -1  # what had changed in the index when it was shown last
        self._refused = ""  # what was said of a key that found nothing to do

    def body(self) -> ComposeResult:
        """What nobody may overlook, views, filter, rows, and how many there are."""
        yield Standing()
        yield Views()
        with Horizontal(id="filter"):
            yield Label(_("Show only:"), id="asked-for", markup=False)
            yield Filter(self._narrow)
        yield Changing(id="columns")
        rows = Rows()
        rows.add_class("driven")
        yield rows
        yield Changing(id="count", classes="soft")

    def on_mount(self) -> None:
        """What the unlocking has to tell."""
        standing = self.desk.recovered  # said above the list, for as long as it holds
        told = [told for told in self.desk.notices if told not in standing]
        self.say(" ".join(told), good=told == [STRONGER])
        self.desk.index.spell(sought)
        self._line.value = self._view.words
        self.set_focus(self._line)

    def on_screen_resume(self) -> None:
        """In front: what changed shows, and what is not read yet is read on."""
        super().on_screen_resume()
        desk = self.shell.desk
        if desk is None or self._shown < 0:
            return
        if desk.index.changes != self._shown or not desk.index.complete:
            self.refill()
        else:
            self._read_on()

    def refill(self) -> None:
        """All cards, once the list has its width."""
        self.query_one(Standing).say(self.desk.recovered)
        self.desk.index.read(self.desk.today, AT_ONCE)
        self._read_on()
        self.call_after_refresh(self._show)

    @work(exclusive=True, group="reading", exit_on_error=False)
    async def _read_on(self) -> None:
        """Reads in slices, so that keys are answered meanwhile; then writes sheets so."""
        shown, over = time.monotonic(), self.desk.index.complete
        while not over and self._goes_on:
            over = self.desk.index.read(self.desk.today, SLICE)
            if over or time.monotonic() - shown > SHOWN_EVERY:
                self._show()
                shown = time.monotonic()
            await asyncio.sleep(0)
        while self._goes_on and not self.desk.keep_sheets(SLICE):
            await asyncio.sleep(REST)

    @property
    def _goes_on(self) -> bool:
        return self.shell.desk is not None and self.is_current

    # -- what shows -------------------------------------------------------------

    @property
    def _line(self) -> Filter:
        return self.query_one(Filter)

    @property
    def _views(self) -> tuple[View, ...]:
        return self.shell.settings.views[:MOST] or (View(name=_("All")),)

    @property
    def _view(self) -> View:
        return self._views[min(self._place.view, len(self._views) - 1)]

    @property
    def _in_view(self) -> Wanted:
        picked = self._place.picked
        return picked.wanted if picked else wanted(self._view)

    def _find(self, many: int | None) -> tuple[Found, bool]:
        """What fits, and whether it had to be looked for outside the view."""
        whom, words = self._in_view, self._line.value
        if self._place.stage:
            whom = replace(whom, stages=frozenset({self._place.stage}))
        index = self.desk.index
        slot = index.slot(self._place.dossier)
        found = index.find(whom, words, many=many, slot=slot)
        if found or not words.strip():
            return found, False
        return index.find(Wanted(order=whom.order), words, many=many, slot=slot), True

    def _show(self, many: int | None = None) -> None:
        """Shows whom fits; the first so many at once, and the others and their number soon."""
        if self._rest is not None:
            self._rest.stop()
            self._rest = None
        if self.shell.desk is None:
            return
        index = self.desk.index
        found, outside = self._find(many)
        at = found.place(index.slot(self._place.dossier))
        if self._made and at is None and index.complete:
            self._made = False
            self._place = Place(dossier=self._place.dossier)
            self._line.value = ""
            found, outside = self._find(None)
            at = found.place(index.slot(self._place.dossier))
        self._made = False
        self._found = found
        rows = self.query_one(Rows)
        apart = self.desk.others
        lines = Lines(max(rows.room - 2, 40), self.shell.clock(), lambda id: bool(apart(id)))
        drawn = Drawn(found, lambda card: Row(card.id, lines.line(card)))
        rows.show(drawn, at=at or 0, whole=found.whole)
        if not found.whole:
            self._rest = self.set_timer(SOON, self._show)
            return
        if self._shown != index.changes:
            self._shown = index.changes
            self._count_views()
        self.query_one("#columns", Changing).show(f"  {lines.heading}")
        told = self._told(len(found), outside)
        mark = _("Checkpoint {line}").format(line=self.desk.checkpoint_line())
        between = "    " if cell_len(told) + cell_len(mark) + 4 <= rows.size.width else "\n"
        self.query_one("#count", Changing).show(told + between + mark)

    def _count_views(self) -> None:
        index = self.desk.index
        self._damage = damage(index)
        views = [(v.name, index.count(wanted(v), v.words)) for v in self._views]
        self.query_one(Views).show(views, -1 if self._place.picked else self._place.view)

    def _told(self, shown: int, outside: bool) -> str:
        index = self.desk.index
        if not index.complete:
            return reading(index)
        if not index:
            first = _("F2 opens the first.") if self.desk.may("record") else ""
            back = _("Ctrl+R takes an archive in.") if self.desk.may("manage") else ""
            return " ".join(part for part in (_("There is no dossier yet."), first, back) if part)
        told = how_many(index, shown, self._place, self._line.value, outside=outside)
        return told + self._damage

    def _refuse(self, told: str) -> None:
        """Says why a key did nothing, until other rows are asked for."""
        self._refused = told
        self.say(told)

    def _narrow(self) -> None:
        """Shows whom fits what is asked for now."""
        if self._refused and self.said == self._refused:
            self.say("")
        self._refused = ""
        self._show(None if self._made else self.query_one(Rows).size.height)

    def on_resize(self) -> None:
        """Uses the width there is."""
        self.call_after_refresh(self._show)

    # -- moving about -----------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Home and End are the filter's own keys once something is typed in it."""
        if action == "end" and self.is_mounted and self._line.value:
            return False
        return super().check_action(action, parameters)

    def action_move(self, by: int) -> None:
        """Moves the cursor while the keys are in the filter."""
        self._settled().action_move(by)
        self._under_the_cursor()

    def action_page(self, by: int) -> None:
        """Moves the cursor a page."""
        self._settled().action_page(by)
        self._under_the_cursor()

    def action_end(self, where: int) -> None:
        """Moves the cursor to the first or the last row."""
        self._settled().action_end(where)
        self._under_the_cursor()

    def _settled(self) -> Rows:
        """The rows, when all that fit are among them."""
        if not self._found.whole:
            self._show()
        return self.query_one(Rows)

    def _under_the_cursor(self) -> None:
        self._place = replace(self._place, dossier=self.query_one(Rows).key)

    def action_view(self, number: int) -> None:
        """Another view; where something is typed already the digit belongs to it."""
        if self._line.takes_digits:
            self._line.insert_text_at_cursor(str(number))
        elif number > len(self._views):
            said = ngettext("There is {n} view.", "There are {n} views.", len(self._views))
            self._refuse(said.format(n=len(self._views)))
        else:
            self._go(Place(view=number - 1))

    def _go(self, place: Place) -> None:
        """To another place, with the words of its view in the filter."""
        self.say("")
        self._place = place
        self._shown = -1  # another view is the chosen one
        self._open_filter(False)
        self._line.value = "" if place.picked else self._view.words
        self._show()

    def action_seek(self) -> None:
        """The keys into the filter, digits too."""
        if self._line.takes_digits:
            self._line.insert_text_at_cursor("/")
        else:
            self._open_filter(True)

    def _open_filter(self, opened: bool) -> None:
        self._line.opened = opened
        told = _("Show only: /") if opened else _("Show only:")
        self.query_one("#asked-for", Label).update(told)

    def action_clear(self) -> None:
        """Clears the filter; where there is nothing to clear, back to the first view."""
        narrowed = self._line.takes_digits or self._place.stage or self._place.picked
        view = self._place.view if narrowed else 0
        dossier = self._place.dossier
        self._go(Place(view=view, dossier=dossier))
        if narrowed:
            self._line.value = ""

    def action_stage(self) -> None:
        """Shows one stage of this view after another."""
        here = self.desk.index.stages(self._in_view)
        stages = ["", *(stage for stage in STAGES if stage in here)]
        now = stages.index(self._place.stage) if self._place.stage in stages else 0
        self._place = replace(self._place, stage=stages[(now + 1) % len(stages)])
        self._narrow()

    # -- what is begun here -----------------------------------------------------

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """Opens a row, where the dossier itself opens; of an erased one, what stayed."""
        self._open(event.row.key)

    def _open(self, id: str) -> None:
        erasure = self.desk.erasure(id)
        if erasure is not None:
            self.app.push_screen(erasing.stayed(erasure))
        elif self.tried(lambda: self.desk.dossier(id)) is not None:
            self._enter(id)

    def _enter(self, id: str) -> None:
        """Opens a dossier, and goes on from it once it is left."""
        self.doing = f"dossier:{id}"
        self._place = replace(self._place, dossier=id)
        room = DossierRoom(id)
        self.app.push_screen(room, lambda _none: self._after(room))

    def _after(self, room: DossierRoom) -> None:
        """The next dossier that owes something is under the cursor, where Enter led here; of
        those that fit the filter, or where none does, of all in the view.
        """
        if room.erased:
            self._go(Place(view=self._place.view))  # what it was found by may be the name
            self.say(_("Erased."), good=True)
        if not room.led_on:
            return
        if not self._owing() and self._line.value != self._view.words:
            self._go(self._place)
        self._place = replace(self._place, dossier=self._owing() or self._place.dossier)
        self.call_after_refresh(self._show)

    def _owing(self) -> str:
        """The next dossier after the cursor that owes something; empty where none shows."""
        found, at = self._found, self.query_one(Rows).cursor
        after = (found[place] for place in (*range(at + 1, len(found)), *range(at)))
        return next((card.id for card in after if card.owed), "")

    def action_open(self) -> None:
        """Opens the row under the cursor, of those that fit what was typed so far."""
        self._show()
        if not self._found:
            self._refuse(NOBODY if self.desk.index else self._told(0, False))
            return
        self.query_one(Rows).action_pick()

    @work(exit_on_error=False)
    async def action_new(self) -> None:
        """A new dossier, opened at once."""
        self.doing = "new"
        id = await particulars.new(self)
        if id:
            self._made = True
            self._enter(id)

    def action_officers(self) -> None:
        """Who may unlock."""
        self.doing = "officers"
        self.app.push_screen(Officers())

    @work(exit_on_error=False)
    async def action_export(self) -> None:
        """All dossiers into an archive, those that changed, or those that show."""
        self.doing = "export"
        self._show()
        await exporting.export(self, None, [card.id for card in self._found])

    @work(exit_on_error=False)
    async def action_verify(self) -> None:
        """The whole vault, and optionally against an earlier checkpoint."""
        self.doing = "verify"
        await verifying.verify(self)

    @work(exit_on_error=False)
    async def action_recovery(self) -> None:
        """Recovery shares, drawn and handed out."""
        self.doing = "recovery"
        await sharing.make(self)
        self.freshen()

    @work(exit_on_error=False)
    async def action_overview(self) -> None:
        """All of it in bars; what was picked there is what the list shows then."""
        self.doing = "overview"
        picked = await self.shell.push_screen_wait(Overview())
        if picked is not None:
            self._go(replace(self._place, picked=picked, stage="", dossier=""))

    def action_settings(self) -> None:
        """What the officer may set."""
        from secterm.tui.screens.settings import Preferences

        self.doing = "settings"
        self.app.push_screen(Preferences(), lambda _none: self._go(Place()))

    def action_restore(self) -> None:
        """The archives that could be taken in."""
        self.doing = "restore"
        self.app.push_screen(TakingIn())

    # -- what a lock interrupts -------------------------------------------------

    def place(self) -> str:
        """The view, what it is narrowed to, and the dossier under the cursor."""
        here = replace(self._place, dossier=self.query_one(Rows).key)
        return msgspec.json.encode(here).decode()

    def typed(self) -> dict[str, str]:
        """What is in the filter."""
        return {"filter": self._line.value} if self._line.value else {}

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """Begins again what a lock broke off, or shows what was shown."""
        what, _colon, id = word.partition(":")
        begin: dict[str, Callable[[], object]] = {
            "new": self.action_new,
            "officers": self.action_officers,
            "export": self.action_export,
            "verify": self.action_verify,
            "recovery": self.action_recovery,
            "overview": self.action_overview,
            "settings": self.action_settings,
            "restore": self.action_restore,
        }
        if what == "dossier":
            self._open(id)
        elif what in begin:
            if self.check_action(what, ()):
                begin[what]()
        elif word:
            try:
                place = msgspec.json.decode(word, type=Place)
            except msgspec.MsgspecError:
                return  # of another version: the list begins as always
            self._go(place)
            self._line.value = typed.get("filter", "")
