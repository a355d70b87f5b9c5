"""The documents of one dossier, each made of its entries and its pack alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final, TypeVar

from secterm.dossier import answering, gates, sentences, signatures
from secterm.dossier import entries as acts
from secterm.dossier.days import in_full, told
from secterm.dossier.entries import Answer, Document
from secterm.dossier.fold import Told
from secterm.paper import TITLES, Matter, Paper, Receipt
from secterm.paper.sheet import SMALL, WIDTH, Cell, Column, Head, Sheet, pack_line
from secterm.policy.model import Module, Question, Rule
from secterm.words import _, ngettext

CLAUSE: Final = re.compile(r"(\d+\.\d+)  (.*)")
T = TypeVar("T")

NO_BREAK: Final = "\u00a0"
READ: Final = 10.5  # points
HANGING: Final = 12.0  # millimetres
FINGERPRINT: Final = 32  # hex digits of a key's SHA-256
ROLES: Final = {
    "appointee": _("appointee"),
    "officer": _("security officer, for the unit"),
    "witness": _("witness"),
}
DECISIONS: Final = {
    "admit": _("Admitted to the post"),
    "refuse": _("Refused"),
    "defer": _("Deferred"),
}
NEED_TO_KNOW: Final = _(
    "Need to know: only for the officers who decide on this appointment or review it."
)


def made(matter: Matter, document: Document) -> Paper:
    """A document that is there (`secterm.paper.there`)."""
    sheet = Sheet(_head(matter, document))
    _MAKERS[document](_Setting(matter, sheet))
    return sheet.finished()


def receipt(head: Head, what: Receipt) -> Paper:
    """The receipt of any archive."""
    sheet = Sheet(head)
    _set_receipt(sheet, what)
    return sheet.finished()


def groups(digits: str) -> str:
    """Hex digits in groups of four, to be compared by eye or voice."""
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def fingerprint(public_key: str) -> str:
    """Of a key in hex: the first 32 hex digits of its SHA-256."""
    try:
        return groups(hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:FINGERPRINT])
    except ValueError:
        return _("none: this is no key")


def moment(text: str) -> str:
    """A recorded time in full, to the minute and with its distance from UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    day = in_full(at.date()).replace(" ", NO_BREAK)
    return f"{day}, {at:%H:%M} (UTC{at.isoformat()[19:]})"


def _head(matter: Matter, document: Document) -> Head:
    terms = gates.terms_of(matter.state, matter.pack)
    last = matter.entries[-1].entry.at
    return Head(
        unit=matter.unit,
        title=TITLES[document],
        about=_("Dossier {id}, as of {day}").format(id=matter.id, day=told(last)),
        checkpoint=matter.checkpoint,
        made=datetime.fromisoformat(last),
        pack=pack_line(matter.pack),
        level=_("Post up to: {level}").format(level=terms.level),
        notice=NEED_TO_KNOW if document == "screening" else "",
        language=matter.pack.head.language,
    )


class _Setting:
    """What the documents of a dossier have in common."""

    def __init__(self, matter: Matter, sheet: Sheet) -> None:
        self.matter, self.sheet = matter, sheet
        self.state, self.pack = matter.state, matter.pack

    def name(self, id: str, at: int | None = None) -> str:
        """An officer's name then, and now where it is another."""
        then, now = self.matter.names(id, at), self.matter.names(id, None)
        if not then or then == now:
            return now
        return _("{name} (now {now})").format(name=then, now=now)

    def by(self, one: Told[T]) -> str:
        """Who recorded it, when, and as which entry."""
        return _("{officer}, {at}, entry #{number}").format(
            officer=self.name(one.officer, one.number), at=moment(one.at), number=one.number
        )

    def who(self) -> None:
        """Whom it is about."""
        who, terms = self.state.particulars, gates.terms_of(self.state, self.pack)
        self.sheet.facts(
            [
                (_("Name"), who.name),
                (_("Date of birth"), told(who.born)),
                (_("Identity number"), who.identity_number),
                (_("Post"), who.post),
                (_("Department"), who.department),
                (
                    _("Category"),
                    _("{category}, up to {level}").format(category=terms.name, level=terms.level),
                ),
            ]
        )

    def ink(self, *officers: tuple[str, str]) -> None:
        """Lines to sign on by hand."""
        self.sheet.heading(_("For signatures in ink"))
        self.sheet.small(
            _(
                "What was recorded holds by the entries and their electronic signatures; ink on "
                "this copy is a further mark of them."
            )
        )
        self.sheet.ink(officers)

    @property
    def appointee(self) -> tuple[str, str]:
        """The appointee as one who signs."""
        return self.state.particulars.name, ROLES["appointee"]


