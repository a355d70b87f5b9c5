"""What the bundle is made of, for whoever has to answer for it: a CycloneDX 1.6 list of the
packages, told by the packages themselves. The same packages give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Final
from urllib.parse import quote

NAME: Final = "sbom.cdx.json"
_REQUIRES: Final = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?([^;]*)(?:;(.*))?", re.DOTALL)
_LICENCE: Final = re.compile(r"[^/]+\.dist-info/(licenses/)?[^/]*(LICEN[CS]E|COPYING)[^/]*")
_EXTRA: Final = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")


@dataclass(frozen=True)
class _Package:
    name: str  # as indexes write it: small letters and hyphens
    version: str
    sha256: str
    about: Message
    licences: dict[str, str]  # the texts in it, by the names of their files

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{quote(self.version)}"

    def requires(self) -> list[tuple[str, set[str], str | None]]:
        """Each package that it needs, with which of that one's extras, and of which of its
        own extras only.
        """
        needed = []
        for line in self.about.get_all("Requires-Dist", []):
            if parts := _REQUIRES.fullmatch(line.strip()):
                extras = {each.strip() for each in (parts[2] or "").split(",")} - {""}
                only = _EXTRA.search(parts[4] or "")
                needed.append((_plain(parts[1]), extras, only[1] if only else None))
        return needed


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _read(wheel: Path) -> _Package:
    with zipfile.ZipFile(wheel) as packed:
        named = [n for n in packed.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n)]
        about = Parser().parsestr(packed.read(named[0]).decode("utf-8"))
        texts = {
            name.rpartition("/")[2]: packed.read(name).decode("utf-8", "replace")
            for name in sorted(filter(_LICENCE.fullmatch, packed.namelist()))
        }
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return _Package(_plain(about["Name"]), about["Version"], digest, about, texts)


def written(wheels: Sequence[Path], main: str) -> bytes:
    """The list, as JSON; `main` is the package that the others are there for."""
    packages = sorted(map(_read, wheels), key=lambda each: each.name)
    by_name = {each.name: each for each in packages}
    components = [_component(each, "library") for each in packages if each.name != main]
    content: dict[str, object] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component(by_name[main], "application")},
        "components": components,
        "dependencies": _dependencies(by_name),
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    content["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}"
    return (json.dumps(content, indent=2, sort_keys=True) + "\n").encode()


def _component(package: _Package, kind: str) -> dict[str, object]:
    told: dict[str, object] = {
        "type": kind,
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "hashes": [{"alg": "SHA-256", "content": package.sha256}],
    }
    if licences := _licences(package):
        told["licenses"] = licences
    return told


def _licences(package: _Package) -> list[object]:
    """As the package has it: an SPDX expression, else words of its own, else the text."""
    about = package.about
    if expression := about["License-Expression"]:
        return [{"expression": expression}]
    words = (about["License"] or "").strip()
    if words and "\n" not in words and words != "UNKNOWN":
        return [{"license": {"name": words}}]
    classified = [c for c in about.get_all("Classifier", []) if c.startswith("License :: ")]
    if classified:
        return [{"license": {"name": each.rpartition(" :: ")[2]}} for each in classified]
    texts = package.licences.items()
    return [{"license": {"name": name, "text": {"content": text}}} for name, text in texts]


def _dependencies(by_name: dict[str, _Package]) -> list[object]:
    """Who needs whom, of those that are here; an extra counts where somebody asks for it."""
    asked: dict[str, set[str]] = {name: set() for name in by_name}
    for package in by_name.values():
        for name, extras, _ in package.requires():
            if name in asked:
                asked[name] |= extras
    return [
        {
            "ref": package.purl,
            "dependsOn": sorted(
                {
                    by_name[name].purl
                    for name, _, only in package.requires()
                    if name in by_name and (only is None or only in asked[package.name])
                }
            ),
        }
        for package in by_name.values()
    ]
