"""A key file beside the passphrase: found on a medium, or named."""

import pytest

from secterm.vault import keyfile
from tests.cli.conftest import OFFICER
from tests.support import sticks

MAKE = ("init", "--unit", "Test unit", "--vault", "v.db", "--officer", OFFICER)
SECRET = ("--passphrase-file", "alice.txt")


@pytest.fixture
def stick(empty, monkeypatch):
    return sticks.mounted(empty.folder, monkeypatch)


@pytest.fixture
def locked(empty, stick):
    """The folder with a vault that opens only with a key file, and the file on a stick."""
    path, _key = keyfile.make(stick)
    assert empty.bare(*MAKE, *SECRET, "--key-file", path).status == 0
    return empty


def key_of(room):
    (path,) = (room.folder / "stick").iterdir()
    return path


def test_a_key_file_on_a_mounted_medium_is_found_by_itself(locked):
    assert locked.run("list").status == 0


def test_without_its_key_file_a_vault_does_not_open(locked):
    sticks.unmounted()
    done = locked.run("list")
    assert done.status == 3
    assert "the key file if you have one" in done.complaint


def test_a_key_file_elsewhere_is_named(locked):
    key_of(locked).rename(locked.folder / "mine")
    assert locked.run("list").status == 3
    assert locked.run("list", "--key-file", "mine").status == 0
    assert locked.bare("--key-file", "mine", "list", *locked.officer).status == 0


def test_a_key_file_that_is_named_and_not_needed_does_no_harm(room):
    path, _key = keyfile.make(room.folder)
    assert room.run("list", "--key-file", path).status == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.unlink(), "there is no such file"),
        (lambda path: path.write_text("a letter"), "it is no key file"),
        (lambda path: path.write_text(path.read_text().replace(" ", " 0", 1)), "it is no key file"),
        (lambda path: path.write_text(swapped(path.read_text())), "it is damaged"),
    ],
    ids=["missing", "a letter", "longer", "damaged"],
)
def test_a_named_key_file_that_cannot_be_used_is_told_before_anything_is_asked(
    locked, change, said
):
    path = key_of(locked)
    path.rename(locked.folder / "mine")
    change(locked.folder / "mine")
    before = locked.files["v.db"]
    done = locked.bare("list", "--vault", "v.db", "--key-file", "mine")
    assert done.status == 2
    assert done.complaint.startswith(f"The key file cannot be used: {said}.")
    assert locked.files["v.db"] == before


def swapped(text):
    """The key's first digit is another one."""
    first = text.index(" ") + 1
    return text[:first] + ("1" if text[first] == "0" else "0") + text[first + 1 :]


def test_no_vault_is_made_with_a_key_file_that_cannot_be_used(empty, stick):
    done = empty.bare(*MAKE, *SECRET, "--key-file", "nowhere")
    assert done.status == 2
    assert not empty.vault.exists()


def test_a_key_file_on_a_medium_is_not_taken_for_a_new_vault_unless_it_is_named(empty, stick):
    keyfile.make(stick)
    assert empty.bare(*MAKE, *SECRET).status == 0
    sticks.unmounted()
    assert empty.run("list").status == 0


def test_the_app_does_not_take_a_key_file(room):
    path, _key = keyfile.make(room.folder)
    done = room.bare("--vault", "v.db", "--key-file", path)
    assert done.status == 2
    assert "The app asks for name and passphrase itself, and with F3" in done.complaint
