"""Makes the vectors that are not there yet: python -m tests.vectors.make

Each is built through the desk, under the cost of real vaults and a clock of its own. A new
format, or a thing that no vector has, takes another builder here; a vector that is committed is
not made again.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest

from secterm.archive.inspect import inspection, walked
from secterm.archive.recipients import fingerprint
from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.desk.drafts import Left
from secterm.desk.restoring import Restored, look
from secterm.desk.upkeep import recover
from secterm.desk.witnessing import read_cosignature
from secterm.dossier import entries as acts
from secterm.vault import kdf, keyfile
from secterm.vault.errors import WrongPassphrase
from secterm.vault.shares import Collected
from tests.support import sticks
from tests.support.archives import SMALL_PACK, TO, identity_file
from tests.support.paper import someone
from tests.support.sheets import lay
from tests.vectors import FOLDER, OPENED

COST = kdf.Cost(t=3, m=65536, p=4)
FIRST = ("Alix Test", "test velvet orbit lantern")
SECOND = ("Bex Test", "test copper meadow violin")
THIRD = ("Cid Test", "test granite pillow comet")
FOURTH = ("Dee Test", "test saffron ladder walrus")
NAMES = ("Central registry", "Regional office Straße", "Bureau Été")
KEYS = (
    "age1vwvl3sj50zsfm4998x6v2r2zrlpha96lz6fsa6d3ngxlvth03s9qddvcmg",
    "age1ek8ssathyxhg7h9emmtuwjs6vgcdsy9gd2t2s4xkqp7sasfwluhsmtvvpk",
    "age147kxsundgra8txchzsvvdgj7yh8xlef7ucx0gad6nzjnnhfnv5hs84phyt",
    "age1dlldt5p2djg9y2ks6sufu6n0hcsmvkgk3k8v5mfesf6qy2e3g4uqgf3hny",
)
ANOTHER = "test amber kettle thunder"

Told = dict[str, object]
Builder = Callable[[Path], Told]


class Clock:
    """Another minute each time it is read."""

    def __init__(self) -> None:
        self._now = datetime(2025, 3, 3, 9, 0, tzinfo=timezone(timedelta(hours=1)))

    def __call__(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now


def begun(
    path: Path,
    clock: Clock | None = None,
    cost: kdf.Cost = COST,
    *,
    unit: str = "Test unit",
    officer: tuple[str, str] = FIRST,
    pack: str = "1",
) -> Desk:
    """A new vault by the small pack (of this version), with its first officer."""
    version = 'version = "1"', f'version = "{pack}"'
    return Desk.create(
        path,
        unit=unit,
        officer=officer[0],
        passphrase=officer[1],
        cost=cost,
        files={name: text.replace(*version).encode() for name, text in SMALL_PACK.items()},
        clock=clock or Clock(),
    )


def way(officer: str, passphrase: str, key_file: str = "") -> Told:
    """A way in, as the JSON has it."""
    told: Told = {"officer": officer, "passphrase": passphrase}
    return told | ({"key_file": key_file} if key_file else {})


def lived(desk: Desk, second: tuple[str, str], *lives: tuple[str, str]) -> None:
    """An invented appointee for each (stage, category)."""
    signer = desk.second(*second)
    for stage, category in lives:
        sample.fill(desk, 1, second=signer, stages=(stage,), category=category)


# -- vaults that hold ------------------------------------------------------


def fresh(path: Path) -> Told:
    begun(path).close()
    return {"what": "A new vault with one officer.", "ways": [way(*FIRST)]}


def stages(path: Path) -> Told:
    clock = Clock()
    desk = begun(path, clock)
    desk.add_officer(*SECOND)
    lived(
        desk,
        SECOND,
        ("admitted", "core"),
        ("conditions", "key"),
        ("second", "core"),
        ("left", "general"),
        ("unsigned", "general"),
        ("withdrawn", "key"),
        ("deferred", "general"),
        ("rules", "general"),
        ("opened", "general"),
    )
    screened = next(card.id for card in desk.cards() if card.stage == "screening")
    desk.act(screened, acts.Noted(text="Asked for a break.", question="ever"))
    desk.act(screened, acts.Noted(text="Will bring a paper of an invented office."))
    desk.mark(screened, "ever", True)
    desk.leave(Left(screened, ("interview", "ever"), {"follow_up": "Hälf a sentence"}))
    desk.close()
    desk = Desk.open(path, *SECOND, clock=clock)
    desk.leave(Left("", ("opening",), {"name": "Xenia Q. Sample"}))
    desk.close()
    return {
        "what": "Dossiers at many stages: undertakings, one with a witness; a decision of two. "
        "Notes; a question marked, and what two officers left unfinished.",
        "ways": [way(*FIRST), way(*SECOND)],
    }


def officers(path: Path) -> Told:
    desk = begun(path)
    bex = desk.add_officer(*SECOND, "administrator")
    cid = desk.add_officer(*THIRD)
    dee = desk.add_officer(*FOURTH)
    desk.rename_officer(cid.id, "Cia Test", THIRD[1])
    desk.give_role(cid.id, "approver", "Gives a second person's word.")
    desk.give_role(bex.id, "auditor", "Reads and verifies.", desk.second("Cia Test", THIRD[1]))
    desk.disable_officer(dee.id, "Left the unit.")
    with tempfile.TemporaryDirectory() as folder:
        file, key = keyfile.make(Path(folder))
        line = file.read_text()
    desk.change_passphrase(FIRST[1], ANOTHER, key_file=key)
    lived(desk, ("Cia Test", THIRD[1]), ("opened", "core"))
    desk.close()
    return {
        "what": "Officers who were renamed, given another role, disabled; a key file.",
        "ways": [way(FIRST[0], ANOTHER, line), way(*SECOND), way("Cia Test", THIRD[1])],
        "refused": [way(FIRST[0], ANOTHER), way(*FOURTH)],
    }


def rekeyed(path: Path) -> Told:
    desk = begun(path)
    desk.add_officer(*SECOND)
    cid = desk.add_officer(*THIRD, "administrator")
    lived(desk, SECOND, ("rules", "general"))
    desk.disable_officer(cid.id, "Left the unit.", desk.second(*SECOND))
    desk.mark(desk.cards()[0].id, "ever", True)
    desk.rekey("Somebody left who had a copy.")
    lived(desk, SECOND, ("opened", "key"))
    desk.close()
    return {
        "what": "An administrator disabled by two persons, a mark; then a new vault key.",
        "ways": [way(*FIRST), way(*SECOND)],
        "refused": [way(*THIRD)],
    }


def recovered(path: Path) -> Told:
    clock = Clock()
    desk = begun(path, clock)
    desk.adopt_shares(desk.draw_shares(1, 1))
    drawn = desk.draw_shares(2, 3)
    desk.adopt_shares(drawn)
    lived_alone = someone("general")
    desk.open_dossier(lived_alone)
    desk.close()
    collected = Collected()
    for words in drawn.words[1:]:
        collected.add(words)
    recover(path, collected, *SECOND, clock=clock)
    return {
        "what": "Recovery shares, 2 of 3, made anew once; with two of them a new administrator.",
        "ways": [way(*FIRST), way(*SECOND), {"shares": list(drawn.words[:2])}],
        "refused": [{"shares": list(drawn.words[:1])}],
    }


def erased(path: Path) -> Told:
    desk = begun(path)
    desk.add_officer(*SECOND)
    lived(desk, SECOND, ("admitted", "general"), ("opened", "key"))
    gone = next(card.id for card in desk.cards() if card.category == "general")
    desk.erase(gone, "The time for keeping it is over.", desk.second(*SECOND))
    lived(desk, SECOND, ("opened", "general"))
    desk.close()
    return {"what": "Three dossiers, one of them erased.", "ways": [way(*FIRST)]}


def tile(path: Path) -> Told:
    desk = begun(path)
    id = desk.open_dossier(someone("general"))
    desk.act(id, *(acts.Answered(question="ever", answer=False) for _ in range(260)))
    desk.close()
    return {"what": "More than 256 entries: a full tile of the tree.", "ways": [way(*FIRST)]}


def unlocking(path: Path) -> Told:
    clock = Clock()
    begun(path, clock).close()
    for _ in range(3):
        try:
            Desk.open(path, FIRST[0], ANOTHER, clock=clock)
        except WrongPassphrase:
            continue
    Desk.open(path, *FIRST, clock=clock).close()
    before = datetime(2025, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=1)))
    desk = Desk.open(path, *FIRST, clock=lambda: before)
    desk.accept_clock()
    desk.open_dossier(someone("general"))
    desk.close()
    return {
        "what": "Three wrong passphrases, then the right one; then a clock that was behind.",
        "ways": [way(*FIRST)],
    }


def recipients(path: Path) -> Told:
    desk = begun(path)
    for name, key, source in zip(NAMES, KEYS[:3], get_args(acts.Source), strict=True):
        desk.add_recipient(name, key, source, fingerprint(key))
    desk.remove_recipient(KEYS[1], "The office was closed.")
    desk.add_recipient(NAMES[1], KEYS[3], "typed", fingerprint(KEYS[3]))
    desk.close()
    return {
        "what": "A recipients' book: keys typed, from a file and from a picture; one was removed, "
        "and another has its name.",
        "ways": [way(*FIRST)],
    }


def archived(path: Path) -> Told:
    desk = begun(path)
    desk.add_officer(*SECOND)
    lived(desk, SECOND, ("admitted", "general"), ("opened", "key"))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        machine = sticks.machine(Path(folder), patch)
        stick = machine.stick(Path(folder, "stick"), label="VIELLAND", id="4C1D-09FA")
        desk.export(stick, TO)
        desk.export(Path(folder), TO, [desk.cards()[0].id])
    desk.close()
    return {
        "what": "Two archives and their receipts: of all onto a stick, of one onto a disk.",
        "ways": [way(*FIRST), way(*SECOND)],
    }


def witnessed(path: Path) -> Told:
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        here, there = begun(path, clock), begun(Path(folder, "registry.vault"), clock)
        for desk in (here, there):
            desk.open_dossier(someone("general"))
        for _ in range(2):
            for desk, witness in ((here, there), (there, here)):
                file = desk.export(Path(folder), TO).path
                walk = walked(file, identity=identity_file(Path(folder)))
                digest = inspection(walk, file).sha256
                cosigned = witness.witness(walk, digest, Path(folder), walk.own)
                if desk is here:
                    found = read_cosignature(cosigned)
                    desk.take_in(found, NAMES[0], found.fingerprint)
        there.close()
        here.close()
    return {
        "what": "Two archives that a witness has seen and cosigned; and two of the witness's own "
        "vault that were seen here.",
        "ways": [way(*FIRST)],
    }


def taken(desk: Desk, other: Desk, *ids: str) -> Restored:
    """What is in another vault, or these dossiers of it, goes into this one, by an archive."""
    with tempfile.TemporaryDirectory() as folder:
        file = other.export(Path(folder), TO, ids or None).path
        archive = look(file, identity=identity_file(Path(folder)))
        return desk.restore(archive, archive.walk.own)


def received(path: Path) -> Told:
    clock = Clock()
    terminal = begun(path.with_name("terminal"), clock, unit="Terminal", officer=THIRD, pack="2")
    terminal.add_officer(*FOURTH)
    lived(terminal, FOURTH, ("admitted", "core"), ("opened", "key"))
    moved, gone = (terminal.open_dossier(someone("general")) for _ in range(2))
    registry = begun(path.with_name("registry"), clock, unit="Registry", officer=FOURTH)
    taken(registry, terminal, moved)
    registry.act(moved, acts.Noted(text="Came to the registry."))
    registry.act(moved, acts.Answered(question="ever", answer=False))
    desk = begun(path, clock)
    desk.add_officer(*SECOND, "administrator")
    own = desk.open_dossier(someone("general"))
    taken(desk, terminal)
    desk.act(moved, acts.Noted(text="Seen before the registry's archive came."))
    taken(desk, registry, moved)
    desk.act(moved, acts.Withdrawn(reason="Took up another post."))
    desk.erase(gone, "The time for keeping it is over.", desk.second(*SECOND))
    terminal.act(moved, acts.Answered(question="ever", answer=True, follow_up="Once."))
    told = taken(desk, terminal, moved, gone)
    assert (list(told.apart), told.erased) == ([moved], [gone])
    taken(registry, desk, own)
    registry.act(own, acts.Noted(text="Was at the registry for a day."))
    taken(desk, registry, own)
    for each in (terminal, registry, desk):
        each.close()
    return {
        "what": "Dossiers that came from one vault and through two, with a pack that only the "
        "first has; one went on in both, and is kept apart; one was erased; one of this vault's "
        "own came home again.",
        "ways": [way(*FIRST), way(*SECOND)],
    }


def sheets(path: Path) -> Told:
    desk = begun(path)
    desk.add_officer(*SECOND)
    lived(desk, SECOND, ("admitted", "core"), ("rules", "general"))
    ids = [desk.open_dossier(someone("general", name="Ünïtest Straße 1")) for _ in range(3)]
    others = [card.id for card in desk.cards() if card.id not in ids]
    lay(desk._vault, 0, *others, *ids)
    as_of = {"0": desk._vault.size}
    desk.act(ids[0], acts.Answered(question="ever", answer=False))
    desk.act(ids[1], acts.Withdrawn(reason="Took up another post."))
    lay(desk._vault, 3, *ids[:2])
    as_of["3"] = desk._vault.size
    desk.act(ids[1], acts.Reopened(reason="Came back."))
    desk.open_dossier(someone("key"))
    desk.close()
    told = {"0": sorted([*others, *ids]), "3": sorted(ids[:2])}
    return {
        "what": "Two sheets: of somebody in both, of somebody to whom something happened since, "
        "and not of the last.",
        "ways": [way(*FIRST)],
        "sheets": {place: {"size": as_of[place], "ids": told[place]} for place in told},
    }


WHOLE: dict[str, Builder] = {
    builder.__name__: builder
    for builder in (
        fresh,
        stages,
        officers,
        rekeyed,
        recovered,
        erased,
        tile,
        unlocking,
        recipients,
        archived,
        witnessed,
        received,
        sheets,
    )
}


# -- what each gives -------------------------------------------------------


def opened(path: Path, way: Told) -> Desk:
    """The vault, unlocked by a way in with a passphrase."""
    with tempfile.TemporaryDirectory() as folder:
        keys = []
        if "key_file" in way:
            file = Path(folder, f"a{keyfile.SUFFIX}")
            file.write_text(str(way["key_file"]))
            keys = [keyfile.read(file)]
    return Desk.open(
        path,
        str(way["officer"]),
        str(way["passphrase"]),
        key_files=keys,
        clock=lambda: OPENED,
    )


def given(desk: Desk) -> Told:
    """What an unlocked vault gives, as the JSON has it."""
    cards = {card.id: card for card in desk.cards()}
    book = {each.key: each.name for each in desk.recipients()}
    return {
        "checkpoint": desk.checkpoint_line(),
        "fingerprint": desk.log_fingerprint(),
        "officers": [
            {"id": o.id, "name": o.name, "role": o.role, "disabled": not o.active}
            for o in sorted(desk.officers(), key=lambda officer: officer.id)
        ],
        "dossiers": {
            id: {
                "stage": cards[id].stage,
                "entries": [
                    {"number": one.number, **json.loads(acts.encode(one.entry))}
                    | ({"vault": one.origin.vault} if one.origin else {})
                    for one in desk.dossier(id).entries
                ],
            }
            for id in sorted(cards)
            if cards[id].stage != "erased"
        },
        "erased": sorted(id for id in cards if cards[id].stage == "erased"),
        "drafts": {
            id.hex(): json.loads(plain)
            for id in sorted(desk._vault.dossiers())
            if (plain := desk._vault.draft(id))
        },
    } | ({"recipients": book} if book else {})


def make(name: str, builder: Builder) -> None:
    """One vector, where it is not there yet."""
    path = FOLDER / f"{name}.vault"
    if path.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "made.vault")
        told = builder(made)
        data = made.read_bytes()
        if "fault" not in told:
            desk = opened(made, told["ways"][0])
            told |= given(desk)
            report = desk.verify()
            desk.close()
            assert report.holds, report.faults
    path.write_bytes(data)
    text = json.dumps({"format": 1, **told}, ensure_ascii=False, indent=1)
    path.with_suffix(".json").write_text(text + "\n")


def main() -> None:
    from tests.vectors.breaking import BROKEN

    kdf.TARGET_SECONDS = 0.0  # no slot's cost is raised by opening what was made
    for name, builder in (WHOLE | BROKEN).items():
        make(name, builder)


if __name__ == "__main__":
    main()
