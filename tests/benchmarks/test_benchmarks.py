"""That the benchmarks still run. How fast anything is depends on the machine, and is
asserted nowhere.
"""

import json
import os
import shutil
from dataclasses import asdict

import pytest

from tests.benchmarks import __main__ as program
from tests.benchmarks import figures, growing, peers, stock, told

TINY = figures.TINY


@pytest.fixture(scope="module")
def stocked(tmp_path_factory):
    return stock.Stock(tmp_path_factory.mktemp("vaults"))


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[] if n == "interview" else [pytest.mark.long]) for n in program.WORKS],
)
def test_a_work_runs_and_names_what_it_compares(name, stocked):
    needs(name)
    lines = program.WORKS[name](TINY, stocked)
    assert lines
    for line in lines:
        if isinstance(line, figures.Growth):
            assert [count for count, _ in line.points] == list(TINY.grown)
            assert all(figure > 0 for _, figure in line.points)
        else:
            assert line.peer
            assert line.ours > 0
            assert line.theirs > 0


def needs(name):
    """Skips a work that has nothing to compare with; where that must be there, it fails."""
    if name == "export" and shutil.which("age") is None:
        assert not os.environ.get("SECTERM_TESTS_NEED_AGE"), "age is not installed"
        pytest.skip("there is no age to compare with")
    if name != "interview" and not peers.there("sqlcipher3", "pykeepass", "matplotlib"):
        assert not os.environ.get("SECTERM_TESTS_NEED_PEERS"), "the peers are not installed"
        pytest.skip("there are no peers to compare with")


@pytest.mark.long
def test_what_grows_is_drawn_the_same_each_time(tmp_path, monkeypatch):
    needs("growth")
    grown = [figures.Growth("open", "s", ((10, 1.0), (100, 10.0)))]
    pictures = []
    for name in ("one.svg", "two.svg"):
        monkeypatch.setattr(told, "PICTURE", tmp_path / name)
        told.draw(grown)
        pictures.append(told.PICTURE.read_bytes())
    assert pictures[0] == pictures[1]
    assert b"<!-- open (1.00) -->" in pictures[0]


def test_readme_tells_what_was_measured_and_nobody_typed_it():
    readme = told.README.read_text()
    assert readme.index(told.BEGINS) < readme.index(told.ENDS)
    assert told.in_readme(readme) == readme
    kept = json.loads(told.KEPT.read_text())["works"]
    assert set(kept) == set(program.WORKS)


def test_readme_shows_how_it_grows_as_it_was_measured():
    picture = told.PICTURE.read_text()
    assert f"({told.PICTURE.relative_to(told.ROOT)})" in told.README.read_text()
    for each in told.kept("growth"):
        assert f"<!-- {each.part} ({growing.exponent(each.points):.2f}) -->" in picture


def test_a_cell_parts_no_row_and_says_where_it_belongs(tmp_path, monkeypatch):
    monkeypatch.setattr(told, "KEPT", tmp_path / "results.json")
    line = figures.compared("  of it", "ms", "one | other", [(2.0, 1.0)])
    told.KEPT.write_text(json.dumps({"machine": {}, "works": {"typing": [asdict(line)]}}))
    assert "| … of it | 2.00 ms | one \\| other | 1.00 ms | 2.00 |  |" in told.markdown()


def test_what_is_kept_comes_from_one_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(told, "KEPT", tmp_path / "results.json")
    monkeypatch.setattr(told, "README", tmp_path / "README.md")
    monkeypatch.setattr(told, "draw", lambda grown: None)
    told.README.write_text(f"Before.\n{told.BEGINS}\nOld.\n{told.ENDS}\nAfter.\n")
    line = figures.compared("work", "ms", "peer", [(2.0, 1.0)], under=3)
    grown = figures.Growth("open", "s", ((10, 1.0), (100, 10.0)))
    told.keep({"typing": [line], "growth": [grown]}, {"cores": 2, "load": 1.0})
    told.keep({"interview": [line]}, {"cores": 2, "load": 0.5})
    assert told.kept() == [line, line, grown]
    text = told.README.read_text()
    assert text.startswith("Before.")
    assert text.endswith("After.\n")
    assert text.count("| 2.00 | 3 or less: met |") == 2
    assert "| open | 1.00 | 1.00 s | 10.00 s |" in text
    told.keep({"interview": [line]}, {"cores": 4, "load": 0.5})
    assert told.kept() == [line]


def test_an_exponent_is_that_of_the_power_law():
    assert growing.exponent([(10, 3.0), (100, 3.0), (1000, 3.0)]) == pytest.approx(0)
    assert growing.exponent([(10, 5.0), (100, 50.0), (1000, 500.0)]) == pytest.approx(1)
    assert growing.exponent([(10, 1.0), (100, 100.0)]) == pytest.approx(2)


def test_a_ratio_is_the_middle_one_of_the_runs():
    line = figures.compared("work", "ms", "peer", [(2.0, 1.0), (9.0, 1.0), (4.0, 1.0)], under=3)
    assert (line.ratio, line.target) == (4.0, "3 or less: MISSED")


def test_all_but_one_in_twenty_stay_under_p95():
    assert figures.p95([0.001] * 95 + [0.1] * 5) < 100
    assert figures.p95([0.001] * 90 + [0.1] * 10) == pytest.approx(100)


def test_the_table_says_what_it_was_measured_on(tmp_path):
    where = figures.machine(tmp_path)
    text = told.table([figures.compared("work", "ms", "peer", [(2.0, 1.0)], under=3)], where)
    assert "3 or less: met" in text
    assert f"cores: {where['cores']}" in text
    assert where["file system"] in text


def test_a_program_can_read_the_same():
    line = figures.compared("work", "ms", "peer", [(2.0, 1.0)])
    grown = figures.Growth("open", "s", ((10, 1.0), (100, 10.0)))
    read = json.loads(json.dumps(told.as_json([line], [grown], {"cores": 2})))
    assert read["lines"][0]["ratio"] == 2.0
    assert read["growth"][0]["exponent"] == pytest.approx(1)
    assert read["machine"] == {"cores": 2}


def test_a_work_that_is_not_there_is_named(capsys):
    with pytest.raises(SystemExit):
        program.main(["nothing"])
    assert "no such work: nothing" in capsys.readouterr().err