# -- the undertaking ---------------------------------------------------------------


def _undertaking(to: _Setting) -> None:
    signed = to.state.signed
    if signed is None:
        to.sheet.text(_("No undertaking is signed."))
        return
    act = signed.act
    to.who()
    to.sheet.heading(_("The text"))
    to.sheet.small(_("Line for line as it was read and signed."))
    to.sheet.gap(2)
    _as_read(to.sheet, act.text)
    to.ink(*((side.name, ROLES[side.role]) for side in act.signatures))
    to.sheet.heading(_("The electronic signatures"))
    to.sheet.text(
        _(
            "On {day} all sides signed one statement, each with an Ed25519 key of their own. The "
            "statement names the text by its SHA-256."
        ).format(day=told(act.on))
    )
    to.sheet.gap(1.5)
    for side in act.signatures:
        to.sheet.facts(
            [
                (ROLES[side.role].capitalize(), side.name),
                (_("Fingerprint of the key"), fingerprint(side.public_key)),
                (_("Public key"), groups(side.public_key)),
                (_("Signature"), groups(side.signature)),
            ]
        )
        to.sheet.gap(1.5)
    to.sheet.facts(
        [
            (_("SHA-256 of the text"), groups(act.text_sha256)),
            (_("Recorded by"), to.by(signed)),
            (_("Checked for this copy"), _check(to.matter, act)),
        ]
    )
    to.sheet.gap(1.5)
    to.sheet.heading(_("The statement that was signed"))
    to.sheet.text(act.statement.rstrip("\n"), size=SMALL)
    to.sheet.gap(1.5)
    to.sheet.small(
        _(
            "A fingerprint is the first {n} hex digits of the SHA-256 of a public key. Each "
            "signature is Ed25519 over the statement, a newline after each of its lines. All of "
            "it is in the entry as well, and in every archive of the dossier."
        ).format(n=FINGERPRINT)
    )


def _as_read(sheet: Sheet, text: str) -> None:
    """The lines as they stand, a clause's under each other, a line by itself as a heading."""
    lines = ["", *text.rstrip("\n").split("\n"), "."]
    inside = False
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        clause = CLAUSE.fullmatch(line)
        if not line.strip():
            inside = False
            sheet.gap(2.2)
        elif clause:
            inside = True
            sheet.row(
                Cell(0, HANGING, clause[1], size=READ),
                Cell(HANGING, WIDTH - HANGING, clause[2], size=READ),
            )
        elif inside and line.startswith("  "):
            sheet.text(line.strip(), size=READ, x=HANGING)
        elif not before.strip() and not after.strip() and not line.endswith("."):
            sheet.gap(2)
            sheet.together(20)
            sheet.text(line, "B", READ)
        else:
            sheet.text(line, size=READ)


def _check(matter: Matter, act: acts.Signed) -> str:
    try:
        signatures.check(act, vault=matter.vault, dossier=matter.id)
    except signatures.BadSignature as bad:
        return _("THIS DOES NOT HOLD: {reason}. Verify the vault.").format(reason=bad)
    return _("The text, the statement and every signature hold.")


# -- the rules ---------------------------------------------------------------------


def _rules(to: _Setting) -> None:
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


