"""The folder that a vault is in, or comes to be in."""

from __future__ import annotations

from pathlib import Path

from secterm.cli.ending import Refused
from secterm.words import _


def refuse_missing_folder(path: Path) -> None:
    """Raises `Refused` where the folder of a vault that somebody named is not there."""
    from secterm.messages import NOT_OPEN

    if not path.parent.is_dir():
        raise Refused(
            _(
                "{folder}: There is no such folder, and none is made for a path that was named. "
                "Make the folder first, or check the path."
            ).format(folder=path.parent),
            NOT_OPEN,
        )


def make_usual_folder(path: Path) -> list[Path]:
    """Makes the folder of the usual vault, for its owner alone; the folders that are new."""
    missing = [folder for folder in path.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700)
    return missing
