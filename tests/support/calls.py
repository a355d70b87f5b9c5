"""What a thread asks of the system, by the kernel's own filter (seccomp, Linux 5.5 or later):
its writes and syncs are told one by one, or made to fail.
"""

import ctypes
import errno
import fcntl
import os
import platform
import select
import struct
import threading
from concurrent.futures import Future
from typing import NamedTuple

import pytest

# What each does to a disk, by its numbers where it has them: x86_64, aarch64.
CALLS = {
    "write": ((1, 64), (18, 68)),  # write, pwrite64
    "sync": ((74, 82), (75, 83)),  # fsync, fdatasync
    "remove": ((87, 35), (263, 35)),  # unlink, unlinkat
}
MACHINES = ("x86_64", "aarch64")
SECCOMP = (317, 277)
STANDARD_ERROR = 2  # of this and what is below nothing is told, and nothing fails
PR_SET_NO_NEW_PRIVS = 38  # linux/prctl.h
LOAD, EQUAL, GREATER, RETURN = 0x20, 0x15, 0x25, 0x06  # linux/bpf_common.h
# linux/seccomp.h: what a call comes to, what a listener takes and gives, struct seccomp_data's
# offsets, struct seccomp_notif and struct seccomp_notif_resp.
FAIL, TELL, ALLOW = 0x00050000, 0x7FC00000, 0x7FFF0000
SET_MODE_FILTER, NEW_LISTENER = 1, 1 << 3
RECEIVE, SEND, GO_ON = 0xC0502100, 0xC0182101, 1
NUMBER, FIRST_ARGUMENT = 0, 16
NOTICE, REPLY = struct.Struct("QIIiIQ6Q"), struct.Struct("QqiI")


class Call(NamedTuple):
    """One call: what it does, the path of the file that it is about, bytes that it writes."""

    what: str
    path: str
    size: int


def fails_from_now_on(what):
    """Each such call of this thread, and of those that it starts, fails with EIO until it
    ends, but for what it writes to its standard streams.
    """
    _filtered(_numbers(what), FAIL | errno.EIO, 0)


def told(work):
    """Does this work in a thread of its own; its writes to files and its syncs, in their order,
    and what the work comes to.
    """
    handle, done = Future(), Future()

    def run():
        try:
            handle.set_result(
                _filtered({*_numbers("write"), *_numbers("sync")}, TELL, NEW_LISTENER)
            )
            done.set_result(work())
        except BaseException as error:
            (done if handle.done() else handle).set_exception(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        listener = handle.result()
    except OSError as error:
        pytest.skip(f"the kernel here tells nobody of calls: {error}")
    try:
        calls = list(_listened(listener, thread))
    finally:
        os.close(listener)  # a call that nobody answers fails: the thread ends
        thread.join()
    return calls, done.result()


def _numbers(what):
    """The call's numbers on this machine."""
    return {each[MACHINES.index(platform.machine())] for each in CALLS[what]}


def _filtered(numbers, verdict, flags):
    """This is what such calls of this thread come to from now on; where it is told, by which
    handle. Raises OSError.
    """
    steps = []
    for number in numbers:
        steps += [(LOAD, 0, 0, NUMBER), (EQUAL, 0, 3, number), (LOAD, 0, 0, FIRST_ARGUMENT)]
        steps += [(GREATER, 0, 1, STANDARD_ERROR), (RETURN, 0, 0, verdict)]
    steps.append((RETURN, 0, 0, ALLOW))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "PR_SET_NO_NEW_PRIVS")
    call = SECCOMP[MACHINES.index(platform.machine())]
    handle = libc.syscall(call, SET_MODE_FILTER, flags, program)
    if handle < 0:
        raise OSError(ctypes.get_errno(), "SECCOMP_SET_MODE_FILTER")
    return handle


def _listened(listener, thread):
    names = {number: what for what in CALLS for number in _numbers(what)}
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    while thread.is_alive():
        if not any(event & select.POLLIN for _, event in poll.poll(50)):
            continue
        notice = bytearray(NOTICE.size)
        fcntl.ioctl(listener, RECEIVE, notice)
        id, _pid, _flags, number, _arch, _at, file, _buffer, size, *_ = NOTICE.unpack(notice)
        path = os.readlink(f"/proc/self/fd/{file}")
        fcntl.ioctl(listener, SEND, REPLY.pack(id, 0, 0, GO_ON))
        if path.startswith("/"):
            yield Call(names[number], path, size if names[number] == "write" else 0)
