"""An age file that is not whole, not ours or not for us is told as that, and no secret with it."""

import re
import shutil
import threading
import tracemalloc
from pathlib import Path

import pyrage
import pytest

from secterm.archive import tar
from secterm.archive.errors import ArchiveError, ArchiveUnreadable, WrongIdentity
from secterm.archive.inspect import inspect_archive
from secterm.archive.read import read
from tests.support import archives
from tests.support.archives import KEY, PASSPHRASE, identity_file, packed

HEADER_END = re.compile(rb"\n--- .*\n")


def inspected(file, folder, **how):
    return inspect_archive(file, identity=identity_file(folder), **how)


def test_a_truncated_file_is_told_wherever_it_ends(house, tmp_path):
    whole = house.file.read_bytes()
    places = {0, 1, 21, 22, 23, 60, 150, 200, len(whole) - 1, len(whole) - 17}
    places |= set(range(0, len(whole), len(whole) // 40))
    short = tmp_path / "short.age"
    for place in sorted(places):
        short.write_bytes(whole[:place])
        with pytest.raises(ArchiveUnreadable):
            inspected(short, tmp_path)


def test_a_file_that_ends_with_a_whole_chunk_is_told(house, tmp_path):
    whole = house.file.read_bytes()
    start = HEADER_END.search(whole).end() + 16
    short = tmp_path / "short.age"
    short.write_bytes(whole[: start + 65536 + 16])
    with pytest.raises(ArchiveUnreadable, match="damaged"):
        inspected(short, tmp_path)


def test_a_flipped_byte_is_told_wherever_it_is(house, tmp_path):
    whole = house.file.read_bytes()
    header = HEADER_END.search(whole).end()
    places = [*range(0, header, 7), *range(header, len(whole), len(whole) // 40), len(whole) - 1]
    broken = tmp_path / "broken.age"
    for place in places:
        data = bytearray(whole)
        data[place] ^= 1
        broken.write_bytes(data)
        with pytest.raises(ArchiveError):
            inspected(broken, tmp_path)


def test_damage_behind_the_header_is_never_called_a_wrong_key(house, tmp_path):
    whole = house.file.read_bytes()
    header = HEADER_END.search(whole).end()
    broken = tmp_path / "broken.age"
    for place in (header, header + 20, header + 70_000, len(whole) - 1):
        data = bytearray(whole)
        data[place] ^= 0x80
        broken.write_bytes(data)
        with pytest.raises(ArchiveUnreadable, match="damaged"):
            inspected(broken, tmp_path)


def test_bytes_after_the_end_are_told(house, tmp_path):
    longer = tmp_path / "longer.age"
    longer.write_bytes(house.file.read_bytes() + b"\0")
    with pytest.raises(ArchiveUnreadable):
        inspected(longer, tmp_path)


def test_another_identity_does_not_open_it(house, tmp_path):
    other = identity_file(tmp_path, str(pyrage.x25519.Identity.generate()))
    with pytest.raises(WrongIdentity, match="does not open with this key"):
        inspect_archive(house.file, identity=other)


def test_without_an_identity_it_is_said_that_one_is_needed(house):
    with pytest.raises(WrongIdentity, match="identity, and none was given"):
        inspect_archive(house.file, passphrase=PASSPHRASE)


@pytest.mark.long
def test_another_passphrase_does_not_open_it(locked):
    with pytest.raises(WrongIdentity, match="does not open"):
        inspect_archive(locked.file, passphrase="test another passphrase")


def test_without_a_passphrase_it_is_said_that_one_is_needed(locked, tmp_path):
    with pytest.raises(WrongIdentity, match="passphrase, and none was given"):
        inspected(locked.file, tmp_path)


@pytest.mark.parametrize("plain", [b"", b"nothing of ours", bytes(512), bytes(10240), b"x" * 2048])
def test_what_opens_and_is_no_tar_of_ours_is_no_archive(tmp_path, plain):
    with pytest.raises(ArchiveUnreadable):
        inspected(packed(tmp_path, plain), tmp_path)


def test_a_passphrase_that_asks_for_an_hour_of_work_is_refused_and_not_called_wrong(
    locked, tmp_path
):
    costly = tmp_path / "costly.age"
    costly.write_bytes(re.sub(rb"(-> scrypt \S+) \d+", rb"\1 30", locked.file.read_bytes()))
    with pytest.raises(ArchiveUnreadable, match="more work"):
        inspect_archive(costly, passphrase=PASSPHRASE)


@pytest.mark.parametrize(
    "data", [b"", b"age", b"age-encryption.org/v2\n", b"SQLite format 3\0" * 9, b"\xff" * 300]
)
def test_another_file_is_not_an_age_file(tmp_path, data):
    file = tmp_path / "other"
    file.write_bytes(data)
    with pytest.raises(ArchiveUnreadable, match="not an age file"):
        inspected(file, tmp_path)


@pytest.mark.parametrize("path", ["absent.age", "folder", "/proc/self/mem"])
def test_a_file_that_cannot_be_read_is_told_with_the_systems_word(tmp_path, path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ArchiveUnreadable, match=r"cannot be read: \w+"):
        inspected(tmp_path / path, tmp_path)


SECRET = str(KEY)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "is empty"),
        (["# nothing but a remark"], "is empty"),
        ([SECRET[:-1]], "something else"),
        ([SECRET, "ssh-ed25519 AAAA"], "something else"),
        ([f"key: {SECRET}"], "something else"),
        ([archives.RECIPIENT], "something else"),
        (["\ud800".encode("utf-8", "surrogatepass").decode("latin-1")], "something else"),
    ],
)
def test_an_identity_file_that_is_not_one_is_told_without_its_lines(house, tmp_path, lines, said):
    file = tmp_path / "identity.txt"
    file.write_text("".join(f"{line}\n" for line in lines))
    with pytest.raises(WrongIdentity, match=said) as caught:
        inspect_archive(house.file, identity=file)
    told = repr(caught.value) + str(caught.value.reason)
    assert "SECRET" not in told
    assert "AAAA" not in told


@pytest.mark.parametrize("data", [b"\xff\xfe\0", b"\x80" * 80])
def test_an_identity_file_of_bytes_is_told(house, tmp_path, data):
    file = tmp_path / "identity.txt"
    file.write_bytes(data)
    with pytest.raises(WrongIdentity, match="is not text"):
        inspect_archive(house.file, identity=file)


def test_an_identity_file_that_is_absent_is_told(house, tmp_path):
    with pytest.raises(WrongIdentity, match="cannot be read"):
        inspect_archive(house.file, identity=tmp_path / "absent.txt")


class Enough(Exception):
    """Raised by who takes the members."""


def test_who_stops_reading_early_gets_their_own_error_and_leaves_nothing_behind(house, tmp_path):
    before, taken = threading.active_count(), []

    def take(name, data):
        taken.append(name)
        if len(taken) == 3:
            raise Enough

    with pytest.raises(Enough):
        read(house.file, take, identity=identity_file(tmp_path), passphrase="")
    assert len(taken) == 3
    assert threading.active_count() == before


def test_an_error_of_who_takes_the_members_is_not_told_as_damage(house, tmp_path):
    def take(name, data):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        read(house.file, take, identity=identity_file(tmp_path), passphrase="")


def test_a_large_archive_is_not_held_in_memory(tmp_path):
    piece = bytes(1 << 20)
    file = packed(tmp_path, b"".join(tar.blocks((("x", piece) for _ in range(24)), 0)))
    tracemalloc.start()
    try:
        read(file, lambda name, data: None, identity=identity_file(tmp_path), passphrase="")
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_an_inspection_leaves_the_file_alone(house, tmp_path):
    copy = Path(shutil.copy(house.file, tmp_path / "copy.age"))
    inspected(copy, tmp_path)
    assert copy.read_bytes() == house.file.read_bytes()
