"""The medium that an archive goes onto: those that are here, as they come and go, or a folder
that is named; and where that is no removable medium, it is asked once more.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Final, TypeVar

from secterm.archive import media, space
from secterm.archive.errors import ArchiveNotWritten
from secterm.archive.media import Medium
from secterm.tui import dates
from secterm.tui.screens import folders
from secterm.tui.screens.form import Doubt, Entry, Form, Values
from secterm.tui.widgets.choices import Choice, Choices
from secterm.words import _

PACE: Final = 1.0  # seconds between two looks at what is mounted
FOLDER: Final = "folder"  # the answer that is no medium
TAKEN_OUT: Final = _("The medium that was chosen is not here any more.")

T = TypeVar("T")

LastUsed = Callable[[str], str]  # by a file system's id; an ISO time, or empty


class OnMedium(Form):
    """A form with the medium, after the entries that come `before` it. `found` are those that
    are here now; `meant` are the doubts that were answered.
    """

    GONE: ClassVar[str] = TAKEN_OUT  # what is said once the medium that was chosen is not here

    def __init__(
        self,
        where: str,
        entries: Sequence[Entry],
        kept: Values,
        found: list[Medium],
        last_used: LastUsed,
        meant: set[Doubt],
        *,
        before: Sequence[Entry] = (),
        intro: str = "",
        live: Callable[[Values], str] | None = None,
        told: str = "",
        at: str = "",
    ) -> None:
        self._found = found
        self._waiting = media.machine.waiting()
        self._last_used = last_used
        self._away = ""  # the medium that was chosen and is not here
        self._named: tuple[str, Medium | None] = ("", None)  # a folder, and what it is on
        first = [
            Entry(
                "medium",
                _("Medium"),
                "choice",
                value=self._standing(kept.get("medium", "")),
                choices=self._choices(),
                help=_("Media show here by themselves once they are mounted."),
                check=self._fault,
            ),
            folders.entry(
                {"folder": kept.get("folder", "")},
                label=_("Folder"),
                when=lambda values: values["medium"] == FOLDER,
                doubt=doubt,
            ),
        ]
        super().__init__(
            where,
            [*before, *first, *entries],
            intro=intro,
            live=lambda values: "\n".join(
                told for told in (unmounted(self._waiting), live(values) if live else "") if told
            ),
            told=told,
            at=at,
            tight=True,
            meant=meant,
        )

    def on_mount(self) -> None:
        """Looks what comes and goes."""
        self.run_worker(self._watch(), exit_on_error=False)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(PACE)
            found, waiting = await asyncio.to_thread(_look)
            self._named = ("", None)
            if (found, waiting) != (self._found, self._waiting):
                self._waiting = waiting
                self._come_and_go(found)
                self._changed()

    def _come_and_go(self, found: list[Medium]) -> None:
        """Shows other media; the cursor stays with its own, and comes back with it."""
        control = self.query_one("#entry-medium", Choices)
        chosen, self._found = control.key, found
        standing = self._standing(chosen or self._away)
        self._away = "" if standing else chosen or self._away
        choices = self._choices()
        if (list(choices), standing) == (control.choices, control.key):
            return  # some bytes more or less, which nobody sees
        control.ask(choices, standing)
        if self._away and not self.said:
            self.say(self.GONE)
        elif not self._away and self.said == self.GONE:
            self.say("")

    def there(self, values: Mapping[str, str]) -> Medium | None:
        """The medium that is meant, and how much is free there; None where nobody can say."""
        if values["medium"] != FOLDER:
            return next((m for m in self._found if m.key == values["medium"]), None)
        folder = values["folder"]
        if self._named[0] != folder:
            self._named = (folder, _under(folder))
        return self._named[1]

    def _standing(self, key: str) -> str:
        """The answer that stands: this one where it is here, and for none the first that can
        be written to.
        """
        here = [medium.key for medium in self._found]
        if key:
            return key if key in (*here, FOLDER) else ""
        return next((medium.key for medium in self._found if not medium.read_only), "")

    def _choices(self) -> tuple[Choice, ...]:
        named = (
            _("Another folder, which I name")
            if self._found
            else _("A folder, which I name. No removable medium is mounted.")
        )
        told = [Choice(m.key, described(m, self._last_used(m.id))) for m in self._found]
        return (*told, Choice(FOLDER, named))

    def _fault(self, values: Mapping[str, str]) -> str:
        chosen = next((m for m in self._found if m.key == values["medium"]), None)
        if chosen is not None and chosen.read_only:
            return _("This medium is read-only. Nothing can be written to it.")
        return ""


async def watch(look: Callable[[], T], last: T, changed: Callable[[T], None]) -> None:
    """Tells whenever a look at the media finds something else than the one before it."""
    while True:
        await asyncio.sleep(PACE)
        found = await asyncio.to_thread(look)
        if found != last:
            last = found
            changed(found)


def _under(folder: str) -> Medium | None:
    """What a folder is on, and how much is free there."""
    with contextlib.suppress(OSError, RuntimeError, ValueError):  # no such user, or no folder
        path = Path(folder).expanduser()
        found = media.machine.at(path) if path.is_dir() else None
        return replace(found, free=space.free_in(path)) if found else None
    return None


def _look() -> tuple[list[Medium], list[Medium]]:
    return media.machine.present(), media.machine.waiting()


def called(medium: Medium, *more: str) -> str:
    """A medium's name, and in brackets what else it is known by: its model, and `more`."""
    else_ = [each for each in (medium.model, *more) if each not in ("", medium.name)]
    return f"{medium.name} ({', '.join(else_)})" if else_ else medium.name


