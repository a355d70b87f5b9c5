"""Strands of officers, dossiers and other vaults, as an archive or a part of one has them:
sections 5 and 6.
"""

from __future__ import annotations

from tests.reader import acts, notes
from tests.reader.acts import Entry
from tests.reader.basics import Broken, associated, kdf, leaf_hash, unsealed
from tests.reader.members import Members
from tests.reader.roles import Person

KEY = {"vault": "hex 16", "dossier": "hex 16", "key": "hex 32", "commitment": "hex 32"}


def officers(members: Members) -> People:
    """Every officer's strand; a fault for each line that is not proven, and each entry whose
    officer could not say it.
    """
    people = People()
    for id in members.officers:
        life = read(members, f"officers/{id}", acts.OFFICER)
        people.lives[bytes.fromhex(id)] = life
        _line(members, id, life)
    for life in people.lives.values():
        for entry in life:
            if not people.allowed(entry, members.recoveries):
                where = place(entry, f"officers/{entry.strand.hex()}")
                members.tell(where, "its officer's role does not allow it")
    return people


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


def _line(members: Members, id: str, entries: list[Entry]) -> None:
    line, first = members.officers[id], entries[0] if entries else None
    names = [entry.text("name") for entry in entries if "name" in entry.act]
    if (
        first is None
        or [e.name for e in entries].count("officer_added") != 1
        or (first.name, first.text("officer")) != ("officer_added", id)
        or (first.text("public_key"), names[-1]) != (line["public_key"], line["name"])
    ):
        members.tell(f"officers/{id}", "does not prove the line in officers.json")
    else:
        members.had("officers by their own strand")


def read(members: Members, folder: str, known: dict[str, dict]) -> list[Entry]:
    """The entries of a strand that hold, in order; a fault for each other one."""
    try:
        told = members.value(f"{folder}/key.json", KEY)
        assert isinstance(told, dict)
        key, id = bytes.fromhex(str(told["key"])), bytes.fromhex(str(told["dossier"]))
        if (told["vault"], told["dossier"]) != (members.vault.hex(), folder.partition("/")[2]):
            raise Broken("is another's")
        committed = kdf(key, b"commitment")
        if committed.hex() != told["commitment"]:
            raise Broken("is not the committed one")
    except Broken as broken:
        members.tell(f"{folder}/key.json", broken)
        return []
    members.had("keys by their commitment")
    found = []
    for number in members.numbers(folder):
        name = f"{folder}/entries/{number}"
        try:
            sealed, plain = members.take(f"{name}.sealed"), members.take(f"{name}.json")
            place = associated(members.vault, "entry.sealed", id, number)
            if len(sealed) == 32 or unsealed(kdf(key, b"entry"), place, sealed) != plain:
                raise Broken("is not what was sealed")
            members.had("seals that open to the entry that is shown")
            entry = acts.read(number, id, plain, known)
            proven(members, name, leaf_hash(id, committed, sealed), entry.officer.hex())
        except (Broken, OverflowError, TypeError) as broken:
            members.tell(name, broken)
        else:
            found.append(entry)
    return found


def proven(members: Members, name: str, leaf: bytes, officer: str) -> None:
    """Both proofs of an entry: under the checkpoint, and in what its officer signed."""
    number, point = int(name.rpartition("/")[2]), members.point
    path, note = notes.proof(members.take(f"{name}.tlog-proof"), number)
    if note != point.text + f"\n{members.signatures[0]}\n".encode():
        raise Broken("its tlog-proof has another checkpoint")
    if notes.led(leaf, number, point.size, path) != point.root:
        raise Broken("its tlog-proof leads to another root")
    members.had("proofs that an entry is under the checkpoint")
    path, note = notes.proof(members.take(f"{name}.officer-proof"), number)
    then, signatures = notes.note(note)
    if then.origin != point.origin or not number < then.size <= point.size:
        raise Broken("its officer-proof is about another journal")
    if notes.led(leaf, number, then.size, path) != then.root:
        raise Broken("its officer-proof leads to another root")
    by = members.officers.get(officer) or members.recoveries.get(officer)
    if by is None or len(signatures) != 1:
        raise Broken("is by nobody whom the archive names")
    public = bytes.fromhex(by["public_key"])
    notes.signed(then, signatures[0], f"{point.origin}/officer/{officer}", public)
    members.had("proofs that an entry is in what its officer signed")


def place(entry: Entry, folder: str) -> str:
    """Where in a folder an entry stands."""
    return f"{folder}/entries/{entry.number}"
