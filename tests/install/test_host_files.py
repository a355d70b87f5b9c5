"""A terminal that starts into secterm alone: one script puts its files in place and takes
them away again, they say what INSTALL.md says they do, and systemd reads them.
"""

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOST = ROOT / "data" / "host"
INSTALL = (ROOT / "INSTALL.md").read_text(encoding="utf-8")
UNITS = ("secterm", "secterm-console", "secterm-kmscon")
WANTS = "etc/systemd/system/multi-user.target.wants"
MASKED = (
    *("getty@tty1.service", "autovt@.service", "ctrl-alt-del.target", "kbrequest.target"),
    *("swap.target", "sleep.target", "suspend.target", "hibernate.target"),
    *("hybrid-sleep.target", "suspend-then-hibernate.target"),
)


def setup(system, *options):
    return subprocess.run(
        ["sh", HOST / "setup.sh", *options, "--root", system],
        capture_output=True,
        text=True,
        timeout=60,
    )


def program(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def tree(system):
    """Every file and link, with what it holds or leads to."""
    return {
        str(path.relative_to(system)): os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in system.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def unit(name):
    """A unit's settings by section, each a list, as systemd adds them up."""
    sections, section = {}, {}
    text = (HOST / f"{name}.service").read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, value = line.split("=", 1)
            section.setdefault(key, []).append(value)
    return sections


@pytest.fixture
def system(tmp_path):
    """A system that has secterm, and nothing that concerns a terminal."""
    folder = tmp_path / "system"
    for name in ("usr/local/bin/secterm", "usr/bin/kmscon"):
        program(folder / name)
    return folder


def test_every_file_beside_the_script_is_put_in_place(system):
    done = setup(system)
    assert done.returncode == 0, done.stderr
    placed = list(tree(system).values())
    for file in HOST.iterdir():
        assert file.name == "setup.sh" or file.read_bytes() in placed, file.name
    for name in MASKED:
        assert os.readlink(system / "etc/systemd/system" / name) == "/dev/null"
    assert os.listdir(system / WANTS) == ["secterm.service"]
    assert (system / WANTS / "secterm.service").exists()


def test_it_says_each_file_that_it_makes(system):
    before = tree(system)
    said = setup(system).stdout.split()
    made = {f"/{path}" for path in tree(system).keys() - before.keys()}
    assert made - {"/etc/secterm/made-by-setup"} <= set(said)


def test_a_second_time_changes_nothing(system):
    setup(system)
    before = tree(system)
    assert setup(system).returncode == 0
    assert tree(system) == before


def test_undo_takes_all_of_it_away_and_nothing_else(system):
    own = system / "etc/systemd/system/hibernate.target"
    own.parent.mkdir(parents=True)
    own.symlink_to("/dev/null")  # somebody did this before, for reasons of their own
    vault = system / "var/lib/secterm/vault.db"
    vault.parent.mkdir(parents=True)
    vault.write_text("sealed")
    before = tree(system)
    setup(system)
    done = setup(system, "--undo")
    assert done.returncode == 0, done.stderr
    assert tree(system) == before
    assert "the vault in /var/lib/secterm stay" in done.stdout


def test_undo_where_nothing_was_done_says_so(system):
    before = tree(system)
    done = setup(system, "--undo")
    assert done.returncode == 0
    assert "Nothing was changed" in done.stdout
    assert tree(system) == before


def test_one_terminal_takes_the_place_of_the_other(system):
    for options, name in (((), "secterm"), (("--kmscon",), "secterm-kmscon"), ((), "secterm")):
        assert setup(system, *options).returncode == 0
        assert os.listdir(system / WANTS) == [f"{name}.service"]


def test_a_program_that_is_a_link_within_that_system_is_there(system):
    command = system / "usr/local/bin/secterm"
    command.unlink()
    command.symlink_to("/opt/secterm/current/bin/secterm")
    assert setup(system).returncode == 0


@pytest.mark.parametrize("missing", ["secterm", "kmscon"])
def test_without_the_program_it_changes_nothing_and_says_what_to_do(system, missing):
    next(system.rglob(missing)).unlink()
    before = tree(system)
    done = setup(system, "--kmscon")
    assert done.returncode == 1
    assert f"{missing} is not installed" in done.stderr
    assert tree(system) == before


def test_whoever_could_never_come_back_in_is_told_before_anything_is_changed(system):
    (system / "etc").mkdir()
    (system / "etc/shadow").write_text("root:!:20000:0:99999:7:::\n")
    before = tree(system)
    done = setup(system)
    assert done.returncode == 1
    assert "passwd root" in done.stderr
    assert tree(system) == before


def test_somebody_elses_file_is_left_as_it_is(system):
    theirs = system / "etc/systemd/logind.conf.d/secterm.conf"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("[Login]\nKillUserProcesses=yes\n")
    done = setup(system)
    assert done.returncode == 1
    assert "/etc/systemd/logind.conf.d/secterm.conf" in done.stderr
    assert "KillUserProcesses" in theirs.read_text()
    assert setup(system, "--undo").returncode == 0  # of what was done until then
    assert theirs.exists()
    assert not list((system / "etc").rglob("*.service"))


@pytest.mark.parametrize("options", [["--quick"], ["--root"]])
def test_an_option_that_it_does_not_know_changes_nothing(options):
    done = subprocess.run(["sh", HOST / "setup.sh", *options], capture_output=True, text=True)
    assert done.returncode == 2
    assert "Nothing was changed" in done.stderr


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_the_program_on_the_first_console_and_keeps_it_there(name):
    of = unit(name)
    assert of["Install"]["WantedBy"] == ["multi-user.target"]
    if name == "secterm-console":
        return
    service = of["Service"]
    assert service["Restart"] == ["always"]
    assert service["TTYPath"] == ["/dev/tty1"]
    assert service["ExecStart"][0].split()[-1] == "/usr/local/bin/secterm"
    assert "getty@tty1.service" in of["Unit"]["Conflicts"][0]
    assert "vault.db" in str(service)
    assert service["LimitCORE"] == ["0"]
    assert service["MemorySwapMax"] == ["0"]


def test_the_program_has_no_network_and_no_right_of_root():
    service = unit("secterm")["Service"]
    assert service["User"] == ["secterm"]
    assert service["PrivateNetwork"] == service["NoNewPrivileges"] == ["yes"]
    assert service["CapabilityBoundingSet"] == service["AmbientCapabilities"] == [""]
    under = unit("secterm-kmscon")["Service"]["ExecStart"][0].partition("--login --")[2]
    for word in ("unshare --net", "--reuid secterm", "--no-new-privs", "--bounding-set=-all"):
        assert word in under


def test_no_secret_reaches_a_disk_and_no_key_leads_away():
    lines = (HOST / "sysctl.conf").read_text().splitlines()
    values = dict(line.lstrip("-").split(" = ") for line in lines if " = " in line)
    assert values["kernel.sysrq"] == values["fs.suid_dumpable"] == "0"
    assert values["kernel.core_pattern"] == "|/bin/false"
    logind = configparser.ConfigParser()
    logind.read(HOST / "logind.conf")
    assert logind["Login"]["NAutoVTs"] == logind["Login"]["ReserveVT"] == "0"
    assert logind["Login"]["HandlePowerKey"] == "poweroff"
    assert "0x560B" in unit("secterm-console")["Service"]["ExecStart"][0]  # VT_LOCKSWITCH, vt.h


def test_nothing_on_a_stick_is_run():
    (run,) = re.findall(r'RUN\{program\}\+="([^"]+)"', (HOST / "sticks.rules").read_text())
    assert "--options=noexec,nodev,nosuid," in run
    assert run.split()[-1].startswith("/media/")


def test_the_page_names_the_script_and_what_it_makes():
    assert "/secterm/_data/host/setup.sh" in INSTALL
    for said in ("--kmscon", "--undo", "/var/lib/secterm/vault.db", "secterm.service"):
        assert said in INSTALL


def ran(tool, *arguments):
    if shutil.which(tool) is None:
        assert not os.environ.get("SECTERM_TESTS_NEED_AGE"), f"{tool} is not installed"
        pytest.skip(f"no {tool} here")
    return subprocess.run([tool, *arguments], capture_output=True, text=True, timeout=120)


@pytest.mark.long
def test_the_script_is_one_that_any_shell_reads_alike():
    told = ran("shellcheck", HOST / "setup.sh")
    assert told.returncode == 0, told.stdout


@pytest.mark.long
@pytest.mark.parametrize("name", UNITS)
def test_systemd_calls_a_unit_ok_or_better(name):
    told = ran(
        "systemd-analyze", "security", "--offline=yes", "--no-pager", str(HOST / f"{name}.service")
    )
    exposure = re.search(rf"{name}\.service: ([\d.]+) (\w+)", told.stdout)
    assert exposure, told.stderr
    assert exposure[2] in ("OK", "SAFE"), told.stdout
    if name == "secterm":
        assert float(exposure[1]) <= 0.5, told.stdout
        assert f"{exposure[1]} ({exposure[2]}" in INSTALL


@pytest.mark.long
@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_no_fault_in_a_unit(system, name):
    assert setup(system).returncode == 0
    named = re.findall(r"(?<![\w/])(/usr/\S+)", " ".join(unit(name)["Service"]["ExecStart"]))
    for each in (*named, "/usr/bin/install"):
        program(system / each.lstrip("/"))
    for folder in (Path("/usr/lib/systemd/system"), Path("/lib/systemd/system")):
        if folder.is_dir():
            shutil.copytree(folder, system / "usr/lib/systemd/system", symlinks=True)
            break
    told = ran("systemd-analyze", "verify", "--man=no", f"--root={system}", f"{name}.service")
    about = [line for line in told.stderr.splitlines() if "secterm" in line]
    assert told.returncode == 0, told.stderr
    assert not about
