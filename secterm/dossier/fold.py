"""What a dossier's entries add up to. The state remembers, of everything that
counts, the entry that brought it; what it means for the gates is not said here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Generic, TypeVar

import msgspec
from msgspec.structs import replace  # of dataclasses, it takes ten times as long

from secterm.dossier import entries as acts
from secterm.dossier.entries import Numbered, Origin, PackRef, Particulars
from secterm.policy.model import Category

A = TypeVar("A")


class EntryOutOfPlace(Exception):
    """An entry that cannot follow those before it; the message says why."""


class Told(msgspec.Struct, Generic[A], frozen=True, gc=False):
    """An act that counts, with its entry's number, time (ISO 8601) and officer (id).

    `place` is how many entries of the dossier come before it: numbers of several journals
    cannot be compared. `origin` is where it was recorded; None: in this vault.
    """

    act: A
    number: int
    at: str
    officer: str
    place: int
    origin: Origin | None = None

    @property
    def on(self) -> date:
        """The day on which it was recorded."""
        return datetime.fromisoformat(self.at).date()


Latest = Mapping[str, Told[A]]


class State(msgspec.Struct, frozen=True, gc=False):
    """A dossier as its entries leave it. Maps are by question, section, module or rule id;
    notes on the dossier itself are under "".

    What a reopening does away with is not here; the entries keep it.
    """

    particulars: Particulars
    pack: PackRef
    opened_at: str
    last_at: str  # time of the last entry that counts
    last: tuple[str, int]  # the last entry: whose journal it stands in, and its number there
    count: int  # entries so far
    identified: int  # place of the entry since which it is this person
    settled: int  # place of the entry since which particulars that are signed stand
    answers: Latest[acts.Answered] = {}
    checks: Latest[acts.Checked] = {}
    findings: Latest[acts.Found] = {}
    review: Told[acts.Reviewed] | None = None
    taught: Mapping[str, tuple[Told[acts.Trained], ...]] = {}
    quizzes: Mapping[str, tuple[Told[acts.Quizzed], ...]] = {}
    quizzing: Mapping[str, tuple[acts.QuizAnswer, ...]] = {}
    signed: Told[acts.Signed] | None = None
    signing_refused: Told[acts.SigningRefused] | None = None
    acknowledged: Latest[acts.Acknowledged] = {}
    rules_refused: Latest[acts.RuleRefused] = {}
    decision: Told[acts.Decided] | None = None
    seconded: Told[acts.Seconded] | None = None
    withdrawn: Told[acts.Withdrawn] | None = None
    left: Told[acts.Left] | None = None
    held: tuple[Told[acts.Left], Category] | None = None  # the post left before a reopening
    notes: Mapping[str, tuple[Told[acts.Noted], ...]] = {}
    archived: Told[acts.Archived] | None = None


def fold(entries: Iterable[Numbered]) -> State:
    """The state after all of a dossier's entries, in order. Raises `EntryOutOfPlace`."""
    state: State | None = None
    for one in entries:
        state = apply(state, one)
    if state is None:
        raise EntryOutOfPlace("there is no entry")
    return state


def apply(state: State | None, one: Numbered) -> State:
    """The state after one more entry. Raises `EntryOutOfPlace`."""
    act, at = one.entry.act, one.entry.at
    if isinstance(act, acts.Opened):
        if state is not None:
            raise EntryOutOfPlace("the dossier is open already")
        return State(act.particulars, act.pack, at, at, one.stands, 1, 0, 0)
    if state is None:
        raise EntryOutOfPlace("the dossier is not open yet")
    journal, number = one.stands
    if not journal and not state.last[0] and number <= state.last[1]:  # both of this vault's
        raise EntryOutOfPlace("its number is not after the last")
    last_at = state.last_at if isinstance(act, acts.QUIET) else at
    return _after(replace(state, last_at=last_at, last=one.stands, count=state.count + 1), one)


