"""The app at interviews of these dossiers, one after the other, in a vault of many."""

import sys
from pathlib import Path

from tests.benchmarks import interviewed, stocked


class Among(interviewed.Asking):
    """The app, unlocked, in an interview; when that is over, in the next."""

    def __init__(self, vault, ids):
        super().__init__(vault, None)
        self._open = ids

    def enter(self):
        """At the first interview at once."""
        self.unlocked(stocked.open_desk(self.vault))
        self._next()


def main(vault, *ids):
    """Runs it until it is ended."""
    stocked.settle()
    Among(Path(vault), list(ids)).run(mouse=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
