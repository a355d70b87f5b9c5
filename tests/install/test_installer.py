"""The installer on an isolated machine: nothing is installed that was not checked, and what
was current stays so until the new version is whole.
"""

import ast
import fcntl
import resource
import shutil
import signal

import pytest

from secterm.bundle import install
from tests.install.carried import INSTALL, Machine, bundle, summed, told


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A bundle that nobody changes."""
    return bundle(tmp_path_factory.mktemp("bundles") / "first")


@pytest.fixture
def altered(first, tmp_path):
    """A copy of it, for hands that change something."""
    return shutil.copytree(first, tmp_path / "altered")


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.fixture(scope="module")
def begun(first, tmp_path_factory):
    """A machine that has the first version."""
    machine = Machine(tmp_path_factory.mktemp("machine"))
    done = machine.install(first)
    assert (done.returncode, done.stderr) == (0, "")
    return machine


@pytest.fixture
def used(begun, tmp_path):
    """Another such machine, for a test of its own."""
    machine = Machine(tmp_path)
    shutil.copytree(begun.place, machine.place, symlinks=True)
    machine.command.parent.mkdir()
    machine.command.symlink_to(machine.place / "current" / "bin" / "secterm")
    return machine


def test_a_bundle_is_installed_and_its_program_starts_by_the_command(begun):
    assert begun.says() == "1.0"
    current = begun.place / "current"
    assert (current / "INSTALL.txt").read_text() == "How to install it.\n"
    assert (current / "packs" / "default" / "pack.toml").exists()
    assert not list(begun.place.glob(".*"))  # nothing of the work is left


def test_the_fingerprint_is_shown_and_asked_for(first, machine):
    done = machine.run(first / "install.py", answer="no\n")
    assert (done.returncode, machine.is_empty()) == (1, True)
    assert told(first) in done.stdout
    assert "type yes" in done.stdout
    assert done.stderr == "install: Not installed, since yes was not typed. Nothing was changed.\n"


def test_where_nobody_answers_nothing_is_installed(first, machine):
    done = machine.run(first / "install.py")
    assert (done.returncode, machine.is_empty()) == (2, True)
    assert "Nobody said whether the fingerprint is right" in done.stderr


def test_another_fingerprint_than_the_one_told_is_refused(first, machine):
    wrong = ("0" if told(first)[0] != "0" else "1") + told(first)[1:]
    for given in (wrong, told(first)[:-1], ""):
        done = machine.run(first / "install.py", "--fingerprint", given)
        assert (done.returncode, machine.is_empty()) == (1, True)
        assert "not the fingerprint that was given. Nothing was installed." in done.stderr


@pytest.mark.parametrize("written", [str.upper, lambda f: f.replace(" ", "-"), "".join])
def test_a_fingerprint_may_be_typed_as_people_write_it(first, written, capsys):
    install.agree((first / install.SUMS).read_bytes(), written(told(first)))
    assert told(first) in capsys.readouterr().out


def test_one_flipped_bit_anywhere_is_found_and_named(altered, tmp_path):
    sums = (altered / install.SUMS).read_bytes()
    names = install.named(sums)
    assert len(names) == 7
    for number, name in enumerate(names):
        content = (altered / name).read_bytes()
        half = len(content) // 2
        flipped = content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]
        (altered / name).write_bytes(flipped)
        with pytest.raises(install.Refused, match=f"changed: {name}\n"):
            install.carry(altered, tmp_path / str(number), names)
        (altered / name).write_bytes(content)
    install.carry(altered, tmp_path / "whole", names)


def test_whoever_changes_the_list_too_changes_the_fingerprint(first, altered, machine):
    (altered / "requirements.lock").write_text("other==1.0\n")
    summed(altered)
    done = machine.run(altered / "install.py", "--fingerprint", told(first))
    assert (done.returncode, machine.is_empty()) == (1, True)


def test_a_file_that_is_missing_and_one_too_many_are_named(altered, machine):
    (altered / "INSTALL.txt").unlink()
    (altered / "packages" / "sly-1.0-py3-none-any.whl").touch()
    (altered / "packs" / "default" / "pack.toml").unlink()
    (altered / "packs" / "default" / "pack.toml").symlink_to(altered / "requirements.lock")
    (altered / "more").symlink_to(altered / "packs")
    done = machine.install(altered)
    assert (done.returncode, machine.is_empty()) == (1, True)
    assert done.stderr.splitlines()[:5] == [
        "install: The bundle is not as it was made.",
        "  missing: INSTALL.txt",
        "  not part of the bundle: more",
        "  not part of the bundle: packages/sly-1.0-py3-none-any.whl",
        "  changed: packs/default/pack.toml",
    ]


@pytest.mark.parametrize(
    "line",
    [b"", b"no hash  install.py\n", b"%b  ../outside\n" % (b"a" * 64), b"\xff\n"],
    ids=["nothing", "no hash", "outside", "no text"],
)
def test_a_damaged_list_is_refused(line):
    with pytest.raises(install.Refused, match="SHA256SUMS is damaged"):
        install.named(line)


def test_a_file_named_twice_is_refused(first):
    sums = (first / install.SUMS).read_bytes()
    with pytest.raises(install.Refused, match="SHA256SUMS is damaged"):
        install.named(sums + sums.splitlines(keepends=True)[0])


def test_a_folder_without_a_list_is_no_bundle(altered, machine):
    (altered / install.SUMS).unlink()
    done = machine.run(altered / "install.py")
    assert (done.returncode, machine.is_empty()) == (2, True)
    assert "this is no bundle, or not all of it was copied" in done.stderr


@pytest.mark.parametrize(
    ("tag", "says"),
    [
        ("cp399-cp399-any", "are for Python 3.99; this is Python 3."),
        ("py3-none-manylinux_2_999_x86_64", "tiny-1.0-py3-none-manylinux_2_999_x86_64.whl\n"),
    ],
)
def test_packages_for_another_machine_are_told_in_words(tag, says, machine, tmp_path):
    done = machine.install(bundle(tmp_path / "other", tag=tag))
    assert (done.returncode, machine.is_empty()) == (2, True)
    assert says in done.stderr
    assert "Nothing was installed." in done.stderr


def test_the_same_version_twice_is_checked_and_stays(first, used):
    done = used.install(first)
    assert (done.returncode, done.stderr, used.says()) == (0, "", "1.0")
    assert "is there already. Checking it" in done.stdout
    assert "is current, as it was, and whole." in done.stdout


def test_an_installed_file_that_somebody_changed_is_found(first, used):
    site = next((used.place / "current" / "lib").glob("python*/site-packages"))
    (site / "tiny.py").write_text("HERE = 'sly'\n")
    (site / "sly.pth").write_text("import tiny\n")
    done = used.install(first)
    assert done.returncode == 1
    assert "is not as the bundle has it:\n  tiny.py\n  sly.pth\n" in done.stderr


def test_an_upgrade_keeps_the_version_before_and_a_rollback_takes_it_back(used, tmp_path):
    for version in ("2.0", "3.0"):
        done = used.install(bundle(tmp_path / version, version))
        assert (done.returncode, done.stderr, used.says()) == (0, "", version)
    assert "Removed 1.0-" in done.stdout
    assert used.versions == ["2.0", "3.0"]
    for back in ("2.0", "3.0", "2.0"):
        done = used.rollback()
        assert (done.returncode, done.stderr, used.says()) == (0, "", back)
        assert f"Version {back}-" in done.stdout
    done = used.install(tmp_path / "3.0")
    assert (done.returncode, used.says()) == (0, "3.0")


def test_without_a_version_before_there_is_no_way_back(used):
    done = used.rollback()
    assert (done.returncode, used.says()) == (2, "1.0")
    assert "There is no version before 1.0-" in done.stderr


def test_a_version_that_does_not_start_does_not_become_current(used, tmp_path):
    broken = "def main():\n    raise SystemExit('No library.')\n"
    done = used.install(bundle(tmp_path / "broken", "2.0", broken))
    assert (done.returncode, used.says(), used.versions) == (1, "1.0", ["1.0"])
    assert "/bin/secterm does not start; these were the last words:\nNo library." in done.stderr
    assert done.stderr.endswith("still is, and no vault was touched.\n")


def test_killed_before_the_new_version_is_current_the_old_one_is(used, tmp_path):
    killing = "import os\ndef main():\n    os.kill(os.getppid(), 9)\n"
    done = used.install(bundle(tmp_path / "killing", "2.0", killing))
    assert (done.returncode, used.says()) == (-signal.SIGKILL, "1.0")
    assert list(used.place.glob(".carried-*"))
    assert used.rollback().returncode == 2  # what is not whole is no version
    assert used.says() == "1.0"
    assert not list(used.place.glob(".carried-*"))


def test_what_a_killed_installer_had_begun_ends_with_it(used, tmp_path):
    alive, late = tmp_path / "alive", tmp_path / "late"
    outlives = f"""
