"""Sheets as the desk keeps them: who is covered, when new ones are written, and when none are."""

import contextlib
from datetime import timedelta

import pytest

from secterm.desk import sheets
from secterm.desk.desk import Desk
from secterm.desk.model import now
from secterm.dossier.entries import Noted, Particulars
from tests.support.house import OFFICER, SECOND, build
from tests.support.sheets import card, lay

AUDITOR = ("Aud Test", "test granite harbour lamp")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(sheets, "MOST", 3)
    monkeypatch.setattr(sheets, "WORTH_IT", 3)
    monkeypatch.setattr(sheets, "AT_ONCE", 2)


@pytest.fixture
def path(tmp_path):
    """A vault with seven dossiers, the first opened first."""
    time = now() - timedelta(days=1)
    path = build(tmp_path / "vault.db", clock=lambda: time)
    with at(path, clock=lambda: time) as desk:
        for n in range(7):
            time += timedelta(minutes=1)
            desk.open_dossier(person(n))
    return path


def person(n):
    return Particulars(
        name=f"Zeb {n}",
        born="1990-02-28",
        identity_number=f"TEST-{n}",
        post="Clerk",
        department="Registry",
        category="general",
    )


@contextlib.contextmanager
def at(path, who=OFFICER, **more):
    with contextlib.closing(Desk.open(path, *who, **more)) as desk:
        yield desk


def written(desk):
    while not desk.keep_sheets(0.0):
        pass
    return there(desk)


def there(desk):
    """The names in each sheet."""
    return {place: sheets.opened(body).name for place, _, body in desk._vault.sheets()}


def by_the_row(desk):
    """Whose own card the list is made of."""
    assert desk.index.read(desk.today, 60.0)
    left = desk._sheets.left
    return left if left is None else {card(desk._vault, id.hex())["name"] for id in left}


def named(desk, name):
    return next(card.id for card in desk.cards() if card.name == name)


def same(desk):
    listed = sorted(desk.index.cards(), key=lambda card: card.id)
    return listed == sorted(desk.cards(), key=lambda card: card.id)


def test_full_sheets_are_written_and_who_waits_longest_stands_in_the_last(path):
    with at(path) as desk:
        assert by_the_row(desk) is None
        assert written(desk) == {
            0: ["Zeb 5", "Zeb 4", "Zeb 3"],
            1: ["Zeb 2", "Zeb 1", "Zeb 0"],
        }
        assert written(desk) == there(desk)
    with at(path) as desk:
        assert by_the_row(desk) == {"Zeb 6"}
        assert same(desk)


def test_few_that_are_not_covered_are_no_reason_to_write(path, monkeypatch):
    monkeypatch.setattr(sheets, "WORTH_IT", 7)
    with at(path) as desk:
        assert written(desk) == {}


def test_those_to_whom_something_happened_come_into_further_sheets(path):
    with at(path) as desk:
        written(desk)
        for name in ("Zeb 0", "Zeb 1", "Zeb 3"):
            desk.act(named(desk, name), Noted(text="A test"))
        assert [*written(desk)] == [0, 1, 2]
    with at(path) as desk:
        assert by_the_row(desk) == {"Zeb 6"}
        assert same(desk)


def test_where_most_does_not_count_any_more_all_are_written_anew(path):
    with at(path) as desk:
        written(desk)
        lay(desk._vault, 9, named(desk, "Zeb 6"))
        for name in ("Zeb 0", "Zeb 1", "Zeb 2", "Zeb 3", "Zeb 6"):
            desk.act(named(desk, name), Noted(text="A test"))
    with at(path) as desk:
        assert len(by_the_row(desk)) == 5
        assert [*written(desk)] == [0, 1]
    with at(path) as desk:
        assert by_the_row(desk) == {"Zeb 6"}
        assert same(desk)


def test_after_an_erasure_and_a_new_key_they_are_written_again(path):
    with at(path) as desk:
        written(desk)
        desk.erase(named(desk, "Zeb 1"), "A test", desk.second(*SECOND))
        assert there(desk) == {}
        names = [name for some in written(desk).values() for name in some]
        assert len(names) == 6
        assert "Zeb 1" not in names
        desk.rekey("A test")
        assert there(desk) == {}
        assert len(written(desk)) == 2


def test_of_whoever_may_not_record_nothing_is_written(path):
    with at(path) as desk:
        desk.add_officer(*AUDITOR, "auditor")
    with at(path, AUDITOR) as desk:
        before = path.read_bytes()
        assert written(desk) == {}
        assert path.read_bytes() == before


def test_a_disk_that_takes_nothing_is_no_trouble_and_not_tried_again(path):
    with at(path) as desk:
        run = desk._vault.file.database.execute_sql
        run("PRAGMA query_only = on")
        assert written(desk) == {}
        run("PRAGMA query_only = off")
        assert written(desk) == {}
        assert same(desk)
    with at(path) as desk:
        assert len(written(desk)) == 2


def test_a_sheet_is_written_between_what_else_there_is_to_do(path):
    with at(path) as desk:
        slices = 0
        while not desk.keep_sheets(0.0):
            slices += 1
            assert len(there(desk)) <= slices
        assert slices >= 5


def test_a_sheet_of_nobody_who_is_there_is_not_believed(path):
    with at(path) as desk:
        written(desk)
        _place, size, body = next(desk._vault.sheets())
        id = sheets.opened(body).id[0].encode()
        desk._vault.write_sheet(0, body.replace(id, b"ab" * 16), size)
    with at(path) as desk:
        assert by_the_row(desk) is None
        assert same(desk)


def test_what_has_lapsed_since_shows_as_it_is_and_stays_in_its_sheet(tmp_path):
    time = [now()]
    path = build(tmp_path / "vault.db", *[("admitted", "general")] * 4, clock=lambda: time[0])
    with at(path, clock=lambda: time[0]) as desk:
        assert len(written(desk)) == 1
    time[0] += timedelta(days=3000)
    with at(path, clock=lambda: time[0]) as desk:
        assert len(by_the_row(desk)) == 4
        assert {card.stage for card in desk.index.cards()} == {"lapsed"}
        assert same(desk)
        assert len(desk._sheets._loose) == 1
