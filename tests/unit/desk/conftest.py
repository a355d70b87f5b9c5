"""What several tests of the desk need."""

import subprocess

import pytest


@pytest.fixture
def started(monkeypatch):
    """The processes that were started: how each was called, and with what else."""
    made, real = [], subprocess.Popen

    def popen(arguments, **more):
        made.append((arguments, more))
        return real(arguments, **more)

    monkeypatch.setattr(subprocess, "Popen", popen)
    return made
