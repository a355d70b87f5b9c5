"""Checks one dossier's or officer's part of an archive: every entry opens to
what is shown, stands in the journal, and adds up to the readable record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from secterm.archive.contents import KeyFile, OfficerLine, encoded, signed_texts
from secterm.dossier import entries as acts
from secterm.dossier import record as records
from secterm.dossier import signatures
from secterm.dossier.entries import Numbered, Signed
from secterm.dossier.fold import EntryOutOfPlace, State, apply
from secterm.dossier.permit import NotAllowed, permit
from secterm.policy.model import Pack
from secterm.vault import keys
from secterm.vault.errors import VaultError
from secterm.vault.merkle import leaf_hash
from secterm.vault.note import Checkpoint, TlogProof, Verifier
from secterm.vault.seal import unseal

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Context:
    """What the checks of one archive share."""

    vault: str
    checkpoint: Checkpoint
    log: Verifier
    officers: Mapping[str, OfficerLine]
    packs: Mapping[str, Pack]


@dataclass(frozen=True)
class Checked:
    """A part's entries that hold, in order, and whatever does not."""

    entries: tuple[tuple[int, bytes], ...]
    faults: tuple[str, ...]


def check_strand(context: Context, folder: str, files: Files) -> Checked:
    """The key and all entries under one folder, such as `dossiers/ID`."""
    faults: list[str] = []
    good: list[tuple[int, bytes]] = []
    try:
        key = msgspec.json.decode(files[f"{folder}/key.json"], type=KeyFile)
        id, secret = bytes.fromhex(key.dossier), bytes.fromhex(key.key)
        vault = bytes.fromhex(context.vault)
    except (KeyError, ValueError):
        return Checked((), (f"{folder}/key.json: is missing or not of this format",))
    if key.dossier != folder.rsplit("/", 1)[1] or key.vault != context.vault:
        faults.append(f"{folder}/key.json: is another's")
    if len(secret) != 32 or keys.commitment(secret).hex() != key.commitment:
        return Checked((), (*faults, f"{folder}/key.json: the key is not the committed one"))
    for number in sorted(_numbers(folder, files)):
        name = f"{folder}/entries/{number}"
        try:
            shown, sealed = files[f"{name}.json"], files[f"{name}.sealed"]
            proof = TlogProof.parse(files[f"{name}.tlog-proof"])
            place = keys.entry_place(vault, id, number)
            if unseal(keys.entry_key(secret), place, sealed) != shown:
                faults.append(f"{name}.json: is not what was sealed")
                continue
            leaf = leaf_hash(keys.leaf(id, keys.commitment(secret), sealed))
            if proof.index != number or proof.checkpoint != context.checkpoint:
                faults.append(f"{name}.tlog-proof: is about another entry or checkpoint")
                continue
            proof.verify(leaf, context.checkpoint.origin, context.log)
        except KeyError as missing:
            faults.append(f"{missing.args[0]}: is missing")
        except VaultError:
            faults.append(f"{name}: does not open or is not in the journal")
        else:
            good.append((number, shown))
    return Checked(tuple(good), tuple(faults))


def _numbers(folder: str, files: Files) -> set[int]:
    found = set()
    for name in files:
        stem, dot, _ = name.removeprefix(f"{folder}/entries/").partition(".")
        if name.startswith(f"{folder}/entries/") and dot and stem.isascii() and stem.isdigit():
            found.add(int(stem))
    return found


def check_dossier(context: Context, folder: str, files: Files, checked: Checked) -> Iterator[str]:
    """Entries that add up, signatures that hold, a record that says what the entries say."""
    id = folder.rsplit("/", 1)[1]
    told: list[Numbered] = []
    state: State | None = None
    pack: Pack | None = None
    for number, plain in checked.entries:
        where = f"{folder}/entries/{number}.json"
        try:
            one = Numbered(number=number, entry=acts.decode(plain))
            act = one.entry.act
            ref = act.pack if isinstance(act, acts.Opened) else state.pack if state else None
            pack = context.packs.get(ref.digest) if ref else None
            if pack is None:
                yield f"{where}: rests on a pack that is not in the archive"
                return
            on = datetime.fromisoformat(one.entry.at).date()
            permit(state, act, pack, on, one.entry.officer)
            state = apply(state, one)
        except (msgspec.DecodeError, ValueError):
            yield f"{where}: is not of this format"
            return
        except (EntryOutOfPlace, NotAllowed) as error:
            yield f"{where}: does not follow those before it ({error})"
            return
        if one.entry.officer not in context.officers:
            yield f"{where}: names an officer who is not in officers.json"
        if isinstance(act, Signed):
            yield from _signed(context, where, act, id)
        told.append(one)
    if state is None or pack is None:
        yield f"{folder}: has no entry that holds"
        return
    yield from _readable(context, folder, files, told, pack)


def _signed(context: Context, where: str, act: Signed, id: str) -> Iterator[str]:
    try:
        signatures.check(act, vault=context.vault, dossier=id)
    except signatures.BadSignature as bad:
        yield f"{where}: {bad}"
    for side in act.signatures:
        known = context.officers.get(side.officer)
        if side.officer and (known is None or known.public_key != side.public_key):
            yield f"{where}: the {side.role}'s key is not that officer's"


def _readable(
    context: Context, folder: str, files: Files, told: list[Numbered], pack: Pack
) -> Iterator[str]:
    name = f"{folder}/dossier.json"
    try:
        shown = msgspec.json.decode(files[name], type=records.Record)
        made = records.record(
            folder.rsplit("/", 1)[1],
            told,
            pack,
            unit=shown.unit,
            officers={o.id: o.name for o in context.officers.values()},
            as_of=date.fromisoformat(shown.as_of),
        )
        if encoded(made) != files[name]:
            yield f"{name}: does not say what the entries say"
    except KeyError:
        yield f"{name}: is missing"
    except (msgspec.DecodeError, ValueError):
        yield f"{name}: is not of this format"
    texts = signed_texts(told)
    if texts and files.get(f"{folder}/undertaking.txt") != texts[-1].encode():
        yield f"{folder}/undertaking.txt: is not the text that was signed"
