"""One dossier: its four gates, what is next, and what happened so far."""

from __future__ import annotations

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from secterm.desk.model import Dossier
from secterm.dossier import sentences
from secterm.dossier.entries import Numbered
from secterm.dossier.gates import GateStanding
from secterm.tui.screens import course, deciding, erasing, exporting, particulars, undersigning
from secterm.tui.screens.findings import Findings
from secterm.tui.screens.interview import Interview
from secterm.tui.screens.reader import Reader
from secterm.tui.screens.room import Room
from secterm.tui.screens.rules import RulesRoom
from secterm.tui.screens.training import TrainingRoom
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.rows import Row, Rows
from secterm.tui.wording import CATEGORIES, GATES, MAY_READ, STAGES, STATUS, owed
from secterm.words import _


def gate_line(gate: GateStanding) -> str:
    """A gate with what is done of it."""
    line = f"{fit(GATES[gate.gate], 14)}{STATUS[gate.status]:<10}{gate.done:>3} / {gate.total:<5}"
    if gate.lapses_on:
        line += _("until {day}").format(day=gate.lapses_on.isoformat())
    return line


class DossierRoom(Room[None]):
    """An appointee's dossier. `Enter` on the first row does what is next."""

    HELP_TEXT = _(
        "The first row is the next thing to do: Enter does it. The rows under it open each "
        "gate. Under them stands what happened, the latest first; F3 shows all of it. "
        "An administrator can erase the dossier for good (Ctrl+E), with a second person."
    )
    BINDINGS = [
        Binding("f2", "correct", _("Particulars")),
        Binding("f3", "timeline", _("Timeline")),
        Binding("f5", "export", _("Export")),
        Binding("f8", "course", _("Withdraw, leave, reopen")),
        Binding("ctrl+e", "erase", _("Erase for good")),
        Binding("escape", "back", _("Back")),
    ]
    NEEDS = {"correct": "record", "export": "record", "course": "record"}

    def __init__(self, id: str) -> None:
        super().__init__(_("Dossier"))
        self.dossier_id = id

    @property
    def dossier(self) -> Dossier:
        """The dossier as it is now."""
        return self.desk.dossier(self.dossier_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Erasing is an administrator's; with what is erased nothing can be done."""
        desk = self.shell.desk
        if desk is None or desk.erasure(self.dossier_id) is not None:
            return False
        if action == "erase" and not desk.may("manage"):
            return False
        return super().check_action(action, parameters)

    def body(self) -> ComposeResult:
        """Who, the gates, and the timeline."""
        yield Static("", id="who", classes="text", markup=False)
        rows = Rows(id="gates")
        rows.styles.height = 7
        yield rows
        yield Static("", id="timeline", markup=False)

    def on_mount(self) -> None:
        """The next thing to do is focused."""
        self.set_focus(self.query_one("#gates", Rows))

    def refill(self) -> None:
        """The dossier as it is now; the next thing to do is under the cursor."""
        if self.desk.erasure(self.dossier_id) is not None:
            return  # it is leaving the screen
        dossier = self.dossier
        who, now = dossier.state.particulars, dossier.standing
        level = dossier.pack.head.categories[who.category].level
        stage = _("Stage: {stage}, since {day}").format(
            stage=STAGES[now.stage], day=now.since[:16].replace("T", " ")
        )
        if now.lapses_on:
            stage += _("; next lapse {day}").format(day=now.lapses_on.isoformat())
        if now.cooling_off:
            first, last = now.cooling_off
            stage += _("; cooling-off ends {first} to {last}").format(first=first, last=last)
        self.query_one("#who", Static).update(
            f"{who.name}, {who.post}, {who.department}\n"
            + _("Category {category} ({level}), born {born}, number {number}").format(
                category=CATEGORIES[who.category],
                level=level,
                born=who.born,
                number=who.identity_number,
            )
            + f"\n{stage}"
        )
        self.rename(_("Dossier: {name}").format(name=who.name))
        rows = []
        if now.next is not None and not self._may_do(now.next.kind):
            rows.append(Row("read", MAY_READ, strong=True))
        elif now.next is not None:
            rows.append(Row("go", _("NEXT  ") + owed(now.next, dossier.pack), strong=True))
        else:
            over = now.stage in ("refused", "withdrawn", "left")
            more = _(" F8 takes the dossier up again.") if over and self.desk.may("record") else ""
            rows.append(Row("none", _("Nothing is owed now.") + more, strong=True))
        rows += [Row(gate.gate, gate_line(gate)) for gate in now.gates]
        rows.append(Row("decision", _("Decision      ") + self._decided(dossier)))
        self.query_one("#gates", Rows).show(rows, "go")
        self.query_one("#timeline", Static).update(
            "\n".join(self._line(dossier, one) for one in dossier.entries[:-41:-1])
        )

    @staticmethod
    def _decided(dossier: Dossier) -> str:
        told = dossier.state.decision
        if told is None:
            return _("none yet")
        names = {"admit": _("admit"), "refuse": _("refuse"), "defer": _("defer")}
        line = f"{names[told.act.decision]}, {told.at[:10]}"
        if dossier.standing.stage == "second":
            line += _("; awaits a second officer")
        elif dossier.state.seconded is not None and not dossier.state.seconded.act.agrees:
            line += _("; the second officer did not agree")
        return line

    def _line(self, dossier: Dossier, one: Numbered) -> str:
        said = sentences.sentence(one.entry.act, dossier.pack)
        officer = self.desk.officer_name(one.entry.officer)
        return f"{one.entry.at[:16].replace('T', ' ')} {officer}: {said}"

    # -- what can be done -----------------------------------------------------

    def _may_do(self, kind: str) -> bool:
        return self.desk.may("second" if kind in ("review", "second") else "record")

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """Does the next thing, or opens a gate."""
        if self.desk.erasure(self.dossier_id) is not None:
            return
        key = event.row.key
        if key == "go":
            due = self.dossier.standing.next
            key = due.kind if due is not None else ""
        self._open(key)

    def _open(self, key: str) -> None:
        id = self.dossier_id
        match key:
            case "question":
                self._interview()
            case "screening" | "check" | "finding" | "review":
                owed = self.dossier.standing.gate("screening").owed
                if self.desk.may("record") and any(o.kind == "question" for o in owed):
                    self._interview()
                else:
                    self.app.push_screen(Findings(id))
            case "training" | "teaching" | "quiz":
                self.app.push_screen(TrainingRoom(id))
            case "undertaking" | "signature":
                if self.allowed("record"):
                    self._sign()
            case "rules" | "rule":
                if self.allowed("record"):
                    self._rules()
            case "decision" | "second":
                self._decide()
            case "reopening":
                self.action_course()
            case "read":
                self.allowed("record")

    @work(exit_on_error=False)
    async def _interview(self) -> None:
        """The interview, and then what follows from it."""
        done = await self.shell.push_screen_wait(Interview(self.dossier_id))
        if done:
            self.app.push_screen(Findings(self.dossier_id))

    @work(exit_on_error=False)
    async def _sign(self) -> None:
        """The undertaking, by both sides."""
        await undersigning.sign(self, self.dossier_id)

    def _rules(self) -> None:
        """The rules, one by one."""
        gate = self.dossier.standing.gate("rules")
        before = self.dossier.standing.gate("undertaking")
        if gate.status == "done":
            self.say(_("All rules are acknowledged."), good=True)
        elif before.status != "done":
            self.say(_("The rules come after the undertaking, which is not signed yet."))
        else:
            self.app.push_screen(RulesRoom(self.dossier_id))

    @work(exit_on_error=False)
    async def _decide(self) -> None:
        """The decision, and the second officer's."""
        await deciding.decide(self, self.dossier_id)
        self.freshen()

    @work(exit_on_error=False)
    async def action_correct(self) -> None:
        """Corrects the particulars."""
        await particulars.correct(self, self.dossier_id)
        self.freshen()

    @work(exit_on_error=False)
    async def action_course(self) -> None:
        """Withdraws, records a leaving, reopens: whichever is possible now."""
        await course.turn(self, self.dossier_id)
        self.freshen()

    @work(exit_on_error=False)
    async def action_export(self) -> None:
        """This dossier into an archive."""
        await exporting.export(self, [self.dossier_id])

    @work(exit_on_error=False)
    async def action_erase(self) -> None:
        """Erases the dossier, with a second person; there is nothing to stay at then."""
        if await erasing.erase(self, self.dossier_id):
            self.dismiss(None)

    def action_timeline(self) -> None:
        """Everything that happened, in full."""
        dossier = self.dossier
        parts = []
        for one in reversed(dossier.entries):
            officer = self.desk.officer_name(one.entry.officer)
            said = sentences.sentence(one.entry.act, dossier.pack)
            parts.append(f"#{one.number} {one.entry.at[:16].replace('T', ' ')} {officer}\n  {said}")
        name = dossier.state.particulars.name
        self.app.push_screen(Reader(_("Timeline"), name, "\n".join(parts)))
