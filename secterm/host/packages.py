"""What is installed beside what was tested: each package's version against the lock, and this
program's own files against what was installed.
"""

from __future__ import annotations

import base64
import functools
import re
import sys
from pathlib import Path
from typing import Final

from secterm.host.machine import Installed, Machine, NotSeen
from secterm.words import _, ngettext

NAMED: Final = 3  # of what differs, so many are named
# A requirement of one version; what follows a semicolon says on which machines it is needed.
_PINNED: Final = re.compile(
    r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==([^\s;\\]+)[ \t]*(;)?", re.MULTILINE
)


def versions(machine: Machine) -> str:
    """The packages that have another version than the lock names, or are missing."""
    differing = _differing(machine.installed)
    if not differing:
        return ""
    return ngettext(
        "{n} package is not as the lock has it: {names}.",
        "{n} packages are not as the lock has them: {names}.",
        len(differing),
    ).format(n=len(differing), names=_some(differing))


def own_files(machine: Machine) -> str:
    """The files of this program that are not as they were installed."""
    changed = _changed(machine.installed)
    if not changed:
        return ""
    return ngettext(
        "{n} file of this program is not as it was installed: {names}.",
        "{n} files of this program are not as they were installed: {names}.",
        len(changed),
    ).format(n=len(changed), names=_some(changed))


def _some(names: tuple[str, ...]) -> str:
    return ", ".join([*names[:NAMED], *(["…"] if len(names) > NAMED else [])])


# What runs was read at its start: another look would tell of other files.
@functools.lru_cache(maxsize=8)
def _differing(installed: Installed) -> tuple[str, ...]:
    if installed.lock is None:
        raise NotSeen(_("there is no requirements.lock beside the program to compare with."))
    try:
        text = installed.lock.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise NotSeen(_("requirements.lock cannot be read.")) from None
    pinned = _PINNED.findall(text)
    if not pinned:
        raise NotSeen(_("requirements.lock names no versions."))
    found = []
    for name, version, conditional in pinned:
        there = _version(name, installed.path)
        if there is None and conditional:
            continue  # not needed on every machine
        if there != version:
            found.append(
                _("{name} is missing").format(name=name)
                if there is None
                else _("{name} {there} instead of {version}").format(
                    name=name, there=there, version=version
                )
            )
    return tuple(found)


def _version(name: str, path: tuple[str, ...] | None) -> str | None:
    from importlib import metadata  # takes as long as all else that a command imports

    found = metadata.distributions(name=name, path=list(sys.path if path is None else path))
    return next((str(each.version) for each in found), None)


@functools.lru_cache(maxsize=8)
def _changed(installed: Installed) -> tuple[str, ...]:
    from importlib import metadata

    found = metadata.distributions(name="secterm", path=[str(installed.folder)])
    files = next((each.files for each in found), None)
    if not files:
        raise NotSeen(_("it runs from a checkout, of whose files no list was installed."))
    changed = []
    for file in files:
        if file.hash is not None and file.hash.mode == "sha256":
            digest = _sha256(Path(str(file.locate())))
            if digest is None:
                changed.append(_("{name} is missing").format(name=file))
            elif digest != file.hash.value:
                changed.append(str(file))
    return tuple(changed)


def _sha256(file: Path) -> str | None:
    """As RECORD has it (PEP 376): base64 for addresses, without padding."""
    import hashlib

    try:
        digest = hashlib.sha256(file.read_bytes()).digest()
    except OSError:
        return None
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
