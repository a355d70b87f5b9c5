"""What somebody can write who holds a slot, and with it the vault key, past the desk's
judgement: by the vault's own modules, as a changed program would.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from secterm.desk.recording import Recorder
from secterm.dossier import entries as acts
from secterm.dossier.entries import Act, Entry
from secterm.vault import keys
from secterm.vault.merkle import TILE_WIDTH, Edge
from secterm.vault.records import Head
from secterm.vault.seal import seal
from secterm.vault.signer import Signer
from secterm.vault.transaction import Transaction
from secterm.vault.vault import Vault
from tests.tamper.vault import ALIX


@contextmanager
def unlocked(path: Path, who: tuple[str, str] = ALIX) -> Iterator[Vault]:
    """The vault itself, without a desk before it."""
    vault = Vault.open(path, *who)
    try:
        yield vault
    finally:
        vault.close()


def signer_of(path: Path, who: tuple[str, str]) -> Signer:
    """An officer's own keys."""
    with unlocked(path, who) as vault:
        return vault.signer


def later(vault: Vault) -> datetime:
    """A time that is not before the last entry's."""
    return datetime.fromtimestamp(vault.head.mark, UTC)


def write(vault: Vault, dossier: str, act: Act, signer: Signer, *, named: str = "") -> None:
    """An entry of a dossier, signed by `signer`, in the name of an officer (an id)."""
    entry = Entry(at=later(vault).isoformat(), officer=named or signer.officer.hex(), act=act)
    id = bytes.fromhex(dossier)
    card = vault.card(id).body
    with vault.transaction(signer) as work:
        work.set_card(id, work.append(id, acts.encode(entry)), card)


def write_own(vault: Vault, signer: Signer, fill: Callable[[Recorder, Transaction], None]) -> None:
    """Entries of the vault's own, signed by `signer`, as an administrator's are."""
    with vault.transaction(signer) as work:
        fill(Recorder(work, signer.officer, later(vault), "administrator"), work)


def cut(vault: Vault, size: int) -> None:
    """Drops all after the first `size` entries, every sheet, and seals a head that says so."""
    edge = Edge()
    for leaf in vault.leaf_hashes(0, size):
        edge = edge.append(leaf)
    tables = vault.file.tables
    with vault.file.writing():
        tables.entry.delete().where(tables.entry.number >= size).execute()
        tables.signature.delete().where(tables.signature.size > size).execute()
        tables.sheet.delete().execute()
        tables.tile.delete().where(tables.tile.place >= size // TILE_WIDTH).execute()
        write_head(vault, replace(vault.head, edge=edge))
    vault.read_head()


def write_head(vault: Vault, head: Head) -> None:
    """A head, sealed as the program seals it; belongs inside `writing()`."""
    sealed = seal(vault.subkeys.head, keys.head_place(vault.id), head.encode())
    vault.file.tables.head.update(sealed=sealed).execute()
