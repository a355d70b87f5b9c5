"""The disk is full, read-only or failing: nothing is told that is not there."""

import contextlib
import itertools

import pytest

from secterm import messages
from secterm.archive.errors import ArchiveNotWritten
from secterm.desk.desk import Desk
from secterm.dossier.entries import Answered
from secterm.vault.errors import VaultUnreadable
from tests.faults.faulty import files_end_at, unwritable
from tests.faults.kinds import KINDS
from tests.support.flips import cells
from tests.support.house import OFFICER, build
from tests.support.paper import ordinary, someone


def test_the_journal_beside_the_vault_tells_nobody(desk):
    who = someone(name="Zebrafinch Quokka", post="Wombatkeeper")
    id = desk.open_dossier(who)
    question = next(
        q for s in desk.pack.screening.sections for q in s.questions if q.kind == "text"
    )
    desk.act(id, Answered(question=question.id, answer="Numbatfield"))
    file = desk._vault.file
    tables = file.tables
    with contextlib.suppress(RuntimeError), file.writing():
        for table in (tables.dossier, tables.entry, tables.head, tables.signature, tables.vault):
            table.delete().execute()
        journal = file.path.with_name(file.path.name + "-journal").read_bytes()
        raise RuntimeError
    assert len(journal) > 20_000
    for secret in (b"Zebrafinch", b"Wombatkeeper", b"Numbatfield", b"1990-04-28", b"TEST-1"):
        assert secret not in journal
        assert secret not in file.path.read_bytes()


@pytest.fixture
def desk(tmp_path):
    desk = Desk.open(build(tmp_path / "v.db"), *OFFICER)
    yield desk
    desk.close()


def test_on_a_full_disk_nothing_is_told_and_work_goes_on_once_there_is_room(desk):
    database = desk._vault.file.database
    (pages,) = database.execute_sql("PRAGMA page_count").fetchone()
    database.execute_sql(f"PRAGMA max_page_count = {pages + 2}")
    id = desk.open_dossier(someone())
    questions = [
        q for s in desk.pack.screening.sections for q in s.questions if "general" in q.categories
    ]
    recorded = 0
    with pytest.raises(VaultUnreadable, match="the disk is full"):
        for question in questions:
            desk.act(id, Answered(question=question.id, answer=ordinary(question)))
            recorded += 1
    assert len(desk.dossier(id).state.answers) == recorded
    assert desk.verify().holds
    database.execute_sql("PRAGMA max_page_count = 1000000")
    for question in questions[recorded:]:
        desk.act(id, Answered(question=question.id, answer=ordinary(question)))
    assert len(desk.dossier(id).state.answers) == len(questions)
    assert desk.verify().holds


def refused(officer, size):
    """Where no file grows beyond this the next act fails in words; the vault is as it was."""
    here, before = officer.desk.checkpoint_line(), rows(officer)
    with pytest.raises((VaultUnreadable, ArchiveNotWritten)) as raised, files_end_at(size):
        officer.acts()
    told = messages.explain(raised.value)
    assert "unexpected" not in told.what
    assert told.safe
    assert told.do
    assert officer.desk.checkpoint_line() == here
    assert rows(officer) == before


def rows(officer):
    """All that the vault's tables hold, but for the count of attempts to unlock."""
    return [cell for cell in cells(officer.path) if cell[0] != "vault"]


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_where_files_may_not_grow_an_act_is_refused_and_goes_on_with_room(at_work, kind):
    officer = at_work(kind)
    for part in (0, 0.3):
        size = int(officer.path.stat().st_size * part)
        refused(officer, size)
        assert not list(officer.folder.glob("medium/*")) or officer.done
        officer.acts()
        officer.holds()
    here = officer.desk.checkpoint_line()
    officer.desk.close()
    assert officer.holds_at(officer.path) == here


@pytest.mark.parametrize("which", ["v.db", "v.db-journal"])
def test_a_disk_that_fails_in_the_middle_of_an_act_is_told_and_work_goes_on_once_it_is_mended(
    at_work, which
):
    officer = at_work()
    failed = 0
    for step in itertools.count(1):
        before = len(officer.done)
        with unwritable(officer.folder / which) as breaks:
            if not officer.acts_though(step, breaks, VaultUnreadable):
                break
        failed += len(officer.done) == before
        officer.holds()
        officer.acts()
        officer.holds()
    assert failed > 2
    here = officer.holds()
    officer.desk.close()
    assert officer.holds_at(officer.path) == here
