"""What an entry says, in one sentence: for timelines, records and papers."""

from __future__ import annotations

from secterm.dossier import answering
from secterm.dossier import entries as acts
from secterm.dossier.entries import Act, Document, Finding, Volume
from secterm.policy.model import Module, Pack, Question, Rule, Section
from secterm.words import _

FINDINGS: dict[Finding, str] = {
    "suitable": _("suitable"),
    "conditions": _("suitable with conditions"),
    "unsuitable": _("unsuitable"),
}


DOCUMENTS: dict[Document, str] = {
    "undertaking": _("the undertaking"),
    "rules": _("the rules"),
    "training": _("the training record"),
    "screening": _("the screening report"),
    "decision": _("the decision"),
    "receipt": _("the receipt of an archive"),
}


def question(pack: Pack, id: str) -> Question | None:
    """A question of the pack by its id."""
    return next((q for s in pack.screening.sections for q in s.questions if q.id == id), None)


def section(pack: Pack, id: str) -> Section | None:
    """A section of the pack by its id."""
    return next((s for s in pack.screening.sections if s.id == id), None)


def module(pack: Pack, id: str) -> Module | None:
    """A module of the pack by its id."""
    return next((m for m in pack.training.modules if m.id == id), None)


def rule(pack: Pack, id: str) -> Rule | None:
    """A rule of the pack by its id."""
    return next((r for r in pack.rules.rules if r.id == id), None)


def volume(one: Volume) -> str:
    """Which archive it is of the several of one export."""
    return _("volume {number} of {of}").format(number=one.number, of=one.of)


def sentence(act: Act, pack: Pack) -> str:
    """What happened, in one line, without its time and officer."""
    match act:
        case acts.Opened():
            who = act.particulars
            return _("Opened: {name}, {post}, {category}").format(
                name=who.name, post=who.post, category=who.category
            )
        case acts.Corrected():
            return _("Particulars corrected: {reason}").format(reason=act.reason)
        case acts.Answered() | acts.Checked() | acts.Found() | acts.Reviewed():
            return _screening(act, pack)
        case acts.Trained() | acts.QuizAnswered() | acts.Quizzed():
            return _training(act, pack)
        case acts.Signed():
            names = ", ".join(f"{s.name} ({s.role})" for s in act.signatures)
            return _("Undertaking signed by {names}").format(names=names)
        case acts.SigningRefused():
            return _("Refused to sign the undertaking: {reason}").format(reason=act.reason)
        case acts.Acknowledged():
            known = rule(pack, act.rule)
            return _("Rule acknowledged: {rule}").format(rule=known.text if known else act.rule)
        case acts.RuleRefused():
            known = rule(pack, act.rule)
            return _("Rule refused: {rule} Said: {reason}").format(
                rule=known.text if known else act.rule, reason=act.reason
            )
        case acts.Noted():
            return _noted(act, pack)
        case acts.Archived():
            said = _("Decision exported to {file}") if act.extract else _("Exported to {file}")
            file = f"{act.file} ({volume(act.volume)})" if act.volume else act.file
            return said.format(file=file)
        case acts.Received():
            return _("Received from {unit} ({vault}), entries: {n}").format(
                unit=act.unit, vault=act.vault[:8], n=act.entries
            )
        case acts.Printed():
            said = _("Printed: {what}") if act.to == "printer" else _("Written to print: {what}")
            return said.format(what=DOCUMENTS[act.document])
        case _:
            return _course(act)


def _noted(act: acts.Noted, pack: Pack) -> str:
    if not act.question:
        return _("Note: {text}").format(text=act.text)
    asked = question(pack, act.question)
    text = asked.text if asked else act.question
    return _("Note on “{question}”: {text}").format(question=text, text=act.text)


def _screening(act: acts.Answered | acts.Checked | acts.Found | acts.Reviewed, pack: Pack) -> str:
    match act:
        case acts.Answered():
            asked = question(pack, act.question)
            said = answering.words(asked, act.answer)
            more = _(" Asked further: {text}").format(text=act.follow_up) if act.follow_up else ""
            text = asked.text if asked else act.question
            said = said if said.endswith((".", "!", "?")) else f"{said}."
            return _("{question} Answer: {answer}").format(question=text, answer=said) + more
        case acts.Checked():
            verdict = _("borne out") if act.holds else _("not borne out")
            return _("Checked {id} against {reference}: {verdict}").format(
                id=act.question, reference=act.reference, verdict=verdict
            )
        case acts.Found():
            known = section(pack, act.section)
            about = known.title if known else _("the whole screening")
            said = _("Finding on {about}: {finding}").format(
                about=about, finding=FINDINGS[act.finding]
            )
            more = "; ".join(t for t in (act.reason, act.conditions) if t)
            return f"{said}. {more}" if more else said
        case acts.Reviewed():
            if act.agrees:
                return _("Second officer agrees with the finding")
            return _("Second officer does not agree with the finding: {reason}").format(
                reason=act.reason
            )


def _training(act: acts.Trained | acts.QuizAnswered | acts.Quizzed, pack: Pack) -> str:
    known = module(pack, act.module)
    title = known.title if known else act.module
    if isinstance(act, acts.Trained):
        return _("Taught: {title}, {hours:g} h on {on} by {trainer}, {place}").format(
            title=title, hours=act.hours, on=act.on, trainer=act.trainer, place=act.place
        )
    if isinstance(act, acts.QuizAnswered):
        one = act.answer
        return _("Quiz answer: {question} Given: {given} ({verdict})").format(
            question=one.question,
            given=one.given,
            verdict=_("right") if one.right else _("wrong"),
        )
    right = sum(a.right for a in act.answers)
    verdict = _("passed") if act.passed else _("failed")
    return _("Quiz {verdict}: {title}, {right} of {n} right").format(
        verdict=verdict, title=title, right=right, n=len(act.answers)
    )


def _course(act: Act) -> str:
    match act:
        case acts.Decided():
            said = {
                "admit": _("Decision: admit. {reason}"),
                "refuse": _("Decision: refuse. {reason}"),
                "defer": _("Decision: defer. {reason}"),
            }[act.decision].format(reason=act.reason)
            if act.conditions:
                said += _(" Conditions: {conditions}").format(conditions=act.conditions)
            return said
        case acts.Seconded():
            if act.agrees:
                return _("Second officer agrees with the decision")
            return _("Second officer does not agree: {reason}").format(reason=act.reason)
        case acts.Withdrawn():
            return _("Withdrawn: {reason}").format(reason=act.reason)
        case acts.Reopened():
            return _("Reopened: {reason}").format(reason=act.reason)
        case acts.Left():
            return _("Left the post on {on}: {reason}").format(on=act.on, reason=act.reason)
        case _:
            return ""
