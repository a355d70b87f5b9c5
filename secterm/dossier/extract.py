"""The extract of a dossier for a personnel file: who takes up which post, what was
decided, since when and until when. Made so that nothing drawn from the screening
is in it: no answer, check, finding, reason, condition or note, and not where on the
way a dossier ended that was not admitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import msgspec

from secterm.dossier import gates
from secterm.dossier.entries import (
    Decided,
    Decision,
    Numbered,
    PackRef,
    PartySignature,
    Seconded,
    Signed,
)
from secterm.dossier.fold import State, Told, fold
from secterm.policy.model import Category, Pack

# The stages at which a decision holds; at any other there is nothing to extract.
DECIDED: Final = frozenset(("admitted", "refused", "deferred", "lapsed", "left"))
MOST_SPOKEN: Final = 3  # entries of a dossier that its extract speaks of


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the extract."""


class Person(_Value, frozen=True, kw_only=True):
    """Who takes up which post."""

    name: str
    post: str
    category: Category


class GateDone(_Value, frozen=True, kw_only=True):
    """A gate and the day on which it was done, of those that an admission rests on."""

    gate: str
    on: str


class Agreed(_Value, frozen=True, kw_only=True, omit_defaults=True):
    """The undertaking as it was signed; its text is `undertaking.txt`.

    `vault` and `dossier` are the ids in its statement, where it was signed in another vault.
    """

    number: int
    text_sha256: str
    pack: PackRef
    on: str
    statement: str
    signatures: tuple[PartySignature, ...]
    vault: str = ""
    dossier: str = ""


class Word(_Value, frozen=True, kw_only=True, omit_defaults=True):
    """An entry that decided: its number in the journal, time, and officer by name.

    `vault` is the id of the vault in whose journal it stands, where that is another.
    """

    number: int
    at: str
    officer: str
    vault: str = ""


class Proven(_Value, frozen=True, kw_only=True):
    """An entry that the extract speaks of: its act's name, officer (id) and leaf hash (hex).

    Of one that was recorded in another vault it is the entry `received` that brought it.
    """

    number: int
    act: str
    officer: str
    leaf: str


class Extract(_Value, frozen=True, kw_only=True):
    """`decision.json`: the decision on one dossier as of a day."""

    id: str
    unit: str
    as_of: str
    particulars: Person
    stage: str
    decision: Decision
    decided: Word
    seconded: Word | None
    valid_until: str
    left_on: str
    gates: list[GateDone]
    undertaking: Agreed | None
    entries: list[Proven]


def extract(
    id: str,
    entries: Iterable[Numbered],
    pack: Pack,
    carried: Mapping[tuple[str, int], Proven],
    *,
    unit: str,
    officers: Mapping[str, str],
    as_of: date,
) -> tuple[Extract, str] | None:
    """The extract and the undertaking's text; None where no decision holds.

    `carried` has, for each entry by where it stands, the one of this journal that holds
    it; `officers` maps ids to names.
    """
    told = list(entries)
    if told and told[0].origin is not None:
        unit = told[0].origin.unit
    state = fold(told)
    stage = gates.standing(state, pack, as_of).stage
    decided, seconded = state.decision, state.seconded
    if stage not in DECIDED or decided is None:
        return None
    until = gates.admitted_until(state, pack)
    told_of = [one for one in (state.signed, decided, seconded) if one is not None]
    spoken = {carried[told[one.place].stands] for one in told_of}

    def word(one: Told[Decided] | Told[Seconded]) -> Word:
        return Word(
            number=one.number,
            at=one.at,
            officer=officers.get(one.officer, one.officer),
            vault=one.origin.vault if one.origin else "",
        )

    made = Extract(
        id=id,
        unit=unit,
        as_of=as_of.isoformat(),
        particulars=Person(
            name=state.particulars.name,
            post=state.particulars.post,
            category=state.particulars.category,
        ),
        stage=stage,
        decision=decided.act.decision,
        decided=word(decided),
        seconded=word(seconded) if seconded is not None else None,
        valid_until=until.isoformat() if until else "",
        left_on=state.left.act.on if state.left is not None else "",
        gates=_done(fold(told[: decided.place + 1]), pack)
        if decided.act.decision == "admit"
        else [],
        undertaking=_agreed(state.signed) if state.signed is not None else None,
        entries=sorted(spoken, key=lambda one: one.number),
    )
    return made, state.signed.act.text if state.signed is not None else ""


def _done(state: State, pack: Pack) -> list[GateDone]:
    """The gates and when each was done, of a dossier as it stood at the admission."""
    screened = [t.on for t in (state.findings.get(""), state.review) if t is not None]
    modules = [module.id for module in gates.modules_of(pack, state)]
    trained = [t.on for id in modules for t in state.taught.get(id, ())]
    trained += [t.on for id in modules for t in state.quizzes.get(id, ())]
    days = {
        "screening": screened,
        "training": trained,
        "undertaking": [state.signed.on] if state.signed is not None else [],
        "rules": [t.on for t in state.acknowledged.values()],
    }
    return [
        GateDone(gate=gate, on=max(days[gate]).isoformat() if days[gate] else "")
        for gate in pack.head.gates
    ]


def _agreed(told: Told[Signed]) -> Agreed:
    act = told.act
    return Agreed(
        number=told.number,
        text_sha256=act.text_sha256,
        pack=act.pack,
        on=act.on,
        statement=act.statement,
        signatures=act.signatures,
        vault=told.origin.vault if told.origin else "",
        dossier=told.origin.dossier if told.origin else "",
    )
