"""That the benchmarks still run. How fast anything is depends on the machine, and is
asserted nowhere.
"""

import json
import shutil

import pytest

from tests.benchmarks import __main__ as program
from tests.benchmarks import figures


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[] if n == "interview" else [pytest.mark.long]) for n in program.WORKS],
)
def test_a_work_runs_and_names_what_it_compares(name):
    if name == "export" and shutil.which("age") is None:
        pytest.skip("there is no age to compare with")
    lines = program.WORKS[name](figures.TINY)
    assert lines
    for line in lines:
        assert line.peer
        assert line.ours > 0
        assert line.theirs > 0


def test_a_ratio_is_the_middle_one_of_the_runs():
    line = figures.compared("work", "ms", "peer", [(2.0, 1.0), (9.0, 1.0), (4.0, 1.0)], under=3)
    assert (line.ratio, line.target) == (4.0, "under 3: MISSED")


def test_all_but_one_in_twenty_stay_under_p95():
    assert figures.p95([0.001] * 95 + [0.1] * 5) < 100
    assert figures.p95([0.001] * 90 + [0.1] * 10) == pytest.approx(100)


def test_the_table_says_what_it_was_measured_on(tmp_path):
    where = figures.machine(tmp_path)
    told = figures.table([figures.compared("work", "ms", "peer", [(2.0, 1.0)], under=3)], where)
    assert "under 3: met" in told
    assert f"cores: {where['cores']}" in told
    assert where["file system"] in told


def test_a_program_can_read_the_same():
    line = figures.compared("work", "ms", "peer", [(2.0, 1.0)])
    told = json.loads(json.dumps(figures.as_json([line], {"cores": 2})))
    assert told["lines"][0]["ratio"] == 2.0
    assert told["machine"] == {"cores": 2}


def test_a_work_that_is_not_there_is_named(capsys):
    with pytest.raises(SystemExit):
        program.main(["nothing"])
    assert "no such work: nothing" in capsys.readouterr().err
