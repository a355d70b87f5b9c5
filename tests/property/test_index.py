"""The list shows what the vault has, whatever was done, tried or refused, on whatever day."""

import contextlib
import random
import tempfile
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from secterm.desk import index as index_module
from secterm.desk import sample
from secterm.desk import sheets as sheets_module
from secterm.desk.cards import sheets
from secterm.desk.columns import folded
from secterm.desk.desk import Desk
from secterm.desk.index import Index, Wanted
from secterm.desk.model import ClockIsBehind, now
from secterm.dossier import entries as acts
from secterm.dossier.permit import NotAllowed
from secterm.settings import ORDERS, STAGES, VIEWS
from secterm.vault.errors import VaultDamaged
from tests.support.house import OFFICER, SECOND, build

LIVES = st.sampled_from(sample.STAGES)
CATEGORIES = st.sampled_from(("core", "key", "general"))
BEGIN = now()
WHO = st.integers(0, 9)
VIEW = st.sampled_from(
    [Wanted(), *(Wanted(order=order) for order in ORDERS)]
    + [Wanted(frozenset(v.stages), frozenset(v.owed), v.within, order=v.order) for v in VIEWS]
    + [Wanted(stages=frozenset({stage})) for stage in STAGES]
    + [Wanted(waits=(0, 3)), Wanted(waits=(4, 900)), Wanted(within=3650)]
)
WORDS = st.sampled_from(("", "e", "an", "renamed", "clerk", "erased", "0", "a b"))


