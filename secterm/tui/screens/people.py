"""The list of dossiers: who is where, and what is owed. Typing filters it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Label, Static

from secterm.desk.cards import Card
from secterm.desk.report import Report
from secterm.tui.screens import exporting, particulars
from secterm.tui.screens.dialogs import Cancelled, bar
from secterm.tui.screens.dossier import DossierRoom
from secterm.tui.screens.form import Entry, Form
from secterm.tui.screens.officers import Officers
from secterm.tui.screens.reader import Reader
from secterm.tui.screens.room import Room
from secterm.tui.widgets.rows import Row, Rows
from secterm.tui.wording import CATEGORIES, SHORT, STAGES
from secterm.words import _, ngettext

FILTERS: Final = ("", *STAGES)


def _columns(width: int) -> tuple[int, int]:
    """The widths of name and post beside category, stage and owed."""
    room = max(width - 39, 24)
    name = room * 6 // 10
    return name, room - name


def line(card: Card, width: int) -> str:
    """A card as one line of this many columns."""
    name, post = _columns(width)
    return (
        f"{_cut(card.name, name)} {_cut(card.post, post)} {CATEGORIES[card.category]:<9}"
        f"{STAGES[card.stage]:<14}{SHORT[card.owed]:<14}"
    )


def heading(width: int) -> str:
    """The names of the columns, over them."""
    name, post = _columns(width)
    return (
        f"  {_cut(_('Name'), name)} {_cut(_('Post'), post)} {_('Category'):<9}"
        f"{_('Stage'):<14}{_('Owed'):<14}"
    )


def _cut(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"


class People(Room[None]):
    """All dossiers."""

    HELP_TEXT = _(
        "Type any part of a name, a post, a category, a stage or what is owed to see only "
        "those. The arrows choose, Enter opens the dossier."
    )
    BINDINGS = [
        Binding("enter", "open", _("Open")),
        Binding("f2", "new", _("New")),
        Binding("f3", "stage", _("Stage")),
        Binding("f4", "officers", _("Officers")),
        Binding("f5", "export", _("Export")),
        Binding("f6", "verify", _("Verify")),
        Binding("escape", "clear", _("Clear the filter"), show=False),
        Binding("up", "move(-1)", _("Up"), show=False),
        Binding("down", "move(1)", _("Down"), show=False),
        Binding("pageup", "page(-1)", _("Page up"), show=False),
        Binding("pagedown", "page(1)", _("Page down"), show=False),
    ]

    def __init__(self) -> None:
        super().__init__(_("Dossiers"))
        self._stage = ""
        self._cards: list[tuple[Card, str]] = []

    def body(self) -> ComposeResult:
        """The filter, the rows, and how many there are."""
        with Horizontal(id="filter"):
            yield Label(_("Show only:"), markup=False)
            yield Input(select_on_focus=False)
        yield Static("", id="columns", markup=False)
        rows = Rows()
        rows.add_class("driven")
        yield rows
        yield Static("", id="count", classes="soft", markup=False)

    def on_mount(self) -> None:
        """What the unlocking has to tell."""
        if self.desk.notices:
            self.say(" ".join(self.desk.notices))
        self.query_one(Input).focus()

    def on_screen_resume(self) -> None:
        """Somebody may have moved on meanwhile."""
        if self.shell.desk is None:
            return
        self._cards = [(card, self._sought(card)) for card in self.desk.cards()]
        self.call_after_refresh(self._show)

    @staticmethod
    def _sought(card: Card) -> str:
        parts = (
            card.name,
            card.post,
            card.department,
            CATEGORIES[card.category],
            STAGES[card.stage],
            SHORT[card.owed],
        )
        return " ".join(parts).casefold()

    def _show(self) -> None:
        if self.shell.desk is None:
            return
        wanted = self.query_one(Input).value.casefold().split()
        rows = self.query_one(Rows)
        width = max(rows.size.width - 2, 40)
        shown = [
            Row(card.id, line(card, width))
            for card, sought in self._cards
            if all(w in sought for w in wanted) and self._stage in ("", card.stage)
        ]
        rows.show(shown)
        self.query_one("#columns", Static).update(heading(width))
        of = ngettext("{n} dossier", "{n} dossiers", len(self._cards)).format(n=len(self._cards))
        told = of if len(shown) == len(self._cards) else f"{len(shown)} / {of}"
        if self._stage:
            told += _(", only: {stage} (F3 changes)").format(stage=STAGES[self._stage])
        if not self._cards:
            told = _("There is no dossier yet. F2 opens the first.")
        told += _("    Checkpoint {line}").format(line=self.desk.checkpoint_line())
        self.query_one("#count", Static).update(told)

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
        self.query_one(Input).value = ""
        self._show()

    def action_stage(self) -> None:
        """Shows one stage after another."""
        here = {card.stage for card, _sought in self._cards}
        filters = [f for f in FILTERS if not f or f in here]
        self._stage = filters[(filters.index(self._stage) + 1) % len(filters)]
        self._show()

    def on_input_submitted(self) -> None:
        """Opens the row under the cursor."""
        self.action_open()

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """Opens a row."""
        self.app.push_screen(DossierRoom(event.row.key))

    def action_open(self) -> None:
        """Opens the row under the cursor."""
        self.query_one(Rows).action_pick()

    @work
    async def action_new(self) -> None:
        """A new dossier, opened at once."""
        id = await particulars.new(self)
        if id:
            self.app.push_screen(DossierRoom(id))

    def action_officers(self) -> None:
        """Who may unlock."""
        self.app.push_screen(Officers())

    @work
    async def action_export(self) -> None:
        """All dossiers into an archive."""
        await exporting.export(self, None)

    @work
    async def action_verify(self) -> None:
        """The whole vault, and optionally against an earlier checkpoint."""
        values = await self.shell.push_screen_wait(
            Form(
                _("Verify"),
                [Entry("checkpoint", _("Earlier checkpoint"), required=False)],
                intro=_(
                    "Every entry is opened, hashed and checked against its signature. If you "
                    "kept a checkpoint, write it here: then it is proven as well that "
                    "history since was neither cut nor rewritten. Else just press Enter."
                ),
            )
        )
        if values is None:
            return
        try:
            report = await self.shell.working(
                _("Verifying the vault"), self._verify(values["checkpoint"]), stoppable=True
            )
        except Cancelled:
            self.say(_("Stopped. Nothing was verified to its end."))
            return
        except Exception as error:
            self.trouble(error)
            return
        title = _("The vault holds.") if report.holds else _("The vault does NOT hold.")
        await self.shell.push_screen_wait(Reader(_("Verify"), title, report.text()))

    def _verify(self, earlier: str) -> Callable[[Callable[[str], None]], Report]:
        desk = self.desk

        def verify(tell: Callable[[str], None]) -> Report:
            return desk.verify(lambda done, total: tell(bar(done, total)), earlier=earlier)

        return verify
