"""The disk is full, read-only or failing: nothing is told that is not there."""

import contextlib

import pytest

from secterm.desk.desk import Desk
from secterm.dossier.entries import Answered
from secterm.vault.errors import VaultUnreadable
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