import fcntl, os, pathlib, time
def main():
    fcntl.flock(alive := os.open({str(alive)!r}, os.O_CREAT | os.O_WRONLY, 0o600), fcntl.LOCK_EX)
    os.kill(os.getppid(), 9)
    time.sleep(3)
    pathlib.Path({str(late)!r}).touch()
"""
    done = used.install(bundle(tmp_path / "outlives", "2.0", outlives))
    assert done.returncode == -signal.SIGKILL
    with alive.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # when it has ended
    assert not late.exists()


def test_a_full_disk_leaves_what_was_current(used, tmp_path):
    def little():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = used.install(bundle(tmp_path / "second", "2.0"), preexec_fn=little)
    assert (done.returncode, used.says(), used.versions) == (1, "1.0", ["1.0"])
    assert done.stderr.startswith("install: File too large")
    assert "The version that was current, if any, still is" in done.stderr


def test_a_command_of_somebody_else_is_left_alone(first, machine):
    machine.command.parent.mkdir()
    machine.command.write_text("theirs")
    done = machine.install(first)
    assert (done.returncode, machine.command.read_text(), machine.versions) == (2, "theirs", [])
    assert "is there already and is not of this installer" in done.stderr


def test_a_place_where_others_can_write_is_refused(first, machine):
    machine.place.mkdir()
    machine.place.chmod(0o777)
    done = machine.install(first)
    assert (done.returncode, machine.versions) == (2, [])
    assert "Others can write to" in done.stderr


def test_two_installers_do_not_work_in_one_place(first, used):
    with install.held(used.place):
        done = used.install(first)
    assert done.returncode == 2
    assert "Another install.py is at work" in done.stderr


def test_an_old_python_can_read_as_far_as_the_refusal():
    ast.parse(INSTALL.read_text(), feature_version=(3, 8))
