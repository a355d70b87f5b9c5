"""Reads a policy pack from its folder of TOML files.

A pack comes out whole and checked, or not at all: the faults of all files are
told in one pass and named by file, table and key; where a file has a wrong key
or type, the first of these stands for the file. It must never guess a missing
value.
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
LONGEST_FAULT: Final = 400  # characters
MOST_BITS: Final = 63  # of a TOML integer, beside its sign
# A key of many parts costs tomllib the square of their number: hours for one file.
_MANY_PARTS: Final = re.compile(
    r"""(?:(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}""", re.ASCII
)

_T = TypeVar("_T", Head, Screening, Training, Undertaking, Rules)


class PackInvalid(Exception):
    """A pack does not hold; `faults` says where and what, one line of bounded length each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        faults = tuple(f if len(f) <= LONGEST_FAULT else f"{f[:LONGEST_FAULT]}…" for f in faults)
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
    files: dict[str, bytes] = {}
    # A rule in a file that is never read would be missed by nobody but the appointee.
    faults = [
        f"{path.name}: is no file of a pack and is not read"
        for path in sorted(folder.glob("[!.]*.toml"))
        if path.name not in FILES
    ]
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


def parse(files: Mapping[str, bytes], *, judged: bool = True) -> Pack:
    """A pack from its files' bytes.

    What a vault or an archive holds was judged when it was adopted and is only read
    (`judged=False`): a later program that asks more must still open it. Raises
    `PackInvalid` with every fault found.
    """
    faults: list[str] = []
    tables = {name: _table(name, files, faults) for name in FILES}
    found = (tables["pack.toml"] or {}).get("format", FORMAT)
    if isinstance(found, int) and found != FORMAT:
        raise PackInvalid((f"pack.toml: format: is {found}; this program reads {FORMAT}",))
    head = _value("pack.toml", tables, Head, faults)
    screening = _value("screening.toml", tables, Screening, faults)
    training = _value("training.toml", tables, Training, faults)
    undertaking = _value("undertaking.toml", tables, Undertaking, faults)
    rules = _value("rules.toml", tables, Rules, faults)
    if judged:
        for name, part in zip(FILES, (head, screening, training, undertaking, rules), strict=True):
            faults.extend(check.faults(name, part) if part is not None else ())
    if faults or not (head and screening and training and undertaking and rules):
        raise PackInvalid(tuple(faults))
    return Pack(
        head=head,
        screening=screening,
        training=training,
        undertaking=undertaking,
        rules=rules,
        digest=digest_of(files),
    )


def read(folder: Path) -> Pack:
    """A pack from its folder. Raises `PackInvalid` with every fault found."""
    return parse(read_folder(folder))


def _table(name: str, files: Mapping[str, bytes], faults: list[str]) -> dict[str, object] | None:
    try:
        text = files[name].decode()
        if _MANY_PARTS.search(text):
            raise tomllib.TOMLDecodeError("a key of too many parts")
        table = tomllib.loads(text)
        _check_numbers(table)
        return table
    except KeyError:
        faults.append(f"{name}: is missing")
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{name}: is not TOML ({error})")
    except UnicodeDecodeError as error:
        faults.append(f"{name}: is not TOML (no UTF-8 text from byte {error.start} on)")
    except RecursionError:
        faults.append(f"{name}: is not TOML (too many tables or lists within each other)")
    except ValueError:  # what else Python says of a number, in words about Python
        faults.append(f"{name}: is not TOML (a number of more than 64 bits)")
    return None


def _check_numbers(value: object) -> None:
    """Raises `TOMLDecodeError` for an integer that TOML does not have and nobody could print."""
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise tomllib.TOMLDecodeError("a number of more than 64 bits")
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            _check_numbers(one)


def _value(
    name: str,
    tables: Mapping[str, dict[str, object] | None],
    kind: type[_T],
    faults: list[str],
) -> _T | None:
    table = tables[name]
    if table is None:
        return None
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        faults.append(f"{name}: {_named(table, kind, str(error))}")
        return None


def _named(table: dict[str, object], kind: type[msgspec.Struct], message: str) -> str:
    """msgspec's message with its path (`$.section[3].question[0].kind`) told by ids."""
    found = re.search(r" - at (?:`key` in )?`\$([^`]*)`$", message)
    if not found:
        return message
    path: list[str] = []
    here: object = table
    for key, index in re.findall(r"\.([^.\[]+)|\[([0-9]{1,9}|\.\.\.)\]", found.group(1)):
        label = key or index
        if index == "...":
            label = _culprit(table, here, kind, message)
        here = _under(here, label)
        own = here.get("id") if isinstance(here, dict) else None
        place = f"#{int(index) + 1}" if index.isdigit() else label
        path.append(key or (f"'{own}'" if own else place))
    said = message[: found.start()]
    return f"{' '.join(path)}: {said}" if path else said


def _under(here: object, label: str) -> object:
    """What stands there, None where nothing does: a key may itself read like a path."""
    if isinstance(here, dict):
        return here.get(label)
    if isinstance(here, list):
        return next((one for at, one in enumerate(here) if str(at) == label), None)
    return None


def _culprit(
    table: dict[str, object], here: object, kind: type[msgspec.Struct], message: str
) -> str:
    """Which key of a table with free keys is meant: the one that alone still fails so."""
    if not isinstance(here, dict):
        return "..."
    whole = dict(here)
    for key, value in whole.items():
        here.clear()
        here[key] = value
        try:
            msgspec.convert(table, kind)
        except msgspec.ValidationError as error:
            if str(error) == message:
                return str(key)
        finally:
            here.clear()
            here.update(whole)
    return "..."
