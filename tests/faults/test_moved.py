"""The vault's file is moved, deleted or replaced while it is open: nothing is written
where nobody looks for it, nothing is told that is not there, and nothing told is lost.
"""

import itertools
import os
import shutil
import threading

import pytest

from secterm import messages
from secterm.desk.desk import Desk
from secterm.vault.errors import VaultClosed, VaultDamaged, VaultMoved
from tests.faults.faulty import files_end_at
from tests.support.house import OFFICER

JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")  # sqlite.org/fileformat2.html, 3


def refused(officer, error=VaultMoved):
    """The next act fails; what is told of it."""
    before = officer.files()
    with pytest.raises(error) as raised:
        officer.acts()
    assert officer.files() == before
    return messages.explain(raised.value).text()


@pytest.mark.parametrize("kind", ["answers", "export"])
def test_after_a_move_nothing_is_recorded_until_the_file_is_back(at_work, tmp_path, kind):
    officer = at_work(kind)
    officer.acts()
    elsewhere = tmp_path / "elsewhere.db"
    officer.path.rename(elsewhere)
    moved = elsewhere.read_bytes()
    told = refused(officer)
    assert "was moved or renamed while it was open" in told
    assert "Put it back under its old name" in told
    assert elsewhere.read_bytes() == moved
    assert [p.name for p in officer.folder.glob("v.db*")] == ["v.db.lock"]
    elsewhere.rename(officer.path)
    officer.acts()
    officer.desk.close()
    officer.holds_at(officer.path)


def test_what_is_read_while_it_is_away_is_what_was_recorded(at_work, tmp_path):
    officer = at_work()
    officer.acts()
    officer.path.rename(tmp_path / "elsewhere.db")
    officer.desk._shelf.clear()
    officer.holds()


def test_after_a_move_of_its_folder_nothing_is_recorded_until_it_is_back(at_work, tmp_path):
    officer = at_work()
    officer.folder.rename(tmp_path / "elsewhere")
    with pytest.raises(VaultMoved, match="moved"):
        officer.acts()
    assert not officer.folder.exists()
    (tmp_path / "elsewhere").rename(officer.folder)
    officer.acts()
    officer.holds()


def test_another_vault_in_its_place_is_not_written_to(at_work):
    officer, other = at_work(), at_work()
    other.desk.close()
    officer.path.rename(officer.folder / "old.db")
    shutil.copy(other.path, officer.path)
    assert "was moved or renamed" in refused(officer)
    os.replace(officer.folder / "old.db", officer.path)
    officer.acts()
    officer.holds()


def test_moved_in_the_middle_of_an_act_it_is_not_told_as_recorded(at_work, tmp_path):
    officer = at_work()
    elsewhere = tmp_path / "elsewhere.db"
    for step in itertools.count(1):
        if not officer.acts_though(step, lambda: officer.path.rename(elsewhere), VaultMoved):
            break
        elsewhere.rename(officer.path)
        assert not officer.folder.joinpath("v.db-journal").exists()
        officer.holds()
    assert step > 8
    officer.acts()
    here = officer.holds()
    officer.desk.close()
    assert officer.holds_at(officer.path) == here


def opened_from_the_copy(officer, told):
    """What the message says to do is done; all that was told is there."""
    assert "in a copy beside it, v.db.kept-1" in told
    here = officer.desk.checkpoint_line()
    officer.desk.close()
    copy = officer.folder / "v.db.kept-1"
    assert copy.stat().st_mode & 0o777 == 0o600
    os.replace(copy, officer.path)
    assert officer.holds_at(officer.path) == here


def test_deleted_while_open_all_that_was_told_is_kept_in_a_copy(at_work):
    officer = at_work()
    officer.acts()
    officer.path.unlink()
    told = refused(officer)
    assert "deleted or replaced while it was open" in told
    assert refused(officer) == told  # and not another copy with every attempt
    assert [p.name for p in officer.folder.glob("*kept*")] == ["v.db.kept-1"]
    opened_from_the_copy(officer, told)


def test_saved_over_by_a_sync_tool_while_open_neither_side_is_lost(at_work):
    officer = at_work()
    older = officer.path.read_bytes()
    officer.acts()
    theirs = officer.folder / ".v.db.sync"
    theirs.write_bytes(older)
    os.replace(theirs, officer.path)
    told = refused(officer)
    assert officer.path.read_bytes() == older
    opened_from_the_copy(officer, told)


def test_saved_over_by_a_sync_tool_and_locked_before_the_next_act_nothing_is_lost(at_work):
    officer = at_work()
    older = officer.path.read_bytes()
    officer.acts()
    theirs = officer.folder / ".v.db.sync"
    theirs.write_bytes(older)
    os.replace(theirs, officer.path)
    officer.desk.close()
    assert officer.path.read_bytes() == older
    officer.holds_at(officer.folder / "v.db.kept-1")


def test_saved_into_by_a_sync_tool_while_open_nothing_is_built_on_it(at_work):
    officer = at_work()
    older = officer.path.read_bytes()
    officer.acts()
    officer.path.write_bytes(older)
    for _again in range(3):
        assert "was changed while the vault was open" in refused(officer, VaultDamaged)
    assert officer.path.read_bytes() == older


def test_a_vault_deleted_on_purpose_does_not_come_back_at_the_lock(at_work):
    officer = at_work()
    officer.path.unlink()
    officer.desk.close()
    assert not list(officer.folder.glob("v.db*"))


def test_without_room_for_the_copy_the_officer_is_told_to_stay(at_work):
    officer = at_work()
    officer.acts()
    officer.path.unlink()
    with files_end_at(10_000):
        told = refused(officer)
    assert "as long as you do not lock or quit" in told
    assert "Make room" in told
    assert not list(officer.folder.glob("*kept*"))
    opened_from_the_copy(officer, refused(officer))


def test_a_journal_of_another_file_is_not_played_back_into_ours(at_work):
    officer = at_work()
    other = at_work()
    theirs = []
    other.traced(lambda statement: theirs.append(other.files().get("v.db-journal")))
    other.acts()
    hot = JOURNAL_MAGIC + theirs[-1][8:]
    away = officer.path.rename(officer.folder / "old.db")
    ours = away.read_bytes()
    (officer.folder / "v.db-journal").write_bytes(hot)
    officer.path.write_bytes(b"another file")
    with pytest.raises(VaultMoved):
        officer.holds()
    assert away.read_bytes() == ours
    assert (officer.folder / "v.db-journal").read_bytes() == hot
    (officer.folder / "v.db-journal").unlink()
    away.rename(officer.path)
    officer.acts()
    officer.holds()


def test_locked_during_a_save_an_act_is_there_if_it_was_told(at_work):
    officer = at_work()
    for step in itertools.count(1):
        locking = threading.Thread(target=officer.desk.close)
        if not officer.acts_though(step, locking.start, VaultClosed):
            break
        locking.join()
        officer.desk = Desk.open(officer.path, *OFFICER)
        officer.holds()
    assert step > 8
    assert officer.done


@pytest.mark.parametrize("step", [1, 6, 9])
def test_deleted_with_its_journal_in_an_act_the_copy_has_what_was_told_and_no_more(at_work, step):
    officer = at_work()
    officer.acts()

    def deleted():
        for path in officer.folder.glob("v.db*"):
            path.unlink()

    with pytest.raises(VaultMoved) as raised:
        officer.acts_though(step, deleted)
    opened_from_the_copy(officer, messages.explain(raised.value).text())
