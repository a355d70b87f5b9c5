"""The index of all cards: what is found, in which order, and that it stays true."""

import contextlib
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secterm.desk import index as index_module
from secterm.desk.cards import Card, Sheet, sheets
from secterm.desk.columns import folded
from secterm.desk.desk import Desk
from secterm.desk.index import Index, Wanted
from secterm.desk.model import now
from secterm.dossier.entries import Corrected, Withdrawn
from secterm.vault.errors import VaultError
from tests.support.house import OFFICER, SECOND, build, lived

TODAY = date(2026, 3, 2)
PEOPLE = (("screening", "general"), ("decision", "key"), ("admitted", "general"))


def card(number, **more):
    told = {
        "id": f"{number:032x}",
        "name": f"Zeb {number}",
        "post": "Clerk",
        "department": "Registry",
        "category": "general",
        "stage": "screening",
        "owed": "question",
        "since": f"2026-03-{number + 1:02}T09:00:00+00:00",
        "opened": f"2026-02-{number + 1:02}T09:00:00+00:00",
    }
    return Card(**{**told, **more})


def index_of(*cards):
    index = Index(lambda today: sheets(cards, 1), lambda: len(cards))
    assert index.read(TODAY, 60.0)
    return index


def names(found):
    return [card.name for card in found]


def ids(found):
    return [card.id for card in found]


# -- what is found ------------------------------------------------------------


def test_every_word_must_fit():
    index = index_of(card(1, name="Ann Example"), card(2, name="Ann Sample", post="Archivist"))
    assert names(index.find(Wanted(), "ann arch")) == ["Ann Sample"]
    assert names(index.find(Wanted(), "ann nobody")) == []


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("muller", "Müller"),
        ("STRASSE", "Straße"),
        ("wide", "Ｗｉｄｅ"),
        ("øde", "ØDE"),
        ("ﬁn", "FIN"),
    ],
)
def test_accents_case_and_width_do_not_matter(typed, written):
    assert folded(typed) in folded(written)


def test_an_id_is_found_from_its_beginning_and_not_in_its_middle():
    index = index_of(card(1, id="dead" + "0" * 28), card(2, id="00dead" + "0" * 26))
    assert ids(index.find(Wanted(), "dead")) == ["dead" + "0" * 28]
    assert ids(index.find(Wanted(), "DEAD00")) == ["dead" + "0" * 28]


def test_few_hex_letters_are_a_word_and_no_id():
    index = index_of(card(1, id="ada" + "0" * 29), card(2, name="Ada Sample"))
    assert names(index.find(Wanted(), "ada")) == ["Ada Sample"]


def test_a_name_of_two_lines_is_nobody_else_s():
    index = index_of(card(1, name="Ann\nBo"), card(2, name="Cleo"))
    assert names(index.find(Wanted(), "cleo")) == ["Cleo"]


words = st.text(alphabet="ade 01é", max_size=7)


@given(
    people=st.lists(
        st.tuples(words, st.text(alphabet="ade01", min_size=32, max_size=32)), max_size=8
    ),
    typed=st.lists(words, min_size=1, max_size=6),
)
def test_what_is_found_does_not_depend_on_what_was_typed_before(people, typed):
    cards = {id: card(1, id=id, name=name) for name, id in people}.values()
    index = index_of(*cards)
    for text in typed:
        for end in range(len(text) + 1):
            index.find(Wanted(), text[:end])
        assert ids(index.find(Wanted(), text)) == ids(index_of(*cards).find(Wanted(), text))


@given(
    people=st.lists(words, max_size=30),
    typed=st.lists(words, min_size=1, max_size=4),
    many=st.integers(1, 9),
    who=st.integers(0, 29),
)
def test_the_first_that_are_found_are_the_first_of_all(people, typed, many, who):
    cards = [card(n, id=f"{n:032x}", name=name) for n, name in enumerate(people)]
    index, whole = index_of(*cards), index_of(*cards)
    slot = index.slot(f"{who:032x}")
    for text in typed:
        with patch.object(index_module, "PIECE", 2):
            found = index.find(Wanted(order="name"), text, many=many, slot=slot)
        every = whole.find(Wanted(order="name"), text)
        assert ids(found) == ids(every)[: len(found)]
        assert len(found) >= min(many, len(every))
        assert len(found) == len(every) or not found.whole
        place = every.place(slot)
        assert found.place(slot) == place
        if place is not None:
            assert len(found) >= min(place + many, len(every))


