"""What is recorded together is there together or not at all, in the order it was recorded."""

import pytest

from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from secterm.dossier.permit import NotAllowed
from secterm.vault.errors import VaultUnreadable
from tests.support.house import OFFICER, SECOND, build, lived
from tests.support.paper import someone

NOTE = acts.Noted(text="Said that it is on its way.")


@pytest.fixture
def desk(tmp_path):
    desk = Desk.open(build(tmp_path / "vault.db"), *OFFICER)
    yield desk
    desk.close()


def signatures(desk):
    return len(list(desk._vault.file.rows(desk._vault.file.tables.signature.select())))


def the_act(numbered):
    return type(numbered.entry.act).__name__


def test_people_who_live_together_are_one_transaction_and_hold(desk):
    before = signatures(desk)
    stages = ("admitted", "screening", "left", "opened")
    sample.fill(desk, 4, stages=stages, category="general", together=4)
    assert signatures(desk) == before + 1
    assert sorted(card.stage for card in desk.cards()) == [
        "admitted",
        "left",
        "screening",
        "screening",
    ]
    assert desk.verify().holds
    desk.index.read(desk.today, float("inf"))
    assert len(desk.index) == 4


def test_they_say_what_they_would_say_one_by_one(desk, tmp_path):
    other = Desk.open(build(tmp_path / "other.db"), *OFFICER)
    for each, together in ((desk, 2), (other, 0)):
        each_second = each.second(*SECOND)
        sample.fill(each, 3, second=each_second, together=together)
    told = [
        [[the_act(one) for one in each.dossier(card.id).entries] for card in each.cards()]
        for each in (desk, other)
    ]
    assert sorted(told[0]) == sorted(told[1])
    assert sorted(c.name for c in desk.cards()) == sorted(c.name for c in other.cards())
    assert other.verify().holds
    other.close()


def test_nothing_is_there_before_the_end(desk):
    size = desk._vault.size
    with desk.together():
        id = desk.open_dossier(someone())
        assert desk.act(id, NOTE).entries[-1].entry.act == NOTE
        assert desk._vault.size == size
        assert desk.cards() == []
    assert desk._vault.size == size + 2
    assert [card.id for card in desk.cards()] == [id]


def test_who_is_read_again_was_made_durable_first(desk):
    size = desk._vault.size
    with desk.together():
        one, two = desk.open_dossier(someone()), desk.open_dossier(someone())
        assert desk._vault.size == size
        for id in (one, two, one):
            desk.act(id, acts.Noted(text=id))
        assert desk._vault.size == size + 4  # all but the last, before each was read
    for id, notes in ((one, 2), (two, 1)):
        assert len(desk.dossier(id).entries) == 1 + notes
    assert desk.verify().holds


def test_what_is_not_allowed_leaves_nothing_of_any(desk):
    size = desk._vault.size
    with pytest.raises(NotAllowed), desk.together():
        id = desk.open_dossier(someone())
        desk.act(id, NOTE)
        desk.act(id, acts.Decided(decision="admit", reason="Too early."))
    assert desk._vault.size == size
    assert desk.cards() == []
    with pytest.raises(NotAllowed, match="no dossier"):
        desk.dossier(id)
    id = desk.open_dossier(someone())
    assert desk.act(id, NOTE).id == id


def test_a_refusal_that_somebody_swallows_is_told_all_the_same(desk):
    size = desk._vault.size
    with pytest.raises(ValueError, match="together failed"), desk.together():
        id = desk.open_dossier(someone())
        with pytest.raises(NotAllowed):
            desk.act(id, acts.Decided(decision="admit", reason="Too early."))
        with pytest.raises(ValueError, match="together failed"):
            desk.open_dossier(someone())
    assert desk._vault.size == size


def test_another_officer_signs_after_what_was_before(desk):
    id = lived(desk, "undertaking", "core")
    before, second = signatures(desk), desk.second(*SECOND)
    with desk.together():
        desk.act(id, NOTE)
        desk.act(id, NOTE)
        desk.act(id, NOTE, signer=second)
        desk.act(id, NOTE)
    assert signatures(desk) == before + 3
    first, other = desk.officer.id, second.officer.hex()
    told = [one.entry.officer for one in desk.dossier(id).entries[-4:]]
    assert told == [first, first, other, first]
    assert desk.verify().holds


def test_an_officer_who_joins_meanwhile_comes_after_what_was_before(desk):
    with desk.together():
        id = desk.open_dossier(someone())
        desk.add_officer("Cleo Test", "test amber harbour whistle")
        assert [card.id for card in desk.cards()] == [id]
        desk.act(id, NOTE)
    assert len(desk.dossier(id).entries) == 2
    assert desk.verify().holds


def test_on_a_full_disk_nothing_of_it_happened_and_it_can_be_tried_again(desk):
    database, size = desk._vault.file.database, desk._vault.size
    (pages,) = database.execute_sql("PRAGMA page_count").fetchone()
    database.execute_sql(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(VaultUnreadable, match="the disk is full"):
        sample.fill(desk, 2, stages=("admitted",), category="general", together=2)
    assert (desk._vault.size, desk.cards()) == (size, [])
    database.execute_sql("PRAGMA max_page_count = 1000000")
    sample.fill(desk, 2, stages=("admitted",), category="general", together=2)
    assert [card.stage for card in desk.cards()] == ["admitted"] * 2
    assert desk.verify().holds


def test_a_wish_to_end_leaves_nothing_of_those_who_were_not_through(desk):
    def progress(added):
        if added == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sample.fill(
            desk, 4, stages=("screening",), category="general", together=2, progress=progress
        )
    assert len(desk.cards()) == 2
    assert desk.verify().holds
