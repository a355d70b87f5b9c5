"""Key files: made once, read back, and never taken for what they are not."""

import os
import threading

import pytest

from secterm.desk import keyfiles
from secterm.vault import keyfile
from secterm.vault.errors import KeyFileRefused


def refused(path):
    with pytest.raises(KeyFileRefused) as caught:
        keyfile.read(path)
    return caught.value.reason


def test_a_key_file_reads_back(tmp_path):
    path, key = keyfile.make(tmp_path)
    assert keyfile.read(path) == key
    assert len(key) == 32
    assert path.suffix == keyfile.SUFFIX
    assert path.stat().st_mode & 0o777 == 0o600


def test_two_key_files_are_never_alike(tmp_path):
    assert keyfile.make(tmp_path)[1] != keyfile.make(tmp_path)[1]


def test_any_changed_character_is_found(tmp_path):
    path, _key = keyfile.make(tmp_path)
    good = path.read_bytes().rstrip()
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert refused(path) in ("it is damaged", "it is no key file")


def test_a_flipped_digit_is_damage_and_no_other_key(tmp_path):
    path, _key = keyfile.make(tmp_path)
    text = path.read_text()
    path.write_text(text[:20] + ("1" if text[20] != "1" else "2") + text[21:])
    assert refused(path) == "it is damaged"


def test_a_key_file_cut_short_is_none(tmp_path):
    path, _key = keyfile.make(tmp_path)
    whole = path.read_bytes()
    for size in (0, 1, 40, len(whole) - 2):
        path.write_bytes(whole[:size])
        assert refused(path) == "it is no key file"


def test_line_ends_of_other_systems_do_not_matter(tmp_path):
    path, key = keyfile.make(tmp_path)
    path.write_bytes(path.read_bytes().rstrip() + b"\r\n\r\n")
    assert keyfile.read(path) == key


@pytest.mark.parametrize("content", [b"hello", b"\xff" * 90, b"secterm-key-2 " + b"0" * 64])
def test_another_file_is_no_key_file(tmp_path, content):
    path = tmp_path / f"x{keyfile.SUFFIX}"
    path.write_bytes(content)
    assert refused(path) == "it is no key file"


def test_what_is_missing_or_a_folder_is_no_file(tmp_path):
    assert refused(tmp_path / "none") == "there is no such file"
    assert refused(tmp_path) == "there is no such file"


def test_a_pipe_holds_nobody_up(tmp_path):
    pipe = tmp_path / f"pipe{keyfile.SUFFIX}"
    os.mkfifo(pipe)
    told = []
    thread = threading.Thread(target=lambda: told.append(refused(pipe)), daemon=True)
    thread.start()
    thread.join(5)
    assert told == ["there is no such file"]
    assert keyfile.found_in([tmp_path]) == []


def test_a_device_is_no_file(tmp_path):
    link = tmp_path / f"zero{keyfile.SUFFIX}"
    link.symlink_to("/dev/zero")
    assert refused(link) == "there is no such file"


def test_a_huge_file_is_not_read_whole(tmp_path):
    path, _key = keyfile.make(tmp_path)
    with path.open("r+b") as stream:
        stream.truncate(1 << 40)
    assert refused(path) == "it is no key file"


def test_a_key_file_that_was_named_may_be_a_link(tmp_path):
    path, key = keyfile.make(tmp_path)
    link = tmp_path / "link"
    link.symlink_to(path)
    assert keyfile.read(link) == key


def test_a_link_on_a_medium_is_passed_over(tmp_path):
    inside, outside = tmp_path / "stick", tmp_path / "elsewhere"
    inside.mkdir()
    outside.mkdir()
    path, _key = keyfile.make(outside)
    (inside / f"link{keyfile.SUFFIX}").symlink_to(path)
    assert keyfile.found_in([inside]) == []


def test_all_key_files_of_a_medium_are_found_and_what_is_none_passed_over(tmp_path):
    keys = [keyfile.make(tmp_path)[1] for _ in range(3)]
    (tmp_path / f"broken{keyfile.SUFFIX}").write_text("broken")
    (tmp_path / f"folder{keyfile.SUFFIX}").mkdir()
    (tmp_path / "letter.txt").write_text("Hello.")
    assert sorted(keyfile.found_in([tmp_path, tmp_path / "none", tmp_path])) == sorted(keys)


def test_a_medium_full_of_key_files_gives_so_many(tmp_path):
    for _ in range(keyfile.MOST + 4):
        keyfile.make(tmp_path)
    assert len(keyfile.found_in([tmp_path])) == keyfile.MOST


def test_where_nothing_can_be_written_no_key_file_is_made(tmp_path):
    with pytest.raises(KeyFileRefused):
        keyfile.make(tmp_path / "none")
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(KeyFileRefused):
        keyfile.make(tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_one_named_comes_first_and_must_be_one(tmp_path):
    path, key = keyfiles.make(tmp_path)
    assert keyfiles.at_hand(path)[0] == key
    with pytest.raises(KeyFileRefused):
        keyfiles.at_hand(tmp_path / "none")
