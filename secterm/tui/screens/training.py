"""Training: what was taught, and the quizzes that show it was understood."""

from __future__ import annotations

from typing import Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from secterm import messages
from secterm.desk.model import Dossier
from secterm.dossier import answering, gates, sentences
from secterm.dossier.entries import Trained
from secterm.policy.model import Module
from secterm.tui import dates
from secterm.tui.screens.form import Entry, Form, Values, not_to_come
from secterm.tui.screens.quiz import QuizRoom
from secterm.tui.screens.room import Room
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.rows import Deeds, Row, Rows
from secterm.tui.wording import MAY_READ, led_on_by
from secterm.words import _

ON: Final = ":on"  # no module's id
QUIZZES: Final = ":quizzes"
TITLE, HOURS = 42, 5  # columns of a module's title and of its hours


class TrainingRoom(Room[None]):
    """One row for each module that is owed."""

    HELP_TEXT = _(
        "Enter on a module does what it owes: records the teaching, or hands the keyboard to "
        "the appointee for reading and quiz. F4 records a teaching of any module, F6 one "
        "course that taught all that are still owed, F5 hands over for every quiz that is due. "
        "Where several quizzes are due, and once all is done, Enter on the first row goes on."
    )
    RULE = _(
        "A module counts while its hours were taught and its quiz was passed, and both are valid."
    )
    BINDINGS = [
        Binding("f4", "teach", _("Record teaching")),
        Binding("f5", "quizzes", _("Hand over for quizzes")),
        Binding("f6", "teach_all", _("All taught")),
    ]
    NEEDS = {"teach": "record", "teach_all": "record", "quizzes": "record"}

    def __init__(self, id: str) -> None:
        super().__init__(_("Training"))
        self.dossier_id = id
        self.led_on = False  # all was done, and Enter led on
        self._teaching = False  # a teaching was recorded: the next one comes before a quiz
        self._last = Values()  # what was entered for it: day, who taught and place

    @property
    def dossier(self) -> Dossier:
        """The dossier now."""
        return self.desk.dossier(self.dossier_id)

    def body(self) -> ComposeResult:
        """The rows."""
        yield Static("", id="asked", classes="soft", markup=False)
        yield Static("", id="columns", markup=False)
        yield Deeds()

    def on_mount(self) -> None:
        """The first thing owed is focused."""
        name = self.dossier.state.particulars.name
        self.rename(_("Training: {name}").format(name=name))
        self.set_focus(self.query_one(Rows))

    def refill(self) -> None:
        """The rows as they are now; the first thing owed is under the cursor."""
        dossier = self.dossier
        first = self._first(dossier)
        rows = first + [
            Row(m.id, f"{fit(m.title, TITLE)} {self._hours(m):>{HOURS}}  {self._standing(m)}")
            for m in gates.modules_of(dossier.pack, dossier.state)
        ]
        gate = dossier.standing.gate("training")
        owed = [due.id for due in gate.owed]
        if self._teaching:
            owed = [*(due.id for due in gate.owed if due.kind == "teaching"), *owed]
        key = owed[0] if owed else ""
        teaching = any(due.kind == "teaching" and due.id == key for due in gate.owed)
        self.query_one(Rows).show(rows, first[0].key if first and not teaching else key)
        self.query_one("#asked", Static).update(
            _("{done} of {total} modules done.").format(done=gate.done, total=gate.total)
            + " "
            + (_("Enter does what the row asks.") if self.desk.may("record") else MAY_READ)
            + "\n"
        )
        self.query_one("#columns", Static).update(
            f"  {fit(_('Module'), TITLE)} {_('Hours'):>{HOURS}}  {_('Standing')}"
        )

    def _first(self, dossier: Dossier) -> list[Row]:
        """What Enter does where it is none of the modules: at most one row."""
        gate = dossier.standing.gate("training")
        if gate.status == "done":
            return [Row(ON, led_on_by(dossier.standing, dossier.pack, "training"), strong=True)]
        due = sum(o.kind == "quiz" for o in gate.owed)
        if due > 1 and self.desk.may("record"):
            said = _("{n} quizzes are due. Enter hands over the keyboard for all of them")
            return [Row(QUIZZES, said.format(n=due), strong=True)]
        return []

    def _hours(self, module: Module) -> str:
        return f"{module.hours[self.dossier.state.particulars.category]:g} h"

    def _standing(self, module: Module) -> str:
        state = self.dossier.state
        due = gates.module_owes(module, state, self.desk.today)
        if due is None:
            lapse = gates.module_lapse(module, state)
            return _("done, until {day}").format(day=dates.short(lapse)) if lapse else _("done")
        if due.kind == "quiz":
            failed = gates.failed_attempts(module, state)
            more = _(", {n} failed").format(n=failed) if failed else ""
            return _("quiz owed") + more
        if gates.failed_attempts(module, state):
            return _("to be taught again")
        lapsed = gates.module_lapse(module, state)
        if lapsed is None:
            return _("to be taught")
        return _("lapsed {day}").format(day=dates.short(lapsed))

    def _module(self, id: str) -> Module | None:
        return sentences.module(self.dossier.pack, id)

    # -- what a lock interrupts ---------------------------------------------------

    def place(self) -> str:
        """The row under the cursor."""
        return f"at:{self.query_one(Rows).key}"

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """The same row, or the form or the quizzes that were over it."""
        kind, _colon, key = word.partition(":")
        rows = self.query_one(Rows)
        modules = [module for id in key.split(",") if (module := self._module(id)) is not None]
        if kind == "at":
            rows.show(rows.rows, key)
        elif not self.allowed("record"):
            return
        elif kind == "teach" and modules:
            self._teach(modules)
        elif kind == "quiz" and modules:
            self._quiz([module.id for module in modules])

    # -- recording --------------------------------------------------------------

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """Does what the module owes, or goes on."""
        if event.row.key == ON:
            self.led_on = True
            self.dismiss(None)
            return
        if event.row.key == QUIZZES:
            self.action_quizzes()
            return
        module = self._module(event.row.key)
        if module is None or not self.allowed("record"):
            return
        due = gates.module_owes(module, self.dossier.state, self.desk.today)
        if due is not None and due.kind == "quiz":
            self._quiz([module.id])
        elif due is not None:
            self._teach([module])
        else:
            self.say(_("This module is done. F4 records a further teaching."), good=True)

    def action_teach(self) -> None:
        """Records a teaching of the module under the cursor."""
        module = self._module(self.query_one(Rows).key)
        if module is not None:
            self._teach([module])

    def action_teach_all(self) -> None:
        """Records one course that taught all that is owed."""
        owed = [
            module
            for due in self.dossier.standing.gate("training").owed
            if due.kind == "teaching" and (module := self._module(due.id)) is not None
        ]
        if owed:
            self._teach(owed)
        else:
            self.say(_("No module has to be taught now."), good=True)

    def action_quizzes(self) -> None:
        """Hands over for every quiz that is due."""
        due = [o.id for o in self.dossier.standing.gate("training").owed if o.kind == "quiz"]
        if due:
            self._quiz(due)
        else:
            self.say(_("No quiz is due: a module is taught first, then its quiz is taken."))

    def _quiz(self, modules: list[str]) -> None:
        self.doing = f"quiz:{','.join(modules)}"
        self.app.push_screen(QuizRoom(self.dossier_id, modules))

    @work(exit_on_error=False)
    async def _teach(self, modules: list[Module]) -> None:
        self.doing = f"teach:{','.join(module.id for module in modules)}"
        told, kept = "", self._last
        while True:
            values = await self.shell.push_screen_wait(self._form(modules, told, kept))
            if values is None:
                return
            kept = values
            taught = [self._trained(m, values) for m in modules]
            try:
                self.desk.act(self.dossier_id, *taught)
            except Exception as error:
                told = messages.explain(error).text()
                continue
            self._teaching = True
            self._last = {key: values[key] for key in ("on", "trainer", "place")}
            self.freshen()
            return

    def _trained(self, module: Module, values: Values) -> Trained:
        owed = module.hours[self.dossier.state.particulars.category]
        hours = answering.number(values["hours"]) if values["hours"] else owed
        return Trained(
            module=module.id,
            hours=hours if hours is not None else owed,
            on=values["on"],
            trainer=values["trainer"],
            place=values["place"],
        )

    def _form(self, modules: list[Module], told: str, kept: Values) -> Form:
        one = modules[0] if len(modules) == 1 else None
        if one is not None:
            intro = f"{one.title}\n{one.summary}"
        else:
            intro = _(
                "One course that taught these modules, each with its full hours:\n"
            ) + "; ".join(m.title for m in modules)
        owed = one.hours[self.dossier.state.particulars.category] if one else 0.0
        today = self.desk.today
        hours = Entry("hours", _("Hours"), "number", value=kept.get("hours", f"{owed:g}"))
        none = Entry("hours", _("Hours"), required=False, when=lambda values: False)
        return Form(
            _("Teaching: {name}").format(name=self.dossier.state.particulars.name),
            [
                hours if one else none,
                Entry(
                    "on",
                    _("Day"),
                    "date",
                    value=kept.get("on", today.isoformat()),
                    check=not_to_come("on", today),
                ),
                Entry(
                    "trainer", _("Who taught"), value=kept.get("trainer", self.desk.officer.name)
                ),
                Entry("place", _("Place"), value=kept.get("place", _("At this terminal"))),
            ],
            intro=intro,
            live=lambda values: _other_hours(answering.number(values["hours"]), owed),
            told=told,
            records=True,
        )


def _other_hours(entered: float | None, owed: float) -> str:
    """That a teaching took more or less than the module asks for; empty where it did not."""
    if entered is None or entered == owed:
        return ""
    return _("The module asks for {owed:g} h; {hours:g} h are entered.").format(
        owed=owed, hours=entered
    )
