"""The proofs that an archive continues earlier checkpoints: each is checked, and told by its
place where it does not hold.
"""

import json
import shutil

import pytest

from secterm.archive import continuing
from secterm.archive.inspect import walked
from secterm.vault import kdf
from tests.support import archives


@pytest.fixture(scope="module")
def third(house, tmp_path_factory):
    """The third archive of a vault, taken apart: it continues two."""
    folder = tmp_path_factory.mktemp("third")
    vault = shutil.copy(house.vault, folder / "vault.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        files = [archives.exported(vault, folder) for _ in range(3)]
    return archives.opened(files[-1])


def with_lines(house, third, change):
    lines = json.loads(third["consistency.json"])
    data = json.dumps(change(lines), indent=1).encode() + b"\n"
    return third.replaced("consistency.json", data).resigned(house.officer)


def but(at, **fields):
    """The same with other fields in one line."""
    return lambda lines: [
        line | fields if number == at else line for number, line in enumerate(lines)
    ]


def test_each_proof_of_an_archive_holds(third, tmp_path):
    walk = walked(third.packed(tmp_path), identity=archives.identity_file(tmp_path))
    assert walk.faults == []
    lines = json.loads(third["consistency.json"])
    told = {line["size"]: bytes.fromhex(line["root"]) for line in lines}
    assert len(told) == 2
    assert walk.continued == told


@pytest.mark.parametrize(
    "change",
    [
        but(1, root="00" * 32),
        but(1, root="00"),
        but(1, root="zz" * 32),
        but(1, proof=[]),
        but(1, proof=["00" * 32]),
        but(1, proof=["00" * 32] * 65),
        but(1, proof=["zz"]),
        but(1, size=10**9),
        but(1, size=2**63),
        lambda lines: [lines[0], lines[1] | {"proof": lines[0]["proof"]}],
        lambda lines: [lines[0], lines[1] | {"proof": lines[1]["proof"][:-1]}],
        lambda lines: [lines[0], lines[1] | {"proof": [*lines[1]["proof"], "00" * 32]}],
    ],
)
def test_a_proof_that_does_not_hold_is_told_by_its_place(house, third, faults, change):
    forged = with_lines(house, third, change)
    size = json.loads(forged["consistency.json"])[1]["size"]
    told = f"consistency.json: the proof from {size} entries does not hold"
    assert faults(forged) == [told]


@pytest.mark.parametrize("size", [0, -1])
def test_no_archive_continues_nothing(house, third, faults, size):
    forged = with_lines(house, third, but(0, size=size))
    assert faults(forged) == [f"consistency.json: the proof from {size} entries does not hold"]


def test_they_stand_in_ascending_order_and_each_once(house, third, faults):
    for change in (lambda lines: lines[::-1], lambda lines: [lines[0], *lines]):
        forged = with_lines(house, third, change)
        assert faults(forged) == ["consistency.json: is not in ascending order"]


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: {},
        lambda lines: [{**lines[0], "more": 1}],
        lambda lines: [{"size": 1}],
        lambda lines: [1],
        lambda lines: lines[:1] * (continuing.MOST + 1),
    ],
)
def test_another_form_is_told(house, third, faults, change):
    forged = with_lines(house, third, change)
    assert faults(forged) == ["consistency.json: is missing or not of this format"]


def test_one_that_is_too_large_is_not_even_read(house, third, faults):
    forged = third.replaced("consistency.json", b" " * (continuing.LARGEST + 1))
    told = faults(forged.resigned(house.officer))
    assert told == ["consistency.json: is missing or not of this format"]


def test_where_it_is_not_there_that_is_told(house, third, faults):
    told = faults(third.without("consistency.json").resigned(house.officer))
    assert told == ["consistency.json: is missing or not of this format"]


def test_its_room_is_reckoned_rather_too_high(third):
    lines = json.loads(third["consistency.json"])
    assert len(third["consistency.json"]) < continuing.WEIGHT * len(lines)
    deepest = continuing.WEIGHT / (64 + 8)
    assert deepest > 30  # hashes: for a journal of a billion entries
