"""A checkpoint on a slip: a small text file that a printer or another machine
takes, so that the line is kept where whoever changes the vault does not reach it.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from secterm.words import _


def text(unit: str, on: date, checkpoint: str, fingerprint: str) -> str:
    """What stands on it: unit, day, the checkpoint's short line and the fingerprint."""
    return _(
        "secterm: checkpoint of the journal\n\n"
        "Unit         {unit}\n"
        "Day          {day}\n"
        "Checkpoint   {line}\n"
        "Fingerprint  {fingerprint}\n\n"
        "Keep this away from the vault. Either the journal continues from here, or\n"
        "history was cut or rewritten: secterm verify --checkpoint with this file, or\n"
        "with the line alone, tells which. The fingerprint is that of the log keys;\n"
        "whoever checks an archive compares it.\n"
    ).format(unit=unit, day=on.isoformat(), line=checkpoint, fingerprint=fingerprint)


def write(folder: Path, on: date, told: str) -> Path:
    """The slip as `secterm-checkpoint-DATE.txt` in this folder, on the disk for good.

    A file that is there is never written over: the name gets a number then. Nothing
    half-written stays. Raises OSError.
    """
    handle, path = _made(folder, f"secterm-checkpoint-{on.isoformat()}")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(told)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _made(folder: Path, stem: str) -> tuple[int, Path]:
    number = 1
    while True:
        path = folder / (f"{stem}.txt" if number == 1 else f"{stem}-{number}.txt")
        try:
            return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o644), path
        except FileExistsError:
            number += 1
