"""Extracts in an archive of decisions: section 9."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tests.reader.acts import PACK_REF, Entry, Json
from tests.reader.acts import SIGNATURE as SIDE
from tests.reader.basics import Broken
from tests.reader.dossiers import Undertaking
from tests.reader.strands import proven

if TYPE_CHECKING:
    from tests.reader.archive import Archive

WORD = {"number": "number", "at": "time", "officer": "text"}
AGREED = {
    "number": "number",
    "text_sha256": "hex 32",
    "pack": PACK_REF,
    "on": "date",
    "statement": "text",
    "signatures": [SIDE],
}
DECISION = {
    "id": "hex 16",
    "unit": "text",
    "as_of": "date",
    "particulars": {"name": "text", "post": "text", "category": "core key general"},
    "stage": "admitted refused deferred lapsed left",
    "decision": "admit refuse defer",
    "decided": WORD,
    "seconded": (WORD,),
    "valid_until": "text",
    "left_on": "text",
    "gates": [{"gate": "text", "on": "date"}],
    "undertaking": (AGREED,),
    "entries": [{"number": "number", "act": "text", "officer": "hex 16", "leaf": "hex 32"}],
}


def check(archive: Archive) -> None:
    """Every extract: nobody's key, and of each entry that it speaks of the leaf."""
    for folder in archive.folders("dossiers"):
        try:
            told = archive.value(f"{folder}/decision.json", DECISION)
            assert isinstance(told, dict)
            _extract(archive, folder, told)
        except Broken as broken:
            archive.tell(f"{folder}/decision.json", broken)


def _extract(archive: Archive, folder: str, told: dict[str, Json]) -> None:
    if (told["id"], told["as_of"]) != (folder.partition("/")[2], archive.day):
        raise Broken("is another's, or of another day")
    entries = told["entries"]
    assert isinstance(entries, list)
    listed = [one for one in entries if isinstance(one, dict)]
    _spoken(archive, told, listed)
    if archive.numbers(folder) != [one["number"] for one in listed]:
        raise Broken("lists other entries than there are proofs of")
    for one in listed:
        name = f"{folder}/entries/{one['number']}"
        try:
            proven(archive, name, bytes.fromhex(str(one["leaf"])), str(one["officer"]))
        except Broken as broken:
            archive.tell(name, broken)
    _agreed(archive, folder, told["undertaking"])


def _spoken(archive: Archive, told: dict[str, Json], listed: list[dict[str, Json]]) -> None:
    """That it lists just the entries that it speaks of, and names their officers."""
    wanted = []
    for act, field in (("signed", "undertaking"), ("decided", "decided"), ("seconded", "seconded")):
        word = told[field]
        if isinstance(word, dict):
            wanted.append((word["number"], act, word.get("officer")))
    shown = []
    for one in listed:
        line = archive.officers.get(str(one["officer"]))
        if line is None:
            raise Broken("names an officer who is not in officers.json")
        name = None if one["act"] == "signed" else line["name"]
        shown.append((one["number"], one["act"], name))
    if shown != sorted(wanted, key=lambda one: one[0]):
        raise Broken("lists other entries, or other officers, than it speaks of")
    archive.had("extracts that list the entries they speak of")


def _agreed(archive: Archive, folder: str, agreed: Json) -> None:
    """The undertaking: steps 2 to 4, and whose keys they are."""
    if not isinstance(agreed, dict):
        if f"{folder}/undertaking.txt" in archive.files:
            archive.tell(f"{folder}/undertaking.txt", "has no place here")
        return
    try:
        text = archive.take(f"{folder}/undertaking.txt").decode()
    except UnicodeDecodeError:
        raise Broken("undertaking.txt: is not UTF-8") from None
    act = {"act": "signed", "text": text, **agreed}
    strand = bytes.fromhex(folder.partition("/")[2])
    entry = Entry(int(str(agreed["number"])), strand, datetime.min, b"", "signed", act, {})
    made = Undertaking(archive.vault, entry)
    wrong = made.wrong()
    for what in wrong:
        archive.tell(f"{folder}/undertaking.txt", what)
    for side in made.signatures:
        known = archive.officers.get(str(side.get("officer")), {})
        if side["role"] == "appointee":
            if "officer" in side:
                raise Broken("the appointee is an officer")
        elif known.get("public_key") != side["public_key"]:
            raise Broken(f"the key of the {side['role']} is not that officer's")
    if not wrong:
        archive.had("signatures under undertakings", len(made.signatures))
