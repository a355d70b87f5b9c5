"""Asks for an archive: of all or some, of all or little of each, onto which medium and for
whom; and shows which were written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding

from secterm import messages
from secterm.archive import media
from secterm.archive.errors import ArchiveNotWritten
from secterm.tui.screens import addressing, dividing, extent, onto, passwords
from secterm.tui.screens.dialogs import Cancelled
from secterm.tui.screens.form import Doubt, Entry, Values
from secterm.tui.screens.receipts import Receipts
from secterm.tui.screens.writing import Writing
from secterm.tui.widgets.choices import Choice
from secterm.words import _

if TYPE_CHECKING:
    from secterm.tui.screens.extent import Extent
    from secterm.tui.screens.room import Room

INTRO = _(
    "An archive is a copy: whoever opens it reads everything in it, and erasing a "
    "dossier here later does not reach it."
)


def _title(room: Room[None], ids: list[str] | None) -> str:
    """Whose dossiers they are: one, or those that are chosen of all."""
    if ids is None:
        return _("Export: dossiers")
    names = [room.desk.dossier(id).state.particulars.name for id in ids]
    return _("Export: {name}").format(name=", ".join(names))


class Exporting(onto.OnMedium):
    """What, onto which medium, and for whom."""

    HELP_TEXT = _(
        "Choose the medium, and for whom the archive is; Enter goes on. Shift+Tab leads up to "
        "what is exported: all dossiers, those that the list shows, or those that changed since "
        "the last archive; and to how much of it: all, or for a personnel file the decision "
        "alone, with nothing of the screening and no key. Media show by themselves as they come "
        "and go. A folder can be named instead; on a disk that stays in the machine it takes "
        "Enter twice. What does not fit into one file or onto one medium goes into numbered "
        "volumes, each an archive by itself. Where something fails, nothing of it was recorded, "
        "and Enter tries again. F6 shows which archives were written so far."
    )

    RULE = _(
        "What was written is read back from the medium and compared before it is called done; "
        "then the vault records a receipt of it."
    )
    BINDINGS = [Binding("f6", "receipts", _("Archives written"))]

    def __init__(
        self,
        room: Room[None],
        title: str,
        meaning: Extent,
        told: str,
        kept: Values,
        meant: set[Doubt],
        at: str,
    ) -> None:
        def to_keys(values: Mapping[str, str]) -> bool:
            return values["how"] == "keys"

        def to_passphrase(values: Mapping[str, str]) -> bool:
            return values["how"] == "passphrase"

        strength = passwords.meter()

        def live(values: Values) -> str:
            divided = dividing.told(meaning, values, self.there(values))
            readers = addressing.told(room, values) if to_keys(values) else ""
            said = (meaning.told(values), divided, readers or strength(values))
            return "\n".join(part for part in said if part)

        super().__init__(
            title,
            [
                dividing.entry(meaning, kept, self.there),
                Entry(
                    "how",
                    _("Encrypt to"),
                    "choice",
                    value=kept.get("how", "keys"),
                    choices=(
                        Choice("keys", _("Recipients (age1… keys)")),
                        Choice("passphrase", _("A passphrase")),
                    ),
                ),
                *addressing.entries(room, kept, to_keys),
                *passwords.entries(label=_("Archive's passphrase"), when=to_passphrase),
            ],
            kept,
            media.machine.present(),
            room.desk.last_used,
            meant,
            before=meaning.entries(kept),
            intro=INTRO,
            live=live,
            told=told,
            at=at,
        )

    @work(exit_on_error=False)
    async def action_receipts(self) -> None:
        """The receipts of all archives."""
        self.doing = "receipts"
        await self.shell.push_screen_wait(Receipts(self.desk))

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """The receipts again; else what was typed."""
        if word == "receipts":
            self.action_receipts()
        else:
            super().take_up(word, typed)


async def export(room: Room[None], ids: list[str] | None, shown: Sequence[str] = ()) -> None:
    """This dossier, or those chosen of all, into one archive or the volumes that it takes; asks
    until it is written or left.

    `shown` are those that the list shows.
    """
    meaning = await extent.asked(room, ids, shown)
    title, told, kept, at = _title(room, ids), "", Values(), "medium"
    meant: set[Doubt] = set()
    while True:
        form = Exporting(room, title, meaning, told, kept, meant, at)
        values = await room.shell.push_screen_wait(form)
        if values is None:
            return
        kept, at = values, ""
        writing = Writing(room, form, values, meant, meaning)
        try:
            await writing.until_done()
        except Cancelled:
            told = _("Stopped. Nothing is on the medium and nothing was recorded.")
            continue
        except Exception as error:
            told = messages.explain(error).text()
            at = "medium" if isinstance(error, ArchiveNotWritten) else ""
            continue
        room.doing = ""
        await room.shell.push_screen_wait(writing.result())
        return
