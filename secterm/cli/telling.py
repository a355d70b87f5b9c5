"""How the command line speaks: results on standard output, troubles and progress
on standard error. Whatever it prints, a terminal shows it and obeys none of it.
"""

from __future__ import annotations

import contextlib
import re
import sys
import time
from types import TracebackType
from typing import Final, TypeVar

T = TypeVar("T")

STEP: Final = 0.1  # seconds between two states of the progress line

# C0 and C1 controls, line and paragraph separators, what turns the writing
# direction round, halves of surrogate pairs.
_OBEYED: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_BEYOND_ASCII: Final = re.compile("[^\x00-\x7f]")


def harmless(text: str) -> str:
    """A text as one line that a terminal only shows: ESC, say, comes out as `\\x1b`."""

    def shown(found: re.Match[str]) -> str:
        character = found.group()
        return " " if character in "\t\n\r" else ascii(character)[1:-1]

    return _OBEYED.sub(shown, text)


def say(line: str) -> None:
    """One line of the result."""
    if sys.stdout is not None:
        sys.stdout.write(f"{harmless(line)}\n")


def say_all(text: str) -> None:
    """A result of several lines."""
    for line in text.split("\n"):
        say(line)


def say_json(value: object) -> None:
    """A msgspec value as indented JSON, every field of it there, empty or not.

    What cannot be shown here is escaped, as JSON has it.
    """
    import msgspec

    if sys.stdout is None:
        return
    text = msgspec.json.format(msgspec.json.encode(_whole(value)), indent=2).decode()
    text = "\n".join(_OBEYED.sub(_escaped, line) for line in text.split("\n"))
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = _BEYOND_ASCII.sub(_escaped, text)
    sys.stdout.write(f"{text}\n")


def _whole(value: object) -> object:
    """A value in plain types, fields that have their default included."""
    import msgspec

    match value:
        case msgspec.Struct():
            config = value.__struct_config__
            tag = {config.tag_field: config.tag} if config.tag_field else {}
            fields = msgspec.structs.fields(value)
            return {**tag, **{f.encode_name: _whole(getattr(value, f.name)) for f in fields}}
        case list() | tuple():
            return [_whole(one) for one in value]
        case dict():
            return {key: _whole(one) for key, one in value.items()}
        case _:
            return value


def _escaped(found: re.Match[str]) -> str:
    import json

    return json.dumps(found.group())[1:-1]


def tame(value: T) -> T:
    """A msgspec struct whose every text is one harmless line, whoever wrote it."""
    import msgspec

    return msgspec.convert(_tamed(_whole(value)), type(value))


def _tamed(value: object) -> object:
    match value:
        case str():
            return harmless(value)
        case list():
            return [_tamed(one) for one in value]
        case dict():
            return {key: _tamed(one) for key, one in value.items()}
        case _:
            return value


def aside(line: str) -> None:
    """One line on standard error."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{harmless(line)}\n")
            sys.stderr.flush()


def complain(line: str) -> None:
    """One line on standard error that says who says it."""
    aside(f"secterm: {line}")


class Progress:
    """A line on standard error that says how far long work has come and is gone
    in the end. Where standard error is no terminal there is none.
    """

    def __init__(self) -> None:
        self.shown = sys.stderr is not None and sys.stderr.isatty()
        self._width = 0
        self._next = 0.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.wipe()

    def wipe(self) -> None:
        """Takes the line away, for a result to be said in its place."""
        if self._width:
            self._write("")
            self._write("")

    def tell(self, text: str) -> None:
        """What is being done now; a state that follows on another at once is left out."""
        if not self.shown or time.monotonic() < self._next:
            return
        import shutil  # all kinds of compression come with it

        self._next = time.monotonic() + STEP
        self._write(harmless(text)[: shutil.get_terminal_size().columns - 1])

    def _write(self, text: str) -> None:
        # A signal may come in between; then there is rather too much to wipe out.
        width, self._width = self._width, max(self._width, len(text))
        with contextlib.suppress(OSError):
            sys.stderr.write(f"\r{text:<{width}}")
            sys.stderr.flush()
        self._width = len(text)
