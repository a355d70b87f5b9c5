"""A real vault of as many dossiers as are asked for, each just opened, and the app at it."""

import itertools
import sys
from pathlib import Path

from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from secterm.dossier.entries import Particulars, ref_of
from secterm.tui import quiet, sealed
from secterm.vault import kdf
from tests.benchmarks import crowded

AT_ONCE = 5_000  # dossiers in a transaction


class Stocked(Desk):
    """A desk that opens many dossiers at once: one by one, the disk takes minutes."""

    def open_all(self, cards, at_once=AT_ONCE):
        """A dossier for each card's person, so many in a transaction."""
        for some in _batched(cards, at_once):
            with self._record() as record:
                for card in some:
                    id = record.work.create_dossier().hex()
                    opened = acts.Opened(particulars=_who(card), pack=ref_of(self.pack))
                    self._append(record, id, None, [], [opened])


def _batched(cards, at_once):
    left = iter(cards)
    while some := list(itertools.islice(left, at_once)):
        yield some


def _who(card):
    told = {name: getattr(card, name) for name in ("name", "identity_number", "post")}
    return Particulars(
        born="1990-04-28", department=card.department, category=card.category, **told
    )


def build(path, count, at_once=AT_ONCE):
    """A vault with so many dossiers, so many in a transaction."""
    cheap()
    Stocked.create(
        path,
        unit="Test unit",
        officer=crowded.NAME,
        passphrase=crowded.PASSPHRASE,
        cost=kdf.floors[0],
    ).close()
    desk = Stocked.open(path, crowded.NAME, crowded.PASSPHRASE)
    desk.open_all(crowded.cards(count), at_once)
    desk.close()


def cheap():
    """A derivation that costs nothing: it is not what is measured."""
    kdf.floors = (kdf.Cost(t=1, m=32, p=1),)
    kdf.TARGET_SECONDS = 0.0


def main(path):
    """Runs the app until it is ended."""
    cheap()
    quiet.settle()
    sealed.set_aside()
    crowded.Seated(path, Desk).run(mouse=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
