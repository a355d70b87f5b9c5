"""A verification of a vault of any size: it holds few rows, tells how far it is, ends at
once when it is given up, and finds the same with a second process as without.
"""

import contextlib
import gc
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from secterm.desk import apart, audit
from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from secterm.dossier.entries import Entry
from secterm.vault import kdf, reading, verify
from secterm.vault.vault import Vault
from tests.support.commands import ROOT
from tests.support.house import OFFICER, build, lived

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CHEAP = kdf.Cost(t=1, m=32, p=1)
NEVER = 10**9


class GivenUp(BaseException):
    """Whatever a face raises to give up."""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (CHEAP,))
        path = build(tmp_path_factory.mktemp("vault") / "vault.db", clock=lambda: THEN)
        with at(path) as desk:
            for stage in ("opened", "screening", "opened", "withdrawn", "opened", "unsigned"):
                lived(desk, stage, "general")
        return path


@contextlib.contextmanager
def at(path):
    desk = Desk.open(path, *OFFICER, clock=lambda: THEN)
    try:
        yield desk
    finally:
        desk.close()


@pytest.fixture
def desk(built, tmp_path):
    with at(Path(shutil.copy(built, tmp_path / "vault.db"))) as desk:
        yield desk


def walked(desk, progress=lambda done, total: None, *, apart):
    return audit.report(desk._vault, desk._registry, progress, "", worth_it=0 if apart else NEVER)


def broken(path):
    """The vault with something wrong in every dossier, and in the file."""
    with at(path) as desk:
        vault = desk._vault
        for card in desk.cards():
            act = acts.Decided(decision="admit", reason="A friend.")
            entry = Entry(at=THEN.isoformat(), officer=vault.signer.officer.hex(), act=act)
            with vault.transaction() as work:
                work.append(bytes.fromhex(card.id), acts.encode(entry))
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE dossier SET key = NULL WHERE id = ?", (bytes.fromhex(card.id),))
        db.execute("UPDATE entry SET sealed = zeroblob(99) WHERE number = 20")
        db.commit()


# -- memory -------------------------------------------------------------------------


def peak(path, transactions):
    """Bytes that walking a vault of so many transactions takes at most."""
    with Vault.create(path, "alice", "test correct horse", CHEAP) as (vault, work):
        work.append(vault.id, b"the vault begins")
    vault.file.database.execute_sql("PRAGMA synchronous = off")
    for _ in range(transactions):
        with vault.transaction() as work:
            dossier = work.create_dossier()
            for text in range(4):
                number = work.append(dossier, b"%d" % text)
            work.set_card(dossier, number, b"card")
    signers = {vault.signer.officer: vault.signer.public_key}
    assert list(verify.verify(vault, signers)) == []
    gc.collect()
    seldom = gc.get_threshold()
    gc.set_threshold(700, 10, 10)  # as Python has it; else what is let go counts as well
    tracemalloc.start()
    try:
        assert list(verify.verify(vault, signers)) == []
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.set_threshold(*seldom)
        vault.close()


