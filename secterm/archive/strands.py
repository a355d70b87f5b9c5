"""Checks one dossier's or officer's part of an archive: every entry opens to
what is shown, stands in the journal, and adds up to the readable record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final, TypeAlias

import msgspec

from secterm.archive.contents import signed_texts
from secterm.archive.context import Context
from secterm.archive.members import KeyFile, decoded, encoded
from secterm.archive.proven import Unproven, check_proofs
from secterm.dossier import entries as acts
from secterm.dossier import record as records
from secterm.dossier import roles, signatures
from secterm.dossier.entries import Numbered, PackRef, Signed
from secterm.dossier.fold import EntryOutOfPlace, State, apply
from secterm.dossier.permit import NotAllowed, permit
from secterm.dossier.record import Record
from secterm.policy.model import Pack
from secterm.vault import keys
from secterm.vault.errors import VaultError
from secterm.vault.merkle import leaf_hash
from secterm.vault.seal import unseal

Files: TypeAlias = Mapping[str, bytes]
Plain: TypeAlias = tuple[int, bytes]  # an entry that holds: its number and its JSON

# What values of a right type but without sense can raise where they are reckoned with.
SENSELESS: Final = (ValueError, ArithmeticError, LookupError, RecursionError)

OWN_LINES: Final = 6  # of a statement, beside one for each signature

_ENTRY: Final = re.compile(r".*/entries/([0-9]+)\.[a-z-]+", re.ASCII)


class _ByWhom(msgspec.Struct):
    """What every entry says, on whatever strand."""

    officer: str


def check_strand(context: Context, folder: str, files: Files, faults: list[str]) -> list[Plain]:
    """The entries under one folder, such as `dossiers/ID`, that hold; adds to `faults`."""
    try:
        key = decoded(files[f"{folder}/key.json"], KeyFile)
        id, secret = bytes.fromhex(key.dossier), bytes.fromhex(key.key)
    except (KeyError, ValueError):
        faults.append(f"{folder}/key.json: is missing or not of this format")
        return []
    if key.dossier != folder.rsplit("/", 1)[1] or key.vault != context.vault.hex():
        faults.append(f"{folder}/key.json: is another's")
    if keys.commitment(secret).hex() != key.commitment:
        faults.append(f"{folder}/key.json: the key is not the committed one")
        return []
    found = {int(m.group(1)) for m in map(_ENTRY.fullmatch, files) if m}
    good: list[Plain] = []
    for number in sorted(found):
        try:
            good.append((number, _proven(context, f"{folder}/entries/{number}", files, id, secret)))
        except Unproven as unproven:
            faults.append(str(unproven))
    return good


def _proven(context: Context, name: str, files: Files, id: bytes, secret: bytes) -> bytes:
    """An entry's JSON, when it is what was sealed and stands in the journal."""
    for ending in ("json", "sealed"):
        if f"{name}.{ending}" not in files:
            raise Unproven(f"{name}.{ending}: is missing")
    shown, sealed = files[f"{name}.json"], files[f"{name}.sealed"]
    number = int(name.rsplit("/", 1)[1])
    try:
        opened = unseal(keys.entry_key(secret), keys.entry_place(context.vault, id, number), sealed)
    except VaultError:
        raise Unproven(f"{name}.sealed: does not open") from None
    if opened != shown:
        raise Unproven(f"{name}.json: is not what was sealed")
    try:
        officer = msgspec.json.decode(shown, type=_ByWhom).officer
    except (ValueError, RecursionError):
        raise Unproven(f"{name}.json: is not of this format") from None
    leaf = leaf_hash(keys.leaf(id, keys.commitment(secret), sealed))
    check_proofs(context, name, files, leaf, officer)
    return shown


def check_dossier(
    context: Context, folder: str, files: Files, entries: list[Plain], faults: list[str]
) -> Record | None:
    """The record that a dossier's entries make, None where they make none; adds to `faults`.

    Entries must add up, signatures hold, and the readable members say what they say.
    """
    told: list[Numbered] = []
    state: State | None = None
    pack: Pack | None = None
    for number, plain in entries:
        where = f"{folder}/entries/{number}.json"
        try:
            one = Numbered(number=number, entry=acts.decode(plain))
            act = one.entry.act
            ref = act.pack if isinstance(act, acts.Opened) else state.pack if state else None
            pack = context.packs.get(ref.digest) if ref else None
            if pack is None or ref != _ref(pack):
                faults.append(f"{where}: rests on a pack that is not in the archive")
                return None
            on = datetime.fromisoformat(one.entry.at).date()
            permit(state, act, pack, on, one.entry.officer)
            state = apply(state, one)
        except (EntryOutOfPlace, NotAllowed) as error:
            faults.append(f"{where}: does not follow those before it ({error})")
            return None
        except SENSELESS:
            faults.append(f"{where}: is not of this format")
            return None
        faults += _by_whom(context, where, one)
        if isinstance(act, Signed):
            faults += _signed(context, where, number, act, folder.rsplit("/", 1)[1])
        told.append(one)
    if pack is None:
        faults.append(f"{folder}: has no entry that holds")
        return None
    return _readable(context, folder, files, told, pack, faults)


def _ref(pack: Pack) -> PackRef:
    return PackRef(id=pack.head.id, version=pack.head.version, digest=pack.digest)


def _by_whom(context: Context, where: str, one: Numbered) -> Iterator[str]:
    """Whether its officer is one, and had a role that allowed it."""
    if one.entry.officer not in context.officers:
        yield f"{where}: names an officer who is not in officers.json"
    who = context.histories.get(one.entry.officer)
    if who is not None and not roles.may(who.role_at(one.number), roles.power_for(one.entry.act)):
        yield f"{where}: is by an officer whose role did not allow it"


def _signed(context: Context, where: str, number: int, act: Signed, id: str) -> Iterator[str]:
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
            officers={o.id: o.name for o in context.officers.values()},
            as_of=date.fromisoformat(shown.as_of),
        )
        if encoded(made) != files[name]:
            faults.append(f"{name}: does not say what the entries say")
    except SENSELESS:
        faults.append(f"{name}: is not of this format")
        return None
    return made
