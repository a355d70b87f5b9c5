"""The program and the reader agree on vaults in which anything happened, whole and broken."""

import contextlib
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from secterm.archive.inspect import inspect_archive
from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from secterm.dossier.permit import NotAllowed
from secterm.vault import kdf
from secterm.vault.errors import VaultError
from tests.conftest import CHEAP
from tests.reader import archive, opened, slots
from tests.reader.basics import Refused
from tests.reader.vault import Vault
from tests.reader.verify import verified
from tests.support.archives import TO, identity_file
from tests.support.paper import someone
from tests.vectors import OPENED
from tests.vectors.chance import Life, flip
from tests.vectors.make import FIRST, Clock, begun, given


def lived(folder, seed, things):
    """A vault in which so many things were tried, and a way in."""
    folder.mkdir()
    life = Life(folder / "vault.db", seed)
    life.live(things)
    return life.path, life.way()


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A vault with more than 256 entries."""
    path = tmp_path_factory.mktemp("full") / "vault.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (CHEAP,))
        desk = begun(path, Clock(), CHEAP)
        id = desk.open_dossier(someone("general"))
        desk.act(id, *(acts.Answered(question="ever", answer=False) for _ in range(255)))
        desk.close()
    return path


def by_reader(path, way):
    """Why it does not hold; empty where it does."""
    try:
        with Vault(path, slots.passphrase(*way), cheap=True) as vault:
            return "; ".join(map(str, verified(vault).faults))
    except Refused as refused:
        return str(refused)


def by_program(path, way):
    """Why it does not hold; empty where it does."""
    try:
        desk = Desk.open(path, *way, clock=lambda: OPENED)
    except VaultError as error:
        return f"{type(error).__name__}: {error}"
    try:
        return "; ".join(desk.verify().faults)
    finally:
        desk.close()


def agree_on_broken(folder, seed, things, flips):
    """How many broken copies were found broken by both."""
    path, way = lived(folder, seed, things)
    chance, found = random.Random(seed), 0
    for _ in range(flips):
        copy = folder / "copy.db"
        shutil.copy(path, copy)
        where = flip(copy, chance)
        reader, program = by_reader(copy, way), by_program(copy, way)
        assert bool(reader) == bool(program), (seed, where, reader, program)
        found += bool(reader)
    return found


def agree_on_whole(folder, seed, things):
    """Both give the same of a vault in which so many things were tried."""
    path, way = lived(folder, seed, things)
    desk = Desk.open(path, *way, clock=lambda: OPENED)
    try:
        told = given(desk)
        assert desk.verify().faults == []
    finally:
        desk.close()
    with Vault(path, slots.passphrase(*way), cheap=True) as vault:
        report = verified(vault)  # after the desk, which tells of attempts that failed
    assert report.faults == (), seed
    assert report.checkpoint == told["checkpoint"], seed
    assert report.officers() == told["officers"], seed
    assert report.told_dossiers() == told["dossiers"], seed
    assert {id.hex(): kept for id, kept in report.drafts.items()} == told["drafts"], seed


@pytest.mark.long
@pytest.mark.parametrize("seed", range(12))
def test_both_read_the_same_in_a_vault_in_which_anything_happened(seed, tmp_path):
    agree_on_whole(tmp_path / "one", seed, 8)


def agree_on_archives(folder, seed, things):
    """Of how many archives, whole and of decisions, of such a vault both say that they hold."""
    path, way = lived(folder, seed, things)
    identity, held = identity_file(folder), 0
    desk = Desk.open(path, *way, clock=lambda: OPENED)
    try:
        known = desk.log_fingerprint()
        for kind in ("whole", "decision"):
            with contextlib.suppress(NotAllowed):  # of nobody, or by who may not
                file = desk.export(folder, TO, kind=kind).path
                report = archive.verified(opened.members(file, identity), known, cheap=True)
                assert report.faults == (), (seed, kind)
                found = inspect_archive(file, identity=identity, fingerprint=known)
                assert found.faults == [], (seed, kind)
                assert report.checkpoint == found.checkpoint
                held += 1
    finally:
        desk.close()
    return held


def test_both_say_that_archives_hold_of_vaults_in_which_anything_happened(tmp_path):
    assert sum(agree_on_archives(tmp_path / str(seed), seed, 8) for seed in range(4)) >= 3


@pytest.mark.long
def test_both_say_that_archives_hold_of_many_vaults_with_a_long_life(tmp_path):
    held = [agree_on_archives(tmp_path / str(seed), seed, 40) for seed in range(1000, 1025)]
    assert sum(held) >= 18


@pytest.mark.parametrize("seed", range(4))
def test_both_find_a_flipped_byte(seed, tmp_path):
    assert agree_on_broken(tmp_path / "one", seed, 6, 8) == 8


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM tile",
        "UPDATE tile SET hashes = CAST(substr(hashes, 33) || substr(hashes, 1, 32) AS BLOB)",
        "INSERT INTO tile SELECT level, 1, hashes FROM tile",
    ],
    ids=["gone", "in another order", "one too many"],
)
def test_both_find_a_tile_that_is_not_of_the_leaves(change, full, tmp_path):
    copy = Path(shutil.copy(full, tmp_path / "copy.db"))
    with contextlib.closing(sqlite3.connect(copy)) as db:
        db.execute(change)
        db.commit()
    assert by_reader(copy, FIRST).startswith("tile.hashes 0/")
    assert by_program(copy, FIRST).startswith("tile 0/")


@pytest.mark.long
def test_both_read_the_same_in_many_vaults_with_a_long_life(tmp_path):
    for seed in range(1000, 1040):
        agree_on_whole(tmp_path / str(seed), seed, 40)


@pytest.mark.long
def test_both_find_each_of_many_flipped_bytes(tmp_path):
    found = sum(agree_on_broken(tmp_path / str(seed), seed, 12, 25) for seed in range(2000, 2012))
    assert found == 300
