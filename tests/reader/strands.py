"""Officers' and dossiers' strands in a whole archive: sections 5, 6, 8 and 9."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reader import acts, notes
from tests.reader.acts import Entry
from tests.reader.basics import Broken, Fault, associated, kdf, leaf_hash, unsealed
from tests.reader.dossiers import Dossiers, Whose
from tests.reader.registry import Registry
from tests.reader.roles import SECONDED, Person

if TYPE_CHECKING:
    from tests.reader.archive import Archive

KEY = {"vault": "hex 16", "dossier": "hex 16", "key": "hex 32", "commitment": "hex 32"}
RECORD = (
    "id", "unit", "as_of", "stage", "next", "lapses_on", "cooling_off", "particulars", "pack",
    "gates", "answers", "findings", "timeline",
)  # fmt: skip
EVENT = ("number", "at", "officer", "what", "act")


def check(archive: Archive) -> None:
    """Every officer's strand, and then every dossier."""
    people = People()
    for id in archive.officers:
        entries = read(archive, f"officers/{id}", acts.OFFICER)
        people.lives[bytes.fromhex(id)] = entries
        _officer(archive, id, entries)
    for entries in people.lives.values():
        for entry in entries:
            if not people.allowed(entry, archive.recoveries):
                archive.tell(_place(entry, "officers"), "its officer's role does not allow it")
    told: list[Fault] = []
    registry = Registry(packs=archive.packs)
    whose = Whose(archive.vault, archive.cheap)
    dossiers = Dossiers(whose, registry, people, told)
    for folder in archive.folders("dossiers"):
        entries = read(archive, folder, acts.DOSSIER)
        if not entries:
            archive.tell(folder, "has no entry that holds")
            continue
        for entry in entries:
            who = people.at(entry.number)[1].get(entry.officer)
            if who is None or not who.may("second" if entry.name in SECONDED else "record"):
                archive.tell(_place(entry, "dossiers"), "its officer's role does not allow it")
            else:
                archive.had("entries of dossiers by officers who were allowed to")
        before = len(told)
        particulars = dossiers.told(entries)
        if len(told) == before:
            _counted(archive, entries)
        _undertaking(archive, folder, entries)
        try:
            _record(archive, folder, entries, particulars)
        except (Broken, KeyError, TypeError) as broken:
            archive.tell(f"{folder}/dossier.json", broken)
    archive.faults += told


class People:
    """Who the officers were when an entry was recorded, by their own strands."""

    def __init__(self) -> None:
        self.lives: dict[bytes, list[Entry]] = {}

    def at(self, number: int) -> tuple[None, dict[bytes, Person]]:
        """Everybody before this entry, by id; as `roles.People` has it, but for the
        transaction, of which an archive tells nothing.
        """
        found = {id: _person(life, number) for id, life in self.lives.items()}
        return None, {id: person for id, person in found.items() if person is not None}

    def allowed(self, entry: Entry, recoveries: dict[str, dict]) -> bool:
        """Whether who signed an officer's entry might."""
        before = self.at(entry.number)[1]
        added = entry.name == "officer_added"
        if entry.officer.hex() in recoveries or (added and not before):
            first = entry.officer.hex() in recoveries or entry.officer == entry.strand
            return added and first and entry.text("role") == "administrator"
        who = before.get(entry.officer)
        if who is None:
            return False
        if entry.name == "slot_renewed":
            return entry.officer == entry.strand and not who.disabled
        return who.may("manage" if entry.number_of("proposed") is None else "second")


def _person(life: list[Entry], number: int) -> Person | None:
    past = [entry for entry in life if entry.number < number]
    if not past or past[0].name != "officer_added":
        return None
    latest = {field: e.text(field) for e in past for field in ("name", "role") if field in e.act}
    gone = any(entry.name == "officer_disabled" for entry in past)
    return Person(latest["name"], latest["role"], past[0].id("public_key"), gone)


def _officer(archive: Archive, id: str, entries: list[Entry]) -> None:
    line, first = archive.officers[id], entries[0] if entries else None
    names = [entry.text("name") for entry in entries if "name" in entry.act]
    if (
        first is None
        or [e.name for e in entries].count("officer_added") != 1
        or (first.name, first.text("officer")) != ("officer_added", id)
        or (first.text("public_key"), names[-1]) != (line["public_key"], line["name"])
    ):
        archive.tell(f"officers/{id}", "does not prove the line in officers.json")
    else:
        archive.had("officers by their own strand")


