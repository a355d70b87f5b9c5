"""After the interview: what was checked elsewhere, and the findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from secterm import messages
from secterm.desk.model import Dossier
from secterm.dossier import gates, sentences
from secterm.dossier.entries import Act, Checked, Found, Reviewed
from secterm.policy.model import Section
from secterm.tui.screens import seconding, weighing
from secterm.tui.screens.form import Values
from secterm.tui.screens.interview import Interview
from secterm.tui.screens.room import Room
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.rows import Deeds, Row, Rows
from secterm.tui.wording import MAY_READ, led_on_by
from secterm.words import _, ngettext

SHORTEST: Final = 49  # columns of a row's text, before what is said of it,
SAID: Final = 31  # and what that takes of the terminal, with the margins
FOUND: Final = {
    "suitable": _("suitable"),
    "conditions": _("conditions"),
    "unsuitable": _("unsuitable"),
}


@dataclass(frozen=True)
class _Line:
    """A row in its two parts: a text, and what is said of it."""

    key: str
    text: str
    said: str
    strong: bool = False


class Findings(Room[None]):
    """One row for each section, under it what has to be checked; then the whole."""

    HELP_TEXT = _(
        "Enter on a check records against which document or person an answer was checked; F6 "
        "does it with the document of the check before. Enter on a section records its finding. "
        "F5 asks whether all sections are suitable in which nothing is adverse and all checks bore "
        "out. Enter on an adverse answer, or F7 on a row, leads to its question. Once all is "
        "done, Enter on the first row goes on."
    )
    RULE = _(
        "A section is found suitable once it is answered and checked. A later answer asks for"
        " its finding again."
    )
    BINDINGS = [
        Binding("f5", "suitable", _("All plain sections suitable")),
        Binding("f6", "same", _("Same document")),
        Binding("f7", "interview", _("Interview")),
    ]
    NEEDS = {"suitable": "record", "same": "record", "interview": "record"}

    def __init__(self, id: str) -> None:
        super().__init__(_("Checks and findings"))
        self.dossier_id = id
        self.led_on = False  # all was done, and Enter led on

    @property
    def dossier(self) -> Dossier:
        """The dossier now."""
        return self.desk.dossier(self.dossier_id)

    def body(self) -> ComposeResult:
        """The rows."""
        yield Static("", id="asked", classes="soft", markup=False)
        yield Deeds()

    def on_mount(self) -> None:
        """The first thing owed is focused."""
        name = self.dossier.state.particulars.name
        self.rename(_("Checks and findings: {name}").format(name=name))
        self.set_focus(self.query_one(Rows))

    def refill(self) -> None:
        """The rows as they are now; the first thing owed is under the cursor."""
        dossier = self.dossier
        first = self._first(dossier)
        key = first[0].key if first else self._owed_key(dossier)
        lines: list[_Line] = []
        for section in gates.sections_of(dossier.pack, dossier.state):
            found = gates.finding_of(dossier.state, dossier.pack, section)
            said = FOUND[found] if found else _("owed")
            odd = len(weighing.adverse(section, dossier.state))
            more = _("  ({n} adverse)").format(n=odd) if odd else ""
            lines.append(_Line(f"section:{section.id}", section.title, said + more, strong=True))
            lines += self._questions(dossier, section)
        overall = gates.overall_finding(dossier.state, dossier.pack)
        said = FOUND[overall] if overall else _("owed")
        lines.append(_Line("overall", _("The whole screening"), said, strong=True))
        if gates.terms_of(dossier.state, dossier.pack).review:
            done = gates.is_reviewed(dossier.state, dossier.pack)
            said = _("agrees") if done else _("owed")
            lines.append(_Line("review", _("Review by a second officer"), said, strong=True))
        self.query_one(Rows).show([*first, *self._aligned(lines)], key)
        gate = dossier.standing.gate("screening")
        self.query_one("#asked", Static).update(
            _("{done} of {total} done.").format(done=gate.done, total=gate.total)
            + " "
            + (_("Enter does what the row asks.") if self.desk.may("record") else MAY_READ)
            + "\n"
        )

    def _aligned(self, lines: Sequence[_Line]) -> list[Row]:
        """What is said stands in one column, as near as the longest text lets it."""
        room = self.app.size.width - SAID
        across = max(min(max(cell_len(line.text) for line in lines), room), SHORTEST)
        return [
            Row(line.key, f"{fit(line.text, across)} {line.said}", strong=line.strong)
            for line in lines
        ]

    def _first(self, dossier: Dossier) -> list[Row]:
        """What Enter does where it is none of the rows below: at most one row."""
        gate = dossier.standing.gate("screening")
        if gate.status in ("done", "refused"):
            return [Row("on", led_on_by(dossier.standing, dossier.pack, "screening"), strong=True)]
        if not self.desk.may("record"):
            return []
        asked = sum(due.kind == "question" for due in gate.owed)
        if asked:
            said = ngettext(
                "{n} question is not answered yet. Enter goes on with the interview",
                "{n} questions are not answered yet. Enter goes on with the interview",
                asked,
            )
            return [Row("interview", said.format(n=asked), strong=True)]
        plain = len(weighing.plain(dossier))
        if plain > 1 and not any(due.kind == "check" for due in gate.owed):
            said = _("{n} sections with nothing adverse. Enter finds them all suitable")
            return [Row("plain", said.format(n=plain), strong=True)]
        return []

    def _questions(self, dossier: Dossier, section: Section) -> list[_Line]:
        """What has to be checked in a section, and what was answered adversely."""
        adverse = [
            _Line(f"adverse:{q.id}", f"   {q.text}", _("adverse"))
            for q in weighing.adverse(section, dossier.state)
        ]
        return [*adverse, *self._checks(dossier, section)]

    def _checks(self, dossier: Dossier, section: Section) -> list[_Line]:
        lines = []
        for question in gates.questions_of(section, dossier.state):
            if not question.check:
                continue
            if gates.needs_check(dossier.state, question):
                said = _("to check")
            else:
                made = dossier.state.checks.get(question.id)
                said = _("nothing to check")
                if made is not None:
                    said = _("borne out") if made.act.holds else _("NOT borne out")
            lines.append(_Line(f"check:{question.id}", f"   {question.check}", said))
        return lines

    def _owed_key(self, dossier: Dossier) -> str:
        """Checks come before findings: the documents of all of them are on the desk."""
        owed = dossier.standing.gate("screening").owed
        for due in sorted(owed, key=lambda due: due.kind != "check"):
            if due.kind == "check":
                return f"check:{due.id}"
            if due.kind == "finding":
                return f"section:{due.id}" if due.id else "overall"
            if due.kind == "review":
                return "review"
        return ""

    # -- what a lock interrupts ---------------------------------------------------

    def place(self) -> str:
        """The row under the cursor."""
        return f"at:{self.query_one(Rows).key}"

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """The same row, or the form that was open over it."""
        kind, _colon, key = word.partition(":")
        rows = self.query_one(Rows)
        if kind == "at":
            rows.show(rows.rows, key)
        elif word and self.allowed("second" if word == "review" else "record"):
            self._begin(word)

    # -- recording --------------------------------------------------------------

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """Records what the row asks."""
        key = event.row.key
        if key == "on":
            self.led_on = True
            self.dismiss(None)
        elif self.allowed("second" if key == "review" else "record"):
            self._begin(key)

    def _begin(self, key: str) -> None:
        self.doing = key
        kind, _colon, id = key.partition(":")
        match kind:
            case "check":
                self._check(id)
            case "same":
                self._check(id, self._last_reference())
            case "adverse" | "interview":
                self._interview(id)
            case "section":
                self._find(id)
            case "overall":
                self._find("")
            case "plain":
                self._find_plain()
            case "review":
                self._review()

    def _last_reference(self) -> str:
        made = self.dossier.state.checks.values()
        return max(made, key=lambda told: told.place).act.reference if made else ""

    @work(exit_on_error=False)
    async def _check(self, id: str, reference: str = "") -> None:
        dossier = self.dossier
        question = sentences.question(dossier.pack, id)
        told = dossier.state.answers.get(id)
        if question is None or told is None:
            self.say(_("The question is not answered yet. F7 opens the interview."))
            return
        values = await self.shell.push_screen_wait(
            weighing.check_form(question, told.act, dossier.state.checks.get(id), reference)
        )
        if values is not None:
            self._record(
                Checked(
                    question=id,
                    reference=values["reference"],
                    holds=values["holds"] == "yes",
                    note=values["note"],
                )
            )

    def _record(self, *happened: Act) -> None:
        self.tried(lambda: self.desk.act(self.dossier_id, *happened))
        self.freshen()

    @work(exit_on_error=False)
    async def _find(self, id: str) -> None:
        told = ""
        kept: Values = {}
        while True:
            values = await self.shell.push_screen_wait(
                weighing.finding_form(self.dossier, id, told, kept)
            )
            if values is None:
                return
            kept = values
            found = Found(
                section=id,
                finding=weighing.FINDINGS[values["finding"]],
                reason=values["reason"],
                conditions=values["conditions"],
            )
            try:
                self.desk.act(self.dossier_id, found)
            except Exception as error:
                told = messages.explain(error).text()
                continue
            self.freshen()
            return

    def action_suitable(self) -> None:
        """Suitable for each section where nothing speaks against it and nothing is owed."""
        if weighing.plain(self.dossier):
            self._begin("plain")
        else:
            self.say(_("There is no section left where nothing is owed and nothing is adverse."))

    @work(exit_on_error=False)
    async def _find_plain(self) -> None:
        """With a word that says it is meant: one key alone finds nothing."""
        plain = weighing.plain(self.dossier)
        form = weighing.plain_form(plain)
        values = await self.shell.push_screen_wait(form)
        if values is None:
            return
        if values["finding"] == "suitable":
            self._record(*(Found(section=section.id, finding="suitable") for section in plain))
            said = ngettext(
                "{n} section found suitable.", "{n} sections found suitable.", len(plain)
            )
            self.say(said.format(n=len(plain)), good=True)
        else:
            rows = self.query_one(Rows)
            rows.show(rows.rows, self._owed_key(self.dossier))

    def action_same(self) -> None:
        """The check under the cursor, with the document of the check before."""
        kind, _colon, id = self.query_one(Rows).key.partition(":")
        if kind != "check":
            self.say(_("F6 is for a check: it takes the document of the check before."))
        else:
            self._begin(f"same:{id}")

    @work(exit_on_error=False)
    async def _review(self) -> None:
        """The second officer's word on the overall finding."""
        if not gates.overall_finding(self.dossier.state, self.dossier.pack):
            self.say(_("There is no overall finding to review yet."))
            return
        told = self.dossier.state.findings[""]
        found = told.act
        word = await seconding.word(
            self,
            _("Review"),
            _("The finding to review: {finding}. {reason} {conditions}").format(
                finding=sentences.FINDINGS[found.finding],
                reason=found.reason,
                conditions=found.conditions,
            ),
            lambda agrees, reason, signer: self.desk.act(
                self.dossier_id, Reviewed(agrees=agrees, reason=reason), signer=signer
            ),
            first=told.officer,
        )
        if word:
            self.freshen()

    def action_interview(self) -> None:
        """Looks at the answers again, or corrects one: that of the row, where it has one."""
        kind, _colon, id = self.query_one(Rows).key.partition(":")
        self._begin(f"interview:{id if kind in ('check', 'adverse') else ''}")

    @work(exit_on_error=False)
    async def _interview(self, at: str) -> None:
        await self.shell.push_screen_wait(Interview(self.dossier_id, at))
