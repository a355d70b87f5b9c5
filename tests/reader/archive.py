"""An archive, checked from the log keys' fingerprint alone to its last proof and signature,
as secterm/archive/FORMAT.md has it: its sections 3 to 5 and 10 here, strands and dossiers in
`strands`, extracts in `extracts`. Section numbers in these three are those of that page.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from tests.reader import acts, extracts, notes, strands
from tests.reader.acts import Json
from tests.reader.basics import Broken, Fault, fingerprint, sha256, short_line, signature_holds
from tests.reader.opened import Member
from tests.reader.registry import pack_digest

SCHEMAS = {
    "whole": (
        "consistency", "dossier", "dossier-entry", "key", "manifest", "manifest-sig",
        "officer-entry", "officers", "recoveries",
    ),
    "decision": ("consistency", "decision", "manifest", "manifest-sig", "officers"),
}  # fmt: skip
# The members that stand in no folder, in their order; what is only in a whole archive.
FIRST = ("checkpoint", "log-keys", "consistency.json", "officers.json", "recoveries.json")
LAST = ("manifest.json", "manifest.sig")
WHOLE = {"recoveries.json"}
ENDINGS = ("json", "sealed", "tlog-proof", "officer-proof")  # of an entry, in their order
ENTRY = re.compile(r".*/entries/(0|[1-9][0-9]{0,18})\.[a-z-]+", re.ASCII)
PACK = re.compile(r"packs/[0-9a-f]{64}/[a-z]+\.toml", re.ASCII)

LIST = "/SHA256SUMS"  # the last of each folder
LINE = re.compile(r"([0-9a-f]{64})  ([!-~]+)\n", re.ASCII)

CONTINUED = {"size": "number", "root": "hex 32", "proof": "texts"}
OFFICER = {"id": "hex 16", "name": "text", "public_key": "hex 32"}
RECOVERY = {"id": "hex 16", "public_key": "hex 32"}
COVERS = {
    "what": "named selection changed all",
    "dossiers": "number",
    "left_out": "number",
    "volume": "volume?",
}
MANIFEST = {
    "format": "number",
    "kind": "whole decision",
    "unit": "text",
    "covers": COVERS,
    "origin": "text",
    "size": "number",
    "root": "hex 32",
    "created": "time",
    "officer": "hex 16",
    "files": "files",
}
SIGNATURE = {
    "officer": "hex 16",
    "public_key": "hex 32",
    "signature": "hex 64",
    "log_ed25519": "hex 64",
    "log_mldsa44": "hex 2420",
}


class Archive:
    """The members, what was read of them, every fault, and how often what was checked.

    Broken where log keys, checkpoint or officers are not such, or not those of the fingerprint:
    nothing can be checked then.
    """

    def __init__(self, members: list[Member], known: str, *, cheap: bool = False) -> None:
        self.names = [name for name, _ in members]
        self.files = dict(members)
        self.cheap = cheap
        self.faults: list[Fault] = []
        self.checked: Counter[str] = Counter()
        self.log = self._log_keys(known)
        self.point, self.signed_at, self.signatures = self._checkpoint()
        self.vault = bytes.fromhex(self.point.origin.removeprefix("secterm/"))
        self.officers = self._signers("officers.json", OFFICER)
        self.recoveries: dict[str, dict] = {}
        self.manifest: dict[str, Json] = {}
        self.packs: dict[str, dict[str, str]] = {}

    # -- what the checks share -----------------------------------------------------------

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

    def folders(self, of: str) -> list[str]:
        """The folders under `officers`, `packs` or `dossiers`, in their order."""
        found = (name.split("/") for name in self.names if name.startswith(f"{of}/"))
        return list(dict.fromkeys("/".join(parts[:2]) for parts in found))

    def under(self, folder: str) -> list[str]:
        """The names of a folder's members, in their order."""
        return [name for name in self.names if name.startswith(f"{folder}/")]

    @property
    def kind(self) -> str:
        return str(self.manifest.get("kind", "whole"))

    @property
    def day(self) -> str:
        """The day of which every record is."""
        return str(self.manifest.get("created", ""))[:10]

    # -- section 4 and 5 -----------------------------------------------------------------

    def _log_keys(self, known: str) -> tuple[bytes, bytes]:
        told = notes.lines(self.take("log-keys"))
        typed = [notes.unbase64((*line.split("+", 2), "", "")[2]) for line in told]
        if [key[:1] for key in typed] != [b"\1", b"\6"]:
            raise Broken("log-keys: are not an Ed25519 key and an ML-DSA-44 key")
        origin, keys = told[0].partition("+")[0], (typed[0][1:], typed[1][1:])
        plain = "".join(known.split()).lower()
        own = fingerprint(origin, *keys).replace(" ", "")
        # The file's own digest, as `sha256sum` gives it, is the same where it is written right.
        if sha256(self.take("log-keys")).hex()[:32] != own or own != plain:
            raise Broken("log-keys: have another fingerprint than the one that is known")
        self.had("the log keys have the fingerprint that was given")
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

    def officer(self) -> None:
        """Who signed checkpoint and manifest, the last signature of the first."""
        name = str(self.manifest.get("officer"))
        if name not in self.officers:
            raise Broken("is by nobody in officers.json")
        public = bytes.fromhex(self.officers[name]["public_key"])
        notes.signed(self.point, self.signatures[2], f"{self.point.origin}/officer/{name}", public)
        self.had("signatures of the officer over the checkpoint")

    def recovery_shares(self) -> None:
        """The sets of recovery shares; none of them is an officer."""
        if self.kind == "whole":
            self.recoveries = self._signers("recoveries.json", RECOVERY)
            if self.recoveries.keys() & self.officers.keys():
                raise Broken("names an officer")

    # -- section 15 ----------------------------------------------------------------------

    def continuing(self) -> None:
        """Every earlier checkpoint that is named stands in this one's past."""
        told = self.value("consistency.json", [CONTINUED])
        assert isinstance(told, list)
        sizes = [int(str(one["size"])) for one in told if isinstance(one, dict)]
        if sizes != sorted({*sizes}) or not all(0 < size < self.point.size for size in sizes):
            raise Broken("is not in ascending order, or of another journal")
        for one in told:
            assert isinstance(one, dict)
            assert isinstance(one["proof"], list)
            old = (int(str(one["size"])), bytes.fromhex(str(one["root"])))
            path = [bytes.fromhex(str(step)) for step in one["proof"]]
            if not notes.continues(old, (self.point.size, self.point.root), path):
                raise Broken(f"the proof from {old[0]} entries does not hold")
            self.had("earlier checkpoints that this one continues")

    # -- section 10 ----------------------------------------------------------------------

    def read_manifest(self) -> None:
        """Its form; that it is about this checkpoint and time; the three signatures over it."""
        told = self.value("manifest.json", MANIFEST)
        assert isinstance(told, dict)
        self.manifest = told
        point = self.point
        if told["format"] != 2:
            raise Broken("is of another format")
        if (told["origin"], told["size"], told["root"]) != (
            point.origin, point.size, point.root.hex(),
        ):  # fmt: skip
            raise Broken("names another checkpoint")
        if datetime.fromisoformat(str(told["created"])).timestamp() != self.signed_at:
            raise Broken("names another time than the checkpoint's signature")
        if told["covers"]["dossiers"] != len(self.folders("dossiers")):  # type: ignore[index,call-overload]
            raise Broken("covers another number of dossiers")

    def over_manifest(self) -> None:
        """The three signatures over the manifest."""
        told = self.value("manifest.sig", SIGNATURE)
        assert isinstance(told, dict)
        officer = self.officers.get(str(self.manifest.get("officer")), {})
        if (told["officer"], told["public_key"]) != (officer.get("id"), officer.get("public_key")):
            raise Broken("is by another officer than the manifest names")
        over, (short, long) = self.take("manifest.json"), self.log
        signatures = {name: bytes.fromhex(str(told[name])) for name in list(SIGNATURE)[2:]}
        for public, name in ((officer["public_key"], "signature"), (short.hex(), "log_ed25519")):
            if not signature_holds(bytes.fromhex(public), signatures[name], over):
                raise Broken(f"{name}: does not verify")
        notes.mldsa44(long, signatures["log_mldsa44"], over)
        self.had("signatures over the manifest: the officer's, and those of both log keys", 3)

    def hashes(self) -> None:
        """Just these members, with these hashes, in this order: of the manifest those that
        stand in no folder, and each folder's list; of a list those in its folder.
        """
        files = self.manifest.get("files", {})
        assert isinstance(files, dict)
        top = [n for n in self.names if n not in LAST and ("/" not in n or n.endswith(LIST))]
        self._listed("manifest.json", {n: str(digest) for n, digest in files.items()}, top)
        for name in dict.fromkeys(n for n in top if n.endswith(LIST)):
            folder = name.removesuffix(LIST)
            within = [n for n in self.under(folder) if n != name]
            try:
                self._listed(name, listed(self.take(name)), within)
            except Broken as broken:
                self.tell(name, broken)
        for name in self.names:
            if "/" in name and f"{folder_of(name)}{LIST}" not in self.files:
                self.tell(name, "is in no list")

    def _listed(self, where: str, told: dict[str, str], there: list[str]) -> None:
        if list(told) != there:
            self.tell(where, "lists other members, or in another order")
        for name in there:
            if name in told and sha256(self.files[name]).hex() != told[name]:
                self.tell(name, f"has another SHA-256 than {where} says")
            else:
                self.had("members by their SHA-256")

    # -- section 3 -----------------------------------------------------------------------

    def order(self) -> None:
        """That every name is there that must be, once, in its place, and no other."""
        for name, times in Counter(self.names).items():
            if times > 1:
                self.tell(name, "is there twice")
        due = list(self._due())
        for name in due:
            if name not in self.files:
                self.tell(name, "is missing")
        for name in self.files.keys() - set(due):
            self.tell(name, "is no part of such an archive")
        if [name for name in due if name in self.files] != list(self.files):
            self.tell("the members", "stand in another order")

    def _due(self) -> Iterator[str]:
        yield "README.txt"
        yield from (f"schemas/{name}.schema.json" for name in SCHEMAS[self.kind])
        yield f"schemas{LIST}"
        whole = self.kind == "whole"
        yield from (name for name in FIRST if whole or name not in WHOLE)
        if whole:
            for id in self.officers:
                yield from self._strand(f"officers/{id}")
                yield f"officers/{id}{LIST}"
            for folder in self.folders("packs"):
                yield from (name for name in self.under(folder) if PACK.fullmatch(name))
                yield f"{folder}{LIST}"
        for folder in self.folders("dossiers"):
            yield from self._strand(folder) if whole else self._proofs(folder, ENDINGS[2:])
            yield f"{folder}/{'dossier' if whole else 'decision'}.json"
            if f"{folder}/undertaking.txt" in self.files:
                yield f"{folder}/undertaking.txt"
            yield f"{folder}{LIST}"
        yield from LAST

    def _strand(self, folder: str) -> Iterator[str]:
        yield f"{folder}/key.json"
        yield from self._proofs(folder, ENDINGS)

    def _proofs(self, folder: str, endings: tuple[str, ...]) -> Iterator[str]:
        for number in self.numbers(folder):
            yield from (f"{folder}/entries/{number}.{ending}" for ending in endings)

    def numbers(self, folder: str) -> list[int]:
        """Of which entries there is something in a folder."""
        found = map(ENTRY.fullmatch, self.under(folder))
        return sorted({int(match[1]) for match in found if match})

    def read_packs(self) -> None:
        """Section 7: each has the digest that its folder is named by."""
        for folder in self.folders("packs"):
            try:
                files = {
                    name.rpartition("/")[2]: self.files[name].decode()
                    for name in self.under(folder)
                    if not name.endswith(LIST)
                }
            except UnicodeDecodeError:
                raise Broken(f"{folder}: is not UTF-8") from None
            digest = folder.partition("/")[2]
            if pack_digest(files) != digest or set(files) != acts.PACK_FILES:
                self.tell(folder, "is another pack than its name says")
                continue
            self.packs[digest] = files
            self.had("packs by their digest")

    def inside(self) -> None:
        """Every strand, or every extract."""
        if self.kind == "whole":
            strands.check(self)
        else:
            extracts.check(self)


