"""The whole way in: a real bundle from the package index, installed and started where there
is no network at all. It needs the index, util-linux's `unshare` and `mount`, and fails without.
"""

import hashlib
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.install.carried import Machine, bundle, told
from tests.support.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.long

# No interface but its own loopback, which is down, and /sys shows it so. The user there is
# root of nothing, or an ordinary one.
ISOLATED = (
    *("unshare", "--user", "--map-root-user", "--net", "--mount"),
    *("sh", "-c", 'mount -t sysfs none /sys && exec "$@"', "sh"),
)
AS_OFFICER = (*ISOLATED, "unshare", "--user", "--map-user=1000", "--map-group=1000")
INTERFACES = """
import os, pathlib, socket
for name in sorted(os.listdir("/sys/class/net")):
    print(name, int(pathlib.Path("/sys/class/net", name, "flags").read_text(), 16) & 1)
print([name for _, name in socket.if_nameindex()])
"""


def make(*options, before=()):
    done = subprocess.run(
        [*before, sys.executable, "-m", "secterm.bundle", *map(str, options)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    folder = tmp_path_factory.mktemp("medium") / "secterm"
    status, out, err = make("--to", folder)
    assert (status, err) == (0, "")
    assert told(folder) in out
    return folder


def run(command, home, *arguments):
    clean = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
    return subprocess.run(
        [*map(str, (*command, *arguments))],
        env=clean,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_a_real_bundle_is_installed_without_a_network_and_starts(real, tmp_path):
    there = run(AS_OFFICER, tmp_path, sys.executable, "-c", INTERFACES)
    assert (there.stdout, there.stderr) == ("lo 0\n['lo']\n", "")

    install = (sys.executable, "-I", real / "install.py", "--fingerprint", told(real))
    done = run(AS_OFFICER, tmp_path, *install)
    assert (done.returncode, done.stderr) == (0, "")
    command = tmp_path / ".local" / "bin" / "secterm"
    assert f"{command.parent} is not in your PATH" in done.stdout
    assert os.readlink(command) == str(tmp_path / ".local/lib/secterm/current/bin/secterm")
    checked = run(AS_OFFICER, tmp_path, *install)
    assert checked.returncode == 0
    assert "is current, as it was, and whole." in checked.stdout

    home = {"HOME": str(tmp_path), "PYTHONPATH": ""}
    with Terminal("demo", program=(*AS_OFFICER, command), env=home, cwd=tmp_path) as terminal:
        terminal.wait("Officer: demo    Passphrase: ", timeout=60)
        terminal.press("ctrl+q")
        assert terminal.end() == 0


def test_the_bundle_is_what_the_checkout_says_each_time(real, tmp_path):
    again = tmp_path / "again"
    assert make("--to", again)[0] == 0
    names = sorted(p.relative_to(real) for p in real.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    assert [n for n in names if (real / n).read_bytes() != (again / n).read_bytes()] == []
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=real, capture_output=True
    )
    assert checked.returncode == 0

    pins = dict(
        re.findall(r"^([a-z0-9-]+)==([^ ]+)", (real / "requirements.lock").read_text(), re.M)
    )
    listed = json.loads((real / "sbom.cdx.json").read_text())
    parts = [listed["metadata"]["component"], *listed["components"]]
    versions = {part["name"]: part["version"] for part in parts}
    assert pins.items() <= versions.items()
    assert versions.keys() - pins.keys() == {"secterm", "pip"}
    assert [part["name"] for part in parts if not part.get("licenses")] == []
    hashes = {part["hashes"][0]["content"] for part in parts}
    wheels = (real / "packages").iterdir()
    assert hashes == {hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels}
    needed = {ref for each in listed["dependencies"] for ref in each["dependsOn"]}
    assert {part["name"] for part in parts if part["bom-ref"] not in needed} == {"secterm", "pip"}


def test_for_another_python_its_own_packages_go_along(tmp_path):
    status, out, err = make("--to", tmp_path / "new", "--python", "3.13")
    assert (status, err) == (0, "")
    assert "for Python 3.13" in out
    names = [wheel.name for wheel in (tmp_path / "new" / "packages").iterdir()]
    assert [name for name in names if "-cp313-cp313-manylinux" in name]
    assert not [name for name in names if re.search(r"-cp3(?!13)\d\d-cp3", name)]


def test_a_package_that_a_platform_does_not_have_is_named(tmp_path):
    status, _out, err = make("--to", tmp_path / "new", "--platform", "manylinux_2_5_x86_64")
    assert status == 1
    assert re.match(r"bundle: There is no ready-made package of [a-z0-9-]+==[\d.]+ for that", err)
    assert not (tmp_path / "new").exists()


def test_without_a_network_there_is_no_bundle_and_it_says_why(tmp_path):
    status, _out, err = make("--to", tmp_path / "new", before=ISOLATED)
    assert status == 1
    assert err.startswith("bundle: The package index cannot be reached.")
    assert not (tmp_path / "new").exists()


def test_killed_at_any_moment_one_whole_version_is_current(tmp_path):
    machine = Machine(tmp_path)
    one, two = (bundle(tmp_path / version, version) for version in ("1.0", "2.0"))
    assert machine.install(one).returncode == 0
    begun = time.monotonic()
    assert machine.install(two).returncode == 0
    step = (time.monotonic() - begun) / 8
    for moment in itertools.count():  # later each time, until it is through before
        shutil.rmtree(machine.place)
        machine.command.unlink()
        assert machine.install(one).returncode == 0
        installer = subprocess.Popen(
            machine.command_to(two / "install.py", "--fingerprint", told(two)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(moment * step)
        through = installer.poll() is not None
        installer.send_signal((signal.SIGKILL, signal.SIGTERM)[moment % 2])
        installer.wait()
        assert machine.says() in (("2.0",) if through else ("1.0", "2.0"))
        assert machine.install(two).returncode == 0
        assert (machine.says(), machine.versions) == ("2.0", ["1.0", "2.0"])
        if through:
            break
    assert moment > 3
