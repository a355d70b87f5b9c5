"""A verification, beside what nobody can leave out: each entry hashed as a leaf and opened,
each signature verified, from rows that are in memory, on one core.
"""

import hashlib
import time

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from secterm.desk import judging
from secterm.desk.roll import Roll
from secterm.dossier import entries as acts
from secterm.vault import keys
from secterm.vault.merkle import Edge
from secterm.vault.note import Checkpoint
from secterm.vault.records import SignedSize
from secterm.vault.seal import NONCE_SIZE, unpad, unseal
from secterm.vault.verify import verify
from tests.benchmarks.apart import apart
from tests.benchmarks.figures import compared, progress
from tests.benchmarks.stocked import open_desk

PARTS = (
    "  to walk all rows in their order, one core",
    "  to judge dossier by dossier, one core",
    "  of that to read, open and decode the entries of each, one core",
    "  what C does of it all, with no step of Python between, one core",
)


def work(size, stock):
    """Per entry, of sample dossiers and of dossiers with an entry each; where the time goes; and
    what is left of it where C alone is counted.
    """
    lines = []
    for what, vault in (
        (f"verify, per entry, {size.lives:,} sample dossiers", stock.lives(size.lives)),
        (f"verify, per entry, {size.cards // 10:,} just opened", stock.opened(size.cards // 10)),
    ):
        runs, parts = [], {part: [] for part in PARTS}
        for run in range(size.runs):
            least, in_c = apart(floors, stock.copy(vault))
            runs.append((apart(verified, stock.copy(vault)), least))
            for part, took in zip(PARTS, (*apart(halves, stock.copy(vault)), in_c), strict=True):
                parts[part].append((took, least))
            progress(f"{what}: run {run + 1} of {size.runs}")
        peer = "hashed, opened, signatures, one core"
        lines.append(compared(what, "µs", peer, runs, under=0.8))
        lines += [compared(part, "µs", peer, took) for part, took in parts.items()]
    return lines


def verified(vault):
    """Microseconds for each entry."""
    desk = open_desk(vault)
    began = time.perf_counter()
    report = desk.verify()
    took = time.perf_counter() - began
    desk.close()
    assert report.holds
    return 1e6 * took / report.entries


def halves(path):
    """Microseconds for each entry of what the two processes share, one after the other."""
    desk = open_desk(path)
    vault, registry = desk._vault, desk._registry
    known, others = registry.signing_keys(), {bytes.fromhex(id) for id in registry.strands}
    began = time.perf_counter()
    faults = [*verify(vault, known, judge=Roll(vault, registry), others=others)]
    walked = time.perf_counter()
    for id in judging.ids(vault, registry):
        faults += judging.judge(vault, registry, id).faults
    judged = time.perf_counter()
    for id in judging.ids(vault, registry):
        for _number, plain in vault.entries(bytes.fromhex(id)):
            acts.decode(plain)
    read = time.perf_counter()
    assert not faults
    times = walked - began, judged - walked, read - judged
    size = vault.size
    desk.close()
    return [1e6 * each / size for each in times]


def floors(path):
    """Microseconds for each entry, with nothing else done: for the floor, and for that with its
    row read, its JSON decoded and the tree's hash above it made, each of all entries at once.
    """
    desk = open_desk(path)
    leaves, seals, signed = prepared(desk)
    cursor = desk._vault.file.database.connection().cursor()
    query = "SELECT number, dossier, sealed FROM entry ORDER BY number"
    began = time.perf_counter()
    for leaf in leaves:
        hashlib.sha256(leaf).digest()
    opened = [aead.decrypt(nonce, sealed, place) for aead, nonce, sealed, place in seals]
    for key, signature, text in signed:
        key.verify(signature, text)
    least = time.perf_counter() - began
    texts = [unpad(padded) for padded in opened]
    pair = bytes(1 + 2 * hashlib.sha256().digest_size)
    began = time.perf_counter()
    cursor.execute(query).fetchall()
    for text in texts:
        try:  # noqa: SIM105 - to suppress it takes as long as to decode it
            acts.decode(text)
        except msgspec.DecodeError:  # one of the vault's own
            pass
    for _leaf in leaves:
        hashlib.sha256(pair).digest()
    more = time.perf_counter() - began
    desk.close()
    return 1e6 * least / len(leaves), 1e6 * (least + more) / len(leaves)


def prepared(desk):
    """Of a vault the leaves, the seals and what opens them, and the signatures."""
    vault, tables = desk._vault, desk._vault.file.tables
    public = {
        id: Ed25519PublicKey.from_public_bytes(key)
        for id, key in desk._registry.signing_keys().items()
    }
    dossier, entry, signature = tables.dossier, tables.entry, tables.signature
    committed = dict(vault.file.rows(dossier.select(dossier.id, dossier.commitment)))
    leaves, seals, opens, edge, edges = [], [], {}, Edge(0, ()), {}
    query = entry.select(entry.number, entry.dossier, entry.sealed).order_by(entry.number)
    for number, id, sealed in vault.file.rows(query):
        if id not in opens:
            opens[id] = AESGCMSIV(keys.entry_key(vault.dossier_key(id)))
        place = keys.entry_place(vault.id, id, number).associated()
        seals.append((opens[id], sealed[:NONCE_SIZE], sealed[NONCE_SIZE:], place))
        leaves.append(b"\0" + keys.leaf(id, committed[id], sealed))
        edge = edge.append(hashlib.sha256(leaves[-1]).digest())
        edges[edge.size] = edge
    signed = []
    for ended, sealed in vault.file.rows(signature.select(signature.size, signature.sealed)):
        place = keys.signature_place(vault.id, ended)
        said = SignedSize.decode(unseal(vault.subkeys.signatures, place, sealed))
        text = Checkpoint(vault.origin, ended, edges[ended].root()).text().encode()
        signed.append((public[said.officer], said.signature, text))
    return leaves, seals, signed
