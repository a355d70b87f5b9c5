"""What holds of rows, seals, tree and signatures, whatever the entries say: steps 1 to 7 of
section 16, the collecting of step 3 apart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from tests.reader import schema
from tests.reader.basics import (
    Broken,
    Edge,
    Fault,
    associated,
    checkpoint_text,
    digest_of,
    kdf,
    leaf_hash,
    number,
    public_key,
    root_of,
    signature_holds,
    tiles_of,
    u64,
    unsealed,
)
from tests.reader.registry import Registry
from tests.reader.vault import Vault

LONGEST_DRAFT = 67612  # bytes of a row
Draft: TypeAlias = "dict[str, object]"


@dataclass(frozen=True)
class Transaction:
    """The entries from `before` to less than `size`, and the id that signed them."""

    before: int
    size: int
    signer: bytes


@dataclass
class Log:
    """What the rows are, walked once."""

    leaves: list[bytes] = field(default_factory=list)
    strands: dict[bytes, list[int]] = field(default_factory=dict)
    transactions: list[Transaction] = field(default_factory=list)
    drafts: dict[bytes, Draft] = field(default_factory=dict)

    @property
    def root(self) -> bytes:
        return root_of(self.leaves)


def outside(vault: Vault) -> bytes:
    """The outside digest of the rows: section 6."""
    parts = [(s.id, s.kdf.encode(), s.tag, s.sealed, s.wrapped) for s in vault.slots]
    return digest_of(b"outside", vault.id, vault.log_keys, *(p for slot in parts for p in slot))


def walked(vault: Vault, registry: Registry, faults: list[Fault]) -> Log:
    """The log, with a fault for each thing that does not hold."""
    faults.extend(schema.faults(vault.db))
    log = Log()
    _strands(vault, registry, log, faults)
    _entries(vault, registry, log, faults)
    _signatures(vault, registry, log, faults)
    _drafts(vault, registry, log, faults)
    _tiles(vault, log, faults)
    _outside(vault, registry, log, faults)
    return log


def _strands(vault: Vault, registry: Registry, log: Log, faults: list[Fault]) -> None:
    for id, key, commitment, card in vault.db.execute(
        "SELECT id, key, commitment, card FROM dossier ORDER BY id"
    ).fetchall():
        log.strands[id] = []

        def told(column: str, what: str, row: str = id.hex()) -> None:
            faults.append(Fault("dossier", row, column, what))

        if id in registry.erased:
            if key is not None:
                told("key", "the dossier was erased, and has a key")
            if card is not None:
                told("card", "the dossier was erased, and has a card")
            if commitment != bytes(32):
                told("commitment", "the dossier was erased, and has a commitment")
            there = vault.db.execute(
                "SELECT number FROM entry WHERE dossier = ? ORDER BY number", (id,)
            )
            if digest_of(b"entries", *(u64(n) for (n,) in there)) != registry.had[id]:
                told("id", "the dossier was erased, and had other entries")
            continue
        try:
            if kdf(vault.strand_key(id), b"commitment") != commitment:
                told("commitment", "is not that of its key")
        except Broken as broken:
            told("key", str(broken))
        if (id in {vault.id, *registry.officers, *registry.origins}) != (card is None):
            told("card", "is not there" if card is None else "has no place here")


def _entries(vault: Vault, registry: Registry, log: Log, faults: list[Fault]) -> None:
    commitments = dict(vault.db.execute("SELECT id, commitment FROM dossier"))
    broken: set[bytes] = set()
    for n, strand, sealed in vault.db.execute(
        "SELECT number, dossier, sealed FROM entry ORDER BY number"
    ).fetchall():
        for missing in range(len(log.leaves), min(n, len(log.leaves) + 8)):
            faults.append(Fault("entry", str(missing), "number", "is missing"))
        if n != len(log.leaves):
            return  # what follows stands in other places than it says
        if strand not in log.strands:
            faults.append(Fault("entry", str(n), "dossier", "is of no strand"))
            log.leaves.append(bytes(32))
            continue
        log.strands[strand].append(n)
        log.leaves.append(leaf_hash(strand, commitments[strand], sealed))
        if strand in registry.erased:
            if len(sealed) != 32:
                faults.append(Fault("entry", str(n), "sealed", "of an erased dossier is more"))
            continue
        try:
            if strand not in broken:
                vault.strand_key(strand)
        except Broken:
            broken.add(strand)
        if strand in broken:
            continue
        try:
            vault.plain(n, strand, sealed)
        except Broken as fault:
            faults.append(Fault("entry", str(n), "sealed", str(fault)))
    for strand, numbers in log.strands.items():
        if not numbers:
            faults.append(Fault("dossier", strand.hex(), "id", "has no entries"))


def _signatures(vault: Vault, registry: Registry, log: Log, faults: list[Fault]) -> None:
    rows = vault.db.execute("SELECT size, sealed FROM signature ORDER BY size").fetchall()
    roots, edge = {}, Edge()
    wanted = {size for size, _ in rows}
    for leaf in log.leaves:
        edge.add(leaf)
        if edge.size in wanted:
            roots[edge.size] = edge.root()
    before = 0
    for size, sealed in rows:
        what = _signature(vault, registry, log, size, sealed, before, roots.get(size))
        if what:
            faults.append(Fault("signature", str(size), "sealed", what))
        before = size
    if before != len(log.leaves):
        faults.append(Fault("signature", str(len(log.leaves)), "size", "is missing"))


def _signature(
    vault: Vault,
    registry: Registry,
    log: Log,
    size: int,
    sealed: bytes,
    before: int,
    root: bytes | None,
) -> str:
    if root is None:
        return "is of entries that are not there"
    try:
        data = associated(vault.id, "signature.sealed", b"", size)
        plain = unsealed(vault.subkey("signatures"), data, sealed, 88)
    except Broken as broken:
        return str(broken)
    signer, signature = plain[:16], plain[24:]
    log.transactions.append(Transaction(before, size, signer))
    if number(plain[16:24]) != before:
        return "does not follow the one before"
    known = registry.signers.get(signer)
    if known is None or known.number >= size:
        return "is by nobody who could sign"
    if not signature_holds(known.public_key, signature, checkpoint_text(vault.origin, size, root)):
        return "does not verify"
    return ""


def _drafts(vault: Vault, registry: Registry, log: Log, faults: list[Fault]) -> None:
    for strand, sealed in vault.db.execute("SELECT dossier, sealed FROM draft").fetchall():
        if strand not in log.strands or strand == vault.id:
            what = "is of no dossier"
        elif strand in registry.erased:
            what = "is there, though the dossier was erased"
        elif len(sealed) > LONGEST_DRAFT:
            what = "is longer than a draft may be"
        else:
            what = _draft(vault, log, strand, sealed)
        if what:
            faults.append(Fault("draft", strand.hex(), "sealed", what))


def _draft(vault: Vault, log: Log, strand: bytes, sealed: bytes) -> str:
    try:
        vault.strand_key(strand)
    except Broken:
        return ""  # told of the strand's row
    try:
        log.drafts[strand] = json.loads(vault.draft(strand, sealed))
    except Broken as broken:
        return str(broken)
    except ValueError:
        return ""  # what it says is no matter of a verification
    return ""


def _tiles(vault: Vault, log: Log, faults: list[Fault]) -> None:
    due = tiles_of(log.leaves)
    for level, place, hashes in vault.db.execute("SELECT level, place, hashes FROM tile"):
        if due.pop((level, place), None) != hashes:
            faults.append(Fault("tile", f"{level}/{place}", "hashes", "is not of these leaves"))
    for level, place in due:
        faults.append(Fault("tile", f"{level}/{place}", "hashes", "is missing"))


def _outside(vault: Vault, registry: Registry, log: Log, faults: list[Fault]) -> None:
    now = outside(vault)
    if vault.checksum != digest_of(b"outside", now, vault.failures):
        faults.append(Fault("vault", "1", "checksum", "is not that of vault and slots"))
    try:
        size, _mark, told, hashes = vault.head()
    except Broken as broken:
        faults.append(Fault("head", "1", "sealed", str(broken)))
    else:
        if told != now:
            faults.append(Fault("head", "1", "sealed", "vault and slots are not what it has"))
        if size != len(log.leaves) or log.root != Edge(size, hashes).root():
            faults.append(Fault("head", "1", "sealed", "is not that of the entries"))
    _log_keys(vault, registry, faults)
    _slots(vault, registry, faults)


def _log_keys(vault: Vault, registry: Registry, faults: list[Fault]) -> None:
    def tell(what: str) -> None:
        faults.append(Fault("vault", "1", "log_keys", what))

    try:
        data = associated(vault.id, "vault.log_keys")
        seeds = unsealed(vault.subkey("log keys"), data, vault.log_keys, 64)
    except Broken as broken:
        tell(str(broken))
        return
    mldsa = MLDSA44PrivateKey.from_seed_bytes(seeds[32:]).public_key().public_bytes_raw()
    if registry.log_keys != (public_key(seeds[:32]), mldsa):
        tell("are not those of `created`")


def _slots(vault: Vault, registry: Registry, faults: list[Fault]) -> None:
    due = registry.slots()
    for slot in vault.slots:
        if slot.digest in due:
            due.remove(slot.digest)
        else:
            faults.append(Fault("slot", slot.id.hex(), "sealed", "is that of nobody"))
    for _ in due:
        faults.append(Fault("slot", "", "id", "of somebody is missing"))
    holder, known = vault.holder, registry.holder(vault.holder.id)
    if known is None or known != (holder.public_key, holder.sealing_key, vault.slot.digest):
        faults.append(Fault("slot", vault.slot.id.hex(), "sealed", "is not its holder's"))
