"""Any TOML, or none, as a policy pack: whole and checked, or every fault in plain words."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from secterm.policy import reader
from secterm.policy.reader import PackInvalid
from tests.support.archives import SMALL_PACK
from tests.support.hostile import changed, changes, clear

GOOD = {name: text.encode() for name, text in SMALL_PACK.items()}
NAMES = st.sampled_from(sorted(GOOD))
JUDGED = st.booleans()


def parsed(files, judged):
    """Reads a pack; what is wrong with it, in lines."""
    try:
        pack = reader.parse(files, judged=judged)
    except PackInvalid as invalid:
        told = invalid
    else:
        assert pack.digest == reader.digest_of(files)
        return ()
    clear(told)
    assert told.faults
    for fault in told.faults:
        assert fault.strip()
        assert len(fault) <= reader.LONGEST_FAULT + 1
        clear(PackInvalid((fault,)))
    return told.faults


def test_a_pack_with_bytes_changed_is_whole_or_its_faults_are_told(tries):
    @given(NAMES, changes, JUDGED)
    def holds(name, made, judged):
        parsed({**GOOD, name: changed(GOOD[name], made)}, judged)

    tries(holds, few=90, many=600)


def test_any_bytes_for_a_file_or_no_file_are_told(tries):
    @given(
        NAMES, st.one_of(st.none(), st.binary(max_size=200), st.text(max_size=100).map(str.encode))
    )
    def holds(name, data):
        files = (
            {**GOOD, name: data}
            if data is not None
            else {n: d for n, d in GOOD.items() if n != name}
        )
        told = parsed(files, judged=True)
        assert any(fault.startswith(name) for fault in told)

    tries(holds, few=60, many=600)


# -- structures -------------------------------------------------------------------

WORDS = sorted(
    {word for text in SMALL_PACK.values() for word in text.split() if word.isidentifier()}
)
KEY = st.one_of(
    st.sampled_from((*WORDS, "section", "question", "module", "rule", "part", "core", "²", "0")),
    st.sampled_from(("foo - at `$.section[9]", "foo - at `$.section.²", "x - at `key` in `$[...]")),
    st.text(max_size=12),
)
SCALAR = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 9),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from((*WORDS, "{name}", "{unit}", "{", "{0.a}", "{name!r:>9}", "any", "en")),
)
TREE = st.recursive(
    SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEY, inner, max_size=4)),
    max_leaves=15,
)


def quoted(text):
    escaped = (f"\\U{ord(c):08x}" if c in '"\\' or not c.isprintable() else c for c in text)
    return f'"{"".join(escaped)}"'


def toml(value):
    """A value as TOML writes it within a line."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return repr(value) if math.isfinite(value) else str(value)
        case int():
            return str(value)
        case str():
            return quoted(value)
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return "{" + ", ".join(f"{quoted(k)} = {toml(v)}" for k, v in value.items()) + "}"
    raise AssertionError(value)


def document(table):
    return "".join(f"{quoted(k)} = {toml(v)}\n" for k, v in table.items()).encode()


def test_any_tables_are_a_pack_or_their_faults_are_told(tries):
    @given(NAMES, st.dictionaries(KEY, TREE, max_size=5), JUDGED)
    @example("rules.toml", {"rule": []}, False)
    def holds(name, table, judged):
        told = parsed({**GOOD, name: document(table)}, judged)
        assert told or not judged  # a pack that is not judged may say nothing at all

    tries(holds, few=90, many=600)


def test_a_pack_with_one_value_replaced_is_whole_or_its_faults_are_told(tries):
    """Every ` = VALUE` of a good pack in turn."""
    places = [
        (name, number)
        for name, text in SMALL_PACK.items()
        for number, line in enumerate(text.splitlines())
        if " = " in line
    ]

    @given(st.sampled_from(places), st.one_of(SCALAR, TREE), JUDGED)
    def holds(place, value, judged):
        name, number = place
        lines = SMALL_PACK[name].splitlines()
        lines[number] = f"{lines[number].split(' = ')[0]} = {toml(value)}"
        parsed({**GOOD, name: "\n".join(lines).encode()}, judged)

    tries(holds, few=100, many=1000)


def test_a_pack_with_one_key_more_is_not_one(tries):
    @given(NAMES, KEY, SCALAR)
    @example("screening.toml", "foo - at `$.section[99]", 1)
    @example("screening.toml", "foo - at `$.section.²", 1)
    @example("screening.toml", f"foo - at `$.section[{'9' * 5000}]", 1)
    @example("rules.toml", "k" * 100_000, 1)
    def holds(name, key, value):
        assert parsed({**GOOD, name: document({key: value}) + GOOD[name]}, judged=True)

    tries(holds, few=80, many=600)


# -- what costs -------------------------------------------------------------------

HUGE = "0x" + "f" * 5000


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("pack.toml", "format = 1", f"format = {HUGE}"),
        ("pack.toml", "format = 1", f"format = {'9' * 5000}"),
        ("pack.toml", "validity_months = 36", f"validity_months = {HUGE}"),
        ("training.toml", "draw = 1, passing = 1", f"draw = {HUGE}, passing = 0"),
        ("training.toml", "core = 2", f"core = {HUGE}"),
    ],
    ids=["format in hex", "format", "validity", "draw", "hours"],
)
@pytest.mark.parametrize("judged", [True, False])
def test_a_number_without_end_is_told_as_one(name, key, value, judged):
    assert key in SMALL_PACK[name]
    spoilt = SMALL_PACK[name].replace(key, value).encode()
    (fault,) = parsed({**GOOD, name: spoilt}, judged)
    assert fault == f"{name}: is not TOML (a number of more than 64 bits)"


@pytest.mark.parametrize(
    "text",
    [
        "a" + ".a" * 100_000 + " = 1",
        "[" + "a . " * 100_000 + "a]",
        "x = {" + '"".' * 100_000 + "a = 1}",
        "x = {" + "''.a." * 100_000 + "a = 1}",
    ],
    ids=["bare", "in a header", "quoted", "mixed"],
)
def test_a_key_of_very_many_parts_is_refused_before_it_costs_anything(text):
    (fault,) = parsed({**GOOD, "rules.toml": text.encode()}, judged=True)
    assert fault == "rules.toml: is not TOML (a key of too many parts)"


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 100_000, "x = " + "{a = " * 100_000], ids=["lists", "tables"]
)
def test_lists_and_tables_without_end_are_refused(text):
    (fault,) = parsed({**GOOD, "rules.toml": text.encode()}, judged=True)
    assert fault == "rules.toml: is not TOML (too many tables or lists within each other)"


def test_a_text_full_of_dots_is_still_a_text():
    dotted = SMALL_PACK["rules.toml"].replace("Lock the door.", "See 1.2.3. and so on " + "." * 60)
    assert parsed({**GOOD, "rules.toml": dotted.encode()}, judged=True) == ()
