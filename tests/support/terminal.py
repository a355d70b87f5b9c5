"""A real terminal without a window: the program runs in a pty, pyte draws it."""

import codecs
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from pathlib import Path

import pyte
from pyte.screens import Char

CHEAP = Path(__file__).with_name("cheap.py")
ROOT = Path(__file__).resolve().parents[2]

KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "pgup": "\x1b[5~",
    "pgdn": "\x1b[6~",
    "backspace": "\x7f",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "ctrl+c": "\x03",
    "ctrl+l": "\x0c",
    "ctrl+u": "\x15",
    "ctrl+p": "\x10",
    "ctrl+q": "\x11",
}
# Where they differ: the kernel's console, and xterm as terminfo has it (its cursor keys too,
# until a program asks for others).
CONSOLE = {
    **{f"f{n}": f"\x1b[[{letter}" for n, letter in enumerate("ABCDE", 1)},
    "home": "\x1b[1~",
    "end": "\x1b[4~",
}
XTERM = {
    **{f"f{n}": f"\x1bO{letter}" for n, letter in enumerate("PQRS", 1)},
    "f5": "\x1b[15~",
    "home": "\x1b[H",
    "end": "\x1b[F",
}


_PLAIN = re.compile("[ -~\u2500-\u257f]+")  # one column each, in every character set here


class Timeout(AssertionError):
    pass


class _Screen(pyte.HistoryScreen):
    """What pyte draws, without its paging, and plain text in one go: it takes half the time."""

    __getattribute__ = object.__getattribute__

    def draw(self, data):
        x, end = self.cursor.x, self.cursor.x + len(data)
        if end > self.columns or not _PLAIN.fullmatch(data):
            super().draw(data)
            return
        _first, *style = self.cursor.attrs
        cells = [Char(character, *style) for character in data]
        self.buffer[self.cursor.y].update(zip(range(x, end), cells, strict=True))
        self.dirty.add(self.cursor.y)
        self.cursor.x = end


class Terminal:
    """The program on a terminal: an 80x24 Linux console, where nothing else is said; `before`
    is called in its process.
    """

    def __init__(
        self,
        *arguments,
        columns=80,
        lines=24,
        term="linux",
        env=None,
        cwd=None,
        program=(sys.executable, str(CHEAP)),
        before=None,
    ):
        self.screen = _Screen(columns, lines, history=1000)
        self.keys = KEYS | (XTERM if term.startswith("xterm") else CONSOLE)
        self.received = bytearray()  # all that the program ever sent to the terminal
        self._stream = pyte.ByteStream(self.screen)
        self._drawn = threading.Condition()
        self._lines = [""] * lines
        self._text = None  # what the screen shows, until something is drawn on it
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.seen = set()  # every character beyond ASCII that was ever drawn
        self.styles = set()  # every style that was ever asked for, as its numbers
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COLORTERM")}
        self._trace = Path(tempfile.mkdtemp()) / "traceback.txt"
        environment["SECTERM_TEST_TRACE"] = str(self._trace)
        environment |= {"TERM": term, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), **(env or {})}
        self.process = subprocess.Popen(
            [*map(str, program), *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            cwd=cwd,
            start_new_session=True,
            close_fds=True,
            preexec_fn=before,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        while True:
            try:
                ready, _, _ = select.select([self.master], [], [], 0.2)
                if not ready:
                    if self.process.poll() is not None:
                        return
                    continue
                data = self._ready()
            except OSError:
                return
            if not data:
                return
            with self._drawn:
                self.received += data
                self._stream.feed(data)
                self._text = None
                self.styles.update(re.findall(rb"\x1b\[([0-9;]*)m", data))
                self.seen.update(c for c in self._decoder.decode(data) if not c.isascii())
                self._drawn.notify_all()

    def _ready(self):
        """All that is there: a screen is drawn in several pieces, and is meant as one."""
        data = os.read(self.master, 1 << 16)
        while data and len(data) < 1 << 16 and select.select([self.master], [], [], 0)[0]:
            try:
                more = os.read(self.master, 1 << 16)
            except OSError:
                break  # the end; what came before it counts
            if not more:
                break
            data += more
        return data

    def text(self):
        with self._drawn:
            if self._text is None:
                columns = range(self.screen.columns)
                for y in self.screen.dirty:
                    line = self.screen.buffer[y]
                    self._lines[y] = "".join([line[x].data for x in columns]).rstrip()
                self.screen.dirty.clear()
                self._text = "\n".join(self._lines)
            return self._text

    def scrolled_off(self):
        """What a terminal still shows of lines that have left its screen."""
        with self._drawn:
            lines = [*self.screen.history.top, *self.screen.history.bottom]
            columns = range(self.screen.columns)
            return "\n".join("".join(line[x].data for x in columns).rstrip() for line in lines)

    def __contains__(self, text):
        return text in self.text()

    def wait(self, text, timeout=30.0):
        """Until the screen shows this."""
        return self.until(lambda screen: text in screen, f"{text!r}", timeout)

    def find(self, pattern, timeout=30.0):
        """What stands there, once the screen shows all of it."""
        screen = self.until(lambda screen: re.search(pattern, screen), pattern, timeout)
        return re.search(pattern, screen).group(1)

    def gone(self, text, timeout=30.0):
        """Until the screen no longer shows this."""
        return self.until(lambda screen: text not in screen, f"no {text!r}", timeout)

    def until(self, holds, what, timeout=30.0):
        end = time.monotonic() + timeout
        looked_at = None
        while time.monotonic() < end:
            screen = self.text()
            if screen is not looked_at and holds(screen):
                return screen
            looked_at = screen
            if self.process.poll() is not None and self._trace.exists():
                break
            with self._drawn:
                if self._text is screen:
                    self._drawn.wait(0.1)
        trace = self._trace.read_text() if self._trace.exists() else ""
        raise Timeout(f"the screen never showed {what}:\n{self.text()}\n{trace}")

    def settled(self, pause=0.12):
        """What the screen shows once it has stopped changing."""
        before = self.text()
        while True:
            time.sleep(pause)
            now = self.text()
            if now == before:
                return now
            before = now

    def press(self, *keys):
        for key in keys:
            os.write(self.master, self.keys[key].encode())
            if key == "esc":
                time.sleep(0.2)  # or it begins a sequence with what follows

    def type(self, text):
        os.write(self.master, text.encode())

    def enter(self, text=""):
        self.type(text)
        self.press("enter")

    def shell_takes_over(self):
        """As a shell does after a stop: keys echo, lines are edited, and a prompt stands there."""
        attributes = termios.tcgetattr(self.master)
        attributes[3] |= termios.ECHO | termios.ICANON | termios.ISIG
        termios.tcsetattr(self.master, termios.TCSANOW, attributes)

    def kill(self):
        """Pulls the plug."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self._close()

    def end(self, timeout=20):
        """Waits until the program has ended; its exit status."""
        status = self.process.wait(timeout)
        self._reader.join(5)
        self._close()
        return status

    def _close(self):
        with contextlib.suppress(OSError):
            os.close(self.master)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.kill()
