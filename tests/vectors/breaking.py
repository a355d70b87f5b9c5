"""Broken vaults: what somebody did with the file in hand, or with the vault's key past the
desk. Each builder tells the place of a fault that a verifier must report.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from secterm.archive.parts import packed
from secterm.archive.recipients import fingerprint
from secterm.archive.tar import Member
from secterm.desk.desk import Desk
from secterm.desk.recording import Recorder
from secterm.dossier import entries as acts
from secterm.dossier.entries import VaultAct
from secterm.vault import keys
from secterm.vault.note import TIMESTAMP_SIZE, cosign_mldsa44
from secterm.vault.seal import seal
from secterm.vault.signer import Signer
from tests.support.paper import someone
from tests.support.sheets import card, columns, lay
from tests.vectors.make import (
    FIRST,
    KEYS,
    SECOND,
    THIRD,
    Builder,
    Clock,
    Told,
    begun,
    taken,
    way,
)

Change = Callable[[sqlite3.Connection], object]


def small(path: Path, clock: Clock | None = None) -> tuple[Desk, str]:
    """A vault with two officers and a dossier; its id."""
    desk = begun(path, clock)
    desk.add_officer(*SECOND)
    id = desk.open_dossier(someone("general"))
    desk.act(id, acts.Answered(question="ever", answer=False))
    desk.act(id, acts.Answered(question="posts", answer=[{"post": "Test clerk"}]))
    return desk, id


def changed(path: Path, change: Change) -> None:
    """The file with its rows changed, without a key."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        change(db)
        db.commit()


