"""A disk that is really full, a folder that is really read-only: see `elsewhere`."""

import subprocess
import sys

import pytest

from tests.faults.elsewhere import STORIES
from tests.support.commands import permissions_count
from tests.support.terminal import ROOT


@pytest.mark.long
@pytest.mark.parametrize("story", STORIES)
def test_it_ends_well(story, tmp_path):
    (tmp_path / "medium-of-all").mkdir()
    bound = permissions_count if story == "read_only_folder" else None
    done = subprocess.run(
        [sys.executable, "-B", "-m", "tests.faults.elsewhere", story, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=bound,
    )
    assert done.returncode == 0, done.stderr
