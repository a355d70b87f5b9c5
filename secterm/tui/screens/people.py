"""The list of dossiers: who is where, and what is owed. Typing filters it."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Label, Static

from secterm.desk.cards import Card
from secterm.tui.screens import erasing, exporting, particulars, sharing, verifying
from secterm.tui.screens.dossier import DossierRoom
from secterm.tui.screens.officers import Officers
from secterm.tui.screens.room import Room
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.line import Line
from secterm.tui.widgets.rows import Row, Rows
from secterm.tui.widgets.standing import Standing
from secterm.tui.wording import CATEGORIES, SHORT, STAGES
from secterm.words import _, ngettext

FILTERS: Final = ("", *STAGES)


def _columns(width: int) -> tuple[int, int]:
    """The widths of name and post beside category, stage and owed."""
    room = max(width - 39, 24)
    name = room * 6 // 10
    return name, room - name


def _line(width: int, name: str, post: str, category: str, stage: str, owed: str) -> str:
    """One line of the list, or its heading, in this many columns."""
    wide, narrow = _columns(width)
    return " ".join((fit(name, wide), fit(post, narrow), fit(category, 8), fit(stage, 13), owed))


def _category(card: Card) -> str:
    """The category, where there is still somebody who has one."""
    return "" if card.stage == "erased" else CATEGORIES[card.category]


class People(Room[None]):
    """All dossiers."""

    HELP_TEXT = _(
        "Type any part of a name, a post, a category, a stage or what is owed to see only "
        "those. The arrows choose, Enter opens the dossier. F6 verifies, and can put the "
        "checkpoint on paper. F7 (an administrator's) makes recovery shares, with which the "
        "vault opens when everybody who could unlock it is gone."
    )
    BINDINGS = [
        Binding("enter", "open", _("Open"), priority=True),
        Binding("f2", "new", _("New")),
        Binding("f3", "stage", _("Stage")),
        Binding("f4", "officers", _("Officers")),
        Binding("f5", "export", _("Export")),
        Binding("f6", "verify", _("Verify")),
        Binding("f7", "recovery", _("Recovery")),
        Binding("escape", "clear", _("Clear the filter"), show=False),
        Binding("up", "move(-1)", _("Up"), show=False),
        Binding("down", "move(1)", _("Down"), show=False),
        Binding("pageup", "page(-1)", _("Page up"), show=False),
        Binding("pagedown", "page(1)", _("Page down"), show=False),
    ]
    NEEDS = {"new": "record", "export": "record", "recovery": "manage"}

    def __init__(self) -> None:
        super().__init__(_("Dossiers"))
        self._stage = ""
        self._cards: list[tuple[Card, str]] = []
        self._checkpoint = ""
        self._opened = ""  # the dossier opened last, to be found under the cursor

    def body(self) -> ComposeResult:
        """What nobody may overlook, the filter, the rows, and how many there are."""
        yield Standing()
        with Horizontal(id="filter"):
            yield Label(_("Show only:"), markup=False)
            yield Line()
        yield Static("", id="columns", markup=False)
        rows = Rows()
        rows.add_class("driven")
        yield rows
        yield Static("", id="count", classes="soft", markup=False)

    def on_mount(self) -> None:
        """What the unlocking has to tell."""
        standing = self.desk.recovered  # said above the list, for as long as it holds
        self.say(" ".join(told for told in self.desk.notices if told not in standing))
        self.set_focus(self.query_one(Line))

    def refill(self) -> None:
        """All cards anew, once the list has its width."""
        self._checkpoint = self.desk.checkpoint_line()
        self.query_one(Standing).say(self.desk.recovered)
        self._cards = [(card, self._sought(card)) for card in self.desk.cards()]
        self.call_after_refresh(self._show)

    @staticmethod
    def _sought(card: Card) -> str:
        parts = (
            card.name,
            card.post,
            card.department,
            _category(card),
            STAGES[card.stage],
            SHORT[card.owed],
        )
        return " ".join(parts).casefold()

    def _show(self) -> None:
        if self.shell.desk is None:
            return
        wanted = self.query_one(Line).value.casefold().split()
        rows = self.query_one(Rows)
        width = max(rows.size.width - 2, 40)
        shown = [
            Row(card.id, self._row(card, width))
            for card, sought in self._cards
            if all(w in sought for w in wanted) and self._stage in ("", card.stage)
        ]
        rows.show(shown, self._opened)
        self._opened = ""
        self.query_one("#columns", Static).update(
            "  " + _line(width, _("Name"), _("Post"), _("Category"), _("Stage"), _("Owed"))
        )
        told = self._told(len(shown))
        mark = _("Checkpoint {line}").format(line=self._checkpoint)
        between = "    " if cell_len(told) + cell_len(mark) + 4 <= width else "\n"
        self.query_one("#count", Static).update(told + between + mark)

    @staticmethod
    def _row(card: Card, width: int) -> str:
        stage, owed = STAGES[card.stage], SHORT[card.owed]
        return _line(width, card.name, card.post, _category(card), stage, owed)

    def _told(self, shown: int) -> str:
        """How many there are, and why not all of them show."""
        if not self._cards:
            first = _("F2 opens the first.") if self.desk.may("record") else ""
            return f"{_('There is no dossier yet.')} {first}".rstrip()
        told = ngettext("{n} dossier", "{n} dossiers", len(self._cards)).format(n=len(self._cards))
        if shown < len(self._cards):
            told = f"{shown} / {told}"
        if self._stage:
            told += _(", only: {stage} (F3 changes)").format(stage=STAGES[self._stage])
        return told if shown else told + _(". Esc shows everybody again.")

    def on_input_changed(self) -> None:
        """Shows what fits."""
        self._show()

    def on_resize(self) -> None:
        """Uses the width there is."""
        self.call_after_refresh(self._show)

    def action_move(self, by: int) -> None:
        """Moves the cursor while the keys are in the filter."""
        self.query_one(Rows).action_move(by)

    def action_page(self, by: int) -> None:
        """Moves the cursor a page."""
        self.query_one(Rows).action_page(by)

    def action_clear(self) -> None:
        """Shows everybody again."""
        self.say("")
        self._stage = ""
        self.query_one(Line).value = ""
        self._show()

    def action_stage(self) -> None:
        """Shows one stage after another."""
        here = {card.stage for card, _sought in self._cards}
        filters = [f for f in FILTERS if not f or f in here]
        self._stage = filters[(filters.index(self._stage) + 1) % len(filters)]
        self._show()

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """Opens a row, where the dossier itself opens; of an erased one, what stayed."""
        erasure = self.desk.erasure(event.row.key)
        if erasure is not None:
            self.app.push_screen(erasing.stayed(erasure))
            return
        if self.tried(lambda: self.desk.dossier(event.row.key)) is not None:
            self._enter(event.row.key)

    def _enter(self, id: str) -> None:
        """Opens a dossier, and goes on from it once it is left."""
        self.doing = f"open:{id}"
        room = DossierRoom(id)
        self.app.push_screen(room, lambda _none: self._after(room))

    def _after(self, room: DossierRoom) -> None:
        """The next dossier that owes something is under the cursor, where Enter led here."""
        if room.erased:
            self.say(_("Erased."), good=True)
        if not room.led_on:
            return
        rows = self.query_one(Rows)
        owing = {card.id for card, _sought in self._cards if card.owed}
        at = rows.cursor
        after = [*rows.rows[at + 1 :], *rows.rows[:at]]
        self._opened = next((row.key for row in after if row.key in owing), rows.key)
        self.call_after_refresh(self._show)

    # -- what a lock interrupts -----------------------------------------------

    def place(self) -> str:
        """What is typed in the filter."""
        typed = self.query_one(Line).value
        return f"only:{typed}" if typed else ""

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """The same filter; a dossier, or what was begun from here."""
        kind, _colon, what = word.partition(":")
        if kind == "only":
            self.query_one(Line).value = what
        elif kind == "open" and self.tried(lambda: self.desk.dossier(what)) is not None:
            self._enter(what)
        elif kind == "do":
            self.call_later(self.run_action, what)

    def action_open(self) -> None:
        """Opens the row under the cursor, of those that fit what was typed so far."""
        self._show()
        self.query_one(Rows).action_pick()

    @work(exit_on_error=False)
    async def action_new(self) -> None:
        """A new dossier, opened at once."""
        self.doing = "do:new"
        id = await particulars.new(self)
        if id:
            self._opened = id
            self._enter(id)

    def action_officers(self) -> None:
        """Who may unlock."""
        self.doing = "do:officers"
        self.app.push_screen(Officers())

    @work(exit_on_error=False)
    async def action_export(self) -> None:
        """All dossiers into an archive."""
        self.doing = "do:export"
        await exporting.export(self, None)

    @work(exit_on_error=False)
    async def action_verify(self) -> None:
        """The whole vault, and optionally against an earlier checkpoint."""
        self.doing = "do:verify"
        await verifying.verify(self)

    @work(exit_on_error=False)
    async def action_recovery(self) -> None:
        """Recovery shares, drawn and handed out."""
        self.doing = "do:recovery"
        await sharing.make(self)
        self.freshen()