def unmounted(waiting: Sequence[Medium]) -> str:
    """What is plugged in and waits to be mounted, as on a console nothing does by itself."""
    names = [called(medium, medium.device) for medium in waiting]
    if not names:
        return ""
    return _("Plugged in, but not mounted yet: {names}.").format(names=", ".join(names))


def described(medium: Medium, used: str) -> str:
    """A medium in two or three lines: its name and device, its room and file system, and when
    it was last used here.
    """
    size = space.told(medium.size) if medium.size else ""
    if medium.read_only:
        room = _("read-only")
    elif medium.free < 0:
        room = size
    elif size:
        room = _("{free} free of {size}").format(free=space.told(medium.free), size=size)
    else:
        room = _("{free} free").format(free=space.told(medium.free))
    new = _("new here") if medium.id and not used else ""
    lines = [called(medium), ", ".join(part for part in (room, medium.filesystem, new) if part)]
    if used:
        lines.append(_("last used here on {day}").format(day=dates.told(used)))
    return "\n".join(lines)


def doubt(values: Mapping[str, str]) -> str:
    """What is asked of a folder that is not on a removable medium; empty for one that is."""
    on = media.machine.at(Path(values["folder"]).expanduser())
    if on is not None and on.removable:
        return ""
    match on.kind if on else "other":
        case "fixed":
            where = _("on a disk that stays in this machine ({name})").format(
                name=on.name if on else ""
            )
        case "memory":
            where = _("in this machine's memory, and lost once it is switched off")
        case "network":
            where = _("on another machine, over a network")
        case _:
            where = _("on nothing that can be taken away")
    return _("This folder is {where}. Enter again, if that is meant.").format(where=where)


def target(values: Mapping[str, str], meant: set[Doubt]) -> Path:
    """The folder to write to, as things are now. Raises `ArchiveNotWritten` where the medium
    that was chosen is not here: what stands in its place was not meant.
    """
    again = _("Put it in again, and see that it is mounted.")
    if values["medium"] == FOLDER:
        asked = doubt(values)
        if asked and (values["folder"], asked) not in meant:
            raise ArchiveNotWritten(
                _("its folder is not on a removable medium any more."), advice=again
            )
        return Path(values["folder"]).expanduser()
    for medium in media.machine.present():
        if medium.key == values["medium"]:
            return medium.folder
    raise ArchiveNotWritten(_("the medium is not here any more."), advice=again)