def read(archive: Archive, folder: str, known: dict[str, dict]) -> list[Entry]:
    """The entries of a strand that hold, in order; a fault for each other one."""
    try:
        told = archive.value(f"{folder}/key.json", KEY)
        assert isinstance(told, dict)
        key, id = bytes.fromhex(str(told["key"])), bytes.fromhex(str(told["dossier"]))
        if (told["vault"], told["dossier"]) != (archive.vault.hex(), folder.partition("/")[2]):
            raise Broken("is another's")
        committed = kdf(key, b"commitment")
        if committed.hex() != told["commitment"]:
            raise Broken("is not the committed one")
    except Broken as broken:
        archive.tell(f"{folder}/key.json", broken)
        return []
    archive.had("keys by their commitment")
    found = []
    for number in archive.numbers(folder):
        name = f"{folder}/entries/{number}"
        try:
            sealed, plain = archive.take(f"{name}.sealed"), archive.take(f"{name}.json")
            place = associated(archive.vault, "entry.sealed", id, number)
            if len(sealed) == 32 or unsealed(kdf(key, b"entry"), place, sealed) != plain:
                raise Broken("is not what was sealed")
            archive.had("seals that open to the entry that is shown")
            entry = acts.read(number, id, plain, known)
            proven(archive, name, leaf_hash(id, committed, sealed), entry.officer.hex())
        except (Broken, OverflowError, TypeError) as broken:
            archive.tell(name, broken)
        else:
            found.append(entry)
    return found


def proven(archive: Archive, name: str, leaf: bytes, officer: str) -> None:
    """Both proofs of an entry: under the checkpoint, and in what its officer signed."""
    number, point = int(name.rpartition("/")[2]), archive.point
    path, note = notes.proof(archive.take(f"{name}.tlog-proof"), number)
    if note != point.text + f"\n{archive.signatures[0]}\n".encode():
        raise Broken("its tlog-proof has another checkpoint")
    if notes.led(leaf, number, point.size, path) != point.root:
        raise Broken("its tlog-proof leads to another root")
    archive.had("proofs that an entry is under the checkpoint")
    path, note = notes.proof(archive.take(f"{name}.officer-proof"), number)
    then, signatures = notes.note(note)
    if then.origin != point.origin or not number < then.size <= point.size:
        raise Broken("its officer-proof is about another journal")
    if notes.led(leaf, number, then.size, path) != then.root:
        raise Broken("its officer-proof leads to another root")
    by = archive.officers.get(officer) or archive.recoveries.get(officer)
    if by is None or len(signatures) != 1:
        raise Broken("is by nobody whom the archive names")
    public = bytes.fromhex(by["public_key"])
    notes.signed(then, signatures[0], f"{point.origin}/officer/{officer}", public)
    archive.had("proofs that an entry is in what its officer signed")


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


def _record(
    archive: Archive, folder: str, entries: list[Entry], particulars: dict[str, str] | None
) -> None:
    """Section 8: the readable record tells of these entries, one for one, and no other."""
    told = archive.value(f"{folder}/dossier.json")
    if not isinstance(told, dict) or tuple(told) != RECORD:
        raise Broken("has other fields")
    if any(tuple(event) != EVENT for event in told["timeline"]):
        raise Broken("has other fields")
    first = entries[0]
    if (told["id"], told["as_of"]) != (folder.partition("/")[2], archive.day):
        raise Broken("is another's, or of another day")
    if (told["particulars"], told["pack"]) != (particulars, first.act.get("pack")):
        raise Broken("names another person or pack")
    wanted = [
        (e.number, e.told["at"], archive.officers[e.officer.hex()]["name"], e.told["act"])
        for e in entries
    ]
    shown = [tuple(event[f] for f in EVENT if f != "what") for event in told["timeline"]]
    if shown != wanted:
        raise Broken("tells of other entries")
    archive.had("acts in timelines against their entries", len(shown))


def _place(entry: Entry, of: str) -> str:
    return f"{of}/{entry.strand.hex()}/entries/{entry.number}"
