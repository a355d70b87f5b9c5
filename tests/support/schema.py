"""As much of JSON Schema 2020-12 as an archive's schemas use, by a hand of its own: a word that
it does not know is an error, so that nothing is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "number": (int, float),
    "integer": int,
}
SAID = {"$schema", "$defs", "title", "description", "default", "discriminator"}


def faults(
    value: Any, schema: dict[str, Any], whole: dict[str, Any], at: str = ""
) -> Iterator[str]:
    """Where a value is not as a schema has it; `whole` is the schema's document."""
    for word, told in schema.items():
        if word in SAID:
            continue
        yield from _WORDS[word](value, told, schema, whole, at)


def _ref(value, told, _schema, whole, at):
    assert told.startswith("#/$defs/")
    yield from faults(value, whole["$defs"][told.removeprefix("#/$defs/")], whole, at)


def _type(value, told, _schema, _whole, at):
    kinds = [told] if isinstance(told, str) else told
    odd = isinstance(value, bool) and "boolean" not in kinds
    if odd or not any(isinstance(value, KINDS[kind]) for kind in kinds):
        yield f"{at}: is no {told}"


def _properties(value, told, _schema, whole, at):
    for name, schema in told.items():
        if isinstance(value, dict) and name in value:
            yield from faults(value[name], schema, whole, f"{at}/{name}")


def _more(value, told, schema, whole, at):
    known = schema.get("properties", {})
    for name in value if isinstance(value, dict) else ():
        if name not in known and told is False:
            yield f"{at}/{name}: is one more"
        elif name not in known and isinstance(told, dict):
            yield from faults(value[name], told, whole, f"{at}/{name}")


def _required(value, told, _schema, _whole, at):
    there = value if isinstance(value, dict) else told
    yield from (f"{at}/{name}: is missing" for name in told if name not in there)


def _items(value, told, _schema, whole, at):
    for place, item in enumerate(value if isinstance(value, list) else ()):
        yield from faults(item, told, whole, f"{at}/{place}")


def _enum(value, told, _schema, _whole, at):
    if value not in told:
        yield f"{at}: is none of {told}"


def _const(value, told, _schema, _whole, at):
    if value != told:
        yield f"{at}: is not {told}"


def _any_of(value, told, _schema, whole, at):
    tried = [list(faults(value, each, whole, at)) for each in told]
    if all(tried):
        yield min(tried, key=len)[0]


def _pattern(value, told, _schema, _whole, at):
    if isinstance(value, str) and not re.search(told, value):
        yield f"{at}: is not as {told} has it"


def _longest(value, told, _schema, _whole, at):
    if isinstance(value, str) and len(value) > told:
        yield f"{at}: is longer than {told}"


def _least(value, told, _schema, _whole, at):
    if isinstance(value, int) and value < told:
        yield f"{at}: is under {told}"


def _most(value, told, _schema, _whole, at):
    if isinstance(value, int) and value > told:
        yield f"{at}: is over {told}"


_WORDS = {
    "$ref": _ref,
    "type": _type,
    "properties": _properties,
    "additionalProperties": _more,
    "required": _required,
    "items": _items,
    "enum": _enum,
    "const": _const,
    "anyOf": _any_of,
    "pattern": _pattern,
    "maxLength": _longest,
    "minimum": _least,
    "maximum": _most,
}
