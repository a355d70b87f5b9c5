"""What an entry is: sections 9 and 10. A member that is not named there is ignored."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from tests.reader.basics import Broken, bech32_holds

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LOG_NAME = re.compile("secterm/[0-9a-f]{32}", re.ASCII)
AGE = re.compile("age1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{58}")
PACK_FILES = {"pack.toml", "rules.toml", "screening.toml", "training.toml", "undertaking.toml"}
PARTICULARS = {
    "name": "text",
    "born": "date",
    "identity_number": "text",
    "post": "text",
    "department": "text",
    "category": "core key general",
    "contact": "?",
}
PACK_REF = {"id": "text", "version": "text", "digest": "hex 32"}
ANSWER = {"question": "text", "given": "text", "right": "bool"}
SIGNATURE = {
    "role": "appointee officer witness",
    "name": "text",
    "officer": "?",
    "public_key": "hex 32",
    "signature": "hex 64",
}
SEALED_KEY = {"kdf": "text", "sealed": "hex 64"}
VOLUME = {"set": "hex 16", "number": "number", "of": "number"}
ROLES = "administrator officer approver auditor"

# Each field: `?` is text that may be left out, `number?` a whole number that may be; several
# words are those that there are; `hex N` is so many bytes, `age` a recipient, `origin` a
# vault's log.
VAULT = {
    "created": {"unit": "text", "log_ed25519": "hex 32", "log_mldsa44": "hex 1312"},
    "pack_adopted": {"pack": PACK_REF, "files": "files"},
    "officer_joined": {"officer": "hex 16"},
    "unlocked": {"failures": "number"},
    "clock_behind": {"clock": "time", "last": "time"},
    "exported": {
        "file": "text",
        "sha256": "hex 32",
        "size": "number",
        "before": "number",
        "root": "hex 32",
        "dossiers": "number",
        "recipients": "texts",
        "medium": {"kind": "text", "label": "?", "id": "?"},
        "extract": "decision?",
        "volume": "volume?",
    },
    "witnessed": {
        "origin": "origin",
        "log_keys": "hex 32",
        "size": "number",
        "root": "hex 32",
        "archive": "hex 32",
    },
    "cosigned": {
        "witness": "text",
        "origin": "origin",
        "log_ed25519": "hex 32",
        "log_mldsa44": "hex 1312",
        "size": "number",
        "root": "hex 32",
        "time": "number",
        "signature": "hex 2420",
    },
    "proposed": {
        "what": "disable erase administrator officer approver auditor",
        "about": "hex 16",
        "reason": "text",
    },
    "erased": {"dossier": "hex 16", "entries": "hex 32", "reason": "text", "proposed": "number"},
    "rekeyed": {"reason": "text"},
    "recovery_made": {
        "recovery": "hex 16",
        "public_key": "hex 32",
        "sealing_key": "hex 1216",
        "slot": "hex 32",
        "needed": "number",
        "shares": "number",
    },
    "recovered": {"officer": "hex 16"},
    "recipient_added": {"name": "text", "key": "age", "source": "typed file picture"},
    "recipient_removed": {"key": "age", "reason": "text"},
    "pack_received": {"pack": PACK_REF, "files": "files"},
    "origin_joined": {
        "vault": "hex 16",
        "unit": "text",
        "log_ed25519": "hex 32",
        "log_mldsa44": "hex 1312",
    },
    "kept": {"dossier": "hex 16", "apart": "hex 16", "vault": "hex 16"},
}
ANOTHER = {
    "origin_known": {
        "unit": "text",
        "size": "number",
        "root": "hex 32",
        "sha256": "hex 32",
        "part": "text",
    },
}
OFFICER = {
    "officer_added": {
        "officer": "hex 16",
        "name": "text",
        "role": ROLES,
        "public_key": "hex 32",
        "sealing_key": "hex 1216",
        "slot": "hex 32",
    },
    "officer_renamed": {"name": "text", "slot": "hex 32"},
    "role_given": {"role": ROLES, "reason": "text", "proposed": "number?"},
    "slot_renewed": {"slot": "hex 32", "why": "passphrase cost"},
    "officer_disabled": {"reason": "text", "proposed": "number?"},
}
DOSSIER = {
    "opened": {"particulars": PARTICULARS, "pack": PACK_REF},
    "corrected": {"particulars": PARTICULARS, "reason": "text"},
    "answered": {"question": "text", "answer": "answer", "follow_up": "?", "note": "?"},
    "checked": {"question": "text", "reference": "text", "holds": "bool", "note": "?"},
    "found": {
        "section": "text",
        "finding": "suitable conditions unsuitable",
        "reason": "?",
        "conditions": "?",
    },
    "reviewed": {"agrees": "bool", "reason": "?"},
    "trained": {
        "module": "text",
        "hours": "amount",
        "on": "date",
        "trainer": "text",
        "place": "text",
    },
    "quiz_answered": {"module": "text", "answer": ANSWER},
    "quizzed": {"module": "text", "answers": [ANSWER], "passed": "bool"},
    "signed": {
        "text": "text",
        "text_sha256": "hex 32",
        "pack": PACK_REF,
        "on": "date",
        "statement": "text",
        "signatures": [SIGNATURE],
        "appointee_key": SEALED_KEY,
    },
    "signing_refused": {"reason": "text"},
    "acknowledged": {"rule": "text", "text_sha256": "hex 32", "pack": PACK_REF},
    "rule_refused": {"rule": "text", "reason": "text"},
    "decided": {"decision": "admit refuse defer", "reason": "text", "conditions": "?"},
    "seconded": {"decided": "number", "agrees": "bool", "reason": "?"},
    "withdrawn": {"reason": "text"},
    "reopened": {"reason": "text"},
    "left": {"on": "date", "reason": "text"},
    "noted": {"text": "text", "question": "?"},
    "archived": {
        "file": "text",
        "sha256": "hex 32",
        "recipients": "texts",
        "extract": "decision?",
        "volume": "volume?",
    },
    "printed": {
        "document": "undertaking rules training screening decision receipt",
        "sha256": "hex 32",
        "to": "printer folder",
    },
    "received": {
        "vault": "hex 16",
        "unit": "text",
        "dossier": "hex 16",
        "size": "number",
        "root": "hex 32",
        "entries": "number",
        "part": "text",
    },
}


@dataclass(frozen=True)
class Entry:
    """An entry that opened and is of this format. `act` is what follows its name.

    `vault` is the one in whose journal it stands, and `carrier` the entry here that brought
    it, where that is not this vault's own.
    """

    number: int
    strand: bytes
    at: datetime
    officer: bytes
    name: str
    act: dict[str, Json]
    told: dict[str, Json]
    vault: bytes = b""
    carrier: int | None = None

    @property
    def carried(self) -> int:
        """The number of the entry here that has it."""
        return self.number if self.carrier is None else self.carrier

    def text(self, field: str) -> str:
        """A field of text; empty where it is left out."""
        value = self.act.get(field, "")
        assert isinstance(value, str)
        return value

    def id(self, field: str) -> bytes:
        """A field in hex."""
        return bytes.fromhex(self.text(field))

    def number_of(self, field: str) -> int | None:
        """A field with a whole number; None where it is left out."""
        value = self.act.get(field)
        return value if isinstance(value, int) else None

    def members(self, field: str) -> dict[str, str]:
        """An object of text, such as a PackRef."""
        value = self.act[field]
        assert isinstance(value, dict)
        return {name: text for name, text in value.items() if isinstance(text, str)}


def read(number: int, strand: bytes, plain: bytes, known: dict[str, dict]) -> Entry:
    """The entry that is in these bytes; Broken where it is none of this format and strand."""
    try:
        told = json.loads(plain)
        canonical = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        raise Broken("is not JSON") from None
    if not isinstance(told, dict) or list(told)[:3] != ["at", "officer", "act"]:
        raise Broken("is no entry")
    if len(canonical) != len(plain) and "." not in str(told):
        raise Broken("is written otherwise")
    act = told["act"]
    if not isinstance(act, dict) or next(iter(act), "") != "act":
        raise Broken("has no act")
    name = act["act"]
    if name not in known:
        raise Broken("has an act that has no place here")
    check(told, {"at": "time", "officer": "hex 16"}, "entry")
    check(act, known[name], name)
    at = datetime.fromisoformat(told["at"])
    return Entry(number, strand, at, bytes.fromhex(told["officer"]), name, act, told)


def check(value: dict[str, Json], fields: dict, where: str) -> None:
    """Broken where a field is missing, of another kind or in another place."""
    for name, kind in fields.items():
        optional = isinstance(kind, str) and kind.endswith("?")
        if name not in value:
            if not optional:
                raise Broken(f"{where} has no {name}")
            continue
        if not _fits(value[name], kind):
            raise Broken(f"{where} has another {name}")
    order = [name for name in value if name in fields]
    if order != [name for name in fields if name in value]:
        raise Broken(f"{where} has its members in another order")


def _fits(value: Json, kind) -> bool:
    if isinstance(kind, dict):
        if not isinstance(value, dict):
            return False
        check(value, kind, "part")
        return True
    if kind == "volume?":
        return _fits(value, VOLUME) and 1 <= value["number"] <= value["of"] and value["of"] > 1
    if isinstance(kind, list):
        return isinstance(value, list) and all(_fits(item, kind[0]) for item in value)
    if kind in ("bool", "amount", "answer", "number", "number?"):
        return _fits_scalar(value, kind)
    if kind in ("files", "texts"):
        items = value.values() if isinstance(value, dict) else value
        wanted = dict if kind == "files" else list
        return isinstance(value, wanted) and all(isinstance(text, str) for text in items)
    return isinstance(value, str) and _fits_text(value, kind)


def _fits_scalar(value: Json, kind: str) -> bool:
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "answer":
        if isinstance(value, list):
            return all(_fits(row, "files") for row in value)
        return isinstance(value, bool | int | float | str)
    if isinstance(value, bool):
        return False
    if kind == "amount":
        return isinstance(value, int | float)
    return isinstance(value, int) and value >= 0


def _fits_text(value: str, kind: str) -> bool:
    if kind == "text":
        return True
    if kind == "?":
        return value != ""
    if kind.startswith("hex "):
        return re.fullmatch(f"[0-9a-f]{{{2 * int(kind[4:])}}}", value) is not None
    if kind == "origin":
        return LOG_NAME.fullmatch(value) is not None
    if kind == "age":
        return AGE.fullmatch(value) is not None and bech32_holds(value)
    if kind in ("time", "date"):
        form, parse = (TIME, datetime) if kind == "time" else (DATE, date)
        try:
            parse.fromisoformat(value)
        except ValueError:
            return False
        return form.fullmatch(value) is not None
    return value in kind.removesuffix("?").split()
