"""A witness accepts every archive of a vault that only went on, whatever was brought and taken in
on the way; and none of one that was put back and went another way.
"""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secterm.vault import kdf
from tests.support.witnessing import Pair

QUICK = settings(
    max_examples=2,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
MANY = settings(QUICK, max_examples=12, derandomize=False)
STEPS = st.lists(st.sampled_from(("note", "leave", "bring", "round")), max_size=6)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        return Pair.build(tmp_path_factory.mktemp("pair"))


def lives(pair, steps):
    """Entries come, archives leave, of which some are brought and some cosignatures come back."""
    for step in steps:
        match step:
            case "note":
                pair.noted()
            case "leave":
                pair.exported()
            case "bring":  # and its cosignature is lost
                pair.witness(pair.exported())
            case "round":
                pair.take_in(pair.witness(pair.exported()))


def holds(built, before, after, other):
    with tempfile.TemporaryDirectory() as folder:
        pair = built.copied(Path(folder))
        lives(pair, before)
        copy = shutil.copy(pair.terminal, pair.folder / "copy.db")
        lives(pair, after)
        pair.noted("One thing.")
        last = pair.witness(pair.exported())
        shutil.copy(copy, pair.terminal)
        pair.noted("Another thing.")
        for step in other:
            pair.noted() if step == "note" else pair.exported()
        pair.refused(pair.witness, pair.exported())
        pair.refused(pair.take_in, last)


@QUICK
@given(before=STEPS, after=STEPS, other=STEPS)
def test_a_vault_that_goes_on_is_seen_and_one_that_went_another_way_is_not(
    built, before, after, other
):
    holds(built, before, after, other)


@pytest.mark.long
@MANY
@given(before=STEPS, after=STEPS, other=STEPS)
def test_that_is_so_for_many_lives(built, before, after, other):
    holds(built, before, after, other)
