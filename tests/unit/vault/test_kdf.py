"""What a passphrase costs to guess: within bounds, raised and never lowered."""

import pytest

from secterm.vault import kdf
from secterm.vault.errors import SlotRefused
from secterm.vault.kdf import MIB, Cost, Spec

SALT = bytes(16)
HERE = 1024 * MIB


@pytest.fixture(autouse=True)
def _this_machine(monkeypatch):
    monkeypatch.setattr(kdf, "largest_here", lambda: HERE)
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 1.0)


@pytest.fixture
def real(monkeypatch):
    monkeypatch.setattr(kdf, "floors", (kdf.SECOND_RECOMMENDATION, kdf.FIRST_RECOMMENDATION))


@pytest.mark.parametrize("m", [64, 128, 300, 512, 1024, 2048])
@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.3, 1.0, 30.0])
@pytest.mark.parametrize("least", [0, 16, 100, 512, 4096])
def test_a_cost_is_never_lowered(m, seconds, least):
    cost = Cost(3, m * MIB, 4)
    raised = kdf.raised(cost, seconds, least * MIB)
    assert raised.at_least(cost)
    assert (raised.t, raised.p) == (cost.t, cost.p)
    assert raised.m <= max(HERE, cost.m)


def test_a_derivation_that_became_quick_takes_twice_the_memory():
    assert kdf.raised(Cost(3, 64 * MIB, 4), 0.2) == Cost(3, 128 * MIB, 4)


def test_one_that_takes_its_time_stays():
    assert kdf.raised(Cost(3, 64 * MIB, 4), 0.26) == Cost(3, 64 * MIB, 4)


def test_no_more_memory_is_taken_than_this_machine_gives():
    assert kdf.raised(Cost(3, 1024 * MIB, 4), 0.0) == Cost(3, 1024 * MIB, 4)
    assert kdf.raised(Cost(3, 64 * MIB, 4), 5.0, 4096 * MIB) == Cost(3, HERE, 4)


def test_a_slot_from_a_larger_machine_stays_as_it_is():
    assert kdf.raised(Cost(3, 2048 * MIB, 4), 0.0, 4096 * MIB) == Cost(3, 2048 * MIB, 4)


def test_the_policy_raises_whatever_the_time():
    assert kdf.raised(Cost(3, 64 * MIB, 4), 9.0, 256 * MIB) == Cost(3, 256 * MIB, 4)


def test_what_is_raised_is_within_the_bounds_of_a_slot(real):
    for m in (64, 100, 512, 2048):
        for least in (0, 1, 77, 5000):
            cost = kdf.raised(Cost(3, m * MIB, 4), 0.0, least * MIB)
            assert Spec.parse(Spec(cost, SALT).text()).cost == cost


def test_a_calibration_stays_within_the_memory_given(monkeypatch):
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 1e9)
    tried = []
    cost = kdf.calibrate(lambda cost, seconds: tried.append(cost.m), largest=1024)
    assert cost.m == 1024
    assert tried == [32, 64, 128, 256, 512, 1024]


def test_a_calibration_never_ends_under_the_floor(monkeypatch):
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 0.0)
    assert kdf.calibrate(largest=1) == kdf.floors[0]


@pytest.mark.parametrize(
    "text",
    [
        "argon2id$v=19$m=65535,t=3,p=4$" + "A" * 22 + "==",
        "argon2id$v=19$m=65536,t=2,p=4$" + "A" * 22 + "==",
        "argon2id$v=19$m=65536,t=3,p=3$" + "A" * 22 + "==",
        "argon2id$v=19$m=2097151,t=1,p=4$" + "A" * 22 + "==",
        "argon2id$v=19$m=2097153,t=3,p=4$" + "A" * 22 + "==",
        "argon2id$v=19$m=999999999,t=3,p=4$" + "A" * 22 + "==",
        "argon2id$v=19$m=65536,t=65,p=4$" + "A" * 22 + "==",
        "argon2id$v=19$m=65536,t=3,p=17$" + "A" * 22 + "==",
        "argon2id$v=19$m=65536,t=3,p=4$" + "A" * 20 + "==",
        "argon2id$v=19$m=65536,t=3,p=4$" + "A" * 21 + "B==",
        "argon2id$v=19$m=065536,t=3,p=4$" + "A" * 22 + "==",
        "argon2id$v=19$m=65536,t=3,p=4$" + "A" * 22 + "==\n",
        "argon2id$v=19$m=\u0666\u0665536,t=3,p=4$" + "A" * 22 + "==",
        "argon2i$v=19$m=65536,t=3,p=4$" + "A" * 22 + "==",
        "slip39",
        "",
    ],
)
def test_parameters_out_of_bounds_are_refused_before_anything_is_derived(real, text):
    with pytest.raises(SlotRefused):
        Spec.parse(text)


@pytest.mark.parametrize("cost", [kdf.SECOND_RECOMMENDATION, kdf.FIRST_RECOMMENDATION])
def test_both_of_the_rfcs_recommendations_are_within_bounds(real, cost):
    assert Spec.parse(Spec(cost, SALT).text()) == Spec(cost, SALT)


def test_a_key_file_changes_the_key_and_none_does_not():
    stretched = bytes(32)
    one, two = (kdf.with_key_file(stretched, bytes([n]) * 32) for n in (1, 2))
    assert kdf.with_key_file(stretched, b"") == stretched
    assert len({stretched, one, two}) == 3


def test_one_name_and_passphrase_are_the_same_however_they_are_typed():
    spec = Spec(Cost(1, 32, 1), SALT)
    one = kdf.stretch(spec, "Zoe\u0301  Test", "cafe\u0301")
    assert one == kdf.stretch(spec, " ZO\u00c9 test", "caf\u00e9")
    assert one != kdf.stretch(spec, "Zoe Test", "caf\u00e9")
    assert one != kdf.stretch(spec, "Zo\u00e9 Test", "Caf\u00e9")
