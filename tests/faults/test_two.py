"""Two at one vault, and locks that are left behind, removed or replaced."""

import os
import signal

import pytest

from secterm import messages
from secterm.desk.desk import Desk
from secterm.vault.errors import VaultBusy
from secterm.vault.lock import Lock
from tests.faults.at_work import Order
from tests.support.house import OFFICER


def test_while_one_works_another_process_hears_who_it_is_and_not_once_it_is_killed(
    plant, furnish, tmp_path
):
    folder = furnish("answers", tmp_path / "room")
    told = plant.begins(Order("answers", str(folder)))
    with pytest.raises(VaultBusy) as raised:
        Desk.open(folder / "v.db", *OFFICER)
    assert f"open already: process {plant.officer}" in messages.explain(raised.value).what
    os.kill(plant.officer, signal.SIGKILL)
    assert plant.ends() is told
    assert f"process {plant.officer} " in (folder / "v.db.lock").read_text()
    desk = Desk.open(folder / "v.db", *OFFICER)
    assert f"process {os.getpid()} " in (folder / "v.db.lock").read_text()
    desk.close()
    assert not (folder / "v.db.lock").exists()


def test_a_lock_that_was_removed_is_taken_again_with_the_next_act(at_work):
    officer = at_work()
    lock = officer.folder / "v.db.lock"
    lock.unlink()
    officer.acts()
    with pytest.raises(VaultBusy, match=f"process {os.getpid()} "):
        Desk.open(officer.path, *OFFICER)
    officer.desk.close()
    assert not lock.exists()
    officer.holds_at(officer.path)


def test_where_the_lock_was_removed_and_taken_by_another_nothing_is_recorded(at_work):
    officer = at_work()
    lock = officer.folder / "v.db.lock"
    lock.unlink()
    other = Lock(officer.path)
    before = officer.files()
    with pytest.raises(VaultBusy) as raised:
        officer.acts()
    assert "The vault is open already" in messages.explain(raised.value).what
    assert officer.files() == before
    other.release()
    officer.acts()
    officer.holds()


def test_a_lock_that_is_anothers_by_now_is_not_removed_at_the_end(at_work):
    officer = at_work()
    lock = officer.folder / "v.db.lock"
    lock.unlink()
    other = Lock(officer.path)
    officer.desk.close()
    assert lock.exists()
    with pytest.raises(VaultBusy):
        Desk.open(officer.path, *OFFICER)
    other.release()
    officer.holds_at(officer.path)


def test_two_who_got_past_the_lock_do_not_write_over_each_others_acts(at_work):
    officer = at_work()
    (officer.folder / "v.db.lock").unlink()
    other = Desk.open(officer.path, *OFFICER)
    added = other.add_officer("Cal Test", "test walnut harbor trumpet")
    with pytest.raises(VaultBusy):
        officer.acts()
    other.close()
    officer.acts()
    officer.desk.close()
    officer.holds_at(officer.path)
    again = Desk.open(officer.path, *OFFICER)
    assert added in again.officers()
    again.close()
