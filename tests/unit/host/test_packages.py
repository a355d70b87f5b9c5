"""Packages are compared with the lock, and the program's files with what was installed."""

import base64
import hashlib
from pathlib import Path

import pytest

from secterm.host import packages
from secterm.host.machine import Installed, NotSeen, lock_file
from tests.support.recorded import recorded

LOCK = """\
argon2-cffi==25.1.0 \\
    --hash=sha256:694ae5cc8a42f4c4e2bf2ca0e64e51e23a040c6a517a85074683d3959e1346c1
    # via secterm (pyproject.toml)
pycparser==3.12 ; implementation_name != 'PyPy' \\
    --hash=sha256:00
peewee==4.5.1 --hash=sha256:01
"""


@pytest.fixture
def site(tmp_path):
    """A folder of packages."""
    site = tmp_path / "site"
    site.mkdir()
    return site


def install(site, name, version, files=()):
    """A package with these files."""
    info = site / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = [f"{info.name}/RECORD,,"]
    for file, text in dict(files).items():
        path = site / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
        lines.append(f"{file},sha256={digest.rstrip('=')},{len(text)}")
    (info / "RECORD").write_text("\n".join(lines))


def looked(look, tmp_path, site, lock=LOCK):
    file = None
    if lock is not None:
        file = tmp_path / "requirements.lock"
        file.write_text(lock)
    installed = Installed(folder=site, path=(str(site),), lock=file)
    return look(recorded(tmp_path / "machine", installed=installed))


def test_packages_as_the_lock_has_them_are_no_finding(tmp_path, site):
    install(site, "argon2_cffi", "25.1.0")
    install(site, "peewee", "4.5.1")
    assert looked(packages.versions, tmp_path, site) == ""


def test_another_version_and_a_missing_package_are_found(tmp_path, site):
    install(site, "argon2_cffi", "25.0.0")
    assert looked(packages.versions, tmp_path, site) == (
        "2 packages are not as the lock has them: argon2-cffi 25.0.0 instead of 25.1.0, "
        "peewee is missing."
    )


def test_what_is_needed_on_some_machines_only_may_be_missing_but_not_be_another(tmp_path, site):
    install(site, "argon2_cffi", "25.1.0")
    install(site, "peewee", "4.5.1")
    install(site, "pycparser", "2.0")
    assert "pycparser 2.0 instead of 3.12" in looked(packages.versions, tmp_path, site)


def test_without_a_lock_that_is_said(tmp_path, site):
    with pytest.raises(NotSeen, match=r"no requirements\.lock"):
        looked(packages.versions, tmp_path, site, lock=None)


def test_a_lock_that_names_nothing_is_no_lock(tmp_path, site):
    with pytest.raises(NotSeen, match="names no versions"):
        looked(packages.versions, tmp_path, site, lock="# nothing\n")


def test_the_lock_that_goes_along_is_found_and_names_what_is_installed_for_the_tests():
    assert lock_file() == Path(__file__).parents[3] / "requirements.lock"
    assert packages._differing(Installed()) == ()


FILES = {"secterm/__init__.py": "version = 1\n", "secterm/cli.py": "print()\n"}


def test_a_program_as_it_was_installed_is_no_finding(tmp_path, site):
    install(site, "secterm", "0.1.0", FILES)
    assert looked(packages.own_files, tmp_path, site) == ""


def test_a_file_that_was_changed_and_one_that_is_gone_are_found(tmp_path, site):
    install(site, "secterm", "0.1.0", FILES)
    (site / "secterm/cli.py").write_text("print(1)\n")
    (site / "secterm/__init__.py").unlink()
    assert looked(packages.own_files, tmp_path, site) == (
        "2 files of this program are not as they were installed: "
        "secterm/__init__.py is missing, secterm/cli.py."
    )


def test_of_a_checkout_nobody_knows_what_was_installed(tmp_path, site):
    with pytest.raises(NotSeen, match="checkout"):
        looked(packages.own_files, tmp_path, site)
