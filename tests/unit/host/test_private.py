"""A vault's file and folder are its owner's alone: mended where they are ours, told else."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from secterm.desk.desk import Desk
from secterm.host import private
from tests.support.commands import secterm
from tests.support.house import OFFICER, build


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def entered():
    """A folder that everybody reaches, as one in /srv is; pytest's own are shut."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def usual(entered, monkeypatch):
    """The usual vault's folder, as somebody has opened it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(entered))
    folder = entered / "secterm"
    folder.mkdir()
    folder.chmod(0o755)
    assert private.usual_vault() == folder / "vault.db"
    return folder


def made(path):
    """A file in a vault's place that its owner alone reads."""
    path.touch(0o600)
    return path


def test_of_what_is_its_owners_alone_nothing_is_said(tmp_path):
    vault = made(tmp_path / "vault.db")
    assert private.kept(vault) == ()


def test_of_an_open_folder_that_nobody_else_reaches_nothing_is_said(tmp_path):
    tmp_path.chmod(0o700)
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0o777)
    assert private.kept(made(folder / "vault.db")) == ()


def test_the_usual_folder_is_mended_once(usual):
    vault = made(usual / "vault.db")
    (said,) = private.kept(vault)
    assert "that was mended (0700)" in said
    assert mode(usual) == 0o700
    assert private.kept(vault) == ()


def test_the_usual_folder_is_mended_by_whatever_name_it_goes(usual, tmp_path):
    made(usual / "vault.db")
    (tmp_path / "link").symlink_to(usual)
    assert "mended" in private.kept(tmp_path / "link" / "vault.db")[0]
    assert mode(usual) == 0o700


def test_somebodys_own_folder_is_told_of_and_left_as_it_is(entered):
    vault = made(entered / "vault.db")
    (said,) = private.kept(vault)
    assert said.startswith(f"Other users of this machine can enter the vault's folder: {entered}.")
    assert mode(entered) == 0o755
    assert private.kept(vault) == (said,)


@pytest.mark.parametrize("bits", [0o644, 0o602, 0o666])
def test_a_file_that_others_had_rights_to_is_mended_in_any_folder(tmp_path, bits):
    vault = made(tmp_path / "vault.db")
    vault.chmod(bits)
    (said,) = private.kept(vault)
    assert "mended (0600)" in said
    assert mode(vault) == 0o600


def test_a_file_that_cannot_be_mended_is_told_of(tmp_path, monkeypatch):
    vault = made(tmp_path / "vault.db")
    vault.chmod(0o644)
    monkeypatch.setattr(Path, "chmod", lambda path, mode: None)  # as a FAT stick takes it
    (said,) = private.kept(vault)
    assert "cannot be mended here" in said
    assert "umask=077" in said


def test_of_a_place_that_is_not_there_nothing_is_said(tmp_path):
    assert private.kept(tmp_path / "absent" / "vault.db") == ()


def test_an_unlocking_looks_and_tells(tmp_path):
    vault = build(tmp_path / "vault.db", ("opened", "general"))
    vault.chmod(0o640 if os.getgid() else 0o644)
    desk = Desk.open(vault, *OFFICER)
    desk.close()
    assert any("mended (0600)" in notice for notice in desk.notices)
    assert mode(vault) == 0o600


def test_the_command_line_tells_on_standard_error(entered):
    (entered / "alice.txt").write_text("test velvet orbit lantern\n")
    given = ("--vault", "v.db", "--officer", "alice", "--passphrase-file", "alice.txt")
    told = f"secterm: Other users of this machine can enter the vault's folder: {entered}. "
    assert secterm("init", "--unit", "Test unit", *given, cwd=entered).err.startswith(told)
    done = secterm("list", *given, cwd=entered)
    assert (done.status, done.out) == (0, "")
    assert done.err.startswith(told)
