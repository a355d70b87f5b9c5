"""Media that fail as real ones do: see `media`. Where file systems can be mounted they run."""

import os
import subprocess
import sys

import pytest

from tests.faults.media import STORIES
from tests.support.terminal import ROOT


def mounts() -> bool:
    """Whether this machine lets us mount a file: root may, unless it is root of a container."""
    if os.geteuid() != 0 or not os.path.exists("/dev/loop-control"):
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


@pytest.mark.long
@pytest.mark.skipif(not mounts(), reason="no file system can be mounted here")
@pytest.mark.parametrize("story", STORIES)
def test_it_ends_well(story, tmp_path):
    done = subprocess.run(
        [sys.executable, "-B", "-m", "tests.faults.media", story, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
