"""A dossier's history in full sentences: who did what, and what changed by it.

For an officer at the screen. What archives and papers carry is the shorter wording
of `sentences`, which must not change; nothing here is ever stored.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from secterm.dossier import answering, fold, sentences
from secterm.dossier import entries as acts
from secterm.dossier.entries import Act, Numbered, Particulars
from secterm.dossier.fold import State
from secterm.policy.model import Pack
from secterm.words import _, ngettext

# An officer's name by id: as the journal had it with so many entries, or (None) now.
Names: TypeAlias = Callable[[str, int | None], str]
Days: TypeAlias = Callable[[str], str]  # how a recorded date (YYYY-MM-DD) reads

FIELDS: Final = {
    "name": _("name"),
    "born": _("date of birth"),
    "identity_number": _("identity number"),
    "post": _("post"),
    "department": _("department"),
    "category": _("category"),
    "contact": _("how to reach them"),
}
DECISIONS: Final = {
    "admit": _("to admit {name}"),
    "refuse": _("to refuse {name}"),
    "defer": _("to defer the decision on {name}"),
}
ENDS: Final = (".", "!", "?", "…")


SHORTEST: Final = 3  # entries of one kind in a row that are told as one


@dataclass(frozen=True)
class Told:
    """One entry as it reads: its number, its time (ISO 8601) and one or two sentences.

    `run` is how so many like it in a row read, empty where it is better told by itself.
    Where it is such a run, `last` is the number of the last entry in it, else 0. `vault` is the
    id of the vault in whose journal it stands, empty for this one.
    """

    number: int
    at: str
    text: str
    run: str = ""
    last: int = 0
    vault: str = ""


def told(entries: Iterable[Numbered], pack: Pack, names: Names, days: Days = str) -> Iterator[Told]:
    """A dossier's entries as sentences, the first one first. Raises `EntryOutOfPlace`."""
    state: State | None = None
    for one in entries:
        teller = _Teller(state, one, pack, names, days)
        vault, number = one.stands
        yield Told(number, one.entry.at, teller.text(), teller.run(), vault=vault)
        state = fold.apply(state, one)


def in_short(events: Iterable[Told]) -> Iterator[Told]:
    """The same, with what is alike in a row on one day told as one, at the time of the first."""
    for (_on, run, vault), found in itertools.groupby(
        events, key=lambda one: (one.at[:10], one.run, one.vault)
    ):
        same = list(found)
        if run and len(same) >= SHORTEST:
            first, last = same[0], same[-1].number
            yield Told(first.number, first.at, run.format(n=len(same)), last=last, vault=vault)
        else:
            yield from same


def sentence(before: State | None, one: Numbered, pack: Pack, names: Names) -> str:
    """One entry as it reads, given how the dossier stood before it."""
    return _Teller(before, one, pack, names).text()


