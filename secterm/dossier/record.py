"""The readable record of a dossier: for a program as JSON, for a person as
lines. Made from entries, pack and names alone, so that whoever holds an
archive can make it again and compare.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from secterm.dossier import answering, gates, sentences
from secterm.dossier.entries import Act, Finding, Numbered, PackRef, Particulars
from secterm.dossier.fold import State, fold
from secterm.dossier.gates import standing
from secterm.policy.model import Pack
from secterm.words import _


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the record."""


class GateRecord(_Value, frozen=True, kw_only=True):
    """One gate on the day of the record; `owed` names what is left, such as `quiz law`."""

    gate: str
    status: str
    done: int
    total: int
    owed: list[str]
    lapses_on: str


class AnswerRecord(_Value, frozen=True, kw_only=True):
    """One answer that stands, in words, with its check."""

    section: str
    question: str
    text: str
    answer: str
    adverse: bool
    follow_up: str
    checked: str
    borne_out: bool | None
    at: str


class FindingRecord(_Value, frozen=True, kw_only=True):
    """One finding; the section is empty for the whole screening."""

    section: str
    finding: Finding
    reason: str
    conditions: str
    at: str
    officer: str


class EventRecord(_Value, frozen=True, kw_only=True, omit_defaults=True):
    """One entry: its number in the journal, time, officer, sentence, and the act itself.

    `vault` is the id of the vault in whose journal it stands, where that is another.
    """

    number: int
    at: str
    officer: str
    what: str
    act: Act
    vault: str = ""


class Record(_Value, frozen=True, kw_only=True):
    """A whole dossier on the day `as_of`."""

    id: str
    unit: str
    as_of: str
    stage: str
    next: str
    lapses_on: str
    cooling_off: list[str]
    particulars: Particulars
    pack: PackRef
    gates: list[GateRecord]
    answers: list[AnswerRecord]
    findings: list[FindingRecord]
    timeline: list[EventRecord]


def record(
    id: str,
    entries: Iterable[Numbered],
    pack: Pack,
    *,
    unit: str,
    officers: Mapping[str, str],
    as_of: date,
) -> Record:
    """The record of a dossier. `officers` maps ids to names.

    `unit` is this vault's; one that was opened in another vault says that one's.
    """
    told = list(entries)
    if told and told[0].origin is not None:
        unit = told[0].origin.unit
    state = fold(told)
    now = standing(state, pack, as_of)
    return Record(
        id=id,
        unit=unit,
        as_of=as_of.isoformat(),
        stage=now.stage,
        next=_owed(now.next),
        lapses_on=_day(now.lapses_on),
        cooling_off=[_day(d) for d in now.cooling_off or ()],
        particulars=state.particulars,
        pack=state.pack,
        gates=[
            GateRecord(
                gate=g.gate,
                status=g.status,
                done=g.done,
                total=g.total,
                owed=[_owed(o) for o in g.owed],
                lapses_on=_day(g.lapses_on),
            )
            for g in now.gates
        ],
        answers=list(_answers(state, pack)),
        findings=[
            FindingRecord(
                section=section,
                finding=t.act.finding,
                reason=t.act.reason,
                conditions=t.act.conditions,
                at=t.at,
                officer=officers.get(t.officer, t.officer),
            )
            for section, t in state.findings.items()
        ],
        timeline=[
            EventRecord(
                number=one.number,
                at=one.entry.at,
                officer=officers.get(one.entry.officer, one.entry.officer),
                what=sentences.sentence(one.entry.act, pack),
                act=one.entry.act,
                vault=one.origin.vault if one.origin else "",
            )
            for one in told
        ],
    )


def _answers(state: State, pack: Pack) -> Iterator[AnswerRecord]:
    for section in pack.screening.sections:
        for question in section.questions:
            told = state.answers.get(question.id)
            if told is None:
                continue
            made = state.checks.get(question.id)
            made = made if made is not None and made.place > told.place else None
            yield AnswerRecord(
                section=section.id,
                question=question.id,
                text=question.text,
                answer=answering.words(question, told.act.answer),
                adverse=gates.is_adverse(question, told.act.answer),
                follow_up=told.act.follow_up,
                checked=made.act.reference if made else "",
                borne_out=made.act.holds if made else None,
                at=told.at,
            )


def _owed(owed: gates.Owed | None) -> str:
    if owed is None:
        return ""
    return f"{owed.kind} {owed.id}" if owed.id else owed.kind


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def lines(made: Record) -> Iterator[str]:
    """The record in lines of at most 79 columns."""
    who = made.particulars
    yield f"{who.name}, {who.post}, {who.department}"
    yield _("Category {category}, stage {stage}").format(category=who.category, stage=made.stage)
    yield _("Dossier {id}, as of {day}").format(id=made.id, day=made.as_of)
    if made.next:
        yield _("Next: {owed}").format(owed=made.next)
    if made.lapses_on:
        yield _("Next lapse: {day}").format(day=made.lapses_on)
    if made.cooling_off:
        yield _("Cooling-off ends between {first} and {last}").format(
            first=made.cooling_off[0], last=made.cooling_off[1]
        )
    yield ""
    for gate in made.gates:
        yield f"{gate.gate:<12} {gate.status:<8} {gate.done}/{gate.total}"
    yield ""
    for event in made.timeline:
        where = f"#{event.number}" + (f" of {event.vault[:8]}" if event.vault else "")
        head = f"{where} {event.at[:16].replace('T', ' ')} {event.officer}: "
        yield from textwrap.wrap(head + event.what, 79, subsequent_indent="    ")


__all__ = ["Record", "lines", "record"]
