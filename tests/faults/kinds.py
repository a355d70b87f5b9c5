"""What an officer does when something fails underneath: each kind of act without end,
and how to see afterwards that what was told of it is there.

A kind is a function that takes an unlocked desk and the folder of its vault, acts, and
yields words on each thing once the desk has confirmed it. Its decorator names the
appointees that it needs and the function that looks for those words in a vault.
"""

import hashlib
import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyrage

from secterm.archive.recipients import Recipients
from secterm.desk import restoring
from secterm.desk.desk import Desk
from secterm.desk.drafts import Left
from secterm.dossier import entries as acts
from secterm.vault import kdf
from tests.support.archives import SMALL_PACK
from tests.support.house import OFFICER, SECOND
from tests.support.paper import someone
from tests.support.sheets import lay

# An age key that opens nothing but the archives of these tests.
KEY = pyrage.x25519.Identity.from_str(
    "AGE-SECRET-KEY-1N0TN2KEYF7L0VJ6QG5627GQD77W69X0HYE2DGFA97WYYE3W0799SRWS7GY"
)
TO = Recipients((str(KEY.to_public()),))
SECRET = "a test's own signing secret"
SHEETS = 1000  # the first place

Life = tuple[str, str]  # stage and category
Words = tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """The appointees that there must be, what is done, and whether it was."""

    lives: tuple[Life, ...]
    work: Callable[[Desk, Path], Iterator[Words]]
    there: Callable[[Desk, Path, Words], bool]
    bring: Callable[[Path], None]  # what must be in the folder beside the vault


KINDS: dict[str, Kind] = {}


def kind(
    *lives: Life,
    there: Callable[[Desk, Path, Words], bool],
    bring: Callable[[Path], None] = lambda folder: None,
):
    """Makes a function a kind of its name."""

    def known(work: Callable[[Desk, Path], Iterator[Words]]):
        KINDS[work.__name__] = Kind(lives, work, there, bring)
        return work

    return known


def room(folder: Path) -> Path:
    """A new folder with the small pack in it."""
    pack = folder / "pack"
    pack.mkdir(parents=True)
    for name, text in SMALL_PACK.items():
        (pack / name).write_text(text)
    return folder


def made(folder: Path) -> Desk:
    """A new vault in such a folder, under its pack."""
    return Desk.create(
        folder / "v.db",
        unit="Test unit",
        officer=OFFICER[0],
        passphrase=OFFICER[1],
        cost=kdf.floors[0],
        pack=folder / "pack",
    )


def at(desk: Desk, stage: str) -> Iterator[str]:
    """The dossiers at this stage."""
    yield from [card.id for card in desk.cards() if card.stage == stage]


def said(desk: Desk, id: str) -> list[acts.Act]:
    return [numbered.entry.act for numbered in desk.dossier(id).entries]


def answered_there(desk: Desk, _folder: Path, words: Words) -> bool:
    id, note = words
    return any(isinstance(act, acts.Answered) and act.note == note for act in said(desk, id))


@kind(("opened", "general"), there=answered_there)
def answers(desk, _folder):
    id = desk.cards()[0].id
    for number in itertools.count(len(desk.dossier(id).entries)):
        note = f"answer-{number}"
        desk.act(id, acts.Answered(question="ever", answer=False, note=note))
        yield id, note


def opened_there(desk: Desk, _folder: Path, words: Words) -> bool:
    return words[0] in {card.id for card in desk.cards()}


@kind(there=opened_there)
def openings(desk, _folder):
    for number in itertools.count(len(desk.cards())):
        yield (desk.open_dossier(someone(identity_number=f"TEST-{number}")),)


def signed_there(desk: Desk, _folder: Path, words: Words) -> bool:
    return any(isinstance(act, acts.Signed) for act in said(desk, words[0]))


@kind(*[("undertaking", "general")] * 6, there=signed_there)
def signing(desk, _folder):
    for id in at(desk, "undertaking"):
        name = desk.dossier(id).state.particulars.name
        desk.sign(id, desk.undertaking(id), name, SECRET)
        yield (id,)


SAID_BY = {"one": acts.Decided, "two": acts.Seconded}


def decided_there(desk: Desk, _folder: Path, words: Words) -> bool:
    id, by = words
    return any(isinstance(act, SAID_BY[by]) for act in said(desk, id))


@kind(*[("decision", "core")] * 3, there=decided_there)
def decision(desk, _folder):
    second = desk.second(*SECOND)
    for id in at(desk, "decision"):
        decided = acts.Decided(decision="admit", reason="As found.")
        number = desk.act(id, decided).state.decision.number
        yield id, "one"
        desk.act(id, acts.Seconded(decided=number, agrees=True), signer=second)
        yield id, "two"


