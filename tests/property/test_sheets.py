"""What sheets say of those to whom nothing happened since, and the own card of every other one,
are the cards of the vault: whatever was recorded, written, taken away or put back.
"""

import contextlib
import json
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from secterm.vault import kdf
from secterm.vault.errors import SealBroken
from secterm.vault.vault import Vault

CHEAP = kdf.Cost(t=1, m=32, p=1)
ALICE = ("alice", "test correct horse")
WHO = st.integers(0, 7)
SOME = st.lists(WHO, max_size=5, unique=True)
PLACE = st.integers(0, 3)


@cache
def built():
    """A vault with nobody in it, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "v.db"
        with Vault.create(path, *ALICE, CHEAP) as (vault, work):
            work.append(vault.id, b"the vault begins")
        vault.close()
        return path.read_bytes()


def through_sheets(vault, erased):
    """Each dossier's card, by sheets where they count; None where it has none."""
    latest = {}
    for _place, size, body in vault.sheets():
        latest.update({id: (size, text) for id, text in json.loads(body).items()})
    touched = vault.touched(min((size for size, _ in latest.values()), default=0))
    found = {}
    for id in vault.dossiers():
        size, text = latest.get(id.hex(), (-1, ""))
        if id not in erased and touched.get(id, 0) < size:
            found[id] = text.encode()
        else:
            found[id] = None
            with contextlib.suppress(SealBroken):
                found[id] = vault.card(id).body
    return found


class Years(RuleBasedStateMachine):
    """A vault in which anything happens, and older sheets of it."""

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "v.db"
        self.path.write_bytes(built())
        self.vault = Vault.open(self.path, *ALICE)
        self.there, self.erased, self.kept = [], set(), []
        self.somebody_comes()

    def some(self, whom):
        living = [id for id in self.there if id not in self.erased]
        return [living[who] for who in whom if who < len(living)]

    @rule()
    def somebody_comes(self):
        if len(self.there) < 12:
            with self.vault.transaction() as work:
                id = work.create_dossier()
                work.set_card(id, work.append(id, b"opened"), f"{id.hex()} 0".encode())
            self.there.append(id)

    @rule(whom=SOME)
    def something_happens(self, whom):
        if self.some(whom):
            with self.vault.transaction() as work:
                for id in self.some(whom):
                    number = work.append(id, b"something")
                    work.set_card(id, number, f"{id.hex()} {number}".encode())

    @rule(place=PLACE, whom=SOME)
    def a_sheet_is_written(self, place, whom):
        cards = {id.hex(): self.vault.card(id).body.decode() for id in self.some(whom)}
        self.vault.write_sheet(place, json.dumps(cards).encode())
        table = self.vault.file.tables.sheet
        self.kept += [row for row in self.vault.file.rows(table.select()) if row[0] == place]

    @rule(place=PLACE, whom=SOME)
    def a_sheet_is_written_of_what_was_read_before(self, place, whom):
        size = self.vault.size
        cards = {id.hex(): self.vault.card(id).body.decode() for id in self.some(whom)}
        self.something_happens(whom[:1])
        self.vault.write_sheet(place, json.dumps(cards).encode(), size)

    @rule(places=st.one_of(st.none(), st.lists(PLACE, max_size=2)))
    def sheets_are_taken_away(self, places):
        self.vault.drop_sheets(places)

    @rule(which=st.integers(0, 99))
    def an_older_sheet_is_put_back(self, which):
        if self.kept:
            place, sealed = self.kept[which % len(self.kept)]
            with self.vault.file.writing():
                self.vault.file.tables.sheet.replace(place=place, sealed=sealed).execute()

    @rule(who=WHO)
    def somebody_is_erased(self, who):
        for id in self.some([who]):
            with self.vault.transaction() as work:
                work.append(self.vault.id, b"erased")
                work.erase(id)
            self.erased.add(id)
            assert list(self.vault.sheets()) == []

    @rule()
    def the_vault_gets_a_new_key(self):
        with self.vault.transaction() as work:
            work.append(self.vault.id, b"rekeyed")
            signer = self.vault.signer
            self.vault.rekey(work, {signer.slot: signer.sealing_key})
        assert list(self.vault.sheets()) == []

    @rule()
    def it_is_locked_and_unlocked(self):
        self.vault.close()
        self.vault = Vault.open(self.path, *ALICE)

    @invariant()
    def sheets_say_what_the_cards_say(self):
        cards = {id: card and card.body for id, card in self.vault.cards()}
        assert through_sheets(self.vault, self.erased) == cards

    def teardown(self):
        self.vault.close()
        self.folder.cleanup()


FEW = settings(
    max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=[*HealthCheck]
)
TestYears = Years.TestCase
TestYears.settings = FEW


@pytest.mark.long
class TestManyYears(Years.TestCase):
    settings = settings(FEW, max_examples=30, stateful_step_count=50)
