"""What section 9 says of witnesses: whose checkpoints were seen, and who cosigned this log's."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from tests.reader.acts import Entry
from tests.reader.basics import Fault, root_of, u64
from tests.reader.slots import login

LATEST = 8**11 - 1  # seconds since 1970


class Witnesses:
    """Goes through the entries of a vault's own strand in their order."""

    def __init__(self, origin: str, leaves: list[bytes], faults: list[Fault]) -> None:
        self.origin, self.leaves, self.faults = origin, leaves, faults
        self.seen: dict[str, Entry] = {}
        self.known: dict[str, Entry] = {}

    def check(self, entries: list[Entry]) -> None:
        for entry in entries:
            what = ""
            if entry.name in ("witnessed", "cosigned") and entry.text("origin") == self.origin:
                what = "a vault is no witness of itself"
            elif entry.name == "witnessed":
                what = self._seen(entry)
            elif entry.name == "cosigned":
                what = self._cosigned(entry)
            if what:
                self.faults.append(Fault("entry", str(entry.number), "sealed", what))

    def _seen(self, entry: Entry) -> str:
        origin, size = entry.text("origin"), entry.number_of("size") or 0
        before = self.seen.get(origin)
        if size < 1:
            return "nothing was seen"
        if before is not None:
            then = before.number_of("size") or 0
            if before.text("log_keys") != entry.text("log_keys"):
                return "the vault that was seen had other log keys"
            if size < then or (size == then and before.text("root") != entry.text("root")):
                return "does not continue what was seen before"
        self.seen[origin] = entry
        return ""

    def _cosigned(self, entry: Entry) -> str:
        origin, size = entry.text("origin"), entry.number_of("size") or 0
        before = self.known.get(origin)
        if not 1 <= size <= min(entry.number, len(self.leaves)):
            return "there never were as many entries"
        if not 1 <= (entry.number_of("time") or 0) <= LATEST:
            return "that is no time"
        if before is not None and _who(before) != _who(entry):
            return "the witness had another name or other keys"
        for other, known in self.known.items():
            if other != origin and login(known.text("witness")) == login(entry.text("witness")):
                return "another witness has that name"
        self.known[origin] = entry
        if root_of(self.leaves[:size]) != entry.id("root"):
            return "never was here"
        return "" if _holds(entry, self.origin) else "the cosignature does not hold"


def _who(entry: Entry) -> tuple[str, ...]:
    return tuple(entry.text(field) for field in ("witness", "log_ed25519", "log_mldsa44"))


def _holds(entry: Entry, log: str) -> bool:
    """The message of section 8, by the witness's own log key."""
    name, origin = entry.text("origin").encode(), log.encode()
    message = b"subtree/v1\n\0" + bytes([len(name)]) + name + u64(entry.number_of("time") or 0)
    message += bytes([len(origin)]) + origin + u64(0) + u64(entry.number_of("size") or 0)
    try:
        key = MLDSA44PublicKey.from_public_bytes(entry.id("log_mldsa44"))
        key.verify(entry.id("signature"), message + entry.id("root"))
    except (InvalidSignature, ValueError):
        return False
    return True