def last(path: Path) -> int:
    """The number of the last entry."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT max(number) FROM entry").fetchone()[0])


def past(desk: Desk, signer: Signer, strand: str, act: VaultAct | acts.Act) -> int:
    """An entry of this strand, signed by this officer as if they might; its number."""
    vault, raw = desk._vault, bytes.fromhex(strand)
    with vault.transaction(signer) as work:
        record = Recorder(work, signer.officer, desk._watch.read(), "administrator")
        if isinstance(act, acts.Act):
            desk._append(record, strand, *desk._shelf.state(strand), [act])
            number = vault.size
        else:
            number = record.vault(raw, act)
        if isinstance(act, acts.OfficerDisabled):
            work.remove_slot(desk._registry.officers[strand].history.slot)
    return number


# -- with the file in hand -------------------------------------------------


def flipped_seal(path: Path) -> Told:
    desk, _id = small(path)
    desk.close()

    def change(db: sqlite3.Connection) -> None:
        (sealed,) = db.execute("SELECT sealed FROM entry WHERE number = 6").fetchone()
        bad = bytes([*sealed[:40], sealed[40] ^ 1, *sealed[41:]])
        db.execute("UPDATE entry SET sealed = ? WHERE number = 6", (bad,))

    changed(path, change)
    return {"what": "A bit of an entry's seal is another.", "fault": "entry.6"}


def cut_end(path: Path) -> Told:
    desk, _id = small(path)
    desk.close()
    end = last(path)
    changed(path, lambda db: db.execute("DELETE FROM entry WHERE number = ?", (end,)))
    changed(path, lambda db: db.execute("DELETE FROM signature WHERE size = ?", (end + 1,)))
    return {"what": "The last transaction is gone, with its signature.", "fault": "head.1"}


def slots_exchanged(path: Path) -> Told:
    desk, _id = small(path)
    desk.add_officer(*THIRD)
    desk.close()

    def change(db: sqlite3.Connection) -> None:
        rows = db.execute("SELECT sealed, rowid FROM slot ORDER BY rowid").fetchall()[1:]
        for (sealed, _), (_, row) in zip(rows, reversed(rows), strict=True):
            db.execute("UPDATE slot SET sealed = ? WHERE rowid = ?", (sealed, row))

    changed(path, change)
    return {"what": "Two slots have each other's seal.", "fault": "slot"}


def head_put_back(path: Path) -> Told:
    clock = Clock()
    desk, id = small(path, clock)
    desk.close()
    with contextlib.closing(sqlite3.connect(path)) as db:
        (head,) = db.execute("SELECT sealed FROM head").fetchone()
    desk = Desk.open(path, *FIRST, clock=clock)
    desk.act(id, acts.Withdrawn(reason="Took up another post."))
    desk.close()
    changed(path, lambda db: db.execute("UPDATE head SET sealed = ?", (head,)))
    return {"what": "The head is that of an earlier day.", "fault": "head.1"}


def draft_moved(path: Path) -> Told:
    desk, id = small(path)
    other = desk.open_dossier(someone("key"))
    desk.mark(id, "ever", True)
    desk.close()
    raw = bytes.fromhex(other)
    changed(path, lambda db: db.execute("UPDATE draft SET dossier = ?", (raw,)))
    return {"what": "A draft is another dossier's.", "fault": f"draft.{other}", "alone": True}


def draft_of_the_erased(path: Path) -> Told:
    desk, id = small(path)
    desk.mark(id, "ever", True)
    with contextlib.closing(sqlite3.connect(path)) as db:
        row = db.execute("SELECT dossier, sealed FROM draft").fetchone()
    desk.erase(id, "The time for keeping it is over.", desk.second(*SECOND))
    desk.close()
    changed(path, lambda db: db.execute("INSERT INTO draft VALUES (?, ?)", row))
    return {
        "what": "The draft of an erased dossier is there again.",
        "fault": f"draft.{id}",
        "alone": True,
    }


def sheet_moved(path: Path) -> Told:
    desk, id = small(path)
    lay(desk._vault, 0, id)
    desk.close()
    changed(path, lambda db: db.execute("UPDATE sheet SET place = 1"))
    return {"what": "A sheet is in another place.", "fault": "sheet.1", "alone": True}


def sheet_of_the_erased(path: Path) -> Told:
    desk, id = small(path)
    desk.open_dossier(someone("key"))
    lay(desk._vault, 0, id)
    with contextlib.closing(sqlite3.connect(path)) as db:
        row = db.execute("SELECT place, sealed FROM sheet").fetchone()
    desk.erase(id, "The time for keeping it is over.", desk.second(*SECOND))
    desk.close()
    changed(path, lambda db: db.execute("INSERT OR REPLACE INTO sheet VALUES (?, ?)", row))
    return {
        "what": "A sheet of before an erasure is there again.",
        "fault": "sheet.0",
        "alone": True,
    }


def key_put_back(path: Path) -> Told:
    desk, id = small(path)
    kept = path.with_name("kept.vault")
    shutil.copy(path, kept)
    with contextlib.closing(sqlite3.connect(kept)) as db:
        key = db.execute("SELECT key FROM dossier WHERE id = ?", (bytes.fromhex(id),)).fetchone()
    desk.erase(id, "The time for keeping it is over.", desk.second(*SECOND))
    desk.close()
    raw = bytes.fromhex(id)
    changed(path, lambda db: db.execute("UPDATE dossier SET key = ? WHERE id = ?", (*key, raw)))
    return {"what": "An erased dossier has its old key again.", "fault": f"dossier.{id}"}


# -- past the desk, with the vault's key -----------------------------------


def alone(what: str, number: int) -> Told:
    """What is told of a vault in which one entry should not be, and all else holds."""
    return {"what": what, "fault": f"entry.{number}", "alone": True}


def by_auditor(path: Path) -> Told:
    desk, id = small(path)
    desk.add_officer(*THIRD, "auditor")
    auditor = desk._vault.identify(*THIRD)
    number = past(desk, auditor, id, acts.Answered(question="ever", answer=False))
    desk.close()
    return alone("An auditor signed an answer.", number)


def by_disabled(path: Path) -> Told:
    desk, id = small(path)
    second = desk.second(*SECOND)
    desk.disable_officer(second.officer.hex(), "Left the unit.")
    number = past(desk, second, id, acts.Answered(question="ever", answer=False))
    desk.close()
    return alone("A disabled officer signed an answer.", number)


def by_one(path: Path) -> Told:
    desk, _id = small(path)
    cid = desk.add_officer(*THIRD, "administrator")
    act = acts.OfficerDisabled(reason="Left the unit.", proposed=0)
    number = past(desk, desk._vault.signer, cid.id, act)
    desk.close()
    return alone("An administrator was disabled by one person alone.", number)


def by_same(path: Path) -> Told:
    desk, _id = small(path)
    cid = desk.add_officer(*THIRD, "administrator")
    signer = desk._vault.signer
    vault = desk._vault.id.hex()
    proposal = acts.Proposed(what="disable", about=cid.id, reason="Left the unit.")
    proposed = past(desk, signer, vault, proposal)
    act = acts.OfficerDisabled(reason="Left the unit.", proposed=proposed)
    number = past(desk, signer, cid.id, act)
    desk.close()
    return alone("An administrator was disabled by who had proposed it.", number)


def by_two_names(path: Path) -> Told:
    desk, _id = small(path)
    desk.add_recipient("Registry", KEYS[0], "typed", fingerprint(KEYS[0]))
    act = acts.RecipientAdded(name="Another registry", key=KEYS[0], source="typed")
    number = past(desk, desk._vault.signer, desk._vault.id.hex(), act)
    desk.close()
    return alone("A recipient's key was added again, under another name.", number)


def receipt(path: Path) -> Told:
    desk, _id = small(path)
    act = acts.Exported(
        file="secterm-9-abababab.age",
        sha256="00" * 32,
        size=1,
        before=desk._vault.size,
        root="ab" * 32,
        dossiers=1,
        recipients=("passphrase",),
        medium=acts.MediumRef(kind="usb"),
    )
    number = past(desk, desk._vault.signer, desk._vault.id.hex(), act)
    desk.close()
    return alone("A receipt names a checkpoint that never was here.", number)


def cosignature(path: Path) -> Told:
    desk, _id = small(path)
    vault, witness = desk._vault, f"secterm/{'ab' * 16}"
    short, long = Ed25519PrivateKey.generate(), MLDSA44PrivateKey.generate()
    line = cosign_mldsa44(vault.checkpoint(), witness, long, 1_741_000_000)
    signature = line.signature[TIMESTAMP_SIZE:]
    act = acts.Cosigned(
        witness="Registry",
        origin=witness,
        log_ed25519=short.public_key().public_bytes_raw().hex(),
        log_mldsa44=long.public_key().public_bytes_raw().hex(),
        size=vault.size,
        root=vault.checkpoint().root.hex(),
        time=1_741_000_000,
        signature=(bytes([signature[0] ^ 1]) + signature[1:]).hex(),
    )
    number = past(desk, vault.signer, vault.id.hex(), act)
    desk.close()
    return alone("A witness's cosignature has a flipped bit.", number)


def sheet_by_another_name(path: Path) -> Told:
    desk, id = small(path)
    told = card(desk._vault, id) | {"name": "Somebody Else"}
    desk._vault.write_sheet(0, columns([told]))
    desk.close()
    return {
        "what": "A sheet has another name than the dossier's card.",
        "fault": "sheet.0",
        "alone": True,
    }


def received_resealed(path: Path) -> Told:
    """An answer in a part is another, and is sealed anew: whoever has the part has its key."""

    def resealed(members: Iterable[Member]) -> str:
        files = dict(members)
        key = next((json.loads(d) for n, d in files.items() if n.startswith("dossiers/")), None)
        for name in [n for n, d in files.items() if key and b'"answer":false' in d]:
            files[name] = files[name].replace(b'"answer":false', b'"answer":true')
            vault, id = bytes.fromhex(key["vault"]), bytes.fromhex(key["dossier"])
            number = int(name.rpartition("/")[2].removesuffix(".json"))
            sealed = seal(
                keys.entry_key(bytes.fromhex(key["key"])),
                keys.entry_place(vault, id, number),
                files[name],
            )
            files[name.replace(".json", ".sealed")] = sealed
        return packed(files.items())

    clock = Clock()
    other = small(path.with_name("other"), clock)[0]
    desk = begun(path, clock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("secterm.archive.parts.packed", resealed)
        taken(desk, other)
    desk.close()
    other.close()
    return alone(
        "An answer that came from another vault was changed by who took it in.", last(path)
    )


def origin_changed(path: Path) -> Told:
    """An officer of another vault has another name there than their entries say."""

    def renamed(members: Iterable[Member]) -> str:
        return packed(
            (n, d.replace(b"Bex Test", b"Bea Test") if n == "officers.json" else d)
            for n, d in members
        )

    clock = Clock()
    other = small(path.with_name("other"), clock)[0]
    desk = begun(path, clock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("secterm.archive.parts.packed", renamed)
        taken(desk, other)
    id = other._vault.id.hex()
    desk.close()
    other.close()
    return {
        "what": "An officer of a vault that dossiers came from has another name than they had.",
        "fault": f"origin.{id}",
    }


def _by_first(builder: Builder) -> Builder:
    return lambda path: builder(path) | {"ways": [way(*FIRST)]}


BROKEN: dict[str, Builder] = {
    f"broken_{builder.__name__}": _by_first(builder)
    for builder in (
        flipped_seal,
        cut_end,
        slots_exchanged,
        head_put_back,
        key_put_back,
        draft_moved,
        draft_of_the_erased,
        sheet_moved,
        sheet_of_the_erased,
        sheet_by_another_name,
        by_auditor,
        by_disabled,
        by_one,
        by_same,
        by_two_names,
        receipt,
        cosignature,
        received_resealed,
        origin_changed,
    )
}
