"""The decision, and for a core post the second officer's too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from secterm import messages
from secterm.dossier import gates
from secterm.dossier.entries import Decided, Decision, Seconded
from secterm.tui.screens import seconding
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.widgets.choices import Choice
from secterm.tui.wording import GATES, STATUS
from secterm.words import _

if TYPE_CHECKING:
    from secterm.desk.model import Dossier
    from secterm.tui.screens.room import Room

DECISIONS: dict[str, Decision] = {"admit": "admit", "refuse": "refuse", "defer": "defer"}
NAMES: Final[dict[str, str]] = {
    "admit": _("Admit to the post"),
    "refuse": _("Refuse the post"),
    "defer": _("Defer the decision"),
}


async def decide(room: Room[None], id: str) -> None:
    """Asks for the decision where one can be made, then for the second officer's word."""
    dossier = room.desk.dossier(id)
    stage = dossier.standing.stage
    if stage in ("admitted", "refused", "withdrawn", "left", "lapsed"):
        room.say(_("This dossier is decided. F8 shows what can follow."), good=True)
        return
    if not room.allowed("second" if stage == "second" else "record"):
        return
    if stage != "second":
        made = await _decided(room, dossier)
        if made is None:
            return
        dossier = made
    if dossier.standing.stage == "second":
        await _second(room, dossier)


def possible(dossier: Dossier) -> list[str]:
    """The decisions that the gates allow now."""
    statuses = [gate.status for gate in dossier.standing.gates]
    done = all(s == "done" for s in statuses)
    found = ["admit"] if done else []
    if done or "refused" in statuses:
        found.append("refuse")
    return [*found, "defer"]


async def _decided(room: Room[None], dossier: Dossier) -> Dossier | None:
    told, kept = "", Values()
    while True:
        values = await room.shell.push_screen_wait(_form(dossier, told, kept))
        if values is None:
            return None
        kept = values
        act = Decided(
            decision=DECISIONS[values["decision"]],
            reason=values["reason"],
            conditions=values["conditions"],
        )
        try:
            return room.desk.act(dossier.id, act)
        except Exception as error:
            told = messages.explain(error).text()


def _form(dossier: Dossier, told: str, kept: Values) -> Form:
    state, pack = dossier.state, dossier.pack
    conditions = gates.overall_finding(state, pack) == "conditions"
    found = state.findings.get("")
    lines = "    ".join(f"{GATES[g.gate]}: {STATUS[g.status]}" for g in dossier.standing.gates)
    if "admit" not in possible(dossier):
        lines += "\n" + _("Nobody is admitted before all four are done.")
    return Form(
        _("Decision: {name}").format(name=state.particulars.name),
        [
            Entry(
                "decision",
                _("Decision"),
                "choice",
                value=kept.get("decision", ""),
                choices=tuple(Choice(d, NAMES[d]) for d in possible(dossier)),
            ),
            Entry("reason", _("Reason"), "text", value=kept.get("reason", "")),
            Entry(
                "conditions",
                _("Conditions"),
                "text",
                value=kept.get("conditions", found.act.conditions if found else ""),
                required=conditions,
                when=lambda v: v["decision"] == "admit",
            ),
        ],
        intro=f"{state.particulars.name}, {state.particulars.post}\n{lines}",
        help=_("What stands here depends on the gates: nobody is admitted before all are done."),
        told=told,
        records=True,
    )


async def _second(room: Room[None], dossier: Dossier) -> None:
    told = dossier.state.decision
    if told is None:
        return
    who = dossier.state.particulars
    parts = [
        f"{who.name}, {who.post}",
        _("Decided by {officer}: {decision}.").format(
            officer=room.desk.officer_name(told.officer), decision=NAMES[told.act.decision]
        ),
        _("Reason: {reason}").format(reason=told.act.reason),
    ]
    if told.act.conditions:
        parts.append(_("Conditions: {conditions}").format(conditions=told.act.conditions))
    await seconding.word(
        room,
        _("Second officer: {name}").format(name=who.name),
        "\n".join(parts),
        lambda agrees, reason, signer: room.desk.act(
            dossier.id,
            Seconded(decided=told.number, agrees=agrees, reason=reason),
            signer=signer,
        ),
        first=told.officer,
    )
