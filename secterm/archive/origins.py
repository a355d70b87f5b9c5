"""Other vaults from which dossiers came: what archives of theirs said of them, against
which the entries that came are checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Final

from secterm.archive.context import Context, read_context
from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.members import CHECKPOINT, LOG_KEYS, OFFICERS, RECOVERIES, OfficerLine
from secterm.archive.parts import part_names, unpacked
from secterm.archive.strands import SENSELESS, Plain, check_strand
from secterm.archive.sums import folder_of
from secterm.dossier import entries as acts
from secterm.dossier import roles
from secterm.dossier.entries import OriginKnown, Received, VaultAct
from secterm.vault.errors import VaultError
from secterm.vault.note import Checkpoint, TlogProof

# What a part of `origin_known` has: these, and officers' folders without their lists.
TOP: Final = (CHECKPOINT, LOG_KEYS, OFFICERS, RECOVERIES)
_INSIDE: Final = re.compile(
    r"officers/[0-9a-f]{32}/(key\.json|entries/(0|[1-9][0-9]{0,17})"
    r"\.(json|sealed|(tlog|officer)-proof))",
    re.ASCII,
)


def check_officer(
    context: Context, folder: str, entries: list[Plain], faults: list[str]
) -> str | None:
    """Takes an officer's history from the entries of their folder, such as `officers/ID`,
    into the context; their id where that proves their line in `officers.json`.
    """
    id = folder.rsplit("/", 1)[1]
    known = context.officers.get(id)
    if known is None:
        faults.append(f"{folder}: is nobody in officers.json")
    told: list[tuple[int, str, VaultAct]] = []
    for number, plain in entries:
        try:
            entry = acts.decode_vault(plain)
        except SENSELESS:
            faults.append(f"{folder}/entries/{number}.json: is not of this format")
            continue
        told.append((number, entry.at, entry.act))
    try:
        who = roles.history(told)
    except roles.OutOfPlace as error:
        faults.append(f"{folder}: makes no officer ({error})")
        return None
    context.histories[id] = who
    proven = OfficerLine(id=who.id, name=who.name, public_key=who.public_key) == known
    return id if proven else None


class Known:
    """Another vault (id in hex), as archives of it had it.

    `told` gives what each archive said, in the order in which they came; it is asked once,
    when something of it is wanted.
    """

    def __init__(self, vault: str, told: Callable[[], Iterable[OriginKnown]]) -> None:
        self.vault = vault
        self._told = told
        self._contexts: dict[int, Context | None] = {}
        self._faults: dict[int, list[str]] = {}

    @cached_property
    def said(self) -> dict[int, OriginKnown]:
        """What was said of it, by the journal's size then; the first word where several are."""
        found: dict[int, OriginKnown] = {}
        for one in self._told():
            found.setdefault(one.size, one)
        return found

    def context(self, size: int) -> Context | None:
        """What entries under the checkpoint of this size are checked against; None where
        nothing of it holds.
        """
        if size not in self._contexts:
            found: list[str] = []
            self._faults[size] = found
            self._contexts[size] = self._read(size, found)
        return self._contexts[size]

    def faults(self, size: int) -> list[str]:
        """What does not hold of what was said at this size."""
        self.context(size)
        return self._faults[size]

    def names(self) -> dict[str, str]:
        """Everybody who was an officer there, by id: what they were called last."""
        context = self.newest()
        return {each.id: each.name for each in context.officers.values()} if context else {}

    def history(self, officer: str) -> roles.History | None:
        """An officer there (id in hex), None where nobody was; numbers are of their journal."""
        context = self.newest()
        return context.histories.get(officer) if context else None

    def newest(self) -> Context | None:
        """The context at the latest checkpoint."""
        return self.context(max(self.said)) if self.said else None

    def _read(self, size: int, faults: list[str]) -> Context | None:
        where = f"origins/{self.vault}"
        if size not in self.said:
            faults.append(f"{where}: nothing is known of it at {size}")
            return None
        try:
            files = unpacked(self.said[size].part)
            context = read_context(files, faults)
        except ArchiveUnreadable as error:
            faults.append(f"{where}: {error.reason}")
            return None
        if context is None:
            return None
        point = context.checkpoint
        if (context.vault.hex(), point.size, point.root.hex()) != (
            self.vault,
            size,
            self.said[size].root,
        ):
            faults.append(f"{where}: is of another vault or checkpoint than it says")
        inside = [name for name in files if _INSIDE.fullmatch(name)]
        if list(files) != [*TOP, *inside]:
            faults.append(f"{where}: has other members than is said of a vault")
        folders: dict[str, dict[str, bytes]] = {}
        for name, data in files.items():
            if "/" in name:
                folders.setdefault(folder_of(name), {})[name] = data
        proven = set()
        for folder, members in folders.items():
            entries = check_strand(context, folder, members, faults)
            proven.add(check_officer(context, folder, entries, faults))
        for id in context.officers.keys() - proven:
            faults.append(f"{where}: {context.officers[id].name} is not proven by an entry")
        return context


def _earlier(later: Context, files: Mapping[str, bytes]) -> Context | None:
    """A vault's context at an earlier checkpoint, as what came home to it has it: of the
    part's first proof, by the log key's signature on it.
    """
    proofs = (data for name, data in files.items() if name.endswith(".tlog-proof"))
    try:
        note = TlogProof.parse(next(proofs)).note
        point = Checkpoint.parse(note.text)
        if later.log[0].verify(note) is None or point.size > later.checkpoint.size:
            return None
        return replace(later, note=note, checkpoint=point, verified={})
    except (StopIteration, VaultError, ValueError):
        return None


def _context(
    own: Context, act: Received, files: Mapping[str, bytes], faults: list[str]
) -> Context | None:
    """What the entries of a part are checked against, if anything of their vault is known."""
    if act.vault == own.vault.hex():
        return _earlier(own, files)
    known = own.origins.get(act.vault)
    if known is None:
        return None
    if act.size in known.said:
        faults += known.faults(act.size)
        return known.context(act.size)
    later = known.newest()
    return _earlier(later, files) if later is not None else None


def check_part(
    own: Context, act: Received, files: Mapping[str, bytes], faults: list[str]
) -> Context | None:
    """What is known last of the vault that entries came from, in a part, to the one whose
    context is `own`; adds to `faults` what does not hold.
    """
    folder, context = f"dossiers/{act.dossier}", _context(own, act, files, faults)
    if context is None or (context.checkpoint.size, context.checkpoint.root.hex()) != (
        act.size,
        act.root,
    ):
        faults.append(f"{folder}: came from a vault of which nothing holds")
        return None
    good = check_strand(context, folder, files, faults)
    if len(good) != act.entries:
        faults.append(f"{folder}: holds another number of entries than it says")
    if list(files) != [*part_names(folder, (number for number, _plain in good))]:
        faults.append(f"{folder}: holds other members than a part has")
    return own if act.vault == own.vault.hex() else own.origins[act.vault].newest()
