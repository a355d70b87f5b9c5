"""How a transaction becomes rows: all of it in one SQLite transaction, or nothing.
Entries are sealed and hashed, the new size signed, slots and dossiers' keys put
in their places or taken away, and the head that says so written last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from secterm.vault import keys, sealing, slots
from secterm.vault.errors import VaultDamaged
from secterm.vault.keys import VaultKeys
from secterm.vault.merkle import Edge, leaf_hash, new_full_tiles
from secterm.vault.note import Checkpoint
from secterm.vault.outside import Outside
from secterm.vault.records import COUNT_SIZE, Card, Head, SignedSize
from secterm.vault.seal import Strand, seal, unseal
from secterm.vault.signer import Signer

if TYPE_CHECKING:
    from secterm.vault.file import VaultFile
    from secterm.vault.transaction import Transaction
    from secterm.vault.vault import Vault

NO_COMMITMENT: Final = bytes(32)
BATCH: Final = 500  # rows read at a time


@dataclass(frozen=True)
class Rekeying:
    """A new vault key, to whom it is sealed, and who hears how far it is."""

    key: bytes = field(repr=False)
    holders: dict[str, bytes]  # slot digest -> public sealing key
    progress: Callable[[int, int], None]


@dataclass(frozen=True)
class Written:
    """What a commit leaves in the file: its head, as sealed, and the vault key if it is new."""

    head: Head
    sealed: bytes
    key: bytes = field(default=b"", repr=False)


def commit(vault: Vault, work: Transaction, signer: Signer) -> None:
    """Makes the transaction durable. `work.written` says what it leaves, also where it fails."""
    fresh = _sealed(vault, work)
    before, edge = vault.size, fresh.edge
    text = Checkpoint(vault.origin, edge.size, edge.root()).text()
    signed = SignedSize(signer.officer, before, signer.key.sign(text.encode()))
    statements = vault.file.statements
    anew = _tables_anew(work)
    with vault.file.writing(scrub=bool(anew)):
        if vault.head.outside:
            unchanged(vault, outside=work.touches_outside)
        for id, key in work.dossiers.items():
            wrapped = seal(vault.subkeys.wraps(vault.id, id), keys.key_place(vault.id, id), key)
            vault.file.write(statements.dossier, (id, wrapped, keys.commitment(key)))
        vault.file.write(statements.entry, *fresh.rows)
        for card in work.cards.values():
            _write_card(vault, card, fresh.keys)
        grown = new_full_tiles(before, edge.size, vault.read_tile, _hashes(vault, fresh.hashes))
        for level, place, tile in grown:
            vault.file.write(statements.tile, (level, place, tile))
        sealed = seal(
            vault.subkeys.signatures, keys.signature_place(vault.id, edge.size), signed.encode()
        )
        vault.file.write(statements.signature, (edge.size, sealed))
        for dossier in work.erased:
            _erase(vault, dossier)
        if work.erased or work.rekeying is not None:
            vault.file.tables.sheet.delete().execute()  # they are made anew, of what is left
        _change_slots(vault, work)
        subkeys = vault.subkeys
        if work.rekeying is not None:
            subkeys = VaultKeys.of(work.rekeying.key, vault.id)
            _rekey(vault, work.rekeying, subkeys)
        head = replace(vault.head, edge=edge, mark=work.mark)
        if work.touches_outside or not head.outside:
            plain = Outside.read(vault.file)
            head = replace(head, outside=plain.digest())
            plain.write(vault.file, failures=0 if work.failures_told else plain.failures)
        key = work.rekeying.key if work.rekeying is not None else b""
        work.written = Written(head, _write_head(vault, head, subkeys), key)
        if anew:
            vault.file.rebuild(*anew)


def _tables_anew(work: Transaction) -> set[str]:
    """Those of which nothing may be left on a page that their rows stood on before."""
    anew = set()
    if work.erased:
        anew |= {"dossier", "entry", "draft", "sheet"}
    if work.gone:
        anew |= {"slot"}
    if work.rekeying is not None:
        anew |= {"dossier", "sheet", "signature", "slot", "vault", "head"}
    return anew


@dataclass
class _Fresh:
    """The new entries: their rows, their hashes, the edge that they make."""

    edge: Edge
    keys: dict[bytes, bytes]  # dossier -> key
    rows: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)


def _sealed(vault: Vault, work: Transaction) -> _Fresh:
    fresh = _Fresh(vault.head.edge, dict(work.dossiers))
    strands: dict[bytes, tuple[Strand, bytes]] = {}  # with what commits to the key
    for number, (dossier, plaintext) in enumerate(work.entries, vault.size):
        if dossier not in strands:
            key = fresh.keys.get(dossier) or vault.dossier_key(dossier)
            fresh.keys[dossier] = key
            strands[dossier] = keys.entries_of(vault.id, dossier, key), keys.commitment(key)
        strand, committed = strands[dossier]
        sealed = strand.seal(number, plaintext)
        hashed = leaf_hash(keys.leaf(dossier, committed, sealed))
        fresh.rows.append((number, dossier, sealed))
        fresh.hashes.append(hashed)
        fresh.edge = fresh.edge.append(hashed)
    return fresh


def unchanged(vault: Vault, *, outside: bool) -> None:
    """Raises `VaultDamaged` where the file is not as we left it, inside `file.writing()`."""
    found = [sealed for (sealed,) in vault.file.rows(vault.file.statements.there)]
    if found != [vault.sealed_head]:
        raise VaultDamaged("head.sealed", "was changed while the vault was open")
    if outside and not vault.outside_holds():
        raise VaultDamaged("vault and slot", "a row is not as the head says")


def _write_card(vault: Vault, card: Card, known: dict[bytes, bytes]) -> None:
    key = known.get(card.dossier) or vault.dossier_key(card.dossier)
    plaintext = card.number.to_bytes(COUNT_SIZE, "big") + card.body
    sealed = seal(keys.card_key(key), keys.card_place(vault.id, card.dossier), plaintext)
    vault.file.write(vault.file.statements.card, (sealed, card.dossier))


def _write_head(vault: Vault, head: Head, subkeys: VaultKeys) -> bytes:
    sealed = seal(subkeys.head, keys.head_place(vault.id), head.encode())
    vault.file.write(vault.file.statements.head, (1, sealed))
    return sealed


def _hashes(vault: Vault, fresh: list[bytes]) -> Callable[[int, int], list[bytes]]:
    """Reads leaf hashes, the new ones behind those of committed entries."""
    before = vault.size

    def read(start: int, end: int) -> list[bytes]:
        old = vault.leaf_hashes(start, min(end, before)) if start < before else []
        return old + fresh[max(start - before, 0) : max(end - before, 0)]

    return read


# -- slots ------------------------------------------------------------------


def insert_slot(file: VaultFile, slot: slots.Slot) -> None:
    """A slot's row; belongs inside `file.writing()`."""
    file.tables.slot.insert(
        id=slot.id, kdf=slot.kdf, tag=slot.tag, sealed=slot.sealed, wrapped=slot.wrapped
    ).execute()


