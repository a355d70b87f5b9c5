"""Reads a policy pack from its folder of TOML files.

A pack comes out whole and checked, or not at all: every fault is found in one
pass and named by file, table and key. It must never guess a missing value.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from secterm.policy import check
from secterm.policy.model import Head, Pack, Rules, Screening, Training, Undertaking

FORMAT: Final = 1
FILES: Final[Mapping[str, type[msgspec.Struct]]] = {
    "pack.toml": Head,
    "screening.toml": Screening,
    "training.toml": Training,
    "undertaking.toml": Undertaking,
    "rules.toml": Rules,
}
LARGEST_FILE: Final = 4 * 1024 * 1024  # bytes; no honest pack comes near

_T = TypeVar("_T")


class PackInvalid(Exception):
    """A pack does not hold; `faults` says where and what, one line each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def default_folder() -> Path:
    """The folder of the pack that comes with the program, installed or in a checkout."""
    installed = Path(str(importlib.resources.files("secterm"))) / "_data" / "default"
    if installed.is_dir():
        return installed
    return Path(__file__).resolve().parents[2] / "data" / "default"


def digest_of(files: Mapping[str, bytes]) -> str:
    """The identity of a pack's files: SHA-256 over names and contents, 64 hex digits.

    Each file in name order contributes `name NUL length NUL content`.
    """
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.hexdigest()


def read_folder(folder: Path) -> dict[str, bytes]:
    """The bytes of a pack's files by name.

    Raises `PackInvalid` where the folder or a file is missing, unreadable or
    larger than `LARGEST_FILE`.
    """
    if not folder.is_dir():
        raise PackInvalid((f"{folder}: there is no such folder",))
    faults: list[str] = []
    files: dict[str, bytes] = {}
    for name in FILES:
        try:
            with (folder / name).open("rb") as stream:
                files[name] = stream.read(LARGEST_FILE + 1)
        except OSError as error:
            faults.append(f"{name}: cannot be read ({error.strerror})")
            continue
        if len(files[name]) > LARGEST_FILE:
            faults.append(f"{name}: larger than {LARGEST_FILE} bytes")
    if faults:
        raise PackInvalid(tuple(faults))
    return files


def parse(files: Mapping[str, bytes]) -> Pack:
    """A pack from its files' bytes, as a vault stores them.

    Raises `PackInvalid` with every fault found.
    """
    faults: list[str] = []
    head = _convert("pack.toml", files, Head, faults)
    screening = _convert("screening.toml", files, Screening, faults)
    training = _convert("training.toml", files, Training, faults)
    undertaking = _convert("undertaking.toml", files, Undertaking, faults)
    rules = _convert("rules.toml", files, Rules, faults)
    if not (head and screening and training and undertaking and rules):
        raise PackInvalid(tuple(faults))
    if head.format != FORMAT:
        raise PackInvalid((f"pack.toml: format: is {head.format}; this program reads {FORMAT}",))
    pack = Pack(
        head=head,
        screening=screening,
        training=training,
        undertaking=undertaking,
        rules=rules,
        digest=digest_of(files),
    )
    faults.extend(check.faults(pack))
    if faults:
        raise PackInvalid(tuple(faults))
    return pack


def read(folder: Path) -> Pack:
    """A pack from its folder. Raises `PackInvalid` with every fault found."""
    return parse(read_folder(folder))


def _convert(name: str, files: Mapping[str, bytes], kind: type[_T], faults: list[str]) -> _T | None:
    try:
        table = tomllib.loads(files[name].decode())
    except KeyError:
        faults.append(f"{name}: is missing")
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        faults.append(f"{name}: is not TOML ({error})")
        return None
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        faults.append(f"{name}: {_named(table, str(error))}")
        return None


def _named(table: object, message: str) -> str:
    """msgspec's message with its path (`$.section[3].question[0].kind`) told by ids."""
    found = re.search(r" - at `\$([^`]*)`$", message)
    if not found:
        return message
    path: list[str] = []
    here = table
    for key, index in re.findall(r"\.([^.\[]+)|\[([^\]]*)\]", found.group(1)):
        label = key or index
        try:
            here = here[key] if key else here[int(index)]  # type: ignore[index]
        except (KeyError, IndexError, TypeError, ValueError):
            here = None
        own = here.get("id") if isinstance(here, dict) else None
        place = f"#{int(label) + 1}" if label.isdigit() else label
        path.append(key or (f"'{own}'" if own else place))
    return f"{' '.join(path)}: {message[: found.start()]}" if path else message[: found.start()]
