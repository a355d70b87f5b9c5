"""The app at interviews, one after the other, of which the plain questions are open.

What each act took at the desk, to the commit, is written to a file, a line of
seconds for each, so that it can be told apart from the painting.
"""

import sys
import tempfile
import time
from pathlib import Path

from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.tui import quiet, sealed
from secterm.tui.app import SectermApp
from secterm.tui.screens.interview import Interview
from secterm.vault import kdf
from tests.support import house


class Timed(Desk):
    """A desk that says how long its acts took."""

    told = None

    def act(self, *given, **named):
        """The act, timed."""
        before = time.perf_counter()
        done = super().act(*given, **named)
        if self.told is not None:
            self.told.write(f"{time.perf_counter() - before}\n")
            self.told.flush()
        return done


class Asking(SectermApp):
    """The app, unlocked, in an interview; when that is over, in the next."""

    def __init__(self, vault, told):
        super().__init__(vault)
        self._told = told

    def enter(self):
        """At the first interview at once."""
        desk = Timed.open(self.vault, *house.OFFICER)
        desk.told = self._told
        self.unlocked(desk)
        self._open = [card.id for card in desk.cards()]
        self._next()

    def _next(self, _done=None):
        if self._open:
            self.push_screen(Interview(self._open.pop()), self._next)


def main(count, told):
    """Runs it until it is ended."""
    kdf.floors = (kdf.Cost(t=1, m=32, p=1),)
    kdf.TARGET_SECONDS = 0.0
    with tempfile.TemporaryDirectory() as folder, Path(told).open("w") as file:
        vault = house.build(Path(folder) / "vault.db")
        desk = Desk.open(vault, *house.OFFICER)
        sample.fill(desk, count, stages=("opened",), category="general")
        plain = tuple(question.id for question in house.plain())
        for card in desk.cards():
            house.answered(desk, card.id, but=plain)
        desk.close()
        quiet.settle()
        sealed.set_aside()
        Asking(vault, file).run(mouse=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
