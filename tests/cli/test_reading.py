"""List and show, for a person and for a program."""

import pytest

from tests.support.paper import someone

CARD = {
    "id", "name", "post", "department", "category", "stage", "owed", "since", "opened", "lapses_on",
    "identity_number",
}  # fmt: skip
RECORD = {
    "id", "unit", "as_of", "stage", "next", "lapses_on", "cooling_off", "particulars", "pack",
    "gates", "answers", "findings", "timeline",
}  # fmt: skip
PARTICULARS = {
    "name", "born", "identity_number", "post", "department", "category", "contact",
}  # fmt: skip


def test_a_list_for_a_program_has_the_same_keys_for_every_dossier(room):
    cards = room.run("list", "--json").json
    assert [set(card) for card in cards] == [CARD] * 4
    assert "" in {card["lapses_on"] for card in cards}  # there all the same
    assert all(isinstance(value, str) for card in cards for value in card.values())


def test_a_list_for_a_person_has_a_line_for_every_dossier(room):
    cards = room.run("list", "--json").json
    for card, line in zip(cards, room.run("list").out.splitlines(), strict=True):
        assert line.split()[:3] == [card["id"], card["stage"], card["category"]]
        assert line.endswith(f"{card['name']}, {card['post']}")


def test_the_latest_opened_stands_first(room):
    opened = [card["opened"] for card in room.run("list", "--json").json]
    assert opened == sorted(opened, reverse=True)


def test_a_vault_without_dossiers_lists_nothing(empty):
    assert empty.run("init", "--unit", "Test unit").status == 0
    assert empty.run("list").out == ""
    assert empty.run("list", "--json").json == []


def test_a_record_for_a_program_has_its_keys_at_any_stage(room):
    for id in room.ids():
        record = room.run("show", id, "--json").json
        assert set(record) == RECORD
        assert record["id"] == id
        assert set(record["particulars"]) == PARTICULARS
        assert set(record["pack"]) == {"id", "version", "digest"}
        for gate in record["gates"]:
            assert set(gate) == {"gate", "status", "done", "total", "owed", "lapses_on"}
        for event in record["timeline"]:
            assert set(event) == {"number", "at", "officer", "what", "act", "vault"}


def test_a_record_for_a_person_tells_gates_and_what_happened(room):
    id = room.admitted()
    shown = room.run("show", id).out
    assert f"Dossier {id}" in shown
    assert "undertaking  done     1/1" in shown
    assert "Decision: admit." in shown
    assert all(len(line) <= 79 for line in shown.splitlines())


def test_the_beginning_of_an_id_is_enough_in_either_case(room):
    for id in room.ids():
        assert f"Dossier {id}" in room.run("show", id[:10].upper()).out


@pytest.mark.parametrize("id", ["", "0" * 32, "no such thing", "../v.db"])
def test_an_unknown_id_is_an_unusable_argument(room, id):
    done = room.run("show", id)
    assert done.status == 2
    assert done.complaint == "There is no dossier with this id."


def test_an_id_that_two_dossiers_begin_with_is_an_unusable_argument(empty):
    assert empty.run("init", "--unit", "Test unit").status == 0
    desk = empty.desk()
    try:
        while True:  # seventeen ids cannot begin with sixteen digits
            firsts = [c.id[0] for c in desk.cards()]
            twice = {d for d in firsts if firsts.count(d) > 1}
            if twice:
                break
            desk.open_dossier(someone())
    finally:
        desk.close()
    done = empty.run("show", twice.pop())
    assert done.status == 2
    assert "Several dossiers" in done.complaint


@pytest.fixture
def erased(room):
    """The id of a dossier that was erased, and the name that it was of."""
    desk = room.desk()
    try:
        card = desk.cards()[0]
        desk.add_officer("Bex Test", "test copper meadow violin")
        desk.erase(card.id, "Kept by mistake", desk.second("Bex Test", "test copper meadow violin"))
    finally:
        desk.close()
    return card.id, card.name


def test_an_erased_dossier_is_one_anonymous_line(room, erased):
    id, name = erased
    out = room.run("list").out
    assert name not in out
    (line,) = [line for line in out.splitlines() if id in line]
    assert line.split() == [id, "erased", "-", "(erased)"]
    (card,) = [card for card in room.run("list", "--json").json if card["id"] == id]
    assert set(card) == CARD
    assert (card["stage"], card["name"], card["post"]) == ("erased", "(erased)", "")


def test_what_stays_of_an_erased_dossier_is_shown(room, erased):
    id, name = erased
    shown = room.run("show", id[:12])
    assert shown.status == 0
    assert f"Dossier {id}" in shown.out
    assert "Reason: Kept by mistake" in shown.out
    assert name not in shown.out
    told = room.run("show", id, "--json").json
    assert set(told) == {"id", "stage", "erased", "reason", "entry"}
    assert (told["id"], told["reason"]) == (id, "Kept by mistake")
