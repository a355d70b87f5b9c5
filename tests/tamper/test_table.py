"""The table of attacks in the vault's FORMAT.md says what is tested, and all of it."""

import ast
import re
from pathlib import Path

import pytest

import secterm.vault

HERE = Path(__file__).parent
FORMAT = Path(secterm.vault.__file__).with_name("FORMAT.md")


@pytest.fixture(scope="module")
def section():
    """The lines under the heading, up to the next."""
    _, _, after = FORMAT.read_text().partition("\n## Attacks\n")
    return after.partition("\n## ")[0].splitlines()


def named(lines):
    """The tests that are named there: file, as from the folder tests, and function."""
    found = re.findall(r"`([\w/]+\.py)::(\w+)`", "\n".join(lines))
    return {(file if "/" in file else f"tamper/{file}", test) for file, test in found}


def functions_of(file):
    """The test functions of a file."""
    tree = ast.parse((HERE.parent / file).read_text())
    return {
        (file, node.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }


def test_every_attack_has_all_that_the_table_promises(section):
    rows = [line for line in section if line.startswith("|")]
    assert len(rows) > 30
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 4, row
        assert all(cells), row
    for row in rows[2:]:
        assert named([row]), row


def test_every_test_that_the_table_names_is_there(section):
    for file, test in sorted(named(section)):
        assert (file, test) in functions_of(file)


def test_every_test_of_this_suite_is_named(section):
    files = [f"tamper/{path.name}" for path in HERE.glob("test_*.py") if path != Path(__file__)]
    there = set().union(*map(functions_of, files))
    assert sorted(there - named(section)) == []
