"""An archive that comes back is taken in: found on a medium or named, opened, walked whole, its
vault believed by a fingerprint that somebody tells, and then its dossiers are in this vault.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from textual import work
from textual.app import ComposeResult
from textual.widgets import Static

from secterm import messages
from secterm.archive import age, listing, media, space, volumes
from secterm.archive.errors import ArchiveUnreadable, NotRestored, WrongIdentity
from secterm.archive.media import Medium
from secterm.archive.members import counting
from secterm.desk.restoring import Looked, Restored, look
from secterm.dossier import sentences
from secterm.dossier.entries import Volume
from secterm.tui import dates
from secterm.tui.drafts import Step
from secterm.tui.screens import onto
from secterm.tui.screens.dialogs import Cancelled, Question, bar
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.managing import asked
from secterm.tui.screens.reader import Reader
from secterm.tui.screens.room import Locked, Room
from secterm.tui.screens.taken_in import NEXT, TakenIn, one_line
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.changing import Changing
from secterm.tui.widgets.choices import Choice
from secterm.tui.widgets.rows import Row, Rows
from secterm.words import _, ngettext

WHERE: Final = _("Take an archive in")
NAMED: Final = "named"  # the row that is no file
SIZE: Final = 8  # columns of a size,
DAY: Final = 11  # of a day,
MEDIUM: Final = 11  # and of a medium's name, as long as FAT has it
STOPPED: Final = _("Stopped. Nothing of it was recorded.")
TAKE: Final = Choice("take", _("Take its dossiers in"))
MOST_FAULTS: Final = 100  # that a page lists
ANOTHER_COPY: Final = _(
    "Take another copy of it. If that does not hold either, have its unit write it anew, and keep "
    "this one apart. What does not hold:"
)
AGAIN: Final = Choice("again", _("Go on with the rest of it"))
LEAVE: Final = Choice("leave", _("Leave it"))

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Here:
    """A file on a medium that is mounted now."""

    file: listing.Lying
    medium: str


Found = tuple[list[Here], list[Medium]]


class Entered(msgspec.Struct, frozen=True):
    """What was entered for an archive, as a lock keeps it: no passphrase is in it. `named` is
    the path that was typed last; `told` is how much of the archive is in, where that broke off.
    """

    file: str = ""
    named: str = ""
    identity: str = ""
    told: str = ""


class TakingIn(Room[None]):
    """The archives on the media that are here, as they come and go; Enter takes one in."""

    HELP_TEXT = _(
        "The archives on the media that are mounted, the latest first; they come and go by "
        "themselves. Enter takes one in; the last row lets you name a file that is elsewhere. It "
        "opens with the identity file of whoever it was written for, or with its passphrase. The "
        "first time that a vault's archive comes, its unit tells you the fingerprint of its log "
        "keys. Dossiers that are new come with all their history, those that are here go on, and "
        "what went another way there is kept beside. Esc stops it; what is recorded by then "
        "stays, and a second time goes on."
    )
    RULE = _(
        "Nothing of an archive is used before all of it was walked: every hash, proof and "
        "signature must hold."
    )

    def __init__(self) -> None:
        super().__init__(WHERE)
        self._here, self._waiting = _look()
        self._entered = Entered()
        self._volumes: list[Volume] = []  # those that were taken in since this page opened
        self._done: set[str] = set()  # the files of all that was
        self._going = False
        self._opening = ""  # the kind of the form that asked for what opens it

    # -- what shows -------------------------------------------------------------

    def body(self) -> ComposeResult:
        """What is done here, the files, and what is not mounted."""
        yield Static(
            _("Which archive? Nothing is recorded before all of it was read and holds."),
            classes="title",
            markup=False,
        )
        yield Changing(id="columns")
        yield Rows()
        yield Changing(id="waiting", classes="soft")

    def on_mount(self) -> None:
        """The rows have the keys; and it looks what comes and goes."""
        self.set_focus(self.query_one(Rows))
        self._show()
        self.call_after_refresh(self._show)  # once the list has its width
        now = (self._here, self._waiting)
        self.run_worker(onto.watch(_look, now, self._come_and_go), exit_on_error=False)

    def on_resize(self) -> None:
        """Uses the width there is."""
        self.call_after_refresh(self._show)

    def _come_and_go(self, found: Found) -> None:
        self._here, self._waiting = found
        self._show()

    def _show(self, key: str = "") -> None:
        rows = self.query_one(Rows)
        room = rows.room if rows.size.width else self.app.size.width - 6  # before it has its own
        wide = max(room - 2 - SIZE - DAY - MEDIUM - 3 * 2, 20)
        heading = self._line(wide, _("Archive"), _("Size"), _("Written"), _("Medium"))
        self.query_one("#columns", Changing).show(f"  {heading}" if self._here else "")
        shown = [
            Row(
                str(each.file.path),
                self._line(
                    wide,
                    each.file.path.name,
                    space.told(each.file.size),
                    _day(each.file.written),
                    _("taken in") if str(each.file.path) in self._done else each.medium,
                ),
            )
            for each in self._here
        ]
        last = (
            _("Another file, which I name")
            if shown
            else _("A file, which I name. No medium with an archive is mounted.")
        )
        rows.show([*shown, Row(NAMED, last)], key)
        waiting = self.query_one("#waiting", Changing)
        waiting.show(onto.unmounted(self._waiting))
        waiting.display = bool(self._waiting)

    @staticmethod
    def _line(wide: int, name: str, size: str, day: str, medium: str) -> str:
        return "  ".join((fit(name, wide), fit(size, SIZE), fit(day, DAY), fit(medium, MEDIUM)))

    # -- what a lock interrupts -------------------------------------------------

    def place(self) -> str:
        """The file under the cursor."""
        return f"at:{self.query_one(Rows).key}"

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """The same file; or what was entered for one is asked for again."""
        kind, _colon, rest = word.partition(":")
        if kind == "at":
            self._show(rest)
        elif kind == "with":
            self._entered = msgspec.json.decode(rest, type=Entered)
            self._take(self._entered.file)

    def _begun(self, **entered: str) -> None:
        self._entered = msgspec.structs.replace(self._entered, **entered)
        self.doing = f"with:{msgspec.json.encode(self._entered).decode()}"

    # -- one archive ------------------------------------------------------------

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """This archive, or one that is named."""
        self._take(event.row.key)

    @work(exit_on_error=False)
    async def _take(self, file: str) -> None:
        """Takes a file in, and then as many more as the officer goes on to."""
        if self._going:
            return  # a second Enter, before the first had its screen
        self._going = True
        self.say("")
        try:
            while True:
                chosen = await self._named() if file == NAMED else Path(file)
                if chosen is None or not await self._taken(chosen):
                    return
                file = self._following()
                if not file:
                    self.say(_("Put in the medium with the next volume; it shows here by itself."))
                    return
        finally:
            self._going = False
            if self.is_attached:
                self._entered = msgspec.structs.replace(self._entered, file="", told="")
                self.doing = ""
                self._show()

    async def _taken(self, file: Path) -> bool:
        """Takes one file in, if nothing is against it; whether the next volume is to follow."""
        self._begun(file=str(file))
        try:
            archive = await self._walked(file)
            if archive is None:
                return False
            self.desk.demand_fit(archive)
            fingerprint = await self._believed(archive)
            if fingerprint is None:
                return False
            made = await self._restored(archive, fingerprint)
        except Locked:
            raise
        except Exception as error:
            await self.shell.push_screen_wait(refused(error, file))
            return False
        if made is None:
            return False
        self._entered = msgspec.structs.replace(self._entered, told="")
        self.doing = ""
        self._done.add(str(file))
        manifest = archive.manifest
        self._volumes += [manifest.covers.volume] if manifest.covers.volume else []
        answer = await self.shell.push_screen_wait(TakenIn(manifest, made, self._volumes))
        return answer == NEXT

    def _following(self) -> str:
        """The file of the volume that is taken in next, where it is on a medium; else empty."""
        wanted = volumes.absent(volumes.gathered(self._volumes))
        for path in (each.file.path for each in self._here):
            named = any(volumes.is_named(path.name, volume) for volume in wanted)
            if named and str(path) not in self._done:
                return str(path)
        return ""

    # -- what is asked ----------------------------------------------------------

    async def _named(self) -> Path | None:
        """A file that is typed; None where it was left."""

        def form(told: str, kept: Values) -> Form:
            return Form(
                WHERE,
                [
                    Entry(
                        "file",
                        _("Path of the archive"),
                        value=kept.get("file", self._entered.named),
                        help=_("Where it is on this machine, such as /media/stick/NAME.age."),
                    )
                ],
                told=told,
            )

        def act(values: Values) -> Path:
            file = _path(values["file"])
            age.takes_passphrase(file)
            return file

        self._begun(file=NAMED)
        file = await asked(self, form, _("Looking at the file"), act)
        if file is not None:
            self._begun(named=str(file))
        return file

    async def _walked(self, file: Path) -> Looked | None:
        """The archive, opened and walked to its end; None where it was left."""

        def first(tell: Tell) -> tuple[bool, str]:
            secret = age.takes_passphrase(file)
            return secret, "" if secret else self._identity(file)

        secret, identity = await self.shell.working(_("Looking at the file"), first)
        told, at = "", ""
        while True:
            form = _opening(file, secret, identity, told, at, self._entered.told)
            self._opening = form.kind
            values = await self.shell.push_screen_wait(form)
            if values is None:
                return None
            if not secret:
                identity = values["identity"]
                self._begun(identity=identity)
            try:
                return await self.shell.working(
                    _("Checking the archive"), _looking(file, values), stoppable=True
                )
            except Cancelled:
                told, at = STOPPED, ""
            except WrongIdentity as error:
                told, at = messages.explain(error).text(), "passphrase" if secret else "identity"

    def _identity(self, file: Path) -> str:
        """The identity file that was named before, or that lies beside the archive or on another
        medium; empty where there is none.
        """
        if self._entered.identity:
            return self._entered.identity
        folders = [file.parent, *(medium.folder for medium in media.machine.present())]
        return str(age.identity_beside(folders) or "")

    async def _believed(self, archive: Looked) -> str | None:
        """The fingerprint that its unit told, empty where its vault is known; None where it is
        left.
        """
        if not self.desk.knows(archive):
            return await self._fingerprint(archive)
        volume = archive.manifest.covers.volume
        if volume is not None and volume.set in {each.set for each in self._volumes}:
            return ""
        question = Question(
            _("The archive holds. Take it in?"),
            _told(archive) + "\n\n" + _("The log keys of its vault are known here."),
            (TAKE, LEAVE),
        )
        answer = await self.shell.push_screen_wait(question)
        return "" if answer == TAKE.key else None

    async def _fingerprint(self, archive: Looked) -> str | None:
        def form(told: str, kept: Values) -> Form:
            return Form(
                _("The archive holds. Whose is it?"),
                [
                    Entry(
                        "fingerprint",
                        _("Fingerprint"),
                        value=kept.get("fingerprint", ""),
                        help=_("All eight groups, as they are read out."),
                    )
                ],
                intro=_told(archive)
                + "\n\n"
                + _(
                    "No archive of this vault came here before. Have its unit read out the "
                    "fingerprint of its log keys by another way than the file came, by telephone "
                    "or from its paper, and type all of it. It stands with each checkpoint that "
                    "was printed, and at the end of each export. From then on these keys are "
                    "known here."
                ),
                told=told,
                help=_("Esc leaves the archive out."),
                records=True,
            )

        def act(values: Values) -> str:
            if archive.is_of(values["fingerprint"]):
                return values["fingerprint"]
            raise NotRestored(
                _("that is not the fingerprint of its log keys."),
                advice=_(
                    "Have it read out once more. If it is still another, this archive is not of "
                    "that vault: leave it, and call its unit."
                ),
            )

        return await asked(self, form, _("Comparing the fingerprint"), act)

    async def _restored(self, archive: Looked, fingerprint: str) -> Restored | None:
        """What became of its dossiers; asks what to do where it broke off, and gives None where
        the rest is left.
        """
        taking = _Taking(self, archive, fingerprint)
        try:
            while True:
                try:
                    work = taking.work
                    return await self.shell.working(_("Taking it in"), work, stoppable=True)
                except Locked:
                    raise
                except Exception as error:
                    if not taking.recorded and not isinstance(error, Cancelled):
                        raise
                    so_far = taking.so_far() if taking.recorded else ""
                    self._begun(told=so_far)
                    title = _("Not all of it is taken in") if so_far else _("Stopped")
                    question = Question(title, taking.broke_off(error), (AGAIN, LEAVE))
                    question.stands_for = Step(self._opening)  # after a lock it opens anew
                    if await self.shell.push_screen_wait(question) != AGAIN.key:
                        self.say(so_far)
                        return None
        finally:
            self.freshen()


class _Taking:
    """An archive on its way in, and how many of its dossiers are recorded."""

    def __init__(self, room: TakingIn, archive: Looked, fingerprint: str) -> None:
        self._desk, self._archive, self._fingerprint = room.desk, archive, fingerprint
        self._all = archive.manifest.covers.dossiers
        self.recorded = 0

    def work(self, tell: Tell) -> Restored:
        """Takes it in; what is recorded already is passed over."""
        progress = counting(lambda n: tell(bar(n, self._all)))
        return self._desk.restore(self._archive, self._fingerprint, progress, self._note)

    def _note(self, dossiers: int) -> None:
        self.recorded = max(self.recorded, dossiers)

    def so_far(self) -> str:
        """How many are in, and how it goes on."""
        told = ngettext(
            "{n} of {all} dossiers of the archive is recorded, whole.",
            "{n} of {all} dossiers of the archive are recorded, each whole.",
            self.recorded,
        ).format(n=self.recorded, all=self._all)
        return f"{told} {_('Take the same archive in again: it goes on from there.')}"

    def broke_off(self, error: Exception) -> str:
        """What happened, what is safe, what to do."""
        if isinstance(error, Cancelled):
            return self.so_far() if self.recorded else STOPPED
        told = messages.explain(error)
        do = _gone(self._archive.file) or told.do
        return "\n\n".join(part for part in (told.what, self.so_far(), do) if part)


def _opening(file: Path, secret: bool, identity: str, told: str, at: str, so_far: str) -> Form:
    """Asks for what opens it: its passphrase, or an identity file."""
    if secret:
        intro = _("{file} opens with a passphrase.")
        entry = Entry("passphrase", _("Archive's passphrase"), "secret")
    else:
        intro = _("{file} opens with the identity file of whoever it was written for.")
        entry = Entry(
            "identity",
            _("Identity file"),
            value=identity,
            help=_(
                "The path of a text file with an AGE-SECRET-KEY-1… line. It is read and not kept: "
                "take its medium out afterwards."
            ),
        )
    return Form(
        _("Open the archive"),
        [entry],
        intro=intro.format(file=file.name)
        + " "
        + _("All of it is read and checked next.")
        + f"\n\n{so_far or _('Nothing is recorded yet.')}",
        told=told,
        at=at,
    )


def _looking(file: Path, values: Values) -> Callable[[Tell], Looked]:
    identity = _path(values["identity"]) if values.get("identity") else None
    secret = values.get("passphrase", "")

    def work(tell: Tell) -> Looked:
        progress = counting(lambda n: tell(_("Dossier {n}").format(n=n)))
        return look(file, identity=identity, passphrase=secret, progress=progress)

    return work


def _path(typed: str) -> Path:
    return Path(os.path.expanduser(typed))  # which leaves it as it is where there is no such user


def _told(archive: Looked) -> str:
    """Which archive it is, for a person."""
    manifest = archive.manifest
    n = manifest.covers.dossiers
    told = ngettext(
        "{n} dossier of {unit}, written on {day}, from vault {vault}",
        "{n} dossiers of {unit}, written on {day}, from vault {vault}",
        n,
    ).format(
        n=n, unit=one_line(manifest.unit), day=dates.told(manifest.created), vault=archive.vault[:8]
    )
    volume = manifest.covers.volume
    return f"{told}: {sentences.volume(volume)}." if volume else f"{told}."


def _day(written: float) -> str:
    """The day of a file's time, as short as a list has it; empty where its medium has none."""
    try:
        return dates.short(datetime.fromtimestamp(written, UTC).date())
    except (ValueError, OverflowError, OSError):
        return ""


