"""A pack is checked, and every fault named by file, table and key."""

import pytest

from secterm.policy import reader
from tests.support.commands import secterm


@pytest.fixture
def pack(tmp_path):
    """The default pack, to be spoilt."""
    for name, data in reader.read_folder(reader.default_folder()).items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def spoil(pack, file, old, new):
    text = (pack / file).read_text()
    assert old in text
    (pack / file).write_text(text.replace(old, new, 1))


def test_the_default_pack_holds(pack):
    done = secterm("pack", "check", pack)
    assert (done.status, done.err) == (0, "")
    digest = reader.read(pack).digest
    assert done.out.startswith("The pack holds: ")
    assert digest[:16] in done.out


def test_every_fault_is_a_line_with_file_table_and_key(pack):
    rules = (pack / "rules.toml").read_text()
    spoil(pack, "rules.toml", "\nreason = ", '\nreason = ""\n# ')
    spoil(pack, "undertaking.toml", "{name}", "{nickname}")
    done = secterm("pack", "check", pack)
    assert (done.status, done.out) == (1, "")
    faults = done.err.splitlines()
    first = rules.split('id = "')[1].split('"')[0]
    assert f"rules.toml: rule '{first}': reason: is empty" in faults
    assert any(line.startswith("undertaking.toml: ") and "{nickname}" in line for line in faults)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a = [", "rules.toml: is not TOML"),
        ("bogus = 1", "rules.toml: "),
        ("", "rules.toml: "),
    ],
)
def test_a_file_that_is_no_pack_is_named(pack, content, said):
    (pack / "rules.toml").write_text(content)
    done = secterm("pack", "check", pack)
    assert (done.status, done.out) == (1, "")
    assert all(line.startswith(said) for line in done.err.splitlines())
    assert "Traceback" not in done.err


def test_missing_files_are_named_each(pack):
    for path in pack.iterdir():
        path.unlink()
    done = secterm("pack", "check", pack)
    assert done.status == 1
    assert [line.split(":")[0] for line in done.err.splitlines()] == list(reader.FILES)


def test_a_folder_that_is_not_there_is_an_unusable_argument(tmp_path):
    done = secterm("pack", "check", tmp_path / "missing")
    assert done.status == 2
    assert "does not exist" in done.complaint


def test_a_faults_own_words_do_not_play_with_the_terminal(pack):
    spoil(pack, "rules.toml", 'id = "', 'id = "\\u001b[2J\\u009b31m')
    done = secterm("pack", "check", pack)
    assert done.status == 1
    assert "\\x1b[2J" in done.err
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in done.err.replace("\n", ""))
