"""The power goes: what was confirmed is there, and the vault holds."""

import itertools
import random
import shutil

import pytest

from tests.faults.at_work import CREATION, Order
from tests.faults.kinds import KINDS
from tests.faults.plant import check
from tests.support.calls import CALLS

ALL = [*KINDS, CREATION]
PER_VAULT = 6  # kills before another vault is taken, so that none grows large


def killed_at_random(plant, furnish, tmp_path, kind, times):
    """Kills so many officers, each at another moment; how many things they had done."""
    chance = random.Random()
    kills = things = vaults = 0
    while kills < times:
        folder, done = furnish(kind, tmp_path / f"{vaults}"), []
        vaults += 1
        for _ in range(1 if kind == CREATION else PER_VAULT):
            wait = chance.random() / (15 if chance.random() < 0.7 else 60)
            told = plant.power_goes(Order(kind, str(folder)), chance.choice((0, 0, 1, 2)), wait)
            done += told.done
            kills += told.killed
            check(folder, kind, done)
            if not told.killed:
                assert told.through
                break
        things += len(done)
        shutil.rmtree(folder)
    return things


@pytest.mark.parametrize("kind", [CREATION, "answers"])
def test_killed_at_any_moment_nothing_confirmed_is_lost(plant, furnish, tmp_path, kind):
    killed_at_random(plant, furnish, tmp_path, kind, 1)


@pytest.mark.long
@pytest.mark.parametrize("kind", ALL)
def test_killed_at_forty_moments_nothing_confirmed_is_lost(plant, furnish, tmp_path, kind):
    assert killed_at_random(plant, furnish, tmp_path, kind, 40) > (0 if kind == CREATION else 8)


def killed_at_each(plant, furnish, tmp_path, kind, orders):
    """Kills an officer at each of these moments until one gets through.

    How many died, and how many of them while a commit was on its way to the disk.
    """
    torn = 0
    for kills, change in enumerate(orders):
        folder = furnish(kind, tmp_path / f"{kills}")
        plant.put_to_work(Order(kind, str(folder), **change))
        told = plant.ends()
        assert told.killed or told.status == 0
        torn += any(folder.glob("v.db*-journal"))
        check(folder, kind, told.done)
        shutil.rmtree(folder)
        if not told.killed:
            return kills, torn
    raise AssertionError("none got through")


def each_moment():
    return ({"moment": moment} for moment in range(1, 1000))


def each_size(step):
    return ({"size": size} for size in range(100, 5_000_000, step))


def test_killed_before_any_statement_of_an_answer_nothing_is_half_there(plant, furnish, tmp_path):
    kills, torn = killed_at_each(plant, furnish, tmp_path, "answers", each_moment())
    assert kills > 8
    assert torn > 2


def test_killed_in_the_middle_of_a_write_an_answer_is_there_or_not(plant, furnish, tmp_path):
    kills, torn = killed_at_each(plant, furnish, tmp_path, "answers", each_size(5003))
    assert kills > 8
    assert torn > 8


@pytest.mark.long
@pytest.mark.parametrize("kind", ALL)
def test_killed_before_any_statement_nothing_is_half_there(plant, furnish, tmp_path, kind):
    kills, torn = killed_at_each(plant, furnish, tmp_path, kind, each_moment())
    assert kills > 8
    assert torn > 2


@pytest.mark.long
@pytest.mark.parametrize("kind", ALL)
def test_killed_in_the_middle_of_a_write_nothing_is_half_there(plant, furnish, tmp_path, kind):
    kills, torn = killed_at_each(plant, furnish, tmp_path, kind, each_size(2003))
    assert kills > 20
    assert torn > 10 or kind == "export"  # its archive is longer than its vault, and dies first


DISK = (
    "The vault cannot be read or written: the disk does not read or write.",
    "The vault cannot be read or written: Input/output error.",
    "The archive was not written: the medium has failed.",
)


def refused_from_each(plant, furnish, tmp_path, kind, fails):
    """The disk begins to fail at one moment of an act after the other, until it is too late
    to matter; how many times the act was refused.
    """
    every = 4 if kind in (CREATION, "export") else 1  # they have many moments
    for refused, moment in enumerate(itertools.count(1, every)):
        folder = furnish(kind, tmp_path / f"{moment}")
        plant.put_to_work(Order(kind, str(folder), moment=moment, fails=fails))
        told = plant.ends()
        assert told.status == 0
        check(folder, kind, told.done)
        shutil.rmtree(folder)
        if told.done:
            return refused
        assert any(said in told.refused for said in DISK), told.refused
    raise AssertionError("unreachable")


@pytest.mark.long
@pytest.mark.parametrize("fails", ["write", "sync"])
def test_a_call_that_fails_for_good_in_an_answer_is_told(plant, furnish, tmp_path, fails):
    assert refused_from_each(plant, furnish, tmp_path, "answers", fails) > 8


@pytest.mark.long
@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("fails", CALLS)
def test_a_call_that_fails_for_good_in_any_act_is_told(plant, furnish, tmp_path, kind, fails):
    refused = refused_from_each(plant, furnish, tmp_path, kind, fails)
    # A new vault key is there once it is committed; a journal that stays is overwritten later.
    assert refused == 0 if (fails, kind) == ("remove", "rekey") else refused > 8
