"""What came from other vaults: section 20 of the vault's page, and 16 of the archive's."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.reader import acts, notes, opened, strands
from tests.reader.acts import Entry
from tests.reader.basics import Broken, Fault, Refused, fingerprint, root_of
from tests.reader.members import Headed, Members
from tests.reader.opened import Member
from tests.reader.registry import Registry
from tests.reader.roles import People, Person, power
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


class Said(Headed):
    """What an archive said of its vault, as an entry `origin_known` has it. Broken where that
    does not hold; what does not of its officers is among the faults.
    """

    def __init__(self, entry: Entry, vault: bytes, known: str | None) -> None:
        super().__init__(unpacked(entry.text("part")), known)
        told = vault, entry.number_of("size"), entry.id("root")
        if (self.vault, self.point.size, self.point.root) != told:
            raise Broken("is of another vault or checkpoint")
        self.recovery_shares()
        self.by_officer(self.signatures[2].partition("/officer/")[2][:32])
        folders = [f"officers/{id}" for id in self.officers]
        if self.names != [*TOP, *(name for folder in folders for name in self.strand(folder))]:
            raise Broken("has other members")
        self.people = strands.officers(self)


class Part(Members):
    """A dossier's members in an entry `received`, under one checkpoint of the vault that they
    are of: that which the first proof repeats, by the log key's signature.
    """

    def __init__(self, members: list[Member], dossier: str, later: Whose) -> None:
        super().__init__(members)
        self.folder = folder = f"dossiers/{dossier}"
        numbers = self.numbers(folder)
        if not numbers or self.names != [*self.strand(folder)]:
            raise Broken("its part has other members")
        first = self.take(f"{folder}/entries/{numbers[0]}.tlog-proof")
        self.point, self.signatures = notes.note(notes.proof(first, numbers[0])[1])
        self.vault, origin = later.vault, f"secterm/{later.vault.hex()}"
        if len(self.signatures) != 1 or self.point.origin != origin:
            raise Broken("its part has another checkpoint")
        notes.signed(self.point, self.signatures[0], origin, later.log_key)
        self.officers, self.recoveries = later.signers(self.point.size)

    def entries(self) -> list[Entry]:
        """All of them, in order; Broken where one does not hold."""
        found = strands.read(self, self.folder, acts.DOSSIER)
        for fault in self.faults:
            raise Broken(str(fault))
        return found


class Whose:
    """A vault from which entries came: its id, log key, and officers as they are known last."""

    vault: bytes
    log_key: bytes
    officers: dict[str, dict]

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
    """This very vault, to which its own entries come home. `had` says whether its journal had
    such a checkpoint.
    """

    def __init__(
        self,
        vault: bytes,
        log_key: bytes,
        officers: dict[str, dict],
        recoveries: dict[str, dict],
        who: People | strands.People,
        had: Callable[[int, bytes], bool],
    ) -> None:
        self.vault, self.log_key, self.who, self.had = vault, log_key, who, had
        self.officers, self.recoveries = officers, recoveries

    def signers(self, size: int) -> tuple[dict[str, dict], dict[str, dict]]:
        return self.officers, self.recoveries

    def at(self, number: int) -> dict[bytes, Person]:
        found = self.who.at(number)
        return found[1] if found else {}

    def wrong(self, size: int, root: bytes) -> str:
        return "" if self.had(size, root) else "came from a checkpoint that never was here"


class Origin(Whose):
    """Another vault, as archives of it had it: by size of its journal, the first word.

    Where its log keys are not known they are those of the first, and all have the same.
    """

    def __init__(
        self,
        vault: bytes,
        keys: tuple[bytes, bytes] | None,
        told: list[Entry],
        faults: list[Fault],
    ) -> None:
        self.vault, self.said, self.checked = vault, dict[int, Said](), Counter[str]()
        self.units = {entry.text("unit") for entry in told}
        wrong = [] if told else ["joined, and nothing is known of it"]
        for entry in told:
            size = entry.number_of("size") or 0
            if size in self.said:
                continue
            try:
                known = fingerprint(f"secterm/{vault.hex()}", *keys) if keys else None
                said = self.said[size] = Said(entry, vault, known)
            except Broken as broken:
                wrong.append(str(broken))
                continue
            keys = said.log
            wrong += map(str, said.faults)
            self.checked += said.checked
        faults += [Fault("origin", vault.hex(), "part", what) for what in wrong]
        self.newest = self.said[max(self.said)] if self.said else None
        self.log_key = keys[0] if keys else b""
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
    """Reads dossiers through their entries `received`, of vaults that joined this one."""

    def __init__(self, home: Home, faults: list[Fault]) -> None:
        self.own, self.faults = home.vault, faults
        self.vaults: dict[bytes, Whose] = {home.vault: home}
        self.owner = dict.fromkeys(home.officers, home.vault)
        self.checked: Counter[str] = Counter()

    def join(self, origin: Origin) -> None:
        """Another vault, from which dossiers can have come from now on."""
        self.vaults[origin.vault] = origin
        self.checked += origin.checked
        if any(self.owner.setdefault(id, origin.vault) != origin.vault for id in origin.officers):
            what = "has an officer of another's id"
            self.faults.append(Fault("origin", origin.vault.hex(), "part", what))

    def names(self) -> dict[str, str]:
        """What officers are called, here and there, by id."""
        every = (whose.officers.items() for whose in self.vaults.values())
        return {id: line["name"] for officers in every for id, line in officers}

    def at(self, entry: Entry) -> dict[bytes, Person]:
        """Who were officers where this entry was recorded, before it."""
        return self.vaults[entry.vault or self.own].at(entry.number)

    def through(self, entries: list[Entry]) -> list[Entry] | None:
        """A dossier's entries with those that came, each once; None where they do not hold."""
        told: dict[tuple[bytes, int], Entry] = {}
        last: dict[tuple[bytes, bytes], int] = {}
        for entry in entries:
            try:
                for one in self._within(entry, 0):
                    before = told.setdefault((one.vault or self.own, one.number), one)
                    if before is one:
                        _follows(one, last)
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
        if isinstance(whose, Origin) and one.text("unit") not in whose.units:
            raise Broken("names another unit than that vault's")
        part = Part(unpacked(one.text("part")), one.text("dossier"), whose)
        if (part.point.size, part.point.root) != (size, root):
            raise Broken("came from another checkpoint than it says")
        if what := whose.wrong(size, root):
            raise Broken(what)
        inside = part.entries()
        if len(inside) != one.number_of("entries"):
            raise Broken("brought another number of entries than it says")
        self.checked += part.checked
        for entry in inside:
            person = whose.at(entry.number).get(entry.officer)
            if person is None or not person.may(power(entry.name)):
                raise Broken(f"its #{entry.number} is by somebody whose role did not allow it")
            yield replace(entry, vault=whose.vault, unit=one.text("unit"), carrier=one.carried)


