"""From a key to what it paints, as a terminal sees it: the key's bytes are written to
a pty, and the time counts to the last byte that the program writes in answer.
"""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from pathlib import Path

import pyte

ROOT = Path(__file__).resolve().parents[2]
SILENCE = 0.15  # seconds without a byte, after which an answer is over
LONGEST = 5.0  # seconds until an answer begins
SIZE = (132, 43)
BAR = 2  # columns
SCREENS = "xterm-256color"


class Painted:
    """A program in a terminal, its answers timed."""

    def __init__(self, module, *arguments):
        self._screen = pyte.Screen(*SIZE)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
        environment = {**os.environ, "TERM": SCREENS, "LANG": "C.UTF-8"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
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

    @property
    def shown(self):
        """The screen's text."""
        return "\n".join(self._screen.display)

    def waits_for(self, text, seconds=120.0):
        """Until the screen shows a text, and then nothing new; the seconds it took."""
        began = time.perf_counter()
        last = began
        while text not in self.shown:
            if time.perf_counter() > began + seconds or self._process.poll() is not None:
                raise AssertionError(f"the screen never showed {text!r}:\n{self.shown}")
            last = self._draws(SILENCE) or last
        while self._draws(SILENCE):
            pass
        return last - began

    def press(self, key, shows=""):
        """Seconds from this key to the last byte of its answer, which `shows` a text.

        A key that paints nothing, or something else, is an error, not a fast key.
        """
        before = time.perf_counter()
        os.write(self._master, key.encode())
        last = self._draws(LONGEST)
        if last is None or shows not in self.shown:
            raise AssertionError(f"{key!r} did not paint {shows!r}:\n{self.shown}")
        return last - before

    def draws(self, key, lines):
        """Seconds from this key until these lines of the screen (a slice) look as they do in
        the end but for a bar at their right, and until the last byte.
        """
        before = time.perf_counter()
        os.write(self._master, key.encode())
        looks = []
        for at, data in self._answer(LONGEST):
            self._stream.feed(data)
            looks.append((at - before, [line[:-BAR] for line in self._screen.display[lines]]))
        if not looks:
            raise AssertionError(f"{key!r} painted nothing:\n{self.shown}")
        ended = looks[-1]
        last = max((n for n, look in enumerate(looks) if look[1] != ended[1]), default=-1)
        return looks[last + 1][0], ended[0]

    def paints(self, key, *shows):
        """Seconds from this key until each of these was painted, one after the other."""
        before = time.perf_counter()
        os.write(self._master, key.encode())
        took, missing = [], list(shows)
        while missing and (answer := self._answer(LONGEST)):
            for at, data in answer:
                self._stream.feed(data)
                # What is painted over soon may come in one piece with what follows it.
                while missing and (missing[0] in self.shown or missing[0].encode() in data):
                    missing.pop(0)
                    took.append(at - before)
        if missing:
            raise AssertionError(f"{key!r} did not paint {missing[0]!r}:\n{self.shown}")
        return took

    def sees(self, pattern, seconds=120.0):
        """When, by `time.perf_counter`, what fits came to the screen, whatever comes after."""
        end = time.perf_counter() + seconds
        at = time.perf_counter()
        while not re.search(pattern, self.shown):
            if at > end or not select.select([self._master], [], [], LONGEST)[0]:
                raise AssertionError(f"the screen never showed {pattern!r}:\n{self.shown}")
            data, at = os.read(self._master, 1 << 16), time.perf_counter()
            self._stream.feed(data)
        return at

    def types(self, key, shows):
        """Seconds from this key until what fits shows, on a screen that changes by itself too.

        It must not show before: that would be no time at all.
        """
        if re.search(shows, self.shown):
            raise AssertionError(f"{shows!r} shows already:\n{self.shown}")
        before = time.perf_counter()
        os.write(self._master, key.encode())
        return self.sees(shows) - before

    @property
    def memory(self):
        """Bytes of memory that are its own or shared."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024

    def _draws(self, first):
        """Draws an answer; when its last byte came, None where none did."""
        answer = self._answer(first)
        self._stream.feed(b"".join(data for _at, data in answer))
        return answer[-1][0] if answer else None

    def _answer(self, first):
        """Reads an answer to its end, the first byte of which comes within so long: its pieces,
        each with the time at which it came. Drawing them would be timed as well.
        """
        read, patience = [], first
        while select.select([self._master], [], [], patience)[0]:
            data = os.read(self._master, 1 << 16)
            read.append((time.perf_counter(), data))
            patience = SILENCE
        return read


def empty():
    """The app that does nothing else."""
    program = Painted("tests.benchmarks.empty")
    program.waits_for("Type")
    return program


@dataclass(frozen=True)
class Step:
    """A key, what it `shows`, and whether it is one that `counts`."""

    key: str
    shows: str = ""
    counts: bool = True
