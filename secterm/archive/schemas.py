"""The JSON schemas (2020-12) of an archive's JSON members, which the archive itself
carries: made of the types that the members are written from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from secterm.archive.members import (
    FOLDER_OF_SCHEMAS,
    ContinuedLine,
    KeyFile,
    Kind,
    Manifest,
    ManifestSignature,
    OfficerLine,
    RecoveryLine,
)
from secterm.archive.tar import Member
from secterm.dossier.entries import Entry, VaultEntry
from secterm.dossier.extract import Extract
from secterm.dossier.record import Record

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_ALWAYS: Final[dict[str, Any]] = {
    "consistency": list[ContinuedLine],
    "officers": list[OfficerLine],
    "manifest": Manifest,
    "manifest-sig": ManifestSignature,
}
OF: Final[dict[Kind, dict[str, Any]]] = {
    "whole": {
        **_ALWAYS,
        "recoveries": list[RecoveryLine],
        "key": KeyFile,
        "officer-entry": VaultEntry,
        "dossier-entry": Entry,
        "dossier": Record,
    },
    "decision": {**_ALWAYS, "decision": Extract},
}


def members(kind: Kind) -> Iterator[Member]:
    """`schemas/NAME.schema.json` for each kind of JSON member of such an archive, by name."""
    for name, type in sorted(OF[kind].items()):
        schema = {"$schema": DIALECT, **msgspec.json.schema(type)}
        data = msgspec.json.format(msgspec.json.encode(schema, order="deterministic"), indent=1)
        yield f"{FOLDER_OF_SCHEMAS}/{name}.schema.json", data + b"\n"
