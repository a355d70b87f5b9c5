"""Vaults in which anything happened, by a seed; and one byte of one flipped, by a seed."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from secterm.archive.recipients import fingerprint
from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.desk.drafts import Left
from secterm.desk.model import SameOfficer
from secterm.dossier import entries as acts
from secterm.dossier.demands import NotAllowed
from secterm.vault import kdf
from secterm.vault.errors import WrongPassphrase
from secterm.vault.signer import Signer
from tests.support.archives import TO
from tests.support.paper import someone
from tests.support.sheets import lay
from tests.vectors.make import FIRST, KEYS, THIRD, Clock, begun, taken

WORDS = ("amber", "velvet", "copper", "granite", "saffron", "orbit", "ladder", "walrus", "comet")
STAGES = ("admitted", "unsigned", "opened", "rules", "left", "withdrawn", "deferred", "training")


class Life:
    """What may happen to a vault, one thing after the other."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path, self.chance, self.clock = path, random.Random(seed), Clock()
        self.desk = begun(path, self.clock, kdf.floors[0])
        self.known = {self.desk.officer.id: FIRST[1]}
        self.happened: list[str] = []
        self.others: list[Desk] = []  # other vaults

    def live(self, things: int) -> None:
        """So many things are tried; what the desk refuses does not happen."""
        tried = (
            self.add, self.add, self.rename, self.give, self.disable, self.change, self.rekey,
            self.share, self.erase, self.erase, self.sit, self.open, self.act, self.act, self.act,
            self.give, self.disable, self.invent, self.invent, self.leave, self.mark,
            self.export, self.receive, self.send, self.move,
            self.enlist, self.enlist, self.strike, self.lay, self.lay, self.take,
        )  # fmt: skip
        try:
            self.add()
            self.open()
            for _ in range(things):
                self._try(self.chance.choice(tried))
        finally:
            for desk in (self.desk, *self.others):
                desk.close()

    def _try(self, thing: Callable[[], None]) -> None:
        with contextlib.suppress(NotAllowed, SameOfficer):
            thing()
            self.happened.append(thing.__name__)

    # -- officers ---------------------------------------------------------

    def passphrase(self) -> str:
        return "test " + " ".join(self.chance.choices(WORDS, k=5))

    def name(self) -> str:
        return f"{self.chance.choice('ABCDEFGHIJ')}ex {self.chance.choice('ÅÉß')} Test"

    def somebody(self) -> str:
        """An officer who is not disabled; their id."""
        return self.chance.choice([o.id for o in self.desk.officers() if o.active])

    def second(self) -> Signer:
        """Somebody else at the same screen, who may be a second person where there is one."""
        others = [o for o in self.desk.officers() if o.active and o.id != self.desk.officer.id]
        able = [o for o in others if o.role != "auditor"] or others or [self.desk.officer]
        other = self.chance.choice(able)
        return self.desk.second(other.name, self.known[other.id])

    def add(self) -> None:
        passphrase, role = self.passphrase(), self.chance.choice(get_args(acts.Role))
        self.known[self.desk.add_officer(self.name(), passphrase, role).id] = passphrase

    def rename(self) -> None:
        id = self.somebody()
        self.desk.rename_officer(id, self.name(), self.known[id])

    def give(self) -> None:
        role = self.chance.choice(get_args(acts.Role))
        self.desk.give_role(self.somebody(), role, "A test's reason.", self.second())

    def disable(self) -> None:
        self.desk.disable_officer(self.somebody(), "A test's reason.", self.second())

    def change(self) -> None:
        mine, passphrase = self.desk.officer.id, self.passphrase()
        self.desk.change_passphrase(self.known[mine], passphrase)
        self.known[mine] = passphrase

    def rekey(self) -> None:
        self.desk.rekey("A test's reason.")

    def share(self) -> None:
        self.desk.adopt_shares(self.desk.draw_shares(2, 3))

    def enlist(self) -> None:
        key = self.chance.choice(KEYS)
        self.desk.add_recipient(self.name(), key, "typed", fingerprint(key))

    def strike(self) -> None:
        self.desk.remove_recipient(self.chance.choice(KEYS), "A test's reason.")

    def sit(self) -> None:
        """Another officer sits down; somebody may have tried before."""
        self.desk.close()
        able = [o.id for o in self.desk.officers() if o.active and o.role == "administrator"]
        id = self.chance.choice([*able, self.somebody()])
        name = self.desk.officer_name(id)
        if self.chance.random() < 0.5:
            with contextlib.suppress(WrongPassphrase):
                Desk.open(self.path, name, "test nothing at all", clock=self.clock)
        self.desk = Desk.open(self.path, name, self.known[id], clock=self.clock)

    # -- appointees -------------------------------------------------------

    def dossier(self) -> str:
        """A dossier that can be read; its id."""
        there = [card.id for card in self.desk.cards() if card.stage != "erased"]
        if not there:
            raise NotAllowed("there is none")
        return self.chance.choice(there)

    def open(self) -> None:
        self.desk.open_dossier(someone(self.chance.choice(("general", "key", "core"))))

    def act(self) -> None:
        self.desk.act(self.dossier(), self.anything())

    def anything(self) -> acts.Act:
        options = (
            acts.Answered(question="ever", answer=False),
            acts.Answered(question="ever", answer=True, follow_up="Long ago."),
            acts.Answered(question="posts", answer=[{"post": "Ünïtest clerk 1.0"}]),
            acts.Corrected(particulars=someone("key", name="Other  Someone"), reason="Misread."),
            acts.Withdrawn(reason="Took up another post."),
            acts.Reopened(reason="Came back."),
            acts.Noted(text="Asked for a break.", question="ever"),
            acts.Noted(text="Ünïtest: came late."),
            acts.Printed(document="screening", sha256="ab" * 32, to="folder"),
        )
        return self.chance.choice(options)

    def erase(self) -> None:
        self.desk.erase(self.dossier(), "A test's reason.", self.second())

    def leave(self) -> None:
        about = self.chance.choice(("", self.dossier()))
        self.desk.leave(Left(about, ("interview",), {"note": "Hälf a sentence"}))

    def export(self) -> None:
        self.desk.export(self.path.parent, TO, [self.dossier()])

    def lay(self) -> None:
        there = [card.id for card in self.desk.cards() if card.stage != "erased"]
        if there:
            some = self.chance.sample(there, self.chance.randint(1, len(there)))
            lay(self.desk._vault, self.chance.randrange(3), *some)

    def take(self) -> None:
        self.desk._vault.drop_sheets([self.chance.randrange(3)])

    def mark(self) -> None:
        self.desk.mark(self.dossier(), "ever", self.chance.random() < 0.7)

    def invent(self) -> None:
        stage = self.chance.choice(STAGES)
        category = self.chance.choice(("general", "key", "core"))
        sample.fill(self.desk, 1, second=self.second(), stages=(stage,), category=category)

    # -- other vaults -----------------------------------------------------

    def other(self) -> Desk:
        """One of two, in which something happens."""
        if len(self.others) < 2:
            path = self.path.with_name(f"other{len(self.others)}")
            desk = begun(path, self.clock, kdf.floors[0], unit="Other unit", officer=THIRD)
            desk.open_dossier(someone("general"))
            self.others.append(desk)
        desk = self.chance.choice(self.others)
        with contextlib.suppress(NotAllowed):
            desk.act(self.chance.choice(desk.cards()).id, self.anything())
        return desk

    def receive(self) -> None:
        taken(self.desk, self.other())

    def send(self) -> None:
        taken(self.other(), self.desk, self.dossier())

    def move(self) -> None:
        one, other = self.other(), self.other()
        if one is not other:
            taken(one, other)

    def way(self) -> tuple[str, str]:
        """Name and passphrase of somebody who can unlock."""
        id = next(iter(o.id for o in self.desk.officers() if o.active))
        return self.desk.officer_name(id), self.known[id]


def flip(path: Path, chance: random.Random) -> str:
    """One byte of one value is another; which one."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        while True:
            table = chance.choice(tables)[0]
            column = chance.choice([row[1] for row in db.execute(f"PRAGMA table_info({table})")])
            there = f"{column} NOTNULL"
            if column == "commitment":  # that of an erased dossier is bound by nothing
                there = "key NOTNULL"
            rows = db.execute(f"SELECT rowid, {column} FROM {table} WHERE {there}")
            found = rows.fetchall()
            if not found:
                continue
            row, value = chance.choice(found)
            bad, at = _flipped(value, chance)
            try:
                db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (bad, row))
            except sqlite3.IntegrityError:
                continue  # no file of the format can hold it
            db.commit()
            return f"{table}.{column} of row {row}, byte {at}"


def _flipped(value: int | str | bytes, chance: random.Random) -> tuple[int | str | bytes, int]:
    if isinstance(value, int):
        bit = chance.randrange(40)
        return value ^ (1 << bit), bit // 8
    data = bytearray(value.encode() if isinstance(value, str) else value)
    at = chance.randrange(len(data))
    data[at] ^= 1 << chance.randrange(7 if isinstance(value, str) else 8)
    return (data.decode() if isinstance(value, str) else bytes(data)), at
