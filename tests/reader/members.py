"""Members of an archive, or of a part of one, and how they are read: sections 3 to 5 of
secterm/archive/FORMAT.md.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

from tests.reader import acts, notes
from tests.reader.acts import Json
from tests.reader.basics import Broken, Fault, fingerprint, sha256
from tests.reader.opened import Member

ENDINGS = ("json", "sealed", "tlog-proof", "officer-proof")  # of an entry, in their order
ENTRY = re.compile(r".*/entries/(0|[1-9][0-9]{0,18})\.[a-z-]+", re.ASCII)

OFFICER = {"id": "hex 16", "name": "text", "public_key": "hex 32"}
RECOVERY = {"id": "hex 16", "public_key": "hex 32"}


class Members:
    """The members, every fault in them, and how often what was checked.

    Entries among them are of a vault, under one checkpoint, by these officers and sets of
    recovery shares.
    """

    vault: bytes
    point: notes.Point
    signatures: list[str]
    officers: dict[str, dict]
    recoveries: dict[str, dict]

    def __init__(self, members: list[Member]) -> None:
        self.names = [name for name, _ in members]
        self.files = dict(members)
        self.faults: list[Fault] = []
        self.checked: Counter[str] = Counter()

    def tell(self, where: str, what: object) -> None:
        """A fault in a member or folder."""
        self.faults.append(Fault("archive", where, "member", str(what)))

    def had(self, what: str, times: int = 1) -> None:
        """Something that was checked and holds."""
        self.checked[what] += times

    def take(self, name: str) -> bytes:
        """A member's bytes."""
        if name not in self.files:
            raise Broken("is missing")
        return self.files[name]

    def value(self, name: str, fields: dict | list | None = None) -> Json:
        """A JSON member in the one way to write it, with just these fields where there are some."""
        data = self.take(name)
        try:
            told = json.loads(data)
            written = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
            if written.encode() != data:
                raise Broken("is written otherwise")
        except (ValueError, RecursionError):
            raise Broken("is not JSON") from None
        if fields is not None:
            exact(told, fields)
        return told

    def folders(self, *of: str) -> list[str]:
        """The folders under such as `officers`, `packs` or `dossiers`, in their order."""
        found = (name.split("/") for name in self.names if "/" in name)
        return list(dict.fromkeys("/".join(parts[:2]) for parts in found if parts[0] in of))

    def under(self, folder: str) -> list[str]:
        """The names of a folder's members, in their order."""
        return [name for name in self.names if name.startswith(f"{folder}/")]

    def numbers(self, folder: str) -> list[int]:
        """Of which entries there is something in a folder."""
        found = map(ENTRY.fullmatch, self.under(folder))
        return sorted({int(match[1]) for match in found if match})

    def strand(self, folder: str) -> Iterator[str]:
        """The members that a strand's folder must have, by the entries in it."""
        yield f"{folder}/key.json"
        yield from self.proofs(folder, ENDINGS)

    def proofs(self, folder: str, endings: tuple[str, ...]) -> Iterator[str]:
        """Those of its entries, with these endings."""
        for number in self.numbers(folder):
            yield from (f"{folder}/entries/{number}.{ending}" for ending in endings)


class Headed(Members):
    """Members that say themselves of which vault they are: log keys, checkpoint, officers.

    Broken where these are not such, or the keys not those of a fingerprint that is known:
    nothing can be checked then.
    """

    def __init__(self, members: list[Member], known: str | None) -> None:
        super().__init__(members)
        self.log = self._log_keys(known)
        self.point, self.signed_at, self.signatures = self._checkpoint()
        self.vault = bytes.fromhex(self.point.origin.removeprefix("secterm/"))
        self.officers = self._signers("officers.json", OFFICER)
        self.recoveries = {}

    def _log_keys(self, known: str | None) -> tuple[bytes, bytes]:
        told = notes.lines(self.take("log-keys"))
        typed = [notes.unbase64((*line.split("+", 2), "", "")[2]) for line in told]
        if [key[:1] for key in typed] != [b"\1", b"\6"]:
            raise Broken("log-keys: are not an Ed25519 key and an ML-DSA-44 key")
        origin, keys = told[0].partition("+")[0], (typed[0][1:], typed[1][1:])
        own = plain(fingerprint(origin, *keys))
        # The file's own digest, as `sha256sum` gives it, is the same where it is written right.
        right = sha256(self.take("log-keys")).hex()[:32] == own
        if not right or (known is not None and plain(known) != own):
            raise Broken("log-keys: have another fingerprint than the one that is known")
        return keys

    def _checkpoint(self) -> tuple[notes.Point, int, list[str]]:
        point, signatures = notes.note(self.take("checkpoint"))
        if not re.fullmatch("secterm/[0-9a-f]{32}", point.origin) or len(signatures) != 3:
            raise Broken("checkpoint: is not a vault's, with three signatures")
        short, long = self.log
        notes.signed(point, signatures[0], point.origin, short)
        signed_at = notes.cosigned(point, signatures[1], long)
        self.had("signatures of the log keys over the checkpoint", 2)
        return point, signed_at, signatures

    def _signers(self, name: str, fields: dict) -> dict[str, dict]:
        told = self.value(name, [fields])
        assert isinstance(told, list)
        found = {str(one["id"]): one for one in told if isinstance(one, dict)}
        if len(found) != len(told):
            raise Broken(f"{name}: names an id twice")
        return found

    def by_officer(self, id: str) -> None:
        """The last signature under the checkpoint is by this officer."""
        if id not in self.officers:
            raise Broken("is by nobody in officers.json")
        public = bytes.fromhex(self.officers[id]["public_key"])
        notes.signed(self.point, self.signatures[2], f"{self.point.origin}/officer/{id}", public)
        self.had("signatures of the officer over the checkpoint")

    def recovery_shares(self) -> None:
        """The sets of recovery shares; none of them is an officer."""
        self.recoveries = self._signers("recoveries.json", RECOVERY)
        if self.recoveries.keys() & self.officers.keys():
            raise Broken("names an officer")


def plain(fingerprint: str) -> str:
    """A fingerprint without its spaces."""
    return "".join(fingerprint.split()).lower()


def exact(told: Json, fields: dict | list | str) -> None:
    """Broken where a value has other fields than these, of another kind or in another order.

    Kinds are those of `acts`; a tuple is of one that may be null, and a field whose name ends
    in `?` may be left out.
    """
    if isinstance(fields, str):
        acts.check({"": told}, {"": fields}, "it")
        return
    if isinstance(fields, list):
        if not isinstance(told, list):
            raise Broken("is no array")
        for one in told:
            exact(one, fields[0])
        return
    if not isinstance(told, dict):
        raise Broken("is no object")
    due = {}
    for name, kind in fields.items():
        optional = name.endswith("?") or (isinstance(kind, str) and kind.endswith("?"))
        if not optional or name.removesuffix("?") in told:
            due[name.removesuffix("?")] = kind
    if list(told) != list(due):
        raise Broken("has other fields, or in another order")
    for name, kind in due.items():
        if isinstance(kind, tuple):
            if told[name] is not None:
                exact(told[name], kind[0])
        elif isinstance(kind, dict | list):
            exact(told[name], kind)
        else:
            acts.check({name: told[name]}, {name: kind}, "it")
