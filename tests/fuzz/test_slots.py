"""A slot's parameters, whatever they say: nothing is derived from them out of bounds."""

import string

from argon2 import low_level
from hypothesis import example, given
from hypothesis import strategies as st

from secterm.vault import kdf
from secterm.vault.errors import SlotRefused
from tests.support.hostile import clear

GOOD = kdf.Spec(kdf.SECOND_RECOMMENDATION, bytes(range(16))).text()
NUMBER = st.one_of(
    st.integers(-1, 100),
    st.sampled_from((2**16, 2**21, 2**21 + 1, 2**31, 2**32, 2**32 + 1, 2**64, 10**30)),
).map(str)
ODD_NUMBER = st.one_of(NUMBER, st.text("0123456789٣²+-_ .e", max_size=12))


@st.composite
def written(draw):
    """A specification as the format has it, with any numbers and salt."""
    m, t, p = (draw(ODD_NUMBER) for _ in range(3))
    alphabet = string.ascii_letters + string.digits + "+/=\n"
    salt = draw(st.one_of(st.just("AAECAwQFBgcICQoLDA0ODw=="), st.text(alphabet, max_size=28)))
    return f"argon2id$v=19$m={m},t={t},p={p}${salt}"


@st.composite
def mutated(draw):
    """A good specification with some characters replaced, taken out or put in."""
    text = GOOD
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.text(max_size=3)) + text[at + draw(st.integers(0, 2)) :]
    return text


TEXT = st.one_of(st.text(max_size=80), written(), mutated())


def within(cost):
    """What RFC 9106 and the format let a slot ask for."""
    m, t, p = cost.m, cost.t, cost.p
    floor = (t >= 3 and m >= 64 * 1024 and p >= 4) or (t >= 1 and m >= 2048 * 1024 and p >= 4)
    return floor and m <= 2048 * 1024 and t <= 64 and p <= 16


def test_a_specification_is_within_bounds_or_refused(tries, monkeypatch):
    monkeypatch.setattr(kdf, "floors", (kdf.SECOND_RECOMMENDATION, kdf.FIRST_RECOMMENDATION))

    @given(TEXT)
    @example(GOOD)
    @example(GOOD + "\n")
    @example("argon2id$v=19$m=2097153,t=1,p=4$AAECAwQFBgcICQoLDA0ODw==")
    @example("argon2id$v=19$m=65536,t=65,p=4$AAECAwQFBgcICQoLDA0ODw==")
    @example("argon2id$v=19$m=65536,t=3,p=17$AAECAwQFBgcICQoLDA0ODw==")
    @example("argon2id$v=19$m=65536,t=3,p=٤$AAECAwQFBgcICQoLDA0ODw==")
    def holds(text):
        try:
            spec = kdf.Spec.parse(text)
        except SlotRefused as refused:
            clear(refused)
        else:
            assert within(spec.cost)
            assert len(spec.salt) == kdf.SALT_SIZE
            assert spec.text() == text

    tries(holds, few=200, many=5000)


def test_what_is_out_of_bounds_never_reaches_argon2(tries, monkeypatch):
    asked = []
    real = low_level.hash_secret_raw

    def watched(secret, salt, **cost):
        asked.append(cost)
        return real(secret, salt, **{**cost, "time_cost": 1, "memory_cost": 8 * 16})

    monkeypatch.setattr(kdf, "floors", (kdf.SECOND_RECOMMENDATION, kdf.FIRST_RECOMMENDATION))
    monkeypatch.setattr(low_level, "hash_secret_raw", watched)
    number = st.one_of(
        st.integers(-3, 70),
        st.integers(60_000, 70_000),
        st.integers(2**21 - 9, 2**21 + 9),
        st.integers(-(2**70), 2**70),
    )

    @given(
        st.builds(kdf.Cost, t=number, m=number, p=number),
        st.text(max_size=20),
        st.text(max_size=20),
    )
    @example(kdf.SECOND_RECOMMENDATION, "Alix", "test")
    @example(kdf.SECOND_RECOMMENDATION, "\udcff", "\ud800")  # halves of characters
    def holds(cost, login, passphrase):
        asked.clear()
        try:
            key = kdf.stretch(kdf.Spec(cost, bytes(16)), login, passphrase)
        except SlotRefused as refused:
            clear(refused)
            assert asked == [] or within(cost)
        else:
            assert len(key) == kdf.KEY_SIZE
            assert within(cost)

    tries(holds, few=150, many=2000)