def _after(state: State, one: Numbered) -> State:
    act = one.entry.act
    match act:
        case acts.Corrected():
            return _corrected(state, act)
        case acts.Answered():
            return replace(
                state, answers=_with(state.answers, act.question, _told(state, act, one))
            )
        case acts.Checked():
            return replace(state, checks=_with(state.checks, act.question, _told(state, act, one)))
        case acts.Found():
            return replace(
                state, findings=_with(state.findings, act.section, _told(state, act, one))
            )
        case acts.Reviewed():
            return replace(state, review=_told(state, act, one))
        case acts.Trained():
            sessions = (*state.taught.get(act.module, ()), _told(state, act, one))
            return replace(
                state,
                taught={**state.taught, act.module: sessions},
                quizzing=_without(state.quizzing, act.module),
            )
        case acts.QuizAnswered():
            given = (*state.quizzing.get(act.module, ()), act.answer)
            return replace(state, quizzing={**state.quizzing, act.module: given})
        case acts.Quizzed():
            taken = (*state.quizzes.get(act.module, ()), _told(state, act, one))
            return replace(
                state,
                quizzes={**state.quizzes, act.module: taken},
                quizzing=_without(state.quizzing, act.module),
            )
        case acts.Signed():
            return replace(state, signed=_told(state, act, one), signing_refused=None)
        case acts.SigningRefused():
            return replace(state, signing_refused=_told(state, act, one))
        case acts.Acknowledged():
            return replace(
                state,
                acknowledged=_with(state.acknowledged, act.rule, _told(state, act, one)),
                rules_refused=_without(state.rules_refused, act.rule),
            )
        case acts.RuleRefused():
            return replace(
                state, rules_refused=_with(state.rules_refused, act.rule, _told(state, act, one))
            )
        case acts.Noted():
            notes = (*state.notes.get(act.question, ()), _told(state, act, one))
            return replace(state, notes={**state.notes, act.question: notes})
        case acts.Archived():
            return replace(state, archived=_told(state, act, one))
        case acts.Printed() | acts.Received():
            return state
        case _:
            return _turned(state, one)


def _turned(state: State, one: Numbered) -> State:
    """What ends a dossier's course or takes it up again."""
    act = one.entry.act
    match act:
        case acts.Decided():
            return replace(state, decision=_told(state, act, one), seconded=None)
        case acts.Seconded():
            if state.decision is None or state.decision.number != act.decided:
                raise EntryOutOfPlace("it is about a decision that does not stand")
            return replace(state, seconded=_told(state, act, one))
        case acts.Withdrawn():
            return replace(state, withdrawn=_told(state, act, one))
        case acts.Left():
            return replace(state, left=_told(state, act, one))
        case acts.Reopened():
            return _reopened(state)
        case _:
            raise EntryOutOfPlace("nothing is known of such an entry")


def _reopened(state: State) -> State:
    """Taken up again: a person who held the post is asked anew, another goes on where they were.

    Training stands as long as it is valid, notes stay; all else is done again.
    """
    admitted = state.decision is not None and state.decision.act.decision == "admit"
    had_it = admitted and state.withdrawn is None
    held = (state.left, state.particulars.category) if state.left else state.held
    return State(
        particulars=state.particulars,
        pack=state.pack,
        opened_at=state.opened_at,
        last_at=state.last_at,
        last=state.last,
        count=state.count,
        identified=state.identified,
        settled=state.count - 1,
        answers={} if had_it else state.answers,
        checks={} if had_it else state.checks,
        taught=state.taught,
        quizzes=state.quizzes,
        held=held,
        notes=state.notes,
        archived=state.archived,
    )


def _corrected(state: State, act: acts.Corrected) -> State:
    place, old, new = state.count - 1, state.particulars, act.particulars
    same = (old.name, old.born, old.identity_number) == (new.name, new.born, new.identity_number)
    post = (old.post, old.department, old.category) == (new.post, new.department, new.category)
    return replace(
        state,
        particulars=new,
        identified=state.identified if same else place,
        settled=state.settled if same and post else place,
    )


def _told(state: State, act: A, one: Numbered) -> Told[A]:
    """The act, as the last of so many entries."""
    entry = one.entry
    return Told(act, one.number, entry.at, entry.officer, state.count - 1, one.origin)


def _with(latest: Latest[A], id: str, told: Told[A]) -> Latest[A]:
    return {**latest, id: told}


def _without(latest: Mapping[str, A], id: str) -> Mapping[str, A]:
    return {k: v for k, v in latest.items() if k != id} if id in latest else latest
