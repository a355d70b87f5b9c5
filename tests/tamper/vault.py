"""A vault with a past, and copies of it that a thief made along the way."""

import contextlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.desk.drafts import Left
from secterm.dossier import entries as acts
from secterm.vault import kdf
from tests.support.house import OFFICER, SECOND
from tests.support.sheets import lay

ALIX = OFFICER  # administrator
BEX = SECOND  # officer; her passphrase since the last change
BEX_FIRST = (SECOND[0], "test copper cellar banjo")
BEX_BEFORE = (SECOND[0], "test copper harbour flute")
CY = ("Cy Test", "test yonder marble kettle")  # auditor
DEX = ("Dex Test", "test walnut pebble organ")  # disabled before the rekey
EVE = ("Eve Test", "test saffron ladder drum")  # disabled after it
DAYS = ("first", "rekeyed", "yesterday", "today")


@dataclass(frozen=True)
class Past:
    """One vault as it was on four days, and who and what is in it.

    `first`: all are officers, nothing is erased. Then Bex changed her passphrase, Dex
    was disabled, a dossier erased, and the vault got a new key: `rekeyed`. Then she
    changed it again, Eve was disabled, and another dossier erased: `yesterday`. Then
    one dossier had two entries more: `today`. Four dossiers had a question marked on the
    first day; at the one that was erased last Alix left something, and today at the busy one.
    Each day ended with sheets: all in one on the first, then the quiet one in 0 and the others
    in 1; on the last only 2 is new, with the busy one alone.
    """

    folder: Path
    lines: dict[str, str]  # each day's checkpoint
    shares: tuple[str, ...]  # enough of them to recover
    quiet: str  # dossiers: nothing happened to it since the first day
    busy: str  # something happened to it today
    third: str
    gone_before: str  # erased before the rekey
    gone_after: str
    officers: dict[str, str]  # name -> id

    def __getattr__(self, day: str) -> Path:
        """The file of a day."""
        if day not in DAYS:
            raise AttributeError(day)
        return self.folder / f"{day}.db"

    def copies(self, folder: Path) -> "Past":
        """The same in a folder of the test's own."""
        for day in DAYS:
            shutil.copy(getattr(self, day), folder / f"{day}.db")
        return replace(self, folder=folder)


@contextlib.contextmanager
def at(path: Path, who: tuple[str, str] = ALIX):
    """The desk of an officer."""
    desk = Desk.open(path, *who)
    try:
        yield desk
    finally:
        desk.close()


def build(folder: Path) -> Past:
    """The four days of one vault."""
    path, lines = folder / "today.db", {}

    def kept(day: str) -> None:
        with at(path) as desk:
            lines[day] = desk.checkpoint_line()
        if day != "today":
            shutil.copy(path, folder / f"{day}.db")

    with contextlib.closing(create(path)) as desk:
        for who, role in ((BEX_FIRST, "officer"), (CY, "auditor"), (DEX, "officer")):
            desk.add_officer(*who, role)
        desk.add_officer(*EVE)
        drawn = desk.draw_shares(2, 3)
        desk.adopt_shares(drawn)
        officers = {officer.name: officer.id for officer in desk.officers()}
        gone_before = lived(desk, "opened")
        question = next(q.id for s in desk.pack.screening.sections for q in s.questions)
        said = acts.Answered(question=question, answer="An invented answer.")
        desk.act(gone_before, *[said] * 191)  # so that there is a tile
        lives = ("screening", "opened", "opened", "screening")
        quiet, busy, third, gone_after = (lived(desk, stage) for stage in lives)
        for id in (gone_before, busy, third, gone_after):
            desk.mark(id, question, True)
        desk.leave(Left(gone_after, ("interview",), {"note": "Half a sentence"}))
        lay(desk._vault, 1, gone_before, quiet, busy, third, gone_after)
    kept("first")
    with at(path, BEX_FIRST) as desk:
        desk.change_passphrase(BEX_FIRST[1], BEX_BEFORE[1])
    with at(path) as desk:
        desk.disable_officer(officers[DEX[0]], "Left the unit.")
        desk.erase(gone_before, "Asked for it.", desk.second(*BEX_BEFORE))
        desk.rekey("An officer left.")
        lay(desk._vault, 0, quiet)
        lay(desk._vault, 1, busy, third, gone_after)
    kept("rekeyed")
    with at(path, BEX_BEFORE) as desk:
        desk.change_passphrase(BEX_BEFORE[1], BEX[1])
    with at(path) as desk:
        desk.disable_officer(officers[EVE[0]], "Left the unit.")
        desk.erase(gone_after, "Asked for it.", desk.second(*BEX))
        lay(desk._vault, 0, quiet)
        lay(desk._vault, 1, busy, third)
    kept("yesterday")
    with at(path) as desk:
        desk.act(busy, acts.Withdrawn(reason="Took up another post."))
        desk.leave(Left(busy, ("interview",), {"note": "Half a sentence"}))
    with at(path, BEX) as desk:
        desk.act(busy, acts.Reopened(reason="Came back."))
        lay(desk._vault, 2, busy)
    kept("today")
    erased = gone_before, gone_after
    return Past(folder, lines, drawn.words[:2], quiet, busy, third, *erased, officers)


def create(path: Path, unit: str = "Test unit") -> Desk:
    """A new vault of Alix's."""
    return Desk.create(path, unit=unit, officer=ALIX[0], passphrase=ALIX[1], cost=kdf.floors[0])


def lived(desk: Desk, stage: str) -> str:
    """One more invented appointee; the dossier's id."""
    before = {card.id for card in desk.cards()}
    sample.fill(desk, 1, stages=(stage,), category="general")
    return next(card.id for card in desk.cards() if card.id not in before)
