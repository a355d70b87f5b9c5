"""Sealed rows, their plaintext, and the acts in them: opened, read and added up, or
refused by name.
"""

import json
import typing
from datetime import date

import msgspec
import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from secterm.dossier import entries as acts
from secterm.dossier import sentences
from secterm.dossier.entries import Entry, Numbered, VaultEntry
from secterm.dossier.fold import EntryOutOfPlace, State, apply, fold
from secterm.dossier.gates import standing
from secterm.dossier.permit import NotAllowed, permit
from secterm.vault.errors import SealBroken
from secterm.vault.records import Head, SignedSize
from secterm.vault.seal import Place, pad, seal, unpad, unseal
from tests.support.hostile import changed, changes, clear, named
from tests.support.paper import ONE, PACK, REF, TWO, Paper

KEY = bytes(range(32))

# -- seals ------------------------------------------------------------------------

PLACES = st.builds(
    Place,
    vault=st.binary(min_size=16, max_size=16),
    slot=st.sampled_from(("entry.sealed", "dossier.card", "slot.sealed")),
    row=st.one_of(st.binary(max_size=40), st.just(b"\xff" * 70_000)),
    number=st.one_of(st.integers(0, 2**64 - 1), st.integers(2**64, 10**40)),
)


def test_what_was_not_sealed_here_does_not_open_and_is_named(tries):
    @given(PLACES, st.one_of(st.none(), st.binary(max_size=200)))
    @example(Place(bytes(16), "dossier.key", b"\xff" * 70_000), bytes(60))
    @example(Place(bytes(16), "entry.sealed", b"", 2**64), bytes(60))
    def holds(place, sealed):
        with pytest.raises(SealBroken) as broken:
            unseal(KEY, place, sealed)
        clear(broken.value)

    tries(holds, few=90, many=1500)


def test_what_was_sealed_and_then_changed_does_not_open(tries):
    place = Place(bytes(16), "entry.sealed", bytes(16), 7)

    @given(st.binary(max_size=300), changes)
    def holds(plain, made):
        sealed = seal(KEY, place, plain)
        assert unseal(KEY, place, sealed) == plain
        bad = changed(sealed, made)
        if bad != sealed:
            with pytest.raises(SealBroken):
                unseal(KEY, place, bad)

    tries(holds, few=90, many=1500)


def test_padding_comes_off_as_it_went_on_or_not_at_all(tries):
    @given(st.one_of(st.binary(max_size=300), st.binary(max_size=9).map(lambda b: b + bytes(99))))
    @example(b"")
    @example(bytes(64))
    @example(b"\x80" + bytes(1 << 20))
    def holds(data):
        assert unpad(pad(data)) == data
        try:
            body = unpad(data)
        except ValueError:
            assert b"\x80" not in data or data.rstrip(b"\0")[-1] != 0x80
        else:
            assert data.rstrip(b"\0") == body + b"\x80"

    tries(holds, few=90, many=1500)


def test_a_head_or_signature_is_read_whole_or_refused(tries):
    sized = st.tuples(
        st.one_of(st.integers(0, 300), st.integers(0, 2**64 - 1)), st.binary(max_size=64)
    ).map(lambda two: two[0].to_bytes(8, "big") + two[1].ljust(40 + 32 * two[0].bit_count(), b"x"))

    @given(st.sampled_from((Head, SignedSize)), st.one_of(st.binary(max_size=200), sized))
    @example(Head, b"\xff" * 8 + bytes(40 + 32 * 64))
    @example(SignedSize, bytes(88))
    def holds(kind, data):
        try:
            value = kind.decode(data)
        except ValueError:
            return
        assert value.encode() == data

    tries(holds, few=90, many=1500)


# -- acts -------------------------------------------------------------------------

TEXT = st.one_of(
    st.sampled_from(
        (
            "", " ", "x", "yes", ONE, TWO, "9" * 5000, "\n", "\x1b[2J", "\u202e", "Xenia Q. Sample",
            "2026-03-02", "2026-13-40", "0001-01-01", "9999-12-31", "2026-03-02T00:00:00+00:00",
            "9999-12-31T23:59:59-23:59", PACK.digest,
        )
    ),
    st.sampled_from([q.id for s in PACK.screening.sections for q in s.questions]),
    st.sampled_from([s.id for s in PACK.screening.sections]),
    st.sampled_from([m.id for m in PACK.training.modules]),
    st.sampled_from([r.id for r in PACK.rules.rules]),
    st.sampled_from([q.text for m in PACK.training.modules for q in m.bank]),
    st.text(max_size=20),
)  # fmt: skip
PLAIN = {
    str: TEXT,
    bool: st.booleans(),
    int: st.one_of(st.integers(-1, 60), st.just(10**30)),
    float: st.one_of(st.integers(-1, 60).map(float), st.floats()),
    type(None): st.none(),
}


def of(kind):
    """Any value of a type that an entry has."""
    arguments = typing.get_args(kind)
    match typing.get_origin(kind):
        case None if kind in PLAIN:
            return PLAIN[kind]
        case None:
            return values(kind)
        case typing.Literal:
            return st.sampled_from(arguments)
        case origin if origin is tuple:
            return st.lists(of(arguments[0]), max_size=3).map(tuple)
        case origin if origin is list:
            return st.lists(of(arguments[0]), max_size=3)
        case origin if origin is dict:
            return st.dictionaries(of(arguments[0]), of(arguments[1]), max_size=3)
        case _:
            return st.one_of(*map(of, arguments))


