"""What a pack's tables must agree on beyond their types.

Each fault is one line: file, table, key, what is wrong. All faults are told,
not only the first.
"""

from __future__ import annotations

import math
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Final

from secterm.policy import host, texts
from secterm.policy.model import (
    CATEGORIES,
    GATES,
    Category,
    Head,
    Module,
    Question,
    QuizQuestion,
    Rules,
    Screening,
    Training,
    Undertaking,
)

PLACEHOLDERS: Final = frozenset(
    {
        "name",
        "born",
        "identity_number",
        "post",
        "department",
        "category",
        "level",
        "unit",
        "officer",
        "date",
        "cooling_off",
    }
)
PARTIES: Final = ("name", "unit")  # an agreement says between whom
LONGEST_VALIDITY: Final = 600  # months
LONGEST_COOLING_OFF: Final = 60  # years
MOST_HOURS: Final = 1000
LARGEST_MEMORY: Final = 2048  # MiB; RFC 9106's first recommendation
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def faults(file: str, part: Head | Screening | Training | Undertaking | Rules) -> Iterator[str]:
    """Every fault of one file's value as `file: table: key: what is wrong`."""
    match part:
        case Head():
            yield from _head(file, part)
        case Screening():
            yield from _screening(file, part)
        case Training():
            yield from _training(file, part)
        case Undertaking():
            yield from _undertaking(file, part)
        case Rules():
            yield from _rules(file, part)
    yield from texts.faults(file, part)


# -- pack.toml ----------------------------------------------------------------


def _head(file: str, head: Head) -> Iterator[str]:
    yield from _ids(f"{file}: pack", [head.id])
    if not _LANGUAGE.fullmatch(head.language):
        yield f"{file}: language: must be a language tag, such as en or pt-BR"
    if sorted(head.gates) != sorted(GATES):
        yield f"{file}: gates: must name each of {', '.join(GATES)} once"
    elif head.gates.index("training") > head.gates.index("undertaking"):
        yield f"{file}: gates: training stands before the undertaking"
    for category in CATEGORIES:
        where = f"{file}: categories {category}"
        terms = head.categories.get(category)
        if terms is None:
            yield f"{where}: is missing"
            continue
        if not 1 <= terms.validity_months <= LONGEST_VALIDITY:
            yield f"{where}: validity_months: must be 1 to {LONGEST_VALIDITY}"
        low, high = terms.cooling_off_years
        if not 0 <= low <= high <= LONGEST_COOLING_OFF:
            most = LONGEST_COOLING_OFF
            yield f"{where}: cooling_off_years: must be from fewer to more years, {most} at most"
    if head.passphrase_memory and not 64 <= head.passphrase_memory <= LARGEST_MEMORY:
        yield f"{file}: passphrase_memory: must be 64 to {LARGEST_MEMORY} (MiB), or left out"
    yield from _host(f"{file}: host", head.host)
    yield from _ladder(file, head)
    yield from _twice(f"{file}: categories", "name", [t.name for t in head.categories.values()])


def _host(where: str, raised: Mapping[host.Found, host.Level]) -> Iterator[str]:
    """A pack raises what a finding weighs, as far as that shuts nobody out for good."""
    for found, level in raised.items():
        default = host.DEFAULTS[found]
        if level == "stop" and found in host.NO_STOP:
            yield f"{where}: {found}: must not stop; setting the machine right might not end it"
        elif host.LEVELS.index(level) <= host.LEVELS.index(default):
            yield f"{where}: {found}: is {default} already; a pack can only raise it"


def _ladder(file: str, head: Head) -> Iterator[str]:
    """A core post takes two persons, and no category is guarded less than one below it."""
    core = head.categories.get("core")
    for key in ("review", "second_decision"):
        if core is not None and not getattr(core, key):
            yield f"{file}: categories core: {key}: must be true; a core post takes two persons"
    for higher, lower in pairwise(CATEGORIES):
        above, below = head.categories.get(higher), head.categories.get(lower)
        if above is None or below is None:
            continue
        where = f"{file}: categories {higher}"
        for key in ("review", "witness", "second_decision"):
            if getattr(below, key) and not getattr(above, key):
                yield f"{where}: {key}: is asked of {lower}, so it must be true here too"
        if above.cooling_off_years < below.cooling_off_years:
            yield f"{where}: cooling_off_years: must not be shorter than that of {lower}"


# -- what several files have ----------------------------------------------------


