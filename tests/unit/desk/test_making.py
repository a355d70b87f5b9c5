"""An archive whose dossiers two processes make is the archive that one makes, whatever
becomes of the second.
"""

import contextlib
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from secterm.archive.contents import Contents
from secterm.archive.inspect import inspect_archive
from secterm.archive.members import Covers
from secterm.archive.recipients import Recipients
from secterm.desk import making, second
from secterm.desk.desk import Desk
from secterm.desk.restoring import look
from secterm.vault.errors import SealBroken, VaultDamaged
from secterm.vault.vault import Vault
from tests.support import archives
from tests.support.house import OFFICER

CHEAP = archives.kdf.Cost(t=1, m=32, p=1)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A vault that has dossiers of its own, and some that came from another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("secterm.vault.kdf.floors", (CHEAP,))
        terminal, registry = (tmp_path_factory.mktemp(name) for name in ("terminal", "registry"))
        there = archives.build(terminal, *archives.LIVES[:2])
        path = archives.build(registry, *archives.LIVES)
        key = archives.identity_file(terminal)
        with at(there) as desk:
            file = desk.export(terminal, Recipients((archives.RECIPIENT,))).path
        with at(path) as desk:
            archive = look(file, identity=key)
            desk.restore(archive, archive.walk.own)
        return path


@contextlib.contextmanager
def at(path):
    desk = Desk.open(path, *OFFICER)
    try:
        yield desk
    finally:
        desk.close()


@pytest.fixture
def vault(built, tmp_path):
    return Path(shutil.copy(built, tmp_path / "vault.db"))


@pytest.fixture(autouse=True)
def little(monkeypatch):
    """Little is asked for at a time, so that both have something to do."""
    monkeypatch.setattr(making, "worth_it", 0)
    monkeypatch.setattr(making, "AHEAD", 2)
    monkeypatch.setattr(making, "HELD", 2)


def contents(desk):
    ids = desk._shelf.ids()
    covers = Covers(what="all", dossiers=len(ids), left_out=0)
    now = desk._watch.read()
    return Contents.of(making.source(desk._vault, desk._registry, ids, "whole", covers, now))


def ours(members):
    """What is not signed anew each time."""
    return [m for m in members if m[0] != "manifest.sig"]


def both(desk, ready=lambda two: None):
    """The members as one makes them and as two do; whose signatures hold."""
    made = contents(desk)
    alone = ours(made.members())
    made.journal.settle()
    with making.Together(made) as two:
        ready(two)
        together = ours(made.members(two.dossiers()))
    made.journal.settle()
    return alone, together


def waited(two):
    """Until the second has said that it is ready."""
    while not two._ready:
        two._listen(wait=True)


def test_two_processes_make_what_one_makes(vault):
    with at(vault) as desk:
        alone, together = both(desk, waited)
        assert together == alone
        assert any(name.startswith("origins/") for name, _ in alone)


def test_the_second_process_makes_all_that_is_left_to_it(vault, monkeypatch):
    monkeypatch.setattr(making, "AHEAD", 100)
    with at(vault) as desk:
        alone = ours(contents(desk).members())
        made = contents(desk)
        monkeypatch.setattr(Contents, "dossier", None)
        with making.Together(made) as two:
            waited(two)
            assert [m for m in made.members(two.dossiers()) if m[0].startswith("dossiers/")] == [
                m for m in alone if m[0].startswith("dossiers/")
            ]


def test_an_archive_by_two_holds(vault, tmp_path):
    key = archives.identity_file(tmp_path)
    with at(vault) as desk:
        file = desk.export(tmp_path, archives.TO).path
    assert inspect_archive(file, identity=key).holds


@pytest.mark.parametrize("program", ["/nonexistent", "/bin/false", "/bin/cat", "/bin/ls"])
def test_a_second_process_that_does_not_do_is_done_without(vault, program, monkeypatch):
    monkeypatch.setattr(sys, "executable", program)
    with at(vault) as desk:
        alone, together = both(desk)
        assert together == alone


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_second_process_that_dies_on_the_way_is_done_without(vault, after, monkeypatch):
    killed, seen, real = [], set(), making.Together._take

    def take(self, heard):
        real(self, heard)
        seen.update(self._made)
        if len(seen) >= after and not killed:
            killed.append(self._second._child.pid)
            os.kill(killed[0], signal.SIGKILL)

    monkeypatch.setattr(making, "AHEAD", 100)  # all is left to it
    monkeypatch.setattr(making.Together, "_take", take)
    with at(vault) as desk:
        made = contents(desk)
        alone = ours(made.members())
        with making.Together(made) as two:
            while not killed and not (two._ready and after):
                two._listen(wait=True)
            together = ours(made.members(two.dossiers()))
        assert together == alone
        assert killed


