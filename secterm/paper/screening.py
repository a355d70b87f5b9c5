"""The screening report: questions, answers, checks and findings. It is need-to-know."""

from __future__ import annotations

from collections.abc import Iterator

from secterm.dossier import answering, gates, sentences
from secterm.dossier import entries as acts
from secterm.dossier.days import told
from secterm.dossier.entries import Answer
from secterm.dossier.fold import Told
from secterm.paper.setting import Setting
from secterm.paper.sheet import WIDTH, Cell
from secterm.policy.model import Question
from secterm.words import _


def fill(to: Setting) -> None:
    """Section by section, after the finding on the whole."""
    state, sheet = to.state, to.sheet
    sheet.text(
        _(
            "This report has what the appointee told in confidence. It is for the officers who "
            "decide on this appointment or review it, and for nobody else; it does not go into "
            "the personnel file. Keep it locked up, and destroy it when it has served."
        )
    )
    sheet.gap(3)
    to.who()
    sheet.heading(_("The finding on the whole"))
    _finding(to, "")
    if state.review is not None:
        agrees = state.review.act.agrees
        sheet.facts(
            [
                (_("Second officer"), _("agrees") if agrees else _("does NOT agree")),
                *([] if agrees else [(_("Reason"), state.review.act.reason)]),
                (_("Recorded by"), to.by(state.review)),
            ]
        )
    number = 0
    for section, questions in gates.asks_of(to.pack, state).sections:
        sheet.heading(section.title)
        _finding(to, section.id)
        sheet.gap(1.5)
        for question in questions:
            number += 1
            _question(to, number, question)
    _unknown(to)
    finder = state.findings.get("")
    second = state.review
    to.ink(
        *(
            (to.name(one.officer, one.number), role)
            for one, role in ((finder, _("security officer")), (second, _("second officer")))
            if one is not None
        )
    )


def _finding(to: Setting, section: str) -> None:
    found = to.state.findings.get(section)
    if found is None:
        to.sheet.text(_("No finding is made yet."))
        return
    act = found.act
    to.sheet.facts(
        [
            (_("Finding"), sentences.FINDINGS[act.finding].capitalize()),
            *([(_("Reason"), act.reason)] if act.reason else []),
            *([(_("Conditions"), act.conditions)] if act.conditions else []),
            (_("Recorded by"), to.by(found)),
        ]
    )


def _question(to: Setting, number: int, question: Question) -> None:
    sheet, state = to.sheet, to.state
    sheet.together(24)
    sheet.row(Cell(0, 9, f"{number}."), Cell(9, WIDTH - 9, question.text, "B"))
    sheet.gap(0.5)
    given = state.answers.get(question.id)
    if given is None:
        sheet.facts([(_("Answer"), _("not answered yet"))], x=9)
        sheet.gap(1.5)
        return
    sheet.facts(_answered(to, question, given), x=9)
    made = state.checks.get(question.id)
    if made is not None and made.place > given.place:
        sheet.facts(_checked(to, made), x=9)
    elif question.check and gates.needs_check(state, question):
        sheet.facts([(_("To be checked"), _("{what}: not yet").format(what=question.check))], x=9)
    for note in state.notes.get(question.id, ()):
        sheet.facts([(_("Note"), f"{note.act.text}\n{to.by(note)}")], x=9)
    sheet.gap(1.5)


def _answered(
    to: Setting, question: Question | None, given: Told[acts.Answered]
) -> Iterator[tuple[str, str]]:
    act = given.act
    adverse = question is not None and gates.is_adverse(question, act.answer)
    yield _("Answer"), _words(question, act.answer)
    if adverse:
        yield _("Weighs"), _("This answer asks for a closer look.")
    if act.follow_up and question is not None and question.follow_up is not None:
        yield _("Asked further"), question.follow_up.text
    if act.follow_up:
        yield _("Said further"), act.follow_up
    if act.note:
        yield _("Noted"), act.note
    yield _("Recorded by"), to.by(given)


def _checked(to: Setting, made: Told[acts.Checked]) -> Iterator[tuple[str, str]]:
    held = _("borne out") if made.act.holds else _("NOT borne out")
    yield (
        _("Checked against"),
        _("{reference}: {held}").format(reference=made.act.reference, held=held),
    )
    if made.act.note:
        yield _("Noted"), made.act.note
    yield _("Recorded by"), to.by(made)


def _words(question: Question | None, answer: Answer) -> str:
    """An answer as it reads; what has rows, a row each with its fields named."""
    if isinstance(answer, list) and answer:
        return "\n".join(f"{n}. {_row(question, row)}" for n, row in enumerate(answer, 1))
    if isinstance(answer, str) and "\n" in answer.strip():
        return answer.strip()
    return answering.words(question, answer, told)


def _row(question: Question | None, row: acts.Row) -> str:
    fields = {field.id: field for field in question.fields} if question else {}
    said = []
    for key, text in row.items():
        field = fields.get(key)
        if text:
            text = told(text) if field is not None and field.kind == "date" else text
            said.append(f"{field.text if field else key}: {text}")
    return "; ".join(said)


def _unknown(to: Setting) -> None:
    """Answers to what this category is not asked any more."""
    asked = gates.asks_of(to.pack, to.state).questions
    others = {id: given for id, given in to.state.answers.items() if id not in asked}
    if not others:
        return
    to.sheet.heading(_("Answers to questions that this category is not asked"))
    for id, given in others.items():
        question = sentences.question(to.pack, id)
        to.sheet.text(question.text if question else id, "B", x=9)
        to.sheet.facts(_answered(to, question, given), x=9)
        to.sheet.gap(1.5)
