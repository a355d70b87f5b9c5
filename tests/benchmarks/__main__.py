"""Runs one work or all of them. A work is a function that measures and says what it found."""

import sys

from tests.benchmarks import filtering

WORKS = {
    "typing": filtering.work,
}


def main(arguments):
    unknown = [name for name in arguments if name not in WORKS]
    if unknown:
        sys.stderr.write(f"No such work: {', '.join(unknown)}. There are: {', '.join(WORKS)}.\n")
        return 2
    for name in arguments or WORKS:
        WORKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
