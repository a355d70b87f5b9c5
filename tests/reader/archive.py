"""An archive, checked from the log keys' fingerprint alone to its last proof and signature,
as secterm/archive/FORMAT.md has it: how its members are read in `members`, which of them there
are and sections 10 and 15 here, strands in `strands`, dossiers in `records`, extracts in
`extracts`. Section numbers in all of these are those of that page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from tests.reader import acts, extracts, notes, records
from tests.reader.acts import Json
from tests.reader.basics import Broken, Fault, sha256, short_line, signature_holds
from tests.reader.members import ENDINGS, Headed
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
PACK = re.compile(r"packs/[0-9a-f]{64}/[a-z]+\.toml", re.ASCII)

LIST = "/SHA256SUMS"  # the last of each folder
LINE = re.compile(r"([0-9a-f]{64})  ([!-~]+)\n", re.ASCII)

CONTINUED = {"size": "number", "root": "hex 32", "proof": ["hex 32"]}
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


class Archive(Headed):
    """An archive's members, against the fingerprint that is known of its log keys."""

    def __init__(self, members: list[Member], known: str, *, cheap: bool = False) -> None:
        super().__init__(members, known)
        self.had("the log keys have the fingerprint that was given")
        self.cheap = cheap
        self.manifest: dict[str, Json] = {}
        self.packs: dict[str, dict[str, str]] = {}

    @property
    def kind(self) -> str:
        return str(self.manifest.get("kind", "whole"))

    @property
    def day(self) -> str:
        """The day of which every record is."""
        return str(self.manifest.get("created", ""))[:10]

    # -- section 4 and 5 -----------------------------------------------------------------

    def officer(self) -> None:
        """Who signed checkpoint and manifest."""
        self.by_officer(str(self.manifest.get("officer")))

    def shares(self) -> None:
        """Recovery shares, which are in a whole archive only."""
        if self.kind == "whole":
            self.recovery_shares()

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
                yield from self.strand(f"officers/{id}")
                yield f"officers/{id}{LIST}"
            for folder in self.folders("packs"):
                yield from (name for name in self.under(folder) if PACK.fullmatch(name))
                yield f"{folder}{LIST}"
        for folder in self.folders("origins", "dossiers") if whole else self.folders("dossiers"):
            yield from self.strand(folder) if whole else self.proofs(folder, ENDINGS[2:])
            if folder.startswith("origins/"):
                yield f"{folder}{LIST}"
                continue
            yield f"{folder}/{'dossier' if whole else 'decision'}.json"
            if f"{folder}/undertaking.txt" in self.files:
                yield f"{folder}/undertaking.txt"
            yield f"{folder}{LIST}"
        yield from LAST

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
            records.check(self)
        else:
            extracts.check(self)


# Each is about a member and ends where it does not hold; the next goes on.
STEPS: tuple[tuple[str, Callable[[Archive], None]], ...] = (
    ("manifest.json", Archive.read_manifest),
    ("manifest.sig", Archive.over_manifest),
    ("checkpoint", Archive.officer),
    ("recoveries.json", Archive.shares),
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
