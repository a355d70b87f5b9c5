"""`SHA256SUMS`, the last member of each folder: the SHA-256 of every member before it, as
`sha256sum --check` reads it. The manifest names these lists and not each member, so that
it stays short, and nobody holds more than one folder, however many there are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from secterm.archive.tar import Member

SUMS: Final = "SHA256SUMS"

_LINE: Final = re.compile(r"([0-9a-f]{64})  ([!-~]{1,100})\n", re.ASCII)
_LONGEST: Final = 64 + 2 + 100 + 1  # bytes of a line
_SPARE: Final = 10_000  # lines of a list, more than there are members, that are each named


def folder_of(name: str) -> str:
    """The folder that a member stands in, such as `dossiers/ID`; empty where in none."""
    parts = name.split("/")
    if len(parts) == 1:
        return ""
    return parts[0] if len(parts) == 2 else f"{parts[0]}/{parts[1]}"


def listed(digests: Mapping[str, str]) -> bytes:
    """The list of these members, by name to SHA-256, in their order."""
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items()).encode()


def with_lists(members: Iterable[Member], named: dict[str, str]) -> Iterator[Member]:
    """The members, and after each folder its list.

    Adds to `named` what the manifest names: the SHA-256 of those in no folder, and of the lists.
    """
    folder, digests = "", dict[str, str]()
    for name, data in members:
        here = folder_of(name)
        if here != folder:
            yield from _list(folder, digests, named)
            folder, digests = here, {}
        (digests if here else named)[name] = hashlib.sha256(data).hexdigest()
        yield name, data
    yield from _list(folder, digests, named)


def _list(folder: str, digests: Mapping[str, str], named: dict[str, str]) -> Iterator[Member]:
    if digests:
        name, data = f"{folder}/{SUMS}", listed(digests)
        named[name] = hashlib.sha256(data).hexdigest()
        yield name, data


def list_faults(folder: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """Whether a folder's members are those of its list, which is the last of them.

    Where the list is missing, none of the members is in it.
    """
    name = f"{folder}/{SUMS}"
    there = {n: hashlib.sha256(data).hexdigest() for n, data in files.items() if n != name}
    data = files.get(name, b"")
    if name not in files:
        yield f"{name}: is missing"
    elif list(files)[-1] != name:
        yield f"{name}: does not come last"
    if len(data) > _LONGEST * (len(there) + _SPARE):
        yield f"{name}: lists far more than is there"
        return
    text = data.decode("ascii", "replace")
    told = {found.group(2): found.group(1) for found in _LINE.finditer(text)}
    if listed(told) != data:
        yield f"{name}: is not of this format"
        return
    yield from differences(name, told, there)


def differences(where: str, told: Mapping[str, str], there: Mapping[str, str]) -> Iterator[str]:
    """How members (by name to SHA-256, in order) differ from a list of them."""
    for name, digest in there.items():
        if name not in told:
            yield f"{name}: is not in {where}"
        elif told[name] != digest:
            yield f"{name}: has another SHA-256 than {where} says"
    for name in told:
        if name not in there:
            yield f"{name}: is missing"
    if [name for name in told if name in there] != [name for name in there if name in told]:
        yield f"{where}: lists the members in another order"
