"""What a process gives up, tried in processes of their own: none of it can be had back."""

import contextlib
import json
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from secterm.archive import child
from secterm.desk.apart import Apart
from secterm.desk.desk import Desk
from secterm.host import hardening, sockets
from secterm.vault import kdf
from tests.support.commands import as_any_user, environment
from tests.support.house import OFFICER, build

ALL = ["python", "privileges", "network", "memory", "swap", "core", "umask"]

HARDENED = """
import ctypes, json, os, socket, subprocess, sys
before = socket.socket()
from secterm.host import hardening
hardening.harden()
libc = ctypes.CDLL(None, use_errno=True)

def told(call):
    try:
        call()
    except PermissionError as error:
        return str(error)
    return "done"

def past_python(*call):
    def make():
        if libc.syscall(*call) < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return make

def by_a_child():
    code = "import socket, sys\\ntry: socket.socket()\\nexcept PermissionError: sys.exit(7)"
    if subprocess.run([sys.executable, "-c", code]).returncode == 7:
        raise PermissionError("in the child")
"""


def hardened(code, *, before=None):
    """What such a process writes."""
    done = subprocess.run(
        [sys.executable, "-c", HARDENED + code],
        env=environment(),
        preexec_fn=before,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_no_way_to_an_internet_socket_is_left():
    socket, pair = (41, 53) if platform.machine() == "x86_64" else (198, 199)
    ways = f"""
print(json.dumps([told(call) for call in (
    lambda: socket.socket(),
    lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
    lambda: socket.create_connection(("127.0.0.1", 631)),
    lambda: socket.getaddrinfo("localhost", 631),
    lambda: socket.gethostbyname("localhost"),
    lambda: before.connect(("127.0.0.1", 631)),
    lambda: before.bind(("127.0.0.1", 0)),
    *(past_python({socket}, family, 1, 0) for family in (2, 10, 16, 17, 38, 40, 2 << 32 | 2)),
    past_python({pair}, 2, 1, 0, None),
    past_python(425, 1, None),
    past_python(438, 0, 0, 0),
    by_a_child,
)]))"""
    told = hardened(ways)
    assert told[:7] == ["[Errno 1] secterm opens no internet connection"] * 7
    assert told[7:-1] == ["[Errno 1] Operation not permitted"] * 10
    assert told[-1] == "in the child"


def test_a_unix_socket_works_as_before_and_so_does_what_is_made_of_one():
    assert hardened("""
import asyncio

async def started():
    child = await asyncio.create_subprocess_exec("cat", stdin=-1, stdout=-1)
    return (await child.communicate(b"hello"))[0].decode()

one, other = socket.socketpair()
one.sendall(b"hello")
named = socket.socket(socket.AF_UNIX)
named.bind("\\0secterm-test-%d" % os.getpid())
raw = past_python(41 if os.uname().machine == "x86_64" else 198, 1, 1, 0)
print(json.dumps([other.recv(5).decode(), asyncio.run(started()), told(raw)]))
""") == ["hello", "hello", "done"]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x86_64's second table of calls")
def test_the_second_table_of_calls_is_shut():
    assert hardened("print(json.dumps(told(past_python(0x40000000 + 41, 2, 1, 0))))") == (
        "[Errno 1] Operation not permitted"
    )


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_ends_every_call_of_another_entry_and_no_usual_one(machine):
    program = sockets.program(machine)
    entry, socket, pair = {
        "x86_64": (0xC000003E, 41, 53),
        "aarch64": (0xC00000B7, 198, 199),
    }[machine]
    for other in (0x40000003, 0x40000028, 0xC00000F3):  # i386, arm, riscv64
        for number in (0, socket, 102):
            assert ran(program, other, number, 1) == "refused"
    for number in (socket, pair):
        assert ran(program, entry, number, 1) == "allowed"
        for family in {*range(47)} - {1}:
            assert ran(program, entry, number, family) == "refused"
    for number in (425, 426, 427, 438, 0x40000000 + socket, 0xFFFFFFFF):
        assert ran(program, entry, number, 1) == "refused"
    for number in {*range(500)} - {socket, pair, 425, 426, 427, 438}:
        assert ran(program, entry, number, 2) == "allowed"


def ran(program, entry, number, first):
    """What such a filter says of a call, run as the kernel does (seccomp(2))."""
    data, at, held = {0: number, 4: entry, 16: first}, 0, 0
    while True:
        step = program[8 * at : 8 * at + 8]
        code, yes, no = int.from_bytes(step[:2], sys.byteorder), step[2], step[3]
        value = int.from_bytes(step[4:], sys.byteorder)
        at += 1
        match code:
            case 0x20:
                held = data[value]
            case 0x15:
                at += yes if held == value else no
            case 0x35:
                at += yes if held >= value else no
            case 0x06:
                return {0x7FFF0000: "allowed", 0x00050001: "refused"}[value]


def test_another_kind_of_machine_has_no_filter():
    assert sockets.program("riscv64") is None
    assert sockets.program("") is None


# -- what is said of it ---------------------------------------------------------------

TELL = "print(json.dumps([[m.name, m.holds, m.told] for m in hardening.state()]))"


def test_everything_is_said_and_what_holds_is_seen():
    told = hardened(TELL)
    assert [name for name, _, _ in told] == ALL
    assert {name for name, holds, _ in told if not holds} <= {"swap"}
    assert all(said.endswith(".") for _, _, said in told)


def test_before_it_is_asked_for_nothing_is_given_up_and_nothing_said():
    assert hardening.state() == ()


@pytest.mark.parametrize("limit", [8 << 20, 256 << 20])
def test_memory_is_not_locked_where_a_derivation_would_find_none(limit):
    def small():
        with contextlib.suppress(ValueError):  # only the superuser gets more than there was
            resource.setrlimit(resource.RLIMIT_MEMLOCK, (limit, limit))
        as_any_user()

    name, holds, told = hardened(TELL, before=small)[4]
    assert (name, holds) == ("swap", False)
    assert "under 3072 MiB" in told
    after = """
with open("/proc/self/status") as status:
    print(json.dumps([line.split()[1] for line in status if line.startswith("VmLck:")]))"""
    assert hardened(after, before=small) == ["0"]


def test_what_may_be_locked_holds_the_largest_derivation_and_the_program():
    largest = kdf.FIRST_RECOMMENDATION.m * 1024
    assert largest + (512 << 20) <= hardening.LOCKABLE


STAND_IN = """
import errno, json, os, resource, sys
from secterm.host import hardening

class Old:
    def __init__(self, machine="x86_64"):
        self.kind = machine
    def machine(self):
        return self.kind
    def refuse(self, *given):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    give_up_privileges = filter = open_socket = hide_memory = lock_memory = refuse

class Deaf(Old):
    def take(self, *given):
        pass
    give_up_privileges = filter = open_socket = hide_memory = lock_memory = take

class Narrow(Deaf):
    # Once memory is locked, a process has 1 GiB and no more.
    locked = False
    def lock_memory(self):
        self.locked = True
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, resource.RLIM_INFINITY))
    def unlock_memory(self):
        self.locked = False
    def open_socket(self, family):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))
kernel = {"narrow": Narrow(), "old": Old(), "deaf": Deaf(), "other": Deaf("s390x")}[sys.argv[1]]
hardening.harden(kernel)
assert not getattr(kernel, "locked", False)
print(json.dumps({m.name: [m.holds, m.told] for m in hardening.state()}))
"""


@pytest.mark.parametrize(
    ("kernel", "missing", "why"),
    [
        ("old", {"privileges", "network", "memory", "swap"}, "Invalid argument"),
        ("deaf", {"network"}, "it took the filter and does not heed it"),
        ("other", {"network"}, "there is no filter for this kind of machine"),
        ("narrow", {"swap"}, "its limit of locked memory is under 3072 MiB"),
    ],
)
def test_what_the_kernel_does_not_do_is_said_with_the_reason(kernel, missing, why):
    done = subprocess.run(
        [sys.executable, "-c", STAND_IN, kernel], env=environment(), capture_output=True, text=True
    )
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert {name for name, (holds, _) in told.items() if not holds} == missing
    for name in missing:
        assert why in told[name][1]


def test_without_a_c_library_to_ask_by_python_still_refuses():
    code = """
import sys
sys.modules["ctypes"] = None
from secterm.host import hardening
hardening.harden()
import socket
try:
    socket.socket()
except PermissionError:
    print([m.name for m in hardening.state() if m.holds])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True
    )
    assert done.stdout == "['python', 'core', 'umask']\n", done.stderr


# -- those beside -----------------------------------------------------------------------


def test_a_process_that_holds_a_secret_for_a_while_hides_it_too():
    done = child.run("sys = __import__('sys'); print(system.prctl(3))", given=b"")
    assert done.stdout == b"0\n"


def test_the_second_process_gives_up_what_the_first_does(tmp_path, monkeypatch):
    monkeypatch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
    desk = Desk.open(build(tmp_path / "vault.db", ("opened", "general")), *OFFICER)
    try:
        with Apart(desk._vault) as apart:
            status = Path(f"/proc/{apart._second._child.pid}/status")
            until = time.monotonic() + 20
            while "Seccomp:\t2" not in status.read_text():
                assert time.monotonic() < until
                time.sleep(0.01)
            assert "NoNewPrivs:\t1" in status.read_text()
    finally:
        desk.close()
