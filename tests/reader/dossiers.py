"""Appointees' dossiers, their undertakings and cards: steps 9 to 11 of section 16."""

from __future__ import annotations

import hashlib
import json
import tomllib
import unicodedata

from tests.reader import acts
from tests.reader.acts import Entry, Json
from tests.reader.basics import Broken, Fault, Refused, number, signature_holds
from tests.reader.registry import Registry
from tests.reader.roles import People, Person
from tests.reader.slots import Spec
from tests.reader.vault import Vault

CARD = (
    "id", "name", "post", "department", "category", "stage", "owed", "since", "opened", "lapses_on",
    "identity_number",
)  # fmt: skip
QUIET = ("archived", "printed", "noted")  # what nobody waited for
STAGES = {
    "screening", "training", "undertaking", "rules", "decision", "second", "admitted", "refused",
    "deferred", "withdrawn", "lapsed", "left",
}  # fmt: skip
OWED = {
    "question", "check", "finding", "review", "teaching", "quiz", "signature", "rule", "decision",
    "second", "reopening", "",
}  # fmt: skip


class Dossiers:
    """Checks every dossier that was read."""

    def __init__(self, vault: Vault, registry: Registry, who: People, faults: list[Fault]) -> None:
        self.vault, self.registry, self.who, self.faults = vault, registry, who, faults
        self.stages: dict[bytes, str] = {}

    def tell(self, entry: Entry, what: str) -> None:
        self.faults.append(Fault("entry", str(entry.number), "sealed", what))

    def check(self, strand: bytes, entries: list[Entry]) -> None:
        """One dossier whose entries could be read, by number."""
        for at, entry in enumerate(entries):
            if (entry.name == "opened") != (at == 0):
                self.tell(entry, "a dossier is opened first and once")
        first = entries[0]
        if first.name != "opened":
            return
        if first.members("pack")["digest"] not in self.registry.packs:
            self.tell(first, "its pack was not adopted")
        particulars = first.members("particulars")
        for entry in entries:
            if entry.name == "corrected":
                particulars = entry.members("particulars")
            if entry.name == "signed":
                told = Undertaking(self.vault, entry, particulars).wrong(self._people(entry))
                for what in told:
                    self.tell(entry, what)
            if entry.name == "acknowledged" and not self._rule(entry):
                self.tell(entry, "the rule has another text")
        self._card(strand, entries, particulars)

    def _people(self, entry: Entry) -> dict[bytes, Person]:
        found = self.who.at(entry.number)
        return found[1] if found else {}

    def _rule(self, entry: Entry) -> bool:
        files = self.registry.packs.get(entry.members("pack")["digest"], {})
        try:
            rules = tomllib.loads(files.get("rules.toml", "")).get("rule", [])
        except tomllib.TOMLDecodeError:
            return False
        return any(
            rule.get("id") == entry.text("rule")
            and _sha256(f"{rule.get('text')}\n{rule.get('reason')}\n") == entry.text("text_sha256")
            for rule in rules
        )

    def _card(self, strand: bytes, entries: list[Entry], particulars: dict[str, str]) -> None:
        sealed = self.vault.db.execute(
            "SELECT card FROM dossier WHERE id = ?", (strand,)
        ).fetchone()[0]
        if sealed is None:
            return  # told with the row
        try:
            plain = self.vault.card(strand, sealed)
            told = json.loads(plain[8:])
        except (Broken, ValueError) as broken:
            self.faults.append(Fault("dossier", strand.hex(), "card", str(broken)))
            return
        wanted = {field: particulars[field] for field in (*CARD[1:5], "identity_number")}
        wanted |= {"id": strand.hex(), "opened": entries[0].told["at"]}
        wanted["since"] = [e.told["at"] for e in entries if e.name not in QUIET][-1]
        if isinstance(told, dict):
            self.stages[strand] = str(told.get("stage"))
        right = (
            number(plain[:8]) == entries[-1].number
            and isinstance(told, dict)
            and {*told} >= {*CARD}
            and all(isinstance(told[field], str) for field in CARD)
            and all(told[field] == value for field, value in wanted.items())
            and told["stage"] in STAGES
            and told["owed"] in OWED
        )
        if not right:
            what = "does not say what the entries say"
            self.faults.append(Fault("dossier", strand.hex(), "card", what))


class Undertaking:
    """An act `signed`, under the particulars of that day: section 12."""

    def __init__(self, vault: Vault, entry: Entry, particulars: dict[str, str]) -> None:
        self.vault, self.entry, self.particulars = vault, entry, particulars
        signatures = entry.act["signatures"]
        assert isinstance(signatures, list)
        self.signatures: list[dict[str, Json]] = [s for s in signatures if isinstance(s, dict)]

    def wrong(self, people: dict[bytes, Person]) -> list[str]:
        """What does not hold."""
        entry, told = self.entry, []
        if _sha256(entry.text("text")) != entry.text("text_sha256"):
            told.append("the text is not the one that was signed")
        sides = ["appointee", "officer", "witness"]
        if [s["role"] for s in self.signatures] not in (sides[:2], sides):
            return [*told, "the undertaking is signed by other sides"]
        lines = self._lines()
        if any("\n" in line for line in lines):
            told.append("a value of the statement is more than a line")
        if "".join(f"{line}\n" for line in lines) != entry.text("statement"):
            told.append("the statement says something else than the entry")
        for side in self.signatures:
            told += self._side(side, people)
        return told + self._key()

    def _lines(self) -> list[str]:
        entry, pack = self.entry, self.entry.members("pack")
        return [
            "secterm/1 undertaking",
            f"vault: {self.vault.id.hex()}",
            f"dossier: {entry.strand.hex()}",
            f"text-sha256: {entry.text('text_sha256')}",
            f"pack: {pack['id']} {pack['version']} {pack['digest']}",
            f"date: {entry.text('on')}",
            *(f"{s['role']}: {s['public_key']} {s['name']}" for s in self.signatures),
        ]

    def _side(self, side: dict[str, Json], people: dict[bytes, Person]) -> list[str]:
        role, told = str(side["role"]), []
        public = bytes.fromhex(str(side["public_key"]))
        statement = self.entry.text("statement").encode()
        if not signature_holds(public, bytes.fromhex(str(side["signature"])), statement):
            told.append(f"the signature of the {role} does not verify")
        if role == "appointee":
            if "officer" in side or side["name"] != _line(self.particulars["name"]):
                told.append("the appointee is another")
            return told
        try:
            person = people.get(bytes.fromhex(str(side.get("officer", ""))))
        except ValueError:
            person = None
        if person is None or not person.may("record" if role == "officer" else "second"):
            told.append(f"the {role} could not sign")
        elif person.public_key != public or _line(person.name) != side["name"]:
            told.append(f"the {role} is another")
        return told

    def _key(self) -> list[str]:
        kept = self.entry.members("appointee_key")
        try:
            Spec.parse(kept["kdf"], self.vault.cheap)
        except Refused as refused:
            return [f"the appointee's key: {refused}"]
        return []


def read(vault: Vault, registry: Registry, faults: list[Fault]) -> dict[bytes, list[Entry]]:
    """The entries of every dossier that was not erased, by number."""
    found = {}
    for (strand,) in vault.db.execute("SELECT id FROM dossier ORDER BY id").fetchall():
        if strand != vault.id and strand not in registry.officers | registry.erased:
            found[strand] = vault.strand(strand, acts.DOSSIER, faults)
    return found


def _line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