@cache
def built():
    """A vault with somebody in it, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vault.db"
        return build(path, ("admitted", "general"), clock=lambda: BEGIN).read_bytes()


def by_id(cards):
    return sorted(cards, key=lambda card: card.id)


def wants(card, wanted, today):
    """Whether a card is wanted, said once more and slowly."""
    until = (today + timedelta(days=wanted.within)).isoformat()
    soon = card.stage == "lapsed" or (card.lapses_on and card.lapses_on <= until)
    waits = True
    if wanted.waits is not None:
        first, last = wanted.waits
        waited = [(today - timedelta(days=n)).isoformat() for n in range(first, last + 1)]
        waits = bool(card.owed) and card.since[:10] in waited
    return (
        (not wanted.stages or card.stage in wanted.stages)
        and (not wanted.owed or card.owed in wanted.owed)
        and (not wanted.within or soon)
        and waits
    )


class Day(RuleBasedStateMachine):
    """A desk at which anything happens, beside it the list, and sheets new and old, damaged,
    doubled and taken away.
    """

    @initialize()
    def sit_down(self):
        self.few = contextlib.ExitStack()
        for name, value in (("MOST", 2), ("WORTH_IT", 1), ("AT_ONCE", 1), ("SLACK", 2)):
            self.few.enter_context(patch.object(sheets_module, name, value))
        self.kept = []
        self.folder = tempfile.TemporaryDirectory()
        self.time = BEGIN
        self.path = Path(self.folder.name) / "vault.db"
        self.path.write_bytes(built())
        self.open()

    def clock(self):
        return self.time

    def open(self):
        self.desk = Desk.open(self.path, *OFFICER, clock=self.clock)
        if self.desk.behind is not None:
            self.desk.accept_clock()
        self.second = self.desk.second(*SECOND)
        self.shared = None

    def one(self, who):
        there = [card for card in self.desk.cards() if card.stage != "erased"]
        return there[who % len(there)].id if there else ""

    def tries(self, step):
        with contextlib.suppress(NotAllowed, ClockIsBehind):
            step()

    def acts(self, who, *happened):
        id = self.one(who)
        if id:
            self.tries(lambda: self.desk.act(id, *happened))

    @rule(stage=LIVES, category=CATEGORIES)
    def somebody_comes(self, stage, category):
        if len(self.desk.cards()) < 8:
            self.tries(
                lambda: sample.fill(
                    self.desk, 1, second=self.second, stages=(stage,), category=category
                )
            )

    @rule(who=WHO)
    def is_called_otherwise(self, who):
        id = self.one(who)
        if id:
            particulars = self.desk.dossier(id).state.particulars
            fields = {f: getattr(particulars, f) for f in particulars.__struct_fields__}
            fields["name"] = f"Renamed {random.Random(who).randrange(99)}"
            self.acts(who, acts.Corrected(particulars=type(particulars)(**fields), reason="A test"))

    @rule(who=WHO)
    def is_withdrawn(self, who):
        self.acts(who, acts.Withdrawn(reason="A test"))

    @rule(who=WHO)
    def leaves(self, who):
        self.acts(who, acts.Left(on=self.desk.today.isoformat(), reason="A test"))

    @rule(who=WHO)
    def is_taken_up_again(self, who):
        self.acts(who, acts.Reopened(reason="A test"))

    @rule(who=WHO)
    def is_noted(self, who):
        self.acts(who, acts.Noted(text="A test"))

    @rule(who=WHO)
    def is_refused_half_way(self, who):
        self.acts(
            who, acts.Noted(text="A test"), acts.Quizzed(module="none", answers=(), passed=True)
        )

    @rule(who=WHO, decision=st.sampled_from(("admit", "defer", "refuse")))
    def is_decided(self, who, decision):
        self.acts(who, acts.Decided(decision=decision, reason="A test"))

    @rule(who=WHO)
    def is_erased(self, who):
        id = self.one(who)
        if id:
            self.tries(lambda: self.desk.erase(id, "A test", self.second))

    @rule()
    def the_vault_gets_a_new_key(self):
        with contextlib.suppress(VaultDamaged):  # by a sheet: then there is none
            self.tries(lambda: self.desk.rekey("A test"))

    @rule(role=st.sampled_from(("administrator", "officer")))
    def the_second_gets_another_role(self, role):
        second = next(o for o in self.desk.officers() if o.name != OFFICER[0])
        self.tries(lambda: self.desk.give_role(second.id, role, "A test", self.second))

    @rule(days=st.sampled_from((0, 1, 30, 200, 800)))
    def days_pass(self, days):
        self.time += timedelta(days=days, minutes=1)

    @rule()
    def the_clock_is_put_back(self):
        self.time -= timedelta(days=2)
        self.tries(lambda: self.desk.act(self.one(0), acts.Noted(text="A test")))
        self.tries(self.desk.accept_clock)

    @rule(who=WHO)
    def the_disk_fails(self, who):
        id = self.one(who)
        if id:
            self.desk.dossier(id)
            self.desk._vault.file.database.close()
            with contextlib.suppress(Exception):
                self.desk.act(id, acts.Noted(text="A test"))
            self.desk.close()
            self.open()

    @rule()
    def it_locks(self):
        index = self.desk.index
        self.desk.close()
        assert len(index) == 0
        self.open()

    @rule()
    def sheets_are_written(self):
        while not self.desk.keep_sheets(0.0):
            pass
        self.keep()

    @rule()
    def a_little_is_written(self):
        self.desk.keep_sheets(0.0)
        self.keep()

    def keep(self):
        table = self.desk._vault.file.tables.sheet
        self.kept += list(self.desk._vault.file.rows(table.select()))

    def put(self, place, sealed):
        with self.desk._vault.file.writing():
            table = self.desk._vault.file.tables.sheet
            table.replace(place=place, sealed=sealed).execute()

    @rule(which=st.integers(0, 99))
    def an_older_sheet_is_put_back(self, which):
        if self.kept:
            self.put(*self.kept[which % len(self.kept)])

    @rule(which=st.integers(0, 9), byte=st.integers(0, 99))
    def a_sheet_is_damaged(self, which, byte):
        table = self.desk._vault.file.tables.sheet
        there = list(self.desk._vault.file.rows(table.select()))
        if there:
            place, sealed = there[which % len(there)]
            self.put(place, sealed[:byte] + bytes([sealed[byte] ^ 1]) + sealed[byte + 1 :])

    @rule(which=st.integers(0, 9), place=st.integers(0, 9), ids=st.integers(0, 3))
    def a_sheet_stands_there_twice_or_names_somebody_else(self, which, place, ids):
        there = list(self.desk._vault.sheets())
        if there:
            _place, size, body = there[which % len(there)]
            sheet = sheets_module.opened(body)
            if not ids:
                sheet.id[0] = "ab" * 16
            self.desk._vault.write_sheet(place, msgspec.json.encode(sheet), size)

    @rule(place=st.integers(0, 9))
    def a_sheet_is_taken_away(self, place):
        self.desk._vault.drop_sheets([place])

    @rule()
    def the_list_is_read_anew(self):
        self.desk.index.clear()

    @rule()
    def a_little_is_read(self):
        self.desk.index.read(self.desk.today, 0.0)

    @rule(wanted=VIEW, words=WORDS)
    def the_list_shows_what_the_vault_has(self, wanted, words):
        desk, index = self.desk, self.desk.index
        while not index.read(desk.today, 0.0):
            index.find(wanted, words)
        there = desk.cards()
        assert by_id(index.cards()) == by_id(there)
        anew = Index(lambda today: sheets(there, 3), lambda: len(there))
        assert anew.read(desk.today, 60.0)
        with patch.object(index_module, "PIECE", 1):
            first = list(index.find(wanted, words, many=2))
        found = list(index.find(wanted, words))
        assert first == found[: max(len(first), 2)]
        assert by_id(found) == by_id(anew.find(wanted, words))
        if not words:
            assert by_id(found) == by_id(c for c in there if wants(c, wanted, desk.today))
        assert index.count(wanted, words) == len(found)
        assert index.stages(wanted) == (
            {c.stage for c in there if wants(c, replace(wanted, waits=None), desk.today)}
        )
        if wanted.order == "name":
            names = [folded(card.name) for card in found]
            assert names == sorted(names)
        for place, card in enumerate(found):
            assert index.find(wanted, words).place(index.slot(card.id)) == place

    @invariant()
    def what_is_there_is_there_once(self):
        ids = [card.id for card in self.desk.index.cards()]
        assert len(ids) == len(set(ids))

    def teardown(self):
        if hasattr(self, "desk"):
            self.desk.close()
            self.folder.cleanup()
            self.few.close()


FEW = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestDay = Day.TestCase
TestDay.settings = FEW


@pytest.mark.long
class TestManyDays(Day.TestCase):
    settings = settings(FEW, max_examples=40, stateful_step_count=30)