def values(kind):
    """Any value of a struct, each field of its own type."""
    if kind is acts.PackRef:
        some = {name: TEXT for name in ("id", "version", "digest")}
        return st.one_of(st.just(REF), st.builds(kind, **some))
    if kind is acts.Volume:
        return st.sampled_from([acts.Volume(set="0f" * 16, number=n, of=9) for n in range(1, 10)])
    hints = typing.get_type_hints(kind)
    fields = {field.name: of(hints[field.name]) for field in msgspec.structs.fields(kind)}
    return st.builds(kind, **fields)


ACTS = st.one_of(*map(values, typing.get_args(acts.Act)))
VAULT_ACTS = st.one_of(*map(values, typing.get_args(acts.VaultAct)))
ENTRIES = st.builds(Entry, at=TEXT, officer=TEXT, act=ACTS)
VAULT_ENTRIES = st.builds(VaultEntry, at=TEXT, officer=TEXT, act=VAULT_ACTS)


@pytest.fixture(scope="module")
def life():
    """A dossier's whole life, act by act: the state before each, and the entry that came."""
    paper = Paper("core").all_gates().decide()
    paper.record(acts.Left(on=paper.today.isoformat(), reason="Moved."))
    paper.record(acts.Reopened(reason="Back."))
    told, state = [], None
    for one in paper.entries:
        told.append((state, one))
        state = apply(state, one)
    return told[1:]


@st.composite
def near(draw, act):
    """An act as it was, or with any other value in one field."""
    hints = typing.get_type_hints(type(act))
    name = draw(st.sampled_from(["", *act.__struct_fields__]))
    return msgspec.structs.replace(act, **({name: draw(of(hints[name]))} if name else {}))


def test_any_act_at_any_stage_is_recorded_or_not_allowed(tries, life):
    """What came next then, spoilt or not, then any others."""
    others = st.lists(
        st.one_of(ACTS, st.sampled_from([one.entry.act for _, one in life])), max_size=4
    )

    @given(st.sampled_from(life), st.data(), others, st.sampled_from((None, ONE, TWO)), st.dates())
    def holds(then, data, more, officer, later):
        state, next_ = then
        today, number = date.fromisoformat(next_.entry.at[:10]), next_.number
        for act in (data.draw(near(next_.entry.act)), *more):
            who = officer or next_.entry.officer
            try:
                permit(state, act, PACK, today, who)
            except NotAllowed as refused:
                clear(refused)
                event("not allowed")
                continue
            event("recorded")
            one = Numbered(number=number, entry=Entry(at=next_.entry.at, officer=who, act=act))
            assert sentences.sentence(act, PACK).strip()
            state, number = apply(state, one), number + 1
            assert standing(state, PACK, later).stage

    tries(holds, few=90, many=800)


def test_any_first_act_opens_a_dossier_or_is_not_allowed(tries):
    @given(ACTS)
    def holds(act):
        with named(NotAllowed):
            permit(None, act, PACK, date(2026, 3, 2), ONE)
            assert isinstance(act, acts.Opened)

    tries(holds, few=60, many=800)


def test_any_entries_add_up_or_are_out_of_place(tries):
    first = st.builds(Entry, at=TEXT, officer=TEXT, act=values(acts.Opened))
    told = st.one_of(
        st.lists(ENTRIES, max_size=6),
        st.tuples(first).flatmap(
            lambda one: st.lists(ENTRIES, max_size=6).map(lambda more: [*one, *more])
        ),
    )

    @given(told, st.lists(st.integers(-1, 9), min_size=7, max_size=7), st.booleans())
    def holds(entries, numbers, counted):
        numbers = range(7) if counted else numbers
        pairs = zip(numbers, entries, strict=False)
        with named(EntryOutOfPlace):
            assert isinstance(fold(Numbered(number=n, entry=e) for n, e in pairs), State)

    tries(holds, few=100, many=800)


# -- their JSON -------------------------------------------------------------------

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.sampled_from(("at", "act", "officer")), TEXT), inner, max_size=4
        ),
    ),
    max_leaves=12,
)


def test_any_json_is_an_entry_or_is_refused(tries):
    """Written again, an entry reads the same."""
    good = st.one_of(ENTRIES, VAULT_ENTRIES).map(acts.encode)
    spoilt = st.tuples(good, changes).map(lambda two: changed(*two).decode(errors="replace"))
    text = st.one_of(JSON.map(json.dumps), good.map(bytes.decode), spoilt, st.text(max_size=80))

    @given(st.sampled_from((acts.decode, acts.decode_vault)), text)
    @example(acts.decode, '{"at":"","officer":"\\ud800","act":{"act":"left","on":"","reason":""}}')
    @example(acts.decode, '{"act":' + "9" * 6000 + "}")
    def holds(decode, written):
        try:
            entry = decode(written.encode(errors="replace"))
        except msgspec.DecodeError:
            return
        assert decode(acts.encode(entry)) == entry

    tries(holds, few=90, many=800)
