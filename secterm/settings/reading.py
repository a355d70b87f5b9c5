"""Reads the settings file: TOML beside the vault, for whoever likes an editor.

It is neither sealed nor signed: it is needed before anybody unlocks, and is made to be
edited. So whoever can write in the vault's folder can change it, and nothing in it may
weaken anything: the idle time has an upper bound, no rule and no secret stands here,
and whoever takes recipients from it says so and shows them. A wrong line is told by
file, line and key, and never half of a file is taken.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from secterm.archive.errors import RecipientInvalid
from secterm.archive.secret_keys import is_secret
from secterm.settings import (
    DATES,
    GLYPHS,
    IDLE,
    LONGEST_NAME,
    LONGEST_WORDS,
    MOST_VIEWS,
    ORDERS,
    OWED,
    STAGES,
    THEMES,
    WITHIN,
    Settings,
    View,
)
from secterm.words import _, ngettext

T = TypeVar("T", bound=str)
Step = str | int
Place = tuple[Step, ...]  # ("idle",), ("views", 0), ("views", 0, "order")

VAULT_SUFFIX: Final = ".db"
SUFFIX: Final = ".toml"
LARGEST: Final = 64 * 1024  # bytes
MOST_LINES: Final = 1000
LONGEST_LINE: Final = 4096  # characters; a key of many parts costs tomllib their square
SHOWN: Final = 40  # characters of what stands in the file, where a person is told
_AT_LINE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_-]{1,40})\s*=")


class SettingsInvalid(Exception):
    """The settings file cannot be used. `line` counts from 1 and is 0 where it is about the
    whole file; `key` is empty where there is none.
    """

    def __init__(self, file: Path, line: int, key: str, what: str) -> None:
        super().__init__(f"{file}:{line}: {key}: {what}")
        self.file = file
        self.line = line
        self.key = key
        self.what = what


class _NoFile(Exception):
    """A folder, a device, a pipe."""


class _Wrong(Exception):
    def __init__(self, what: str, *, place: Place = (), line: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.place = place
        self.line = line


def beside(vault: Path) -> Path:
    """The settings file of a vault: `vault.toml` for `vault.db`, `x.toml` for `x`."""
    stem = vault.name.removesuffix(VAULT_SUFFIX) or vault.name
    return vault.with_name(stem + SUFFIX)


def read(path: Path) -> Settings:
    """The settings in this file; the defaults where there is none. Raises `SettingsInvalid`."""
    text = text_of(path)
    return Settings() if text is None else parse(text, path)


def text_of(path: Path) -> str | None:
    """What stands in the file, lines ending with a newline alone; None where there is none.

    Raises `SettingsInvalid` for what cannot be read or is no text.
    """
    try:
        with open(path, "rb", opener=_unhurried) as stream:
            content = stream.read(LARGEST + 1)
    except _NoFile:
        raise SettingsInvalid(path, 0, "", _("it is no ordinary file")) from None
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = error.strerror or _("no reason")
        raise SettingsInvalid(
            path, 0, "", _("it cannot be read: {reason}").format(reason=reason)
        ) from None
    if len(content) > LARGEST:
        raise SettingsInvalid(path, 0, "", _("it is larger than {n} bytes").format(n=LARGEST))
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SettingsInvalid(path, line, "", _("it is no UTF-8 text")) from None


def _unhurried(path: str, flags: int) -> int:
    """Opens a file and waits for nobody. Raises `_NoFile` for what is none."""
    handle = os.open(path, flags | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _NoFile
    return handle


def parse(text: str, file: Path) -> Settings:
    """Settings from the text of a file of this name. Raises `SettingsInvalid`."""
    try:
        return _settings(_table(text))
    except _Wrong as wrong:
        line = wrong.line or _line_of(text, wrong.place)
        key = _told(wrong.place) or _key_on(text, wrong.line)
        raise SettingsInvalid(file, line, key, wrong.what) from None


def _told(place: Place) -> str:
    """A place as a person is told it: `idle`, `view 2`, `view 2: order`."""
    if len(place) < 2:
        return "".join(_shown(str(step)) for step in place)
    view = _("view {n}").format(n=int(place[1]) + 1)
    return ": ".join((view, *(_shown(str(step)) for step in place[2:])))


def _shown(text: str) -> str:
    """A text of the file as a terminal may show it."""
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


# -- TOML ---------------------------------------------------------------------------


def _table(text: str) -> dict[str, object]:
    import tomllib  # mostly there is no file

    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        raise _Wrong(_("more than {n} lines").format(n=MOST_LINES), line=MOST_LINES + 1)
    too_long = next((n for n, line in enumerate(lines, 1) if len(line) > LONGEST_LINE), 0)
    if too_long:
        raise _Wrong(_("longer than {n} characters").format(n=LONGEST_LINE), line=too_long)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else max(len(lines) - (not lines[-1]), 1)
        reason = _AT_LINE.sub("", str(error))
        if reason == "Cannot overwrite a value":
            raise _Wrong(_("it stands there twice"), line=line) from None
        raise _Wrong(
            _("it is not TOML ({reason}); texts stand in quotes").format(reason=_shown(reason)),
            line=line,
        ) from None
    except (RecursionError, ValueError):
        raise _Wrong(_("it is not TOML (too deep, or a number too large)"), line=1) from None


def _key_on(text: str, line: int) -> str:
    found = _KEY.match(text.split("\n")[line - 1]) if line else None
    return found[1] if found else ""


def statements(text: str) -> Iterator[tuple[int, Place]]:
    """Each statement of a text that is TOML: its line (from 1), and what it sets.

    `tomllib` tells no lines. A statement is the fewest lines that are TOML by
    themselves, and whose keys are then known.
    """
    import tomllib

    lines, start, view = text.split("\n"), 0, -1
    in_view = False
    for end in range(1, len(lines) + 1):
        try:
            set_here = tomllib.loads("\n".join(lines[start:end]))
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
        key = next(iter(set_here), None)
        if key is not None:
            header = lines[start].lstrip().startswith("[")
            if header:
                in_view = key == "views" and isinstance(set_here[key], list)
                view += in_view
                yield start + 1, ("views", view) if in_view else (key,)
            else:
                yield start + 1, ("views", view, key) if in_view else (key,)
        start = end


def _line_of(text: str, place: Place) -> int:
    """The line (from 1) on which something is set, or what it stands in."""
    lines: dict[Place, int] = {}
    for line, found in statements(text):
        lines.setdefault(found, line)
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return 0


# -- values ---------------------------------------------------------------------------


def _settings(table: Mapping[str, object]) -> Settings:
    _only(table, Settings.__struct_fields__, ())
    default = Settings()
    return Settings(
        idle=_number(table, "idle", (), default.idle, IDLE),
        theme=_one_of(table, "theme", (), default.theme, THEMES),
        glyphs=_one_of(table, "glyphs", (), default.glyphs, GLYPHS),
        dates=_one_of(table, "dates", (), default.dates, DATES),
        recipients=_recipients(table),
        views=_views(table) if "views" in table else default.views,
    )


def _only(table: Mapping[str, object], known: Sequence[str], at: Place) -> None:
    for key in table:
        if key not in known:
            raise _Wrong(
                _("unknown; there are: {known}").format(known=", ".join(known)), place=(*at, key)
            )


def _number(
    table: Mapping[str, object], key: str, at: Place, default: int, bounds: tuple[int, int]
) -> int:
    value = table.get(key, default)
    low, high = bounds
    if type(value) is not int or not low <= value <= high:
        raise _Wrong(
            _("must be a whole number from {low} to {high}").format(low=low, high=high),
            place=(*at, key),
        )
    return value


def _one_of(
    table: Mapping[str, object], key: str, at: Place, default: T, choices: Sequence[T]
) -> T:
    value = table.get(key, default)
    for choice in choices:
        if choice == value:
            return choice
    raise _Wrong(
        _("must be one of: {choices}").format(choices=", ".join(f'"{c}"' for c in choices)),
        place=(*at, key),
    )


def _texts(table: Mapping[str, object], key: str, at: Place) -> list[str]:
    value = table.get(key, [])
    texts = [one for one in value if isinstance(one, str)] if isinstance(value, list) else None
    if not isinstance(value, list) or texts is None or len(texts) != len(value):
        raise _Wrong(_('must be a list of texts, as ["one", "two"]'), place=(*at, key))
    return texts


def _some_of(
    table: Mapping[str, object], key: str, at: Place, choices: Sequence[str]
) -> tuple[str, ...]:
    texts = _texts(table, key, at)
    for text in texts:
        if text not in choices:
            raise _Wrong(
                _("“{text}” is none of: {choices}").format(
                    text=_shown(text), choices=", ".join(choices)
                ),
                place=(*at, key),
            )
    return tuple(dict.fromkeys(texts))


def _line(table: Mapping[str, object], key: str, at: Place, longest: int) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise _Wrong(_("must be a text in quotes"), place=(*at, key))
    if len(value) > longest or not value.isprintable():
        raise _Wrong(
            _("must be one line of at most {n} characters").format(n=longest), place=(*at, key)
        )
    return " ".join(value.split())


def _recipients(table: Mapping[str, object]) -> tuple[str, ...]:
    keys = [" ".join(text.split()) for text in _texts(table, "recipients", ())]
    wrong = recipients_fault(keys)
    if wrong:
        raise _Wrong(wrong, place=("recipients",))
    return tuple(dict.fromkeys(keys))


def recipients_fault(keys: Sequence[str]) -> str:
    """What is wrong with these `age1…` keys, and names of the recipients' book, which only the
    unlocked vault knows; empty where nothing is. Names the place only: somebody may paste a
    secret key by mistake.
    """
    from secterm.archive import recipients  # with age, which a file that names nobody needs not

    try:
        for number, key in enumerate(keys, 1):
            named = key and key.isprintable() and not is_secret(key)
            if recipients.is_key(key) or not named:
                recipients.parse(key, number)
    except RecipientInvalid as error:
        return error.reason
    return ""


def _views(table: Mapping[str, object]) -> tuple[View, ...]:
    found = table["views"]
    if not isinstance(found, list):
        raise _Wrong(_("each view begins with [[views]]"), place=("views",))
    if len(found) > MOST_VIEWS:
        raise _Wrong(
            ngettext("at most {n} view", "at most {n} views", MOST_VIEWS).format(n=MOST_VIEWS),
            place=("views", MOST_VIEWS),
        )
    return tuple(_view(one, ("views", number)) for number, one in enumerate(found))


def _view(table: object, at: Place) -> View:
    if not isinstance(table, dict):
        raise _Wrong(_("each view begins with [[views]]"), place=at)
    _only(table, View.__struct_fields__, at)
    name = _line(table, "name", at, LONGEST_NAME)
    if not name:
        raise _Wrong(_("a view needs a name"), place=(*at, "name"))
    return View(
        name=name,
        stages=_some_of(table, "stages", at, STAGES),
        owed=_some_of(table, "owed", at, OWED),
        words=_line(table, "words", at, LONGEST_WORDS),
        within=_number(table, "within", at, 0, WITHIN),
        order=_one_of(table, "order", at, View.__struct_defaults__[-1], ORDERS),
    )
