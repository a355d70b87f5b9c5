"""Where a dossier stands, computed only as far as somebody asks: what may be recorded
next hangs on little of it, and is asked at every entry. It says the same as
`gates.standing`, which says all of it.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias

from secterm.dossier import gates
from secterm.dossier.fold import State
from secterm.dossier.gates import GateStanding, Stage
from secterm.policy.model import Gate, Pack

Passage: TypeAlias = Literal["done", "refused", "shut"]  # shut: whatever else it is


class Now:
    """A dossier on a day. `before` is how it stood at an earlier entry: what nothing has
    touched since is taken over from there.
    """

    def __init__(self, state: State, pack: Pack, today: date, before: Now | None = None) -> None:
        self._state = state
        self._pack = pack
        self._today = today
        self._known: dict[Gate, Passage] = {}
        self._gates: tuple[GateStanding, ...] = ()  # once they were asked for
        self._stage: Stage | None = None
        if before is not None and before._pack is pack and before._today == today:
            self._take_over(before)

    def gate(self, gate: Gate) -> GateStanding:
        """One gate by its name, whole."""
        self._gates = self._gates or gates.all_gates(self._state, self._pack, self._today)
        return next(g for g in self._gates if g.gate == gate)

    @property
    def stage(self) -> Stage:
        """Where on its course the dossier is."""
        if self._stage is None:
            self._stage = self._course()
        return self._stage

    def _course(self) -> Stage:
        decided = gates.ended(self._state, self._pack)
        if decided == "admit":
            return "admitted" if self._holds() else "lapsed"
        if decided == "defer":
            return "deferred"
        return decided or self._on_the_way()

    def passage(self, gate: Gate) -> Passage:
        """Whether a gate is done."""
        if gate not in self._known:
            self._known[gate] = self._passage(gate)
        return self._known[gate]

    def _holds(self) -> bool:
        """Whether somebody who was admitted holds the post today."""
        until = gates.admitted_until(self._state, self._pack)
        if until is not None and until <= self._today:
            return False
        return all(self.passage(gate) == "done" for gate in self._pack.head.gates)

    def _on_the_way(self) -> Stage:
        for gate in self._pack.head.gates:
            passage = self.passage(gate)
            if passage == "refused":
                return "decision"
            if passage != "done":
                return gate
        return "decision"

    def _passage(self, gate: Gate) -> Passage:
        match gate:
            case "screening":
                return self._screening()
            case "training":
                return self._training()
            case "undertaking":
                return self._undertaking()
            case "rules":
                return self._rules()

    def _screening(self) -> Passage:
        state, pack = self._state, self._pack
        if "" not in state.findings:
            return "shut"
        found = gates.overall_finding(state, pack)
        if found == "unsuitable":
            return "refused"
        if any(True for _owed in gates.screening_owed(state, pack, found)):
            return "shut"
        return "done" if gates.screening_lapse(state, pack) > self._today else "shut"

    def _training(self) -> Passage:
        state, asks = self._state, gates.asks_of(self._pack, self._state)
        if not (
            asks.modules.keys() <= state.taught.keys()
            and asks.quizzed.keys() <= state.quizzes.keys()
        ):
            return "shut"
        owed = (gates.module_owes(m, state, self._today) for m in asks.modules.values())
        return "shut" if any(owed) else "done"

    def _undertaking(self) -> Passage:
        if self._state.signing_refused is not None:
            return "refused"
        return "done" if gates.is_signed(self._state) else "shut"

    def _rules(self) -> Passage:
        state, rules = self._state, gates.asks_of(self._pack, self._state).rules
        if not rules.keys().isdisjoint(state.rules_refused):
            return "refused"
        return "done" if rules.keys() <= state.acknowledged.keys() else "shut"

    def _take_over(self, before: Now) -> None:
        """The gates whose acts are the very same ones, that is, which nothing has touched."""
        old, new = before._state, self._state
        if old.particulars is not new.particulars:
            return
        if old.taught is new.taught and old.quizzes is new.quizzes:
            self._copy(before, "training")
        if (
            old.answers is new.answers
            and old.checks is new.checks
            and old.findings is new.findings
            and old.review is new.review
            and old.identified == new.identified
            and old.decision is new.decision
            and old.seconded is new.seconded
        ):
            self._copy(before, "screening")

    def _copy(self, before: Now, gate: Gate) -> None:
        if gate in before._known:
            self._known[gate] = before._known[gate]
