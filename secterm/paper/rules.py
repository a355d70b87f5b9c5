"""The rules, each as it was acknowledged or refused."""

from __future__ import annotations

from collections.abc import Sequence

from secterm.dossier import gates, sentences
from secterm.paper.setting import Setting
from secterm.paper.sheet import Column
from secterm.policy.model import Rule
from secterm.words import _, ngettext


def fill(to: Setting) -> None:
    """All rules of this post, and others that were put."""
    to.who()
    bound = gates.rules_of(to.pack, to.state)
    ids = {rule.id for rule in bound}
    others = [id for id in (*to.state.acknowledged, *to.state.rules_refused) if id not in ids]
    taken = sum(rule.id in to.state.acknowledged for rule in bound)
    to.sheet.heading(_("The rules"))
    to.sheet.text(
        ngettext(
            "{done} of the {n} rule that binds this post is acknowledged, each by itself.",
            "{done} of the {n} rules that bind this post are acknowledged, each by itself.",
            len(bound),
        ).format(done=taken, n=len(bound))
    )
    to.sheet.gap(2)
    rows = [_rule(to, n, rule.id, rule) for n, rule in enumerate(bound, 1)]
    for id in dict.fromkeys(others):
        rows.append(_rule(to, len(rows) + 1, id, sentences.rule(to.pack, id)))
    to.sheet.table([Column("", 0.5), Column(_("Rule"), 6), Column(_("Acknowledged"), 4)], rows)
    officers = {told.officer: told.number for told in to.state.acknowledged.values()}
    to.ink(
        to.appointee,
        *((to.name(id, at), _("security officer")) for id, at in officers.items()),
    )


def _rule(to: Setting, number: int, id: str, rule: Rule | None) -> Sequence[str]:
    text = id if rule is None else f"{rule.text}\n{_('Reason:')} {rule.reason}"
    yes, no = to.state.acknowledged.get(id), to.state.rules_refused.get(id)
    if yes is not None:
        said = _("Acknowledged before {by}").format(by=to.by(yes))
    elif no is not None:
        said = _("REFUSED before {by}. Said: {reason}").format(by=to.by(no), reason=no.act.reason)
    else:
        said = _("Not acknowledged")
    return f"{number}", text, said
