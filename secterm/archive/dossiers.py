"""Checks one dossier of an archive: its entries, and those that came with them from other
vaults, add up, were allowed when they were recorded, and make the readable record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final

from secterm.archive.contents import signed_texts
from secterm.archive.context import Context, names_for
from secterm.archive.members import decoded, encoded
from secterm.archive.origins import check_part
from secterm.archive.received import Unfolding
from secterm.archive.strands import SENSELESS, Files, Plain
from secterm.dossier import entries as acts
from secterm.dossier import record as records
from secterm.dossier import roles, signatures
from secterm.dossier.entries import Numbered, Received, Signed, ref_of
from secterm.dossier.fold import EntryOutOfPlace, State, apply
from secterm.dossier.permit import NotAllowed, permit
from secterm.dossier.record import Record
from secterm.policy.model import Pack

OWN_LINES: Final = 6  # of a statement, beside one for each signature


def check_dossier(
    context: Context, folder: str, files: Files, entries: list[Plain], faults: list[str]
) -> Record | None:
    """The record that a dossier's entries make, None where they make none; adds to `faults`.

    Entries must add up, signatures hold, and the readable members say what they say.
    """
    return _Work(context, folder, files, faults).checked(entries)


class _Work:
    """One dossier while it is checked."""

    def __init__(self, context: Context, folder: str, files: Files, faults: list[str]) -> None:
        self._own = context
        self._folder = folder
        self._files = files
        self._faults = faults
        self._elsewhere: dict[str, Context] = {}  # of the vaults that entries came from, by id
        self._told: list[Numbered] = []
        self._state: State | None = None
        self._pack: Pack | None = None

    def checked(self, entries: list[Plain]) -> Record | None:
        unfolding = Unfolding(self._own.vault.hex(), self._look)
        for number, plain in entries:
            where = f"{self._folder}/entries/{number}.json"
            try:
                for one in unfolding.take(Numbered(number=number, entry=acts.decode(plain))):
                    if not self._follows(where, one):
                        return None
            except EntryOutOfPlace as error:
                self._faults.append(f"{where}: does not follow those before it ({error})")
                return None
            except SENSELESS:
                self._faults.append(f"{where}: is not of this format")
                return None
        if self._pack is None:
            self._faults.append(f"{self._folder}: has no entry that holds")
            return None
        return _readable(self._own, self._folder, self._files, self._told, self._pack, self._faults)

    def _look(self, act: Received, files: Mapping[str, bytes]) -> None:
        before = len(self._faults)
        found = check_part(self._own, act, files, self._faults)
        if found is None or len(self._faults) > before:  # and nothing within it is looked at
            raise EntryOutOfPlace("what came from another vault is not proven")
        self._elsewhere[act.vault] = found

    def _follows(self, where: str, one: Numbered) -> bool:
        """Whether the entry goes on from those before it; then it is the last."""
        act, state, context = one.entry.act, self._state, self._own
        id = self._folder.rsplit("/", 1)[1]
        if one.origin is not None:
            context, id = self._elsewhere[one.origin.vault], one.origin.dossier
            where = f"{where}: entry #{one.number} of {one.origin.vault[:8]}"
        ref = act.pack if isinstance(act, acts.Opened) else state.pack if state else None
        pack = self._own.packs.get(ref.digest) if ref else None
        if pack is None or ref != ref_of(pack):
            self._faults.append(f"{where}: rests on a pack that is not in the archive")
            return False
        try:
            on = datetime.fromisoformat(one.entry.at).date()
            permit(state, act, pack, on, one.entry.officer)
            self._state = apply(state, one)
        except NotAllowed as error:
            self._faults.append(f"{where}: does not follow those before it ({error})")
            return False
        self._faults += by_whom(context, where, one)
        if isinstance(act, Signed):
            self._faults += signed_by(context, where, one.number, act, id)
        self._pack = pack
        self._told.append(one)
        return True


def by_whom(context: Context, where: str, one: Numbered) -> Iterator[str]:
    """Whether its officer is one, and had a role that allowed it."""
    if one.entry.officer not in context.officers:
        yield f"{where}: names an officer who is not in officers.json"
    who = context.histories.get(one.entry.officer)
    if who is not None and not roles.may(who.role_at(one.number), roles.power_for(one.entry.act)):
        yield f"{where}: is by an officer whose role did not allow it"


def signed_by(context: Context, where: str, number: int, act: Signed, id: str) -> Iterator[str]:
    """Whether an undertaking's signatures hold, and are those of this dossier's (id) sides."""
    try:
        signatures.check(act, vault=context.vault.hex(), dossier=id)
    except signatures.BadSignature as bad:
        yield f"{where}: {bad}"
    if act.statement.count("\n") != OWN_LINES + len(act.signatures):
        yield f"{where}: the statement has lines that nobody's signature accounts for"
    for side in act.signatures:
        known = context.officers.get(side.officer)
        who = context.histories.get(side.officer)
        name = who.name_at(number) if who is not None else known.name if known else ""
        told = (side.public_key, side.name)
        if side.officer and (known is None or (known.public_key, name) != told):
            yield f"{where}: the {side.role}'s key or name is not that officer's"
        if (
            side.role == "witness"
            and who is not None
            and not roles.may(who.role_at(number), "second")
        ):
            yield f"{where}: was witnessed by an officer whose role did not allow it"


def _readable(
    context: Context,
    folder: str,
    files: Files,
    told: list[Numbered],
    pack: Pack,
    faults: list[str],
) -> Record | None:
    texts = signed_texts(told)
    undertaking = texts[-1].encode() if texts else None
    if files.get(f"{folder}/undertaking.txt") != undertaking:
        faults.append(f"{folder}/undertaking.txt: is not the text that was signed")
    name = f"{folder}/dossier.json"
    if name not in files:
        faults.append(f"{name}: is missing")
        return None
    try:
        shown = decoded(files[name], Record)
        made = records.record(
            folder.rsplit("/", 1)[1],
            told,
            pack,
            unit=shown.unit,
            officers=names_for(told, context.officers, context.origins),
            as_of=date.fromisoformat(shown.as_of),
        )
        if encoded(made) != files[name]:
            faults.append(f"{name}: does not say what the entries say")
    except SENSELESS:
        faults.append(f"{name}: is not of this format")
        return None
    return made
