"""Dossiers in a whole archive, and the vaults that they came from: sections 8, 9 and 16."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reader import acts, strands
from tests.reader.acts import Entry, Json
from tests.reader.basics import Broken, Fault
from tests.reader.dossiers import Dossiers, Whose
from tests.reader.received import Home, Origin, Received
from tests.reader.registry import Registry
from tests.reader.roles import power

if TYPE_CHECKING:
    from tests.reader.archive import Archive

RECORD = (
    "id", "unit", "as_of", "stage", "next", "lapses_on", "cooling_off", "particulars", "pack",
    "gates", "answers", "findings", "timeline",
)  # fmt: skip
EVENT = ("number", "at", "officer", "what", "act")


def check(archive: Archive) -> None:
    """Every officer's strand, and then every dossier, each after the vaults that it came from."""
    records = Records(archive)
    for folder in archive.folders("origins", "dossiers"):
        if folder.startswith("origins/"):
            records.origin(folder)
        else:
            records.dossier(folder)
    records.done()


class Records:
    """Goes through an archive's folders, with what stood in those before."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.people = archive, strands.officers(archive)
        self.told: list[Fault] = []
        who = archive.officers, archive.recoveries, self.people
        home = Home(archive.vault, archive.log[0], *who, lambda size, _: size <= archive.point.size)
        self.came = Received(home, self.told)
        registry = Registry(packs=archive.packs)
        whose = Whose(archive.vault, archive.cheap)
        self.dossiers = Dossiers(whose, registry, self.people, self.told)
        self.dossiers.elsewhere = self.came.at
        self.next: dict[bytes, str] = {}  # vaults from which the next dossier must have come

    def origin(self, folder: str) -> None:
        """What is known of another vault: a strand of this one."""
        entries = self._strand(folder, acts.ANOTHER)
        if not entries:
            return
        vault = entries[0].strand
        if vault == self.archive.vault:
            self.archive.tell(folder, "is of no other vault")
            return
        self.came.join(Origin(vault, None, entries, self.told))
        self.next[vault] = folder

    def dossier(self, folder: str) -> None:
        """One dossier, through what it received."""
        archive, before = self.archive, len(self.told)
        due, self.next = self.next, {}
        own = self._strand(folder, acts.DOSSIER)
        entries = self.came.through(own) if own else None
        if not entries:
            return
        for vault in due.keys() - {e.id("vault") for e in entries if e.name == "received"}:
            archive.tell(due[vault], "is of a vault from which the next dossier did not come")
        particulars = self.dossiers.told(entries)
        if len(self.told) == before:
            _counted(archive, entries)
        _undertaking(archive, folder, entries)
        try:
            self._record(folder, entries, particulars)
        except (Broken, KeyError, TypeError) as broken:
            archive.tell(f"{folder}/dossier.json", broken)

    def done(self) -> None:
        """After the last folder."""
        for folder in self.next.values():
            self.archive.tell(folder, "is of a vault from which no dossier came")
        self.archive.faults += self.told
        self.archive.checked += self.came.checked

    def _strand(self, folder: str, known: dict[str, dict]) -> list[Entry]:
        """Its entries that hold; of each is told whose role did not allow it."""
        archive, entries = self.archive, strands.read(self.archive, folder, known)
        if not entries:
            archive.tell(folder, "has no entry that holds")
        for entry in entries:
            who = self.people.at(entry.number)[1].get(entry.officer)
            if who is None or not who.may(power(entry.name)):
                archive.tell(strands.place(entry, folder), "its officer's role does not allow it")
            else:
                archive.had("entries by officers who were allowed to")
        return entries

    def _record(
        self, folder: str, entries: list[Entry], particulars: dict[str, str] | None
    ) -> None:
        """Section 8: the readable record tells of these entries, one for one, and no other."""
        archive, first = self.archive, entries[0]
        told = archive.value(f"{folder}/dossier.json")
        if not isinstance(told, dict) or tuple(told) != RECORD:
            raise Broken("has other fields")
        timeline = told["timeline"]
        if not isinstance(timeline, list):
            raise Broken("has other fields")
        shown = [event if isinstance(event, dict) else {} for event in timeline]
        if any(tuple(event) not in (EVENT, (*EVENT, "vault")) for event in shown):
            raise Broken("has other fields")
        if (told["id"], told["as_of"]) != (folder.partition("/")[2], archive.day):
            raise Broken("is another's, or of another day")
        if told["unit"] != (first.unit or archive.manifest.get("unit")):
            raise Broken("names another unit")
        if (told["particulars"], told["pack"]) != (particulars, first.act.get("pack")):
            raise Broken("names another person or pack")
        names = self.came.names()
        if [{**event, "what": ""} for event in shown] != [_event(e, names) for e in entries]:
            raise Broken("tells of other entries")
        archive.had("acts in timelines against their entries", len(shown))


def _event(entry: Entry, names: dict[str, str]) -> dict[str, Json]:
    """What a timeline says of an entry, without the sentence."""
    where: dict[str, Json] = {"vault": entry.vault.hex()} if entry.vault else {}
    told = (entry.number, entry.told["at"], names[entry.officer.hex()], "", entry.told["act"])
    return {**dict(zip(EVENT, told, strict=True)), **where}


def _undertaking(archive: Archive, folder: str, entries: list[Entry]) -> None:
    """Section 9: the text that was signed last is shown."""
    signed = [entry for entry in entries if entry.name == "signed"]
    shown = archive.files.get(f"{folder}/undertaking.txt")
    if shown != (signed[-1].text("text").encode() if signed else None):
        archive.tell(f"{folder}/undertaking.txt", "is not the text that was signed")


def _counted(archive: Archive, entries: list[Entry]) -> None:
    """What `Dossiers` found right."""
    for entry in entries:
        signatures = entry.act.get("signatures")
        if entry.name == "signed" and isinstance(signatures, list):
            archive.had("signatures under undertakings", len(signatures))
        if entry.name == "acknowledged":
            archive.had("rules by the text that was acknowledged")
