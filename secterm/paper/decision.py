"""The decision, on what it rests, and what came of it."""

from __future__ import annotations

from typing import Final

from secterm.dossier import gates, sentences
from secterm.dossier.days import in_full, told
from secterm.paper.setting import Setting, entry
from secterm.words import _

DECISIONS: Final = {
    "admit": _("Admitted to the post"),
    "refuse": _("Refused"),
    "defer": _("Deferred"),
}


def fill(to: Setting) -> None:
    """The decision that was made last."""
    state, sheet = to.state, to.sheet
    decision = state.decision
    if decision is None:
        sheet.text(_("No decision is made."))
        return
    act, second = decision.act, state.seconded
    holds = gates.settled_decision(state, to.pack)
    to.who()
    sheet.heading(_("What was decided"))
    until = gates.admitted_until(state, to.pack)
    sheet.facts(
        [
            (_("Decision"), DECISIONS[act.decision]),
            (_("Reason"), act.reason),
            (_("Conditions"), act.conditions),
            (_("Recorded by"), to.by(decision)),
            *([(_("Valid until"), in_full(until))] if until is not None else []),
        ]
    )
    if gates.terms_of(state, to.pack).second_decision:
        sheet.heading(_("The second officer"))
        if second is None:
            sheet.text(_("A second officer has to decide too. The decision does not hold yet."))
        else:
            agrees = _("agrees") if second.act.agrees else _("does NOT agree")
            sheet.facts(
                [
                    (_("Second officer"), agrees),
                    *([(_("Reason"), second.act.reason)] if second.act.reason else []),
                    (_("Recorded by"), to.by(second)),
                ]
            )
            if not holds:
                sheet.text(_("So this decision does not hold."))
    _grounds(to)
    _since(to)
    sides = [(to.name(decision.officer, decision.number), _("security officer"))]
    if second is not None:
        sides.append((to.name(second.officer, second.number), _("second officer")))
    to.ink(*sides)


def _grounds(to: Setting) -> None:
    state = to.state
    found, signed = state.findings.get(""), state.signed
    modules, rules = gates.modules_of(to.pack, state), gates.rules_of(to.pack, state)
    taught = sum(bool(state.taught.get(module.id)) for module in modules)
    taken = sum(rule.id in state.acknowledged for rule in rules)
    finding = _("none")
    if found is not None:
        finding = f"{sentences.FINDINGS[found.act.finding]}; {to.by(found)}"
    signature = _("not signed")
    if state.signing_refused is not None:
        signature = _("refused before {by}").format(by=to.by(state.signing_refused))
    elif signed is not None:
        signature = _("signed on {day}; entry {number}").format(
            day=told(signed.act.on), number=entry(signed)
        )
    to.sheet.heading(_("What it rests on"))
    to.sheet.facts(
        [
            (_("Screening"), finding),
            (
                _("Training"),
                _("{n} of {m} modules taught").format(n=taught, m=len(modules)),
            ),
            (_("Undertaking"), signature),
            (
                _("Rules"),
                _("{n} of {m} acknowledged").format(n=taken, m=len(rules)),
            ),
        ]
    )


def _since(to: Setting) -> None:
    """What became of it."""
    left, withdrawn = to.state.left, to.state.withdrawn
    said = []
    if withdrawn is not None:
        said.append((_("Withdrawn"), f"{withdrawn.act.reason}\n{to.by(withdrawn)}"))
    if left is not None:
        said.append((_("Left the post on"), told(left.act.on)))
        said.append((_("Reason"), f"{left.act.reason}\n{to.by(left)}"))
        span = gates.cooling_off(to.state, to.pack)
        if span is not None:
            ends = _("between {first} and {last}").format(
                first=in_full(span[0]), last=in_full(span[1])
            )
            said.append((_("Cooling-off ends"), ends))
    if said:
        to.sheet.heading(_("What happened since"))
        to.sheet.facts(said)
