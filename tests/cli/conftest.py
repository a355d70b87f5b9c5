"""A vault with invented appointees, made once, and a folder to use it in."""

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest

from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.vault import kdf
from tests.support.commands import AtTerminal, secterm, secterm_apart

OFFICER, PASSPHRASE = "alice", "test velvet orbit lantern"
LIVES = (("admitted", "general"), ("screening", "core"), ("opened", "key"), ("opened", "general"))
CHEAP = kdf.Cost(t=1, m=32, p=1)


@dataclass(frozen=True)
class Room:
    """A folder with a vault `v.db`, its officer's passphrase, and an age key."""

    folder: Path

    @property
    def vault(self):
        return self.folder / "v.db"

    @property
    def recipient(self):
        return (self.folder / "recipient.txt").read_text().strip()

    def run(self, command, *arguments, **more):
        """A command on the vault, by its officer."""
        return secterm(command, *self.officer, *arguments, cwd=self.folder, **more)

    def apart(self, command, *arguments, **more):
        """The same in a process of its own."""
        return secterm_apart(command, *self.officer, *arguments, cwd=self.folder, **more)

    def watched(self, command, *arguments):
        """The same at a terminal."""
        return AtTerminal(command, *self.officer, *arguments, cwd=self.folder)

    def bare(self, *arguments, **more):
        """A command as it is written."""
        return secterm(*arguments, cwd=self.folder, **more)

    @property
    def officer(self):
        return ("--vault", "v.db", "--officer", OFFICER, "--passphrase-file", "alice.txt")

    @property
    def files(self):
        """Everything in the folder by name, with what it holds."""
        return {p.name: held(p) for p in self.folder.iterdir() if p.is_file()}

    def desk(self, **more):
        return Desk.open(self.vault, OFFICER, PASSPHRASE, **more)

    def cards(self):
        desk = self.desk()
        try:
            return desk.cards()
        finally:
            desk.close()

    def ids(self):
        return [card.id for card in self.cards()]

    def admitted(self):
        """The id of the one who was admitted."""
        (id,) = [card.id for card in self.cards() if card.stage == "admitted"]
        return id


def held(path):
    """A vault's rows, as an unlock counts its attempt and takes it back; else the bytes."""
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        return list(database.iterdump())
    except sqlite3.Error:
        return path.read_bytes()
    finally:
        database.close()


def furnished(folder):
    """An officer's passphrase and an age key, and no vault yet."""
    (folder / "alice.txt").write_text(f"{PASSPHRASE}\n")
    key = pyrage.x25519.Identity.generate()
    (folder / "key.txt").write_text(f"{key}\n")
    (folder / "recipient.txt").write_text(f"{key.to_public()}\n")
    return Room(folder)


@pytest.fixture(autouse=True)
def _no_calibration(monkeypatch):
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 0.0)


@pytest.fixture
def empty(tmp_path):
    """The folder before there is a vault."""
    return furnished(tmp_path)


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    path = tmp_path_factory.mktemp("cli") / "v.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (CHEAP,))
        desk = Desk.create(
            path, unit="Test unit", officer=OFFICER, passphrase=PASSPHRASE, cost=CHEAP
        )
        try:
            for stage, category in LIVES:
                sample.fill(desk, 1, stages=(stage,), category=category)
        finally:
            desk.close()
    return path


@pytest.fixture
def room(empty, built):
    """The folder with a vault of the test's own."""
    shutil.copy(built, empty.vault)
    return empty
