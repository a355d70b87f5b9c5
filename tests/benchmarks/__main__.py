"""Runs one work or all of them, and prints what they found."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import (
    dossiers,
    exporting,
    figures,
    filtering,
    growing,
    intake,
    interview,
    opening,
    peers,
    proving,
    reading,
    starting,
    told,
    verifying,
    weighing,
)
from tests.benchmarks.stock import Stock

WORKS = {
    "start": starting.work,
    "unlock": opening.work,
    "reading": reading.work,
    "typing": filtering.work,
    "interview": interview.work,
    "dossier": dossiers.work,
    "verify": verifying.work,
    "proofs": proving.work,
    "intake": intake.work,
    "export": exporting.work,
    "weight": weighing.work,
    "growth": growing.work,
}


def main(arguments):
    """The exit status: 0 where every target is met."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("work", nargs="*", help=f"of {', '.join(WORKS)}; all where none is named")
    parser.add_argument("--json", action="store_true", help="to be read by a program")
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", action="store_true", help="small vaults, in two minutes")
    sizes.add_argument("--tiny", action="store_true", help="a few keys, which say nothing")
    parser.add_argument("--keep", action="store_true", help="write them down, README's too")
    parser.add_argument("--vaults", type=Path, help="where the vaults stay for another time")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.work if name not in WORKS]
    if unknown:
        parser.error(f"no such work: {', '.join(unknown)}")
    if given.keep and (given.quick or given.tiny):
        parser.error("small figures are not kept")
    size = figures.QUICK if given.quick else figures.TINY if given.tiny else figures.FULL
    if not peers.there("sqlcipher3", "pykeepass"):
        figures.progress(f"some peers are not there: {peers.MISSING}")
    with tempfile.TemporaryDirectory() as folder:
        stock = Stock(given.vaults or Path(folder))
        stock.folder.mkdir(parents=True, exist_ok=True)
        where = figures.machine(stock.folder)
        found = {name: WORKS[name](size, stock) for name in given.work or WORKS}
    every = [each for some in found.values() for each in some]
    lines = [each for each in every if isinstance(each, figures.Line)]
    grown = [each for each in every if isinstance(each, figures.Growth)]
    if given.keep:
        told.keep(found, where)
    if given.json:
        sys.stdout.write(json.dumps(told.as_json(lines, grown, where), indent=2) + "\n")
    else:
        sys.stdout.write(f"{told.table(lines, where)}\n{told.curves(grown)}\n")
    return 0 if all(line.met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