def _change_slots(vault: Vault, work: Transaction) -> None:
    table = vault.file.tables.slot
    if work.gone:
        there = {slot.digest(): slot.id for slot in Outside.read(vault.file).slots}
        for digest in work.gone:
            if digest not in there:
                raise VaultDamaged("slot", "the one that is to go is not there")
            table.delete().where(table.id == there[digest]).execute()
    for slot in work.slots:
        insert_slot(vault.file, slot)


# -- erasing ----------------------------------------------------------------


def _erase(vault: Vault, dossier: bytes) -> None:
    """Destroys a dossier's key, card, draft and sealed entries; their leaf hashes stay."""
    table, entry = vault.file.tables.dossier, vault.file.tables.entry
    draft = vault.file.tables.draft
    committed = [c for (c,) in _some(vault, table.select(table.commitment), table.id == dossier)]
    if not committed:
        raise VaultDamaged(f"dossier {dossier.hex()}", "is not there")
    query = entry.select(entry.number, entry.sealed)
    for number, sealed in list(_some(vault, query, entry.dossier == dossier)):
        hashed = vault.leaf_of(dossier, committed[0], sealed)
        entry.update(sealed=hashed).where(entry.number == number).execute()
    draft.delete().where(draft.dossier == dossier).execute()
    # The commitment goes too: no leaf is made of it any more, so nothing would hold it.
    table.update(key=None, commitment=NO_COMMITMENT, card=None).where(table.id == dossier).execute()


def _some(vault: Vault, query: Any, condition: Any) -> Iterator[Any]:  # noqa: ANN401 - peewee
    return vault.file.rows(query.where(condition))


# -- a new vault key ----------------------------------------------------------


def _rekey(vault: Vault, rekeying: Rekeying, new: VaultKeys) -> None:
    """Seals anew all that the vault key sealed, the head apart."""
    tables, old, id = vault.file.tables, vault.subkeys, vault.id
    total = sum(table.select().count() for table in (tables.dossier, tables.signature))
    done = 0
    for dossier, wrapped in _batches(vault, tables.dossier, tables.dossier.id, tables.dossier.key):
        done += 1
        rekeying.progress(done, total)
        if wrapped is not None:
            place = keys.key_place(id, dossier)
            key = unseal(old.wraps(id, dossier), place, wrapped)
            tables.dossier.update(key=seal(new.wraps(id, dossier), place, key)).where(
                tables.dossier.id == dossier
            ).execute()
    signature = tables.signature
    for size, sealed in _batches(vault, signature, signature.size, signature.sealed):
        done += 1
        rekeying.progress(done, total)
        place = keys.signature_place(id, size)
        again = seal(new.signatures, place, unseal(old.signatures, place, sealed))
        signature.update(sealed=again).where(signature.size == size).execute()
    plain = Outside.read(vault.file)
    seeds = unseal(old.log, keys.log_place(id), plain.log_keys)
    tables.vault.update(log_keys=seal(new.log, keys.log_place(id), seeds)).execute()
    for slot in plain.slots:
        holder = rekeying.holders.get(slot.digest())
        if holder is None:
            raise VaultDamaged(f"slot {slot.id.hex()}", "is nobody's: no entry tells of it")
        try:
            wrapped = sealing.wrap(holder, slots.wrapped_place(id, slot.id), rekeying.key)
        except ValueError:
            raise VaultDamaged(f"slot {slot.id.hex()}", "its holder's key is none") from None
        tables.slot.update(wrapped=wrapped).where(tables.slot.id == slot.id).execute()


def _batches(vault: Vault, table: Any, key: Any, value: Any) -> Iterator[Any]:  # noqa: ANN401
    """Every row's key and value, in the order of keys; rows may be changed meanwhile."""
    last: object = None
    while True:
        query = table.select(key, value).order_by(key).limit(BATCH)
        found = list(vault.file.rows(query if last is None else query.where(key > last)))
        yield from found
        if len(found) < BATCH:
            return
        last = found[-1][0]
