"""What can be said of an archive without its key; and of files that only look like one."""

import base64
import hashlib
import os
import threading

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secterm.archive import age
from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.outside import LARGEST_HEADER, look
from tests.support.archives import KEY

MAC = b"--- " + b"A" * 43 + b"\n"
KEY_TEXT = b"A" * 43
TO_KEY = b"-> X25519 " + KEY_TEXT + b"\n" + KEY_TEXT + b"\n"
SALT = b"A" * 22
TAR = bytes(1024)
PAYLOAD = bytes(16 + len(TAR) + 16)


def stanza(*words, body=b""):
    return b"-> " + b" ".join(words) + b"\n" + body + b"\n"


def to_passphrase(work=b"18"):
    return stanza(b"scrypt", SALT, work, body=KEY_TEXT)


@pytest.fixture
def written(tmp_path):
    """A file of these bytes, as it is seen from outside."""

    def seen(data):
        path = tmp_path / "file.age"
        path.write_bytes(data)
        return look(path)

    return seen


def told(found):
    return [(kind.type, kind.count, kind.work) for kind in found.kinds]


# -- what is whole ---------------------------------------------------------------------------


def test_an_archive_shows_for_how_many_it_is_and_its_digest(house):
    found = look(house.file)
    assert (found.holds, found.faults) == (True, [])
    assert told(found) == [("X25519", 1, 0)]
    data = house.file.read_bytes()
    assert (found.size, found.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    text = found.text()
    assert found.sha256 in text
    assert "1 recipient (X25519)" in text
    assert "NOT checked" in text
    assert max(len(line) for line in text.splitlines() if found.sha256 not in line) < 80


@pytest.mark.long
def test_an_archive_for_a_passphrase_shows_its_work_factor(locked):
    found = look(locked.file)
    assert found.holds
    ((type, count, work),) = told(found)
    assert (type, count) == ("scrypt", 1)
    assert 1 <= work <= age.MOST_WORK
    assert f"passphrase (scrypt, work factor {work})" in found.text()


def test_several_recipients_are_counted_and_meaningless_stanzas_are_not(written):
    keys = [pyrage.x25519.Identity.generate().to_public() for _ in range(3)]
    for _ in range(5):  # its grease is different each time
        assert told(written(pyrage.encrypt(TAR, keys))) == [("X25519", 3, 0)]


def test_another_kind_of_recipient_is_named(written):
    hybrid = stanza(b"mlkem768x25519", b"x" * 1494, body=KEY_TEXT)
    found = written(age.HEADER + TO_KEY + hybrid + MAC + PAYLOAD)
    assert told(found) == [("X25519", 1, 0), ("mlkem768x25519", 1, 0)]
    assert "1 other way, which this program does not know: mlkem768x25519" in found.text()


@pytest.mark.parametrize("blocks", [2, 127, 128, 129, 255, 256, 257, 1000])
def test_the_length_of_a_whole_tar_fits(written, blocks):
    assert written(pyrage.encrypt(bytes(512 * blocks), [KEY.to_public()])).holds


# -- what was cut or changed -----------------------------------------------------------------


@pytest.mark.long
def test_a_file_that_was_cut_is_mostly_seen(written):
    data = pyrage.encrypt(bytes(70_144), [KEY.to_public()])  # of two chunks, by pieces of 512
    cuts = [*range(1, 520), *range(4080, 4120), *range(65_000, len(data) - 21, 50)]
    unseen = [n for n in cuts if written(data[:-n]).holds]
    assert len(unseen) <= len(cuts) / 200
    assert all(n % 512 in (0, 16) for n in unseen)


@pytest.mark.parametrize("more", [1, 16, 100, 511])
def test_what_was_added_to_is_seen(house, written, more):
    found = written(house.file.read_bytes() + bytes(more))
    assert not found.holds
    assert "cut short, or added to" in found.text()
    assert "NOT that of a whole archive" in found.text()


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (b"", "cut short"),
        (b"-> X25519", "cut short"),
        (TO_KEY, "cut short"),
        (TO_KEY + MAC[:-1], "cut short"),
        (TO_KEY + b"--- " + b"A" * 42 + b"\n", "cut short"),
        (MAC, "names nobody"),
        (b"->  X25519 " + KEY_TEXT + b"\n" + KEY_TEXT + b"\n" + MAC, "as age writes it"),
        (TO_KEY.replace(b"\n", b"\r\n") + MAC, "as age writes it"),
        (stanza(b"X25519", body=KEY_TEXT) + MAC, "a recipient in its header"),
        (stanza(b"X25519", KEY_TEXT, KEY_TEXT, body=KEY_TEXT) + MAC, "a recipient in its header"),
        (stanza(b"X25519", KEY_TEXT, body=b"AAAA") + MAC, "a recipient in its header"),
        (stanza(b"X25519", b"A" * 42 + b"B", body=KEY_TEXT) + MAC, "a recipient in its header"),
        (stanza(b"X25519", b"-" * 43, body=KEY_TEXT) + MAC, "a recipient in its header"),
        (stanza(b"other", body=b"A") + MAC, "a recipient in its header"),
        (stanza(b"scrypt", SALT, body=KEY_TEXT) + MAC, "a recipient in its header"),
        (to_passphrase(b"018") + MAC, "a recipient in its header"),
        (to_passphrase(b"-1") + MAC, "a recipient in its header"),
        (to_passphrase(b"22") + MAC, "more work"),
        (to_passphrase() * 2 + MAC, "for somebody else"),
        (to_passphrase() + TO_KEY + MAC, "for somebody else"),
        (b"".join(stanza(b"t%d" % n) for n in range(9)) + MAC, "more kinds of recipients"),
        (stanza(b"\x1b[2J") + MAC, "as age writes it"),
        (TO_KEY * (LARGEST_HEADER // len(TO_KEY) + 1) + MAC, "longer than that of any"),
        (b"-> " + b"x" * (2 * LARGEST_HEADER), "longer than that of any"),
        (b"-> " + b"x " * LARGEST_HEADER, "longer than that of any"),
        (stanza(b"x", body=b"A" * 64 + b"\n") * 15_000, "longer than that of any"),
    ],
)
def test_a_header_that_age_did_not_write_is_told(written, header, said):
    found = written(age.HEADER + header + PAYLOAD)
    assert not found.holds
    assert said in found.text()


@pytest.mark.parametrize("size", [0, 1, 15, 16, 32, 33, 48, 1024, 1040, 1055, 1057])
def test_a_payload_that_is_no_tar_is_told(written, size):
    assert not written(age.HEADER + TO_KEY + MAC + bytes(size)).holds


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"age-encryption.org/v", b"age-encryption.org/v2\n", b"\xff" * 5000]
)
def test_what_is_no_age_file_is_refused(written, data):
    with pytest.raises(ArchiveUnreadable, match="not an age file"):
        written(data)


