"""All that a verifier walks: section 16."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from tests.reader import dossiers, received, registry, sheets, walk
from tests.reader.acts import Entry
from tests.reader.basics import Fault, Refused, fingerprint, root_of, short_line
from tests.reader.registry import Registry
from tests.reader.roles import Judge, Person
from tests.reader.vault import Vault
from tests.reader.walk import Draft
from tests.reader.witnesses import Witnesses


@dataclass(frozen=True)
class Report:
    """What was walked and found. `checkpoint` is the short line."""

    entries: int
    checkpoint: str
    fingerprint: str
    registry: Registry
    dossiers: dict[bytes, list[Entry]]
    stages: dict[bytes, str]
    drafts: dict[bytes, Draft]
    sheets: sheets.Sheets
    people: dict[bytes, Person]
    book: dict[str, str]
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        return not self.faults

    def officers(self) -> list[dict[str, object]]:
        """Who there is or was, by id."""
        return [
            {
                "id": id.hex(),
                "name": p.name,
                "role": None if p.disabled else p.role,
                "disabled": p.disabled,
            }
            for id, p in sorted(self.people.items())
        ]

    def told_dossiers(self) -> dict[str, dict[str, object]]:
        """Each dossier that was not erased: its stage by its card, and its entries."""
        return {
            strand.hex(): {
                "stage": self.stages.get(strand, ""),
                "entries": [_told(entry) for entry in entries],
            }
            for strand, entries in self.dossiers.items()
        }


def _told(entry: Entry) -> dict[str, object]:
    """An entry as JSON, with the vault in whose journal it stands, where that is another."""
    where = {"vault": entry.vault.hex()} if entry.vault else {}
    return {"number": entry.number, **entry.told, **where}


def verified(vault: Vault, earlier: str = "") -> Report:
    """Walks the whole vault. `earlier` is a short line that today's log must continue."""
    faults: list[Fault] = []
    try:
        return _verified(vault, earlier, faults)
    except sqlite3.DatabaseError:
        raise Refused("the file is damaged") from None


def _verified(vault: Vault, earlier: str, faults: list[Fault]) -> Report:
    known = registry.collected(vault, faults)
    log = walk.walked(vault, known, faults)
    read = dossiers.read(vault, known, faults)
    entries = {e.number: e for e in known.entries}
    entries |= {e.number: e for strand in read.values() for e in strand}
    judge = Judge(vault.id, known, faults)
    who = judge.judge(log, entries)
    checker = dossiers.Dossiers(vault, known, who, faults)
    came = received.in_vault(vault.id, known, log, who, faults)
    checker.elsewhere = came.at
    for strand, inside in read.items():
        through = came.through(inside)
        if through:
            read[strand] = through
            checker.check(strand, through)
    told = sheets.read(vault, known, log, faults)
    for strand, number in known.erased.items():
        if strand not in log.strands:
            faults.append(Fault("entry", str(number), "sealed", "there was no such dossier"))
        for after in log.strands.get(strand, []):
            if after > number:
                faults.append(Fault("entry", str(after), "dossier", "follows the erasure"))
    for entry in known.entries:
        if entry.name == "exported" and not _was_here(log.leaves, entry):
            faults.append(Fault("entry", str(entry.number), "sealed", "never was here"))
    Witnesses(vault.origin, log.leaves, faults).check(known.entries)
    if earlier and not continues(log.leaves, earlier):
        faults.append(Fault("entry", "", "", "the log does not continue the earlier checkpoint"))
    keys = known.log_keys
    return Report(
        entries=len(log.leaves),
        checkpoint=short_line(len(log.leaves), log.root),
        fingerprint=fingerprint(vault.origin, *keys) if keys else "",
        registry=known,
        dossiers=read,
        stages=checker.stages,
        drafts=log.drafts,
        sheets=told,
        people=judge.people,
        book={key: name for key, (name, _) in judge.book.items()},
        faults=tuple(sorted(set(faults))),
    )


def _was_here(leaves: list[bytes], receipt: Entry) -> bool:
    """Whether this log had the checkpoint that a receipt names."""
    before = receipt.number_of("before")
    if before is None or not 0 <= before <= min(receipt.number, len(leaves)):
        return False
    return root_of(leaves[:before]) == receipt.id("root")


def continues(leaves: list[bytes], line: str) -> bool:
    """Whether this log continues the one of an earlier short line."""
    found = re.fullmatch(r"([0-9]+):([0-9a-f]{20})", re.sub(r"[\s-]", "", line).lower())
    if found is None or int(found[1]) > len(leaves):
        return False
    return root_of(leaves[: int(found[1])]).hex()[:20] == found[2]
