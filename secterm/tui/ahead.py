"""What the first keys after the way in need, fetched while somebody types there: the way in
shows before it is imported, and no key waits for it afterwards.
"""

from __future__ import annotations

import importlib
from typing import Final

from secterm.tui import sealed

ROOMS: Final = (
    "secterm.desk.desk",
    "secterm.messages.errors",
    "secterm.tui.drafts",
    "secterm.tui.screens.people",
    "secterm.tui.screens.helping",
    "secterm.tui.screens.palette",
)


def fetch() -> None:
    """Imports them, one after the other; and what came before is sorted out."""
    for name in ROOMS:
        importlib.import_module(name)
    sealed.sort_out()
