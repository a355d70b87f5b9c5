"""The forms of checks and findings, and what each finding has to weigh."""

from __future__ import annotations

from typing import Final

from secterm.desk.model import Dossier
from secterm.dossier import answering, gates, sentences
from secterm.dossier.entries import Answered, Checked, Finding
from secterm.dossier.fold import State, Told
from secterm.policy.model import Question, Section
from secterm.tui import dates
from secterm.tui.screens.form import Entry, Form, Values, yes_no
from secterm.tui.widgets.choices import Choice
from secterm.words import _

FINDINGS: Final[dict[str, Finding]] = {
    "suitable": "suitable",
    "conditions": "conditions",
    "unsuitable": "unsuitable",
}


def adverse(section: Section, state: State) -> list[Question]:
    """The questions of a section that were answered adversely."""
    return [
        q
        for q in gates.questions_of(section, state)
        if q.id in state.answers and gates.is_adverse(q, state.answers[q.id].act.answer)
    ]


def plain(dossier: Dossier) -> list[Section]:
    """The sections without a finding in which nothing is owed and nothing is adverse."""
    found = []
    for section in gates.sections_of(dossier.pack, dossier.state):
        questions = gates.questions_of(section, dossier.state)
        made = [dossier.state.checks.get(q.id) for q in questions]
        if (
            not gates.finding_of(dossier.state, dossier.pack, section)
            and not adverse(section, dossier.state)
            and all(q.id in dossier.state.answers for q in questions)
            and not any(gates.needs_check(dossier.state, q) for q in questions)
            and all(m is None or m.act.holds for m in made)
        ):
            found.append(section)
    return found


def _weighed(sections: list[Section], state: State) -> list[str]:
    """What in these sections has to be weighed."""
    lines = []
    for section in sections:
        for question in adverse(section, state):
            act = state.answers[question.id].act
            said = answering.words(question, act.answer, dates.told)
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


def _worst(dossier: Dossier) -> list[str]:
    """The worst finding on a section, once each has one."""
    found = [
        gates.finding_of(dossier.state, dossier.pack, s)
        for s in gates.sections_of(dossier.pack, dossier.state)
    ]
    if None in found:
        return []
    worst = next((f for f in ("unsuitable", "conditions") if f in found), "suitable")
    return [
        _("The worst finding on a section: {finding}.").format(
            finding=sentences.FINDINGS[FINDINGS[worst]]
        )
    ]


def check_form(
    question: Question, answered: Answered, made: Told[Checked] | None, reference: str
) -> Form:
    """Against what an answer was checked, and whether it held: that must be meant.

    `reference` is a document to begin with, else that of the check `made` before.
    """
    noted = made.act.note if made else ""
    return Form(
        _("Check"),
        [
            Entry(
                "reference",
                _("Document or person"),
                value=reference or (made.act.reference if made else ""),
                help=_("What you saw or whom you asked, with number and date."),
            ),
            Entry(
                "holds",
                _("Is the answer borne out?"),
                "choice",
                choices=yes_no(),
                value="" if made is None else "yes" if made.act.holds else "no",
            ),
            Entry(
                "note",
                _("Note"),
                value=noted,
                required=False,
                when=lambda v: bool(noted) or v["holds"] == "no",
            ),
        ],
        intro=_("To check: {check}\n\n{question}\nAnswer: {answer}").format(
            check=question.check,
            question=question.text,
            answer=answering.words(question, answered.answer, dates.told),
        ),
        at="holds" if reference else "",
        records=True,
    )


def plain_form(sections: list[Section]) -> Form:
    """Asks whether all these sections are found suitable: Enter alone finds nothing."""
    return Form(
        _("Finding"),
        [
            Entry(
                "finding",
                _("All of these"),
                "choice",
                choices=(
                    Choice("suitable", sentences.FINDINGS["suitable"]),
                    Choice("apart", _("one by one")),
                ),
            )
        ],
        intro="\n".join(
            [
                _("All is answered here, nothing adverse, and every check bore out:"),
                *(f"- {section.title}" for section in sections),
            ]
        ),
        records=True,
    )


def finding_form(dossier: Dossier, id: str, told: str, kept: Values) -> Form:
    """The finding on a section, or on the whole screening where `id` is empty."""
    section = sentences.section(dossier.pack, id)
    title = section.title if section else _("The whole screening")
    sections = [section] if section else list(gates.sections_of(dossier.pack, dossier.state))
    worst = [] if section else _worst(dossier)
    before = dossier.state.findings.get(id)
    if before is not None:
        worst.append(
            _("Found before: {finding}.").format(finding=sentences.FINDINGS[before.act.finding])
        )
    return Form(
        _("Finding"),
        [
            Entry(
                "finding",
                _("Finding"),
                "choice",
                value=kept.get("finding", ""),
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
        intro="\n".join([title, *_weighed(sections, dossier.state), *worst]),
        told=told,
        records=True,
    )
