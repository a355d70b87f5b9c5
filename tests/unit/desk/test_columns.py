"""Cards in columns are the cards that were taken in, found and put in order as one by one."""

from datetime import datetime
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secterm.desk import columns as columns_module
from secterm.desk.cards import Card, Sheet, sheets
from secterm.desk.columns import Columns, folded, on_one_clock
from secterm.desk.index import Index, Order, Wanted
from tests.unit.desk.test_index import TODAY

WORDS = st.text(alphabet="aé\nZ ９", max_size=5)
WHOLE = st.datetimes(datetime(2025, 12, 31), datetime(2026, 1, 2)).map(
    lambda at: at.replace(microsecond=0)
)
OFFSETS = st.sampled_from(("+00:00", "+01:00", "-02:30"))
TIMES = st.builds(lambda at, offset: at.isoformat() + offset, WHOLE, OFFSETS)
ODD = st.sampled_from(
    ("", "2026-W01-4T12:00:00+01:00", "2026-01-01T12:00:00.250+01:00", "2026-01-01T11:00:00Z")
)
CARDS = st.builds(
    Card,
    id=st.text(alphabet="0123456789abcdef", min_size=32, max_size=32),
    name=WORDS,
    post=WORDS,
    department=WORDS,
    category=st.sampled_from(("core", "key", "general")),
    stage=st.sampled_from(("screening", "lapsed", "admitted")),
    owed=st.sampled_from(("", "quiz")),
    since=st.one_of(TIMES, TIMES, ODD),
    opened=TIMES,
    lapses_on=st.sampled_from(("", "2026-03-03", "2027-01-01")),
    identity_number=WORDS,
)
SEVERAL = st.lists(CARDS, max_size=12, unique_by=lambda card: card.id)


def seconds(time):
    return datetime.fromisoformat(time).timestamp() if time else 0.0


NAIVE = {
    "waiting": lambda card: (not card.owed, seconds(card.since)),
    "lapse": lambda card: (
        (card.stage != "lapsed", not card.lapses_on, card.lapses_on)
        if card.stage != "lapsed"
        else (False, False, "")
    ),
    "name": lambda card: folded(card.name.replace("\n", " ")),
    "opened": lambda card: -seconds(card.opened),
}


def taken(*batches):
    """An index of these cards, taken in as they come."""
    index = Index(lambda today: (Sheet.of(batch) for batch in batches), lambda: 0)
    assert index.read(TODAY, 60.0)
    return index


def split(cards, sizes):
    left = iter(cards)
    for size in sizes:
        yield [card for _, card in zip(range(size), left, strict=False)]
    yield list(left)


@given(cards=SEVERAL, sizes=st.lists(st.integers(1, 5)), noted=st.lists(st.integers(0, 11)))
def test_what_was_taken_in_or_noted_comes_out_and_in_its_order(cards, sizes, noted):
    index = taken(*split(cards, sizes))
    for order in NAIVE:
        index.find(Wanted(order=order))
    for number in noted:
        if number < len(cards):
            other = cards[-1 - number]
            given = {f: getattr(other, f) for f in Card.__struct_fields__}
            cards[number] = Card(**given | {"id": cards[number].id})
            index.note(cards[number])
            len(index)  # taken in, one after the other
    assert sorted(index.cards(), key=lambda c: c.id) == sorted(cards, key=lambda c: c.id)
    for order, key in NAIVE.items():
        keys = [key(card) for card in index.find(Wanted(order=order))]
        assert keys == sorted(map(key, cards)), order


@given(
    cards=SEVERAL, sizes=st.lists(st.integers(1, 5)), word=st.text(alphabet="aez9qu", min_size=1)
)
def test_who_is_found_is_whoever_has_the_word_in_a_text(cards, sizes, word):
    index = taken(*split(cards, sizes))
    index.spell(lambda stage, owed, category: f"{owed} {category}")
    shown = ("name", "post", "department", "identity_number", "owed", "category")
    has = {
        card.id
        for card in cards
        if any(folded(word) in folded(getattr(card, field)) for field in shown)
        or (len(word) > 3 and card.id.startswith(word))
    }
    for many in (None, 2):
        found = index.find(Wanted(), word, many=many)
        assert {card.id for card in found} <= has
        assert len(found) >= min(many or len(has), len(has))


@given(cards=SEVERAL)
def test_many_slots_are_those_that_few_are(cards):
    columns = Columns(lambda stage, owed, category: "")
    for sheet in sheets(cards, 3):
        columns.take(sheet)
    ids = [*(card.id for card in cards), "nobody", ""]
    few = columns.slots(ids)
    with patch.object(columns_module, "FEW", 0):
        assert columns.slots(ids) == few == {card.id: n for n, card in enumerate(cards)}


@given(times=st.lists(TIMES), offset=OFFSETS)
def test_times_are_moved_to_a_clock_by_the_hour_as_one_by_one(times, offset):
    assert on_one_clock(times, offset, written=True) == on_one_clock(times, offset)


@pytest.mark.parametrize("order", NAIVE)
def test_times_at_several_offsets_stand_in_the_order_of_the_times(order: Order):
    def card(number, time):
        told = dict.fromkeys(Card.__struct_fields__, "") | {"id": f"{number:032x}"}
        return Card(**told | {"owed": "quiz", "since": time, "opened": time})

    times = ("2026-01-01T12:00:00+01:00", "2026-01-01T11:30:00+00:00", "2026-01-01T11:59:59+01:00")
    index = taken([card(n, time) for n, time in enumerate(times)])
    keys = [NAIVE[order](card) for card in index.find(Wanted(order=order))]
    assert keys == sorted(keys)