def in_vault(
    vault: bytes, registry: Registry, log: Log, who: People, faults: list[Fault]
) -> Received:
    """Of a vault: with each that joined, and what was kept apart."""
    keys = {id.hex(): {"public_key": s.public_key.hex()} for id, s in registry.signers.items()}
    officers = {id.hex(): keys.pop(id.hex()) for id in registry.officers}
    log_key = registry.log_keys[0] if registry.log_keys else b""

    def had(size: int, root: bytes) -> bool:
        return size <= len(log.leaves) and root_of(log.leaves[:size]) == root

    made = Received(Home(vault, log_key, officers, keys, who, had), faults)
    for id, told in registry.origins.items():
        joined = registry.joined[id]
        made.join(Origin(id, (joined.id("log_ed25519"), joined.id("log_mldsa44")), told, faults))
    for entry in registry.entries:
        if entry.name == "kept" and not _kept(vault, entry, log, who, registry):
            faults.append(Fault("entry", str(entry.number), "sealed", "keeps no other history"))
    return made


def _kept(vault: bytes, entry: Entry, log: Log, who: People, registry: Registry) -> bool:
    """Whether it keeps what came apart from a dossier that was here before."""
    transaction = who.at(entry.number)
    first = [log.strands.get(entry.id(field), [])[:1] for field in ("dossier", "apart")]
    strange = {vault, *registry.officers, *registry.origins}
    if not transaction or not all(first) or entry.id("vault") not in registry.origins:
        return False
    if strange & {entry.id("dossier"), entry.id("apart")}:
        return False
    return first[0][0] < transaction[0].before <= first[1][0]


def _follows(one: Entry, last: dict[tuple[bytes, bytes], int]) -> None:
    """Broken for an entry out of the order of its journal, or of a dossier elsewhere that did
    not begin so.
    """
    strand = (one.vault, one.strand)
    if one.vault and strand not in last and one.name not in ("opened", "received"):
        raise Broken("its dossier's beginning is missing")
    if one.name != "received" and one.number <= last.get(strand, -1):
        raise Broken("it comes after a later one of its journal")
    if one.name != "received":
        last[strand] = one.number
    last.setdefault(strand, -1)
