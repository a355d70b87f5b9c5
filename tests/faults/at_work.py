"""An officer at work, to be killed: makes the vault where there is none, then opens
dossiers and records answers without end. Each thing is told on standard output
only once the desk has confirmed it.
"""

import itertools
import sys
from pathlib import Path

from secterm.desk.desk import Desk
from secterm.dossier.entries import Answered
from secterm.vault import kdf
from tests.support.house import OFFICER
from tests.support.paper import ordinary, someone

kdf.floors, kdf.TARGET_SECONDS = (kdf.Cost(t=1, m=32, p=1),), 0.0


def tell(*what):
    sys.stdout.write(" ".join(what) + "\n")
    sys.stdout.flush()


def main(path):
    tell("ready")
    if path.exists():
        desk = Desk.open(path, *OFFICER)
    else:
        desk = Desk.create(
            path, unit="Test unit", officer=OFFICER[0], passphrase=OFFICER[1], cost=kdf.floors[0]
        )
    tell("unlocked")
    for number in itertools.count(len(desk.cards())):
        id = desk.open_dossier(someone(identity_number=f"TEST-{number}"))
        tell("opened", id)
        for section in desk.pack.screening.sections:
            for question in section.questions:
                if "general" in question.categories:
                    desk.act(id, Answered(question=question.id, answer=ordinary(question)))
                    tell("answered", id, question.id)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
