"""The training record: what was taught, and the quizzes that were taken."""

from __future__ import annotations

from secterm.dossier import gates, sentences
from secterm.dossier.days import told
from secterm.paper.setting import Setting
from secterm.paper.sheet import Column
from secterm.policy.model import Module
from secterm.words import _


def fill(to: Setting) -> None:
    """Module by module."""
    to.who()
    owed = {module.id: module for module in gates.modules_of(to.pack, to.state)}
    others = [id for id in (*to.state.taught, *to.state.quizzes) if id not in owed]
    hours = sum(t.act.hours for taught in to.state.taught.values() for t in taught)
    to.sheet.heading(_("In all"))
    to.sheet.facts(
        [
            (_("Modules of this post"), f"{len(owed)}"),
            (_("Hours asked for"), f"{sum(_hours(to, m) for m in owed.values()):g}"),
            (_("Hours taught"), f"{hours:g}"),
        ]
    )
    for id in (*owed, *dict.fromkeys(others)):
        _module(to, id, sentences.module(to.pack, id))
    teachers = {t.officer: t.number for taught in to.state.taught.values() for t in taught}
    to.ink(
        to.appointee,
        *((to.name(id, at), _("security officer")) for id, at in teachers.items()),
    )


def _hours(to: Setting, module: Module) -> float:
    return module.hours.get(to.state.particulars.category, 0)


def _module(to: Setting, id: str, module: Module | None) -> None:
    sheet = to.sheet
    sheet.heading(module.title if module else id)
    if module is not None and _hours(to, module):
        sheet.small(_("Hours asked for: {n:g}").format(n=_hours(to, module)))
    sheet.gap(1)
    taught, taken = to.state.taught.get(id, ()), to.state.quizzes.get(id, ())
    if taught:
        sheet.table(
            [
                Column(_("Taught on"), 3),
                Column(_("Hours"), 1),
                Column(_("By, and where"), 4),
                Column(_("Recorded by"), 5),
            ],
            [
                (
                    told(one.act.on),
                    f"{one.act.hours:g}",
                    f"{one.act.trainer}; {one.act.place}",
                    to.by(one),
                )
                for one in taught
            ],
        )
    else:
        sheet.text(_("No teaching is recorded."))
    if taken:
        sheet.table(
            [
                Column(_("Quiz"), 3),
                Column(_("Right"), 1),
                Column(_("Of"), 4),
                Column(_("Recorded by"), 5),
            ],
            [
                (
                    _("passed") if one.act.passed else _("not passed"),
                    f"{sum(a.right for a in one.act.answers)}",
                    f"{len(one.act.answers)}",
                    to.by(one),
                )
                for one in taken
            ],
        )
    elif module is None or module.quiz is not None:
        sheet.text(_("No quiz is recorded."))
