"""Prints a document of a dossier, or writes it to a folder on a medium, and says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from secterm import messages
from secterm.desk import printing
from secterm.desk.printing import Put
from secterm.dossier.entries import Document
from secterm.paper import TITLES
from secterm.tui.screens import folders
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.reader import Reader
from secterm.tui.widgets.choices import Choice
from secterm.words import _

if TYPE_CHECKING:
    from secterm.tui.screens.room import Room

INTRO = _(
    "A paper is a copy: whoever has it reads it, and erasing the dossier later does not reach "
    "it. That it was printed is recorded."
)
SCREENING = _("The screening report is need-to-know: it does not go into the personnel file.")


def _form(
    room: Room[None], id: str, documents: tuple[Document, ...], told: str, kept: Values
) -> Form:
    has_printer = printing.command() is not None

    def to_printer(values: Mapping[str, str]) -> bool:
        return has_printer and values["where"] == "printer"

    def to_folder(values: Mapping[str, str]) -> bool:
        return not to_printer(values)

    def live(values: Values) -> str:
        return SCREENING if values["document"] == "screening" else ""

    where = Entry(
        "where",
        _("Where to"),
        "choice",
        value=kept.get("where", "printer"),
        choices=(Choice("printer", _("A printer")), Choice("folder", _("A folder on a medium"))),
    )
    name = room.desk.dossier(id).state.particulars.name
    return Form(
        _("Print: {name}").format(name=name),
        [
            Entry(
                "document",
                _("Document"),
                "choice",
                value=kept.get("document", ""),
                choices=tuple(Choice(one, TITLES[one]) for one in documents),
            ),
            *([where] if has_printer else []),
            _printer(kept, to_printer),
            folders.entry(kept, when=to_folder),
        ],
        intro=INTRO,
        live=live,
        told=told,
        help=_("Prints a document of this dossier, or writes it as PDF to a folder on a medium."),
    )


async def print_paper(room: Room[None], id: str) -> None:
    """One document; asks until it is printed or left."""
    documents = room.desk.papers(id)
    if not documents:
        room.say(_("There is nothing to print yet."))
        return
    told, kept = "", Values()
    while True:
        values = await room.shell.push_screen_wait(_form(room, id, documents, told, kept))
        if values is None:
            return
        kept = values
        try:
            put = await room.shell.working(_("Printing"), _print(room, id, documents, values))
        except Exception as error:
            told = messages.explain(error).text()
            continue
        room.doing = ""
        await room.shell.push_screen_wait(_result(room, put))
        return


def _print(
    room: Room[None], id: str, documents: tuple[Document, ...], values: Values
) -> Callable[[Callable[[str], None]], Put]:
    desk = room.desk
    document = next(one for one in documents if one == values["document"])
    place = _place(values, values.get("where", "folder"))
    return lambda tell: desk.print(id, document, place)


def place_of_sheets(kept: Mapping[str, str]) -> list[Entry]:
    """Where sheets for the custodians to write on go, if they are wanted."""
    has_printer = printing.command() is not None
    printer = [Choice("printer", _("Print them"))] if has_printer else []
    return [
        Entry(
            "sheets",
            _("Sheets to write on"),
            "choice",
            value=kept.get("sheets", "none"),
            choices=(
                Choice("none", _("None: there is paper")),
                *printer,
                Choice("folder", _("Write them to a folder")),
            ),
        ),
        _printer(kept, lambda values: values["sheets"] == "printer"),
        folders.entry(kept, when=lambda values: values["sheets"] == "folder"),
    ]


async def sheets(room: Room[None], needed: int, count: int, values: Values) -> bool:
    """Prints the sheets that were asked for; whether the shares can be made now.

    Raises as `Desk.print_sheets`.
    """
    if values["sheets"] == "none":
        return True
    desk, place = room.desk, _place(values, values["sheets"])
    put = await room.shell.working(
        _("Printing"), lambda tell: desk.print_sheets(needed, count, place)
    )
    if put.path is None:
        title, more = (
            _("The sheets are with the printer."),
            _("Fetch them. Enter goes on to the shares."),
        )
    else:
        title, more = (
            _("The sheets are written and read back."),
            _("File\n  {path}\n\nPrint them, then come back here to make the shares.").format(
                path=put.path
            ),
        )
    missing = messages.unshown(put.paper.unshown)
    await room.shell.push_screen_wait(
        Reader(_("Recovery shares"), title, "\n\n".join(part for part in (missing, more) if part))
    )
    return put.path is None


def _printer(kept: Mapping[str, str], when: Callable[[Mapping[str, str]], bool]) -> Entry:
    return Entry(
        "printer",
        _("Printer"),
        value=kept.get("printer", ""),
        required=False,
        help=_("Its name; empty for the usual one."),
        when=when,
    )


def _place(values: Values, where: str) -> printing.Place:
    if where == "printer":
        return printing.Printer(values["printer"].strip())
    return printing.Folder(Path(values["folder"]).expanduser())


def _result(room: Room[None], put: Put) -> Reader:
    paper = put.paper
    title = _("The document is with the printer.")
    if put.path is not None:
        title = _("The document is written and read back.")
    facts = [
        (_("Document"), paper.title),
        (_("Pages"), f"{paper.pages}"),
        *([(_("File"), f"{put.path}")] if put.path is not None else []),
        (_("SHA-256"), paper.sha256),
        (_("Checkpoint now"), room.desk.checkpoint_line()),
    ]
    told = "\n\n".join(f"{name}\n  {said}" for name, said in facts)
    missing = messages.unshown(paper.unshown)
    return Reader(_("Print"), title, "\n\n".join(part for part in (missing, told) if part))
