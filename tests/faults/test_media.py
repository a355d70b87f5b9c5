"""Media that fail as real ones do: see `media`. As root they run; CI is root."""

import os
import subprocess
import sys

import pytest

from tests.faults.media import STORIES
from tests.support.terminal import ROOT


@pytest.mark.long
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file system")
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
