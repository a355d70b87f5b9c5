"""One vault and its archive, made once; a test that changes them takes copies."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from secterm.archive.recipients import Recipients
from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from secterm.vault import kdf
from secterm.vault.signer import Signer
from tests.support import archives
from tests.support.archives import Opened
from tests.support.house import OFFICER, SECOND
from tests.vectors.make import taken


@dataclass(frozen=True, repr=False)
class House:
    """A vault before its first export, that export, one of decisions, the two officers."""

    vault: Path
    file: Path
    opened: Opened
    decisions: Path  # the same of the decisions alone
    officer: Signer
    second: Signer


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        return of(archives.build(folder, *archives.LIVES), folder)


def of(vault, folder):
    spent = Path(shutil.copy(vault, folder / "spent.db"))
    file = archives.exported(spent, folder)
    return House(
        vault,
        file,
        archives.opened(file),
        archives.exported(spent, folder, kind="decision", what="all"),
        archives.signer(spent),
        archives.signer(spent, SECOND),
    )


@dataclass(frozen=True, repr=False)
class Journey:
    """A dossier that went through two vaults to a third, where it was decided on, and home."""

    third: House
    home: Path  # an archive of the vault where it began, in the end

    @property
    def opened(self) -> Opened:
        """What is in the third vault's archive."""
        return self.third.opened


@pytest.fixture(scope="session")
def journey(tmp_path_factory):
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "next", "third")]
    units = ("Terminal", "Registry", "Archive office")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        lives = (("second", "core"),), (), ()
        paths = [
            archives.build(folder, *some, unit=unit)
            for folder, some, unit in zip(folders, lives, units, strict=True)
        ]
        first, there, third = desks = [Desk.open(path, *OFFICER) for path in paths]
        taken(there, first)
        (id,) = (card.id for card in there.cards())
        there.act(id, acts.Noted(text="Seen at the registry."))
        taken(third, there)
        decided = third.dossier(id).state.decision.number
        agreed = acts.Seconded(decided=decided, agrees=True)
        third.act(id, agreed, signer=third.second(*SECOND))
        third.close()
        made = of(paths[2], folders[2])
        third = Desk.open(folders[2] / "spent.db", *OFFICER)
        taken(first, third)
        for desk in (third, *desks):
            desk.close()
        return Journey(made, archives.exported(paths[0], folders[0]))


@pytest.fixture(scope="session")
def extract(house):
    """The decisions of the house, one to admit and one to refuse, taken apart."""
    return archives.opened(house.decisions)


@dataclass(frozen=True, repr=False)
class Locked:
    """An archive for a passphrase, whose names are in it, and what its folder held on the way."""

    file: Path
    names: set[str]
    seen: list[bytes]


@pytest.fixture(scope="session")
def locked(house, tmp_path_factory):
    """Made once: a passphrase takes age a second of hard work."""
    folder = tmp_path_factory.mktemp("locked")
    vault = Path(shutil.copy(house.vault, tmp_path_factory.mktemp("vault") / "vault.db"))
    seen = []

    def progress(name):
        seen.extend(file.read_bytes() for file in folder.iterdir())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        desk = Desk.open(vault, *OFFICER)
    names = {card.name for card in desk.cards()}
    to = Recipients.gather(passphrase=archives.PASSPHRASE)
    file = desk.export(folder, to, progress=progress).path
    desk.close()
    return Locked(file, names, seen)


@pytest.fixture
def vault(house, tmp_path):
    """A vault of the test's own, never exported."""
    return Path(shutil.copy(house.vault, tmp_path / "vault.db"))


@pytest.fixture
def faults(tmp_path):
    """The faults that an inspection finds in these members; there must be some."""

    def inspected(opened, **known):
        found = opened.inspected(tmp_path, **known)
        assert not found.holds
        assert "does NOT hold" in found.text()
        return found.faults

    return inspected
