"""The folder on a medium into which something is written: the first that is mounted, and
told at once where there is none of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from secterm.archive import media
from secterm.tui.screens.form import Entry
from secterm.words import _


def entry(
    kept: Mapping[str, str],
    *,
    label: str = "",
    help: str = "",
    when: Callable[[Mapping[str, str]], bool] = lambda values: True,
    doubt: Callable[[Mapping[str, str]], str] = lambda values: "",
) -> Entry:
    """The entry `folder`; `kept` is what was entered before, even where that is nothing."""
    found = [] if "folder" in kept else media.mounted()
    return Entry(
        "folder",
        label or _("Folder on the medium"),
        value=kept.get("folder") or (str(found[0]) if found else ""),
        help=help,
        when=when,
        check=_missing,
        doubt=doubt,
    )


def _missing(values: Mapping[str, str]) -> str:
    try:
        there = Path(values["folder"]).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):  # no such user, or no name for a file
        there = False
    return "" if there else _("There is no such folder. Is the medium mounted?")
