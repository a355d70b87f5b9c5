"""A checkpoint on a slip: a small text file that a printer or another machine
takes, so that the line is kept where whoever changes the vault does not reach it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from secterm.vault.disk import write_new
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
    """The slip as `secterm-checkpoint-DATE.txt` in this folder. Raises as `write_new`."""
    return write_new(folder, f"secterm-checkpoint-{on.isoformat()}", "txt", told.encode(), 0o644)
