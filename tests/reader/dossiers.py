"""Appointees' dossiers, their undertakings and cards: steps 9 to 11 of section 16."""

from __future__ import annotations

import hashlib
import json
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

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
QUIET = ("archived", "printed", "noted", "received")  # what nobody waited for
STAGES = {
    "screening", "training", "undertaking", "rules", "decision", "second", "admitted", "refused",
    "deferred", "withdrawn", "lapsed", "left",
}  # fmt: skip
OWED = {
    "question", "check", "finding", "review", "teaching", "quiz", "signature", "rule", "decision",
    "second", "reopening", "",
}  # fmt: skip


@dataclass(frozen=True)
class Whose:
    """The vault of which an archive is: nothing of it but the id."""

    id: bytes
    cheap: bool


class Dossiers:
    """Checks every dossier that was read, of a vault or of its archive."""

    def __init__(
        self, vault: Vault | Whose, registry: Registry, who: People, faults: list[Fault]
    ) -> None:
        self.vault, self.registry, self.who, self.faults = vault, registry, who, faults
        self.stages: dict[bytes, str] = {}
        self.elsewhere: Callable[[Entry], dict[bytes, Person]] = lambda entry: {}

    def tell(self, entry: Entry, what: str) -> None:
        self.faults.append(Fault("entry", str(entry.carried), "sealed", what))

    def check(self, strand: bytes, entries: list[Entry]) -> None:
        """One dossier of a vault, whose entries could be read, by number."""
        particulars = self.told(entries)
        if particulars is not None:
            self._card(strand, entries, particulars)

    def told(self, entries: list[Entry]) -> dict[str, str] | None:
        """Whose dossier it is after these entries; None where it was never opened."""
        for at, entry in enumerate(entries):
            if (entry.name == "opened") != (at == 0):
                self.tell(entry, "a dossier is opened first and once")
        first = entries[0]
        if first.name != "opened":
            return None
        if first.members("pack")["digest"] not in self.registry.packs:
            self.tell(first, "its pack was not adopted")
        particulars = first.members("particulars")
        for entry in entries:
            if entry.name == "corrected":
                particulars = entry.members("particulars")
            if entry.name == "signed":
                told = Undertaking(entry.vault or self.vault.id, entry)
                who = told.sides(particulars, self._people(entry))
                for what in [*told.wrong(), *who, *_key(entry, self.vault.cheap)]:
                    self.tell(entry, what)
            if entry.name == "acknowledged" and not self._rule(entry):
                self.tell(entry, "the rule has another text")
        return particulars

    def _people(self, entry: Entry) -> dict[bytes, Person]:
        if entry.vault:
            return self.elsewhere(entry)
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
    """An act `signed` in the vault with this id: section 12."""

    def __init__(self, vault: bytes, entry: Entry) -> None:
        self.vault, self.entry = vault, entry
        signatures = entry.act["signatures"]
        assert isinstance(signatures, list)
        self.signatures: list[dict[str, Json]] = [s for s in signatures if isinstance(s, dict)]

    def wrong(self) -> list[str]:
        """What does not hold, whoever the sides are."""
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
        statement = entry.text("statement").encode()
        for side in self.signatures:
            public, signature = (bytes.fromhex(str(side[f])) for f in ("public_key", "signature"))
            if not signature_holds(public, signature, statement):
                told.append(f"the signature of the {side['role']} does not verify")
        return told

    def sides(self, particulars: dict[str, str], people: dict[bytes, Person]) -> list[str]:
        """Which sides are others than the particulars and officers of that day."""
        return [what for side in self.signatures if (what := _other(side, particulars, people))]

    def _lines(self) -> list[str]:
        entry, pack = self.entry, self.entry.members("pack")
        return [
            "secterm/1 undertaking",
            f"vault: {self.vault.hex()}",
            f"dossier: {entry.strand.hex()}",
            f"text-sha256: {entry.text('text_sha256')}",
            f"pack: {pack['id']} {pack['version']} {pack['digest']}",
            f"date: {entry.text('on')}",
            *(f"{s['role']}: {s['public_key']} {s['name']}" for s in self.signatures),
        ]


def _other(side: dict[str, Json], particulars: dict[str, str], people: dict[bytes, Person]) -> str:
    role = side["role"]
    if role == "appointee":
        same = "officer" not in side and side["name"] == _line(particulars["name"])
        return "" if same else "the appointee is another"
    try:
        person = people.get(bytes.fromhex(str(side.get("officer", ""))))
    except ValueError:
        person = None
    if person is None or not person.may("record" if role == "officer" else "second"):
        return f"the {role} could not sign"
    same = person.public_key.hex() == side["public_key"] and _line(person.name) == side["name"]
    return "" if same else f"the {role} is another"


def _key(entry: Entry, cheap: bool) -> list[str]:
    try:
        Spec.parse(entry.members("appointee_key")["kdf"], cheap)
    except Refused as refused:
        return [f"the appointee's key: {refused}"]
    return []


def read(vault: Vault, registry: Registry, faults: list[Fault]) -> dict[bytes, list[Entry]]:
    """The entries of every dossier that was not erased, by number."""
    found = {}
    for (strand,) in vault.db.execute("SELECT id FROM dossier ORDER BY id").fetchall():
        others = {vault.id, *registry.officers, *registry.origins, *registry.erased}
        if strand not in others:
            found[strand] = vault.strand(strand, acts.DOSSIER, faults)
    return found


def _line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
