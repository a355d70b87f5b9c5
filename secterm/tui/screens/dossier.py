"""One dossier: its four gates, what is next, and what happened so far."""

from __future__ import annotations

import re
from typing import Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from secterm.desk.model import Dossier
from secterm.dossier import narrative
from secterm.dossier.entries import Noted, Received
from secterm.dossier.gates import GateStanding
from secterm.dossier.narrative import Told
from secterm.tui.dates import in_full
from secterm.tui.dates import told as dated
from secterm.tui.screens import (
    course,
    deciding,
    erasing,
    exporting,
    particulars,
    printing,
    undersigning,
)
from secterm.tui.screens.findings import Findings
from secterm.tui.screens.form import Entry, Form
from secterm.tui.screens.interview import Interview
from secterm.tui.screens.room import Room
from secterm.tui.screens.rules import RulesRoom
from secterm.tui.screens.timeline import Latest, Timeline
from secterm.tui.screens.training import TrainingRoom
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.rows import Row, Rows
from secterm.tui.wording import CATEGORIES, GATES, MAY_READ, STAGES, STATUS, owed
from secterm.words import _

LATEST: Final = 40  # entries on the page, as far as they find room
BEGUN: Final = re.compile(r"do:(correct|export|print|note|erase|timeline|course(\('[a-z]*'\))?)")


def gate_line(gate: GateStanding) -> str:
    """A gate with what is done of it."""
    line = f"{fit(GATES[gate.gate], 14)}{STATUS[gate.status]:<10}{gate.done:>3} / {gate.total:<5}"
    if gate.lapses_on:
        line += _("until {day}").format(day=in_full(gate.lapses_on))
    return line