def _rule(to: _Setting, number: int, id: str, rule: Rule | None) -> Sequence[str]:
    text = id if rule is None else f"{rule.text}\n{_('Reason:')} {rule.reason}"
    yes, no = to.state.acknowledged.get(id), to.state.rules_refused.get(id)
    if yes is not None:
        said = _("Acknowledged before {by}").format(by=to.by(yes))
    elif no is not None:
        said = _("REFUSED before {by}. Said: {reason}").format(by=to.by(no), reason=no.act.reason)
    else:
        said = _("Not acknowledged")
    return f"{number}", text, said


# -- training ----------------------------------------------------------------------


def _training(to: _Setting) -> None:
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


def _hours(to: _Setting, module: Module) -> float:
    return module.hours.get(to.state.particulars.category, 0)


def _module(to: _Setting, id: str, module: Module | None) -> None:
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


# -- screening ---------------------------------------------------------------------


def _screening(to: _Setting) -> None:
    state, sheet = to.state, to.sheet
    sheet.text(
        _(
            "This report has what the appointee told in confidence. It is for the officers who "
            "decide on this appointment or review it, and for nobody else; it does not go into "
            "the personnel file. Keep it locked up, and destroy it when it has served."
        )
    )
    sheet.gap(3)
    to.who()
    sheet.heading(_("The finding on the whole"))
    _finding(to, "")
    if state.review is not None:
        agrees = state.review.act.agrees
        sheet.facts(
            [
                (_("Second officer"), _("agrees") if agrees else _("does NOT agree")),
                *([] if agrees else [(_("Reason"), state.review.act.reason)]),
                (_("Recorded by"), to.by(state.review)),
            ]
        )
    number = 0
    for section, questions in gates.asked_of(to.pack, state):
        sheet.heading(section.title)
        _finding(to, section.id)
        sheet.gap(1.5)
        for question in questions:
            number += 1
            _question(to, number, question)
    _unknown(to)
    finder = state.findings.get("")
    second = state.review
    to.ink(
        *(
            (to.name(one.officer, one.number), role)
            for one, role in ((finder, _("security officer")), (second, _("second officer")))
            if one is not None
        )
    )


def _finding(to: _Setting, section: str) -> None:
    found = to.state.findings.get(section)
    if found is None:
        to.sheet.text(_("No finding is made yet."))
        return
    act = found.act
    to.sheet.facts(
        [
            (_("Finding"), sentences.FINDINGS[act.finding].capitalize()),
            *([(_("Reason"), act.reason)] if act.reason else []),
            *([(_("Conditions"), act.conditions)] if act.conditions else []),
            (_("Recorded by"), to.by(found)),
        ]
    )


def _question(to: _Setting, number: int, question: Question) -> None:
    sheet, state = to.sheet, to.state
    sheet.together(24)
    sheet.row(Cell(0, 9, f"{number}."), Cell(9, WIDTH - 9, question.text, "B"))
    sheet.gap(0.5)
    given = state.answers.get(question.id)
    if given is None:
        sheet.facts([(_("Answer"), _("not answered yet"))], x=9)
        sheet.gap(1.5)
        return
    sheet.facts(_answered(to, question, given), x=9)
    made = state.checks.get(question.id)
    if made is not None and made.number > given.number:
        sheet.facts(_checked(to, made), x=9)
    elif question.check and gates.needs_check(state, question):
        sheet.facts([(_("To be checked"), _("{what}: not yet").format(what=question.check))], x=9)
    for note in state.notes.get(question.id, ()):
        sheet.facts([(_("Note"), f"{note.act.text}\n{to.by(note)}")], x=9)
    sheet.gap(1.5)


def _answered(
    to: _Setting, question: Question | None, given: Told[acts.Answered]
) -> Iterator[tuple[str, str]]:
    act = given.act
    adverse = question is not None and gates.is_adverse(question, act.answer)
    yield _("Answer"), _words(question, act.answer)
    if adverse:
        yield _("Weighs"), _("This answer asks for a closer look.")
    if act.follow_up and question is not None and question.follow_up is not None:
        yield _("Asked further"), question.follow_up.text
    if act.follow_up:
        yield _("Said further"), act.follow_up
    if act.note:
        yield _("Noted"), act.note
    yield _("Recorded by"), to.by(given)


