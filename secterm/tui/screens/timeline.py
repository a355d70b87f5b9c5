"""What happened to a dossier, day by day, the latest first."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Label, Static

from secterm.dossier import narrative
from secterm.dossier.narrative import Told
from secterm.tui import dates
from secterm.tui.screens.room import Room
from secterm.tui.widgets.line import Line
from secterm.words import _, ngettext

SINGLY: Final = "singly"  # a word in the place that a lock keeps
TIME: Final = 5  # columns of a time,
APART: Final = 2  # and between one column and the next
SHOWN: Final = 8  # hex digits of a vault's id


def by_day(told: Iterable[Told], *, numbers: bool = False) -> RenderableType:
    """Days in full, and under each its times with what happened then; at the right, where
    `numbers` are wanted, that of the entry, as a verification names it.
    """
    parts: list[RenderableType] = []
    for day, events in _days(told):
        parts.append(Text(dates.told(day), style="bold"))
        table = Table.grid(padding=(0, APART, 0, 0), expand=True)
        table.add_column(width=TIME, no_wrap=True)
        table.add_column(ratio=1)
        if numbers:
            table.add_column(justify="right", no_wrap=True)
        for one in events:
            number = [_number(one)] if numbers else []
            table.add_row(one.at[11:16], Text(one.text), *number)
        parts.append(table)
    return Group(*parts)


def _days(told: Iterable[Told]) -> Iterable[tuple[str, Iterable[Told]]]:
    return itertools.groupby(told, key=lambda one: one.at[:10])


def _number(one: Told) -> str:
    """The entry's number, and before it the vault whose journal it is of, where that is another."""
    number = f"#{one.number}-{one.last}" if one.last else f"#{one.number}"
    return f"{one.vault[:SHOWN]} {number}" if one.vault else number


class Latest(Static):
    """The latest of what happened, as far as it finds room; no entry is cut."""

    def __init__(self) -> None:
        super().__init__("", id="timeline", markup=False)
        self._told: Sequence[Told] = ()

    def tell(self, told: Sequence[Told]) -> None:
        """Other entries, the latest first."""
        self._told = told
        self._fit()

    def on_resize(self) -> None:
        """Uses the room there is."""
        self._fit()

    def _fit(self) -> None:
        width = self.size.width - TIME - 2 * APART
        fitting: list[Told] = []
        used = 0
        for _day, events in _days(self._told):
            used += 1
            for one in events:
                used += len(Text(one.text).wrap(self.app.console, max(width, 1)))
                if used > self.size.height:
                    break
                fitting.append(one)
            if used > self.size.height:
                break
        self.update(by_day(fitting))


class Timeline(Room[None]):
    """All of it, to be leafed through or searched. Enter or Esc goes back."""

    HELP_TEXT = _(
        "Everything that happened to this dossier, the latest first; nothing is ever taken out. "
        "What is alike in a row is told as one; F4 shows each by itself. Arrows, PgUp, PgDn, Home "
        "and End move. / shows only what has the words typed then: a name, a day such as "
        "25 November or 2026-11-25, a number such as #1704, any part of a sentence. Enter or Esc "
        "goes back."
    )
    RULE = _(
        "Every line is an entry of the journal, sealed and signed by the officer it names. "
        "A verification names it by the number at the right. What was recorded in another vault "
        "and came with an archive has that vault's first digits before its number there."
    )
    BINDINGS = [
        Binding("enter", "keep", _("Read what was found"), priority=True),
        Binding("enter", "go_on", _("Back")),
        Binding("f4", "singly(True)", _("Each by itself")),
        Binding("f4", "singly(False)", _("Alike as one")),
        Binding("slash", "find", _("Find")),
    ]

    def __init__(self, name: str, told: Sequence[Told]) -> None:
        super().__init__(_("Timeline: {name}").format(name=name))
        self._told = list(reversed(told))
        self._short = list(reversed(list(narrative.in_short(told))))
        self._singly = False

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
        wanted = self._wanted
        told = self._told if wanted or self._singly else self._short
        shown = [one for one in told if _has(one, wanted)]
        self.query_one("#story", Static).update(
            by_day(shown, numbers=True)
            if shown
            else Text(_("Nothing here has these words. Esc shows all."))
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
        self.refresh_bindings()

    def action_keep(self) -> None:
        """The keys move the text again."""
        self.set_focus(self.query_one("#page"))

    def action_singly(self, singly: bool) -> None:
        """Tells each entry by itself, or what is alike in a row as one."""
        self._singly = singly
        self._show()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What a key does where the keys are now."""
        typing = isinstance(self.focused, Line)
        if action in ("keep", "go_on"):
            return typing == (action == "keep")
        if action == "singly":
            return parameters[0] is not self._singly and self._runs and not self._wanted
        return super().check_action(action, parameters)

    @property
    def _runs(self) -> bool:
        """Whether anything is told as one."""
        return len(self._short) < len(self._told)

    @property
    def _wanted(self) -> list[str]:
        return self.query_one(Line).value.casefold().split() if self.is_mounted else []

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
        """How far down it was read, and whether each entry was told by itself."""
        down = str(self.query_one("#page", VerticalScroll).scroll_offset.y)
        return f"{down} {SINGLY}" if self._singly else down

    def typed(self) -> dict[str, str]:
        """The words of the filter."""
        words = self.query_one(Line).value
        return {"find": words} if words else {}

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """The same words, and as far down."""
        down, _space, how = word.partition(" ")
        if how == SINGLY:
            self.action_singly(True)
        if typed.get("find"):
            self.action_find()
            self.query_one(Line).value = typed["find"]
            self._show()
        page = self.query_one("#page", VerticalScroll)
        if down.isdecimal():
            self.call_after_refresh(page.scroll_to, y=int(down), animate=False)


def _has(one: Told, wanted: Sequence[str]) -> bool:
    """Whether all words stand in an entry, in its day however that is written, or its number."""
    number = f"#{one.number} {one.vault[:SHOWN]}"
    text = f"{one.at[:10]} {dates.told(one.at)} {number} {one.text}".casefold()
    return all(word in text for word in wanted)
