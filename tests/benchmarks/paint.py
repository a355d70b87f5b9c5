"""From a key to what it paints, as a terminal sees it: the key's bytes are written to
a pty, and the time counts to the last byte that the program writes in answer.
"""

import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from pathlib import Path

import pyte

ROOT = Path(__file__).resolve().parents[2]
SILENCE = 0.08  # seconds without a byte, after which an answer is over
SIZE = (132, 43)
RUNS = 5


class Painted:
    """A program in a terminal, its answers timed."""

    def __init__(self, module, *arguments):
        self._screen = pyte.Screen(*SIZE)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def waits_for(self, text, seconds=120.0):
        """Until the screen shows a text, and then nothing new."""
        end = time.monotonic() + seconds
        while text not in (shown := "\n".join(self._screen.display)):
            if time.monotonic() > end or self._process.poll() is not None:
                raise AssertionError(f"the screen never showed {text!r}:\n{shown}")
            self._answer(SILENCE)

    def press(self, key):
        """Seconds from this key to the last byte of its answer."""
        before = time.perf_counter()
        os.write(self._master, key.encode())
        return self._answer(1.0) - before

    def _answer(self, first):
        """Reads an answer to its end, the first byte of which comes within so long; when the
        last came.
        """
        read, last, patience = [], time.perf_counter(), first
        while select.select([self._master], [], [], patience)[0]:
            read.append(os.read(self._master, 1 << 16))
            last, patience = time.perf_counter(), SILENCE
        self._stream.feed(b"".join(read))  # only now, or it would be timed as well
        return last


@dataclass(frozen=True)
class Times:
    """Milliseconds of one run's keys."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds):
        """Half of them, and all but one in twenty, took no longer."""
        cuts = statistics.quantiles(seconds, n=20)
        return cls(1000 * cuts[9], 1000 * cuts[18])


def beside_an_empty_app(what, ours, keys, runs=RUNS):
    """Runs the same keys in ours and in an empty app, in turn, and says how they compare.

    `ours` gives a `Painted` that is ready for the first key.
    """
    ratios = []
    for run in range(runs):
        with ours() as program:
            mine = Times.of([program.press(key) for key in keys])
        with Painted("tests.benchmarks.empty") as program:
            program.waits_for("Type:")
            empty = Times.of([program.press(key) for key in keys])
        ratios.append(mine.p95 / empty.p95)
        sys.stdout.write(
            f"{what}, run {run + 1}: {len(keys)} keys, p50 {mine.p50:.1f} ms, "
            f"p95 {mine.p95:.1f} ms; empty app: p50 {empty.p50:.1f} ms, p95 {empty.p95:.1f} ms; "
            f"p95 ratio {ratios[-1]:.2f}\n"
        )
        sys.stdout.flush()
    sys.stdout.write(
        f"{what}: median p95 ratio {statistics.median(ratios):.2f} (target: under 3)\n"
    )
