"""A verification: the file, the journal and who signed what, the keys, and every
dossier, put together into one report. It holds no more of a large vault than of a
small one, apart from the faults.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from secterm.desk import judging
from secterm.desk.apart import Apart
from secterm.desk.comparing import sheet_faults
from secterm.desk.own import own_faults
from secterm.desk.registry import Registry, gather, read_registry
from secterm.desk.report import Report, Seen, Touched
from secterm.desk.roll import Roll
from secterm.desk.second import WORTH_IT, helps
from secterm.vault import checkpoints
from secterm.vault.errors import VaultDamaged
from secterm.vault.records import id_of
from secterm.vault.vault import Vault
from secterm.vault.verify import Fault, Gone, Progress, verify

WEIGHT: Final = 1  # how much longer it takes to judge an entry than to open and hash it
PACE: Final = 0.04  # seconds between two words on how far it is


def report(
    vault: Vault,
    registry: Registry,
    progress: Progress,
    earlier: str,
    *,
    worth_it: int = WORTH_IT,
) -> Report:
    """The whole vault walked and judged.

    `earlier` is a checkpoint that the journal must continue, short or whole, or empty.
    From `worth_it` entries on a second process helps. `progress` is told how many
    entries are done, of how many; it may raise anything to give up.
    """
    far = _Far(progress, vault.size)
    found: dict[str, None] = {}  # the vault doubts some of what the registry found already
    touched = _Touch(vault, registry)
    for fault in _faults(vault, registry, far, worth_it):
        if str(fault) not in found:
            touched.take(fault)
            found[str(fault)] = None
    broken = checkpoints.continues(vault, earlier) if earlier else ""
    if broken:
        found[broken] = None
    return Report(
        holds=not found,
        faults=list(found),
        entries=vault.size,
        dossiers=far.dossiers,
        erased=len(registry.erased),
        recovered=registry.recoveries_told(),
        witnessed=_witnessed(vault, registry),
        touched=touched.told(),
        checkpoint=checkpoints.short(vault.checkpoint()),
        continues="" if broken else earlier.strip(),
        rewritten=bool(broken),
    )


def _witnessed(vault: Vault, registry: Registry) -> list[Seen]:
    """Of each witness the last checkpoint that it cosigned; one that does not hold is a fault."""
    latest = registry.witnesses.latest()
    return [each.seen(vault.size) for each in latest if each.holds(vault.origin)]


def report_of(
    path: Path,
    officer: str,
    passphrase: str,
    progress: Progress,
    earlier: str,
    *,
    key_files: Sequence[bytes] = (),
) -> Report:
    """The report on a vault whose own entries are too damaged to work with.

    Raises as `Vault.open`: where the vault itself does not open, nothing is walked.
    """
    vault = Vault.open(path, officer, passphrase, key_files)
    try:
        registry = gather(vault)
        try:
            read_registry(vault)
        except VaultDamaged as damaged:
            cause = Fault(damaged.where, damaged.what)
            if cause not in registry.faults:
                registry.faults.insert(0, cause)
        return report(vault, registry, progress, earlier)
    finally:
        vault.close()


class _Far:
    """How far it is: entries walked and entries judged, as one number that only grows."""

    def __init__(self, tell: Progress, size: int) -> None:
        self.walked = 0
        self.judged = 0
        self.dossiers = 0
        self._tell = tell
        self._size = size
        self._done = 0
        self._next = 0.0

    def tell(self, apart: int = 0, *, over: bool = False) -> None:
        """Tells it, unless it was told just now; `apart` entries were judged elsewhere."""
        judged = min(self.judged + apart, self._size)
        done = (self.walked + WEIGHT * judged) // (1 + WEIGHT)
        self._done = self._size if over else max(self._done, done)
        now = time.monotonic()
        if over or now >= self._next:
            self._next = now + PACE
            self._tell(self._done, self._size)


class _Touch:
    """What the faults are about."""

    def __init__(self, vault: Vault, registry: Registry) -> None:
        self._own = {vault.id.hex(), *registry.strands}
        self._file = self._officers = False
        self._dossiers: set[str] = set()

    def take(self, fault: Fault) -> None:
        """One fault more."""
        if not fault.about:
            self._file = True
        elif fault.about in self._own:
            self._officers = True
        else:
            self._dossiers.add(fault.about)

    def told(self) -> Touched:
        """All of them."""
        return Touched(file=self._file, officers=self._officers, dossiers=len(self._dossiers))


def _faults(vault: Vault, registry: Registry, far: _Far, worth_it: int) -> Iterator[Fault]:
    for fault in registry.faults:
        yield replace(fault, about=vault.id.hex())
    helped = helps(vault.size, worth_it)
    with contextlib.ExitStack() as stack:
        apart = stack.enter_context(Apart(vault)) if helped else None

        def walked(done: int, total: int) -> None:
            far.walked = done
            _tell(far, apart)

        known, others = registry.signing_keys(), {vault.id, *_ids(registry.strands)}
        gone = {
            id: Gone(registry.erased[id.hex()].number, registry.erased[id.hex()].entries)
            for id in _ids(registry.erased)
            if id not in others
        }
        yield from verify(vault, known, walked, Roll(vault, registry), gone, others, apart)
        yield from own_faults(vault, registry)
        yield from sheet_faults(vault, registry)
        yield from _judged(vault, registry, far, apart)
    far.tell(over=True)


def _ids(texts: Iterable[str]) -> Iterator[bytes]:
    return (id for id in map(id_of, texts) if id is not None)


def _tell(far: _Far, apart: Apart | None) -> None:
    if apart is None:
        far.tell()
    else:
        apart.listen()
        far.tell(apart.entries)


def _judged(vault: Vault, registry: Registry, far: _Far, apart: Apart | None) -> Iterator[Fault]:
    """Every dossier's own faults, in the order of ids, whoever looked."""
    met = ""
    with contextlib.suppress(VaultDamaged):  # an id that is none: the walk over the rows names it
        for id in judging.ids(vault, registry):
            far.dossiers += 1
            if met or (apart is not None and apart.has(id)):
                met = met or id
                continue
            judged = judging.judge(vault, registry, id)
            far.judged += judged.entries
            _tell(far, apart)
            yield from judged.faults
    if met and apart is not None:
        apart.close()
        for judged in apart.faulty_from(met):
            yield from judged.faults