class DossierRoom(Room[None]):
    """An appointee's dossier. `Enter` on the first row does what is next."""

    HELP_TEXT = _(
        "The first row is the next thing to do: Enter does it and leads on. The rows under it "
        "open each gate. Then comes what happened; F3 shows all of it. F6 adds a note. F7 prints "
        "the documents that there are. An "
        "administrator can erase the dossier for good, with a second person."
    )
    RULE = _(
        "Nothing that was recorded is changed or taken away: a correction stands beside it, "
        "with officer and time."
    )
    BINDINGS = [
        Binding("f2", "correct", _("Particulars")),
        Binding("f3", "timeline", _("Timeline")),
        Binding("f5", "export", _("Export")),
        Binding("f6", "note", _("Note")),
        Binding("f7", "print", _("Print")),
        Binding("f8", "course", _("End or reopen")),
        Binding("ctrl+e", "erase", _("Erase for good")),
        Binding("escape", "back", _("Back")),
    ]
    NEEDS = dict.fromkeys(("correct", "export", "note", "print", "course"), "record")

    def __init__(self, id: str) -> None:
        super().__init__(_("Dossier"))
        self.dossier_id = id
        self.led_on = False  # nothing was owed, and Enter led back to the list
        self.erased = False
        self._going = False

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
        yield Static("", id="who", markup=False)
        note = Static("", id="note", classes="soft", markup=False)
        note.styles.height, note.styles.text_wrap, note.styles.text_overflow = (
            1,
            "nowrap",
            "ellipsis",
        )
        yield Static("", id="came", classes="soft", markup=False)
        yield Static("", id="unshown", classes="soft", markup=False)
        yield note
        rows = Rows(id="gates")
        rows.styles.height = 7
        rows.styles.margin = (1, 0, 0, 0)
        yield rows
        yield Latest()

    def on_mount(self) -> None:
        """The next thing to do is focused."""
        self.set_focus(self.query_one("#gates", Rows))

    def refill(self) -> None:
        """The dossier as it is now; the next thing to do is under the cursor."""
        if self.desk.erasure(self.dossier_id) is not None:
            return  # it is leaving the screen
        dossier = self.dossier
        self.query_one("#who", Static).update(self._who(dossier))
        note = self.query_one("#note", Static)
        note.update(said := self._note(dossier))
        note.display = bool(said)
        came = self.query_one("#came", Static)
        came.update(said := self._came(dossier))
        came.display = bool(said)
        unshown = self.query_one("#unshown", Static)
        unshown.update(said := self.shell.unshown(dossier.state.particulars.name))
        unshown.display = bool(said)
        self.rename(_("Dossier: {name}").format(name=dossier.state.particulars.name))
        rows = [
            self._next(dossier),
            *(Row(gate.gate, gate_line(gate)) for gate in dossier.standing.gates),
            Row("decision", _("Decision      ") + self._decided(dossier)),
        ]
        self.query_one("#gates", Rows).show(rows, rows[0].key)
        self.query_one(Latest).tell(self._latest(dossier))

    @staticmethod
    def _who(dossier: Dossier) -> str:
        who, now = dossier.state.particulars, dossier.standing
        level = dossier.pack.head.categories[who.category].level
        stage = _("Stage: {stage}, since {day}").format(
            stage=STAGES[now.stage], day=dated(now.since)
        )
        if now.lapses_on:
            stage += _("; next lapse {day}").format(day=in_full(now.lapses_on))
        if now.cooling_off:
            first, last = now.cooling_off
            stage += _("; cooling-off ends {first} to {last}").format(
                first=in_full(first), last=in_full(last)
            )
        return (
            f"{who.name}, {who.post}, {who.department}\n"
            + _("Category {category} ({level}), born {born}, number {number}").format(
                category=CATEGORIES[who.category],
                level=level,
                born=dated(who.born),
                number=who.identity_number,
            )
            + f"\n{stage}"
        )

    def _came(self, dossier: Dossier) -> str:
        """Which vault it came from, and whether another history of it is kept here."""
        said = []
        for one in reversed(dossier.entries):
            act = one.entry.act
            if isinstance(act, Received) and one.origin is None:
                came = _("From {unit}, vault {vault}, taken in on {day}.").format(
                    unit=act.unit, vault=act.vault[:8], day=dated(one.entry.at)
                )
                said.append(came)
                break
        others = self.desk.others(dossier.id)
        if others:
            ids = ", ".join(id[:8] for id in others)
            said.append(_("Goes on otherwise as dossier {ids}.").format(ids=ids))
        return " ".join(said)

    def _note(self, dossier: Dossier) -> str:
        """The latest note on the dossier, if there is one."""
        notes = dossier.state.notes.get("", ())
        if not notes:
            return ""
        told = notes[-1]
        return _("Note of {officer}: {text}").format(
            officer=self.desk.officer_name(told.officer), text=" ".join(told.act.text.split())
        )

    def _next(self, dossier: Dossier) -> Row:
        """The first row: what Enter does."""
        now = dossier.standing
        if now.next is not None:
            if not self._may_do(now.next.kind):
                return Row("list", f"{MAY_READ} {_('Enter goes back to the list.')}", strong=True)
            return Row("go", _("NEXT  ") + owed(now.next, dossier.pack), strong=True)
        said = _("Nothing is owed now. Enter goes back to the list.")
        if now.stage in ("refused", "withdrawn", "left") and self.desk.may("record"):
            said += _(" F8 takes it up again.")
        return Row("list", said, strong=True)

    @staticmethod
    def _decided(dossier: Dossier) -> str:
        told = dossier.state.decision
        if told is None:
            return _("none yet")
        names = {"admit": _("admit"), "refuse": _("refuse"), "defer": _("defer")}
        line = f"{names[told.act.decision]}, {dated(told.at)}"
        if told.act.conditions:
            line += _(", on conditions")
        if dossier.standing.stage == "second":
            line += _("; awaits a second officer")
        elif dossier.state.seconded is not None and not dossier.state.seconded.act.agrees:
            line += _("; the second officer did not agree")
        return line

    def _told(self, dossier: Dossier) -> list[Told]:
        return list(narrative.told(dossier.entries, dossier.pack, self.desk.officer_name, dated))

    def _latest(self, dossier: Dossier) -> list[Told]:
        told = list(narrative.in_short(self._told(dossier)))
        return told[: -LATEST - 1 : -1]

    # -- what a lock interrupts ---------------------------------------------------

    def place(self) -> str:
        """The row under the cursor."""
        return f"at:{self.query_one('#gates', Rows).key}"

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """The same row, or what was begun from here."""
        kind, _colon, key = word.partition(":")
        if kind == "at":
            rows = self.query_one("#gates", Rows)
            rows.show(rows.rows, key)
        elif kind == "go":
            self._go(key)
        elif BEGUN.fullmatch(word):
            self.call_later(self.run_action, key)

    # -- what can be done -----------------------------------------------------

    def _may_do(self, kind: str) -> bool:
        return self.desk.may("second" if kind in ("review", "second") else "record")

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """Does the next thing, or opens a gate."""
        if self.desk.erasure(self.dossier_id) is not None:
            return
        key = event.row.key
        due = self.dossier.standing.next
        if key == "list":
            self.led_on = True
            self.dismiss(None)
        elif key != "go":
            self._go(key)
        elif due is not None:
            self._go(due.kind)

    @work(exit_on_error=False)
    async def _go(self, key: str) -> None:
        """Through what a key opens, and on to what is next for as long as each leads on."""
        if self._going:
            return  # a second Enter, before the first had its screen
        self._going = True
        try:
            while key:
                led_on = await self._through(key)
                due = self.dossier.standing.next if led_on else None
                key = due.kind if due is not None and self._may_do(due.kind) else ""
        finally:
            self._going = False
        self.freshen()

    async def _through(self, key: str) -> bool:
        """Whether it was gone through to its end, so that Enter leads on."""
        id = self.dossier_id
        self.doing = f"go:{key}"
        match key:
            case "question":
                if not self.allowed("record"):
                    return False
                done = await self.shell.push_screen_wait(Interview(id))
                return bool(done) and await self._through("findings")
            case "screening" | "check" | "finding" | "review":
                owed = self.dossier.standing.gate("screening").owed
                asking = self.desk.may("record") and any(o.kind == "question" for o in owed)
                return await self._through("question" if asking else "findings")
            case "findings":
                findings = Findings(id)
                await self.shell.push_screen_wait(findings)
                return findings.led_on
            case "training" | "teaching" | "quiz":
                training = TrainingRoom(id)
                await self.shell.push_screen_wait(training)
                return training.led_on
            case "undertaking" | "signature":
                if self.allowed("record"):
                    await undersigning.sign(self, id)
            case "rules" | "rule":
                if self.allowed("record"):
                    await self._rules()
            case "decision" | "second":
                await deciding.decide(self, id)
            case "reopening":
                await course.turn(self, id)
        return False  # what comes next is seen first: somebody else had the keys

    async def _rules(self) -> None:
        """The rules, one by one."""
        gate = self.dossier.standing.gate("rules")
        before = self.dossier.standing.gate("undertaking")
        if gate.status == "done":
            self.say(_("All rules are acknowledged."), good=True)
        elif before.status != "done":
            self.say(_("The rules come after the undertaking, which is not signed yet."))
        else:
            await self.shell.push_screen_wait(RulesRoom(self.dossier_id))

    @work(exit_on_error=False)
    async def action_correct(self) -> None:
        """Corrects the particulars."""
        self.doing = "do:correct"
        await particulars.correct(self, self.dossier_id)
        self.freshen()

    @work(exit_on_error=False)
    async def action_course(self, answer: str = "") -> None:
        """Withdraws, records a leaving, reopens: whichever is possible now."""
        self.doing = "do:course"
        await course.turn(self, self.dossier_id, answer)
        self.freshen()

    @work(exit_on_error=False)
    async def action_export(self) -> None:
        """This dossier into an archive."""
        self.doing = "do:export"
        await exporting.export(self, [self.dossier_id])

    @work(exit_on_error=False)
    async def action_print(self) -> None:
        """A document of this dossier on paper."""
        self.doing = "do:print"
        await printing.print_paper(self, self.dossier_id)
        self.freshen()

    @work(exit_on_error=False)
    async def action_note(self) -> None:
        """A note on the dossier, which stays in the record."""
        self.doing = "do:note"
        values = await self.shell.push_screen_wait(
            Form(
                _("Note"),
                [Entry("text", _("Note"), "text")],
                intro=_("It stays in the record with your name, for whoever reads the dossier."),
                records=True,
            )
        )
        if values is not None:
            self.tried(lambda: self.desk.act(self.dossier_id, Noted(text=values["text"])))
            self.freshen()

    @work(exit_on_error=False)
    async def action_erase(self) -> None:
        """Erases the dossier, with a second person; there is nothing to stay at then."""
        self.doing = "do:erase"
        self.erased = await erasing.erase(self, self.dossier_id)
        if self.erased:
            self.dismiss(None)

    def action_timeline(self) -> None:
        """Everything that happened, in full."""
        self.doing = "do:timeline"
        dossier = self.dossier
        self.app.push_screen(Timeline(dossier.state.particulars.name, self._told(dossier)))
