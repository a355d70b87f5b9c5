"""Erases a dossier for good: what it does and does not reach, then two persons and
a word that nobody types by chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from secterm import messages
from secterm.desk.model import Dossier
from secterm.desk.registry import Erasure
from secterm.dossier.entries import Archived, Printed
from secterm.tui import dates
from secterm.tui.screens import seconding
from secterm.tui.screens.form import Entry, Form, Values, refusal
from secterm.tui.screens.keyed import Keyed
from secterm.tui.screens.reader import Reader
from secterm.vault.signer import Signer
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.tui.screens.room import Room

WORD: Final = _("ERASE")


class Warned(Reader):
    """What erasing does, and what it does not reach. `over` once it was gone on from."""

    HELP_TEXT = _(
        "What erasing this dossier does and what it does not reach. Enter goes on to the reason "
        "and the second person; nothing is erased before the word for it is typed. Esc goes back."
    )
    RULE = _(
        "Erasing destroys the dossier's key for good. It takes two persons, and the journal "
        "keeps that it happened."
    )

    def __init__(self, dossier: Dossier) -> None:
        name = dossier.state.particulars.name
        super().__init__(
            _title(dossier), _("Erasing the dossier of {name}").format(name=name), _told(dossier)
        )
        self.over = False

    def action_go_on(self) -> None:
        """Read."""
        self.over = True
        self.action_back()


def _title(dossier: Dossier) -> str:
    return _("Erase: {name}").format(name=dossier.state.particulars.name)


def _told(dossier: Dossier) -> str:
    archives = [
        f"  {one.entry.act.file}, {dates.told(one.entry.at)}"
        + (_(" (the decision alone)") if one.entry.act.extract else "")
        for one in dossier.entries
        if isinstance(one.entry.act, Archived)
    ]
    written = (
        ngettext(
            "- the {n} archive that this dossier was written to:",
            "- the {n} archives that this dossier was written to:",
            len(archives),
        ).format(n=len(archives))
        if archives
        else _("- archives: none was written of this dossier.")
    )
    return "\n".join(
        (
            _(
                "The dossier's key is destroyed and everything it sealed is overwritten. "
                "Nobody can read it again, with whatever passphrase. There is no way back. "
                "The journal still proves that there was a dossier, and the list keeps a line "
                "without a name, with the day and the reason."
            ),
            "",
            _("It does NOT reach these; destroy them too:"),
            _("- copies of the vault's file made earlier, with a passphrase of that time;"),
            _papers(dossier),
            _("- old blocks of an SSD or a stick, which the disk keeps out of reach;"),
            written,
            *archives,
        )
    )


def _papers(dossier: Dossier) -> str:
    count = sum(isinstance(one.entry.act, Printed) for one in dossier.entries)
    if not count:
        return _("- printed papers;")
    return ngettext(
        "- printed papers: {n} print is recorded;",
        "- printed papers: {n} prints are recorded;",
        count,
    ).format(n=count)


def stayed(erasure: Erasure) -> Reader:
    """What a list's anonymous line opens to."""
    return Reader(
        _("Erased dossier"),
        _("This dossier was erased. Nobody can read it any more."),
        _(
            "Day\n  {day}\n\nReason\n  {reason}\n\nEntry of the journal\n  #{number}\n\n"
            "The journal proves that there was a dossier, and no longer whose."
        ).format(day=dates.told(erasure.at), reason=erasure.reason, number=erasure.number),
    )


async def erase(room: Room[None], id: str) -> bool:
    """Whether the dossier is erased now; asks until it is, or it is left."""
    dossier = room.desk.dossier(id)
    warned = Warned(dossier)
    await room.shell.push_screen_wait(warned)
    if not warned.over:
        return False
    refused, kept = "", Values()

    def form(told: str, typed: Values) -> Form:
        return _form(room, dossier, told or refused, typed or kept)

    while True:
        found = await seconding.identify(room, form)
        if found is None:
            return False
        second, kept = found
        if await room.shell.push_screen_wait(_meant(form("", kept), dossier, kept)) is None:
            return False
        refused = await _erased(room, dossier, kept["reason"], second)
        if not refused:
            return True


def _form(room: Room[None], dossier: Dossier, told: str, kept: Values) -> Form:
    desk, id = room.desk, dossier.id
    return Keyed(
        _title(dossier),
        [
            Entry(
                "reason",
                _("Reason"),
                "text",
                value=kept.get("reason", ""),
                help=_("The reason stays for good. It must not say who it was."),
                check=lambda values: refusal(lambda: desk.demand_nameless(id, values["reason"])),
            ),
            *seconding.who(kept),
        ],
        kept,
        intro=_(
            "Two persons erase. Say why, without a name or a number of the person; then "
            "another officer or approver enters their own name and passphrase, and signs the "
            "erasure."
        ),
        told=told,
    )


class _Last(Form):
    """The last step. A lock sends it back to the step before, with what was typed there: the
    second person is to be here when it goes on.
    """

    def __init__(self, before: Form, entries: list[Entry], *, intro: str, kept: Values) -> None:
        super().__init__(before.where, entries, intro=intro)
        self._before = before
        self._given = {id: text for id, text in kept.items() if id != "passphrase"}

    @property
    def kind(self) -> str:
        """The step before."""
        return self._before.kind

    def place(self) -> str:
        """Where that is to go on."""
        return "passphrase"

    def typed(self) -> Values:
        """What was typed there."""
        return self._given

    def called(self, id: str) -> str:
        """As it is called there."""
        return self._before.called(id)


def _meant(before: Form, dossier: Dossier, values: Values) -> Form:
    def typed(given: Mapping[str, str]) -> str:
        if given["word"] == WORD:
            return ""
        return _("Type {word} in capitals, or Esc to leave.").format(word=WORD)

    return _Last(
        before,
        [Entry("word", _("Type {word}").format(word=WORD), check=typed)],
        intro=_(
            "The last step. After it, nobody can read this dossier again.\n\n"
            "Dossier        {name}, {post}\n"
            "Reason         {reason}\n"
            "Second person  {second}"
        ).format(
            name=dossier.state.particulars.name,
            post=dossier.state.particulars.post,
            reason=values["reason"],
            second=values["officer"],
        ),
        kept=values,
    )


async def _erased(room: Room[None], dossier: Dossier, reason: str, second: Signer) -> str:
    """Empty where it is erased, else why not."""
    desk = room.desk
    try:
        await room.shell.working(
            _("Erasing the dossier"), lambda tell: desk.erase(dossier.id, reason, second)
        )
    except Exception as error:
        return messages.explain(error).text()
    return ""