def test_an_armored_one_is_refused(written):
    text = base64.encodebytes(pyrage.encrypt(TAR, [KEY.to_public()]))
    with pytest.raises(ArchiveUnreadable, match="not an age file"):
        written(b"-----BEGIN AGE ENCRYPTED FILE-----\n" + text)


@pytest.mark.parametrize("with_key", [False, True], ids=["from outside", "with a key"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "missing"])
def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path, kind, with_key):
    path = tmp_path / "thing"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path = type(path)("/dev/zero")
    said = "cannot be read" if kind == "missing" else "no ordinary file"
    raised = []

    def run():
        try:
            age.decrypt(path, print, identity=None, passphrase="x") if with_key else look(path)
        except ArchiveUnreadable as error:
            raised.append(error.reason)

    running = threading.Thread(target=run, daemon=True)
    running.start()
    running.join(10)
    assert len(raised) == 1
    assert said in raised[0]


@pytest.mark.long
@settings(max_examples=300)
@given(st.binary(max_size=300), st.integers(0, 400), st.integers(1, 255))
def test_no_bytes_make_it_fail_otherwise(tmp_path_factory, tail, at, bits):
    path = tmp_path_factory.getbasetemp() / "fuzzed.age"
    whole = bytearray(age.HEADER + TO_KEY + to_passphrase() + MAC + PAYLOAD)
    whole[at] ^= bits
    for data in (age.HEADER + tail, bytes(whole), bytes(whole[:at]) + tail):
        path.write_bytes(data)
        try:
            found = look(path)
        except ArchiveUnreadable:
            continue
        assert found.holds == (not found.faults)
        assert found.text().isprintable() or "\n" in found.text()