def archived_there(desk: Desk, folder: Path, words: Words) -> bool:
    id, name, sha256 = words
    archived = [act for act in said(desk, id) if isinstance(act, acts.Archived)]
    return hashlib.sha256((folder / "medium" / name).read_bytes()).hexdigest() == sha256 and (
        name,
        sha256,
    ) in {(act.file, act.sha256) for act in archived}


@kind(("admitted", "general"), there=archived_there)
def export(desk, folder):
    id = desk.cards()[0].id
    (folder / "medium").mkdir(exist_ok=True)
    while True:
        written = desk.export(folder / "medium", TO, [id])
        yield id, written.path.name, written.sha256


def joined_there(desk: Desk, _folder: Path, words: Words) -> bool:
    return words[0] in {officer.id for officer in desk.officers()}


@kind(there=joined_there)
def officers(desk, _folder):
    for number in itertools.count(len(desk.officers())):
        passphrase = f"test copper meadow violin {number}"
        yield (desk.add_officer(f"Officer {number} Test", passphrase).id,)


def rekeyed_there(desk: Desk, _folder: Path, words: Words) -> bool:
    entries = desk._vault.entries(desk._vault.id)
    done = [acts.decode_vault(plain).act for _, plain in entries]
    return acts.Rekeyed(reason=words[0]) in done


@kind(("admitted", "general"), there=rekeyed_there)
def rekey(desk, _folder):
    for number in itertools.count(desk._vault.size):
        reason = f"New-key-{number}"
        desk.rekey(reason)
        yield (reason,)


def erased_there(desk: Desk, _folder: Path, words: Words) -> bool:
    id, what = words
    stages = {card.id: card.stage for card in desk.cards()}
    return stages[id] == "erased" or (what == "opened" and stages[id] == "screening")


@kind(there=erased_there)
def erasure(desk, _folder):
    second = desk.second(*SECOND)
    while True:
        id = desk.open_dossier(someone())
        yield id, "opened"
        desk.erase(id, "It was opened by mistake.", second)
        yield id, "erased"


def left_there(desk: Desk, _folder: Path, words: Words) -> bool:
    """What was told, or what came after it."""
    id, number = words
    left, sheets = desk.left(), {place for place, _, _ in desk._vault.sheets()}
    later = left is not None and left.dossier == id and int(left.typed["note"]) >= int(number)
    return later and SHEETS + int(number) % 2 in sheets


@kind(*[("opened", "general")] * 6, there=left_there)
def drafts_and_sheets(desk, _folder):
    """What is no entry, in transactions of its own."""
    ids, left = sorted(card.id for card in desk.cards()), desk.left()
    for number in itertools.count(int(left.typed["note"]) + 1 if left else 0):
        lay(desk._vault, SHEETS + number % 2, *ids)
        desk.leave(Left(ids[0], ("interview",), {"note": str(number)}))
        yield ids[0], str(number)


def shares_there(desk: Desk, _folder: Path, words: Words) -> bool:
    return len(desk._registry.recoveries) >= int(words[0])


@kind(there=shares_there)
def recovery(desk, _folder):
    while True:
        desk.adopt_shares(desk.draw_shares(2, 3))
        yield (str(len(desk._registry.recoveries)),)


def two_archives(folder: Path) -> None:
    """A terminal's, as it was and as it went on, and what opens them; one dossier a transaction."""
    terminal, stick = room(folder / "terminal"), folder / "stick"
    stick.mkdir()
    (stick / "key.txt").write_text(f"{KEY}\n")
    desk = made(terminal)
    try:
        ids = [desk.open_dossier(someone(identity_number=f"TEST-{n}")) for n in range(3)]
        desk.export(stick, TO).path.rename(stick / "1.age")
        for id in ids[:2]:
            desk.act(id, acts.Answered(question="ever", answer=False))
        desk.export(stick, TO).path.rename(stick / "2.age")
    finally:
        desk.close()
    shutil.rmtree(terminal)


def looked(folder: Path, name: str) -> restoring.Looked:
    return restoring.look(folder / "stick" / name, identity=folder / "stick" / "key.txt")


def restored_there(desk: Desk, folder: Path, words: Words) -> bool:
    """A second time it brings nothing."""
    archive = looked(folder, words[0])
    made = desk.restore(archive, archive.walk.own)
    return len(made.same) == made.all == 3


@kind(("opened", "general"), there=restored_there, bring=two_archives)
def restores(desk, folder):
    restoring.TOGETHER = 1
    for name in ("1.age", "2.age"):
        archive = looked(folder, name)
        made = desk.restore(archive, archive.walk.own)
        if len(made.same) < made.all:
            yield (name,)
