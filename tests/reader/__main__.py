"""Prints a vault's dossiers as JSON, and what does not hold; or what was checked of an archive:

python -m tests.reader VAULT --officer NAME --passphrase-file F [--key-file F]
python -m tests.reader VAULT --share-file F --share-file F
python -m tests.reader archive FILE --fingerprint F --identity KEY
python -m tests.reader archive FILE --fingerprint F --passphrase-file F
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.reader import archive, opened, slots
from tests.reader.basics import Refused
from tests.reader.vault import Vault
from tests.reader.verify import Report, verified


def main(arguments: Sequence[str] | None = None, *, cheap: bool = False) -> int:
    """The exit status: 0 where all holds, 1 where there is a fault, 2 where nothing was read."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["archive"]:
        return of_archive(arguments[1:], cheap=cheap)
    parser = argparse.ArgumentParser(prog="python -m tests.reader", description=__doc__)
    parser.add_argument("vault", type=Path)
    parser.add_argument("--officer", default="")
    parser.add_argument("--passphrase-file", type=Path)
    parser.add_argument("--key-file", type=Path)
    parser.add_argument("--share-file", type=Path, action="append", default=[])
    parser.add_argument("--checkpoint", default="", help="an earlier one, as a short line")
    given = parser.parse_args(arguments)
    if bool(given.share_file) == bool(given.passphrase_file):
        parser.error("give a passphrase file, or share files")
    try:
        if given.share_file:
            secret = slots.shares([file.read_text().strip() for file in given.share_file])
        else:
            key = given.key_file.read_bytes() if given.key_file else None
            passphrase = given.passphrase_file.read_text().rstrip("\r\n")
            secret = slots.passphrase(given.officer, passphrase, key)
        with Vault(given.vault, secret, cheap=cheap) as vault:
            report = verified(vault, given.checkpoint)
    except (Refused, OSError) as error:
        print(f"reader: {error}", file=sys.stderr)
        return 2
    print(json.dumps(told(report), ensure_ascii=False, indent=1))
    return 0 if report.holds else 1


def of_archive(arguments: Sequence[str], *, cheap: bool = False) -> int:
    """The same of an archive."""
    parser = argparse.ArgumentParser(prog="python -m tests.reader archive")
    parser.add_argument("file", type=Path)
    parser.add_argument("--fingerprint", required=True, help="the log keys', as the unit tells it")
    parser.add_argument("--identity", type=Path, help="a file with an AGE-SECRET-KEY-1… line")
    parser.add_argument("--passphrase-file", type=Path)
    given = parser.parse_args(arguments)
    if bool(given.identity) == bool(given.passphrase_file):
        parser.error("give an identity file, or a passphrase file")
    try:
        secret = given.passphrase_file.read_text().rstrip("\r\n") if given.passphrase_file else ""
        members = opened.members(given.file, given.identity, secret)
    except (Refused, OSError) as error:
        print(f"reader: {error}", file=sys.stderr)
        return 2
    report = archive.verified(members, given.fingerprint, cheap=cheap)
    print(json.dumps(told_archive(report), ensure_ascii=False, indent=1))
    return 0 if report.holds else 1


def told_archive(report: archive.Report) -> dict[str, object]:
    """A report of an archive as JSON."""
    return {
        "kind": report.kind,
        "checkpoint": report.checkpoint,
        "dossiers": report.dossiers,
        "checked": report.checked,
        "faults": [str(fault) for fault in report.faults],
    }


def told(report: Report) -> dict[str, object]:
    """A report as JSON: the entries of each dossier, and each fault."""
    return {
        "entries": report.entries,
        "checkpoint": report.checkpoint,
        "fingerprint": report.fingerprint,
        "faults": [str(fault) for fault in report.faults],
        "erased": [strand.hex() for strand in sorted(report.registry.erased)],
        "officers": report.officers(),
        "dossiers": report.told_dossiers(),
    }


if __name__ == "__main__":
    sys.exit(main())
