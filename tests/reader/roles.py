"""Who was allowed to say what: section 11, and step 8 of section 16."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.reader import acts
from tests.reader.acts import Entry
from tests.reader.basics import Fault
from tests.reader.registry import Registry
from tests.reader.slots import login
from tests.reader.walk import Log, Transaction

POWERS = {
    "administrator": {"manage", "record", "second", "verify"},
    "officer": {"record", "second", "verify"},
    "approver": {"second", "verify"},
    "auditor": {"verify"},
}
SECONDED = {"reviewed", "seconded", "erased", "unlocked", "clock_behind"}
RECORDED = {"exported", "witnessed", "cosigned"}  # on the vault's own strand
PROPOSED = {"officer_disabled": "disable", "role_given": "", "erased": "erase"}
RECOVERING = ["officer_added", "officer_joined", "recovered"]


@dataclass(frozen=True)
class Person:
    """An officer at one moment."""

    name: str
    role: str
    public_key: bytes
    disabled: bool = False

    def may(self, power: str) -> bool:
        return not self.disabled and power in POWERS[self.role]


@dataclass
class People:
    """Who there was before a transaction, by number of its first entry, and whose it was."""

    before: list[tuple[Transaction, dict[bytes, Person]]] = field(default_factory=list)

    def at(self, number: int) -> tuple[Transaction, dict[bytes, Person]] | None:
        for transaction, people in self.before:
            if transaction.before <= number < transaction.size:
                return transaction, people
        return None


class Judge:
    """Goes through the transactions with the roles as they were."""

    def __init__(self, vault: bytes, registry: Registry, faults: list[Fault]) -> None:
        self.vault, self.registry, self.faults = vault, registry, faults
        self.people: dict[bytes, Person] = {}
        self.recovery = b""
        self.proposals: dict[int, Entry] = {}
        self.used: set[int] = set()
        self.erased: set[bytes] = set()
        self.slots: set[str] = set()
        self.book: dict[str, tuple[str, str]] = {}  # recipients by key: name, and as at the lock
        self.since = 0  # entries before the transaction that is judged

    def tell(self, entry: Entry, what: str) -> None:
        self.faults.append(Fault("entry", str(entry.number), "sealed", what))

    def judge(self, log: Log, entries: dict[int, Entry]) -> People:
        """Judges all entries that could be read; gives who there was at each transaction."""
        who = People()
        for transaction in log.transactions:
            before = dict(self.people)
            self.since = transaction.before
            numbers = range(transaction.before, transaction.size)
            inside = [entries[n] for n in numbers if n in entries]
            if transaction.before == 0:
                before = self._first(transaction, inside)
            who.before.append((transaction, before))
            if transaction.signer not in self.registry.officers:
                self._recovering(transaction, inside)
            for entry in inside:
                if entry.officer != transaction.signer:
                    self.tell(entry, "was signed by another")
                elif entry.officer in self.registry.officers:
                    self._allowed(entry, before)
                self._apply(entry, before)
            self._joined(inside)
        self._times(log, entries)
        return who

    def _first(self, transaction: Transaction, inside: list[Entry]) -> dict[bytes, Person]:
        names = [(entry.number, entry.name) for entry in inside]
        wanted = ["created", "pack_adopted", "officer_added", "officer_joined"]
        if names != [*enumerate(wanted)] or inside[2].strand != transaction.signer:
            self.faults.append(Fault("entry", "0", "sealed", "the vault begins otherwise"))
            return {}
        added = inside[2]
        if added.text("role") != "administrator":
            self.tell(added, "the first officer is no administrator")
        return {added.strand: _person(added)}

    def _recovering(self, transaction: Transaction, inside: list[Entry]) -> None:
        for entry in inside:
            if transaction.signer != self.recovery:
                self.tell(entry, "nobody may sign with this key")
            elif entry.name not in RECOVERING:
                self.tell(entry, "recovery shares sign nothing but a recovery")
        if sorted(entry.name for entry in inside) != RECOVERING and inside:
            self.tell(inside[0], "a recovery is something else")
        if len({e.text("officer") for e in inside if e.name in RECOVERING}) > 1:
            self.tell(inside[0], "the recovery is of more than one officer")
        for entry in inside:
            if entry.name == "officer_added" and entry.text("role") != "administrator":
                self.tell(entry, "a recovery makes an administrator")

    def _allowed(self, entry: Entry, before: dict[bytes, Person]) -> None:
        signer = before.get(entry.officer)
        if signer is None or signer.disabled:
            self.tell(entry, "nobody could sign with this key then")
        elif not self._may(entry, signer):
            self.tell(entry, "the role of who signed it does not allow it")

    def _may(self, entry: Entry, signer: Person) -> bool:
        if entry.name == "slot_renewed":
            return entry.strand == entry.officer
        if entry.name == "recovered":
            return False
        if entry.name in SECONDED or entry.number_of("proposed") is not None:
            return signer.may("second")
        recorded = (
            entry.name in acts.DOSSIER or entry.name in RECORDED
        ) and entry.name != "received"
        return signer.may("record" if recorded else "manage")

    def _apply(self, entry: Entry, before: dict[bytes, Person]) -> None:
        now = self.people.get(entry.strand)
        if entry.name == "created" and entry.number != 0:
            self.tell(entry, "the vault was created before")
        if entry.name in acts.OFFICER:
            if (entry.name == "officer_added") != (now is None):
                self.tell(entry, "an officer is added first and once")
            elif now is not None and now.disabled:
                self.tell(entry, "the officer was disabled before")
        self._two(entry, before)
        if "slot" in entry.act:
            if entry.text("slot") in self.slots:
                self.tell(entry, "names a slot that was named before")
            self.slots.add(entry.text("slot"))
        match entry.name:
            case "officer_added":
                self.people[entry.strand] = _person(entry)
            case "officer_renamed" if now:
                self.people[entry.strand] = replace(now, name=entry.text("name"))
            case "role_given" if now:
                self.people[entry.strand] = replace(now, role=entry.text("role"))
            case "officer_disabled" if now:
                self.people[entry.strand] = replace(now, disabled=True)
            case "recovery_made":
                self.recovery = entry.id("recovery")
            case "proposed":
                self.proposals[entry.number] = entry
            case "erased":
                self._erase(entry)
            case "recipient_added":
                key, name = entry.text("key"), entry.text("name")
                if key in self.book or login(name) in (known for _, known in self.book.values()):
                    self.tell(entry, "the key or its name is in the book")
                else:
                    self.book[key] = name, login(name)
            case "recipient_removed":
                if self.book.pop(entry.text("key"), None) is None:
                    self.tell(entry, "the key is not in the book")
        if entry.name in acts.OFFICER:
            self._standing(entry)

    def _two(self, entry: Entry, before: dict[bytes, Person]) -> None:
        if entry.name not in PROPOSED:
            return
        about = entry.id("dossier") if entry.name == "erased" else entry.strand
        number = entry.number_of("proposed")
        target = before.get(about)
        if number is None:
            if entry.name == "erased" or (target and target.role == "administrator"):
                self.tell(entry, "it takes a second person")
            return
        proposal = self.proposals.get(number)
        meant = PROPOSED[entry.name] or entry.text("role")
        if proposal is None or proposal.text("what") != meant:
            self.tell(entry, "nobody proposed it")
        elif proposal.id("about") != about:
            self.tell(entry, "something else was proposed")
        elif number != self.since - 1:
            self.tell(entry, "it was not proposed in the transaction before")
        elif number in self.used:
            self.tell(entry, "what was proposed was done before")
        elif entry.officer in (proposal.officer, about):
            self.tell(entry, "it takes another person")
        self.used.add(number)

    def _erase(self, entry: Entry) -> None:
        dossier = entry.id("dossier")
        if dossier in self.erased:
            self.tell(entry, "the dossier was erased before")
        if dossier in {self.vault, *self.registry.officers, *self.registry.origins}:
            self.tell(entry, "only an appointee's dossier is erased")
        self.erased.add(dossier)

    def _standing(self, entry: Entry) -> None:
        there = [person for person in self.people.values() if not person.disabled]
        if not any(person.role == "administrator" for person in there):
            self.tell(entry, "there is no administrator any more")
        if len({login(person.name) for person in there}) != len(there):
            self.tell(entry, "two officers have one login")

    def _joined(self, inside: list[Entry]) -> None:
        added = {e.strand for e in inside if e.name == "officer_added"}
        joined = {e.id("officer") for e in inside if e.name == "officer_joined"}
        for entry in inside:
            if entry.name == "officer_added" and entry.strand not in joined:
                self.tell(entry, "the officer did not join with it")
            if entry.name == "officer_joined" and entry.id("officer") not in added:
                self.tell(entry, "the officer was not added with it")

    def _times(self, log: Log, entries: dict[int, Entry]) -> None:
        last = None
        for number in sorted(entries):
            entry = entries[number]
            if last and entry.at < last.at and entry.name != "clock_behind":
                self.tell(entry, "is earlier than the one before")
            last = entry
        for transaction in log.transactions:
            numbers = range(transaction.before, transaction.size)
            inside = [entries[n] for n in numbers if n in entries]
            for entry in inside:
                if entry.told["at"] != inside[0].told["at"]:
                    self.tell(entry, "has another time than its transaction")


def _person(added: Entry) -> Person:
    return Person(added.text("name"), added.text("role"), added.id("public_key"))
