"""Writes the settings file so that what somebody else wrote in it stays: comments, order,
and whatever was not changed. Nothing out of bounds is ever written.
"""

from __future__ import annotations

import contextlib
import os
import stat
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import tomlkit
from tomlkit.items import Item

from secterm.settings import Settings, View
from secterm.settings.reading import SettingsInvalid, parse, statements, text_of
from secterm.vault.disk import sync_folder
from secterm.words import _

WIDTH: Final = 88  # columns of a comment
HEADER: Final = _(
    "Settings of secterm's screens, for the vault beside this file. It is neither sealed nor "
    "signed, so it can set nothing that weakens the vault. A key that is not here has its "
    "default. The app reads the file when it starts, and its settings screen writes it."
)
KEYS: Final = {
    "idle": _("Seconds without a key until the vault locks: 30 to 3600. Default: 600."),
    "theme": _(
        'Colours: "auto" (as fits the terminal), "console", "dark", "light" or "contrast". '
        'Default: "auto".'
    ),
    "glyphs": _(
        'Characters that lines and marks are drawn with: "auto" (as fits the terminal), '
        '"console" (what every console font has) or "unicode". Default: "auto".'
    ),
    "dates": _(
        'Order of day, month and year in dates: "day-first" (28.4.1990), "month-first" '
        '(4/28/1990) or "year-first" (1990-04-28). Default: "day-first".'
    ),
    "recipients": _(
        "The age1… keys, or names of the recipients' book, that archives are encrypted to when "
        "nobody names others. Whoever has their secret keys reads the archive. Default: [], none."
    ),
}
VIEWS: Final = (
    _(
        "Views of the list, on the number keys 1 to 9. Each begins with [[views]] and has these "
        "keys; views = [] instead is none at all. Default: six views."
    ),
    _("name: what it is called, one line. It must be there."),
    _(
        "stages: only these: screening, training, undertaking, rules, decision, second, "
        "admitted, refused, deferred, withdrawn, lapsed, left, damaged, erased. Default: [], all."
    ),
    _(
        "owed: only where one of these is next: question, check, finding, review, teaching, quiz, "
        "signature, rule, decision, second, reopening. Default: [], all."
    ),
    _('words: what is typed into the filter. Default: "".'),
    _(
        "within: days, 0 to 3650: only what lapses so soon, or lapsed already. Default: 0, "
        "whenever it lapses."
    ),
    _(
        'order: "waiting" (who waits longest first), "lapse" (what lapses soonest), "name" or '
        '"opened" (newest first). Default: "waiting".'
    ),
)


def write(path: Path, settings: Settings) -> Path | None:
    """Writes the settings, on the disk for good, readable by the owner alone (mode 0600).

    What the file said of them that was not right is kept under another name, which is
    returned. Raises `SettingsInvalid`, where a value is out of bounds or what stands there
    is no text to be kept, and OSError. The file is then as it was.
    """
    text, kept = text_of(path), None
    try:
        before = None if text is None else parse(text, path)
    except SettingsInvalid:
        kept, before = _free(path), None
    if text is None or before is None:
        text, before = _new(), Settings(views=())
    text = _changed(text, before, settings)
    parse(text, path)
    fresh = _on_disk(path, text)
    try:
        if kept is not None:
            os.replace(path, kept)
        os.replace(fresh, path)
        sync_folder(path.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return kept


def _free(path: Path) -> Path:
    """A name beside `path` that no file has."""
    number = 1
    while True:
        name = path.with_name(f"{path.name}.old" if number == 1 else f"{path.name}.old-{number}")
        if not name.exists():
            return name
        number += 1


def _on_disk(path: Path, text: str) -> Path:
    """The text in a file of its own beside `path`; nothing is left where that fails."""
    fresh = path.with_name(path.name + ".new")
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISREG(fresh.lstat().st_mode):
            fresh.unlink()  # of a power cut
    handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    return fresh


def _comment(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent="# ",
        subsequent_indent=f"# {indent}",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _new() -> str:
    """A file of all defaults, each key with its comment, and no view."""
    parts = [_comment(HEADER)]
    for key, told in KEYS.items():
        parts.append(f"{_comment(told)}\n{key} = {_toml(getattr(Settings(), key))}")
    parts.append("\n".join([_comment(VIEWS[0]), *(_comment(line, "    ") for line in VIEWS[1:])]))
    return "\n\n".join(parts) + "\n\nviews = []\n"


def _toml(value: object) -> str:
    return _item(value).as_string()


def _item(value: object) -> Item:
    if isinstance(value, tuple):
        array = tomlkit.array()
        array.extend(value)
        return array.multiline(sum(map(len, value)) > WIDTH)
    return tomlkit.item(value)


def _changed(text: str, before: Settings, after: Settings) -> str:
    """The file's text with what is set now; what did not change stays to the letter."""
    head, blocks = _parted(text)
    top = tomlkit.parse(head)
    for key, told in KEYS.items():
        value = getattr(after, key)
        if value == getattr(before, key):
            continue
        if key not in top:
            top.add(tomlkit.nl())
            for line in _comment(told).split("\n"):
                top.add(tomlkit.comment(line.removeprefix("# ")))
        top[key] = _item(value)
    if after.views != before.views:
        old = list(zip(before.views, blocks, strict=True)) if blocks else []
        blocks = _arranged(old, after.views)
        if after.views:
            top.pop("views", None)
        else:
            top["views"] = _item(())
    return _joined([top.as_string(), *blocks])


def _parted(text: str) -> tuple[str, list[str]]:
    """What stands before the views, and each view with the comment right above it."""
    lines = text.split("\n")
    starts = []
    for line, place in statements(text):
        if len(place) == 2:
            start = line - 1
            while start and lines[start - 1].startswith("#"):
                start -= 1
            starts.append(start)
    if not starts:
        return text, []
    ends = [*starts[1:], len(lines)]
    views = ["\n".join(lines[a:b]) for a, b in zip(starts, ends, strict=True)]
    return "\n".join(lines[: starts[0]]), views


def _arranged(old: Sequence[tuple[View, str]], views: Sequence[View]) -> list[str]:
    """A block for each view: its own, by its name, or one renamed in the same place; and
    the comments that stood between views of which one is gone.
    """
    found: dict[int, tuple[View, str]] = {}
    left = dict(enumerate(old))
    for number, view in enumerate(views):
        at = next((i for i, (one, _text) in left.items() if one.name == view.name), None)
        if at is not None:
            found[number] = left.pop(at)
    for number in range(len(views)):
        if number not in found and number in left:
            found[number] = left.pop(number)
    fresh = (View(name=""), "[[views]]\n")
    blocks = [_block(*found.get(number, fresh), view) for number, view in enumerate(views)]
    return [*blocks, *(_loose(text) for _view, text in left.values())]


def _loose(block: str) -> str:
    """The comments under a view, after an empty line: they are not about it."""
    lines = block.split("\n")
    last = max(at for at, line in enumerate(lines) if line.strip() and line.lstrip()[0] != "#")
    under = lines[last + 1 :]
    return "\n".join(under[under.index("") :]).strip("\n") if "" in under else ""


def _block(before: View, text: str, after: View) -> str:
    block = tomlkit.parse(text)
    table = block["views"][0]
    for key in View.__struct_fields__:
        value = getattr(after, key)
        if value != getattr(before, key):
            table[key] = _item(value)
    return block.as_string()


def _joined(parts: Sequence[str]) -> str:
    """One under another, with an empty line between."""
    text = "\n\n".join(part.rstrip("\n") for part in parts if part.strip())
    return text + "\n"
