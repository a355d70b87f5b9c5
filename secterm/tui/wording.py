"""What the desk's short words read like on a screen."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from secterm.desk.cards import Card
from secterm.dossier import sentences
from secterm.dossier.entries import Role
from secterm.dossier.gates import Owed, Standing
from secterm.policy.model import Gate, Pack
from secterm.words import _, ngettext

HOUR: Final = 3600  # seconds

GATES: Final = {
    "screening": _("Screening"),
    "training": _("Training"),
    "undertaking": _("Undertaking"),
    "rules": _("Rules"),
}
STATUS: Final = {
    "done": _("done"),
    "owed": _("owed"),
    "blocked": _("waits"),
    "refused": _("refused"),
    "lapsed": _("lapsed"),
}
STAGES: Final = {
    "screening": _("screening"),
    "training": _("training"),
    "undertaking": _("undertaking"),
    "rules": _("rules"),
    "decision": _("decision"),
    "second": _("2nd officer"),
    "admitted": _("admitted"),
    "refused": _("refused"),
    "deferred": _("deferred"),
    "withdrawn": _("withdrawn"),
    "lapsed": _("lapsed"),
    "left": _("left"),
    "damaged": _("damaged"),
    "erased": _("erased"),
}
ROLES: Final[dict[Role | None, str]] = {
    "administrator": _("administrator"),
    "officer": _("officer"),
    "approver": _("approver"),
    "auditor": _("auditor"),
    None: _("disabled"),
}
MAY_READ: Final = _("You may read; an officer records.")
CATEGORIES: Final = {"core": _("core"), "key": _("key"), "general": _("general")}
SHORT: Final = {
    "question": _("interview"),
    "check": _("checks"),
    "finding": _("finding"),
    "review": _("2nd review"),
    "teaching": _("teaching"),
    "quiz": _("quiz"),
    "signature": _("signature"),
    "rule": _("rules"),
    "decision": _("decision"),
    "second": _("2nd officer"),
    "reopening": _("reopening"),
    "": "",
}


def category(card: Card) -> str:
    """The category, where there is still somebody who has one."""
    return "" if card.stage == "erased" else CATEGORIES[card.category]


def waits_for(card: Card) -> str:
    """What somebody waits for; where it is nothing, at which stage they are."""
    return SHORT[card.owed] or f"({STAGES[card.stage]})"


def for_how_long(since: str, now: datetime) -> str:
    """How long ago a time was, as short as a list has it; empty where it is not known."""
    if not since:
        return ""
    then = datetime.fromisoformat(since)
    days = (now.date() - then.date()).days
    if days > 0:
        return ngettext("{n} day", "{n} days", days).format(n=days)
    hours = int((now - then).total_seconds()) // HOUR
    return _("{n} h").format(n=hours) if hours > 0 else _("today")


def owed(due: Owed, pack: Pack) -> str:
    """The next thing to do, as one line."""
    module = sentences.module(pack, due.id)
    section = sentences.section(pack, due.id)
    title = module.title if module else section.title if section else ""
    return {
        "question": _("Interview: the next question"),
        "check": _("Record what was checked elsewhere"),
        "finding": _("Finding: {title}").format(title=title or _("the whole screening")),
        "review": _("A second officer reviews the finding"),
        "teaching": _("Record teaching: {title}").format(title=title),
        "quiz": _("Quiz: {title}").format(title=title),
        "signature": _("Read and sign the undertaking"),
        "rule": _("Acknowledge the rules"),
        "decision": _("Decide"),
        "second": _("A second officer decides too"),
        "reopening": _("Reopen: the admission is over"),
    }[due.kind]


def led_on_by(standing: Standing, pack: Pack, gate: Gate) -> str:
    """A gate's last word, as the row on which Enter leads on."""
    over = {
        "screening": _("Screening is done."),
        "training": _("Training is done."),
        "undertaking": _("The undertaking is signed."),
        "rules": _("The rules are acknowledged."),
    }[gate]
    if standing.gate(gate).status == "refused":
        over = _("{gate} is refused.").format(gate=GATES[gate])
    if standing.next is None:
        return over + " " + _("Enter goes back")
    return over + " " + _("Enter goes on: {owed}").format(owed=owed(standing.next, pack))