def test_the_first_are_found_without_a_look_at_the_others():
    cards = [
        card(1, id=f"{n:032x}", name="Zeb" if n < 50 else "Bo")
        for n in range(5 * index_module.PIECE)
    ]
    index = index_of(*cards)
    first = index.find(Wanted(), "zeb", many=40)
    assert (len(first), first.whole) == (50, False)
    assert index.find(Wanted(), "zeb", many=51).whole
    assert len(index.find(Wanted(), "clerk", many=40)) <= index_module.PIECE
    assert len(index.find(Wanted(), "clerk")) == len(cards)


def test_the_place_of_a_card_is_where_it_stands():
    index = index_of(*(card(n, post="Clerk" if n % 2 else "Cook") for n in range(9)))
    found = index.find(Wanted(), "cook")
    for place, one in enumerate(found):
        assert found.place(index.slot(one.id)) == place
    assert found.place(index.slot(card(1).id)) is None
    assert found.place(index.slot("nobody")) is None


# -- order and views ----------------------------------------------------------


def test_the_longest_waiting_come_first_and_who_waits_for_nothing_last():
    early, late = "2026-01-01T12:00:00+00:00", "2026-01-01T13:30:00+02:00"
    index = index_of(
        card(1, name="Done", owed="", since="2025-01-01T00:00:00+00:00"),
        card(2, name="Late", since=early),
        card(3, name="Early", since=late),  # half an hour before, by a clock further east
    )
    assert names(index.find(Wanted())) == ["Early", "Late", "Done"]


def test_the_lapsed_come_before_what_lapses_and_then_what_does_not():
    index = index_of(
        card(1, name="Never"),
        card(2, name="Later", lapses_on="2026-05-01"),
        card(3, name="Gone", stage="lapsed"),
        card(4, name="Soon", lapses_on="2026-03-09"),
    )
    assert names(index.find(Wanted(order="lapse"))) == ["Gone", "Soon", "Later", "Never"]
    assert names(index.find(Wanted(order="lapse", within=30))) == ["Gone", "Soon"]
    assert names(index.find(Wanted(month="2026-05"))) == ["Later"]


def test_names_and_openings_order_as_people_expect():
    index = index_of(card(1, name="Émile"), card(2, name="zoe"), card(3, name="Bo"))
    assert names(index.find(Wanted(order="name"))) == ["Bo", "Émile", "zoe"]
    assert names(index.find(Wanted(order="opened"))) == ["Bo", "zoe", "Émile"]


def test_who_has_waited_so_many_days_is_found():
    days = [TODAY - timedelta(days=n) for n in (0, 1, 7, 8)]
    index = index_of(*(card(n, since=f"{day}T09:00:00+00:00") for n, day in enumerate(days)))
    assert names(index.find(Wanted(waits=(1, 7)))) == ["Zeb 2", "Zeb 1"]


def test_a_count_is_what_would_be_found():
    index = index_of(
        card(1), card(2, stage="lapsed", owed="teaching"), card(3, lapses_on="2026-03-05")
    )
    for wanted in (
        Wanted(),
        Wanted(stages=frozenset({"lapsed"})),
        Wanted(owed=frozenset({"question"})),
        Wanted(within=7),
        Wanted(waits=(0, 0)),
    ):
        for words in ("", "zeb", "zeb 3"):
            assert index.count(wanted, words) == len(index.find(wanted, words))


# -- kept true ----------------------------------------------------------------


def test_a_card_that_changed_stands_at_its_new_place_alone():
    index = index_of(card(1), card(2), card(3))
    assert names(index.find(Wanted(), "zeb")) == ["Zeb 1", "Zeb 2", "Zeb 3"]
    index.note(card(1, stage="training", owed="quiz", since="2026-03-20T09:00:00+00:00"))
    assert names(index.find(Wanted(), "zeb")) == ["Zeb 2", "Zeb 3", "Zeb 1"]
    assert index.count(Wanted(stages=frozenset({"screening"}))) == 2
    assert index.stages(Wanted()) == {"screening", "training"}
    assert len(index) == 3


def test_what_was_recorded_while_it_was_read_is_not_overwritten_by_what_was_read():
    cards = [card(1), card(2)]
    index = Index(lambda today: sheets(cards, 1), lambda: len(cards))
    assert not index.read(TODAY, 0.0)
    index.note(card(2, name="New"))
    assert len(index) == 2
    while not index.read(TODAY, 0.0):
        pass
    assert names(index.find(Wanted(), "new")) == ["New"]