def _checked(to: _Setting, made: Told[acts.Checked]) -> Iterator[tuple[str, str]]:
    held = _("borne out") if made.act.holds else _("NOT borne out")
    yield (
        _("Checked against"),
        _("{reference}: {held}").format(reference=made.act.reference, held=held),
    )
    if made.act.note:
        yield _("Noted"), made.act.note
    yield _("Recorded by"), to.by(made)


def _words(question: Question | None, answer: Answer) -> str:
    """An answer as it reads; what has rows, a row each with its fields named."""
    if isinstance(answer, list) and answer:
        return "\n".join(f"{n}. {_row(question, row)}" for n, row in enumerate(answer, 1))
    if isinstance(answer, str) and "\n" in answer.strip():
        return answer.strip()
    return answering.words(question, answer, told)


def _row(question: Question | None, row: acts.Row) -> str:
    fields = {field.id: field for field in question.fields} if question else {}
    said = []
    for key, text in row.items():
        field = fields.get(key)
        if text:
            text = told(text) if field is not None and field.kind == "date" else text
            said.append(f"{field.text if field else key}: {text}")
    return "; ".join(said)


def _unknown(to: _Setting) -> None:
    """Answers to what this category is not asked any more."""
    asked = {q.id for _section, questions in gates.asked_of(to.pack, to.state) for q in questions}
    others = {id: given for id, given in to.state.answers.items() if id not in asked}
    if not others:
        return
    to.sheet.heading(_("Answers to questions that this category is not asked"))
    for id, given in others.items():
        question = sentences.question(to.pack, id)
        to.sheet.text(question.text if question else id, "B", x=9)
        to.sheet.facts(_answered(to, question, given), x=9)
        to.sheet.gap(1.5)


# -- the decision ------------------------------------------------------------------


def _decision(to: _Setting) -> None:
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


def _grounds(to: _Setting) -> None:
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
        signature = _("signed on {day}; entry #{number}").format(
            day=told(signed.act.on), number=signed.number
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


def _since(to: _Setting) -> None:
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


# -- the receipt -------------------------------------------------------------------


def _receipt(to: _Setting) -> None:
    found = to.state.archived
    if found is None:
        to.sheet.text(_("No archive was written of this dossier."))
        return
    _set_receipt(
        to.sheet,
        Receipt(
            file=found.act.file,
            sha256=found.act.sha256,
            at=found.at,
            officer=to.name(found.officer, found.number),
            recipients=found.act.recipients,
        ),
    )


def _set_receipt(sheet: Sheet, what: Receipt) -> None:
    unknown = _("not recorded")
    size = unknown if what.size is None else _("{n:,} bytes").format(n=what.size)
    for_whom = "\n".join(what.recipients)
    if what.recipients == ("passphrase",):
        for_whom = _("whoever knows the archive's passphrase")
    sheet.text(
        _("This archive was written, read back from the medium and compared before it counted.")
    )
    sheet.gap(3)
    sheet.facts(
        [
            (_("File"), what.file),
            (_("SHA-256"), groups(what.sha256)),
            (_("Size"), size),
            (_("Written"), moment(what.at)),
            (_("By"), what.officer),
            (_("Medium"), what.medium or unknown),
            (_("Its checkpoint"), what.checkpoint or unknown),
            (_("Encrypted to"), for_whom or unknown),
        ]
    )
    sheet.heading(_("To check it"))
    sheet.text(
        _(
            "Compare the SHA-256 with what sha256sum says of the file. “secterm inspect” says "
            "what is in the archive and whether it holds; age and tar open it without this "
            "program."
        )
    )
    sheet.heading(_("For signatures in ink"))
    sheet.ink([(what.officer, _("who hands it over")), ("", _("Who receives it"))])


_MAKERS: Final[dict[Document, Callable[[_Setting], None]]] = {
    "undertaking": _undertaking,
    "rules": _rules,
    "training": _training,
    "screening": _screening,
    "decision": _decision,
    "receipt": _receipt,
}
