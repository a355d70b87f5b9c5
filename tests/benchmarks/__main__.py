"""Runs one work or all of them, and prints what they found."""

import argparse
import json
import sys
import tempfile

from tests.benchmarks import exporting, figures, filtering, interview, reading

WORKS = {
    "typing": filtering.work,
    "interview": interview.work,
    "reading": reading.work,
    "export": exporting.work,
}


def main(arguments):
    """The exit status: 0 where every target is met."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("work", nargs="*", help=f"of {', '.join(WORKS)}; all where none is named")
    parser.add_argument("--json", action="store_true", help="to be read by a program")
    parser.add_argument("--tiny", action="store_true", help="a few keys, which say nothing")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.work if name not in WORKS]
    if unknown:
        parser.error(f"no such work: {', '.join(unknown)}")
    where = figures.machine(tempfile.gettempdir())
    size = figures.TINY if given.tiny else figures.FULL
    lines = [line for name in given.work or WORKS for line in WORKS[name](size)]
    if given.json:
        sys.stdout.write(json.dumps(figures.as_json(lines, where), indent=2) + "\n")
    else:
        sys.stdout.write(figures.table(lines, where) + "\n")
    return 0 if all(line.under is None or line.ratio < line.under for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
