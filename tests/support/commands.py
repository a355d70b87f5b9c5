"""The program as a script or an officer at a shell runs it."""

import contextlib
import ctypes
import fcntl
import io
import json
import os
import pty
import resource
import select
import signal
import struct
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path

import pytest

from secterm.cli.program import run

ROOT = Path(__file__).resolve().parents[2]
CHEAP = Path(__file__).with_name("cheap.py")

OVERRIDES_PERMISSIONS = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH of linux/capability.h
# CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_PERFMON; CAP_IPC_LOCK
LOOKS_INTO_PROCESSES, LOCKS_MEMORY = (19, 21, 38), 14
PR_CAPBSET_DROP = 24  # linux/prctl.h


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def complaint(self):
        """The one line that it complains in."""
        assert self.out == ""
        assert "Traceback" not in self.err
        (line,) = self.err.splitlines()
        assert line.startswith("secterm: ")
        return line.removeprefix("secterm: ")


def secterm(*arguments, cwd=".", env=None, stdin=b""):
    """Runs a command to its end, in this process: it starts at once, and gives up nothing."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for name in ("out", "err")}
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(cwd):
        patch.delenv("SECTERM_VAULT", raising=False)
        for name, value in (env or {}).items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["secterm", *map(str, arguments)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        patch.setattr(sys, "stdout", streams["out"])
        patch.setattr(sys, "stderr", streams["err"])
        with pytest.raises(SystemExit) as ended:
            run()
    told = {}
    for name, stream in streams.items():
        stream.flush()
        told[name] = stream.buffer.getvalue().decode()
    return Outcome(ended.value.code, **told)


def secterm_apart(*arguments, cwd=None, env=None, stdin=b"", before=None, stdout=None):
    """Runs a command to its end, in a process of its own; `before` is called in it.

    `stdout` is a file number that takes the result instead.
    """
    if before is not None:  # a child that cannot write as usual must not leave half a .pyc
        env = {**(env or {}), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, str(CHEAP), *map(str, arguments)],
        cwd=cwd,
        env=environment(**(env or {})),
        input=stdin,
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        preexec_fn=before,
        timeout=60,
    )
    return Outcome(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())


def environment(**changes):
    """Without what this machine's own says of vaults, locales and Python."""
    other = ("SECTERM", "LC_", "LANG", "PYTHON")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(other)}
    return {**kept, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **changes}


def files_end_at(size):
    """In the child no file grows beyond this, as on a full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def permissions_count():
    """In the child they bind the superuser too."""
    drop(*OVERRIDES_PERMISSIONS)


def as_any_user():
    """In the child the superuser neither looks into processes nor locks memory as it likes."""
    drop(*OVERRIDES_PERMISSIONS, *LOOKS_INTO_PROCESSES, LOCKS_MEMORY)


def drop(*capabilities):
    """This process's programs have none of these."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in capabilities:
            if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
                raise OSError(ctypes.get_errno(), "PR_CAPBSET_DROP")


class AtTerminal:
    """A command, in a process of its own, whose standard error is a terminal, and
    its input too where it is `asked`.
    """

    def __init__(self, *arguments, asked=False, cwd=None):
        self.told = ""
        self._all = ""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, str(CHEAP), *map(str, arguments)],
            cwd=cwd,
            env=environment(),
            stdin=slave if asked else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=slave,
            # It is the command's own terminal, or a passphrase would be asked for on ours.
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    def sees(self, text):
        """Waits until the terminal was told this since something was typed last."""
        while text not in self.told:
            if not self._read(20):
                raise AssertionError(f"never told {text!r}:\n{self._all}")
        return self

    def types(self, text, end="\n"):
        self.told = ""
        os.write(self._master, f"{text}{end}".encode())

    def signals(self, number=signal.SIGINT):
        self.process.send_signal(number)

    def ends(self):
        """The outcome; all that the terminal was told stands as `err`."""
        while self._read(60):
            pass
        out, _ = self.process.communicate(timeout=10)
        return Outcome(self.process.returncode, out.decode(), self._all.replace("\r\n", "\n"))

    def _read(self, seconds):
        ready, _, _ = select.select([self._master], [], [], seconds)
        data = b""
        if ready:
            with contextlib.suppress(OSError):  # EIO: nobody has the other side any more
                data = os.read(self._master, 1 << 16)
        self.told += data.decode()
        self._all += data.decode()
        return data

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        os.close(self._master)
