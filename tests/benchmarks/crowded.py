"""The app at a list of invented dossiers, as many as are asked for.

The vault under it is empty: the cards are handed to the index as if they had been
read, so that what is timed is the list and not the making of a hundred thousand
dossiers. Typing reads no vault.
"""

import random
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from secterm.desk import sample
from secterm.desk.cards import Card, sheets
from secterm.desk.desk import Desk
from secterm.desk.index import Index
from secterm.desk.model import now
from secterm.policy.model import CATEGORIES
from secterm.tui import sealed
from secterm.tui.app import SectermApp
from secterm.vault import kdf

OWED = {
    "screening": "question",
    "training": "quiz",
    "undertaking": "signature",
    "rules": "rule",
    "decision": "decision",
    "second": "second",
    "lapsed": "teaching",
    "admitted": "",
    "left": "",
}
NAME, PASSPHRASE = "Alix Test", "test velvet orbit lantern"


def cards(count):
    """Invented people at every stage, in no order."""
    chance, today = random.Random(7), now()
    for _ in range(count):
        stage = chance.choice(list(OWED))
        since = (today - timedelta(minutes=chance.randrange(500_000))).isoformat()
        lapses = today + timedelta(days=chance.randrange(1, 700))
        yield Card(
            id=chance.randbytes(16).hex(),
            name=f"{chance.choice(sample.FIRST)} {chance.choice('ABCDEFGH')}. "
            f"{chance.choice(sample.LAST)}",
            post=chance.choice(sample.POSTS),
            department=chance.choice(sample.DEPARTMENTS),
            category=chance.choice(CATEGORIES),
            stage=stage,
            owed=OWED[stage],
            since=since,
            opened=since,
            lapses_on=lapses.date().isoformat() if stage == "admitted" else "",
            identity_number=f"SAMPLE-{chance.randrange(10**6):06}",
        )


class Crowded(Desk):
    """A desk whose index holds cards of no vault."""

    crowd = 0

    def __init__(self, *given):
        super().__init__(*given)
        self._index = Index(lambda today: sheets(cards(self.crowd), 1000), lambda: self.crowd)


class Seated(SectermApp):
    """The app, unlocked."""

    def __init__(self, vault, desk):
        super().__init__(vault)
        self._kind = desk

    def enter(self):
        """At the list at once."""
        self.unlocked(self._kind.open(self.vault, NAME, PASSPHRASE))


def main(count):
    """Runs it until it is ended."""
    kdf.floors = (kdf.Cost(t=1, m=32, p=1),)
    kdf.TARGET_SECONDS = 0.0
    Crowded.crowd = count
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vault.db"
        Desk.create(
            path, unit="Test unit", officer=NAME, passphrase=PASSPHRASE, cost=kdf.floors[0]
        ).close()
        sealed.set_aside()  # as the program does
        Seated(path, Crowded).run(mouse=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
