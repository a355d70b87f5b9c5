"""What came from other vaults: section 20."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from tests.reader import acts, notes, opened, strands
from tests.reader.acts import Entry
from tests.reader.archive import RECOVERY, Archive
from tests.reader.basics import Broken, Fault, Refused, fingerprint, root_of
from tests.reader.opened import Member
from tests.reader.registry import Registry
from tests.reader.roles import SECONDED, People, Person
from tests.reader.walk import Log

LARGEST = 64 << 20  # bytes of a part's tar
DEEPEST = 8  # entries `received` within each other
TOP = ["checkpoint", "log-keys", "officers.json", "recoveries.json"]


def unpacked(part: str) -> list[Member]:
    """The members of a part; Broken where it is none."""
    unzip = zlib.decompressobj()
    try:
        tar = unzip.decompress(notes.unbase64(part), LARGEST)
        if not unzip.eof or unzip.unused_data:
            raise Broken("its part does not end where it should")
        members = opened.untarred(tar)
    except (zlib.error, Refused, UnicodeDecodeError):
        raise Broken("its part is no tar") from None
    if len(dict(members)) != len(members):
        raise Broken("its part has a member twice")
    return members


class Said(Archive):
    """What an archive said of its vault, as an entry `origin_known` has it. Broken where that
    does not hold; what does not of its officers is among the faults.
    """

    def __init__(self, entry: Entry, vault: bytes, known: str) -> None:
        super().__init__(unpacked(entry.text("part")), known)
        told = vault, entry.number_of("size"), entry.id("root")
        if (self.vault, self.point.size, self.point.root) != told:
            raise Broken("is of another vault or checkpoint")
        self.recoveries = self._signers("recoveries.json", RECOVERY)
        if self.recoveries.keys() & self.officers.keys():
            raise Broken("recoveries.json: names an officer")
        self.manifest = {"officer": self.signatures[2].partition("/officer/")[2][:32]}
        self.officer()
        folders = [f"officers/{id}" for id in self.officers]
        if self.names != [*TOP, *(name for folder in folders for name in self._strand(folder))]:
            raise Broken("has other members")
        self.people = strands.People()
        for id in self.officers:
            life = strands.read(self, f"officers/{id}", acts.OFFICER)
            self.people.lives[bytes.fromhex(id)] = life
            strands._officer(self, id, life)


class Part(Archive):
    """The members in an entry `received`, under one checkpoint of the vault that they are of."""

    def __init__(self, members: list[Member], later: Whose) -> None:
        self.names, self.files = [name for name, _ in members], dict(members)
        self.faults, self.checked = [], Counter()
        self.vault = later.vault
        self.point, self.signatures = self._checkpoint_of(later)
        self.officers, self.recoveries = later.signers(self.point.size)

    def _checkpoint_of(self, later: Whose) -> tuple[notes.Point, list[str]]:
        """That which the first proof repeats, by the log key's signature."""
        for name in self.names:
            if name.endswith(".tlog-proof"):
                number = int(name.rpartition("/")[2].partition(".")[0])
                point, signatures = notes.note(notes.proof(self.files[name], number)[1])
                if len(signatures) != 1 or point.origin != f"secterm/{self.vault.hex()}":
                    raise Broken("its part has another checkpoint")
                notes.signed(point, signatures[0], point.origin, later.log_key)
                return point, signatures
        raise Broken("its part has no entry")

    def entries(self, dossier: str) -> list[Entry]:
        """All of them, in order; Broken where one does not hold."""
        folder = f"dossiers/{dossier}"
        if self.names != [*self._strand(folder)]:
            raise Broken("its part has other members")
        found = strands.read(self, folder, acts.DOSSIER)
        for fault in self.faults:
            raise Broken(str(fault))
        return found


class Whose:
    """A vault from which entries came: its id, log key, and who can have signed."""

    vault: bytes
    log_key: bytes

    def signers(self, size: int) -> tuple[dict[str, dict], dict[str, dict]]:
        """Officers and recovery shares that are known at this size of its journal."""
        raise NotImplementedError

    def at(self, number: int) -> dict[bytes, Person]:
        """Who were officers there, before this entry."""
        raise NotImplementedError

    def wrong(self, size: int, root: bytes) -> str:
        """Why its journal is not known to have had this checkpoint."""
        raise NotImplementedError


class Home(Whose):
    """This very vault, to which its own entries come home."""

    def __init__(self, vault: bytes, registry: Registry, log: Log, who: People) -> None:
        self.vault, self.log, self.who = vault, log, who
        self.log_key = registry.log_keys[0] if registry.log_keys else b""
        self.officers = {
            id.hex(): {"public_key": s.public_key.hex()} for id, s in registry.signers.items()
        }

    def signers(self, size: int) -> tuple[dict[str, dict], dict[str, dict]]:
        return self.officers, {}

    def at(self, number: int) -> dict[bytes, Person]:
        found = self.who.at(number)
        return found[1] if found else {}

    def wrong(self, size: int, root: bytes) -> str:
        there = size <= len(self.log.leaves) and root_of(self.log.leaves[:size]) == root
        return "" if there else "came from a checkpoint that never was here"


