"""A key sealed to somebody opens for them alone, and at its own place."""

import os

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from secterm.vault import sealing
from secterm.vault.errors import SealBroken
from secterm.vault.seal import Place

SEED = bytes(range(32))
PLACE = Place(bytes(16), "slot.wrapped", b"r" * 16)
KEY = bytes(reversed(range(32)))
# Points of X25519 of low order (RFC 7748 section 6.1): with each the secret is zeros.
LOW_ORDER = (
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
)


@pytest.fixture
def wrapped():
    return sealing.wrap(sealing.public_key(SEED), PLACE, KEY)


def test_what_was_wrapped_opens_for_its_holder(wrapped):
    assert sealing.unwrap(SEED, PLACE, wrapped) == KEY


def test_a_public_key_is_always_the_same_for_a_seed():
    assert sealing.public_key(SEED) == sealing.public_key(SEED)
    assert len(sealing.public_key(SEED)) == sealing.PUBLIC_SIZE == 1216


def test_the_same_key_is_never_wrapped_alike(wrapped):
    other = sealing.wrap(sealing.public_key(SEED), PLACE, KEY)
    parts = [(w[:1088], w[1088:1120], w[1120:]) for w in (wrapped, other)]
    assert all(one != two for one, two in zip(*parts, strict=True))


def test_any_flipped_byte_is_refused(wrapped):
    for at in range(len(wrapped)):
        bad = bytearray(wrapped)
        bad[at] ^= 1 << (at % 8)
        with pytest.raises(SealBroken):
            sealing.unwrap(SEED, PLACE, bytes(bad))


@pytest.mark.parametrize("cut", [0, 1, 1087, 1088, 1119, 1120, 1140, -1])
def test_what_is_too_short_is_refused(wrapped, cut):
    with pytest.raises(SealBroken):
        sealing.unwrap(SEED, PLACE, wrapped[:cut])


def test_what_is_too_long_is_refused(wrapped):
    with pytest.raises(SealBroken):
        sealing.unwrap(SEED, PLACE, wrapped + b"\0")


def test_another_seed_opens_nothing(wrapped):
    with pytest.raises(SealBroken):
        sealing.unwrap(os.urandom(32), PLACE, wrapped)


@pytest.mark.parametrize(
    "place",
    [
        Place(b"v" * 16, "slot.wrapped", b"r" * 16),
        Place(bytes(16), "slot.sealed", b"r" * 16),
        Place(bytes(16), "slot.wrapped", b"s" * 16),
    ],
)
def test_another_place_opens_nothing(wrapped, place):
    with pytest.raises(SealBroken):
        sealing.unwrap(SEED, place, wrapped)


def test_neither_half_can_be_swapped_alone(wrapped):
    other = sealing.wrap(sealing.public_key(SEED), PLACE, KEY)
    for first, second, seal in ((other, wrapped, wrapped), (wrapped, other, wrapped)):
        with pytest.raises(SealBroken):
            sealing.unwrap(SEED, PLACE, first[:1088] + second[1088:1120] + seal[1120:])


@pytest.mark.parametrize("point", LOW_ORDER)
def test_a_point_of_low_order_is_refused_when_opening(wrapped, point):
    with pytest.raises(SealBroken):
        sealing.unwrap(SEED, PLACE, wrapped[:1088] + bytes.fromhex(point) + wrapped[1120:])


@pytest.mark.parametrize("point", LOW_ORDER)
def test_nothing_is_wrapped_to_a_point_of_low_order(point):
    with pytest.raises(ValueError, match=r"."):
        sealing.wrap(sealing.public_key(SEED)[:1184] + bytes.fromhex(point), PLACE, KEY)


def test_nothing_is_wrapped_to_what_is_no_key():
    public = sealing.public_key(SEED)
    for bad in (b"", public[:-1], public + b"\0", b"\xff" * 1184 + public[1184:]):
        with pytest.raises(ValueError, match=r"."):
            sealing.wrap(bad, PLACE, KEY)


def test_either_half_alone_would_not_open_it(wrapped):
    """The secret of X25519 with somebody else's ML-KEM ciphertext, and the other way round."""
    stranger = sealing.public_key(os.urandom(32))
    mixed = sealing.public_key(SEED)[:1184] + stranger[1184:]
    with pytest.raises(SealBroken):
        sealing.unwrap(SEED, PLACE, sealing.wrap(mixed, PLACE, KEY))
    own = X25519PrivateKey.generate().public_key().public_bytes_raw()
    mixed = stranger[:1184] + own
    with pytest.raises(SealBroken):
        sealing.unwrap(SEED, PLACE, sealing.wrap(mixed, PLACE, KEY))
