"""From the command to the first screen that somebody can type into, and to the answer where
little is asked. All of it compiled before, as an installed program is: the first run of each
does that, and counts for nothing.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.figures import compared, progress
from tests.benchmarks.paint import ROOT, Painted

SHORT = 4  # times as many runs of what is over at once
# As the installed command has it, which is a script of these lines.
COMMAND = "import sys; from secterm.cli import main; sys.exit(main())"
# What is measured, its target, and the code with its arguments.
COMMANDS = (
    ("secterm --version", 3, COMMAND, "--version"),
    ("secterm verify --help", 3, COMMAND, "verify", "--help"),
    ("  of that importing click alone", None, "import click"),
)


def work(size, stock):
    """The app beside an empty one; the version, and a command's help, beside Python itself."""
    lines = []
    with tempfile.TemporaryDirectory() as folder, compiled(Path(folder) / "compiled"):
        path, runs = stock.copy(stock.opened(1)), []
        for run in range(size.runs + 1):
            ours = painted("Passphrase", "secterm", "--vault", path)
            runs.append((1000 * ours, 1000 * painted("Type", "tests.benchmarks.empty")))
            progress(f"start: run {run} of {size.runs}")
        what = "start: command to first painted screen"
        lines.append(compared(what, "ms", "empty app", runs[1:], under=1.5))
        for what, under, *code in COMMANDS:
            count = SHORT * size.runs + 1
            runs = [(answered(*code), answered("pass")) for _ in range(count)]
            lines.append(compared(what, "ms", "python -c pass", runs[1:], under))
    return lines


@contextlib.contextmanager
def compiled(folder):
    """Programs that are started within are compiled to this folder, and read from it."""
    before = dict(os.environ)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def painted(shows, module, *arguments):
    """Seconds until its screen shows this."""
    began = time.perf_counter()
    with Painted(module, *arguments) as program:
        return program.sees(shows) - began


def answered(code, *arguments):
    """Milliseconds until it is over."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True
    )
    return 1000 * (time.perf_counter() - began)
