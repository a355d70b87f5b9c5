"""What ends a dossier's course or takes it up again: withdrawing, leaving, reopening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secterm import messages
from secterm.dossier.entries import Act, Left, Reopened, Withdrawn
from secterm.tui.screens.dialogs import Question
from secterm.tui.screens.form import Entry, Form, Values, not_to_come
from secterm.tui.widgets.choices import Choice
from secterm.words import _

if TYPE_CHECKING:
    from secterm.tui.screens.room import Room


async def turn(room: Room[None], id: str, answer: str = "") -> None:
    """Asks which of what is possible now, where that is not answered yet, and why."""
    choices = _possible(room.desk.dossier(id).standing.stage)
    if answer not in [choice.key for choice in choices]:
        answer = await room.shell.push_screen_wait(
            Question(_("What has happened?"), _("Choose, or press Esc."), choices)
        )
    if not answer:
        return
    room.doing = f"do:course('{answer}')"
    told, kept = "", Values()
    while True:
        values = await room.shell.push_screen_wait(_form(room, answer, told, kept))
        if values is None:
            return
        kept = values
        try:
            room.desk.act(id, _act(answer, values))
            return
        except Exception as error:
            told = messages.explain(error).text()


def _possible(stage: str) -> list[Choice]:
    withdraw = Choice("withdraw", _("The appointment was withdrawn"))
    leave = Choice("leave", _("The appointee leaves the post"))
    reopen = Choice("reopen", _("The dossier is taken up again"))
    match stage:
        case "admitted":
            return [leave]
        case "lapsed":
            return [reopen, leave]
        case "refused" | "withdrawn" | "left":
            return [reopen]
        case _:
            return [withdraw]


def _form(room: Room[None], answer: str, told: str, kept: Values) -> Form:
    title, intro = {
        "withdraw": (_("Withdrawal"), _("The appointee or the unit withdrew before a decision.")),
        "leave": (
            _("Leaving"),
            _("From this day the cooling-off runs. The duty to keep secrets does not end."),
        ),
        "reopen": (
            _("Reopening"),
            _(
                "What was recorded stays. Training holds as long as it is valid; findings, "
                "signature, rules and decision are done again."
            ),
        ),
    }[answer]
    reason = Entry("reason", _("Reason"), "text", value=kept.get("reason", ""))
    today = room.desk.today
    day = Entry(
        "on",
        _("Day of leaving"),
        "date",
        value=kept.get("on", today.isoformat()),
        check=not_to_come("on", today),
    )
    entries = [day, reason] if answer == "leave" else [reason]
    return Form(title, entries, intro=intro, told=told, records=True)


def _act(answer: str, values: Values) -> Act:
    if answer == "leave":
        return Left(on=values["on"], reason=values["reason"])
    if answer == "reopen":
        return Reopened(reason=values["reason"])
    return Withdrawn(reason=values["reason"])