def test_a_second_process_that_was_stopped_is_done_without(vault, monkeypatch):
    monkeypatch.setattr(making, "AHEAD", 100)  # all is left to it
    stopped = []

    def stop(two):
        waited(two)
        two._ask()
        monkeypatch.setattr(second, "PATIENCE", 0.1)
        stopped.append(two._second._child)
        os.kill(stopped[0].pid, signal.SIGSTOP)

    with at(vault) as desk:
        alone, together = both(desk, stop)
        assert together == alone
    assert stopped[0].poll() == -signal.SIGKILL


def test_words_that_are_not_its_own_are_not_taken(vault, monkeypatch):
    met = []
    real = second.Second.hear

    def hear(self, *, wait=False):
        heard = real(self, wait=wait)
        if heard and len(heard) > making.LENGTH:
            met.append(heard)
            return (5).to_bytes(making.LENGTH, "big") + b"words"
        return heard

    monkeypatch.setattr(second.Second, "hear", hear)
    with at(vault) as desk:
        alone, together = both(desk, waited)
        assert together == alone
        assert len(met) == 1


def test_a_dossier_that_does_not_open_is_told_as_by_one(vault):
    with at(vault) as desk:
        made = contents(desk)
        id = bytes.fromhex(made.source.dossiers[3])
        with desk._vault.file.writing():
            table = desk._vault.file.tables.dossier
            table.update(key=bytes(99)).where(table.id == id).execute()
        with pytest.raises(SealBroken) as alone:
            list(made.members())
        with making.Together(made) as two:
            waited(two)
            with pytest.raises(SealBroken) as together:
                list(made.members(two.dossiers()))
        assert str(together.value) == str(alone.value)


def test_a_signature_that_does_not_hold_is_not_written_by_two_either(vault, tmp_path, monkeypatch):
    with at(vault) as desk:
        rows = list(desk._vault.file.rows(desk._vault.file.tables.signature.select()))
        (size, _sealed), (other, strange) = rows[-2], rows[-4]
        real = Vault.open_signature

        def exchanged(self, number, sealed):
            return real(self, *((other, strange) if number == size else (number, sealed)))

        monkeypatch.setattr(Vault, "open_signature", exchanged)
        medium = tmp_path / "medium"
        medium.mkdir()
        with pytest.raises(VaultDamaged, match=f"#{size}.*does not hold"):
            desk.export(medium, archives.TO)
        assert list(medium.iterdir()) == []


def test_what_the_second_owes_is_verified_here(vault):
    with at(vault) as desk:
        made = contents(desk)
        with making.Together(made) as two:
            waited(two)
            list(made.members(two.dossiers()))
        owed = made.journal.owed()
        assert {one.size for one in owed} >= {
            archives.signed_after(desk._vault, number)[0]
            for id in made.source.dossiers
            for number, _ in desk._vault.sealed_entries(bytes.fromhex(id))
        }
        made.journal.owe([owed[0]._replace(signature=bytes(64))])
        with pytest.raises(VaultDamaged, match="does not hold"):
            made.journal.settle()


def test_so_many_are_owed_and_no_more(vault, monkeypatch):
    monkeypatch.setattr("secterm.archive.proofs.MOST_OWED", 3)
    with at(vault) as desk:
        made = contents(desk)
        for _ in made.members():
            assert len(made.journal._owed) < 3


def test_an_export_that_is_given_up_leaves_no_process(vault, tmp_path):
    def give_up(name):
        if name.startswith("dossiers/"):
            raise KeyboardInterrupt

    before = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    with at(vault) as desk, pytest.raises(KeyboardInterrupt):
        desk.export(tmp_path, archives.TO, progress=give_up)
    assert Path(f"/proc/self/task/{os.getpid()}/children").read_text() == before


def test_no_key_is_told_to_the_second_process_where_others_see_it(vault, started):
    with at(vault) as desk:
        both(desk)
        ((arguments, more),) = started
        assert "env" not in more
        assert desk._vault.subkeys.wrapping.hex() not in " ".join(arguments)
