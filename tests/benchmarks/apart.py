"""A function of the benchmarks in a process of its own, which starts with nothing in memory."""

import importlib
import json
import subprocess
import sys

from tests.benchmarks.paint import ROOT


def apart(function, *given):
    """What a function of a module here returns, as JSON can tell it; paths arrive as text."""
    name = f"{function.__module__}:{function.__qualname__}"
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.apart", name, json.dumps(given, default=str)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def main(name, given):
    """Prints what it returned."""
    module, _, function = name.partition(":")
    found = getattr(importlib.import_module(module), function)(*json.loads(given))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