# Each is about a member and ends where it does not hold; the next goes on.
STEPS: tuple[tuple[str, Callable[[Archive], None]], ...] = (
    ("manifest.json", Archive.read_manifest),
    ("manifest.sig", Archive.over_manifest),
    ("checkpoint", Archive.officer),
    ("recoveries.json", Archive.recovery_shares),
    ("consistency.json", Archive.continuing),
    ("the members", Archive.order),
    ("manifest.json", Archive.hashes),
    ("packs", Archive.read_packs),
    ("the strands", Archive.inside),
)


@dataclass(frozen=True)
class Report:
    """What was checked, how often, and what does not hold."""

    kind: str
    checkpoint: str
    dossiers: list[str]
    checked: dict[str, int]
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        return not self.faults


def verified(members: list[Member], known: str, *, cheap: bool = False) -> Report:
    """Checks all of an archive from the log keys' fingerprint, however it is spaced."""
    try:
        archive = Archive(members, known, cheap=cheap)
    except Broken as broken:
        return Report("", "", [], {}, (Fault("archive", "", "member", str(broken)),))
    for where, step in STEPS:
        try:
            step(archive)
        except Broken as broken:
            archive.tell(where, broken)
    return Report(
        archive.kind,
        short_line(archive.point.size, archive.point.root),
        [folder.partition("/")[2] for folder in archive.folders("dossiers")],
        dict(archive.checked),
        tuple(sorted(set(archive.faults))),
    )


def listed(data: bytes) -> dict[str, str]:
    """A folder's list: name to SHA-256, in order. Broken where it is written otherwise."""
    text = data.decode("ascii", "replace")
    found = {match[2]: match[1] for match in LINE.finditer(text)}
    if "".join(f"{digest}  {name}\n" for name, digest in found.items()) != text:
        raise Broken("is written otherwise")
    return found


def folder_of(name: str) -> str:
    """The folder of a member that stands in one."""
    parts = name.split("/")
    return "/".join(parts[: 1 if len(parts) == 2 else 2])


def exact(told: Json, fields: dict | list) -> None:
    """Broken where a value has other fields than these, of another kind or in another order.

    Kinds are those of `acts`; a tuple is of one that may be null, and a field whose name ends
    in `?` may be left out.
    """
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
