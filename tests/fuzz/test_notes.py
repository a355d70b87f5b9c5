"""Checkpoints, notes, proofs and keys that strangers hand over: read whole or refused."""

import os

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from secterm.vault import checkpoints, kdf
from secterm.vault.note import Checkpoint, Note, NoteMalformed, TlogProof, open_note, parse_vkey
from secterm.vault.vault import Vault
from tests.support import archives
from tests.support.hostile import changed, changes, clear, named
from tests.support.house import OFFICER


@pytest.fixture(scope="module")
def vault(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        vault = Vault.open(archives.build(tmp_path_factory.mktemp("vault")), *OFFICER)
    yield vault
    vault.close()


@pytest.fixture(scope="module")
def note(vault):
    return checkpoints.signed(vault, 1_800_000_000)


LINE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(("", "0", "1", "-1", "01", "99999999999999999999", "A" * 43 + "=", "— x AAAA")),
    st.sampled_from(("index 0", "extra AAAA", "extra ", "c2sp.org/tlog-proof@v1", "secterm/x")),
    st.binary(max_size=40).map(lambda data: data.decode("utf-8", "surrogateescape")),
)
LINES = st.lists(LINE, max_size=9).map("\n".join)


def anything_like(good):
    """Any bytes, lines that a note may have, and this one with some bytes changed."""
    lines = LINES.map(lambda text: text.encode(errors="surrogateescape"))
    return st.one_of(st.binary(max_size=200), lines, changes.map(lambda made: changed(good, made)))


def read_or_refused(parse, written, data):
    """Whatever is read can be written in just one way."""
    try:
        value = parse(data)
    except NoteMalformed as refused:
        clear(refused)
    else:
        assert written(value) == data


def test_a_note_is_read_whole_or_refused(tries, note):
    @given(anything_like(note.format()))
    @example(b"a\n\n" + "— x AAAAAAA=\n".encode() * 100)
    @example(b"\n\n" * 200_000)
    @example(b"x" * (2 << 20))
    def holds(data):
        read_or_refused(Note.parse, Note.format, data)

    tries(holds, few=90, many=1000)


def test_a_checkpoint_is_read_whole_or_refused(tries, note):
    good = st.one_of(
        LINES,
        changes.map(lambda made: changed(note.text.encode(), made).decode("utf-8", "replace")),
    )

    @given(good)
    @example("\ud800\n1\n" + "A" * 43 + "=\n")
    def holds(text):
        read_or_refused(Checkpoint.parse, Checkpoint.text, text)

    tries(holds, few=90, many=1000)


def test_a_proof_is_read_whole_or_refused(tries, note):
    short = Note(note.text, note.signatures[:1])
    good = TlogProof(3, (bytes(32), bytes(range(32))), short, b"extra").format()

    @given(anything_like(good))
    @example(b"c2sp.org/tlog-proof@v1\nindex 0\n" + b"A" * (3 << 20))
    @example(b"c2sp.org/tlog-proof@v1\nindex 0\n" + b"\n" * 100_000)
    def holds(data):
        read_or_refused(TlogProof.parse, TlogProof.format, data)

    tries(holds, few=90, many=1000)


def test_a_verifier_key_is_read_whole_or_refused_and_judges_any_note(tries, vault, note):
    log = [verifier.vkey() for verifier in checkpoints.log_verifiers(vault)]
    text = st.one_of(
        LINE,
        st.tuples(LINE, LINE, LINE).map("+".join),
        st.tuples(st.sampled_from(log), changes).map(
            lambda two: changed(two[0].encode(), two[1]).decode("utf-8", "replace")
        ),
    )

    @given(text, anything_like(note.format()))
    def holds(vkey, data):
        try:
            verifier = parse_vkey(vkey)
        except NoteMalformed as refused:
            clear(refused)
            return
        assert verifier.vkey() == vkey
        with named(*(NoteMalformed, checkpoints.VaultError)):
            open_note(data, [verifier])

    tries(holds, few=90, many=1000)


def test_any_key_of_the_right_length_judges_any_signature(tries, vault, note):
    """The curve point or lattice that nobody could have made is only a key that did not sign."""
    kinds = [type(verifier) for verifier in checkpoints.log_verifiers(vault)]

    @given(st.sampled_from(kinds), st.integers(0, 255), st.binary(max_size=64))
    @example(kinds[0], 0, b"")
    @example(kinds[1], 255, b"")
    def holds(kind, fill, start):
        key = start[: kind.key_size].ljust(kind.key_size, bytes([fill]))
        verifier = kind(vault.origin, key)
        blob = os.urandom(64 if kind is kinds[0] else 2428)
        line = type(note.signatures[0])(vault.origin, verifier.key_id, blob)
        with pytest.raises(checkpoints.VaultError):
            verifier.verify(Note(note.text, (line,)))

    tries(holds, few=40, many=1000)


@pytest.mark.parametrize("digits", ["٣", "²", "𝟑", "3"])
def test_a_size_in_digits_of_another_script_reads_as_that_number_or_not_at_all(digits):
    found = checkpoints.parse_short(f"{digits}:{'ab' * 10}")
    assert found in (None, (3, "ab" * 10))


def test_whatever_was_written_down_continues_or_says_why_not(tries, vault, note):
    line = checkpoints.short(vault.checkpoint())
    some = st.text("0123456789abcdefABCDEF:- \n\u0663\ud800é", max_size=60)
    whole = changes.map(
        lambda made: changed(note.format(), made).decode("utf-8", "surrogateescape")
    )
    short = changes.map(lambda made: changed(line.encode(), made).decode("latin-1"))

    @given(st.one_of(some, LINES, short, whole))
    @example("\udcff\n\n")
    @example(line)
    @example("9" * 18 + ":" + "0" * 20)
    @example("0:" + "0" * 20)
    def holds(earlier):
        found = checkpoints.parse_short(earlier)
        assert found is None or 0 <= found[0] < 10**18
        why = checkpoints.continues(vault, earlier)
        assert why == "" or why.split()[0] in ("that", "history")
        if why == "":
            assert vault.size >= (found[0] if found else 0)

    tries(holds, few=100, many=1000)
    assert checkpoints.continues(vault, line) == ""