def _stop(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith(ENDS) else f"{text}."


def _quoted(text: str) -> str:
    return f"“{' '.join(text.split()).removesuffix('.')}”"


class _Teller:
    """Tells one entry, given how things stood before it."""

    def __init__(
        self, before: State | None, one: Numbered, pack: Pack, names: Names, days: Days = str
    ) -> None:
        self._before = before
        self._one = one
        self._pack = pack
        self._names = names
        self._day = days
        self._officer = self._name(one.entry.officer)

    def text(self) -> str:
        """The sentences, on one line whatever stands in the entry."""
        return " ".join(self._text().splitlines())

    def _text(self) -> str:
        act = self._one.entry.act
        match act:
            case acts.Opened():
                return self._opened(act.particulars)
            case acts.Corrected():
                return self._corrected(act)
            case acts.Noted():
                said = _("{officer} noted: {text}")
                if act.question:
                    said = _("{officer} noted on {question}: {text}")
                return said.format(
                    officer=self._officer,
                    question=self._question(act.question),
                    text=_stop(act.text),
                )
            case acts.Archived():
                return self._archived(act)
            case acts.Received():
                said = ngettext(
                    "{officer} took in the {n} entry before this one from {unit}, vault {vault}.",
                    "{officer} took in the {n} entries before this one from {unit}, vault {vault}.",
                    act.entries,
                )
                return said.format(
                    officer=self._officer, n=act.entries, unit=act.unit, vault=act.vault[:8]
                )
            case acts.Printed():
                said = _("{officer} printed {what}.")
                if act.to == "folder":
                    said = _("{officer} wrote {what} to a folder, to be printed.")
                return said.format(officer=self._officer, what=sentences.DOCUMENTS[act.document])
            case acts.Answered() | acts.Checked() | acts.Found() | acts.Reviewed():
                return self._screening(act)
            case acts.Trained() | acts.QuizAnswered() | acts.Quizzed():
                return self._training(act)
            case acts.Signed() | acts.SigningRefused() | acts.Acknowledged() | acts.RuleRefused():
                return self._bound(act)
            case _:
                return self._course(act)

    def run(self) -> str:
        """How several such entries in a row read, with {n} for their number."""
        act, state = self._one.entry.act, self._before
        said = ""
        match act:
            case acts.Answered() if state is None or act.question not in state.answers:
                said = _("{officer} recorded the answers to {n} questions.")
            case acts.Checked() if act.holds:
                said = _("{officer} checked {n} answers, and all were borne out.")
            case acts.Found() if act.section and act.finding == "suitable":
                said = _("{officer} found {n} sections suitable.")
            case acts.Trained():
                said = _("{officer} recorded that {n} modules were taught.")
            case acts.QuizAnswered():
                said = _("With {officer}, {name} answered {n} questions of a quiz.")
            case acts.Acknowledged():
                said = _("With {officer}, {name} acknowledged {n} rules.")
        officer, name = (text.replace("{", "{{").replace("}", "}}") for text in self._both)
        return " ".join(said.format(officer=officer, name=name, n="{n}").splitlines())

    @property
    def _both(self) -> tuple[str, str]:
        return self._officer, self._appointee

    def _name(self, id: str) -> str:
        """An officer as they were called then, and as they are called now."""
        then, now = self._names(id, self._one.number), self._names(id, None)
        if not then or then == now:
            return now
        return _("{name} (now {now})").format(name=then, now=now)

    @property
    def _appointee(self) -> str:
        return self._before.particulars.name if self._before else _("the appointee")

    def _question(self, id: str) -> str:
        known = sentences.question(self._pack, id)
        return _quoted(known.text if known else id)

    def _answer(self, act: acts.Answered) -> str:
        return answering.words(sentences.question(self._pack, act.question), act.answer, self._day)

    @staticmethod
    def _why(reason: str) -> str:
        return " " + _("Reason: {reason}").format(reason=_stop(reason)) if reason else ""

    # -- who it is about --------------------------------------------------------

    def _value(self, who: Particulars, field: str) -> str:
        if field == "category":
            return self._pack.head.categories[who.category].name
        if field == "born":
            return self._day(who.born)
        return str(getattr(who, field)) or _("nothing")

    def _opened(self, who: Particulars) -> str:
        return _(
            "{officer} opened the dossier of {name}, for the post of {post}, {department}, "
            "category {category}."
        ).format(
            officer=self._officer,
            name=who.name,
            post=who.post,
            department=who.department,
            category=self._value(who, "category"),
        )

    def _corrected(self, act: acts.Corrected) -> str:
        old = self._before.particulars if self._before else act.particulars
        changed = "; ".join(
            _("{field} from {old} to {new}").format(
                field=said,
                old=self._value(old, field),
                new=self._value(act.particulars, field),
            )
            for field, said in FIELDS.items()
            if getattr(old, field) != getattr(act.particulars, field)
        )
        said = _("{officer} corrected the particulars").format(officer=self._officer)
        return _stop(f"{said}: {changed}" if changed else said) + self._why(act.reason)

    def _archived(self, act: acts.Archived) -> str:
        file = f"{act.file} ({sentences.volume(act.volume)})" if act.volume else act.file
        said = (
            _("{officer} exported the decision alone to {file}")
            if act.extract
            else _("{officer} exported the dossier to {file}")
        ).format(officer=self._officer, file=file)
        if act.recipients == ("passphrase",):
            return _("{said}, for a passphrase.").format(said=said)
        return ngettext(
            "{said}, for {n} recipient.", "{said}, for {n} recipients.", len(act.recipients)
        ).format(said=said, n=len(act.recipients))

    # -- screening ----------------------------------------------------------------

    def _screening(self, act: acts.Answered | acts.Checked | acts.Found | acts.Reviewed) -> str:
        match act:
            case acts.Answered():
                return self._answered(act)
            case acts.Checked():
                return self._checked(act)
            case acts.Found():
                return self._found(act)
            case acts.Reviewed():
                return self._reviewed(act)

    def _answered(self, act: acts.Answered) -> str:
        earlier = self._before.answers.get(act.question) if self._before else None
        question, new = self._question(act.question), self._answer(act)
        more = ""
        if earlier is None:
            said = _("{officer} recorded the answer to {question}: {new}")
            old = ""
        elif earlier.act.answer != act.answer:
            said = _("{officer} changed the answer to {question} from {old} to {new}")
            old = self._answer(earlier.act).removesuffix(".")
        else:
            said = _("{officer} recorded the same answer to {question} again: {new}")
            old = ""
        text = _stop(said.format(officer=self._officer, question=question, old=old, new=new))
        before = earlier.act.follow_up if earlier else ""
        if act.follow_up:
            more += " " + _("Asked further: {text}").format(text=_stop(act.follow_up))
        if before and before != act.follow_up:
            more += " " + _("Said further before: {text}").format(text=_stop(before))
        if act.note:
            more += " " + _("Noted: {text}").format(text=_stop(act.note))
        return text + more

    def _checked(self, act: acts.Checked) -> str:
        earlier = self._before.checks.get(act.question) if self._before else None
        said = (
            _("{officer} checked the answer to {question} against {reference}: it was borne out.")
            if act.holds
            else _(
                "{officer} checked the answer to {question} against {reference}: "
                "it was NOT borne out."
            )
        ).format(
            officer=self._officer,
            question=self._question(act.question),
            reference=" ".join(act.reference.split()),
        )
        if act.note:
            said += " " + _("Noted: {text}").format(text=_stop(act.note))
        if earlier is not None:
            was = (
                _("Before: borne out, by {reference}")
                if earlier.act.holds
                else _("Before: not borne out, by {reference}")
            )
            said += " " + _stop(was.format(reference=earlier.act.reference))
        return said

    def _about(self, section: str) -> str:
        known = sentences.section(self._pack, section)
        if known is not None:
            return _quoted(known.title)
        return _quoted(section) if section else _("the whole screening")

    def _found(self, act: acts.Found) -> str:
        earlier = self._before.findings.get(act.section) if self._before else None
        said = _("{officer} found {about} {finding}.").format(
            officer=self._officer,
            about=self._about(act.section),
            finding=sentences.FINDINGS[act.finding],
        ) + self._why(act.reason)
        if act.conditions:
            said += " " + _("Conditions: {conditions}").format(conditions=_stop(act.conditions))
        if earlier is not None:
            was = _("Before: {finding}.").format(finding=sentences.FINDINGS[earlier.act.finding])
            parts = (earlier.act.reason, earlier.act.conditions)
            said += " ".join((" " + was, *(_stop(part) for part in parts if part)))
        return said

    def _reviewed(self, act: acts.Reviewed) -> str:
        reviewed = self._before.findings.get("") if self._before else None
        finding = sentences.FINDINGS[reviewed.act.finding] if reviewed else _("none")
        said = (
            _("{officer} reviewed the finding on the whole screening ({finding}) and agreed.")
            if act.agrees
            else _(
                "{officer} reviewed the finding on the whole screening ({finding}) and did "
                "not agree."
            )
        )
        return said.format(officer=self._officer, finding=finding) + self._why(act.reason)

    # -- training -------------------------------------------------------------------

    def _training(self, act: acts.Trained | acts.QuizAnswered | acts.Quizzed) -> str:
        known = sentences.module(self._pack, act.module)
        title = _quoted(known.title if known else act.module)
        match act:
            case acts.Trained():
                return _(
                    "{officer} recorded that {title} was taught on {on} for {hours:g} h by "
                    "{trainer}, place: {place}"
                ).format(
                    officer=self._officer,
                    title=title,
                    on=self._day(act.on),
                    hours=act.hours,
                    trainer=act.trainer,
                    place=_stop(act.place),
                )
            case acts.QuizAnswered():
                said = (
                    _("With {officer}, {name} answered rightly in the quiz on {title}")
                    if act.answer.right
                    else _("With {officer}, {name} answered wrongly in the quiz on {title}")
                ).format(officer=self._officer, name=self._appointee, title=title)
                return f"{said}: {_quoted(act.answer.question)} {_quoted(act.answer.given)}."
            case acts.Quizzed():
                said = (
                    _(
                        "With {officer}, {name} passed the quiz on {title}, with {right} "
                        "of {n} right."
                    )
                    if act.passed
                    else _(
                        "With {officer}, {name} did not pass the quiz on {title}, with {right} "
                        "of {n} right."
                    )
                )
                return said.format(
                    officer=self._officer,
                    name=self._appointee,
                    title=title,
                    right=sum(a.right for a in act.answers),
                    n=len(act.answers),
                )

    # -- undertaking and rules --------------------------------------------------------

    def _bound(
        self, act: acts.Signed | acts.SigningRefused | acts.Acknowledged | acts.RuleRefused
    ) -> str:
        match act:
            case acts.Signed():
                return self._signed(act)
            case acts.SigningRefused():
                said = _("With {officer}, {name} refused to sign the undertaking.")
                said = said.format(officer=self._officer, name=self._appointee)
                return said + self._why(act.reason)
            case _:
                known = sentences.rule(self._pack, act.rule)
                said = (
                    _("With {officer}, {name} acknowledged the rule {rule}.")
                    if isinstance(act, acts.Acknowledged)
                    else _("With {officer}, {name} refused to acknowledge the rule {rule}.")
                ).format(
                    officer=self._officer,
                    name=self._appointee,
                    rule=_quoted(known.text if known else act.rule),
                )
                return said + self._why(act.reason if isinstance(act, acts.RuleRefused) else "")

    def _signed(self, act: acts.Signed) -> str:
        by = {side.role: side for side in act.signatures}
        appointee = by["appointee"].name if "appointee" in by else self._appointee
        said = _("{name} signed the undertaking together with {officer}").format(
            name=appointee, officer=self._officer
        )
        witness = by.get("witness")
        if witness is None:
            return f"{said}."
        name = self._name(witness.officer) if witness.officer else witness.name
        return said + _("; {witness} witnessed it.").format(witness=name)

    # -- its course -----------------------------------------------------------------

    def _course(self, act: Act) -> str:
        match act:
            case acts.Decided():
                return self._decided(act)
            case acts.Seconded():
                return self._seconded(act) + self._why(act.reason)
            case acts.Withdrawn():
                said = _("{officer} recorded that the appointment was withdrawn.")
                return said.format(officer=self._officer) + self._why(act.reason)
            case acts.Reopened():
                said = _("{officer} took the dossier up again.")
                return said.format(officer=self._officer) + self._why(act.reason)
            case acts.Left():
                said = _("{officer} recorded that {name} left the post on {on}.").format(
                    officer=self._officer, name=self._appointee, on=self._day(act.on)
                )
                return said + self._why(act.reason)
            case _:
                return ""

    def _decided(self, act: acts.Decided) -> str:
        what = DECISIONS[act.decision].format(name=self._appointee)
        said = _("{officer} decided {what}.").format(officer=self._officer, what=what)
        said += self._why(act.reason)
        if act.conditions:
            said += " " + _("Conditions: {conditions}").format(conditions=_stop(act.conditions))
        earlier = self._before.decision if self._before else None
        if earlier is not None:
            was = DECISIONS[earlier.act.decision].format(name=self._appointee)
            said += " " + _("Before, {officer} had decided {what}.").format(
                officer=self._name(earlier.officer), what=was
            )
        return said

    def _seconded(self, act: acts.Seconded) -> str:
        decision = self._before.decision if self._before else None
        what = DECISIONS[decision.act.decision] if decision else _("on {name}")
        first = self._name(decision.officer) if decision else ""
        said = (
            _("{officer}, as second officer, agreed with the decision of {first} {what}.")
            if act.agrees
            else _(
                "{officer}, as second officer, did not agree with the decision of {first} {what}."
            )
        )
        return said.format(
            officer=self._officer, first=first, what=what.format(name=self._appointee)
        )
