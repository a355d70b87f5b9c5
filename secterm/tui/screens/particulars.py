"""Who the appointee is and what post they take up: asked once, corrected openly."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from secterm import messages
from secterm.dossier import answering
from secterm.dossier.entries import Corrected, Particulars
from secterm.policy.model import CATEGORIES, Category, Pack
from secterm.tui.screens.form import Entry, Form, Values, not_to_come
from secterm.tui.widgets.choices import Choice
from secterm.words import _

if TYPE_CHECKING:
    from secterm.desk.desk import Desk
    from secterm.tui.screens.room import Room


def _entries(pack: Pack, today: date, values: Values) -> list[Entry]:
    choices = tuple(
        Choice(c, f"{pack.head.categories[c].name}: {pack.head.categories[c].level}")
        for c in CATEGORIES
    )
    return [
        Entry("name", _("Full name"), value=values.get("name", "")),
        Entry(
            "born",
            _("Date of birth"),
            "date",
            value=values.get("born", ""),
            check=not_to_come("born", today),
        ),
        Entry("identity_number", _("Identity number"), value=values.get("identity_number", "")),
        Entry("post", _("Post"), value=values.get("post", "")),
        Entry("department", _("Department"), value=values.get("department", "")),
        Entry(
            "category",
            _("Category of the post"),
            "choice",
            value=values.get("category", ""),
            choices=choices,
        ),
        Entry("contact", _("How to reach them"), value=values.get("contact", ""), required=False),
    ]


def _age(born: str, today: date) -> str:
    """How old that makes them, by which a wrong year is seen; empty where it cannot be."""
    day = answering.day(born)
    if day is None or day > today:
        return ""
    years = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    return _("Age: {n}").format(n=years)


def _made(values: Values) -> Particulars:
    categories: dict[str, Category] = {c: c for c in CATEGORIES}
    return Particulars(
        name=values["name"],
        born=values["born"],
        identity_number=values["identity_number"],
        post=values["post"],
        department=values["department"],
        category=categories[values["category"]],
        contact=values["contact"],
    )


def _holder(desk: Desk, number: str) -> str:
    """Who has this identity number already, however it is written; empty where nobody has."""
    sought = _bare(number)
    there = desk.index.cards().identity_numbers()
    return next((name for number, name in there if _bare(number) == sought), "")


def _bare(number: str) -> str:
    return "".join(number.split()).casefold()


async def new(room: Room[None]) -> str:
    """Opens a dossier; its id, empty where it was left. A second one for an identity number
    is opened only where the officer enters it again.
    """
    told, at, kept, doubted = "", "", Values(), ""
    while True:
        values = await room.shell.push_screen_wait(
            Form(
                _("New dossier"),
                _entries(room.desk.pack, room.desk.today, kept),
                intro=_("As they stand in the identity document."),
                live=lambda values: _age(values["born"], room.desk.today),
                told=told,
                at=at,
                records=True,
            )
        )
        if values is None:
            return ""
        kept = values
        number = values["identity_number"]
        holder = _holder(room.desk, number)
        if holder and number != doubted:
            doubted, at = number, "identity_number"
            told = _(
                "{name} has this identity number already. Correct it, or go on to the last line: "
                "Enter there opens a second dossier."
            ).format(name=holder)
            continue
        try:
            return room.desk.open_dossier(_made(values))
        except Exception as error:
            told, at = messages.explain(error).text(), ""


async def correct(room: Room[None], id: str) -> None:
    """Corrects the particulars; what stood before stays in the record."""
    dossier = room.desk.dossier(id)
    who = dossier.state.particulars
    told = ""
    stands = kept = {
        "name": who.name,
        "born": who.born,
        "identity_number": who.identity_number,
        "post": who.post,
        "department": who.department,
        "category": who.category,
        "contact": who.contact,
        "reason": "",
    }
    while True:
        values = await room.shell.push_screen_wait(
            Form(
                _("Correct the particulars: {name}").format(name=who.name),
                [
                    *_entries(dossier.pack, room.desk.today, kept),
                    Entry("reason", _("Why they are corrected"), value=kept["reason"]),
                ],
                intro=_("A correction of what was signed asks for a new signature."),
                live=lambda values: _age(values["born"], room.desk.today),
                told=told,
                stands=stands,
                records=True,
            )
        )
        if values is None:
            return
        kept = values
        try:
            room.desk.act(id, Corrected(particulars=_made(values), reason=values["reason"]))
            return
        except Exception as error:
            told = messages.explain(error).text()
