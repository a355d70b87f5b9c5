"""What happened to a dossier, day by day, the latest first."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Label, Static

from secterm.dossier.narrative import Told
from secterm.tui.dates import in_full
from secterm.tui.screens.room import Room
from secterm.tui.widgets.line import Line
from secterm.words import _, ngettext


def by_day(told: Iterable[Told]) -> RenderableType:
    """Days in full, and under each its times with what happened then."""
    parts: list[RenderableType] = []
    for day, events in itertools.groupby(told, key=lambda one: one.at[:10]):
        parts.append(Text(in_full(date.fromisoformat(day)), style="bold"))
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(width=5, no_wrap=True)
        table.add_column(ratio=1)
        for one in events:
            table.add_row(one.at[11:16], Text(one.text))
        parts.append(table)
    return Group(*parts)


class Timeline(Room[None]):
    """All of it, to be leafed through or searched. Enter or Esc goes back."""

    HELP_TEXT = _(
        "Everything that happened to this dossier, the latest first; nothing is ever taken out. "
        "Arrows, PgUp, PgDn, Home and End move. / shows only what has the words typed then: a "
        "name, a day such as 2026-11-25, any part of a sentence. Enter or Esc goes back."
    )
    RULE = _("Every line is an entry of the journal, sealed and signed by the officer it names.")
    BINDINGS = [
        Binding("enter", "go_on", _("Go on")),
        Binding("slash", "find", _("Find")),
    ]

    def __init__(self, name: str, told: Sequence[Told]) -> None:
        super().__init__(_("Timeline: {name}").format(name=name))
        self._told = list(reversed(told))

    def body(self) -> ComposeResult:
        """The filter, once it is asked for, and the text."""
        with Horizontal(id="filter", classes="hidden"):
            yield Label(_("Show only:"), markup=False)
            yield Line()
        with VerticalScroll(id="page"):
            yield Static("", id="story", markup=False)

    def on_mount(self) -> None:
        """The arrows move the text."""
        self._show()
        self.set_focus(self.query_one("#page"))

    def _show(self) -> None:
        wanted = self.query_one(Line).value.casefold().split()
        shown = [
            one
            for one in self._told
            if all(word in f"{one.at[:10]} {one.text}".casefold() for word in wanted)
        ]
        self.query_one("#story", Static).update(
            by_day(shown) if shown else Text(_("Nothing here has these words. Esc shows all."))
        )
        if wanted:
            count = ngettext(
                "{n} entry has these words.", "{n} entries have these words.", len(shown)
            )
            self.say(count.format(n=len(shown)), good=True)
        else:
            self.say("")
        self.query_one("#page", VerticalScroll).scroll_home(animate=False)

    def action_find(self) -> None:
        """The keys go to the filter until Enter."""
        self.query_one("#filter").remove_class("hidden")
        self.set_focus(self.query_one(Line))

    def on_input_changed(self) -> None:
        """Shows what fits."""
        self._show()

    def on_input_submitted(self) -> None:
        """The keys move the text again."""
        self.set_focus(self.query_one("#page"))

    def action_go_on(self) -> None:
        """Enter leaves it too."""
        self.dismiss(None)

    def action_back(self) -> None:
        """All of it again where only some showed, else back."""
        if self.query_one("#filter").has_class("hidden"):
            self.dismiss(None)
            return
        self.query_one(Line).value = ""
        self.query_one("#filter").add_class("hidden")
        self.set_focus(self.query_one("#page"))

    def place(self) -> str:
        """How far down it was read."""
        return f"{self.query_one('#page', VerticalScroll).scroll_y:g}"

    def typed(self) -> dict[str, str]:
        """The words of the filter."""
        words = self.query_one(Line).value
        return {"find": words} if words else {}

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """The same words, and as far down."""
        if typed.get("find"):
            self.action_find()
            self.query_one(Line).value = typed["find"]
            self._show()
        page = self.query_one("#page", VerticalScroll)
        if word:
            self.call_after_refresh(page.scroll_to, y=float(word), animate=False)
