"""The packages that go along, each of the exact version and bytes that the locks name.

All of it is pip's work: the machine's own fetches the one that the lock pins, and that one
does the rest, so that the same checkout gives the same bundle wherever it is made.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOCK: Final = "requirements.lock"
TOOLS: Final = "requirements-bundle.lock"
# What hatchling dates files with when nobody says: a wheel shows no hour of its making.
MADE: Final = "1580601600"
_OLD_NAMES: Final = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_EXACT: Final = ("--no-deps", "--only-binary", ":all:", "--require-hashes")
_UNREACHED: Final = re.compile(
    r"connection broken|connection error|NewConnection|Max retries|Name or service|"
    r"Temporary failure|timed out|ProxyError|SSLError",
    re.IGNORECASE,
)


class Failed(Exception):
    """What a person reads: what happened, and what to do."""


@dataclass(frozen=True)
class Target:
    """The isolated machine: `python` as "3.13", `platforms` as wheels name them, any of
    which it takes ("manylinux_2_28_x86_64": Linux, its C library 2.28 or later).
    """

    python: str
    platforms: tuple[str, ...]

    def options(self) -> list[str]:
        """As pip takes it."""
        tags = [tag for platform in self.platforms for tag in older(platform)]
        return [
            *("--implementation", "cp", "--python-version", self.python),
            *("--abi", f"cp{self.python.replace('.', '')}"),
            *(part for tag in dict.fromkeys(tags) for part in ("--platform", tag)),
        ]


def older(platform: str) -> list[str]:
    """That platform and those whose packages run on it too, the newest first."""
    named = re.fullmatch(r"manylinux_2_(\d+)_(\w+)", platform)
    if not named:
        return [platform]
    tags = []
    for minor in range(int(named[1]), 4, -1):
        tags.append(f"manylinux_2_{minor}_{named[2]}")
        if minor in _OLD_NAMES:
            tags.append(f"{_OLD_NAMES[minor]}_{named[2]}")
    return tags


def collect(checkout: Path, work: Path, target: Target) -> Path:
    """The folder with all wheels, made in `work`. Raises `Failed`."""
    tools, wheels = work / "tools", work / "packages"
    with_pip = _pip(work, "--version")
    if with_pip.returncode:
        raise Failed(
            f"This Python has no pip ({sys.executable}). Install it (on Debian: apt-get install "
            "python3-pip), or use another Python."
        )
    print("Fetching pip and what builds secterm's own package ...", flush=True)
    fetched, lock = work / "fetched", checkout / TOOLS
    _do(work, "download", "--dest", fetched, *_EXACT, "--requirement", lock)
    into = ("--no-index", f"--find-links={fetched}", f"--target={tools}")
    _do(work, "install", *into, *_EXACT, "--requirement", lock)
    print("Building secterm's own package ...", flush=True)
    by_itself = ("--no-deps", "--no-index", "--no-build-isolation")
    _do(work, "wheel", "--wheel-dir", wheels, *by_itself, checkout, tools=tools)
    platforms = ", ".join(target.platforms)
    print(f"Fetching the packages for Python {target.python} on {platforms} ...", flush=True)
    exact = (*_EXACT, *target.options(), "--requirement", checkout / LOCK)
    _do(work, "download", "--dest", wheels, *exact, tools=tools)
    for pip in fetched.glob("pip-*.whl"):
        shutil.copyfile(pip, wheels / pip.name)
    return wheels


def _do(work: Path, *arguments: object, tools: Path | None = None) -> None:
    done = _pip(work, *arguments, "--quiet", "--disable-pip-version-check", tools=tools)
    if done.returncode:
        raise Failed(_said(done.stderr or done.stdout))


def _pip(
    work: Path, *arguments: object, tools: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """The machine's own pip, with the settings that it has there, or the one in `tools`."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": MADE, "PIP_NO_COLOR": "1"}
    environment.pop("PYTHONPATH", None)
    if tools:
        environment["PYTHONPATH"] = str(tools)
    command: Sequence[str] = [sys.executable, "-m", "pip", *map(str, arguments)]
    return subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True)


def _said(errors: str) -> str:
    """What pip's errors mean."""
    missing = re.search(r"No matching distribution found for (\S+)", errors)
    if _UNREACHED.search(errors):
        return (
            "The package index cannot be reached. Look whether this machine has a network, and "
            "whether pip needs a proxy, then start again."
        )
    if missing:
        return (
            f"There is no ready-made package of {missing[1]} for that Python and platform (or the "
            "package index does not have it). Name the platform of the isolated machine with "
            "--platform, where it can be said more than once, or its Python with --python."
        )
    if "DO NOT MATCH THE HASHES" in errors:
        return (
            "The package index gave a package that is not the one that the lock names. "
            "It was not used:\n" + _last(errors)
        )
    return "pip failed and said:\n" + _last(errors)


def _last(errors: str) -> str:
    return "\n".join(errors.strip().splitlines()[-8:])
