"""What is installed is whole: the wheel works where there is no checkout."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from secterm.vault import file

ROOT = Path(__file__).resolve().parents[2]


def run(*command, cwd):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "SECTERM"))}
    return subprocess.run(
        list(map(str, command)), cwd=cwd, env=clean, capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    built = run(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT,
        cwd=folder,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("secterm-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of programs of a new environment that has the wheel."""
    place = tmp_path_factory.mktemp("new") / "environment"
    venv.create(place, with_pip=False, symlinks=True)
    python = place / "bin" / "python"
    install = ("install", "--no-index", "--no-deps", wheel)
    pip = run(sys.executable, "-m", "pip", "--python", python, *install, cwd=place)
    assert pip.returncode == 0, pip.stderr
    # What the lock file names is not fetched once more: it stands beside this very test.
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=place)
    Path(site.stdout.strip(), "beside.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place / "bin"


def test_the_wheel_holds_the_packs_the_styles_and_the_specifications(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    packs = {f"secterm/_data/default/{path.name}" for path in (ROOT / "data/default").iterdir()}
    assert len(packs) == 5
    beside = {"secterm/vault/FORMAT.md", "secterm/archive/FORMAT.md", "secterm/tui/style.tcss"}
    assert packs | beside | {"secterm/_data/requirements.lock"} <= names
    assert not [name for name in names if name.startswith(("tests/", "data/"))]


def test_the_installed_program_finds_its_pack_and_checks_it(installed, tmp_path):
    found = run(
        installed / "python",
        "-c",
        "from secterm.policy import reader; print(reader.default_folder())",
        cwd=tmp_path,
    )
    folder = Path(found.stdout.strip())
    assert installed.parent in folder.parents
    checked = run(installed / "secterm", "pack", "check", folder, cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert "The pack holds" in checked.stdout


def test_a_vault_of_a_later_program_is_refused_in_words_and_stays(installed, tmp_path):
    vault = tmp_path / "later.db"
    with contextlib.closing(sqlite3.connect(vault)) as db:
        db.execute(f"PRAGMA application_id = {file.APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {file.FORMAT + 1}")
        db.execute("CREATE TABLE later (x)")
    before = vault.read_bytes()
    secret = tmp_path / "alice.txt"
    secret.write_text("correct horse\n")
    secret.chmod(0o600)
    whose = ("--vault", vault, "--officer", "alice", "--passphrase-file", secret)
    refused = run(installed / "secterm", "list", *whose, cwd=tmp_path)
    assert (refused.returncode, refused.stdout, vault.read_bytes()) == (4, "", before)
    assert refused.stderr == (
        f"secterm: This vault was written by a later version (format {file.FORMAT + 1}). "
        "It was not touched. Install the later version of secterm.\n"
    )


def doctor(installed, folder):
    """What it sees of the machine: found, by id, and looked for and not there."""
    done = run(installed / "secterm", "doctor", "--json", cwd=folder)
    told = json.loads(done.stdout)
    return {each["id"]: each["what"] for each in told["findings"]}, told["absent"]


def test_the_installed_program_knows_its_packages_and_its_own_files(installed, tmp_path):
    found, absent = doctor(installed, tmp_path)
    assert {"packages", "program"} <= set(absent), found
    lock = next(installed.parent.rglob("_data/requirements.lock"))
    before = lock.read_text()
    try:
        lock.write_text(before.replace("peewee==4", "peewee==3"))
        found, _absent = doctor(installed, tmp_path)
    finally:
        lock.write_text(before)
    assert "peewee 4" in found["packages"]
    assert "secterm/_data/requirements.lock" in found["program"]


def test_the_module_is_the_program(installed, tmp_path):
    by_name = run(installed / "secterm", "--version", cwd=tmp_path)
    by_module = run(installed / "python", "-m", "secterm", "--version", cwd=tmp_path)
    assert by_name.returncode == by_module.returncode == 0
    assert by_name.stdout == by_module.stdout