@pytest.mark.long
def test_memory_does_not_grow_with_the_vault(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BATCH", 16)
    monkeypatch.setattr(verify, "KEPT", 16)
    # Both have more of everything than is read at a time.
    small, large = peak(tmp_path / "small.db", 128), peak(tmp_path / "large.db", 512)
    # Of 1920 entries more, one hash each would be 120 KiB; what Python rounds up is some 20.
    assert large < small + 40 * 1024, (small, large)


# -- progress -----------------------------------------------------------------------


@pytest.mark.parametrize("apart", [False, True])
def test_how_far_it_is_is_told_all_the_way_and_never_goes_back(desk, apart, monkeypatch):
    monkeypatch.setattr(audit, "PACE", 0.0)
    told = []
    report = walked(desk, lambda done, total: told.append((done, total)), apart=apart)
    assert {total for _, total in told} == {report.entries}
    done = [done for done, _ in told]
    assert done == sorted(done)
    assert done[-1] == report.entries
    assert len(set(done)) > 5


# -- giving up ----------------------------------------------------------------------


def children():
    """The processes that are ours."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


@pytest.mark.parametrize("after", [0, 3, 8])
@pytest.mark.parametrize("apart", [False, True])
def test_what_is_given_up_ends_at_once_and_leaves_nothing(desk, apart, after, monkeypatch):
    monkeypatch.setattr(audit, "PACE", 0.0)
    threads, processes, calls = threading.active_count(), children(), []

    def give_up(done, total):
        calls.append(done)
        if len(calls) > after:
            raise GivenUp

    with pytest.raises(GivenUp):
        walked(desk, give_up, apart=apart)
    assert len(calls) == after + 1
    gc.collect()
    assert threading.active_count() == threads
    assert children() == processes
    assert len(desk._vault.file._reading) == 0
    assert desk.verify().holds


# -- the second process -------------------------------------------------------------


def test_two_processes_find_the_same_in_the_same_order_as_one(built, tmp_path):
    path = Path(shutil.copy(built, tmp_path / "vault.db"))
    broken(path)
    with at(path) as desk:
        alone = walked(desk, apart=False)
        assert len(alone.faults) > 6
        assert alone.touched.dossiers == alone.dossiers == 6
        assert walked(desk, apart=True) == alone


def test_the_second_process_judges_as_this_one_does(built, tmp_path, monkeypatch):
    path = Path(shutil.copy(built, tmp_path / "vault.db"))
    broken(path)
    judged = apart.Apart.has

    def has(self, id):
        while self._second is not None:  # until it has told all
            self.listen()
            time.sleep(0.005)
        return judged(self, id)

    with at(path) as desk:
        alone = walked(desk, apart=False)
        monkeypatch.setattr(apart.Apart, "has", has)
        monkeypatch.setattr(audit.judging, "judge", None)
        assert walked(desk, apart=True) == alone


def test_the_second_process_verifies_signatures_as_this_one_does(built, tmp_path, monkeypatch):
    path = Path(shutil.copy(built, tmp_path / "vault.db"))
    broken(path)
    rest = apart.Apart.rest

    def answered(self):
        while self._given:
            self.listen()
            time.sleep(0.005)
        return rest(self)

    with at(path) as desk:
        alone = walked(desk, apart=False)
        assert sum("what was signed" in fault for fault in alone.faults) > 6
        monkeypatch.setattr(apart, "AT_ONCE", 1)
        monkeypatch.setattr(apart, "AHEAD", 10**6)
        monkeypatch.setattr(apart.Apart, "rest", answered)
        monkeypatch.setattr(apart.Apart, "_look", lambda self, some: self._wrong.extend(some))
        assert walked(desk, apart=True) == alone


@pytest.mark.parametrize("program", ["/nonexistent", "/bin/false", "/bin/cat", "/bin/ls"])
def test_a_second_process_that_does_not_do_is_done_without(desk, program, monkeypatch):
    monkeypatch.setattr(sys, "executable", program)
    assert walked(desk, apart=True).holds


def test_a_second_process_that_dies_on_the_way_is_done_without(built, tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "PACE", 0.0)
    path = Path(shutil.copy(built, tmp_path / "vault.db"))
    broken(path)
    with at(path) as desk:
        alone = walked(desk, apart=False)
        before, killed = set(children()), []

        def kill(done, total):
            for pid in set(children()) - before - set(killed):
                killed.append(pid)
                os.kill(int(pid), signal.SIGKILL)

        assert walked(desk, kill, apart=True) == alone
        assert len(killed) == 1


def test_no_key_is_told_to_the_second_process_where_others_see_it(desk, started):
    assert walked(desk, apart=True).holds
    (arguments, more) = started[0]
    assert "env" not in more
    assert desk._vault.subkeys.wrapping.hex() not in " ".join(arguments)


PARENT = """
import sys, time
from pathlib import Path
from secterm.vault import kdf
kdf.floors = (kdf.Cost(t=1, m=32, p=1),)
kdf.TARGET_SECONDS = 0.0
from secterm.desk.apart import Apart
from secterm.desk.desk import Desk
desk = Desk.open(Path(sys.argv[1]), *sys.argv[2:4])
with Apart(desk._vault) as apart:
    print(apart._second._child.pid, flush=True)
    time.sleep(60)
"""


def test_the_second_process_ends_with_the_first(built, tmp_path):
    path = Path(shutil.copy(built, tmp_path / "vault.db"))
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(path), *OFFICER],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with parent:
        pid = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + 20
    while _alive(pid):
        assert time.monotonic() < until
        time.sleep(0.01)


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False
