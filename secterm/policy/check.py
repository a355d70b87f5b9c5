"""What a pack's tables must agree on beyond their types.

Each fault is one line: file, table, key, what is wrong. All faults are told,
not only the first.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from typing import Final

from secterm.policy.model import (
    CATEGORIES,
    GATES,
    Category,
    Module,
    Pack,
    Question,
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


def faults(pack: Pack) -> Iterator[str]:
    """Every fault of `pack` as `file: table: key: what is wrong`."""
    yield from _head(pack)
    yield from _screening(pack)
    yield from _training(pack)
    yield from _undertaking(pack)
    yield from _rules(pack)


def _head(pack: Pack) -> Iterator[str]:
    head = pack.head
    if sorted(head.gates) != sorted(GATES):
        yield f"pack.toml: gates: must name each of {', '.join(GATES)} once"
    elif head.gates.index("training") > head.gates.index("undertaking"):
        yield "pack.toml: gates: training stands before the undertaking"
    for category in CATEGORIES:
        where = f"pack.toml: categories {category}"
        terms = head.categories.get(category)
        if terms is None:
            yield f"{where}: is missing"
            continue
        if terms.validity_months < 1:
            yield f"{where}: validity_months: must be 1 or more"
        low, high = terms.cooling_off_years
        if not 0 <= low <= high:
            yield f"{where}: cooling_off_years: must be from fewer to more years"


def _duplicates(where: str, ids: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for one in ids:
        if not one or not all(c.isascii() and (c.isalnum() or c in "_-") for c in one):
            yield f"{where} '{one}': id: only letters, digits, - and _"
        if one in seen:
            yield f"{where} '{one}': id: is there twice"
        seen.add(one)


def _asked(where: str, categories: tuple[Category, ...]) -> Iterator[str]:
    if not categories:
        yield f"{where}: categories: nobody is asked this"
    if len(set(categories)) != len(categories):
        yield f"{where}: categories: one is there twice"


def _screening(pack: Pack) -> Iterator[str]:
    file = "screening.toml"
    sections = pack.screening.sections
    if not sections:
        yield f"{file}: section: there is none"
    yield from _duplicates(f"{file}: section", (s.id for s in sections))
    yield from _duplicates(f"{file}: question", (q.id for s in sections for q in s.questions))
    for section in sections:
        if not section.questions:
            yield f"{file}: section '{section.id}': question: there is none"
        for question in section.questions:
            yield from _question(f"{file}: question '{question.id}'", question)
    for category in CATEGORIES:
        if not any(category in q.categories for s in sections for q in s.questions):
            yield f"{file}: question: category {category} is asked nothing"


def _question(where: str, q: Question) -> Iterator[str]:
    yield from _asked(where, q.categories)
    if not q.text.strip():
        yield f"{where}: text: is empty"
    if q.kind == "choice":
        if len(q.choices) < 2:
            yield f"{where}: choices: needs two or more"
        yield from _duplicates(f"{where}: choice", (c.id for c in q.choices))
    elif q.choices:
        yield f"{where}: choices: only a choice question has them"
    if q.kind == "list":
        if not q.fields:
            yield f"{where}: fields: needs one or more"
        yield from _duplicates(f"{where}: field", (f.id for f in q.fields))
    elif q.fields:
        yield f"{where}: fields: only a list question has them"
    fitting = {"yes_no": ("", "yes", "no"), "list": ("", "any")}.get(q.kind, ("",))
    if q.adverse not in fitting:
        yield f"{where}: adverse: '{q.adverse}' does not fit a {q.kind} question"
    bounds = q.adverse_above is not None or q.adverse_below is not None
    if bounds and q.kind != "number":
        yield f"{where}: adverse_above, adverse_below: only a number question has them"
    can_be_adverse = bool(q.adverse) or bounds or any(c.adverse for c in q.choices)
    if can_be_adverse and q.follow_up is None:
        yield f"{where}: follow_up: an adverse answer asks one"
    if q.follow_up is not None and not can_be_adverse:
        yield f"{where}: follow_up: no answer is adverse, so it is never asked"


def _training(pack: Pack) -> Iterator[str]:
    file = "training.toml"
    modules = pack.training.modules
    if not modules:
        yield f"{file}: module: there is none"
    yield from _duplicates(f"{file}: module", (m.id for m in modules))
    yield from _duplicates(f"{file}: question", (q.id for m in modules for q in m.bank))
    for module in modules:
        yield from _module(f"{file}: module '{module.id}'", module)
    for category in CATEGORIES:
        if not any(category in m.hours for m in modules):
            yield f"{file}: module: category {category} is taught nothing"


def _module(where: str, m: Module) -> Iterator[str]:
    if not m.hours:
        yield f"{where}: hours: nobody owes this module"
    if set(m.hours) != set(m.validity_months):
        yield f"{where}: validity_months: must name the categories that hours names"
    if any(h <= 0 for h in m.hours.values()):
        yield f"{where}: hours: must be more than 0"
    if any(v < 1 for v in m.validity_months.values()):
        yield f"{where}: validity_months: must be 1 or more"
    for q in m.bank:
        here = f"{where}: question '{q.id}'"
        if not q.right.strip():
            yield f"{here}: right: there is no right answer"
        if not q.wrong:
            yield f"{here}: wrong: needs one or more"
        if q.right in q.wrong or len(set(q.wrong)) != len(q.wrong):
            yield f"{here}: wrong: an answer is there twice"
    if m.quiz is None:
        if m.bank:
            yield f"{where}: quiz: is missing, though there are questions"
        return
    if not m.reading:
        yield f"{where}: reading: a module with a quiz carries its text"
    if not 1 <= m.quiz.draw <= len(m.bank):
        yield f"{where}: quiz draw: must be 1 to {len(m.bank)}, the number of questions"
    if not 1 <= m.quiz.passing <= m.quiz.draw:
        yield f"{where}: quiz passing: must be 1 to {m.quiz.draw}"
    if m.quiz.attempts < 1:
        yield f"{where}: quiz attempts: must be 1 or more"


def _undertaking(pack: Pack) -> Iterator[str]:
    file = "undertaking.toml"
    u = pack.undertaking
    if not u.parts:
        yield f"{file}: part: there is none"
    yield from _duplicates(f"{file}: part", (p.id for p in u.parts))
    yield from _placeholders(f"{file}: title", u.title)
    yield from _placeholders(f"{file}: preamble", u.preamble)
    yield from _placeholders(f"{file}: declaration", u.declaration)
    for part in u.parts:
        if not part.clauses:
            yield f"{file}: part '{part.id}': clauses: there is none"
        for number, clause in enumerate(part.clauses, 1):
            yield from _placeholders(f"{file}: part '{part.id}': clauses #{number}", clause)


def _placeholders(where: str, text: str) -> Iterator[str]:
    try:
        for _, field, spec, conversion in string.Formatter().parse(text):
            if field is None:
                continue
            if field not in PLACEHOLDERS or spec or conversion:
                yield f"{where}: placeholder {{{field}}}: nothing fills it"
    except ValueError:
        yield f"{where}: a brace stands alone"


def _rules(pack: Pack) -> Iterator[str]:
    file = "rules.toml"
    rules = pack.rules.rules
    if not rules:
        yield f"{file}: rule: there is none"
    yield from _duplicates(f"{file}: rule", (r.id for r in rules))
    for rule in rules:
        where = f"{file}: rule '{rule.id}'"
        yield from _asked(where, rule.categories)
        if not rule.text.strip():
            yield f"{where}: text: is empty"
        if not rule.reason.strip():
            yield f"{where}: reason: is empty"
    for category in CATEGORIES:
        if not any(category in r.categories for r in rules):
            yield f"{file}: rule: category {category} has none"
