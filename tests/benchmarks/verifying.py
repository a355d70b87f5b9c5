"""A verification, beside what nobody can leave out: each entry hashed as a leaf and opened,
each signature verified, from rows that are in memory, on one core.
"""

import hashlib
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from secterm.vault import keys
from secterm.vault.merkle import Edge
from secterm.vault.note import Checkpoint
from secterm.vault.records import SignedSize
from secterm.vault.seal import NONCE_SIZE, unseal
from tests.benchmarks.apart import apart
from tests.benchmarks.figures import compared, progress
from tests.benchmarks.stocked import open_desk


def work(size, stock):
    """Per entry, of sample dossiers and of dossiers with an entry each."""
    lines = []
    for what, vault in (
        (f"verify, per entry, {size.lives:,} sample dossiers", stock.lives(size.lives)),
        (f"  {size.cards // 10:,} just opened", stock.opened(size.cards // 10)),
    ):
        runs = []
        for run in range(size.runs):
            runs.append((apart(verified, stock.copy(vault)), apart(floor, stock.copy(vault))))
            progress(f"{what}: run {run + 1} of {size.runs}")
        lines.append(compared(what, "µs", "hashed, opened, signatures, one core", runs, under=0.8))
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


def floor(path):
    """Microseconds for each entry, with nothing else done."""
    desk = open_desk(path)
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
    began = time.perf_counter()
    for leaf in leaves:
        hashlib.sha256(leaf).digest()
    for aead, nonce, sealed, place in seals:
        aead.decrypt(nonce, sealed, place)
    for key, signature, text in signed:
        key.verify(signature, text)
    took = time.perf_counter() - began
    desk.close()
    return 1e6 * took / len(leaves)
