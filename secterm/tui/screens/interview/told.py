"""What a question's page says of it: the answers that were given, the latest
first, the notes, and whether it is marked to come back to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rich.cells import cell_len

from secterm.desk.model import Dossier
from secterm.dossier import answering
from secterm.dossier.entries import Answered, Noted, Numbered
from secterm.dossier.fold import Told
from secterm.policy.model import Question
from secterm.tui import dates
from secterm.tui.widgets.cells import fit
from secterm.words import _, ngettext

MOST: Final = 3  # earlier answers that are told one by one
LONGEST: Final = 60  # columns of one answer
LONGEST_TEXT: Final = 200  # columns of a follow-up or a note

Name = Callable[[str], str]  # an officer's, by id


def lines(dossier: Dossier, question: Question, marked: bool, name: Name) -> list[str]:
    """Everything there is to say, one thing a line; nothing where there is nothing."""
    said = _answers(dossier, question, name)
    said += _notes(dossier.state.notes.get(question.id, ()), name)
    if marked:
        said.insert(0, _("Marked (f) to come back to."))
    return said


def _answers(dossier: Dossier, question: Question, name: Name) -> list[str]:
    given = [
        (one, one.entry.act)
        for one in reversed(dossier.entries)
        if isinstance(one.entry.act, Answered) and one.entry.act.question == question.id
    ]
    if not given:
        return []
    told = [_answer(question, one, act, name) for one, act in given]
    stands = question.id in dossier.state.answers
    parts = [_("Answered: {answer}").format(answer=told[0])] if stands else []
    earlier = told[1:] if stands else told
    for index, answer in enumerate(earlier[:MOST]):
        before = _("before: {answer}") if stands or index else _("Before: {answer}")
        parts.append(before.format(answer=answer))
    left = len(earlier) - MOST
    if left > 0:
        parts.append(
            ngettext("and {n} still earlier", "and {n} still earlier", left).format(n=left)
        )
    said = ["; ".join(parts) + "."]
    follow_up = given[0][1].follow_up
    if stands and follow_up:
        said.append(_("Follow-up: {text}").format(text=cut(follow_up, LONGEST_TEXT)))
    said.append(_("A new answer stands beside what was answered before."))
    return said


def _answer(question: Question, one: Numbered, act: Answered, name: Name) -> str:
    return _("{answer} ({at}, by {officer})").format(
        answer=cut(answering.words(question, act.answer, dates.told), LONGEST),
        at=dates.moment(one.entry.at),
        officer=name(one.entry.officer),
    )


def _notes(notes: tuple[Told[Noted], ...], name: Name) -> list[str]:
    if not notes:
        return []
    return [
        ngettext("{n} note", "{n} notes, the latest", len(notes)).format(n=len(notes))
        + ": "
        + note(notes[-1], name)
    ]


def note(told: Told[Noted], name: Name) -> str:
    """A note with its time and its officer."""
    text = cut(told.act.text, LONGEST_TEXT)
    return _("{text} ({at}, by {officer})").format(
        text=text, at=dates.moment(told.at), officer=name(told.officer)
    )


def cut(text: str, columns: int) -> str:
    """The text, cut with a mark where it is longer."""
    return fit(text, columns) if cell_len(text) > columns else text
