"""The settings: what they are now, each changed on its own. What is set acts at once
and is written to the file beside the vault.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from secterm import messages
from secterm.settings import MOST_VIEWS, Settings, View, reading
from secterm.tui.screens.choosing import (
    CHOICES,
    LABELS,
    OWED,
    changed,
    setting_form,
    view_form,
    view_of,
)
from secterm.tui.screens.dialogs import Question
from secterm.tui.screens.form import Form, Values
from secterm.tui.screens.room import Room
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.choices import Choice
from secterm.tui.widgets.rows import Row, Rows
from secterm.tui.wording import STAGES
from secterm.words import _, ngettext

VIEW: Final = "view-"
CHANGE: Final = "change "
MINUTE: Final = 60  # seconds
EDITED: Final = _(
    "The settings file was changed meanwhile, so nothing was written. What it says holds now; do "
    "the last step again."
)


class Lines(Rows):
    """Rows that are changed, not opened."""

    BINDINGS = [Binding("enter", "pick", _("Change"))]


class Preferences(Room[None]):
    """All settings and views."""

    HELP_TEXT = _(
        "Enter changes a line; it acts at once and is written to the settings file beside the "
        "vault. Views are what the number keys show in the list of dossiers, in this order: F2 "
        "adds one, F5 and F6 move it, F8 removes it. The file may be edited too; it is "
        "neither sealed nor signed, so nothing in it weakens the vault."
    )
    RULE = _(
        "Settings change how the program looks and waits, never what is recorded or who may "
        "read it."
    )
    BINDINGS = [
        Binding("f2", "add", _("New view")),
        Binding("f5", "shift(-1)", _("View up")),
        Binding("f6", "shift(1)", _("View down")),
        Binding("f8", "remove", _("Remove view")),
    ]

    def __init__(self) -> None:
        super().__init__(_("Settings"))

    def body(self) -> ComposeResult:
        """One row for each setting and each view, and where they are written."""
        yield Lines()
        kept = _("Kept in {path}").format(path=self._file)
        yield Static(kept, classes="soft", markup=False)

    def on_mount(self) -> None:
        """What the file says now, which somebody may have edited meanwhile."""
        self.set_focus(self.query_one(Rows))
        try:
            self._edited()
        except reading.SettingsInvalid as error:
            self.trouble(error)
        self._show()

    def _edited(self) -> bool:
        """Lets act what somebody wrote into the file; whether it says else than what held.

        Raises `SettingsInvalid` where it is not right.
        """
        text, before = reading.text_of(self._file), self._settings
        if text is not None:
            self._act(reading.parse(text, self._file))
        return self._settings != before

    @property
    def _file(self) -> Path:
        return reading.beside(self.shell.vault)

    @property
    def _settings(self) -> Settings:
        return self.shell.settings

    def _show(self, key: str = "") -> None:
        told = {key: (LABELS[key], self._value(key)) for key in LABELS}
        for number, view in enumerate(self._settings.views):
            told[f"{VIEW}{number}"] = (_("View {n}").format(n=number + 1), _summary(view))
        list_ = self.query_one(Rows)
        width = max(list_.room - 23, 30)
        list_.show(
            [Row(id, f"{fit(label, 20)} {fit(text, width)}") for id, (label, text) in told.items()],
            key,
        )

    def on_resize(self) -> None:
        """Uses the width there is."""
        self.call_after_refresh(self._show)

    def _value(self, key: str) -> str:
        if key == "idle":
            idle = self._settings.idle
            told = ngettext("{n} second", "{n} seconds", idle).format(n=idle)
            whole = idle // MINUTE
            if idle % MINUTE:
                return told
            return f"{told} ({ngettext('{n} minute', '{n} minutes', whole).format(n=whole)})"
        if key == "recipients":
            count = len(self._settings.recipients)
            return ngettext("{n} key", "{n} keys", count).format(n=count) if count else _("None")
        return CHOICES[key][str(getattr(self._settings, key))]

    # -- changing -------------------------------------------------------------------

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """Changes the row's setting or view."""
        self._change(event.row.key)

    def _change(self, key: str) -> None:
        if key == "recipients" and not self.allowed("record"):
            return
        self.doing = CHANGE + key
        if key.startswith(VIEW):
            self._edit_view(int(key.removeprefix(VIEW)))
        elif key in LABELS:
            self._edit(key)

    @work(exit_on_error=False)
    async def _edit(self, key: str) -> None:
        await self._ask(
            lambda told, kept: setting_form(key, self._settings, told, kept, self.desk.recipient),
            lambda values: changed(key, self._settings, values),
            key,
        )

    @work(exit_on_error=False)
    async def _edit_view(self, number: int) -> None:
        def with_it(values: Values) -> Settings:
            views = self._settings.views
            made = (*views[:number], view_of(values), *views[number + 1 :])
            return msgspec.structs.replace(self._settings, views=made)

        views = self._settings.views
        shown = views[number] if number < len(views) else View(name="")
        await self._ask(lambda told, kept: view_form(shown, told, kept), with_it, f"{VIEW}{number}")

    async def _ask(
        self,
        form: Callable[[str, Values], Form],
        changed: Callable[[Values], Settings],
        key: str,
    ) -> None:
        """Asks with `form` (what is told, what was typed) until it is written or left."""
        told, kept = "", Values()
        while True:
            values = await self.shell.push_screen_wait(form(told, kept))
            if values is None:
                return
            kept = values
            told = await self._write(changed(values), key)
            if not told:
                return

    async def _write(self, settings: Settings, key: str) -> str:
        """Writes, and then lets it act; what went wrong, else empty."""
        from secterm.settings.writing import write

        file = self._file
        with contextlib.suppress(reading.SettingsInvalid):  # that one is kept beside the new one
            if self._edited():
                self._show(key)
                return EDITED
        try:
            kept = await self.shell.working(
                _("Writing the settings"), lambda tell: [write(file, settings)]
            )
        except Exception as error:
            return messages.explain(error).text()
        self._act(settings, colours=key == "theme")
        self._show(key)
        told = _("Set, and written to the settings file.")
        if kept[0] is not None:
            told += " " + _("The one that was not right is kept as {file}.").format(
                file=kept[0].name
            )
        self.say(told, good=True)
        return ""

    def _act(self, settings: Settings, *, colours: bool = False) -> None:
        self.shell.apply_settings(settings, colours=colours)
        self.shell.told = ""

    # -- views ----------------------------------------------------------------------

    def action_add(self) -> None:
        """One more view."""
        if len(self._settings.views) >= MOST_VIEWS:
            self.say(
                _("There are {n} views, one for each number key. F8 removes one.").format(
                    n=MOST_VIEWS
                )
            )
            return
        self._change(f"{VIEW}{len(self._settings.views)}")

    def _here(self) -> int:
        """The number of the view under the cursor; -1, and told, where there is none."""
        key = self.query_one(Rows).key
        if key.startswith(VIEW):
            return int(key.removeprefix(VIEW))
        self.say(_("This line is no view. Choose one with the arrows."))
        return -1

    @work(exit_on_error=False)
    async def action_shift(self, by: int) -> None:
        """The view goes one place up or down, and so to another number key."""
        views, here = list(self._settings.views), self._here()
        there = here + by
        if here < 0 or not 0 <= there < len(views):
            return
        views[here], views[there] = views[there], views[here]
        await self._put(tuple(views), there)

    @work(exit_on_error=False)
    async def action_remove(self) -> None:
        """The view is gone; no dossier is."""
        views, here = self._settings.views, self._here()
        if here < 0:
            return
        answer = await self.shell.push_screen_wait(
            Question(
                _("Remove the view “{name}”?").format(name=views[here].name),
                _("The dossiers in it stay as they are."),
                [Choice("remove", _("Remove it")), Choice("keep", _("Keep it"))],
            )
        )
        if answer == "remove":
            await self._put(views[:here] + views[here + 1 :], min(here, len(views) - 2))

    async def _put(self, views: tuple[View, ...], cursor: int) -> None:
        settings = msgspec.structs.replace(self._settings, views=views)
        wrong = await self._write(settings, f"{VIEW}{cursor}" if views else "recipients")
        if wrong:
            self.say(wrong)

    # -- what a lock interrupts -------------------------------------------------------

    def place(self) -> str:
        """The row under the cursor."""
        return self.query_one(Rows).key

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """Changes again what was being changed, or goes back to the row."""
        if word.startswith(CHANGE):
            self._change(word.removeprefix(CHANGE))
        else:
            self._show(word)


def _summary(view: View) -> str:
    parts = [", ".join(STAGES[s] for s in view.stages), ", ".join(OWED[o] for o in view.owed)]
    if view.within:
        days = ngettext("within {n} day", "within {n} days", view.within)
        parts.append(days.format(n=view.within))
    told = "; ".join(part for part in (*parts, view.words) if part)
    return f"{fit(view.name, 16)} {told or _('all')}"
