"""What became of an archive's dossiers, in words; and the way to those that went another way
there than here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from secterm.archive import volumes
from secterm.archive.members import Manifest
from secterm.desk.restoring import Restored
from secterm.dossier.entries import Volume
from secterm.tui import dates
from secterm.tui.screens.room import Room
from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.rows import Row, Rows
from secterm.words import _, ngettext

NEXT: Final = "next"
MOST_NAMED: Final = 12  # erased dossiers that are named by their ids
SHOWN: Final = 8  # hex digits of an id
LONGEST: Final = 100  # columns of a unit's name


def one_line(name: str) -> str:
    """A name that somebody else's archive gives, as it stands in a sentence of ours."""
    return fit(" ".join(name.split()), LONGEST).rstrip()


class TakenIn(Room[str]):
    """The result. Gives `NEXT` where the officer goes on with the next file, else nothing."""

    HELP_TEXT = _(
        "What became of the archive's dossiers. Those that went one way here and another way "
        "there are listed by name: both histories are kept, and Enter opens the one that came; "
        "its page names the other. Where a volume of a set is still missing, F2 goes on with it. "
        "Esc goes back."
    )
    RULE = _("What comes is added. Nothing that was recorded here is changed by it.")
    BINDINGS = [
        Binding("enter", "go_on", _("Go on")),
        Binding("f2", "following", _("Next file")),
    ]

    def __init__(self, manifest: Manifest, made: Restored, found: Sequence[Volume]) -> None:
        super().__init__(_("Take an archive in"))
        self._manifest, self._made = manifest, made
        self._sets = volumes.gathered(found)

    @property
    def _missing(self) -> list[Volume]:
        return volumes.absent(self._sets)

    def body(self) -> ComposeResult:
        """Title and text, and under them the dossiers that went another way."""
        yield Static(self._title(), classes="title", markup=False)
        with VerticalScroll(id="page"):
            yield Static(self._told(), markup=False)
            if self._made.apart:
                yield Static("\n" + self._apart(), id="apart", markup=False)
                rows = Rows([self._row(*each) for each in self._made.apart.items()])
                rows.styles.height = min(len(self._made.apart), 5)
                yield rows

    def on_mount(self) -> None:
        """The rows have the keys, where there are any; else the text."""
        rows = self.query(Rows)
        self.set_focus(rows.first() if rows else self.query_one("#page"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The next file only where one is missing."""
        if action == "following":
            return bool(self._missing)
        return super().check_action(action, parameters)

    # -- what is told -------------------------------------------------------------

    def _title(self) -> str:
        volume = self._manifest.covers.volume
        if volume is None:
            return _("The archive is taken in.")
        told = _("Volume {number} of {of} is taken in.").format(number=volume.number, of=volume.of)
        return told if self._missing else f"{told} {_('None is missing any more.')}"

    def _told(self) -> str:
        made = self._made
        whole = ngettext(
            "{n} dossier of {unit}, vault {vault}, as of {day}:",
            "{n} dossiers of {unit}, vault {vault}, as of {day}:",
            made.all,
        ).format(
            n=made.all,
            unit=one_line(made.unit),
            vault=made.vault[:SHOWN],
            day=dates.told(self._manifest.created),
        )
        counts = (
            (len(made.new), _("new here, with all their history")),
            (len(made.continued), _("went on: what was recorded there since is here now")),
            (len(made.same), _("here already, with all that the archive has")),
            (len(made.apart), _("went another way there than here: both are kept")),
            (len(made.erased), _("erased here, and stay so") + self._erased()),
        )
        lines = "\n".join(f"{n:>7,}  {told}" for n, told in counts if n)
        sets = "\n".join(volumes.said(each) for each in self._sets if each.missing)
        if sets:
            sets += " " + _("F2: the next file.")
        checkpoint = _("Checkpoint now {line}").format(line=self.desk.checkpoint_line())
        counted = f"{whole}\n{lines}"
        return "\n\n".join(part for part in (counted, sets, checkpoint) if part)

    def _erased(self) -> str:
        ids = [id[:SHOWN] for id in self._made.erased[:MOST_NAMED]]
        more = ", …" if len(self._made.erased) > MOST_NAMED else ""
        return f": {', '.join(ids)}{more}"

    @staticmethod
    def _apart() -> str:
        return _(
            "Went another way. Find out with that unit which history is to go on. Enter opens the "
            "one that came; its page names the other."
        )

    def _row(self, id: str, kept: str) -> Row:
        who = self.desk.dossier(kept).state.particulars
        return Row(kept, f"{who.name}, {who.post}, {who.department}")

    # -- what can be done ---------------------------------------------------------

    def on_rows_picked(self, event: Rows.Picked) -> None:
        """The history that came."""
        from secterm.tui.screens.dossier import DossierRoom

        self.app.push_screen(DossierRoom(event.row.key))

    def action_go_on(self) -> None:
        """Enter leaves it too, where it opens nothing."""
        self.dismiss("")

    def action_following(self) -> None:
        """On with the next file."""
        self.dismiss(NEXT)

    def action_back(self) -> None:
        """Back to the list of archives."""
        self.dismiss("")
