"""The archives that were written so far, each with its receipt and who witnessed it; and how a
witness's cosignature is taken in from a medium.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual import work
from textual.binding import Binding
from textual.widgets import Static

from secterm.archive import cosignature, media
from secterm.archive.cosignature import Cosigned
from secterm.desk.broken import HistoryBroken
from secterm.desk.witnesses import Cosignature
from secterm.desk.witnessing import read_cosignature
from secterm.tui.screens import onto
from secterm.tui.screens.form import Entry, Form, Values, refusal
from secterm.tui.screens.managing import asked
from secterm.tui.screens.reader import Reader
from secterm.tui.screens.taking_in import TakingIn
from secterm.tui.widgets.choices import Choice, Choices
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.desk.desk import Desk
    from secterm.tui.screens.room import Room

FILE: Final = "file"  # the answer that is on no medium
BROKEN: Final = _("This vault is NOT what the witness has seen.")


class Receipts(Reader):
    """All receipts, the latest first."""

    HELP_TEXT = _(
        "What was written to which medium and for whom, the latest first. A registry that is a "
        "witness gives a cosignature back for an archive: F2 takes it in from the next stick, and "
        "then the receipt says who has seen the archive's checkpoint. F3 (an administrator's) "
        "takes an archive in, of this unit's lost machine or of another unit: its dossiers with "
        "all their history. Arrows, PgUp and PgDn move through the text. Enter or Esc goes back."
    )
    RULE = _(
        "A cosignature is taken in only where the journal has in its past what the witness has "
        "seen. Where it has not, the vault was put back or forked, and that is told."
    )
    BINDINGS = [
        Binding("f2", "cosigned", _("Take a cosignature in")),
        Binding("f3", "restore", _("Take an archive in")),
    ]
    NEEDS = {"cosigned": "record", "restore": "manage"}

    def __init__(self, desk: Desk) -> None:
        super().__init__(_("Archives written"), *_told(desk))

    def refill(self) -> None:
        """The receipts as they are now."""
        title, text = _told(self.desk)
        self.query_one(".title", Static).update(title)
        self.query_one("#page Static", Static).update(text)

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """What was begun is begun again; else the line at the top."""
        if word == "cosigned":
            if self.allowed("record"):
                self.action_cosigned()
        elif word == "restore":
            if self.allowed("manage"):
                self.action_restore()
        else:
            super().take_up(word, typed)

    @work(exit_on_error=False)
    async def action_cosigned(self) -> None:
        """A cosignature from a medium."""
        self.doing = "cosigned"
        await take_in(self)

    def action_restore(self) -> None:
        """The archives that could be taken in."""
        self.doing = "restore"
        self.app.push_screen(TakingIn())


def _told(desk: Desk) -> tuple[str, str]:
    found = desk.receipts()
    count = ngettext("{n} archive was written.", "{n} archives were written.", len(found))
    title = count.format(n=len(found)) if found else _("No archive was written yet.")
    return title, "\n\n".join(desk.told(each) for each in found)


class Cosigning(Form):
    """Which cosignature: those on the media that are here, as they come and go, or a file."""

    def __init__(self, kept: Values, told: str) -> None:
        self._found = _look()
        standing = kept.get("from", "")
        super().__init__(
            _("Take a cosignature in"),
            [
                Entry(
                    "from",
                    _("Cosignature"),
                    "choice",
                    value=standing if standing in self._keys() else self._keys()[0],
                    choices=self._choices(),
                    help=_("Media show here by themselves once they are mounted."),
                ),
                Entry(
                    "file",
                    _("Path of the file"),
                    value=kept.get("file", ""),
                    when=lambda values: values["from"] == FILE,
                ),
            ],
            intro=_(
                "The registry, as a witness, has compared an archive with what it had seen before "
                "of this vault, and wrote its cosignature to the stick. It shows later that this "
                "vault was never put back or forked behind that point."
            ),
            help=_("A witness who is new here is asked for next."),
            told=told,
        )

    def on_mount(self) -> None:
        """Looks what comes and goes."""
        self.run_worker(onto.watch(_look, self._found, self._come_and_go), exit_on_error=False)

    def _come_and_go(self, found: dict[str, str]) -> None:
        """Shows others; the cursor stays with its own."""
        self._found = found
        control = self.query_one("#entry-from", Choices)
        kept = control.key if control.key in self._keys()[:-1] else self._keys()[0]
        control.ask(self._choices(), kept)
        self._changed()

    def _keys(self) -> list[str]:
        return [*self._found, FILE]

    def _choices(self) -> tuple[Choice, ...]:
        named = (
            _("Another file, which I name")
            if self._found
            else _("A file, which I name. No medium with a cosignature is here.")
        )
        return (*(Choice(*each) for each in self._found.items()), Choice(FILE, named))


def _look() -> dict[str, str]:
    """The cosignatures on the media that are here: path, and what is told of it."""
    return {
        str(path): f"{path.name}\n{onto.called(medium)}"
        for medium in media.machine.present()
        for path in cosignature.found(medium.folder)
    }


@dataclass(frozen=True)
class _Read:
    """A cosignature that was read: of which witness who is known, or what it shows to be wrong."""

    given: Cosigned
    known: Cosignature | None = None
    broken: HistoryBroken | None = None


async def take_in(room: Room[None]) -> None:
    """Asks which cosignature, and of a witness who is new for name and fingerprint; until it is
    taken in, refused, or left.
    """
    desk = room.desk

    def read(values: Values) -> _Read:
        chosen = values["from"]
        given = read_cosignature(Path(values["file"] if chosen == FILE else chosen))
        try:
            return _Read(given, known=desk.demand_cosignature(given))
        except HistoryBroken as broken:
            return _Read(given, broken=broken)

    found = await asked(
        room, lambda told, kept: Cosigning(kept, told), _("Reading the cosignature"), read
    )
    if found is None:
        return
    if found.broken is not None:
        room.doing = ""
        await room.shell.push_screen_wait(_refused(found.broken))
        return
    made = desk.take_in(found.given) if found.known else await _compare(room, found.given)
    room.doing = ""
    if made is not None:
        room.freshen()
        room.say(desk.since(made).told(), good=True)


async def _compare(room: Room[None], given: Cosigned) -> Cosignature | None:
    """A witness who is new: a name, and the fingerprint that it tells; None where it was left."""
    desk = room.desk

    def form(told: str, kept: Values) -> Form:
        def name(values: Mapping[str, str]) -> str:
            return refusal(lambda: desk.demand_witness_name(values["name"]))

        return Form(
            _("A new witness"),
            [
                Entry(
                    "name",
                    _("Name"),
                    value=kept.get("name", ""),
                    help=_("What you call the witness: the registry, an office."),
                    check=name,
                ),
                Entry(
                    "fingerprint",
                    _("Fingerprint"),
                    value=kept.get("fingerprint", ""),
                    help=_("All eight groups, as they are read out."),
                ),
            ],
            intro=_(
                "No cosignature of this witness was taken in before. Have it read out the "
                "fingerprint of its log keys by another way than the file came, by telephone or in "
                "person, and type all of it. From then on its keys are known here."
            ),
            told=told,
            help=_("Esc leaves the cosignature out."),
            records=True,
        )

    def act(values: Values) -> Cosignature:
        return desk.take_in(given, values["name"], values["fingerprint"])

    return await asked(room, form, _("Taking the cosignature in"), act)


def _refused(broken: HistoryBroken) -> Reader:
    pairs = (f"{label}\n  {line}" for label, line in (broken.then, broken.now))
    return Reader(
        _("Take a cosignature in"),
        BROKEN,
        "\n\n".join(
            (
                broken.reason,
                *pairs,
                broken.meaning,
                broken.advice,
                _("Nothing was recorded."),
            )
        ),
    )
