"""After the interview: what was checked elsewhere, and the findings."""

from __future__ import annotations

from typing import Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from secterm import messages
from secterm.desk.model import Dossier
from secterm.dossier import answering, gates, sentences
from secterm.dossier.entries import Act, Checked, Finding, Found, Reviewed
from secterm.dossier.fold import State
from secterm.policy.model import Question, Section
from secterm.tui.screens import seconding
from secterm.tui.screens.form import Entry, Form, Values, yes_no
from secterm.tui.screens.interview import Interview
from secterm.tui.screens.room import Room
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.choices import Choice
from secterm.tui.widgets.rows import Row, Rows
from secterm.tui.wording import MAY_READ
from secterm.words import _

FINDINGS: dict[str, Finding] = {
    "suitable": "suitable",
    "conditions": "conditions",
    "unsuitable": "unsuitable",
}
FOUND: Final = {
    "suitable": _("suitable"),
    "conditions": _("conditions"),
    "unsuitable": _("unsuitable"),
}


class Findings(Room[None]):
    """One row for each section, under it what has to be checked; then the whole."""

    HELP_TEXT = _(
        "Enter on a check records against which document or person an answer was checked. "
        "Enter on a section records its finding. F5 finds all sections suitable at once in "
        "which nothing is adverse and all checks bore out. F7 opens the interview again."
    )
    BINDINGS = [
        Binding("f5", "suitable", _("All plain sections suitable")),
        Binding("f7", "interview", _("Interview")),
    ]
    NEEDS = {"suitable": "record", "interview": "record"}

    def __init__(self, id: str) -> None:
        super().__init__(_("Checks and findings"))
        self.dossier_id = id

    @property
    def dossier(self) -> Dossier:
        """The dossier now."""
        return self.desk.dossier(self.dossier_id)

    def body(self) -> ComposeResult:
        """The rows."""
        yield Static("", id="asked", classes="soft", markup=False)
        yield Rows()

    def on_mount(self) -> None:
        """The first thing owed is focused."""
        name = self.dossier.state.particulars.name
        self.rename(_("Checks and findings: {name}").format(name=name))
        self.set_focus(self.query_one(Rows))

    def refill(self) -> None:
        """The rows as they are now; the first thing owed is under the cursor."""
        dossier = self.dossier
        rows: list[Row] = []
        for section in gates.sections_of(dossier.pack, dossier.state):
            found = gates.finding_of(dossier.state, dossier.pack, section)
            said = FOUND[found] if found else _("owed")
            odd = len(self._adverse(section, dossier.state))
            more = _("  ({n} adverse)").format(n=odd) if odd else ""
            title = fit(section.title, 49)
            rows.append(Row(f"section:{section.id}", f"{title} {said}{more}", strong=True))
            rows += self._checks(dossier, section)
        overall = gates.overall_finding(dossier.state, dossier.pack)
        said = FOUND[overall] if overall else _("owed")
        rows.append(Row("overall", f"{fit(_('The whole screening'), 50)}{said}", strong=True))
        if gates.terms_of(dossier.state, dossier.pack).review:
            done = gates.is_reviewed(dossier.state, dossier.pack)
            said = _("agrees") if done else _("owed")
            title = fit(_("Review by a second officer"), 50)
            rows.append(Row("review", f"{title}{said}", strong=True))
        self.query_one(Rows).show(rows, self._owed_key(dossier))
        gate = dossier.standing.gate("screening")
        self.query_one("#asked", Static).update(
            _("{done} of {total} done.").format(done=gate.done, total=gate.total)
            + " "
            + (_("Enter records what the row asks.") if self.desk.may("record") else MAY_READ)
            + "\n"
        )

    def _checks(self, dossier: Dossier, section: Section) -> list[Row]:
        rows = []
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
            rows.append(Row(f"check:{question.id}", f"   {fit(question.check, 46)} {said}"))
        return rows

    def _owed_key(self, dossier: Dossier) -> str:
        for due in dossier.standing.gate("screening").owed:
            if due.kind == "check":
                return f"check:{due.id}"
            if due.kind == "finding":
                return f"section:{due.id}" if due.id else "overall"
            if due.kind == "review":
                return "review"
        return ""

    @staticmethod
    def _adverse(section: Section, state: State) -> list[Question]:
        return [
            q
            for q in gates.questions_of(section, state)
            if q.id in state.answers and gates.is_adverse(q, state.answers[q.id].act.answer)
        ]

    # -- recording --------------------------------------------------------------

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """Records what the row asks."""
        kind, _colon, id = event.row.key.partition(":")
        if not self.allowed("second" if kind == "review" else "record"):
            return
        match kind:
            case "check":
                self._check(id)
            case "section":
                self._find(id)
            case "overall":
                self._find("")
            case _:
                self._review()

    @work(exit_on_error=False)
    async def _check(self, id: str) -> None:
        dossier = self.dossier
        question = sentences.question(dossier.pack, id)
        told = dossier.state.answers.get(id)
        if question is None or told is None:
            self.say(_("The question is not answered yet. F7 opens the interview."))
            return
        made = dossier.state.checks.get(id)
        values = await self.shell.push_screen_wait(
            Form(
                _("Check"),
                [
                    Entry(
                        "reference",
                        _("Document or person"),
                        value=made.act.reference if made else "",
                        help=_("What you saw or whom you asked, with number and date."),
                    ),
                    Entry(
                        "holds",
                        _("Is the answer borne out?"),
                        "choice",
                        choices=yes_no(),
                        value="yes" if made is None or made.act.holds else "no",
                    ),
                    Entry("note", _("Note"), value=made.act.note if made else "", required=False),
                ],
                intro=_("To check: {check}\n\n{question}\nAnswer: {answer}").format(
                    check=question.check,
                    question=question.text,
                    answer=answering.words(question, told.act.answer),
                ),
            )
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
            values = await self.shell.push_screen_wait(self._finding_form(id, told, kept))
            if values is None:
                return
            kept = values
            found = Found(
                section=id,
                finding=FINDINGS[values["finding"]],
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

    def _finding_form(self, id: str, told: str, kept: Values) -> Form:
        dossier = self.dossier
        section = sentences.section(dossier.pack, id)
        title = section.title if section else _("The whole screening")
        sections = [section] if section else list(gates.sections_of(dossier.pack, dossier.state))
        return Form(
            _("Finding"),
            [
                Entry(
                    "finding",
                    _("Finding"),
                    "choice",
                    value=kept.get("finding", "" if id else self._worst(dossier)),
                    choices=tuple(Choice(k, sentences.FINDINGS[v]) for k, v in FINDINGS.items()),
                ),
                Entry(
                    "reason",
                    _("Reason"),
                    "text",
                    value=kept.get("reason", ""),
                    when=lambda v: v["finding"] in ("conditions", "unsuitable"),
                ),
                Entry(
                    "conditions",
                    _("Conditions"),
                    "text",
                    value=kept.get("conditions", ""),
                    when=lambda v: v["finding"] == "conditions",
                ),
            ],
            intro="\n".join([title, *self._told(sections)]),
            told=told,
        )

    @staticmethod
    def _worst(dossier: Dossier) -> str:
        found = [
            gates.finding_of(dossier.state, dossier.pack, s)
            for s in gates.sections_of(dossier.pack, dossier.state)
        ]
        return next((f for f in ("unsuitable", "conditions") if f in found), "suitable")

    def _told(self, sections: list[Section]) -> list[str]:
        """What in these sections has to be weighed."""
        state, lines = self.dossier.state, []
        for section in sections:
            for question in self._adverse(section, state):
                act = state.answers[question.id].act
                said = answering.words(question, act.answer)
                lines.append(f"- {question.text} {said}. {act.follow_up}")
            for question in gates.questions_of(section, state):
                made = state.checks.get(question.id)
                if made is not None and not made.act.holds:
                    lines.append(
                        _("- Not borne out: {check} ({reference})").format(
                            check=question.check, reference=made.act.reference
                        )
                    )
        return lines or [_("Nothing adverse was answered, and nothing failed a check.")]

    def action_suitable(self) -> None:
        """Suitable for each section where nothing speaks against it and nothing is owed."""
        dossier = self.dossier
        plain = []
        for section in gates.sections_of(dossier.pack, dossier.state):
            questions = gates.questions_of(section, dossier.state)
            made = [dossier.state.checks.get(q.id) for q in questions]
            if (
                not gates.finding_of(dossier.state, dossier.pack, section)
                and not self._adverse(section, dossier.state)
                and all(q.id in dossier.state.answers for q in questions)
                and not any(gates.needs_check(dossier.state, q) for q in questions)
                and all(m is None or m.act.holds for m in made)
            ):
                plain.append(Found(section=section.id, finding="suitable"))
        if plain:
            self._record(*plain)
            self.say(_("{n} sections found suitable.").format(n=len(plain)), good=True)
        else:
            self.say(_("There is no section left where nothing is owed and nothing is adverse."))

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

    @work(exit_on_error=False)
    async def action_interview(self) -> None:
        """Looks at the answers again, or corrects one."""
        await self.shell.push_screen_wait(Interview(self.dossier_id))
