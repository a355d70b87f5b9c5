"""What was left unfinished is there after unlocking, and nothing says so in the record."""

import contextlib
import sqlite3

import pytest

from secterm.desk.desk import Desk
from secterm.desk.drafts import Kept, Left
from secterm.dossier.permit import NotAllowed
from secterm.vault import drafts
from secterm.vault.errors import VaultError
from tests.support.house import OFFICER, SECOND, build

AUDITOR = ("Cas Test", "test ribbon canyon walnut")


@pytest.fixture
def path(tmp_path):
    return build(tmp_path / "vault.db", ("screening", "general"), ("opened", "core"))


@pytest.fixture
def desk(path):
    with contextlib.closing(Desk.open(path, *OFFICER)) as desk:
        yield desk


def reopened(desk, path, who=OFFICER):
    desk.close()
    return contextlib.closing(Desk.open(path, *who))


def first(desk):
    """A dossier and a question that its appointee is asked."""
    told = next(desk.dossier(card.id) for card in desk.cards() if card.category == "general")
    return told.id, next(iter(told.state.answers))


def rows(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        return dict(database.execute("SELECT dossier, sealed FROM draft").fetchall())


def run(path, sql, *values):
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute(sql, values)


def test_what_an_officer_left_at_a_dossier_is_there_after_unlocking(desk, path):
    id, _question = first(desk)
    left = Left(dossier=id, way=("dossier", "interview"), typed={"note": "Half a sen"})
    desk.leave(left)
    assert desk.left() == left
    with reopened(desk, path) as again:
        assert again.left() == left


def test_what_is_about_no_dossier_is_left_as_well(desk, path):
    left = Left(way=("opening",), typed={"name": "Ada S"})
    desk.leave(left)
    with reopened(desk, path) as again:
        assert again.left() == left


def test_nobody_left_anything_in_a_vault_where_nobody_did(desk, path):
    assert desk.left() is None
    assert rows(path) == {}


def test_leaving_nothing_takes_away_what_was_left(desk, path):
    desk.leave(Left(dossier=first(desk)[0], way=("interview",)))
    assert len(rows(path)) == 2
    desk.leave(None)
    assert desk.left() is None
    assert rows(path) == {}


def test_an_officer_left_one_thing_the_last(desk, path):
    one, other = (card.id for card in desk.cards())
    desk.leave(Left(dossier=one, way=("first",)))
    desk.leave(Left(dossier=other, way=("second",)))
    assert desk.left() == Left(dossier=other, way=("second",))
    assert {id.hex() for id in rows(path)} == {other, desk.officer.id}


def test_each_officer_finds_what_they_left_themselves(desk, path):
    id, _question = first(desk)
    desk.leave(Left(dossier=id, way=("interview",), typed={"note": "of the first"}))
    with reopened(desk, path, SECOND) as second:
        assert second.left() is None
        second.leave(Left(dossier=id, way=("interview",), typed={"note": "of the second"}))
        with reopened(second, path) as again:
            assert again.left().typed == {"note": "of the first"}


def test_a_mark_is_seen_by_every_officer_and_can_be_taken_away(desk, path):
    id, question = first(desk)
    desk.mark(id, question, True)
    with reopened(desk, path, SECOND) as second:
        assert second.marked(id) == {question}
        second.mark(id, question, False)
        assert second.marked(id) == frozenset()
    assert rows(path) == {}


def test_marks_stay_when_an_officer_leaves_and_what_was_left_stays_when_one_marks(desk):
    id, question = first(desk)
    desk.mark(id, question, True)
    desk.leave(Left(dossier=id, way=("interview",)))
    other = next(
        q.id for s in desk.pack.screening.sections for q in s.questions if q.id != question
    )
    desk.mark(id, other, True)
    assert desk.left() == Left(dossier=id, way=("interview",))
    desk.leave(None)
    assert desk.marked(id) == {question, other}


def test_a_question_that_is_not_asked_is_not_marked(desk):
    id, _question = first(desk)
    with pytest.raises(NotAllowed):
        desk.mark(id, "no_such_question", True)
    with pytest.raises(NotAllowed):
        desk.mark("00" * 16, "no_such_question", True)


def test_leaving_and_marking_is_no_entry_and_no_other_checkpoint(desk):
    id, question = first(desk)
    before = desk.checkpoint_line()
    desk.leave(Left(dossier=id, way=("interview",)))
    desk.mark(id, question, True)
    assert desk.checkpoint_line() == before


def test_leaving_the_same_again_writes_nothing(desk, path):
    id, question = first(desk)
    left = Left(dossier=id, way=("interview",), typed={"note": "The same"})
    desk.leave(left)
    desk.mark(id, question, True)
    before = rows(path)
    desk.leave(left)
    desk.mark(id, question, True)
    assert rows(path) == before


def test_an_auditor_leaves_and_marks_too(desk, path):
    id, question = first(desk)
    desk.add_officer(*AUDITOR, role="auditor")
    with reopened(desk, path, AUDITOR) as auditor:
        auditor.leave(Left(dossier=id, way=("dossier",)))
        auditor.mark(id, question, True)
        assert auditor.left() == Left(dossier=id, way=("dossier",))
        assert auditor.marked(id) == {question}


def test_what_was_left_at_a_dossier_goes_when_that_is_erased(desk, path):
    id, question = first(desk)
    desk.leave(Left(dossier=id, way=("interview",), typed={"note": "About them"}))
    desk.mark(id, question, True)
    desk.erase(id, "The retention period is over.", desk.second(*SECOND))
    assert bytes.fromhex(id) not in rows(path)
    assert desk.left() is None
    assert desk.marked(id) == frozenset()


def test_an_erasure_takes_from_what_is_left_elsewhere_what_tells_the_name(desk, path):
    gone, _question = first(desk)
    name = desk.dossier(gone).state.particulars.name
    other = next(card.id for card in desk.cards() if card.id != gone)
    with reopened(desk, path, SECOND) as second:
        typed = {"0.filter": name[:3].upper(), "1.text": f"Sees {name} often", "1.way": "Abroad"}
        second.leave(Left(dossier=other, way=("list",), typed=typed))
    with reopened(desk, path) as first_officer:
        about = {"2.name": f"{name} again", "2.post": "Clerk"}
        first_officer.leave(Left(way=("list",), typed=about))
        first_officer.erase(gone, "A test", first_officer.second(*SECOND))
        assert first_officer.left() == Left(way=("list",), typed={"2.post": "Clerk"})
    with reopened(desk, path, SECOND) as second:
        del typed["0.filter"]  # and of another's dossier a text is theirs
        assert second.left() == Left(dossier=other, way=("list",), typed=typed)


def test_about_an_erased_dossier_nothing_is_left(desk, path):
    id, question = first(desk)
    desk.erase(id, "The retention period is over.", desk.second(*SECOND))
    desk.leave(Left(dossier=id, way=("interview",)))
    with pytest.raises(NotAllowed):
        desk.mark(id, question, True)
    assert rows(path) == {}


def test_what_does_not_open_was_not_left(desk, path):
    id, question = first(desk)
    desk.leave(Left(dossier=id, way=("interview",)))
    desk.mark(id, question, True)
    run(path, "UPDATE draft SET sealed = zeroblob(100)")
    assert desk.left() is None
    assert desk.marked(id) == frozenset()
    desk.leave(Left(dossier=id, way=("again",)))
    assert desk.left() == Left(dossier=id, way=("again",))


def test_a_draft_of_another_dossier_does_not_open(desk, path):
    one, other = (card.id for card in desk.cards())
    question = desk.pack.screening.sections[0].questions[0].id
    desk.mark(one, question, True)
    run(path, "UPDATE draft SET dossier = ?", bytes.fromhex(other))
    assert desk.marked(other) == frozenset()


def test_at_a_dossier_that_does_not_open_nothing_was_left(desk, path):
    id, _question = first(desk)
    desk.leave(Left(dossier=id, way=("interview",)))
    run(path, "UPDATE entry SET sealed = zeroblob(100) WHERE dossier = ?", bytes.fromhex(id))
    with reopened(desk, path) as again:
        assert again.left() is None
        again.leave(Left(dossier=id, way=("interview",)))
        assert again.left() is None


def test_what_is_too_long_leaves_the_place_without_the_texts(desk):
    id, _question = first(desk)
    desk.leave(Left(dossier=id, way=("interview",), typed={"note": "x" * drafts.LONGEST}))
    assert desk.left() == Left(dossier=id, way=("interview",))
    desk.leave(Left(way=("x" * drafts.LONGEST,)))
    assert desk.left() is None


def test_what_cannot_be_written_leaves_the_place_without_the_texts(desk):
    desk.leave(Left(way=("opening",), typed={"name": "Ada \ud800"}))
    assert desk.left() == Left(way=("opening",))


def test_where_there_is_no_room_for_a_mark_it_is_refused(desk):
    id, question = first(desk)
    room = drafts.LONGEST - len(Kept(left={desk.officer.id: Left(dossier=id)}).encode())
    desk.leave(Left(dossier=id, typed={"note": "x" * (room - 10)}))
    with pytest.raises(NotAllowed, match="no room"):
        desk.mark(id, question, True)
    assert desk.marked(id) == frozenset()


@pytest.mark.parametrize("about", [True, False], ids=["a dossier", "none"])
def test_what_an_officer_left_goes_when_they_are_disabled(desk, path, about):
    id, question = first(desk)
    desk.leave(Left(dossier=id, way=("interview",)))
    mine = rows(path)[bytes.fromhex(desk.officer.id)]
    with reopened(desk, path, SECOND) as second:
        second.leave(Left(dossier=id if about else "", typed={"note": "n" * 3000}))
        second.mark(id, question, True)
        gone = second.officer.id
    with contextlib.closing(Desk.open(path, *OFFICER)) as again:
        again.disable_officer(gone, "Moved to another unit.")
        left = rows(path)
        assert {row.hex() for row in left} == {id, again.officer.id}
        assert left[bytes.fromhex(again.officer.id)] == mine
        assert len(left[bytes.fromhex(id)]) < 1000
        assert again.left() == Left(dossier=id, way=("interview",))
        assert again.marked(id) == {question}


def test_what_is_still_there_of_a_disabled_officer_goes_when_the_next_one_leaves(desk, path):
    id, _question = first(desk)
    with reopened(desk, path, SECOND) as second:
        second.leave(Left(dossier=id, way=("interview",), typed={"note": "n" * 3000}))
        gone = second.officer.id
    before = rows(path)[bytes.fromhex(id)]
    with contextlib.closing(Desk.open(path, *OFFICER)) as again:
        again.disable_officer(gone, "Moved to another unit.")
        run(path, "INSERT INTO draft VALUES (?, ?)", bytes.fromhex(id), before)
        again.leave(Left(dossier=id, way=("interview",)))
        assert len(rows(path)[bytes.fromhex(id)]) < 1000


@pytest.mark.parametrize("named", ["zz", "00", " ".join(["00"] * 16), "AB" * 16, "00" * 16 + "\n"])
def test_what_names_no_dossier_was_not_left_and_is_in_nobody_s_way(desk, named):
    id, _question = first(desk)
    me = desk.officer.id
    forged = Kept(left={me: Left(dossier=named, way=("list",))}).encode()
    desk._vault.keep_draft(bytes.fromhex(me), forged)
    assert desk.left() is None
    desk.leave(Left(dossier=id, way=("interview",)))
    assert desk.left() == Left(dossier=id, way=("interview",))


def test_drafts_open_under_a_new_vault_key(desk, path):
    id, question = first(desk)
    left = Left(dossier=id, way=("interview",), typed={"note": "Before the new key"})
    desk.leave(left)
    desk.mark(id, question, True)
    desk.rekey("An officer left.")
    with reopened(desk, path) as again:
        assert again.left() == left
        assert again.marked(id) == {question}


def test_a_vault_that_does_not_fit_keeps_nothing_new(desk, path):
    id, question = first(desk)
    desk.mark(id, question, True)
    desk.close()
    run(path, "DELETE FROM entry WHERE number = (SELECT MAX(number) FROM entry)")
    with contextlib.closing(Desk.open(path, *OFFICER)) as doubtful:
        before = rows(path)
        doubtful.leave(Left(way=("list",)))
        doubtful.mark(id, question, False)
        assert rows(path) == before
        assert doubtful.left() is None


def test_on_a_file_that_was_changed_meanwhile_nothing_is_kept(desk, path):
    run(path, "UPDATE head SET sealed = zeroblob(100)")
    with pytest.raises(VaultError):
        desk.leave(Left(way=("list",)))
    assert rows(path) == {}
