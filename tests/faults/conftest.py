"""An officer at work in this process, and a room of their own for it."""

import contextlib
import shutil

import peewee
import pytest

from secterm.desk.desk import Desk
from secterm.vault import kdf
from tests.faults.kinds import KINDS
from tests.faults.plant import Plant, furnished
from tests.support.house import OFFICER


class AtWork:
    """An unlocked desk in a folder furnished for one kind of act, and all that it confirmed."""

    def __init__(self, folder, kind):
        self.folder = folder
        self.path = folder / "v.db"
        self.kind = KINDS[kind]
        self.desk = Desk.open(self.path, *OFFICER)
        self.done = []

    def acts(self):
        """Does one thing more, and takes note of it only once it is told."""
        self.done.append(next(self.kind.work(self.desk, self.folder)))

    def acts_though(self, number, happens, *errors):
        """As `acts`, while something happens before the so many-th statement of SQL.

        Whether there were that many. These errors are expected then.
        """
        heard = []

        def hear(statement):
            heard.append(statement)
            if len(heard) == number:
                happens()

        self.traced(hear)
        with contextlib.suppress(*errors):
            self.acts()
        self.traced(None)
        return len(heard) >= number

    def traced(self, hear):
        with contextlib.suppress(peewee.InterfaceError):  # there is no file any more
            self.desk._vault.file.database.connection().set_trace_callback(hear)

    def files(self):
        """Every file in the folder but kept copies, with what it holds."""
        files = [p for p in self.folder.iterdir() if p.is_file() and ".kept-" not in p.name]
        return {p.name: p.read_bytes() for p in files}

    def holds(self, desk=None):
        """The vault verifies and has what was told."""
        desk = desk or self.desk
        report = desk.verify()
        assert report.holds, report.faults
        for words in self.done:
            assert self.kind.there(desk, self.folder, words), words
        return desk.checkpoint_line()

    def holds_at(self, path):
        """What was told is in the vault at this path, opened anew; its checkpoint."""
        desk = Desk.open(path, *OFFICER)
        try:
            return self.holds(desk)
        finally:
            desk.close()


@pytest.fixture(scope="session")
def furnish(tmp_path_factory):
    """`furnish(kind, folder)` is a folder of the test's own, furnished for a kind of act."""
    rooms = {}

    def room(kind, folder):
        if kind not in rooms:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
                rooms[kind] = furnished(tmp_path_factory.mktemp("room") / "r", kind)
        return shutil.copytree(rooms[kind], folder)

    return room


@pytest.fixture(scope="session")
def plant():
    """Where officers are at work in processes of their own."""
    plant = Plant()
    yield plant
    plant.close()


@pytest.fixture
def at_work(furnish, tmp_path):
    """`at_work(kind)` is an officer at work; more than one where a test asks again."""
    there = []

    def sit(kind="answers"):
        there.append(AtWork(furnish(kind, tmp_path / f"room-{len(there)}"), kind))
        return there[-1]

    yield sit
    for each in there:
        each.desk.close()
