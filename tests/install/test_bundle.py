"""The bundle as it is made: on Python alone, of what the locks name, with a list of it."""

import ast
import json
import re
import sys
import tomllib
import venv
from pathlib import Path

import pytest

from secterm.bundle import __main__ as making
from secterm.bundle import packages, sbom
from tests.install.carried import wheel

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "secterm" / "bundle"
TARGET = packages.Target("3.13", ("manylinux_2_28_x86_64",))


def imported(file):
    """The modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def outside(file):
    """Those that a bare Python does not have."""
    return {m for m in imported(file) if m.split(".")[0] not in sys.stdlib_module_names}


@pytest.mark.parametrize("file", sorted(BUNDLE.glob("*.py")), ids=lambda file: file.name)
def test_a_bare_python_has_all_that_is_imported(file):
    # The installer asks the pip that it carries, once that was checked.
    carried = {"pip._vendor.packaging"} if file.name == "install.py" else set()
    own = {each for each in outside(file) if each.startswith("secterm.bundle")}
    assert outside(file) == carried | (own if file.name != "install.py" else set())


def test_nothing_is_imported_before_the_bundle_is():
    assert outside(ROOT / "secterm" / "__init__.py") == set()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--to", "full"], "full is not empty. Name a new folder, or empty that one."),
        (["--to", "file"], "file is not a folder."),
        (["--to", "new", "--python", "3.10"], "Python 3.10 is too old."),
        (["--to", "new", "--python", "three"], "--python is two numbers such as 3.13"),
        (["--to", "new", "--platform", "Debian"], "not 'Debian'."),
        ([], "the following arguments are required: --to"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(arguments, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note.txt").touch()
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as ended:
        making.main(arguments)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_python_without_pip_is_told_how_to_get_it(tmp_path, monkeypatch):
    venv.create(tmp_path / "bare", with_pip=False, symlinks=True)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / "bin" / "python"))
    with pytest.raises(packages.Failed, match=r"has no pip .*apt-get install python3-pip"):
        packages.collect(ROOT, tmp_path, TARGET)


def test_a_platform_takes_what_was_made_for_older_ones():
    tags = packages.older("manylinux_2_17_x86_64")
    assert tags[:2] == ["manylinux_2_17_x86_64", "manylinux2014_x86_64"]
    assert tags[-2:] == ["manylinux_2_5_x86_64", "manylinux1_x86_64"]
    assert "manylinux_2_28_x86_64" not in tags
    assert packages.older("musllinux_1_2_aarch64") == ["musllinux_1_2_aarch64"]


def test_no_package_depends_on_which_python_makes_the_bundle():
    """pip would judge a marker by the Python that runs it, not by the isolated machine's."""
    lock = (ROOT / packages.LOCK).read_text()
    markers = set(re.findall(r"^[a-z].* ; (.*?)(?: \\)?$", lock, re.MULTILINE))
    assert markers == {"implementation_name != 'PyPy'"}


def test_the_lock_pins_all_that_makes_the_bundle():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    lock = (ROOT / packages.TOOLS).read_text()
    wanted = {re.match(r"[a-z-]+", line)[0] for line in groups["bundle"]}
    pinned = set(re.findall(r"^([a-z-]+)==\S+ \\\n    --hash=sha256:", lock, re.MULTILINE))
    assert {"pip", "hatchling"} == wanted <= pinned
    assert len(pinned) == len(re.findall(r"^[a-z]", lock, re.MULTILINE))


@pytest.fixture
def wheels(tmp_path):
    app = "Requires-Dist: Some.Lib[fast] >=1 ; python_version > '3'\nRequires-Dist: absent\n"
    lib = (
        "License: BSD\nRequires-Dist: quick ; extra == 'fast'\nRequires-Dist: slow; extra == 'x'\n"
    )
    return [
        wheel(tmp_path, "secterm", "1.0", {}, about=f"License-Expression: Apache-2.0\n{app}"),
        wheel(tmp_path, "some_lib", "2.0+local", {}, about=lib),
        wheel(tmp_path, "quick", "3.0", {}, about="Classifier: License :: OSI Approved :: MIT\n"),
        wheel(tmp_path, "slow", "4.0", {"slow-4.0.dist-info/licenses/LICENSE": "As you like."}),
    ]


def test_the_list_names_each_package_with_licence_hash_and_what_it_needs(wheels):
    told = json.loads(sbom.written(wheels, "secterm"))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    secterm = told["metadata"]["component"]
    assert (secterm["name"], secterm["licenses"]) == ("secterm", [{"expression": "Apache-2.0"}])
    assert len(secterm["hashes"][0]["content"]) == 64
    licences = {each["purl"]: each.get("licenses") for each in told["components"]}
    assert licences == {
        "pkg:pypi/quick@3.0": [{"license": {"name": "MIT"}}],
        "pkg:pypi/slow@4.0": [
            {"license": {"name": "LICENSE", "text": {"content": "As you like."}}}
        ],
        "pkg:pypi/some-lib@2.0%2Blocal": [{"license": {"name": "BSD"}}],
    }
    assert {each["ref"]: each["dependsOn"] for each in told["dependencies"]} == {
        "pkg:pypi/quick@3.0": [],
        "pkg:pypi/secterm@1.0": ["pkg:pypi/some-lib@2.0%2Blocal"],
        "pkg:pypi/slow@4.0": [],
        "pkg:pypi/some-lib@2.0%2Blocal": ["pkg:pypi/quick@3.0"],
    }


def test_the_list_has_nothing_of_the_hour_or_of_chance(wheels):
    once = sbom.written(wheels, "secterm")
    assert sbom.written(wheels[::-1], "secterm") == once
    assert b"timestamp" not in once
    fewer = json.loads(sbom.written(wheels[:3], "secterm"))
    assert fewer["serialNumber"] != json.loads(once)["serialNumber"]
