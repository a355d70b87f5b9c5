"""The vaults that are measured, each made once for all works that ask for it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from secterm.desk import sample
from secterm.dossier import entries as acts
from tests.benchmarks import crowded, stocked
from tests.benchmarks.apart import apart
from tests.benchmarks.figures import progress

TEXT = "Said that a paper of an invented office is on its way, and will show it."
AT_ONCE = 5_000  # entries in a transaction


@dataclass(frozen=True)
class Stock:
    """A folder of vaults. None is written to: whoever records takes a copy."""

    folder: Path

    def opened(self, count):
        """So many dossiers, each just opened."""
        return self._made(f"opened-{count}", opened, count)

    def noted(self, count, entries):
        """So many dossiers that were opened one by one and then got so many entries each."""
        return self._made(f"noted-{count}-{entries}", noted, count, entries)

    def strewn(self, count, entries):
        """The same, a dossier's entries far apart: each gets its next one in turn."""
        return self._made(f"strewn-{count}-{entries}", strewn, count, entries)

    def lives(self, count):
        """So many sample dossiers at every stage, of some hundred entries each."""
        return self._made(f"lives-{count}", lives, count)

    def copy(self, vault, name="spent.db"):
        """A copy to write to; the one before it is gone."""
        return Path(shutil.copy(vault, self.folder / name))

    def _made(self, name, way, *given):
        path = self.folder / f"{name}.db"
        if not path.exists():
            progress(f"making a vault: {name}")
            begun = self.folder / f"{name}.begun"
            begun.unlink(missing_ok=True)
            apart(way, begun, *given)
            begun.rename(path)
        return path


def opened(path, count):
    """Each dossier just opened, and the list looked at once."""
    stocked.build(Path(path), count)
    desk = stocked.open_desk(path)
    desk.index.read(desk.today, float("inf"))
    while not desk.keep_sheets(float("inf")):
        pass
    desk.close()


def noted(path, count, entries):
    """A dossier's entries follow each other."""
    stocked.build(Path(path), count, at_once=1)
    desk = stocked.open_desk(path)
    for id in desk.offer().all:
        desk.act(id, *(acts.Noted(text=TEXT) for _ in range(entries - 1)))
    desk.close()


def strewn(path, count, entries):
    """A dossier's entries lie far apart."""
    stocked.build(Path(path), count)
    stocked.cheap()
    desk = stocked.Stocked.open(Path(path), crowded.NAME, crowded.PASSPHRASE)
    desk.note_all(TEXT, entries - 1, AT_ONCE)
    desk.close()


def lives(path, count):
    """Sample dossiers at every stage."""
    stocked.build(Path(path), 0)
    desk = stocked.open_desk(path)
    sample.fill(desk, count, category="general")
    desk.close()