def _ids(where: str, ids: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for one in ids:
        if not one or not all(c.isascii() and (c.isalnum() or c in "_-") for c in one):
            yield f"{where} '{one}': id: only letters, digits, - and _"
        if len(one) > texts.LONGEST_ID:
            yield f"{where} '{one[:12]}…': id: more than {texts.LONGEST_ID} characters"
        if one in seen:
            yield f"{where} '{one}': id: is there twice"
        seen.add(one)


def _twice(where: str, key: str, said: Iterable[str]) -> Iterator[str]:
    """Texts between which a reader could not choose, or by which a record tells them."""
    seen: set[str] = set()
    for one in said:
        if texts.same(one) in seen:
            yield f"{where}: {key}: '{one}' is there twice"
        seen.add(texts.same(one))


def _asked(where: str, categories: tuple[Category, ...]) -> Iterator[str]:
    if not categories:
        yield f"{where}: categories: nobody is asked this"
    if len(set(categories)) != len(categories):
        yield f"{where}: categories: one is there twice"


# -- screening.toml -------------------------------------------------------------


def _screening(file: str, screening: Screening) -> Iterator[str]:
    sections = screening.sections
    questions = [q for s in sections for q in s.questions]
    if not sections:
        yield f"{file}: section: there is none"
    yield from _ids(f"{file}: section", (s.id for s in sections))
    yield from _ids(f"{file}: question", (q.id for q in questions))
    yield from _twice(f"{file}: section", "title", (s.title for s in sections))
    yield from _twice(f"{file}: question", "text", (q.text for q in questions))
    for section in sections:
        if not section.questions:
            yield f"{file}: section '{section.id}': question: there is none"
    for question in questions:
        yield from _question(f"{file}: question '{question.id}'", question)
    for category in CATEGORIES:
        if not any(category in q.categories for q in questions):
            yield f"{file}: question: category {category} is asked nothing"


def _question(where: str, q: Question) -> Iterator[str]:
    yield from _asked(where, q.categories)
    yield from _choices(where, q)
    yield from _fields(where, q)
    fitting = {"yes_no": ("", "yes", "no"), "list": ("", "any")}.get(q.kind, ("",))
    if q.adverse not in fitting:
        yield f"{where}: adverse: '{q.adverse}' does not fit a {q.kind} question"
    yield from _range(where, q)
    bounds = [b for b in (q.adverse_above, q.adverse_below) if b is not None]
    if bounds and q.kind != "number":
        yield f"{where}: adverse_above, adverse_below: only a number question has them"
    if not all(map(math.isfinite, bounds)):
        yield f"{where}: adverse_above, adverse_below: must be plain numbers"
    elif len(bounds) == 2 and bounds[0] < bounds[1]:
        yield f"{where}: adverse_above, adverse_below: leave no number that is not adverse"
    can_be_adverse = bool(q.adverse) or bool(bounds) or any(c.adverse for c in q.choices)
    if can_be_adverse and q.follow_up is None:
        yield f"{where}: follow_up: an adverse answer asks one"
    if q.follow_up is not None and not can_be_adverse:
        yield f"{where}: follow_up: no answer is adverse, so it is never asked"


def _range(where: str, q: Question) -> Iterator[str]:
    ends = [e for e in (q.least, q.most) if e is not None]
    if ends and q.kind not in ("number", "list"):
        yield f"{where}: least, most: only a number or a list question has them"
    elif not all(map(math.isfinite, ends)) or ends != sorted(ends):
        yield f"{where}: least, most: must be plain numbers, the smaller first"


def _choices(where: str, q: Question) -> Iterator[str]:
    if q.kind != "choice":
        if q.choices:
            yield f"{where}: choices: only a choice question has them"
        return
    if len(q.choices) < 2:
        yield f"{where}: choices: needs two or more"
    if q.choices and all(c.adverse for c in q.choices):
        yield f"{where}: choices: every answer is adverse"
    yield from _ids(f"{where}: choice", (c.id for c in q.choices))
    yield from _twice(f"{where}: choices", "text", (c.text for c in q.choices))


def _fields(where: str, q: Question) -> Iterator[str]:
    if q.kind != "list":
        if q.fields:
            yield f"{where}: fields: only a list question has them"
        return
    if not any(f.required for f in q.fields):
        yield f"{where}: fields: needs one or more that are required"
    yield from _ids(f"{where}: field", (f.id for f in q.fields))
    yield from _twice(f"{where}: fields", "text", (f.text for f in q.fields))


# -- training.toml --------------------------------------------------------------


def _training(file: str, training: Training) -> Iterator[str]:
    modules = training.modules
    if not modules:
        yield f"{file}: module: there is none"
    yield from _ids(f"{file}: module", (m.id for m in modules))
    yield from _ids(f"{file}: question", (q.id for m in modules for q in m.bank))
    yield from _twice(f"{file}: module", "title", (m.title for m in modules))
    for module in modules:
        yield from _module(f"{file}: module '{module.id}'", module)
    for category in CATEGORIES:
        if not any(category in m.hours for m in modules):
            yield f"{file}: module: category {category} is taught nothing"


def _module(where: str, m: Module) -> Iterator[str]:
    if not m.covers or len(set(m.covers)) != len(m.covers):
        yield f"{where}: covers: must name one thing or more, each once"
    if not m.hours:
        yield f"{where}: hours: nobody owes this module"
    if set(m.hours) != set(m.validity_months):
        yield f"{where}: validity_months: must name the categories that hours names"
    if not all(0 < h <= MOST_HOURS for h in m.hours.values()):
        yield f"{where}: hours: must be more than 0 and at most {MOST_HOURS}"
    if not all(1 <= v <= LONGEST_VALIDITY for v in m.validity_months.values()):
        yield f"{where}: validity_months: must be 1 to {LONGEST_VALIDITY}"
    # A record tells a question by its text.
    yield from _twice(f"{where}: question", "text", (q.text for q in m.bank))
    for q in m.bank:
        yield from _quiz_question(f"{where}: question '{q.id}'", q)
    if m.quiz is None:
        if m.bank:
            yield f"{where}: quiz: is missing, though there are questions"
        if m.reading:
            yield f"{where}: reading: is shown before a quiz, and there is none"
        return
    if not m.reading:
        yield f"{where}: reading: a module with a quiz carries its text"
    if not 1 <= m.quiz.draw <= len(m.bank):
        yield f"{where}: quiz draw: must be 1 to {len(m.bank)}, the number of questions"
    if not 1 <= m.quiz.passing <= m.quiz.draw:
        yield f"{where}: quiz passing: must be 1 to {m.quiz.draw}"
    if m.quiz.attempts < 1:
        yield f"{where}: quiz attempts: must be 1 or more"


def _quiz_question(where: str, q: QuizQuestion) -> Iterator[str]:
    if not q.right.strip():
        yield f"{where}: right: there is no right answer"
    if not q.wrong or not all(answer.strip() for answer in q.wrong):
        yield f"{where}: wrong: needs one or more, and none of them empty"
    yield from _twice(where, "wrong", (q.right, *q.wrong))


# -- undertaking.toml -----------------------------------------------------------


def _undertaking(file: str, u: Undertaking) -> Iterator[str]:
    if not u.parts:
        yield f"{file}: part: there is none"
    yield from _ids(f"{file}: part", (p.id for p in u.parts))
    yield from _twice(f"{file}: part", "title", (p.title for p in u.parts))
    yield from _placeholders(f"{file}: title", u.title)
    yield from _placeholders(f"{file}: preamble", u.preamble)
    yield from _placeholders(f"{file}: declaration", u.declaration)
    for party in PARTIES:
        if f"{{{party}}}" not in u.preamble:
            yield f"{file}: preamble: must say {{{party}}}; an agreement names both sides"
    for part in u.parts:
        if not part.clauses:
            yield f"{file}: part '{part.id}': clauses: there is none"
        for number, clause in enumerate(part.clauses, 1):
            where = f"{file}: part '{part.id}': clauses #{number}"
            if not clause.strip():
                yield f"{where}: is empty"
            yield from _placeholders(where, clause)


def _placeholders(where: str, text: str) -> Iterator[str]:
    try:
        for _, field, spec, conversion in string.Formatter().parse(text):
            if field is None:
                continue
            if field not in PLACEHOLDERS or spec or conversion:
                yield f"{where}: placeholder {{{field}}}: nothing fills it"
    except ValueError:
        yield f"{where}: a brace stands alone"


# -- rules.toml -----------------------------------------------------------------


def _rules(file: str, rules: Rules) -> Iterator[str]:
    if not rules.rules:
        yield f"{file}: rule: there is none"
    yield from _ids(f"{file}: rule", (r.id for r in rules.rules))
    yield from _twice(f"{file}: rule", "text", (r.text for r in rules.rules))
    for rule in rules.rules:
        yield from _asked(f"{file}: rule '{rule.id}'", rule.categories)
    for category in CATEGORIES:
        if not any(category in r.categories for r in rules.rules):
            yield f"{file}: rule: category {category} has none"