class Origin(Whose):
    """Another vault, as archives of it had it: by size of its journal, the first word."""

    def __init__(self, joined: Entry, told: list[Entry], faults: list[Fault]) -> None:
        self.vault, self.log_key = joined.id("vault"), joined.id("log_ed25519")
        keys = self.log_key, joined.id("log_mldsa44")
        self.said: dict[int, Said] = {}
        wrong = [] if told else ["joined, and nothing is known of it"]
        known = fingerprint(f"secterm/{self.vault.hex()}", *keys)
        for entry in told:
            size = entry.number_of("size") or 0
            if size not in self.said:
                try:
                    self.said[size] = Said(entry, self.vault, known)
                    wrong += map(str, self.said[size].faults)
                except Broken as broken:
                    wrong.append(str(broken))
        faults += [Fault("origin", self.vault.hex(), "part", what) for what in wrong]
        self.newest = self.said[max(self.said)] if self.said else None
        self.officers = self.newest.officers if self.newest else {}

    def signers(self, size: int) -> tuple[dict[str, dict], dict[str, dict]]:
        told = self.said.get(size, self.newest)
        return (told.officers, told.recoveries) if told else ({}, {})

    def at(self, number: int) -> dict[bytes, Person]:
        return self.newest.people.at(number)[1] if self.newest else {}

    def wrong(self, size: int, root: bytes) -> str:
        if size in self.said:
            same = self.said[size].point.root == root
            return "" if same else "came from another checkpoint than is known"
        return (
            "" if self.said and size < max(self.said) else "came from a checkpoint later than known"
        )


class Received:
    """Reads dossiers through their entries `received`."""

    def __init__(
        self, vault: bytes, registry: Registry, log: Log, who: People, faults: list[Fault]
    ) -> None:
        self.own, self.faults = vault, faults
        self.vaults: dict[bytes, Whose] = {vault: Home(vault, registry, log, who)}
        owner = {id.hex(): vault for id in registry.officers}
        for id, told in registry.origins.items():
            origin = self.vaults[id] = Origin(registry.joined[id], told, faults)
            if any(owner.setdefault(officer, id) != id for officer in origin.officers):
                faults.append(Fault("origin", id.hex(), "part", "has an officer of another's id"))
        for entry in registry.entries:
            if entry.name == "kept" and not self._kept(entry, log, who, registry):
                faults.append(Fault("entry", str(entry.number), "sealed", "keeps no other history"))

    def _kept(self, entry: Entry, log: Log, who: People, registry: Registry) -> bool:
        transaction = who.at(entry.number)
        first = [log.strands.get(entry.id(field), [])[:1] for field in ("dossier", "apart")]
        strange = {self.own, *registry.officers, *registry.origins}
        if not transaction or not all(first) or entry.id("vault") not in registry.origins:
            return False
        if strange & {entry.id("dossier"), entry.id("apart")}:
            return False
        return first[0][0] < transaction[0].before <= first[1][0]

    def at(self, entry: Entry) -> dict[bytes, Person]:
        """Who were officers where this entry was recorded, before it."""
        return self.vaults[entry.vault or self.own].at(entry.number)

    def through(self, entries: list[Entry]) -> list[Entry] | None:
        """A dossier's entries with those that came, each once; None where they do not hold."""
        told: dict[tuple[bytes, int], Entry] = {}
        for entry in entries:
            try:
                for one in self._within(entry, 0):
                    before = told.setdefault((one.vault or self.own, one.number), one)
                    if before.told != one.told:
                        raise Broken("two entries have the same number in one journal")
            except Broken as broken:
                self.faults.append(Fault("entry", str(entry.number), "sealed", str(broken)))
                return None
        return list(told.values())

    def _within(self, one: Entry, depth: int) -> Iterator[Entry]:
        """What this entry brought, and then itself, without its part."""
        if one.name != "received":
            yield one
            return
        if depth == DEEPEST:
            raise Broken("it went through too many vaults")
        for inner in self._brought(one):
            yield from self._within(inner, depth + 1)
        act = {name: value for name, value in one.act.items() if name != "part"}
        yield replace(one, act=act, told={**one.told, "act": act})

    def _brought(self, one: Entry) -> Iterator[Entry]:
        whose = self.vaults.get(one.id("vault"))
        size, root = one.number_of("size") or 0, one.id("root")
        if whose is None:
            raise Broken("came from a vault that never joined")
        part = Part(unpacked(one.text("part")), whose)
        if (part.point.size, part.point.root) != (size, root):
            raise Broken("came from another checkpoint than it says")
        if what := whose.wrong(size, root):
            raise Broken(what)
        inside = part.entries(one.text("dossier"))
        if len(inside) != one.number_of("entries"):
            raise Broken("brought another number of entries than it says")
        for entry in inside:
            person = whose.at(entry.number).get(entry.officer)
            power = "manage" if entry.name == "received" else "record"
            if person is None or not person.may("second" if entry.name in SECONDED else power):
                raise Broken(f"its #{entry.number} is by somebody whose role did not allow it")
            yield replace(entry, vault=whose.vault, carrier=one.carried)
