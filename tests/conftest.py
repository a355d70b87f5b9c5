"""What every test shares, in its own process only: a key derivation that costs nothing, a
disk that nobody waits for, a policy pack that is read once, and a collector that does not
walk all that the tests themselves hold.
"""

import functools
import gc
import os

import pytest

from secterm.host import machine
from secterm.policy import reader
from secterm.tui import sealed
from secterm.vault import file, kdf

CHEAP = kdf.Cost(t=1, m=32, p=1)
kdf.TARGET_SECONDS = 0.0  # no slot's cost is raised unless a test asks for it
# The machine's power does not fail in a test; tests/faults has processes of its own for that.
file.PRAGMAS["synchronous"] = "off"


def _read_once(parse):
    """The same bytes give the same frozen pack; each vault that opens would read it anew."""
    known = functools.lru_cache(maxsize=32)(lambda files, judged: parse(dict(files), judged=judged))
    return lambda files, *, judged=True: known(tuple(sorted(files.items())), judged)


reader.parse = _read_once(reader.parse)


@pytest.fixture(autouse=True)
def _cheap_kdf(monkeypatch):
    monkeypatch.setattr(kdf, "floors", (CHEAP,))


@pytest.fixture(scope="session")
def quiet_machine(tmp_path_factory):
    """A machine of which nothing is to be said, wherever the tests run."""
    root = tmp_path_factory.mktemp("quiet")
    installed = machine.Installed(folder=root, path=(), lock=None)
    return machine.Machine(
        root, room=lambda folder: (10**10, 10**11), installed=installed, hardened=lambda: ()
    )


@pytest.fixture(autouse=True)
def _quiet_machine(monkeypatch, quiet_machine):
    monkeypatch.setattr(machine, "here", quiet_machine)


@pytest.fixture
def medium(tmp_path):
    """An empty folder to write to."""
    folder = tmp_path / "medium"
    folder.mkdir()
    return folder


@pytest.fixture
def failing(monkeypatch):
    """While it is set, a file that is to be kept on the medium is not."""
    real, number = os.fsync, []

    def fsync(handle):
        if number and os.readlink(f"/proc/self/fd/{handle}").endswith(".part"):
            raise OSError(number[0], os.strerror(number[0]))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return number


def pytest_collection_modifyitems(items):
    """The longest first, so that no process waits for it in the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


def pytest_collection_finish():
    """The collector walks all that Textual holds, over and over: a fifth of the time."""
    sealed.set_aside()
    gc.set_threshold(200_000, 50, 100)
