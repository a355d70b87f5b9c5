"""Checks one dossier's extract in an archive: its form, the proofs of the entries that it
speaks of, and the undertaking. What else it says rests on who signed the manifest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from secterm.archive.context import Context
from secterm.archive.members import decoded
from secterm.archive.proven import Unproven, check_proofs
from secterm.dossier import signatures
from secterm.dossier.entries import Signed, SigningKey
from secterm.dossier.extract import Agreed, Extract, Proven

_LEAF: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
RECEIVED: Final = "received"
_PROOFS: Final = ("tlog-proof", "officer-proof")


def check_extract(
    context: Context, folder: str, files: Mapping[str, bytes], faults: list[str]
) -> Extract | None:
    """The extract under one folder, such as `dossiers/ID`, None where it is none; adds to
    `faults`.
    """
    name = f"{folder}/decision.json"
    try:
        made = decoded(files[name], Extract)
    except ValueError:
        faults.append(f"{name}: is not of this format")
        return None
    if made.id != folder.rsplit("/", 1)[1]:
        faults.append(f"{name}: is another dossier's")
    faults += _entries(context, folder, files, made)
    faults += _undertaking(context, folder, files, made)
    wanted = {name, *_members(folder, made)}
    faults += [f"{file}: is no part of an extract" for file in files if file not in wanted]
    return made


def _members(folder: str, made: Extract) -> Iterator[str]:
    if made.undertaking is not None:
        yield f"{folder}/undertaking.txt"
    for one in made.entries:
        yield from (f"{folder}/entries/{one.number}.{ending}" for ending in _PROOFS)


def _entries(
    context: Context, folder: str, files: Mapping[str, bytes], made: Extract
) -> Iterator[str]:
    every = [("decided", made.decided.vault, made.decided.number, made.decided.officer)]
    if made.seconded is not None:
        word = made.seconded
        every.append(("seconded", word.vault, word.number, word.officer))
    if made.undertaking is not None:
        every.append(("signed", made.undertaking.vault, made.undertaking.number, ""))
    spoken = {(act, number): name for act, vault, number, name in every if not vault}
    elsewhere = len(every) - len(spoken)  # as an entry here that received them has them
    told = [(one.act, one.number) for one in made.entries if one.act != RECEIVED]
    came = len(made.entries) - len(told)
    numbers = [one.number for one in made.entries]
    if (
        sorted(told) != sorted(spoken)
        or numbers != sorted({*numbers})
        or not bool(elsewhere) <= came <= elsewhere
    ):
        yield f"{folder}/decision.json: lists other entries than it speaks of"
    for one in made.entries:
        by = context.officers.get(one.officer)
        said = spoken.get((one.act, one.number), "" if one.act == RECEIVED else None)
        if by is None or said not in ("", by.name):
            yield f"{folder}/decision.json: names another officer of entry {one.number}"
        try:
            _check(context, folder, files, one)
        except Unproven as unproven:
            yield str(unproven)


def _check(context: Context, folder: str, files: Mapping[str, bytes], one: Proven) -> None:
    if not _LEAF.fullmatch(one.leaf):
        raise Unproven(f"{folder}/decision.json: has no leaf of entry {one.number}")
    name, leaf = f"{folder}/entries/{one.number}", bytes.fromhex(one.leaf)
    check_proofs(context, name, files, leaf, one.officer)


def _undertaking(
    context: Context, folder: str, files: Mapping[str, bytes], made: Extract
) -> Iterator[str]:
    agreed, where = made.undertaking, f"{folder}/undertaking.txt"
    if agreed is None:
        return
    try:
        text = files[where].decode()
    except (KeyError, UnicodeDecodeError):
        yield f"{where}: is not the text that was signed"
        return
    try:
        vault, dossier = agreed.vault or context.vault.hex(), agreed.dossier or made.id
        signatures.check(_signed(agreed, text), vault=vault, dossier=dossier)
    except signatures.BadSignature as bad:
        yield f"{where}: {bad}"
    for side in agreed.signatures if not agreed.vault else ():
        known = context.officers.get(side.officer)
        if side.officer and (known is None or known.public_key != side.public_key):
            yield f"{folder}/decision.json: the {side.role}'s key is not that officer's"


def _signed(agreed: Agreed, text: str) -> Signed:
    return Signed(
        text=text,
        text_sha256=agreed.text_sha256,
        pack=agreed.pack,
        on=agreed.on,
        statement=agreed.statement,
        signatures=agreed.signatures,
        appointee_key=SigningKey(kdf="", sealed=""),  # which nobody needs to check it
    )
