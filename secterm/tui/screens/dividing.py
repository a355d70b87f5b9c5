"""An export that goes into several volumes: the line that its form offers then, and the form
that asks for the next medium between two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from secterm.archive import media, space, volumes
from secterm.archive.errors import ArchiveNotWritten
from secterm.archive.media import Medium
from secterm.tui.drafts import Step
from secterm.tui.screens import onto
from secterm.tui.screens.extent import Extent
from secterm.tui.screens.form import Doubt, Entry, Values
from secterm.words import _, ngettext

EACH: Final = _("Each is an archive by itself.")

There = Callable[[Mapping[str, str]], Medium | None]


def entry(extent: Extent, kept: Mapping[str, str], there: There) -> Entry:
    """The size of a volume, asked where all of it does not go onto the medium in one file."""
    return Entry(
        "volumes",
        _("Volume size"),
        value=kept.get("volumes", ""),
        required=False,
        help=_("Such as 700M or 4G. Where nothing stands, as large as the medium takes."),
        when=lambda values: _is_divided(extent, values, there(values)),
        check=lambda values: _fault(extent, values, there(values)),
    )


def size(values: Mapping[str, str]) -> int | None:
    """The bytes that a volume is to have at most; None where that is left to the medium.

    Raises ValueError, with what is wrong in words.
    """
    typed = values.get("volumes", "").strip()
    return space.read(typed) if typed else None


def told(extent: Extent, values: Mapping[str, str], medium: Medium | None) -> str:
    """What does not fit, and how many volumes there will be; empty where it is not divided."""
    if medium is None or not _is_divided(extent, values, medium):
        return ""
    try:
        n = extent.parts(values, _limit(medium, size(values)))
    except (ArchiveNotWritten, ValueError):
        return ""
    needs = space.told(extent.needs(values))
    if extent.needs(values) > medium.free:
        room = space.told(medium.free)
        why = _("It takes about {needs}, and {room} are free there.").format(needs=needs, room=room)
        how = ngettext(
            "It goes into {n} volume.",
            "It goes into {n} volumes; in between, the next medium is asked for.",
            n,
        )
    else:
        most = space.told(_limit(medium, None))
        why = _("It takes about {needs}, and a file there ends at {most}.").format(
            needs=needs, most=most
        )
        how = ngettext("It goes into {n} volume.", "It goes into {n} volumes.", n)
    return f"{why} {how.format(n=n)} {EACH}"


def _limit(medium: Medium, given: int | None) -> int:
    return volumes.largest(medium, min(medium.free, given or medium.free)) or 0


def _is_divided(extent: Extent, values: Mapping[str, str], medium: Medium | None) -> bool:
    if medium is None or medium.free < 0 or medium.read_only:
        return False
    return extent.needs(values) > _limit(medium, None)


def _fault(extent: Extent, values: Mapping[str, str], medium: Medium | None) -> str:
    try:
        given = size(values)
        if medium is not None:
            extent.parts(values, _limit(medium, given))
    except ValueError as error:
        return str(error)
    except ArchiveNotWritten as error:
        return _("It cannot be divided so: {reason} {advice}").format(
            reason=error.reason, advice=error.advice
        )
    return ""


class NextMedium(onto.OnMedium):
    """Asks for the medium of the next volume, which takes so many bytes; the one before is `full`,
    or would not do. What a lock interrupts here `stands_for` the export's own form: the volumes
    before this one are written.
    """

    HELP_TEXT = _(
        "The volumes so far are written, read back and recorded. Take the medium out, put in the "
        "next one and see that it is mounted: it shows here by itself. Enter goes on with the "
        "next volume. Esc, pressed twice, leaves what is not written yet; it can be exported "
        "later, as what changed since the last archive."
    )
    RULE = _("Each volume counts by itself as soon as it was read back, whatever comes after it.")
    GONE = _("No other medium is here yet. It shows here once it is mounted.")

    def __init__(
        self,
        number: int,
        of: int,
        needs: int,
        kept: Values,
        last_used: onto.LastUsed,
        meant: set[Doubt],
        stands_for: Step,
        *,
        full: bool,
    ) -> None:
        self._number, self._of, self._needs = number, of, needs
        self._leaving = False
        self.stands_for = stands_for
        ready = ngettext(
            "Volume {n} of {of} is on the medium and recorded.",
            "Volumes 1 to {n} of {of} are on their media and recorded.",
            number - 1,
        ).format(n=number - 1, of=of)
        out = _("Take it out, and write its number on it.")
        then = _(
            "Put in the medium for volume {n}, which takes about {needs}; then press Enter."
        ).format(n=number, needs=space.told(needs))
        super().__init__(
            _("Export: the next medium"),
            [],
            kept,
            media.machine.present(),
            last_used,
            meant,
            intro=f"{ready} {out} {then}" if full else f"{ready} {then}",
            at="medium",
        )

    def _standing(self, key: str) -> str:
        fit = [m.key for m in self._found if not m.read_only and m.free >= self._needs]
        if key == onto.FOLDER or key in fit:
            return key
        return fit[0] if fit else super()._standing(key)

    def _wrong(self, entry: Entry, values: Values) -> str:
        if not values["medium"]:
            return self.GONE
        named = values["medium"] == onto.FOLDER
        wrong = super()._wrong(entry, values)
        if wrong or entry.id != ("folder" if named else "medium"):
            return wrong
        medium = self.there(values)
        if medium is None or not 0 <= medium.free < self._needs:
            return ""
        return _(
            "{medium} has no room for it: {free} are free there, and volume {n} takes about "
            "{needs}. Put in another one."
        ).format(
            medium=values["folder"] if named else medium.name,
            free=space.told(medium.free),
            n=self._number,
            needs=space.told(self._needs),
        )

    def action_back(self) -> None:
        """Leaves what is not written, once it is pressed again."""
        if self._leaving:
            self.dismiss(None)
            return
        self._leaving = True
        rest = volumes.numbers(range(self._number, self._of + 1))
        self.say(
            ngettext(
                "Volume {rest} of {of} is not written yet. Esc again leaves it.",
                "Volumes {rest} of {of} are not written yet. Esc again leaves them.",
                self._of - self._number + 1,
            ).format(rest=rest, of=self._of)
        )

    # -- what a lock interrupts -------------------------------------------------

    @property
    def kind(self) -> str:
        """As the form that it goes back to."""
        return self.stands_for.kind

    def place(self) -> str:
        """Where that form begins again."""
        return self.stands_for.place

    def typed(self) -> Values:
        """What was entered there."""
        return dict(self.stands_for.typed)

    def called(self, id: str) -> str:
        """As it is called there."""
        return self.stands_for.called.get(id, self.where)
