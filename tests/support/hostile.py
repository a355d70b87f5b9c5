"""Bytes and values from somebody who means harm, and what may come of them: a
named error that reads as plain words, or none.
"""

import contextlib
import os
import re
import subprocess
import sys

from hypothesis import strategies as st

from secterm import messages
from tests.support.terminal import ROOT

# What a person must never be shown of a program's inside.
_INSIDE = re.compile(
    r"Traceback|unexpected|Exception|Error\b|<class|object at 0x|File \"|secterm\.\w"
    r"|codec|recursion|sys\."
)
LONGEST = 2000  # characters of one message


@contextlib.contextmanager
def named(*errors):
    """Whatever is raised within is one of these, and reads as plain words."""
    try:
        yield
    except errors as error:
        clear(error)


def clear(error):
    """An error that a person can be told."""
    told = messages.explain(error).text()
    assert told.strip()
    assert not _INSIDE.search(told), told
    assert len(told) <= LONGEST, (len(told), told[:LONGEST])


# -- bytes ------------------------------------------------------------------------

_PLACE = st.integers(0, 1 << 20)
_RUN = st.one_of(st.integers(1, 8), st.integers(1, 5000))

_CHANGE = st.one_of(
    st.tuples(st.just("flip"), _PLACE, st.integers(0, 7)),
    st.tuples(st.just("put"), _PLACE, st.binary(min_size=1, max_size=16)),
    st.tuples(st.just("zero"), _PLACE, _RUN),
    st.tuples(st.just("cut out"), _PLACE, _RUN),
    st.tuples(st.just("cut off"), _PLACE, st.none()),
    st.tuples(st.just("double"), _PLACE, _RUN),
    st.tuples(st.just("push in"), _PLACE, st.binary(min_size=1, max_size=64)),
    st.tuples(st.just("copy over"), _PLACE, st.tuples(_PLACE, _RUN)),
)
changes = st.lists(_CHANGE, min_size=1, max_size=4)


def changed(good, made):
    """Bytes with these changes, each at a place within them."""
    data = bytearray(good)
    for what, place, how in made:
        at = place % (len(data) or 1)
        match what:
            case "flip" if data:
                data[at] ^= 1 << how
            case "put":
                data[at : at + len(how)] = how
            case "zero":
                data[at : at + how] = bytes(len(data[at : at + how]))
            case "cut out":
                del data[at : at + how]
            case "cut off":
                del data[at:]
            case "double":
                data[at:at] = data[at : at + how]
            case "push in":
                data[at:at] = how
            case "copy over" if data:
                begin, length = how[0] % len(data), how[1]
                piece = data[begin : begin + length]
                data[at : at + len(piece)] = piece
    return bytes(data)


# -- a process of its own, with little memory -------------------------------------


def alone(code, *, mebibytes, seconds=60, stdin=b""):
    """What a process prints that runs this code and may take only so much memory more
    than the interpreter with its libraries has taken already.
    """
    limited = f"""
import resource, sys
from secterm import messages
from secterm.desk import desk
def limit():
    with open("/proc/self/statm") as stream:
        now = int(stream.read().split()[0]) * resource.getpagesize()
    most = now + ({mebibytes} << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
"""
    done = subprocess.run(
        [sys.executable, "-c", limited + code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=stdin,
        capture_output=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout.decode()