def test_while_it_is_read_what_is_recorded_is_found_at_once():
    cards = [card(number) for number in range(20)]
    index = Index(lambda today: sheets(cards, 1), lambda: len(cards))
    for _ in cards[:16]:
        index.read(TODAY, 0.0)
    assert len(index.find(Wanted())) == 16
    index.note(card(3, name="New"))
    assert names(index.find(Wanted(), "new")) == ["New"]
    assert not index.complete


def test_all_that_was_read_is_found_once_it_is_over():
    cards = [card(number) for number in range(20)]
    index = Index(lambda today: sheets(cards, 1), lambda: len(cards))
    while not index.read(TODAY, 0.0):
        index.find(Wanted())
    assert len(index.find(Wanted())) == 20


def test_another_day_is_read_anew():
    days = []
    index = Index(lambda today: days.append(today) or sheets([card(1)], 1), lambda: 1)
    index.read(TODAY, 60.0)
    index.read(TODAY, 60.0)
    index.read(TODAY + timedelta(days=1), 60.0)
    assert days == [TODAY, TODAY + timedelta(days=1)]
    assert len(index) == 1


def test_a_reading_that_fails_begins_anew():
    def broken(today):
        yield Sheet.of([card(1)])
        raise VaultError

    sources = [broken, lambda today: sheets([card(1), card(2)], 2)]
    index = Index(lambda today: sources.pop(0)(today), lambda: 2)
    with pytest.raises(VaultError):
        index.read(TODAY, 60.0)
    assert not index.complete
    assert index.read(TODAY, 60.0)
    assert len(index) == 2


# -- at a desk ----------------------------------------------------------------


@pytest.fixture
def desk(tmp_path):
    path = build(tmp_path / "vault.db", *PEOPLE)
    with contextlib.closing(Desk.open(path, *OFFICER)) as desk:
        assert desk.index.read(desk.today, 60.0)
        yield desk


def as_read(desk):
    """The cards as the vault has them, beside those that the index keeps."""
    return sorted(desk.cards(), key=ids_of), sorted(desk.index.cards(), key=ids_of)


def ids_of(card):
    return card.id


def test_what_the_desk_records_is_in_the_index_without_reading_again(desk):
    lived(desk, "training", "general")
    id = next(card.id for card in desk.cards() if card.stage == "screening")
    who = desk.dossier(id).state.particulars
    changed = type(who)(**{f: getattr(who, f) for f in who.__struct_fields__} | {"name": "Zeb New"})
    desk.act(id, Corrected(particulars=changed, reason="A test"), Withdrawn(reason="A test"))
    kept, there = as_read(desk)
    assert kept == there
    assert names(desk.index.find(Wanted(), "zeb new")) == ["Zeb New"]


def test_an_erased_dossier_leaves_its_line_and_not_its_name(desk):
    card = desk.cards()[0]
    assert desk.index.find(Wanted(), card.name)
    desk.erase(card.id, "A test", desk.second(*SECOND))
    assert not desk.index.find(Wanted(), card.name)
    kept, there = as_read(desk)
    assert kept == there
    assert desk.index.total == len(kept)


def test_what_the_disk_did_not_take_is_read_again(desk):
    id = next(card.id for card in desk.cards() if card.stage == "screening")
    desk.dossier(id)  # at hand: only the writing is still to fail
    desk._vault.file.database.close()
    with pytest.raises(VaultError):
        desk.act(id, Withdrawn(reason="A test"))
    assert not desk.index.complete


def test_a_desk_that_closes_keeps_no_card(desk):
    index = desk.index
    assert len(index) == len(PEOPLE)
    desk.close()
    assert len(index) == 0


def test_a_lapse_shows_on_the_day_it_comes(tmp_path):
    time = [now()]
    path = build(tmp_path / "vault.db", ("admitted", "general"), clock=lambda: time[0])
    with contextlib.closing(Desk.open(path, *OFFICER, clock=lambda: time[0])) as desk:
        desk.index.read(desk.today, 60.0)
        lapses_on = date.fromisoformat(desk.index.cards()[0].lapses_on)
        time[0] = datetime.combine(lapses_on, time[0].timetz())
        desk.index.read(desk.today, 60.0)
        assert desk.index.cards()[0].stage == "lapsed"