def _gone(file: Path) -> str:
    """What to do where the file is not there any more; empty where it is."""
    if file.exists():
        return ""
    return _("Its medium is not here any more. Put it in again, and see that it is mounted.")


def refused(error: Exception, file: Path) -> Reader:
    """Why an archive is not taken in: what happened, what is safe, what to do."""
    faults = error.faults if isinstance(error, NotRestored) else ()
    if isinstance(error, NotRestored) and faults:
        error = NotRestored(error.reason, advice=ANOTHER_COPY)
    told = messages.explain(error)
    gone = _gone(file) if isinstance(error, ArchiveUnreadable) else ""
    found = [f"- {fault}" for fault in faults[:MOST_FAULTS]]
    if len(faults) > MOST_FAULTS:
        found.append(_("and {n} more").format(n=len(faults) - MOST_FAULTS))
    parts = (file.name, told.what, told.safe, gone or told.do, "\n".join(found))
    return Reader(WHERE, _("The archive is not taken in."), "\n\n".join(p for p in parts if p))


def _look() -> Found:
    """The archives on the media that are here, the latest first; and the media that wait to be
    mounted.
    """
    found = [
        Here(file, medium.name)
        for medium in media.machine.present()
        for file in listing.archives(medium.folder)
    ]
    return sorted(found, key=lambda each: -each.file.written), media.machine.waiting()
