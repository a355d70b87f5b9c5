"""`python3 -m secterm.bundle --to FOLDER`, in a checkout on a connected machine: makes the
bundle, and tells the fingerprint by which the isolated machine knows it again.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import re
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from secterm.bundle import packages, sbom
from secterm.bundle.install import PYTHON, SUMS, Refused, fingerprint, named, say

CHECKOUT: Final = Path(__file__).resolve().parents[2]
FAILED: Final = 1
UNUSABLE: Final = 2
# Debian 10 and all that came after have this C library or a later one.
USUAL: Final = "manylinux_2_28"
_PROCESSORS: Final = {"amd64": "x86_64", "arm64": "aarch64"}


def main(arguments: Sequence[str] | None = None) -> int:
    """The program; its exit status."""
    given = _given(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _make(given.to, packages.Target(given.python, tuple(given.platform)))
    except packages.Failed as failed:
        return _complain(_undone(str(failed), given.to))
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        return _complain(_undone(f"{error.strerror or error}{where}.", given.to))
    except KeyboardInterrupt:
        return _complain(_undone("Stopped.", given.to), 128 + signal.SIGINT)
    return 0


def _undone(what: str, to: Path) -> str:
    begun = to.is_dir() and any(to.iterdir())
    return f"{what} No bundle was made." + (f" Empty {to} before the next try." if begun else "")


def _complain(text: str, status: int = FAILED) -> int:
    say(f"bundle: {text}", sys.stderr)
    return status


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    own = "{}.{}".format(*sys.version_info[:2])
    machine = platform.machine()
    usual = f"{USUAL}_{_PROCESSORS.get(machine.lower(), machine)}"
    parser = argparse.ArgumentParser(
        prog="python3 -m secterm.bundle",
        description="Makes, in a checkout on a machine with a network, one folder with all that "
        "secterm needs on a machine without: packages, policy packs, INSTALL.txt, a list of what "
        "is in it (sbom.cdx.json), and install.py, which installs it there.",
        epilog="Exit status: 0 done, 1 the bundle could not be made, 2 unusable arguments.",
    )
    parser.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="new or empty; on the medium"
    )
    parser.add_argument(
        "--python",
        default=own,
        metavar="X.Y",
        help=f"the isolated machine's Python, as python3 --version says there (this one's: {own})",
    )
    parser.add_argument(
        "--platform",
        action="append",
        metavar="TAG",
        help="the isolated machine, as packages name it; may be repeated "
        f"({usual}: Linux, C library 2.28 or later)",
    )
    given = parser.parse_args(arguments)
    if not re.fullmatch(r"3\.\d{1,3}", given.python):
        parser.error(f"--python is two numbers such as 3.13, not {given.python!r}.")
    if tuple(map(int, given.python.split("."))) < PYTHON:
        parser.error(f"secterm needs Python 3.11 or later; Python {given.python} is too old.")
    given.platform = given.platform or [usual]
    for tag in given.platform:
        if not re.fullmatch(r"(manylinux|musllinux|linux)\w*", tag):
            parser.error(f"--platform is as {usual}, not {tag!r}.")
    if given.to.exists() and not given.to.is_dir():
        parser.error(f"{given.to} is not a folder.")
    if given.to.exists() and any(given.to.iterdir()):
        parser.error(f"{given.to} is not empty. Name a new folder, or empty that one.")
    needed = ("pyproject.toml", "INSTALL.md", "data", packages.LOCK, packages.TOOLS)
    if missing := [name for name in needed if not (CHECKOUT / name).exists()]:
        parser.error(f"{CHECKOUT} is not a checkout of secterm: it has no {missing[0]}.")
    return given


def _make(to: Path, target: packages.Target) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        wheels = sorted(packages.collect(CHECKOUT, work, target).iterdir())
        files = {f"packages/{wheel.name}": wheel for wheel in wheels}
        for pack in sorted(each.parent for each in (CHECKOUT / "data").glob("*/pack.toml")):
            files |= {
                f"packs/{pack.name}/{each.name}": each for each in pack.iterdir() if each.is_file()
            }
        files["install.py"] = Path(__file__).with_name("install.py")
        files[packages.LOCK] = CHECKOUT / packages.LOCK
        files["INSTALL.txt"] = CHECKOUT / "INSTALL.md"
        files[sbom.NAME] = work / sbom.NAME
        files[sbom.NAME].write_bytes(sbom.written(wheels, "secterm"))
        print(f"Writing {len(files) + 1} files to {to} ...", flush=True)
        sums = _written(files, to)
    version = next(w.name.split("-")[1] for w in wheels if w.name.startswith("secterm-"))
    _tell(to, f"secterm {version} for Python {target.python}", len(wheels), sums)


def _written(files: dict[str, Path], to: Path) -> bytes:
    """The list of all files with their hashes, written last: without it, it is no bundle."""
    lines = []
    for name, source in sorted(files.items()):
        content = source.read_bytes()
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_bytes(content)
    sums = "".join(lines).encode()
    try:
        named(sums)
    except Refused:
        raise packages.Failed("A pack has a file with a space or a letter such as é.") from None
    (to / SUMS).write_bytes(sums)
    os.sync()  # the medium is pulled next
    return sums


def _tell(to: Path, what: str, count: int, sums: bytes) -> None:
    print(
        f"""
{to} is a bundle of {what}, {count} packages.
Its fingerprint, to compare by voice. Write it down; it does not go with the medium:

    {fingerprint(sums)}

On the isolated machine, in the bundle's folder, before anything of it is run:

    sha256sum SHA256SUMS                   begins with the same digits
    sha256sum --check --quiet SHA256SUMS   says nothing
    python3 install.py                     installs it"""
    )


if __name__ == "__main__":
    sys.exit(main())
