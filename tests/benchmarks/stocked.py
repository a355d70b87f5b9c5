"""A real vault of as many dossiers as are asked for, each just opened, and the app at it."""

import itertools
import sys
import time
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

    def note_all(self, text, times, at_once=AT_ONCE):
        """So many notes to each dossier, one to each in turn, so many in a transaction."""
        ids = [bytes.fromhex(id) for id in self._shelf.ids()]
        for turn in range(times):
            for some in _batched(ids, at_once):
                with self._record() as record:
                    for id in some:
                        noted = acts.Entry(
                            at=record.at.isoformat(),
                            officer=record.officer_id,
                            act=acts.Noted(text=text),
                        )
                        number = record.append(id, noted)
                        if turn == times - 1:  # a note changes nothing that a list shows
                            record.work.set_card(id, number, self._vault.card(id).body)


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


def open_desk(path):
    """The vault's desk, at once."""
    cheap()
    return Desk.open(Path(path), crowded.NAME, crowded.PASSPHRASE)


def settle():
    """What the program does before its app begins."""
    cheap()
    quiet.settle()
    sealed.set_aside()


class Stamped(crowded.Seated):
    """The app, that says when it began to open the vault."""

    told = None

    def enter(self):
        """At the list, at once."""
        if self.told is not None:
            self.told.write_text(str(time.perf_counter()))
        super().enter()


def main(path, told=None):
    """Runs the app until it is ended; when it begins to open the vault is written to `told`."""
    settle()
    app = Stamped(path, Desk)
    app.told = told
    app.run(mouse=False)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
